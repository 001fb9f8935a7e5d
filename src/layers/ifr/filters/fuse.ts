import { badArgument, MfnError } from "../../../errors.js";
import { log } from "../../../math.js";
import { ifrFiltersModule } from "../../../wasm/generated/ifr-filters.js";
import { type Kernel, limitBytes, NO_MEMORY, seedHalves } from "../../../wasm/kernel.js";
import type { LoadOptions } from "../../../wasm/snapshot.js";
import type { SnapshotBytes, SnapshotInput, SnapshotReader } from "../../../wasm/snapshot-source.js";
import { instantiate, instantiateSync } from "../../../wasm/source.js";
import { snapshotKinds } from "../snapshot.js";
import { checkKeys, countFilterKeys, countHashes, type FilterKeys, feed, feedHashes, type KeyHashes } from "./feed.js";
import { Filter, type FilterOptions, type FilterStats, filterFormat, filterKernel, hashNumber } from "./filter.js";
import type { FilterExports } from "./kernel.js";

/** Options of a binary fuse filter. */
export interface BinaryFuseOptions extends FilterOptions {
  /** Bits of a fingerprint: 8 lets one absent key in 256 pass, 16 one in 65,536; default 8. */
  bits?: 8 | 16;
}

/** What `BinaryFuse.stats()` tells. */
export interface BinaryFuseStats extends FilterStats {
  /** Distinct keys. */
  keys: number;
  /** Bits of the table a distinct key; NaN without keys. */
  bitsPerKey: number;
}

/** Statuses of assembly/ifr/filters/build.ts. */
const DUPLICATES = 1;
const AGAIN = 2;

/** The most keys: their hashes and the working space of the build must fit in 4 GiB. */
const MOST_KEYS = 2 ** 27;
/** Longer segments would not make it smaller. */
const MOST_SEGMENT_BITS = 18;

// Made when it is asked for: a bundler keeps what is made where a module is loaded.
const format = () => filterFormat(snapshotKinds.binaryFuse);

/**
 * A binary fuse filter: the smallest of the fast filters, for sets that do not change. It is built once, from all keys, and then
 * answers with three loads. About 9 bits a key at one million keys and 8 bits a fingerprint, more for small sets.
 *
 * @example
 * const blocked = await BinaryFuse.create(["evil.example", "worse.example"]);
 * blocked.has("evil.example"); // true
 * blocked.has("good.example"); // false, but for one key in 256
 */
export class BinaryFuse extends Filter {
  /**
   * The filter of a set of keys, given as such or by their 64-bit hashes (see `hasHashes`). Equal keys count once. O(keys);
   * about 24 bytes a key of working memory stay with the instance.
   * @throws ERR_ARGUMENT for what is no batch of keys, or options outside their domain; ERR_MEMORY, ERR_WASM
   */
  static async create(keys: FilterKeys | KeyHashes, options: BinaryFuseOptions = {}): Promise<BinaryFuse> {
    return new BinaryFuse(start(await instantiate(ifrFiltersModule, options.wasm), keys, options));
  }

  /** The same at once, where the runtime allows to compile WebAssembly synchronously. */
  static createSync(keys: FilterKeys | KeyHashes, options: BinaryFuseOptions = {}): BinaryFuse {
    return new BinaryFuse(start(instantiateSync(ifrFiltersModule, options.wasm), keys, options));
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
    options?: LoadOptions & { reuse?: BinaryFuse },
  ): Promise<BinaryFuse> {
    return new BinaryFuse((await format().load(source, options, options?.reuse?.k)).kernel);
  }

  /** The same at once, from bytes or a reader. */
  static loadSync(source: SnapshotBytes | SnapshotReader, options?: LoadOptions & { reuse?: BinaryFuse }): BinaryFuse {
    return new BinaryFuse(format().loadSync(source, options, options?.reuse?.k).kernel);
  }

  /** Sizes and error. O(1). */
  stats(): BinaryFuseStats {
    const common = this.common();
    const keys = this.k.x.keys();
    return { ...common, keys, bitsPerKey: common.bits / keys };
  }

  protected override get format(): ReturnType<typeof format> {
    return format();
  }
}

/** Builds the filter. */
function start(instance: WebAssembly.Instance, keys: FilterKeys | KeyHashes, options: BinaryFuseOptions): Kernel<FilterExports> {
  const k = filterKernel(instance);
  const { bits = 8 } = options;
  if (bits !== 8 && bits !== 16) throw badArgument("bits", "8 or 16", bits);
  const hash = hashNumber(options);
  const [low, high] = seedHalves(options.seed);
  const limit = limitBytes(options.maxBytes);
  const hashed = keys instanceof BigUint64Array || keys instanceof Uint32Array;
  const n = hashed ? countHashes(keys) : countFilterKeys(keys);
  if (n > MOST_KEYS) throw badArgument("keys", `at most ${MOST_KEYS} keys`, n);
  const longest = hashed ? 0 : checkKeys(keys);
  try {
    const first = shapeFor(n);
    if (!k.x.initFuse(low, high, limit, hash, bits, first.segmentBits, first.firstSlots, n, longest)) throw k.full();
    const gather = (source: number, some: number) => k.x.gatherFuse(source, some);
    let status = AGAIN;
    while (status === AGAIN || status === DUPLICATES) {
      if (status === DUPLICATES) {
        const { segmentBits, firstSlots } = shapeFor(k.x.gatheredKeys() >>> 0);
        if (!k.x.reshapeFuse(low, high, limit, segmentBits, firstSlots)) throw k.full();
      } else if (hashed) feedHashes(k, keys, n, gather);
      else feed(k, keys, n, gather);
      status = k.x.buildFuse();
    }
    if (status === NO_MEMORY) throw k.full();
    if (status !== 0) throw new MfnError("ERR_ARGUMENT", "keys: no binary fuse filter can be built of them; give another seed");
    return k;
  } catch (error) {
    throw k.fail(error);
  }
}

/** The shape of the table that the paper found to work and to be small, for so many distinct keys. */
function shapeFor(keys: number): { segmentBits: number; firstSlots: number } {
  const n = Math.max(2, keys);
  const segmentBits = Math.min(MOST_SEGMENT_BITS, Math.floor(log(n) / log(3.33) + 2.25));
  const segment = 2 ** segmentBits;
  const factor = Math.max(1.125, 0.875 + (0.25 * log(1e6)) / log(n));
  const segments = Math.max(1, Math.ceil(Math.round(n * factor) / segment) - 2);
  return { segmentBits, firstSlots: segments * segment };
}
