import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { builds } from "../helpers/modules.js";
import { SplitBlockFilter } from "../oracle/filter.js";
import * as oracle from "../oracle/hash.js";
import { random, STATE, selftest, WINDOW } from "./selftest.js";

const u64 = (x: bigint) => BigInt.asUintN(64, x);
const encoder = new TextEncoder();

describe.each(builds)("hash (%s)", (build) => {
  const x = selftest(build);
  x.arenaInit(64, 0);
  const memory = new Uint8Array(x.memory.buffer);
  const seed = (s: bigint) => x.hashKeys(STATE, s);
  const hash = (bytes: Uint8Array, at = WINDOW) => {
    memory.set(bytes, at);
    return u64(x.hashBytes(at, bytes.length, STATE));
  };

  test("equals the oracle for every length, alignment and seed", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), fc.nat(15), (bytes, s, shift) => {
        seed(s);
        expect(hash(bytes, WINDOW + shift)).toBe(oracle.hashBytes(bytes, oracle.hashKeys(s)));
      }),
      { numRuns: 300 },
    );
    seed(1n);
    const next = random(3);
    const bytes = Uint8Array.from({ length: 1024 }, next);
    for (let n = 0; n <= 1024; n += n < 200 ? 1 : 31) {
      expect(hash(bytes.subarray(0, n))).toBe(oracle.hashBytes(bytes.subarray(0, n), oracle.hashKeys(1n)));
    }
    for (let i = 0; i < 100; i++) {
      const [a, b] = [BigInt(next()) << 13n, BigInt(next())];
      expect(u64(x.hashPair(a, b, 5n))).toBe(oracle.hashPair(a, b, 5n));
      expect(u64(x.mix64(a))).toBe(oracle.mix64(a));
    }
  });

  test("of fixed width equals the oracle, for every width", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), (all, s) => {
        seed(s);
        memory.set(all, WINDOW);
        for (const [width, f] of [
          [8, x.hash8],
          [16, x.hash16],
          [20, x.hash20],
          [32, x.hash32],
        ] as const) {
          expect(u64(f(WINDOW, STATE))).toBe(oracle.hashFixed(all.subarray(0, width), oracle.hashKeys(s)));
        }
      }),
      { numRuns: 100 },
    );
  });

  const sets: [name: string, make: () => Uint8Array[]][] = [
    ["key_%06d", () => numbered((i) => `key_${String(i).padStart(6, "0")}`)],
    ["flow-%08x", () => numbered((i) => `flow-${i.toString(16).padStart(8, "0")}`)],
    ["URLs", () => numbered((i) => `https://example.org/shop/${i % 97}/item-${i}?page=${i % 7}&ref=home#top`)],
    ["small integers", () => numbered((i) => String(i))],
    ["single bits of 1250 bytes", () => Array.from({ length: 10_000 }, (_, bit) => oneBit(1250, bit))],
    ["zeros of lengths 0 to 1024", () => Array.from({ length: 1025 }, (_, n) => new Uint8Array(n))],
    ["one letter, lengths 0 to 1024", () => Array.from({ length: 1025 }, (_, n) => new Uint8Array(n).fill(97))],
    [
      "all of one and two bytes",
      () => Array.from({ length: 65_792 }, (_, i) => Uint8Array.from(i < 256 ? [i] : [(i - 256) & 255, (i - 256) >> 8])),
    ],
    ["16-byte words with swapped halves", () => Array.from({ length: 10_000 }, (_, i) => grid(i % 100, Math.floor(i / 100)))],
  ];

  test.each(sets)("no 64-bit collision and an even spread: %s", (_, make) => {
    const keys = make();
    for (const s of [0n, 1n, 0x123456789abcdefn]) {
      seed(s);
      const hashes = keys.map((key) => hash(key));
      expect(new Set(hashes).size).toBe(keys.length);
      // Buckets as the index chooses them (high half) and the low bits, which are its tags: chi-square within six sigma.
      const n = 256;
      for (const place of [(h: bigint) => Number(((h >> 32n) * 256n) >> 32n), (h: bigint) => Number(h & 255n)]) {
        const counts = new Float64Array(n);
        for (const h of hashes) counts[place(h)]!++;
        const mean = keys.length / n;
        const chi = counts.reduce((sum, c) => sum + (c - mean) ** 2 / mean, 0);
        expect(Math.abs(chi - (n - 1))).toBeLessThan(6 * Math.sqrt(2 * (n - 1)));
      }
    }
  });

  test("avalanche: each input bit flips each output bit about every second time", () => {
    const next = random(11);
    for (const length of [1, 3, 4, 7, 8, 12, 16, 17, 20, 32, 33, 48, 64, 65, 97, 130]) {
      const trials = 256;
      const bits = [...new Set([0, 7, 8, length * 4, length * 8 - 8, length * 8 - 1, next() % (length * 8), next() % (length * 8)])];
      for (const bit of bits.filter((b) => b < length * 8)) {
        const flips = new Float64Array(64);
        for (let t = 0; t < trials; t++) {
          seed(BigInt(next()));
          const bytes = Uint8Array.from({ length }, next);
          const before = hash(bytes);
          bytes[bit >> 3]! ^= 1 << (bit & 7);
          const difference = before ^ hash(bytes);
          for (let o = 0; o < 64; o++) flips[o]! += Number((difference >> BigInt(o)) & 1n);
        }
        // Six sigma of a fair coin.
        for (const f of flips) expect(Math.abs(f - trials / 2)).toBeLessThan(3 * Math.sqrt(trials));
      }
    }
  });

  const fixedHashes = [
    [8, x.hash8],
    [16, x.hash16],
    [20, x.hash20],
    [32, x.hash32],
  ] as const;
  const fixedHash = (f: (p: number, keys: number) => bigint, key: Uint8Array) => {
    memory.set(key, WINDOW);
    return u64(f(WINDOW, STATE));
  };
  const places: [name: string, place: (h: bigint) => number][] = [
    ["segment", (h) => Number(h >> 56n)],
    ["bucket", (h) => Number((((h >> 16n) & 0xffffffffn) * 256n) >> 32n)],
    ["low half of the tag", (h) => Number(h & 255n)],
    ["high half of the tag", (h) => Number((h >> 8n) & 255n)],
  ];

  test.each(fixedHashes)("of %i bytes: no 64-bit collision, and an even spread over segments, buckets and tags", (width, f) => {
    const counter = (at: number, littleEndian: boolean, step = 1) =>
      Array.from({ length: 10_000 }, (_, i) => {
        const key = new Uint8Array(width).fill(0x5a);
        new DataView(key.buffer).setUint32(at, i * step, littleEndian);
        return key;
      });
    const sets = [
      counter(0, true),
      counter(0, false),
      counter(width - 4, true),
      counter(width - 4, false),
      counter(0, true, 65_536),
      Array.from({ length: 10_000 }, (_, i) => grid(i % 100, Math.floor(i / 100)).subarray(0, 8)).map((g) => {
        const key = new Uint8Array(width);
        key.set(g.subarray(0, 1));
        key.set(g.subarray(0, 1), width - 1);
        return key;
      }),
      Array.from({ length: width * 8 }, (_, bit) => oneBit(width, bit)),
    ];
    for (const s of [0n, 1n, 0x123456789abcdefn]) {
      seed(s);
      for (const [at, keys] of sets.entries()) {
        const distinct = [...new Map(keys.map((key) => [key.join(), key])).values()];
        const hashes = distinct.map((key) => fixedHash(f, key));
        expect(new Set(hashes).size, `set ${at}`).toBe(distinct.length);
        if (distinct.length < 2000) continue;
        for (const [name, place] of places) {
          const counts = new Float64Array(256);
          for (const h of hashes) counts[place(h)]!++;
          const mean = distinct.length / 256;
          const chi = counts.reduce((sum, c) => sum + (c - mean) ** 2 / mean, 0);
          expect(Math.abs(chi - 255), `set ${at}, ${name}`).toBeLessThan(6 * Math.sqrt(2 * 255));
        }
      }
    }
  });

  test.each(fixedHashes)("of %i bytes, avalanche: each input bit flips each output bit about every second time", (width, f) => {
    const next = random(12);
    const trials = 256;
    for (let bit = 0; bit < width * 8; bit += width === 8 ? 1 : 3) {
      const flips = new Float64Array(64);
      for (let t = 0; t < trials; t++) {
        seed((BigInt(next()) << 32n) | BigInt(next()));
        const key = Uint8Array.from({ length: width }, next);
        const before = fixedHash(f, key);
        key[bit >> 3]! ^= 1 << (bit & 7);
        const difference = before ^ fixedHash(f, key);
        for (let o = 0; o < 64; o++) flips[o]! += Number((difference >> BigInt(o)) & 1n);
      }
      for (const [o, count] of flips.entries())
        expect(Math.abs(count - trials / 2), `bit ${bit} to ${o}`).toBeLessThan(3 * Math.sqrt(trials));
    }
  });

  test("every byte position matters, and so does the length", () => {
    seed(9n);
    const next = random(2);
    for (const length of [1, 2, 3, 5, 8, 15, 16, 17, 31, 33, 63, 64, 65, 66, 96, 97, 128, 200, 1000]) {
      const bytes = Uint8Array.from({ length }, next);
      const before = hash(bytes);
      const seen = new Set([before]);
      for (let i = 0; i < length; i++) {
        bytes[i]! ^= 0x10;
        seen.add(hash(bytes));
        bytes[i]! ^= 0x10;
      }
      for (let shorter = 0; shorter < length; shorter++) seen.add(hash(bytes.subarray(0, shorter)));
      expect(seen.size).toBe(2 * length + 1);
    }
  });

  test("differences in the top bits, which cancel in multiply-xorshift mixes, do not collide under any seed", () => {
    const top = 1n << 63n;
    for (let s = 0n; s < 300n; s++) {
      const bytes = new Uint8Array(s % 2n === 0n ? 32 : 96);
      const words = new BigUint64Array(bytes.buffer);
      seed(s);
      words.fill(0n);
      const seen = new Set([hash(bytes)]);
      let tried = 1;
      for (const other of [top, top | (1n << 31n), 1n << 31n, top - (1n << 31n), (1n << 31n) + 1n]) {
        for (const [i, j] of [
          [0, 1],
          [2, 3],
          [0, 2],
          [1, 3],
          ...(bytes.length > 32
            ? [
                [0, 4],
                [3, 8],
                [4, 8],
              ]
            : []),
        ] as [number, number][]) {
          words.fill(0n);
          words[i] = top;
          words[j] = other;
          seen.add(hash(bytes));
          tried++;
        }
      }
      expect(seen.size).toBe(tried);
    }
  });

  test("keys that share a bucket under one seed are spread under another", () => {
    const crafted: Uint8Array[] = [];
    seed(0n);
    for (let i = 0; crafted.length < 200; i++) {
      const key = encoder.encode(`crafted-${i}`);
      if (hash(key) >> 56n === 0n) crafted.push(key);
    }
    seed(77n);
    const buckets = new Set(crafted.map((key) => hash(key) >> 56n));
    expect(buckets.size).toBeGreaterThan(110);
    expect(Math.max(...[...buckets].map((b) => crafted.filter((key) => hash(key) >> 56n === b).length))).toBeLessThan(9);
  });

  test("the filter's bits are those of Parquet's specification", () => {
    const blocks = 37;
    const filter = x.alloc(blocks * 32) >>> 0;
    const expected = new SplitBlockFilter(blocks);
    const next = random(5);
    const wide = () => (BigInt(next()) << 32n) | BigInt(next());
    for (let i = 0; i < 600; i++) {
      const h = wide();
      x.filterAdd(x.filterBlock(filter, blocks, h) >>> 0, h);
      expected.add(h);
      expect(x.filterHas(x.filterBlock(filter, blocks, h) >>> 0, h)).toBeTruthy();
    }
    expect([...new Uint32Array(x.memory.buffer, filter, blocks * 8)]).toEqual([...expected.words]);
    for (let i = 0; i < 2000; i++) {
      const h = wide();
      expect(x.filterHas(x.filterBlock(filter, blocks, h) >>> 0, h) !== 0).toBe(expected.has(h));
    }
  });
});

function numbered(name: (i: number) => string): Uint8Array[] {
  return Array.from({ length: 10_000 }, (_, i) => encoder.encode(name(i)));
}

function oneBit(length: number, bit: number): Uint8Array {
  const bytes = new Uint8Array(length);
  bytes[bit >> 3] = 1 << (bit & 7);
  return bytes;
}

function grid(a: number, b: number): Uint8Array {
  const bytes = new Uint8Array(16);
  bytes[0] = a;
  bytes[8] = b;
  return bytes;
}
