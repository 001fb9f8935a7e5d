import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SplitBlockBloom } from "../../src/ifr.js";
import { blocksForRate, splitBlockRate } from "../../src/layers/ifr/filters/rate.js";
import { builds } from "../helpers/modules.js";
import { SplitBlockFilter } from "../oracle/filter.js";
import { hashBytes, hashKeys } from "../oracle/hash.js";
import { xxh64 } from "../oracle/xxh64.js";
import { bloom, bytesOf, codeOf, sameBytes } from "./filters-helpers.js";

/** The blocks in a state: what follows the headers of arena and filter. */
const TABLE = 0x200 + 256;
const blocksIn = (filter: SplitBlockBloom) => filter.image().subarray(TABLE);
const hex = (text: string) => Uint8Array.from(text.split(" "), Number);

describe.each(builds)("SplitBlockBloom (%s)", (build) => {
  test("has the bits of the oracle, for keys under both hashes and for given hashes", () => {
    const keys = Array.from({ length: 3000 }, (_, i) => `${"k".repeat(i % 70)}${i}`);
    for (const hash of ["fast", "xxh64"] as const) {
      const filter = bloom(build, { capacity: 2000, hash, seed: hash === "fast" ? 77 : undefined });
      const secret = hashKeys(77n);
      const { blocks } = filter.stats();
      const oracle = new SplitBlockFilter(blocks);
      filter.addMany(keys);
      for (const key of keys) oracle.add(hash === "fast" ? hashBytes(bytesOf(key), secret) : xxh64(bytesOf(key)));
      expect(sameBytes(blocksIn(filter), new Uint8Array(oracle.words.buffer))).toBe(true);
    }
  });

  test("any hashes, any number of blocks", () => {
    const hashes = fc.array(fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), { maxLength: 300 });
    fc.assert(
      fc.property(hashes, hashes, fc.integer({ min: 1, max: 900 }), (added, others, capacity) => {
        const filter = bloom(build, { capacity });
        const oracle = new SplitBlockFilter(filter.stats().blocks);
        filter.addHashes(BigUint64Array.from(added));
        for (const hash of added) oracle.add(hash);
        expect(sameBytes(blocksIn(filter), new Uint8Array(oracle.words.buffer))).toBe(true);
        const hits = others.filter((hash) => oracle.has(hash)).length;
        expect(filter.hasHashes(BigUint64Array.from(others))).toBe(hits);
        expect(filter.hasHashes(new Uint32Array(BigUint64Array.from(added).buffer))).toBe(added.length);
      }),
      { numRuns: 60 },
    );
  });

  // apache/arrow-rs, parquet/src/bloom_filter/mod.rs, test_with_fixture: written by parquet-mr for the strings a0 to a9.
  test("a published filter of strings, by Spark", () => {
    const published = hex("200 1 80 20 64 68 8 109 6 37 4 67 144 80 96 32 8 132 43 33 0 5 99 65 2 0 224 44 64 78 96 4");
    const filter = bloom(build, { capacity: 20, bitsPerKey: 12.8, hash: "xxh64" });
    for (let i = 0; i < 10; i++) filter.add(`a${i}`);
    expect(sameBytes(blocksIn(filter), published)).toBe(true);
  });

  // jorgecarleitao/parquet2, src/bloom_filter/mod.rs, basics: written by Spark 3.2.1 for the 64-bit integers 0 to 9.
  test("a published filter of integers, by Spark", () => {
    const published = hex("24 130 24 8 134 8 68 6 2 101 128 10 64 2 38 78 114 1 64 38 1 192 194 152 64 70 0 36 56 121 64 0");
    const filter = bloom(build, { capacity: 20, hash: "xxh64" });
    filter.addMany({ width: 8, bytes: new Uint8Array(BigInt64Array.from({ length: 10 }, (_, i) => BigInt(i)).buffer) });
    expect(sameBytes(blocksIn(filter), published)).toBe(true);
    const file = Uint8Array.from([21, 64, 28, 28, 0, 0, 28, 28, 0, 0, 28, 28, 0, 0, 0, ...published]);
    expect(sameBytes(filter.toParquet(), file)).toBe(true);
  });

  // apache/parquet-testing, data/bloom_filter.xxhash.bin: 1024 bytes with "hello", "parquet", "bloom" and "filter", by parquet-mr.
  test("a published filter file, by its SHA-256", () => {
    const filter = bloom(build, { capacity: 640, hash: "xxh64" });
    filter.addMany(["hello", "parquet", "bloom", "filter"]);
    const file = filter.toParquet();
    expect(file.length).toBe(1040);
    const published = "1e7e1500b81d0f1b149fa8c3415c0f4c97e0c14cb9c8d125f0baec2b224492bf";
    expect(createHash("sha256").update(file).digest("hex")).toBe(published);
  });

  test("from a Parquet file and back", () => {
    for (const capacity of [20, 1000, 50_000, 400_000]) {
      const filter = bloom(build, { capacity, hash: "xxh64" });
      const keys = Array.from({ length: 1000 }, (_, i) => `key ${i}`);
      filter.addMany(keys);
      const file = filter.toParquet();
      // In a file more bytes follow.
      const again = SplitBlockBloom.fromParquetSync(Uint8Array.from([...file, 1, 2, 3]));
      expect(again.hasMany(keys)).toBe(1000);
      expect(sameBytes(again.toParquet(), file)).toBe(true);
      expect(again.stats().adds).toBe(0);
      filter.union(again);
      expect(sameBytes(filter.toParquet(), file)).toBe(true);
    }
  });

  test("a file that is foreign, damaged or too short is refused", () => {
    const filter = bloom(build, { capacity: 100, hash: "xxh64" });
    const file = filter.toParquet();
    const read = (bytes: unknown) => codeOf(() => SplitBlockBloom.fromParquetSync(bytes as Uint8Array));
    expect(read(file)).toBeUndefined();
    for (let n = 0; n < file.length; n++) expect(read(file.subarray(0, n))).toBe("ERR_SNAPSHOT");
    // Every byte of the header; of the number only what makes it no multiple of 32 or larger than the file.
    for (let at = 0; at < 16; at++) {
      const damaged = file.slice();
      damaged[at] ^= at === 1 ? 2 : at === 2 ? 0x40 : 1;
      expect(read(damaged), `byte ${at}`).toBe("ERR_SNAPSHOT");
    }
    for (const bytes of [undefined, "x", [21], Uint8Array.of(21, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01), Uint8Array.of(21, 0, 28)]) {
      expect(read(bytes)).toBe("ERR_SNAPSHOT");
    }
    expect(codeOf(() => SplitBlockBloom.fromParquetSync(file, { maxBytes: 4096 }))).toBeUndefined();
    const large = bloom(build, { capacity: 10_000, hash: "xxh64" }).toParquet();
    expect(codeOf(() => SplitBlockBloom.fromParquetSync(large, { maxBytes: 4096 }))).toBe("ERR_MEMORY");
    expect(codeOf(() => bloom(build, { capacity: 100 }).toParquet())).toBe("ERR_ARGUMENT");
  });

  test("union answers for the keys of both, and wants filters that fit", () => {
    const [a, b] = [0, 1].map((side) => {
      const filter = bloom(build, { capacity: 100_000, seed: 4 });
      filter.addMany(Array.from({ length: 1000 }, (_, i) => `key ${2 * i + side}`));
      return filter;
    });
    const both = bloom(build, { capacity: 100_000, seed: 4 });
    both.addMany(Array.from({ length: 2000 }, (_, i) => `key ${i}`));
    const before = b!.image();
    a!.union(b!);
    expect(sameBytes(a!.image(), both.image())).toBe(true);
    expect(sameBytes(b!.image(), before)).toBe(true);
    const foreign = [
      bloom(build, { capacity: 100_000, seed: 5 }),
      bloom(build, { capacity: 100_000, hash: "xxh64" }),
      bloom(build, { capacity: 99_000, seed: 4 }),
      {} as SplitBlockBloom,
    ];
    for (const other of foreign) expect(codeOf(() => a!.union(other))).toBe("ERR_ARGUMENT");
    expect(sameBytes(a!.image(), both.image())).toBe(true);
    b!.dispose();
    expect(codeOf(() => a!.union(b!))).toBe("ERR_DISPOSED");
    expect(sameBytes(a!.image(), both.image())).toBe(true);
  });

  test("stats and clear", () => {
    const filter = bloom(build, { capacity: 20_000 });
    const empty = filter.image();
    expect(filter.stats()).toMatchObject({ bits: 256_000, blocks: 1000, bitsSet: 0, fill: 0, adds: 0, falsePositiveRate: 0 });
    filter.addMany(Array.from({ length: 20_000 }, (_, i) => `key ${i}`));
    filter.add("key 7");
    const stats = filter.stats();
    const oracle = new Uint32Array(blocksIn(filter).slice().buffer);
    let bits = 0;
    let rate = 0;
    for (let block = 0; block < 1000; block++) {
      let all = 1;
      for (const word of oracle.subarray(block * 8, block * 8 + 8)) {
        const set = word.toString(2).split("1").length - 1;
        bits += set;
        all *= set / 32;
      }
      rate += all / 1000;
    }
    expect(stats).toMatchObject({ bitsSet: bits, fill: bits / 256_000, adds: 20_001 });
    expect(stats.falsePositiveRate).toBeCloseTo(rate, 12);
    expect(stats.falsePositiveRate / splitBlockRate(1000, 20_000)).toBeCloseTo(1, 1);
    filter.clear();
    expect(sameBytes(filter.image(), empty)).toBe(true);
  });

  test("options", () => {
    const bits = (options: object) => bloom(build, { capacity: 10_000, ...options }).stats().bits;
    expect(bits({})).toBe(128_000);
    expect(bits({ bitsPerKey: 10 })).toBe(100_096);
    expect(bits({ powerOfTwo: true })).toBe(131_072);
    const { blocks } = bloom(build, { capacity: 10_000, falsePositiveRate: 0.001 }).stats();
    expect(splitBlockRate(blocks, 10_000)).toBeLessThanOrEqual(0.001);
    expect(splitBlockRate(blocks - 1, 10_000)).toBeGreaterThan(0.001);
    const wrong: object[] = [
      { capacity: 0 },
      { capacity: 1.5 },
      { capacity: "9" },
      { bitsPerKey: 0.5 },
      { bitsPerKey: Number.NaN },
      { falsePositiveRate: 0 },
      { falsePositiveRate: 0.6 },
      { falsePositiveRate: 0.01, bitsPerKey: 8 },
      { hash: "md5" },
      { hash: "xxh64", seed: 1 },
      { seed: 0.5 },
      { powerOfTwo: 1 },
      { maxBytes: 5 },
    ];
    for (const options of wrong) {
      expect(
        codeOf(() => bloom(build, { capacity: 10, ...options })),
        JSON.stringify(options),
      ).toMatch(/^ERR_(ARGUMENT|NOT_FINITE)$/);
    }
    expect(codeOf(() => bloom(build, { capacity: 10_000, maxBytes: 4096 }))).toBe("ERR_MEMORY");
    expect(codeOf(() => bloom(build, { capacity: 2 ** 32 }))).toBe("ERR_MEMORY");
  });
});

test("the rate is Poisson's mixture of blocks, and does not fall with the keys", () => {
  const mixture = (blocks: number, keys: number) => {
    const mean = keys / blocks;
    let chance = Math.exp(-mean);
    let rate = 0;
    for (let n = 1; n < 400; n++) {
      chance *= mean / n;
      rate += chance * (1 - (31 / 32) ** n) ** 8;
    }
    return rate;
  };
  for (const mean of [0.01, 1, 8, 20, 26.5, 60]) {
    expect(splitBlockRate(1000, 1000 * mean) / mixture(1000, 1000 * mean)).toBeCloseTo(1, 8);
  }
  expect(splitBlockRate(1, 1e6)).toBe(1);
  expect(splitBlockRate(10, 0)).toBe(0);
  expect(blocksForRate(1, 0.5)).toBe(1);
  let last = 0;
  for (let keys = 0; keys < 400; keys++) {
    expect(splitBlockRate(7, keys)).toBeGreaterThanOrEqual(last);
    last = splitBlockRate(7, keys);
  }
});

test("SplitBlockBloom is made and read without blocking too", async () => {
  const filter = await SplitBlockBloom.create({ capacity: 100, hash: "xxh64" });
  filter.add("a");
  expect((await SplitBlockBloom.fromParquet(filter.toParquet())).has("a")).toBe(true);
  await expect(SplitBlockBloom.fromParquet(Uint8Array.of(1))).rejects.toMatchObject({ code: "ERR_SNAPSHOT" });
});
