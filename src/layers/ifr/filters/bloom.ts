import { badArgument, MfnError } from "../../../errors.js";
import type { Bytes } from "../../../types.js";
import { ifrFiltersModule } from "../../../wasm/generated/ifr-filters.js";
import { checkInteger, checkNumber, type Kernel, limitBytes, seedHalves, WINDOW, WINDOW_BYTES } from "../../../wasm/kernel.js";
import type { LoadOptions } from "../../../wasm/snapshot.js";
import type { SnapshotBytes, SnapshotInput, SnapshotReader } from "../../../wasm/snapshot-source.js";
import { instantiate, instantiateSync } from "../../../wasm/source.js";
import { snapshotKinds } from "../snapshot.js";
import { type FilterOptions, type FilterStats, filterFormat, filterKernel, GrowingFilter, hashNumber } from "./filter.js";
import { isPortable, seedWords } from "./header.js";
import type { FilterExports } from "./kernel.js";
import { parquetHeader, readParquet } from "./parquet.js";
import { blocksForRate } from "./rate.js";

/** Options of a split-block Bloom filter. */
export interface SplitBlockBloomOptions extends FilterOptions {
  /** How many keys it is made for. It takes more, and then errs more often. */
  capacity: number;
  /** Bits a key at that number, 1 to 256; default 12.8, which lets about four absent keys in a thousand pass. */
  bitsPerKey?: number;
  /** Instead of `bitsPerKey`: the false-positive rate at that number, 1e-9 to 0.5. */
  falsePositiveRate?: number;
  /** Rounds the size up to a power of two, as the Parquet implementations in C++ and Java want it; default false. */
  powerOfTwo?: boolean;
}

/** What `SplitBlockBloom.stats()` tells. */
export interface SplitBlockBloomStats extends FilterStats {
  /** Blocks of 256 bits. */
  blocks: number;
  /** Bits that are set, of 256 in each block. */
  bitsSet: number;
  /** Share of the bits that are set. */
  fill: number;
  /** Calls of add, repeated keys counted again, with those of the filters that were united; what came from a file is not counted. */
  adds: number;
}

/** What `fromParquet` takes beside the bytes. */
export type FromParquetOptions = Pick<FilterOptions, "maxBytes" | "wasm">;

/** The most blocks that a filter may have. */
const MOST_BLOCKS = 0xf000_0000 / 32;

// Made when it is asked for: a bundler keeps what is made where a module is loaded.
const format = () => filterFormat(snapshotKinds.splitBlockBloom);

/**
 * A split-block Bloom filter: the bit layout of Apache Parquet and Impala, 32 bytes a block, eight bits a key, all in one cache
 * line. A `false` is certain; keys cannot be deleted.
 *
 * @example
 * const seen = await SplitBlockBloom.create({ capacity: 1_000_000 });
 * seen.add("GET /basket");
 * seen.has("GET /basket"); // true
 * seen.has("GET /nothing"); // false, but for about four keys in a thousand
 */
export class SplitBlockBloom extends GrowingFilter {
  /**
   * A new, empty filter.
   * @throws ERR_ARGUMENT for options outside their domain, ERR_MEMORY if it does not fit, ERR_WASM
   */
  static async create(options: SplitBlockBloomOptions): Promise<SplitBlockBloom> {
    const blocks = blocksFor(options);
    return new SplitBlockBloom(start(await instantiate(ifrFiltersModule, options?.wasm), options, blocks));
  }

  /** The same at once, where the runtime allows to compile WebAssembly synchronously. */
  static createSync(options: SplitBlockBloomOptions): SplitBlockBloom {
    const blocks = blocksFor(options);
    return new SplitBlockBloom(start(instantiateSync(ifrFiltersModule, options?.wasm), options, blocks));
  }

  /**
   * A filter as `snapshot` wrote it, which then goes on as the original would have.
   * @param source as for `Ifr.load`
   * @param options `reuse` is a filter of this class that nobody needs any more: it is disposed, and its memory taken instead of new
   *   memory, which the system must hand out page by page
   * @throws ERR_SNAPSHOT for a file that is damaged, or of another class or version; ERR_MEMORY; ERR_WASM
   */
  static async load(
    source: SnapshotInput | PromiseLike<SnapshotInput>,
    options?: LoadOptions & { reuse?: SplitBlockBloom },
  ): Promise<SplitBlockBloom> {
    return new SplitBlockBloom((await format().load(source, options, options?.reuse?.k)).kernel);
  }

  /** The same at once, from bytes or a reader. */
  static loadSync(source: SnapshotBytes | SnapshotReader, options?: LoadOptions & { reuse?: SplitBlockBloom }): SplitBlockBloom {
    return new SplitBlockBloom(format().loadSync(source, options, options?.reuse?.k).kernel);
  }

  /**
   * The filter that a Parquet file holds for a column: the header and the blocks, as they are at the column's
   * `bloom_filter_offset`; bytes behind the blocks are not looked at. Its hash is "xxh64". A string is asked for as its UTF-8
   * bytes, a number as the bytes of Parquet's PLAIN encoding (little endian).
   * @throws ERR_SNAPSHOT for what is not such a filter or not all of it; ERR_MEMORY, ERR_WASM
   */
  static async fromParquet(bytes: Uint8Array, options: FromParquetOptions = {}): Promise<SplitBlockBloom> {
    readParquet(bytes);
    return SplitBlockBloom.#read(await instantiate(ifrFiltersModule, options.wasm), bytes, options);
  }

  /** The same at once, where the runtime allows to compile WebAssembly synchronously. */
  static fromParquetSync(bytes: Uint8Array, options: FromParquetOptions = {}): SplitBlockBloom {
    readParquet(bytes);
    return SplitBlockBloom.#read(instantiateSync(ifrFiltersModule, options.wasm), bytes, options);
  }

  static #read(instance: WebAssembly.Instance, bytes: Uint8Array, { maxBytes }: FromParquetOptions): SplitBlockBloom {
    const { start: from, tableBytes } = readParquet(bytes);
    const bloom = new SplitBlockBloom(start(instance, { hash: "xxh64", maxBytes }, tableBytes / 32));
    bloom.k.u8.set(bytes.subarray(from, from + tableBytes), bloom.k.x.table());
    return bloom;
  }

  /**
   * The filter as a Parquet file holds it: the header, then the blocks.
   * @throws ERR_ARGUMENT if the filter's hash is not "xxh64", or if it has 2 GiB or more
   */
  toParquet(): Uint8Array {
    const table = this.#table();
    if (!isPortable(this.k)) throw badArgument("hash", '"xxh64" for a filter that goes into a Parquet file', "fast");
    if (table.length > 0x7fff_ffff) throw badArgument("capacity", "a filter below 2 GiB", table.length);
    const header = parquetHeader(table.length);
    const bytes = new Uint8Array(header.length + table.length);
    bytes.set(header);
    bytes.set(table, header.length);
    return bytes;
  }

  /**
   * Adds all keys of another filter of the same size, hash and seed; that one stays as it is. O(size).
   * @throws ERR_ARGUMENT if they differ in that
   */
  union(other: SplitBlockBloom): void {
    if (!(other instanceof SplitBlockBloom)) throw badArgument("other", "a SplitBlockBloom", other);
    const mine = this.#table().length;
    const theirs = other.#table().length;
    if (mine !== theirs) throw badArgument("other", `a filter of ${mine * 8} bits`, theirs * 8);
    const [low, high] = seedWords(this.k);
    const [otherLow, otherHigh] = seedWords(other.k);
    if (isPortable(this.k) !== isPortable(other.k) || low !== otherLow || high !== otherHigh) {
      throw new MfnError("ERR_ARGUMENT", "other: expected a filter with the same hash and seed");
    }
    const { k } = this;
    try {
      for (let at = 0; at < mine; at += WINDOW_BYTES) {
        const some = Math.min(WINDOW_BYTES, mine - at);
        k.u8.set(other.#table().subarray(at, at + some), WINDOW);
        k.x.unite(at, some);
      }
      k.x.countKeys(other.k.x.keys());
    } catch (error) {
      throw k.fail(error);
    }
  }

  /** Sizes and error at this moment. O(size of the filter). */
  stats(): SplitBlockBloomStats {
    const common = this.common();
    const bitsSet = this.k.x.bitsSet();
    return { ...common, blocks: common.bits / 256, bitsSet, fill: bitsSet / common.bits, adds: this.k.x.keys() };
  }

  /** The blocks, where they are. */
  #table(): Uint8Array {
    const start = this.k.x.table() >>> 0;
    return this.k.u8.subarray(start, start + (this.k.x.tableBytes() >>> 0));
  }

  protected override get format(): ReturnType<typeof format> {
    return format();
  }
}

function start(instance: WebAssembly.Instance, options: FilterOptions, blocks: number): Kernel<FilterExports> {
  const k = filterKernel(instance);
  const hash = hashNumber(options);
  const [low, high] = seedHalves(options.seed);
  const limit = limitBytes(options.maxBytes);
  try {
    if (blocks > MOST_BLOCKS || !k.x.initBloom(low, high, limit, hash, blocks, 1, 0)) throw k.full(blocks * 32);
    return k;
  } catch (error) {
    throw k.fail(error);
  }
}

/** The most keys that a filter may be made for. */
export const MOST_KEYS = 0x1_0000_0000;

/** Blocks for the options' capacity and error. */
export function blocksFor(options: Pick<SplitBlockBloomOptions, "capacity" | "bitsPerKey" | "falsePositiveRate" | "powerOfTwo">): number {
  const { capacity, bitsPerKey, falsePositiveRate, powerOfTwo = false } = options ?? {};
  // Without options there is no capacity, and this says so.
  checkInteger("capacity", capacity, 1, MOST_KEYS);
  if (typeof powerOfTwo !== "boolean") throw badArgument("powerOfTwo", "a boolean", powerOfTwo);
  let blocks: Bytes;
  if (falsePositiveRate === undefined) {
    blocks = Math.ceil((capacity * checkNumber("bitsPerKey", bitsPerKey ?? 12.8, 1, 256)) / 256);
  } else {
    if (bitsPerKey !== undefined) throw badArgument("falsePositiveRate", "none beside bitsPerKey", falsePositiveRate);
    blocks = blocksForRate(capacity, checkNumber("falsePositiveRate", falsePositiveRate, 1e-9, 0.5));
  }
  if (!powerOfTwo) return blocks;
  let power = 1;
  while (power < blocks) power *= 2;
  return power;
}
