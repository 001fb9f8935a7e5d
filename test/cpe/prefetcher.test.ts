import { describe, expect, it } from "vitest";
import { traceFile } from "../../bench/cache.js";
import { LruMap, madeTrace, plainMisses, readBlocks, replay, shuffled } from "../../bench/cache-trace.js";
import { Cpe, MfnError, type PrefetcherOptions, prefetcher, StridePredictor } from "../../src/cpe.js";
import { IfrCache } from "../../src/ifr.js";
import { haveData, readData } from "../helpers/data.js";

function codeOf(f: () => unknown): string {
  try {
    f();
  } catch (error) {
    if (error instanceof MfnError) return error.code;
    throw error;
  }
  return "none";
}

const mixes = {
  files: { files: 0.7, columns: 0.1, records: 0.1, loops: 0 },
  loops: { files: 0.2, columns: 0, records: 0.2, loops: 0.5 },
  records: { files: 0.15, columns: 0.05, records: 0.7, loops: 0 },
};
const traces = Object.entries(mixes).map(([name, mix]) => ({ name, trace: madeTrace(12_000, mix, 77) }));

/** Numbers in no order (Lehmer's generator). */
function lehmer(n: number, seed: number): number[] {
  const ids = [seed];
  while (ids.length < n) ids.push((ids[ids.length - 1]! * 48_271) % 2_147_483_647);
  return ids;
}

/** A sequence read to the end, with what the cache held and what was fetched for each request. */
function read(ids: Iterable<number>, options: Partial<PrefetcherOptions<number, number>> = {}) {
  const fetched: number[] = [];
  const cache = new LruMap(100);
  const p = prefetcher(cache, { maxTraffic: 1, ...options, fetch: (id) => fetched.push(id) && 2 * id });
  for (const id of ids) expect(p.get(id)).toBe(2 * id);
  const stats = p.stats();
  p.dispose();
  return { fetched, stats, cache };
}

function* range(from: number, n: number, step = 1): Generator<number> {
  for (let i = 0; i < n; i++) yield from + i * step;
}

describe("prefetcher", () => {
  it("reads a file ahead: hardly a miss, and nothing is fetched twice", () => {
    const { fetched, stats } = read(range(5000, 400, 16));
    expect(stats.misses).toBeLessThan(20);
    expect(stats.traffic).toBeLessThanOrEqual(1 + 4 / 400);
    expect(new Set(fetched).size).toBe(fetched.length);
    expect(stats).toMatchObject({ requests: 400, late: 0, failed: 0, wasted: 0 });
    expect(stats.useful).toBe(400 - stats.misses);
    expect(stats.issued - stats.useful).toBeLessThanOrEqual(2);
    const counts = Object.values(stats.sources);
    for (const what of ["issued", "useful", "wasted"] as const)
      expect(counts.reduce((sum, count) => sum + count[what], 0)).toBe(stats[what]);
  });

  it.each(traces)("misses less than LRU under every cap, and keeps it: $name", ({ trace }) => {
    for (const share of [0.01, 0.1]) {
      const entries = Math.round(share * trace.objects);
      const { lru } = plainMisses(trace, entries);
      for (const maxTraffic of [0.5, 0.9, 1, 1.2]) {
        const { misses, traffic } = replay(trace, new LruMap(entries), { maxTraffic });
        expect(misses).toBeLessThanOrEqual(lru);
        // Where misses alone are more than the cap, it adds next to nothing to them.
        expect(traffic).toBeLessThanOrEqual(Math.max(maxTraffic, lru) + 100 / trace.ids.length);
        if (maxTraffic >= 1) expect(misses).toBeLessThan(lru - 0.1);
      }
    }
  });

  it.each(traces)("is not worse than LRU where there is no order: $name", ({ trace }) => {
    const without = shuffled(trace, 5);
    for (const share of [0.01, 0.1]) {
      const entries = Math.round(share * trace.objects);
      const { lru } = plainMisses(without, entries);
      for (const maxTraffic of [1, 1.2]) expect(replay(without, new LruMap(entries), { maxTraffic }).misses).toBeLessThanOrEqual(lru);
    }
  });

  it.skipIf(!haveData(traceFile))("is not worse than LRU on a block trace, shuffled, and misses a third as much as it is", () => {
    const trace = readBlocks(readData(traceFile).toString());
    const entries = Math.round(0.1 * trace.objects);
    const { misses, traffic } = replay(trace, new LruMap(entries), { maxTraffic: 1, events: false });
    expect(misses).toBeLessThan(plainMisses(trace, entries).lru / 3);
    expect(traffic).toBeLessThanOrEqual(1);
    const without = shuffled(trace);
    expect(replay(without, new LruMap(entries), { maxTraffic: 1 }).misses).toBeLessThanOrEqual(plainMisses(without, entries).lru);
  });

  it("fetches nothing ahead without evidence: numbers drawn at random", () => {
    const { stats } = read(lehmer(3000, 1));
    expect(stats).toMatchObject({ misses: 3000, issued: 0, traffic: 1 });
  });

  it("stops when what it fetches is not used any more, and starts again", () => {
    const random = lehmer(2000, 7);
    const before = read(range(0, 500)).stats;
    const after = read([...range(0, 500), ...random]).stats;
    expect(after.issued - before.issued).toBeLessThan(20);
    const again = read([...range(0, 500), ...random, ...range(9000, 500)]).stats;
    expect(again.useful - after.useful).toBeGreaterThan(450);
  });

  it("looks further ahead, if told to, as a run goes on", () => {
    const { fetched } = read(range(0, 60), { depth: 16 });
    // The furthest that was fetched before it was asked for.
    expect(Math.max(...fetched)).toBe(75);
    expect(Math.max(...read(range(0, 60), { depth: 1 }).fetched)).toBe(60);
  });

  it("knows ids that come again in no order of numbers, by its event model", () => {
    const list = lehmer(300, 3);
    const { stats } = read(Array.from({ length: 8 }, () => list).flat(), { maxTraffic: 1.1 });
    expect(stats.misses).toBeLessThan(600);
    expect(stats.sources.event.useful).toBeGreaterThan(0);
  });

  it("forgets ids that its event model has no room for", () => {
    const events = Cpe.createSync({ contextBytes: 4096 });
    read(range(0, 500, 999_999), { events, eventIds: 16 });
    expect(events.size).toBe(16);
    events.dispose();
  });

  it("works on a cache of mfn/ifr, by keys", () => {
    const cache = IfrCache.createSync<number>({ maxEntries: 50 });
    const p = prefetcher(cache, { maxTraffic: 1, fetch: (id) => id + 1, key: (id) => `block ${id}` });
    for (const id of range(0, 300)) expect(p.get(id)).toBe(id + 1);
    expect(p.stats().misses).toBeLessThan(20);
    expect(cache.has("block 299")).toBe(true);
    p.dispose();
    cache.dispose();
  });

  it("counts what is gone unused as wasted", () => {
    const cache = new LruMap(8);
    const p = prefetcher(cache, { maxTraffic: 2, fetch: (id) => id });
    for (const id of range(0, 100)) p.get(id);
    for (const id of lehmer(3000, 7)) p.get(id);
    const { issued, useful, wasted, residence } = p.stats();
    expect(wasted).toBeGreaterThan(0);
    expect(useful + wasted).toBe(issued);
    // Entries stay for eight requests, and one that is estimated to stay for less than 16 is taken to stay for that.
    expect(residence).toBe(16);
    p.dispose();
  });

  it("waits for one load of an id, whoever asks for it", async () => {
    const pending = new Map<number, (value: string) => void>();
    let fetches = 0;
    const cache = new Map<number, string>();
    const p = prefetcher(cache, {
      maxTraffic: 1,
      fetch: (id) => {
        fetches++;
        return new Promise<string>((done) => pending.set(id, done));
      },
    });
    const [a, b] = [p.get(7), p.get(7)];
    expect(fetches).toBe(1);
    expect(cache.size).toBe(0);
    pending.get(7)!("seven");
    expect([await a, await b]).toEqual(["seven", "seven"]);
    expect(p.get(7)).toBe("seven");
    expect(p.stats()).toMatchObject({ requests: 3, misses: 1, late: 1 });
    // A run: what was fetched ahead and is under way is not fetched again.
    for (const id of range(100, 40)) {
      const value = p.get(id);
      for (const [key, done] of pending) done(`${key}`);
      expect(await value).toBe(`${id}`);
    }
    for (const [key, done] of pending) done(`${key}`);
    expect(p.stats().misses).toBeLessThan(15);
    expect(fetches).toBe(pending.size);
    p.dispose();
  });

  it("lets a fetch ahead fail in silence, and a demanded one be heard", async () => {
    const bad = new Set<number>();
    for (const later of [false, true]) {
      bad.clear();
      const cache = new Map<number, number>();
      const p = prefetcher<number, number>(cache, {
        maxTraffic: 1,
        fetch: (id) => {
          if (!bad.has(id)) return id;
          if (later) return Promise.reject(new Error("offline"));
          throw new Error("offline");
        },
      });
      for (const id of range(0, 30)) await p.get(id);
      for (const id of range(32, 10)) bad.add(id);
      expect(await p.get(30)).toBe(30);
      await new Promise((done) => setTimeout(done));
      expect(p.stats().failed).toBeGreaterThan(0);
      await expect((async () => p.get(40))()).rejects.toThrow("offline");
      bad.clear();
      expect(await p.get(40)).toBe(40);
      p.dispose();
    }
  });

  it("learns nothing from a request that failed at once", () => {
    const p = prefetcher(new Map<number, number>(), {
      maxTraffic: 1,
      fetch: () => {
        throw new Error("offline");
      },
    });
    expect(() => p.get(1)).toThrow("offline");
    expect(p.stats()).toMatchObject({ requests: 0, misses: 0, traffic: 0 });
    p.dispose();
  });

  it("takes models that are given, and leaves them", () => {
    const strides = StridePredictor.createSync();
    const p = prefetcher(new Map<number, number>(), { maxTraffic: 1, fetch: (id) => id, strides, events: false });
    for (const id of range(0, 20)) p.get(id, { stream: 3, span: 1 });
    p.dispose();
    p.dispose();
    expect(strides.predict(3, 1).ids[0]).toBe(20);
    strides.dispose();
    const own = prefetcher(new Map<number, number>(), { maxTraffic: 1, fetch: (id) => id });
    own[Symbol.dispose]();
    expect(codeOf(() => own.get(1))).toBe("ERR_DISPOSED");
  });

  it("refuses what it cannot take", () => {
    const good = { maxTraffic: 1, fetch: (id: number) => id, events: false as const };
    const cache = new Map<number, number>();
    const bad: unknown[] = [
      null,
      7,
      {},
      { ...good, fetch: 1 },
      { ...good, maxTraffic: -1 },
      { ...good, maxTraffic: 1001 },
      { ...good, key: 1 },
      { ...good, least: 2 },
      { ...good, depth: 0 },
      { ...good, depth: 1025 },
      { ...good, strides: {} },
      { ...good, events: {} },
      { ...good, events: null },
      { ...good, eventIds: 15 },
    ];
    for (const options of bad)
      expect(
        codeOf(() => prefetcher(cache, options as never)),
        JSON.stringify(options),
      ).toBe("ERR_ARGUMENT");
    expect(codeOf(() => prefetcher(cache, { ...good, maxTraffic: NaN }))).toBe("ERR_NOT_FINITE");
    for (const other of [null, 1, {}, { has: 1, get: 1, set: 1 }])
      expect(codeOf(() => prefetcher(other as never, good))).toBe("ERR_ARGUMENT");
    const p = prefetcher(cache, good);
    for (const id of [-1, 0.5, NaN, 2 ** 53, "1" as never]) expect(codeOf(() => p.get(id))).toBe("ERR_ARGUMENT");
    for (const options of [null, 1, { stream: -1 }, { span: 0 }]) expect(codeOf(() => p.get(1, options as never))).toBe("ERR_ARGUMENT");
    expect(p.stats().requests).toBe(0);
    expect(cache.size).toBe(0);
    p.dispose();
  });
});
