import { describe, expect, it } from "vitest";
import { LruMap } from "../../bench/cache-trace.js";
import { prefetcher } from "../../src/cpe.js";
import { Random } from "../helpers/random.js";
import { codeOf } from "./demand-helper.js";

describe("what a prefetcher promises of its cache and backend", () => {
  it("calls useful only what was still there when it was asked for", () => {
    // A cache that takes nothing: every request is a miss, so nothing that was fetched ahead was of use.
    const refusing = { has: () => false, get: () => undefined, set: () => undefined };
    const p = prefetcher<number, number>(refusing, { fetch: (id) => id, maxTraffic: 1.2 });
    for (let i = 0; i < 5000; i++) p.get(i * 8, { span: 8 });
    const { misses, useful, issued } = p.stats();
    expect(issued).toBeGreaterThan(0);
    expect(misses).toBe(5000);
    expect(useful).toBe(0);
    p.dispose();
  });

  it("never has fewer hits than it calls useful: in a small cache", () => {
    const random = new Random(3);
    const p = prefetcher(new LruMap(30), { fetch: (id) => id, maxTraffic: 3, depth: 16 });
    let hits = 0;
    const runs = Array.from({ length: 12 }, () => 0);
    for (let i = 0; i < 20_000; i++) {
      const run = random.below(runs.length);
      if (random.below(10) === 0) runs[run] = random.below(1e9) * 1000;
      const before = p.stats().misses;
      p.get(runs[run]++, { stream: run });
      if (p.stats().misses === before) hits++;
    }
    // Hits by what was asked for before count as well, so this is the least that must hold.
    expect(p.stats().useful).toBeLessThanOrEqual(hits);
    p.dispose();
  });

  it("leaves no rejection behind that nobody can catch", async () => {
    const seen: unknown[] = [];
    const note = (error: unknown) => seen.push(error);
    process.on("unhandledRejection", note);
    let fetches = 0;
    const p = prefetcher(new Map<number, number>(), {
      fetch: () => {
        fetches++;
        return Promise.reject(new Error("offline"));
      },
      maxTraffic: 1,
    });
    p.dispose();
    expect(codeOf(() => p.get(1))).toBe("ERR_DISPOSED");
    await new Promise((done) => setTimeout(done, 10));
    process.off("unhandledRejection", note);
    expect(seen).toEqual([]);
    expect(fetches).toBe(0);
  });

  it("leaves no rejection behind either where learning fails", async () => {
    const seen: unknown[] = [];
    const note = (error: unknown) => seen.push(error);
    process.on("unhandledRejection", note);
    const events = {
      observe: () => {
        throw new Error("no room");
      },
      predict: () => ({ ids: new Uint32Array(0), probabilities: new Float64Array(0), escape: 1 }),
      forget: () => {},
    };
    const p = prefetcher<number, number>(new Map(), {
      fetch: () => Promise.reject(new Error("offline")),
      maxTraffic: 1,
      events: events as never,
    });
    expect(() => p.get(1)).toThrow("no room");
    await new Promise((done) => setTimeout(done, 10));
    process.off("unhandledRejection", note);
    expect(seen).toEqual([]);
    p.dispose();
  });

  it("waits for promises of other makers too", async () => {
    // As a query builder makes them: no Promise, but something to wait for.
    const later = (id: number) => ({
      // biome-ignore lint/suspicious/noThenProperty: that is what is tested
      then: (done: (value: string) => unknown) => Promise.resolve(`${id}`).then(done),
    });
    const cache = new Map<number, string>();
    const p = prefetcher<number, string>(cache, { fetch: (id) => later(id) as never, maxTraffic: 1 });
    for (let id = 0; id < 20; id++) expect(await p.get(id)).toBe(`${id}`);
    await new Promise((done) => setTimeout(done));
    expect([...new Set([...cache.values()].map((value) => typeof value))]).toEqual(["string"]);
    p.dispose();
  });

  it("does not put an older value over one that was set while it was on its way", async () => {
    const cache = new Map<number, string>();
    let arrive = (_: string) => {};
    const p = prefetcher(cache, {
      fetch: () =>
        new Promise<string>((done) => {
          arrive = done;
        }),
      maxTraffic: 1,
    });
    const value = p.get(5);
    cache.set(5, "newer");
    arrive("older");
    await value;
    expect(cache.get(5)).toBe("newer");
    p.dispose();
  });

  it("adds no more than 32 fetches to what is paid for; of a debt of misses, 256 are remembered", () => {
    const random = new Random(1);
    const requests: number[] = Array.from({ length: 10_000 }, () => random.below(2 ** 31));
    for (let i = 0, at = 2 ** 40; i < 20_000; i++) {
      if (i % 10 < 7) requests.push(i % 20);
      else {
        at += random.below(10) < 3 ? 1000 + random.below(1e5) : 1;
        requests.push(at);
      }
    }
    for (const maxTraffic of [0, 0.5, 1]) {
      let asked = -1;
      let balance = 0;
      let least = 0;
      const p = prefetcher(new LruMap(100), {
        maxTraffic,
        fetch: (id) => {
          balance = Math.max(-256, balance - 1);
          // The request pays before anything is fetched ahead, but after what it needs itself is.
          if (id !== asked) least = Math.min(least, balance);
          return id;
        },
      });
      let phase = 0;
      for (const [i, id] of requests.entries()) {
        asked = id;
        const before = p.stats().misses;
        balance += maxTraffic;
        p.get(id);
        if (i === 10_000) phase = p.stats().issued;
        expect(p.stats().misses - before).toBeLessThanOrEqual(1);
      }
      expect(least).toBeGreaterThanOrEqual(-32);
      // As long as misses alone are more, it adds 32 at most.
      if (maxTraffic < 1) expect(phase).toBeLessThanOrEqual(32);
      p.dispose();
    }
  });
});
