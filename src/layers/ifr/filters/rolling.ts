import { ifrFiltersModule } from "../../../wasm/generated/ifr-filters.js";
import { checkInteger, type Kernel, limitBytes, seedHalves } from "../../../wasm/kernel.js";
import type { LoadOptions } from "../../../wasm/snapshot.js";
import type { SnapshotBytes, SnapshotInput, SnapshotReader } from "../../../wasm/snapshot-source.js";
import { instantiate, instantiateSync } from "../../../wasm/source.js";
import { snapshotKinds } from "../snapshot.js";
import { blocksFor } from "./bloom.js";
import { type FilterOptions, type FilterStats, filterFormat, filterKernel, GrowingFilter, hashNumber } from "./filter.js";
import { generations } from "./header.js";
import type { FilterExports } from "./kernel.js";

/** Options of a rolling filter. */
export interface RollingBloomOptions extends FilterOptions {
  /** How many distinct keys a generation takes, up to 2^31 - 1. */
  capacity: number;
  /** How many generations there are, 2 to 8; default 2. */
  generations?: number;
  /** Bits a key and generation, 1 to 256; default 12.8. */
  bitsPerKey?: number;
  /** Instead of `bitsPerKey`: the false-positive rate of one full generation, 1e-9 to 0.5; all together err that many times as often. */
  falsePositiveRate?: number;
}

/** What `RollingBloom.stats()` tells. */
export interface RollingBloomStats extends FilterStats {
  /** How many generations there are, the newest among them. */
  generations: number;
  /** Keys that the newest generation has taken. */
  inNewest: number;
  /** Calls of add since the filter is empty. */
  adds: number;
}

// Made when it is asked for: a bundler keeps what is made where a module is loaded.
const format = () => filterFormat(snapshotKinds.rollingBloom);

/**
 * A Bloom filter for streams without end. Keys go into the newest of several generations; when that has taken `capacity` keys,
 * the oldest is forgotten and begins anew as the newest. A key may be there if any generation says so.
 *
 * What is certain: the last (generations - 1) x capacity distinct keys added are remembered, if `rotate` is not called by hand;
 * with `rotate`, a key is remembered until it has been called `generations - 1` times after its last addition at the least. A key
 * that is added again counts as added now. At most generations x capacity keys are remembered.
 *
 * @example
 * const recent = await RollingBloom.create({ capacity: 100_000 });
 * recent.add("order 17");
 * recent.has("order 17"); // true, until at least 100,000 other keys have been added
 */
export class RollingBloom extends GrowingFilter {
  /**
   * A new, empty filter.
   * @throws ERR_ARGUMENT for options outside their domain, ERR_MEMORY if it does not fit, ERR_WASM
   */
  static async create(options: RollingBloomOptions): Promise<RollingBloom> {
    return new RollingBloom(start(await instantiate(ifrFiltersModule, options?.wasm), options));
  }

  /** The same at once, where the runtime allows to compile WebAssembly synchronously. */
  static createSync(options: RollingBloomOptions): RollingBloom {
    return new RollingBloom(start(instantiateSync(ifrFiltersModule, options?.wasm), options));
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
    options?: LoadOptions & { reuse?: RollingBloom },
  ): Promise<RollingBloom> {
    return new RollingBloom((await format().load(source, options, options?.reuse?.k)).kernel);
  }

  /** The same at once, from bytes or a reader. */
  static loadSync(source: SnapshotBytes | SnapshotReader, options?: LoadOptions & { reuse?: RollingBloom }): RollingBloom {
    return new RollingBloom(format().loadSync(source, options, options?.reuse?.k).kernel);
  }

  /** Ends the newest generation: the oldest is forgotten and becomes the newest. For generations by time. O(size of the filter). */
  rotate(): void {
    try {
      this.k.x.rotate();
    } catch (error) {
      throw this.k.fail(error);
    }
  }

  /** Sizes and error at this moment. O(size of the filter). */
  stats(): RollingBloomStats {
    const { k } = this;
    return { ...this.common(), generations: generations(k), inNewest: k.x.inNewest() >>> 0, adds: k.x.keys() };
  }

  protected override get format(): ReturnType<typeof format> {
    return format();
  }
}

function start(instance: WebAssembly.Instance, options: RollingBloomOptions): Kernel<FilterExports> {
  const k = filterKernel(instance);
  const { capacity, generations = 2, bitsPerKey, falsePositiveRate } = options ?? {};
  checkInteger("capacity", capacity, 1, 0x7fff_ffff);
  checkInteger("generations", generations, 2, 8);
  const blocks = blocksFor({ capacity, bitsPerKey, falsePositiveRate });
  const hash = hashNumber(options);
  const [low, high] = seedHalves(options.seed);
  const limit = limitBytes(options.maxBytes);
  const bytes = blocks * 32 * generations;
  try {
    if (bytes > 0xf000_0000 || !k.x.initBloom(low, high, limit, hash, blocks, generations, capacity)) throw k.full(bytes);
    return k;
  } catch (error) {
    throw k.fail(error);
  }
}
