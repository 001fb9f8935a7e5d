import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type EvictReason, IfrCache, type IfrCacheOptions, type Key } from "../../src/ifr.js";
import { random } from "../core/selftest.js";
import { type Build, builds, wasm } from "../helpers/modules.js";
import { type Leaver, Sieve } from "../oracle/sieve.js";
import { bytesOf } from "./helpers.js";

const make = <V = number>(build: Build, options: IfrCacheOptions<V>) =>
  IfrCache.createSync<V>({ ...options, wasm: wasm("ifr-cache", build) });
setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const byKey = (a: readonly unknown[], b: readonly unknown[]) => (String(a[0]) < String(b[0]) ? -1 : 1);

const key = fc.oneof(
  { weight: 8, arbitrary: fc.nat(30).map((n) => `k${n}`) },
  { weight: 1, arbitrary: fc.constantFrom("", "é", "漢字", "\ud83d", "\ude00", "a".repeat(300), "é".repeat(600), "z".repeat(40_000)) },
);
const operation = fc.oneof(
  { weight: 60, arbitrary: fc.record({ do: fc.constant("set" as const), key, size: fc.integer({ min: 1, max: 45 }), ttl: fc.nat(400) }) },
  { weight: 40, arbitrary: fc.record({ do: fc.constant("get" as const), key }) },
  { weight: 10, arbitrary: fc.record({ do: fc.constant("getMany" as const), keys: fc.array(key, { maxLength: 12 }) }) },
  { weight: 10, arbitrary: fc.record({ do: fc.constant("delete" as const), key }) },
  { weight: 10, arbitrary: fc.record({ do: fc.constant("wait" as const), time: fc.oneof(fc.nat(30), fc.nat(5000)) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("resize" as const), entries: fc.integer({ min: 1, max: 20 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("clear" as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("purge" as const) }) },
);

describe.each(builds)("IfrCache against SIEVE in plain JavaScript (%s)", (build) => {
  test.each([
    [true, false, false],
    [true, false, true],
    [false, true, false],
    [true, true, true],
  ])("random operations; entries bounded: %s, sizes: %s, times: %s", (byEntries, bySize, timed) => {
    fc.assert(
      fc.property(
        fc.array(operation, { maxLength: 150 }),
        fc.integer({ min: 1, max: 20 }),
        fc.boolean(),
        (operations, maxEntries, told) => {
          let time = 1_000_000;
          const left: Leaver<number>[] = [];
          const onEvict = told ? (...leaver: Leaver<number>) => left.push(leaver) : undefined;
          const resolution = 10;
          const cache = make<number>(build, {
            ...(byEntries && { maxEntries }),
            ...(bySize && { maxSize: 40 }),
            ...(timed && { resolution }),
            now: () => time,
            onEvict: onEvict as IfrCacheOptions<number>["onEvict"],
          });
          const oracle = new Sieve<number>(byEntries ? maxEntries : Infinity, bySize ? 40 : Infinity);
          let value = 0;
          let misses = 0;
          let asked = 0;
          for (const op of operations) {
            if (op.do === "set") {
              const ttl = timed && op.ttl > 100 ? op.ttl - 100 : Infinity;
              const expires = Math.floor((time - 1_000_000 + ttl) / resolution) + 1;
              const kept = oracle.set(op.key, ++value, bySize ? op.size : 1, expires);
              expect(cache.set(op.key, value, { size: op.size, ttl })).toBe(kept);
            } else if (op.do === "get") {
              const found = oracle.get(op.key);
              asked++;
              if (found === undefined) misses++;
              expect(cache.get(op.key)).toBe(found);
            } else if (op.do === "getMany") {
              const found = op.keys.map((k) => oracle.get(k));
              asked += found.length;
              misses += found.filter((v) => v === undefined).length;
              expect(cache.getMany(op.keys)).toEqual(found);
            } else if (op.do === "delete") expect(cache.delete(op.key)).toBe(oracle.delete(op.key));
            else if (op.do === "wait") {
              time += op.time;
              oracle.advance(Math.floor((time - 1_000_000) / resolution));
            } else if (op.do === "resize" && byEntries) {
              cache.resize({ maxEntries: op.entries });
              oracle.resize(op.entries, oracle.maxSize);
            } else if (op.do === "clear") {
              cache.clear();
              oracle.clear();
            } else if (op.do === "purge") cache.purge();
            expect(cache.size).toBe(oracle.nodes.size);
          }
          const expected = [...oracle.nodes.values()].map((node) => [node.key, node.value]).sort(byKey);
          expect([...cache.entries()].sort(byKey)).toEqual(expected);
          expect([...cache.keys()].sort()).toEqual(expected.map(([k]) => k));
          expect([...cache.values()].length).toBe(expected.length);
          for (const [k, v] of expected) expect([cache.peek(k as string), cache.has(k as string)]).toEqual([v, true]);
          cache.purge();
          const reasons = (reason: string) => oracle.left.filter(([, , why]) => why === reason).length;
          const stats = cache.stats();
          expect(stats).toMatchObject({ entries: expected.length, misses, hits: asked - misses, totalSize: bySize ? oracle.total : 0 });
          expect([stats.evictions, stats.expirations]).toEqual([reasons("evicted"), reasons("expired")]);
          // Expired entries are told of later than the oracle notes them; the others in the same order.
          const others = (list: Leaver<number>[]) => list.filter(([, , reason]) => reason !== "expired");
          if (told) {
            expect(others(left)).toEqual(others(oracle.left));
            expect([...left].sort(byValue)).toEqual([...oracle.left].sort(byValue));
          }
          cache.dispose();
        },
      ),
      { numRuns: build === "release" ? 120 : 40 },
    );
  });
});

const byValue = (a: Leaver<number>, b: Leaver<number>) => a[1] - b[1];

/** The same operations on any cache. */
function operate(cache: IfrCache<number>, clock: { time: number }, batches: boolean): void {
  const next = random(42);
  for (let i = 0; i < 4000; i++) {
    const keys = Array.from({ length: 1 + (next() % 5) }, () => `key ${next() % 900} ${"é".repeat(next() % 30)}`);
    const kind = next() % 10;
    if (kind < 5) cache.set(keys[0]!, i, { ttl: 1 + (next() % 5000), size: 1 + (next() % 50) });
    else if (kind < 8) {
      if (batches) cache.getMany(keys);
      else for (const k of keys) cache.get(k);
    } else if (kind < 9) cache.delete(keys[0]!);
    else clock.time += next() % 500;
  }
}

const operated = (build: Build, batches: boolean, onEvict?: () => void) => {
  const clock = { time: 5 };
  const cache = make(build, { maxEntries: 300, maxSize: 6000, maxTtl: 5000, now: () => clock.time, onEvict, seed: 9 });
  operate(cache, clock, batches);
  return cache.image();
};

test("equal operations give equal bytes: release and debug, singles and batches, told or not", () => {
  const image = operated("release", true);
  for (const other of [operated("debug", true), operated("debug", false), operated("release", false, () => {})]) {
    expect(Buffer.compare(image, other)).toBe(0);
  }
});

describe.each(builds)("IfrCache (%s)", (build) => {
  test("peek and has change nothing, and count nothing", () => {
    const cache = make(build, { maxEntries: 10 });
    for (let i = 0; i < 10; i++) cache.set(`k${i}`, i);
    const before = cache.image();
    expect([cache.peek("k3"), cache.peek("no"), cache.has("k3"), cache.has("no"), cache.peek("x".repeat(70_000))]).toEqual([
      3,
      undefined,
      true,
      false,
      undefined,
    ]);
    expect([...cache.keys()]).toEqual(Array.from({ length: 10 }, (_, i) => `k${i}`));
    cache.stats();
    expect(cache.delete("no")).toBe(false);
    expect(Buffer.compare(cache.image(), before)).toBe(0);
    expect(cache.stats()).toMatchObject({ hits: 0, misses: 0 });
    cache.get("k3");
    expect(Buffer.compare(cache.image(), before)).not.toBe(0);
  });

  test("what was asked for survives, what was not goes, oldest first", () => {
    const cache = make(build, { maxEntries: 3 });
    cache.setMany(["a", "b", "c"], [1, 2, 3]);
    cache.get("a");
    cache.set("d", 4);
    cache.set("e", 5);
    expect([...cache.keys()].sort()).toEqual(["a", "d", "e"]);
  });

  test("an entry is never gone early, and at most the resolution late", () => {
    const clock = { time: 0 };
    const next = random(3);
    for (const resolution of [1, 7, 10.5, 1000]) {
      const start = next() % 100_000;
      clock.time = start;
      const cache = make(build, { maxEntries: 5000, resolution, now: () => clock.time });
      const ends: number[] = [];
      for (let i = 0; i < 3000; i++) {
        clock.time += (next() % 3) * resolution * (i % 500 === 0 ? 200 : 0.1);
        const ttl = ((next() % 25_000) / 100 + 0.01) * resolution;
        cache.set(`k${i}`, i, { ttl });
        ends.push(clock.time + ttl);
        const asked = next() % (i + 1);
        const there = cache.peek(`k${asked}`) !== undefined;
        if (clock.time < ends[asked]!) expect(there).toBe(true);
        if (clock.time > ends[asked]! + resolution * 1.000001) expect(there).toBe(false);
      }
      clock.time = Math.max(...ends) + resolution * 1.000001;
      expect([cache.size, cache.get("k2999"), [...cache.entries()]]).toEqual([0, undefined, []]);
    }
  });

  test("idle for any time, an epoch number that comes round does not bring an entry back", () => {
    const clock = { time: 0 };
    for (const epochs of [1, 2, 3, 100, 252, 253, 254, 255, 256, 507, 508, 509, 10_000, 2 ** 33, 1e15]) {
      for (const life of [1, 2, 99, 250]) {
        clock.time = 0;
        const cache = make(build, { maxEntries: 5, resolution: 10, now: () => clock.time });
        for (let shift = 0; shift < 300; shift += 97) {
          const from = clock.time;
          cache.set("short", 1, { ttl: life * 10 });
          cache.set("ever", 2);
          clock.time = from + epochs * 10;
          expect([cache.get("short"), cache.get("ever"), cache.size]).toEqual(epochs <= life ? [1, 2, 2] : [undefined, 2, 1]);
          clock.time += shift * 10;
        }
      }
    }
  });

  test("setting again renews the time to live, also one that was over", () => {
    const clock = { time: 0 };
    const told: unknown[] = [];
    const cache = make(build, {
      maxEntries: 5,
      ttl: 100,
      resolution: 10,
      now: () => clock.time,
      onEvict: (...leaver) => told.push(leaver),
    });
    cache.set("a", 1);
    clock.time = 90;
    cache.set("a", 2);
    clock.time = 180;
    expect(cache.get("a")).toBe(2);
    clock.time = 250;
    expect(cache.set("a", 3)).toBe(true);
    expect(cache.get("a")).toBe(3);
    cache.set("a", 4, { ttl: Infinity });
    clock.time = 1e9;
    expect(cache.get("a")).toBe(4);
    expect(told).toEqual([
      ["a", 1, "replaced"],
      ["a", 2, "expired"],
      ["a", 3, "replaced"],
    ]);
  });

  test("expired entries make room before others, a few a call, and purge takes the rest", () => {
    const clock = { time: 0 };
    const cache = make(build, { maxEntries: 1000, maxTtl: 1000, now: () => clock.time });
    for (let i = 0; i < 1000; i++) cache.set(`k${i}`, i, i % 2 === 0 ? { ttl: 500 } : undefined);
    clock.time = 600;
    expect([cache.size, cache.stats().expirations]).toEqual([500, 64]);
    for (let i = 0; i < 100; i++) cache.set(`new ${i}`, i);
    expect([cache.size, cache.stats().evictions]).toEqual([600, 0]);
    cache.purge();
    expect(cache.stats()).toMatchObject({ expirations: 500, entries: 600 });
    expect(cache.delete("k0")).toBe(false);
    expect([cache.purge(), cache.purge()]).toEqual([0, 0]);
  });

  test("setting a key whose entry has expired and still waits is a new entry, not a hit", () => {
    const clock = { time: 0 };
    const told: unknown[] = [];
    const onEvict = (...leaver: unknown[]) => told.push(leaver);
    const cache = make(build, { maxEntries: 100, maxTtl: 1000, now: () => clock.time, onEvict });
    for (let i = 0; i < 100; i++) cache.set(`k${i}`, i, { ttl: 10 });
    clock.time = 100;
    // Of the hundred, 32 are taken out by this call itself.
    cache.set("k99", -1);
    expect(told).toContainEqual(["k99", 99, "expired"]);
    expect(told).not.toContainEqual(["k99", 99, "replaced"]);
    cache.purge();
    for (let i = 0; i < 100; i++) cache.set(`n${i}`, i);
    expect([cache.has("k99"), cache.has("n0")]).toEqual([false, true]);
  });

  test("deleting what has expired is no deletion", () => {
    const clock = { time: 0 };
    const told: unknown[] = [];
    const cache = make(build, { maxEntries: 200, maxTtl: 1000, now: () => clock.time, onEvict: (...leaver) => told.push(leaver[2]) });
    for (let i = 0; i < 100; i++) cache.set(`k${i}`, i, { ttl: 10 });
    clock.time = 100;
    // The first call takes out 32 and these are not among them.
    expect([cache.delete("k99"), cache.delete("k98"), cache.delete("k97")]).toEqual([false, false, false]);
    cache.set("live", 1);
    expect(cache.delete("live")).toBe(true);
    expect([told.filter((reason) => reason === "deleted").length, cache.size]).toEqual([1, 0]);
    cache.clear();
    expect(told.length).toBe(101);
  });

  test("a clock that goes back stands still", () => {
    const clock = { time: 1000 };
    const cache = make(build, { maxEntries: 5, ttl: 100, resolution: 1, now: () => clock.time });
    clock.time = 2000;
    cache.set("a", 1);
    clock.time = 500;
    cache.set("b", 2);
    clock.time = 2050;
    expect([cache.get("a"), cache.get("b")]).toEqual([1, 2]);
    clock.time = 2102;
    expect([cache.get("a"), cache.get("b")]).toEqual([undefined, undefined]);
  });

  test("no clock is read before an entry has a time to live", () => {
    let reads = 0;
    const cache = make(build, {
      maxEntries: 5,
      now: () => {
        reads++;
        return 0;
      },
    });
    cache.set("a", 1);
    cache.get("a");
    expect([reads, codeOf(() => cache.set("b", 1, { ttl: 5 }))]).toEqual([0, "ERR_ARGUMENT"]);
  });

  test("an entry larger than the cache is not kept, nor what its key had", () => {
    const told: unknown[] = [];
    const cache = make<string>(build, { maxSize: 10, sizeOf: (value) => value.length, onEvict: (...leaver) => told.push(leaver) });
    expect(cache.set("a", "12345")).toBe(true);
    expect(cache.set("b", "1234")).toBe(true);
    expect(cache.set("a", "x".repeat(11))).toBe(false);
    expect([cache.has("a"), cache.get("b"), cache.stats().totalSize]).toEqual([false, "1234", 4]);
    expect(cache.set("c", "x".repeat(10))).toBe(true);
    expect([...cache.keys()]).toEqual(["c"]);
    expect(told).toEqual([
      ["a", "12345", "replaced"],
      ["b", "1234", "evicted"],
    ]);
  });

  test("an entry that grows evicts others, not itself", () => {
    const cache = make(build, { maxSize: 10 });
    for (const k of ["a", "b", "c"]) cache.set(k, 1, { size: 3 });
    cache.set("a", 2, { size: 9 });
    expect([[...cache.entries()], cache.stats().totalSize]).toEqual([[["a", 2]], 9]);
    cache.set("a", 3, { size: 10 });
    expect(cache.get("a")).toBe(3);
  });

  test("sizes beyond 2^32 sum up exactly", () => {
    const cache = make(build, { maxSize: 2 ** 45 });
    for (let i = 0; i < 8192; i++) cache.set(`k${i}`, i, { size: 0xffff_ffff });
    expect(cache.stats()).toMatchObject({ totalSize: 8192 * 0xffff_ffff, evictions: 0 });
    cache.set("one more", 1, { size: 8193 });
    expect(cache.stats().evictions).toBe(1);
    expect(codeOf(() => cache.set("x", 1, { size: 2 ** 32 }))).toBe("ERR_ARGUMENT");
    expect(cache.set("x", 1, { size: 2 ** 46 })).toBe(false);
  });

  test("resize", () => {
    const told: string[] = [];
    const cache = make(build, { maxEntries: 100, maxSize: 1000, sizeOf: () => 5, onEvict: (k) => told.push(k) });
    for (let i = 0; i < 100; i++) cache.set(`k${i}`, i);
    cache.resize({ maxEntries: 60 });
    expect([cache.size, told.length, told[0]]).toEqual([60, 40, "k0"]);
    cache.resize({ maxSize: 100 });
    expect([cache.size, told.length, cache.stats().totalSize]).toEqual([20, 80, 100]);
    cache.resize({ maxEntries: 1000, maxSize: 10_000 });
    for (let i = 0; i < 100; i++) cache.set(`n${i}`, i);
    expect(cache.size).toBe(120);
    expect(codeOf(() => cache.resize({ maxEntries: 0 }))).toBe("ERR_ARGUMENT");
    expect(codeOf(() => cache.resize({ maxSize: 0.5 }))).toBe("ERR_ARGUMENT");
    expect(codeOf(() => make(build, { maxEntries: 1 }).resize({ maxSize: 5 }))).toBe("ERR_ARGUMENT");
  });

  test("a callback may use the cache, and one that throws corrupts nothing", () => {
    let depth = 0;
    const told: [string, number, EvictReason][] = [];
    const cache: IfrCache<number> = make(build, {
      maxEntries: 4,
      onEvict: (k, value, reason) => {
        told.push([k, value, reason]);
        expect([cache.has(k), cache.size]).toEqual([reason === "replaced", cache.size]);
        if (depth++ < 30 && reason === "evicted") {
          cache.get("a");
          cache.set(`again ${depth}`, depth);
          cache.delete("b");
        }
        if (told.length % 3 === 0) throw new RangeError(`told ${told.length}`);
      },
    });
    let thrown = 0;
    for (let i = 0; i < 200; i++) {
      try {
        cache.set("abcdefgh"[i % 8]!, i);
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
        thrown++;
      }
      expect(cache.peek("abcdefgh"[i % 8]!)).toSatisfy((v) => v === i || v === undefined);
      expect(cache.size).toBeLessThanOrEqual(4);
    }
    expect(thrown).toBeGreaterThan(10);
    // Every value that is not there any more was told of exactly once.
    const gone = told.map(([, value]) => value);
    expect(gone.length).toBe(200 + 30 - cache.size);
    const before = told.length;
    expect(() => cache.clear()).toThrow(RangeError);
    expect([cache.size, told.length > before]).toEqual([0, true]);
    expect(cache.get("a")).toBe(undefined);
  });

  test("values that left are let go of", async () => {
    const clock = { time: 0 };
    const cache = make<object>(build, { maxEntries: 4, maxTtl: 100, now: () => clock.time });
    const seen = new Map<string, WeakRef<object>>();
    const set = (k: string, ttl?: number) => {
      const value = { k };
      seen.set(`${k} ${seen.size}`, new WeakRef(value));
      cache.set(k, value, { ttl });
    };
    set("expires", 1);
    clock.time = 10;
    for (const k of ["evicted", "replaced", "replaced", "deleted", "a", "b"]) set(k);
    cache.delete("deleted");
    set("c");
    set("d");
    // What a WeakRef was made of or read lives until the end of the job.
    await new Promise((resolve) => setTimeout(resolve, 5));
    collectGarbage();
    const alive = [...seen].filter(([, ref]) => ref.deref() !== undefined).map(([name]) => name.split(" ")[0]);
    expect(alive.sort()).toEqual([...cache.keys()].sort());
    expect(cache.size).toBe(4);
    cache.clear();
    await new Promise((resolve) => setTimeout(resolve, 5));
    collectGarbage();
    expect([...seen.values()].filter((ref) => ref.deref() !== undefined)).toEqual([]);
  });

  test("keys: bytes and text, empty, and as long as the window", () => {
    const cache = make(build, { maxEntries: 20 });
    const keys: Key[] = ["", "é", "\ud83d", "漢".repeat(21_845), "y".repeat(65_536), bytesOf("bytes"), new Uint8Array(65_536)];
    for (const [i, k] of keys.entries()) cache.set(k, i);
    expect(keys.map((k) => cache.get(k))).toEqual(keys.map((_, i) => i));
    expect(cache.getMany(keys)).toEqual(keys.map((_, i) => i));
    expect(cache.get("bytes")).toBe(5);
    expect([...cache.keys()].slice(0, 5)).toEqual(keys.slice(0, 5));
    const long = "z".repeat(65_537);
    for (const k of [long, bytesOf(long), "漢".repeat(21_846)]) {
      expect(codeOf(() => cache.set(k, 1))).toBe("ERR_KEY");
      expect([cache.get(k), cache.has(k), cache.delete(k), cache.getMany([k, "é"])]).toEqual([undefined, false, false, [undefined, 1]]);
    }
    const packed = { bytes: bytesOf("ébytesno"), offsets: Uint32Array.of(0, 2, 7, 9) };
    expect(cache.getMany(packed)).toEqual([1, 5, undefined]);
    cache.setMany(packed, [10, 11, 12]);
    expect(cache.getMany(packed)).toEqual([10, 11, 12]);
  });

  test("many entries: batches, eviction and iteration", () => {
    const n = build === "release" ? 60_000 : 8000;
    const cache = make(build, { maxEntries: n, capacity: n });
    const keys = Array.from({ length: 2 * n }, (_, i) => `flow-${(i * 40503).toString(16)}`);
    cache.setMany(
      keys,
      keys.map((_, i) => i),
    );
    const expected = keys.map((_, i) => (i < n ? undefined : i));
    const found = cache.getMany(keys);
    expect(found.findIndex((v, i) => v !== expected[i])).toBe(-1);
    expect([...cache.keys()].sort()).toEqual(keys.slice(n).sort());
    expect(cache.stats()).toMatchObject({ evictions: n, entries: n, hits: n, misses: n });
    const seen: string[] = [];
    for (const k of cache.keys()) {
      seen.push(k);
      cache.delete(k);
      if (seen.length > 5) break;
    }
    expect(cache.size).toBe(n - 6);
  });

  test("memory is reused: new keys for ever do not grow the state", () => {
    const clock = { time: 0 };
    const cache = make(build, { maxEntries: 1000, maxTtl: 2000, now: () => clock.time++ });
    const next = random(4);
    let settled = 0;
    for (let i = 0; i < 30_000; i++) {
      cache.set(`session-${next()}-${"x".repeat(next() % 60)}`, i, i % 3 === 0 ? { ttl: 1 + (next() % 2000) } : undefined);
      if (i === 10_000) settled = cache.stats().stateBytes;
    }
    expect(cache.stats().stateBytes).toBeLessThanOrEqual(settled * 1.03);
  });

  test("the key of an entry that left is gone from the image", () => {
    const cache = make(build, { maxEntries: 2 });
    for (const k of ["secret 1", "secret 2", "other", "another"]) cache.set(k, 1);
    expect(Buffer.from(cache.image()).includes("secret")).toBe(false);
  });

  test("a full memory: set says so, and answers stay as they were", () => {
    const told: unknown[] = [];
    const cache = make(build, { maxEntries: 100_000, maxBytes: 40_960, onEvict: (...leaver) => told.push(leaver) });
    let n = 0;
    while (codeOf(() => cache.set(`key number ${n}`, n)) === undefined) n++;
    expect(n).toBeGreaterThan(200);
    for (const k of ["another", "x".repeat(5000), "y".repeat(60_000)]) {
      expect(codeOf(() => cache.set(k, 1))).toBe("ERR_MEMORY");
      expect([cache.size, cache.has(k)]).toEqual([n, false]);
    }
    expect(cache.getMany(Array.from({ length: n + 1 }, (_, i) => `key number ${i}`))).toEqual([...Array(n).keys(), undefined]);
    expect(told).toEqual([]);
    expect(cache.set("key number 3", 33)).toBe(true);
    for (let i = 10; i < 20; i++) cache.delete(`key number ${i}`);
    expect(cache.set("another", 1)).toBe(true);
    expect([cache.get("another"), cache.get("key number 3")]).toEqual([1, 33]);
  });

  test("options outside their domain are refused", () => {
    for (const options of [
      {},
      { maxEntries: 0 },
      { maxEntries: 1.5 },
      { maxEntries: 2 ** 31 },
      { maxSize: 0 },
      { maxSize: 2 ** 53 },
      { maxEntries: 5, capacity: -1 },
      { maxEntries: 5, ttl: 0 },
      { maxEntries: 5, ttl: Number.NaN },
      { maxEntries: 5, maxTtl: Infinity },
      { maxEntries: 5, resolution: -1 },
      { maxEntries: 5, ttl: 1000, resolution: 3 },
      { maxEntries: 5, ttl: 1000, maxTtl: 500 },
      { maxEntries: 5, seed: 0.5 },
      { maxEntries: 5, maxBytes: 100 },
    ]) {
      const code = codeOf(() => make(build, options));
      expect([options, code]).toEqual([options, "ERR_ARGUMENT"]);
    }
    expect(codeOf(() => make(build, { maxEntries: 1e6, capacity: 1e6, maxBytes: 65_536 }))).toBe("ERR_MEMORY");
    expect(codeOf(() => make(build, { maxEntries: 5, ttl: 5, now: () => Number.NaN }))).toBe("ERR_NOT_FINITE");
    expect(codeOf(() => IfrCache.createSync({ maxEntries: 5, wasm: wasm("ifr", build) }))).toBe("ERR_WASM");
    expect(make(build, { maxEntries: 5, ttl: 60_000 }).resolution).toBe(240);
  });

  test("bug: null for a function was an error of the engine, some of them after the change was made", () => {
    for (const name of ["onEvict", "sizeOf", "now"]) {
      for (const call of [null, 5]) expect(codeOf(() => make(build, { maxEntries: 5, ttl: 5, [name]: call }))).toBe("ERR_ARGUMENT");
    }
    for (const none of [null, undefined]) expect(codeOf(() => IfrCache.createSync(none as never))).toBe("ERR_ARGUMENT");
    const cache = make(build, { maxEntries: 5 });
    cache.resize(null as never);
    expect(codeOf(() => cache.resize({ maxEntries: null as never }))).toBe("ERR_ARGUMENT");
    expect(cache.set("a", 1, null as never)).toBe(true);
  });

  test("bug: delete said false if onEvict let other entries expire", () => {
    let time = 0;
    const cache: IfrCache<number> = make(build, {
      maxEntries: 5,
      ttl: 100,
      now: () => time,
      onEvict: (key) => {
        if (key === "a") time += 1000;
        cache.has("c");
      },
    });
    cache.set("a", 1);
    cache.set("b", 2);
    expect(cache.delete("a")).toBe(true);
    expect([cache.stats().expirations, cache.delete("b")]).toEqual([1, false]);
  });

  test("arguments outside their domain are refused, and nothing has changed", () => {
    const cache = make(build, { maxEntries: 5, maxSize: 10, maxTtl: 1000, now: () => 0 });
    cache.set("a", 1, { size: 1 });
    const before = cache.image();
    for (const call of [
      () => cache.set("b", 1),
      () => cache.set("b", 1, { size: 0 }),
      () => cache.set("b", 1, { size: 1.5 }),
      () => cache.set("b", 1, { size: 1, ttl: 0 }),
      () => cache.set("b", 1, { size: 1, ttl: 1005 }),
      () => cache.set("b", 1, { size: 1, ttl: Number.NaN }),
      () => cache.set(5 as never, 1, { size: 1 }),
      () => cache.get(undefined as never),
      () => cache.has(null as never),
      () => cache.delete({} as never),
      () => cache.getMany("a" as never),
      () => cache.getMany([5] as never),
      () => cache.setMany(["a"], [], { size: 1 }),
    ]) {
      expect(codeOf(call)).toBe("ERR_ARGUMENT");
    }
    expect(Buffer.compare(cache.image(), before)).toBe(0);
  });

  test("after dispose every call throws ERR_DISPOSED; dispose twice is fine", () => {
    const cache = make(build, { maxEntries: 5, ttl: 100 });
    cache.set("a", 1);
    cache.dispose();
    cache.dispose();
    cache[Symbol.dispose]();
    for (const call of [
      () => cache.get("a"),
      () => cache.peek("a"),
      () => cache.has("a"),
      () => cache.getMany(["a"]),
      () => cache.getMany([]),
      () => cache.set("a", 1),
      () => cache.setMany(["a"], [1]),
      () => cache.delete("a"),
      () => cache.clear(),
      () => cache.purge(),
      () => cache.resize({ maxEntries: 3 }),
      () => cache.size,
      () => [...cache.keys()],
      () => [...cache.values()],
      () => [...cache.entries()],
      () => cache.stats(),
      () => cache.image(),
    ]) {
      expect(codeOf(call)).toBe("ERR_DISPOSED");
    }
  });
});

test("the embedded module is the default", async () => {
  const caches = [await IfrCache.create<number>({ maxEntries: 2 }), IfrCache.createSync<number>({ maxEntries: 2 })];
  for (const cache of caches) expect([cache.set("x", 5), cache.get("x")]).toEqual([true, 5]);
  expect(Buffer.compare(caches[0]!.image(), caches[1]!.image())).toBe(0);
});

test("a trap poisons the cache", () => {
  const instance = new WebAssembly.Instance(wasm("ifr-cache", "release") as WebAssembly.Module, {});
  const cache = IfrCache.createSync<number>({ maxEntries: 5, ttl: 1000, wasm: instance });
  cache.set("a", 1);
  // Addresses that point outside the memory, as only a broken state has them.
  const words = new Uint32Array((instance.exports["memory"] as WebAssembly.Memory).buffer);
  for (let i = 0x20200 >> 2; i < words.length; i++) if (words[i]! > 0x20000 && words[i]! % 16 === 0) words[i] = 0xf0000000;
  for (const call of [() => cache.get("a"), () => cache.set("a", 1), () => cache.peek("a"), () => cache.clear(), () => cache.size]) {
    expect(codeOf(call)).toBe("ERR_POISONED");
  }
});

/** The code of the error that `f` throws. */
function codeOf(f: () => unknown): string | undefined {
  try {
    f();
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
  return undefined;
}
