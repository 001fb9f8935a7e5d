import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { EvictReason, IfrCache, IfrCacheOptions, Key } from "../../src/ifr.js";
import { random } from "../core/selftest.js";
import { type Build, builds } from "../helpers/modules.js";
import { type Leaver, Sieve } from "../oracle/sieve.js";
import { codeOf, make } from "./cache-helpers.js";
import { bytesOf } from "./helpers.js";

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
});
