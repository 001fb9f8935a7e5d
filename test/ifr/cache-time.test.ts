import { describe, expect, test } from "vitest";
import { random } from "../core/selftest.js";
import { builds } from "../helpers/modules.js";
import { codeOf, make } from "./cache-helpers.js";

describe.each(builds)("IfrCache and time (%s)", (build) => {
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
});
