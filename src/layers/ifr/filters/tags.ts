import { MfnError } from "../../../errors.js";
import { ifrFiltersModule } from "../../../wasm/generated/ifr-filters.js";
import { checkInteger, type Kernel, limitBytes, seedHalves, WINDOW, WINDOW_BYTES } from "../../../wasm/kernel.js";
import type { LoadOptions } from "../../../wasm/snapshot.js";
import type { SnapshotBytes, SnapshotInput, SnapshotReader } from "../../../wasm/snapshot-source.js";
import { instantiate, instantiateSync } from "../../../wasm/source.js";
import { type Key, keyBytes, writeKey } from "../keys.js";
import { snapshotKinds } from "../snapshot.js";
import { writeLong } from "./feed.js";
import { type FilterOptions, type FilterStats, filterFormat, filterKernel, GrowingFilter, hashNumber } from "./filter.js";
import { tagCapacity, units } from "./header.js";
import type { FilterExports } from "./kernel.js";

/** Options of a filter that can delete. */
export interface TagFilterOptions extends FilterOptions {
  /** The most keys, each addition of an equal key counted, up to 2^30. */
  capacity: number;
}

/** What `TagFilter.stats()` tells. */
export interface TagFilterStats extends FilterStats {
  /** Keys that are in. */
  keys: number;
  /** Buckets of 64 bytes, 30 tags each. */
  buckets: number;
  /** Share of the tags' places in use; 0.8 at most. */
  loadFactor: number;
}

/** Tags in a bucket, and how many of them are used when the filter is full. */
const SLOTS = 30;
const USED = 24;
/** So few buckets that a full one has no neighbour to turn to would be unfair to small filters. */
const LEAST_BUCKETS = 2;

// Made when it is asked for: a bundler keeps what is made where a module is loaded.
const format = () => filterFormat(snapshotKinds.tagFilter);

/**
 * A filter that can delete: a tag of 16 bits a key in buckets of one cache line.
 *
 * It counts: a key that was added twice must be deleted twice. As long as only keys are deleted that were added, a `false` is
 * certain. Whoever deletes a key that was never added may delete another one's tag: `delete` refuses that where it can be told,
 * which is in all but about four of ten thousand cases.
 *
 * @example
 * const open = await TagFilter.create({ capacity: 10_000 });
 * open.add("session 4711");
 * open.has("session 4711"); // true
 * open.delete("session 4711"); // true
 * open.has("session 4711"); // false
 */
export class TagFilter extends GrowingFilter {
  /**
   * A new, empty filter.
   * @throws ERR_ARGUMENT for options outside their domain, ERR_MEMORY if it does not fit, ERR_WASM
   */
  static async create(options: TagFilterOptions): Promise<TagFilter> {
    return new TagFilter(start(await instantiate(ifrFiltersModule, options?.wasm), options));
  }

  /** The same at once, where the runtime allows to compile WebAssembly synchronously. */
  static createSync(options: TagFilterOptions): TagFilter {
    return new TagFilter(start(instantiateSync(ifrFiltersModule, options?.wasm), options));
  }

  /**
   * A filter as `snapshot` wrote it, which then goes on as the original would have.
   * @param source as for `Ifr.load`
   * @param options `reuse` is a filter of this class that nobody needs any more: it is disposed, and its memory taken instead of new
   *   memory, which the system must hand out page by page
   * @throws ERR_SNAPSHOT for a file that is damaged, or of another class or version; ERR_MEMORY; ERR_WASM
   */
  static async load(source: SnapshotInput | PromiseLike<SnapshotInput>, options?: LoadOptions & { reuse?: TagFilter }): Promise<TagFilter> {
    return new TagFilter((await format().load(source, options, options?.reuse?.k)).kernel);
  }

  /** The same at once, from bytes or a reader. */
  static loadSync(source: SnapshotBytes | SnapshotReader, options?: LoadOptions & { reuse?: TagFilter }): TagFilter {
    return new TagFilter(format().loadSync(source, options, options?.reuse?.k).kernel);
  }

  /** The most keys. */
  get capacity(): number {
    return tagCapacity(this.k);
  }

  /** Keys that are in. */
  get size(): number {
    return this.k.x.keys();
  }

  /**
   * Deletes a key once.
   * @returns false, and nothing has changed, if it is certain that it was not in
   * @throws as `has`
   */
  delete(key: Key): boolean {
    const k = this.k;
    try {
      const n = writeKey(k, key, WINDOW, WINDOW_BYTES);
      return (n >= 0 ? k.x.deleteKey(WINDOW, n) : writeLong(k, keyBytes(key), k.x.deleteKey)) !== 0;
    } catch (error) {
      throw k.fail(error);
    }
  }

  /** Sizes and error at this moment. O(size of the filter). */
  stats(): TagFilterStats {
    const keys = this.size;
    const buckets = units(this.k);
    return { ...this.common(), keys, buckets, loadFactor: keys / (buckets * SLOTS) };
  }

  protected override requireRoom(n: number): void {
    const { size, capacity } = this;
    if (size + n > capacity) {
      throw new MfnError("ERR_FULL", `ifr-filters: no room for ${n} more keys, ${size} of ${capacity} are in`);
    }
  }

  protected override get format(): ReturnType<typeof format> {
    return format();
  }
}

function start(instance: WebAssembly.Instance, options: TagFilterOptions): Kernel<FilterExports> {
  const k = filterKernel(instance);
  const capacity = checkInteger("capacity", options?.capacity, 1, 0x4000_0000);
  const buckets = Math.max(LEAST_BUCKETS, Math.ceil(capacity / USED));
  const hash = hashNumber(options);
  const [low, high] = seedHalves(options.seed);
  const limit = limitBytes(options.maxBytes);
  try {
    if (!k.x.initTags(low, high, limit, hash, buckets, capacity)) throw k.full(buckets * 64);
    return k;
  } catch (error) {
    throw k.fail(error);
  }
}
