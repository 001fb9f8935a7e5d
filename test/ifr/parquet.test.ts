// Filters in real Parquet files: written by another implementation and read here, and the other way round.
import { parquetMetadata } from "hyparquet";
import { hashParquetValue, readBloomFilter, sbbfContains } from "hyparquet/src/bloom.js";
import { parquetWriteBuffer } from "hyparquet-writer";
import { describe, expect, test } from "vitest";
import { SplitBlockBloom } from "../../src/ifr.js";
import { type Build, builds, wasm } from "../helpers/modules.js";

const words = Array.from({ length: 3000 }, (_, i) => (i % 5 === 0 ? `schlüssel ${i}` : `word ${i}`));
const numbers = Array.from({ length: 3000 }, (_, i) => BigInt(i) * 1_000_003n - 5_000_000n);
/** Numbers as Parquet hashes them: eight bytes each, little endian. */
const plain = (values: bigint[]) => ({ width: 8 as const, bytes: new Uint8Array(BigInt64Array.from(values).buffer) });

/** The filters of both columns of a file that hyparquet-writer wrote, each with its header. */
function theirs(): Uint8Array[] {
  const file = parquetWriteBuffer({
    columnData: [
      { name: "word", data: words, type: "STRING", bloomFilter: true },
      { name: "number", data: numbers, type: "INT64", bloomFilter: true },
    ],
    rowGroupSize: words.length,
  });
  return parquetMetadata(file).row_groups[0]!.columns.map(({ meta_data: column }) => {
    return new Uint8Array(file, Number(column!.bloom_filter_offset), Number(column!.bloom_filter_length));
  });
}

/** A filter of ours of as many blocks as another has. */
function like(build: Build, bytes: Uint8Array): SplitBlockBloom {
  const blocks = (bytes.length - (bytes.length % 32)) / 32;
  return SplitBlockBloom.createSync({ capacity: blocks * 8, bitsPerKey: 32, hash: "xxh64", wasm: wasm("ifr-filters", build) });
}

describe.each(builds)("beside hyparquet (%s)", (build) => {
  test("a filter in a file of theirs is read, and holds what its column does", () => {
    const [word, number] = theirs().map((bytes) => SplitBlockBloom.fromParquetSync(bytes, { wasm: wasm("ifr-filters", build) }));
    expect(word!.hasMany(words)).toBe(words.length);
    expect(number!.hasMany(plain(numbers))).toBe(numbers.length);
    expect(word!.hasMany(words.map((w) => `no ${w}`))).toBeLessThan(words.length / 20);
    expect(number!.hasMany(plain(numbers.map((n) => n + 1n)))).toBeLessThan(numbers.length / 20);
  });

  test("of the same keys and size come the same bytes", () => {
    const [word, number] = theirs();
    const ours = [like(build, word!), like(build, number!)];
    ours[0]!.addMany(words);
    ours[1]!.addMany(plain(numbers));
    expect(Buffer.compare(ours[0]!.toParquet(), word!)).toBe(0);
    expect(Buffer.compare(ours[1]!.toParquet(), number!)).toBe(0);
  });

  test("a filter of ours is read by them", () => {
    const options = { capacity: 5000, hash: "xxh64", wasm: wasm("ifr-filters", build) } as const;
    const [word, number] = [
      SplitBlockBloom.createSync(options),
      SplitBlockBloom.createSync({ ...options, wasm: wasm("ifr-filters", build) }),
    ];
    word.addMany(words);
    number.addMany(plain(numbers));
    const read = (filter: SplitBlockBloom) => {
      const { buffer, byteOffset, byteLength } = filter.toParquet();
      return readBloomFilter({ view: new DataView(buffer, byteOffset, byteLength), offset: 0 })!.blocks;
    };
    const holds = (blocks: Uint32Array, value: string | bigint, type: "BYTE_ARRAY" | "INT64") =>
      sbbfContains(blocks, hashParquetValue(value, { name: "", type })!);
    const [theirWords, theirNumbers] = [read(word), read(number)];
    expect(words.every((w) => holds(theirWords, w, "BYTE_ARRAY"))).toBe(true);
    expect(numbers.every((n) => holds(theirNumbers, n, "INT64"))).toBe(true);
    const strangers = words.map((w) => `no ${w}`);
    expect(strangers.map((w) => holds(theirWords, w, "BYTE_ARRAY"))).toEqual(strangers.map((w) => word.has(w)));
  });
});
