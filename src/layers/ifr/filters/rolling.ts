import { ifrFiltersModule } from "../../../wasm/generated/ifr-filters.js";
import { checkInteger, limitBytes, seedHalves } from "../../../wasm/kernel.js";
import { instantiate, instantiateSync } from "../../../wasm/source.js";
import { blocksFor } from "./bloom.js";
import { type FilterOptions, type FilterStats, GrowingFilter, hashNumber } from "./filter.js";

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
  generations: number;
  /** Keys that the newest generation has taken. */
  inNewest: number;
  /** Calls of add since the filter is empty. */
  adds: number;
}

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
  readonly #generations: number;

  private constructor(instance: WebAssembly.Instance, options: RollingBloomOptions) {
    super(instance);
    const { capacity, generations = 2, bitsPerKey, falsePositiveRate } = options;
    checkInteger("capacity", capacity, 1, 0x7fff_ffff);
    this.#generations = checkInteger("generations", generations, 2, 8);
    const blocks = blocksFor({ capacity, bitsPerKey, falsePositiveRate });
    const hash = hashNumber(options);
    const [low, high] = seedHalves(options.seed);
    const limit = limitBytes(options.maxBytes);
    const bytes = blocks * 32 * generations;
    const { k } = this;
    try {
      if (bytes > 0xf000_0000 || !k.x.initBloom(low, high, limit, hash, blocks, generations, capacity)) throw k.full(bytes);
    } catch (error) {
      throw k.fail(error);
    }
  }

  /**
   * A new, empty filter.
   * @throws ERR_ARGUMENT for options outside their domain, ERR_MEMORY if it does not fit, ERR_WASM
   */
  static async create(options: RollingBloomOptions): Promise<RollingBloom> {
    return new RollingBloom(await instantiate(ifrFiltersModule, options.wasm), options);
  }

  /** The same at once, where the runtime allows to compile WebAssembly synchronously. */
  static createSync(options: RollingBloomOptions): RollingBloom {
    return new RollingBloom(instantiateSync(ifrFiltersModule, options.wasm), options);
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
    return { ...this.common(), generations: this.#generations, inNewest: this.k.x.inNewest() >>> 0, adds: this.k.x.keys() };
  }
}
