import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { packKeys } from "../../src/layers/ifr/columns.js";
import { builds } from "../helpers/modules.js";
import { bloom, codeOf, column, fuse, sameBytes } from "./filters-helpers.js";

const BITS = [8, 16] as const;
const keysOf = (n: number) => Array.from({ length: n }, (_, i) => `key ${i}`);
const strangersOf = (n: number) => Array.from({ length: n }, (_, i) => `stranger ${i}`);

describe.each(builds)("BinaryFuse (%s)", (build) => {
  test("sets of every small size, and no key is denied", () => {
    for (const bits of BITS) {
      for (let n = 0; n <= 130; n++) {
        const filter = fuse(build, keysOf(n), { bits });
        expect(filter.hasMany(keysOf(n))).toBe(n);
        expect(filter.stats().keys).toBe(n);
        for (const key of keysOf(n)) if (!filter.has(key)) expect.fail(`${key} of ${n}`);
      }
    }
  });

  test("the empty set and sets of one and two", () => {
    const empty = fuse(build, []);
    expect(empty.stats()).toMatchObject({ keys: 0, bitsPerKey: Number.POSITIVE_INFINITY });
    expect(empty.hasMany(strangersOf(3000))).toBeLessThan(30);
    expect(fuse(build, ["a"], { bits: 16 }).hasMany(strangersOf(3000))).toBeLessThan(4);
    expect(fuse(build, ["a", "b"], { bits: 16 }).hasMany(["a", "b"])).toBe(2);
  });

  test("chance hits and size are what the fingerprints promise", () => {
    const n = 60_000;
    for (const bits of BITS) {
      const filter = fuse(build, keysOf(n), { bits });
      expect(filter.hasMany(keysOf(n))).toBe(n);
      const hits = filter.hasMany(strangersOf(n));
      const expected = n / 2 ** bits;
      expect(Math.abs(hits - expected)).toBeLessThan(5 * Math.sqrt(expected) + 1);
      const stats = filter.stats();
      expect(stats).toMatchObject({ keys: n, falsePositiveRate: 2 ** -bits });
      expect(stats.bitsPerKey).toBeLessThan(bits * 1.25);
    }
  });

  test("equal keys count once, and take no room", () => {
    const once = fuse(build, keysOf(3000));
    for (const times of [2, 3, 70]) {
      const filter = fuse(
        build,
        Array.from({ length: 3000 * times }, (_, i) => `key ${i % 3000}`),
      );
      expect(filter.stats()).toMatchObject({ keys: 3000, bits: once.stats().bits });
      expect(filter.hasMany(keysOf(3000))).toBe(3000);
      expect(sameBytes(filter.image(), once.image())).toBe(true);
    }
    const one = fuse(
      build,
      Array.from({ length: 5000 }, () => "same"),
    );
    expect(one.stats().keys).toBe(1);
    expect(one.has("same")).toBe(true);
  });

  test("sets that the first attempt gets stuck on, with and without equal keys", () => {
    const keys = Array.from({ length: 60 }, (_, i) => `key ${i}`);
    const mixAt = 0x200 + 32;
    let again = 0;
    const firstMix = (seed: number) =>
      fuse("release", [], { seed })
        .image()
        .subarray(mixAt, mixAt + 8);
    for (let seed = 0; seed < 1500; seed++) {
      const filter = fuse("release", keys, { seed });
      expect(filter.hasMany(keys)).toBe(60);
      if (sameBytes(filter.image().subarray(mixAt, mixAt + 8), firstMix(seed))) continue;
      again++;
      // Keys of every form are gathered once more, long ones too.
      const twice = [...keys, ...keys];
      expect(sameBytes(fuse(build, twice, { seed }).image(), filter.image())).toBe(true);
      expect(sameBytes(fuse(build, packKeys(keys), { seed }).image(), filter.image())).toBe(true);
    }
    expect(again).toBeGreaterThan(2);
  });

  test("any hashes, equal ones and zero among them", () => {
    const hash = fc.oneof(fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), fc.bigInt({ min: 0n, max: 9n }));
    fc.assert(
      fc.property(fc.array(hash, { maxLength: 400 }), fc.constantFrom(...BITS), (list, bits) => {
        const hashes = BigUint64Array.from(list);
        const filter = fuse(build, hashes, { bits });
        expect(filter.hasHashes(hashes)).toBe(hashes.length);
        expect(filter.stats().keys).toBe(new Set(list).size);
        expect(sameBytes(fuse(build, new Uint32Array(hashes.buffer), { bits }).image(), filter.image())).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  test("equal sets in another form give the same bytes, another seed others", () => {
    const bytes = column(20, 5000);
    const list = Array.from({ length: 5000 }, (_, i) => bytes.slice(i * 20, i * 20 + 20));
    const filter = fuse(build, { width: 20, bytes }, { seed: 5 });
    expect(sameBytes(fuse(build, list, { seed: 5 }).image(), filter.image())).toBe(true);
    expect(sameBytes(fuse(build, list, { seed: 6 }).image(), filter.image())).toBe(false);
    expect(filter.hasMany({ width: 20, bytes })).toBe(5000);
    expect(filter.hasMany({ width: 20, bytes: column(20, 5000, 5000) })).toBeLessThan(60);
  });

  test("options, bad keys and too little memory", () => {
    expect(codeOf(() => fuse(build, ["a"], { bits: 12 as 8 }))).toBe("ERR_ARGUMENT");
    expect(codeOf(() => fuse(build, ["a", 5 as unknown as string]))).toBe("ERR_ARGUMENT");
    expect(codeOf(() => fuse(build, 5 as unknown as string[]))).toBe("ERR_ARGUMENT");
    expect(codeOf(() => fuse(build, new Uint32Array(3)))).toBe("ERR_ARGUMENT");
    expect(codeOf(() => fuse(build, ["a"], { hash: "xxh64", seed: 4 }))).toBe("ERR_ARGUMENT");
    expect(codeOf(() => fuse(build, keysOf(10_000), { maxBytes: 8192 }))).toBe("ERR_MEMORY");
    // The limit is one of the state: the build's working space is not part of it.
    expect(codeOf(() => fuse(build, keysOf(10_000), { maxBytes: 16_384 }))).toBeUndefined();
  });
});

test("hashes of another filter are not those of keys", () => {
  const hashes = BigUint64Array.from({ length: 1000 }, (_, i) => BigInt(i) << 40n);
  expect(fuse("release", hashes).hasHashes(hashes)).toBe(1000);
  expect(bloom("release", { capacity: 10 }).hasHashes(hashes)).toBe(0);
});
