import { describe, expect, test } from "vitest";
import { IfrCache } from "../../src/ifr.js";
import { builds, wasm } from "../helpers/modules.js";
import { codeOf, make } from "./cache-helpers.js";

describe.each(builds)("IfrCache at its limits (%s)", (build) => {
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
