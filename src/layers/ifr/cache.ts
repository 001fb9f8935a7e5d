import { badArgument, MfnError, show } from "../../errors.js";
import type { ItemId } from "../../types.js";
import { ifrCacheModule } from "../../wasm/generated/ifr-cache.js";
import { checkInteger, Kernel, limitBytes, seedHalves, WINDOW, WINDOW_BYTES } from "../../wasm/kernel.js";
import { Layer } from "../../wasm/layer.js";
import { instantiate, instantiateSync } from "../../wasm/source.js";
import { EpochClock } from "./cache-clock.js";
import type { CacheExports, CacheSetOptions, EvictReason, IfrCacheOptions, IfrCacheStats } from "./cache-types.js";
import { RecordValues } from "./cache-values.js";
import { countKeys, type Keys, keyAt, writeChunk } from "./columns.js";
import { RECORD_BYTES } from "./header.js";
import { type Key, keyBytes, keyText, writeKey } from "./keys.js";

export type { CacheSetOptions, EvictReason, IfrCacheOptions, IfrCacheStats } from "./cache-types.js";

const MOST_ENTRIES = 0x4000_0000;
const MOST_SIZE = 2 ** 52;
/** The most that one entry's size may be. */
const MOST_ENTRY = 0xffff_ffff;
/** Expired entries that one call takes out at most, so that none pays for all that expire together. */
const REAP = 32;

/** An entry that left: what `onEvict` is told. */
type Leaver<V> = [key: string, value: V, reason: EvictReason];

/**
 * A cache of bounded size on the registry of IFR: SIEVE decides what makes room, entries may have a time to live.
 *
 * A hit sets one byte and moves nothing. Keys are kept in WebAssembly memory, so they cost the garbage collector nothing; values
 * are any JavaScript values. All calls are O(length of the key), amortised, unless said otherwise.
 *
 * @example
 * const cache = IfrCache.createSync<{ name: string }>({ maxEntries: 100_000, ttl: 60_000 });
 * cache.set("user:17", { name: "Ann" });
 * cache.get("user:17"); // { name: "Ann" }
 * cache.get("user:18"); // undefined
 */
export class IfrCache<V> extends Layer<CacheExports> {
  readonly #k: Kernel<CacheExports>;
  readonly #clock: EpochClock;
  readonly #sized: boolean;
  readonly #sizeOf: IfrCacheOptions<V>["sizeOf"];
  readonly #onEvict: IfrCacheOptions<V>["onEvict"];
  readonly #values = new RecordValues<V>();
  #maxEntries: number;
  #maxSize: number;
  /** Whether any entry has ever had a time to live; until then nobody reads the clock. */
  #ticking = false;
  /** Entries that have expired and are not taken out yet. */
  #expired = 0;
  #hits = 0;
  #misses = 0;
  #evictions = 0;
  #expirations = 0;

  private constructor(instance: WebAssembly.Instance, options: IfrCacheOptions<V>) {
    const k = new Kernel<CacheExports>("ifr-cache", instance, "bury");
    super(k);
    this.#k = k;
    const { maxEntries, maxSize, capacity = 0, sizeOf, onEvict } = options ?? {};
    if (maxEntries === undefined && maxSize === undefined) throw badArgument("options", "maxEntries, maxSize or both", options);
    this.#maxEntries = checkInteger("maxEntries", maxEntries ?? MOST_ENTRIES, 1, MOST_ENTRIES);
    this.#sized = maxSize !== undefined;
    this.#maxSize = this.#sized ? checkInteger("maxSize", maxSize as number, 1, MOST_SIZE) : 0;
    checkInteger("capacity", capacity, 0, MOST_ENTRIES);
    for (const [name, call] of Object.entries({ sizeOf, onEvict })) {
      if (call !== undefined && typeof call !== "function") throw badArgument(name, "a function", call);
    }
    this.#sizeOf = sizeOf;
    this.#onEvict = onEvict;
    this.#clock = new EpochClock(options);
    const [low, high] = seedHalves(options.seed);
    const room = Math.min(capacity, this.#maxEntries);
    const limit = limitBytes(options.maxBytes);
    try {
      if (!k.x.init(low, high, limit, room, this.#maxEntries, this.#maxSize, this.#clock.timed)) throw k.full();
    } catch (error) {
      throw k.fail(error);
    }
  }

  /**
   * A new, empty cache.
   * @throws ERR_ARGUMENT for options outside their domain, ERR_MEMORY if the capacity does not fit, ERR_WASM
   */
  static async create<V>(options: IfrCacheOptions<V>): Promise<IfrCache<V>> {
    return new IfrCache(await instantiate(ifrCacheModule, options?.wasm), options);
  }

  /** The same at once, where the runtime allows to compile WebAssembly synchronously. */
  static createSync<V>(options: IfrCacheOptions<V>): IfrCache<V> {
    return new IfrCache(instantiateSync(ifrCacheModule, options?.wasm), options);
  }

  /** Entries that have not expired. */
  get size(): number {
    if (this.#ticking) this.#tick();
    return this.#k.x.size();
  }

  /** How long an entry may outlive its time, in milliseconds. */
  get resolution(): number {
    return this.#clock.resolution;
  }

  /** The value of a key, or undefined. A hit. @throws ERR_ARGUMENT for a key that is neither string nor bytes */
  get(key: Key): V | undefined {
    if (this.#ticking) this.#tick();
    const k = this.#k;
    let record: number;
    try {
      const n = this.#write(key);
      record = n >= 0 ? k.x.get(WINDOW, n) : 0;
    } catch (error) {
      throw k.fail(error);
    }
    if (record === 0) {
      this.#misses++;
      return undefined;
    }
    this.#hits++;
    return this.#values.get(record);
  }

  /** The value of a key without that being a hit, or undefined. */
  peek(key: Key): V | undefined {
    const record = this.#find(key);
    return record === 0 ? undefined : this.#values.get(record);
  }

  /** Whether a key has an entry. Not a hit. */
  has(key: Key): boolean {
    return this.#find(key) !== 0;
  }

  /**
   * The values of keys, in their order, undefined for those without. As `get` of each; the fast path for many keys: one call into
   * the module per thousand.
   */
  getMany(keys: Keys): (V | undefined)[] {
    const count = countKeys(keys);
    if (this.#ticking) this.#tick();
    const k = this.#k;
    const values = this.#values;
    const found = new Array<V | undefined>(count);
    let misses = 0;
    try {
      for (let done = 0; done < count; ) {
        const n = writeChunk(k, keys, done, count);
        if (n > 0) k.x.getMany(n);
        else {
          const length = this.#write(keyAt(keys, done));
          k.i32[WINDOW >>> 2] = length >= 0 ? k.x.get(WINDOW, length) : 0;
        }
        const records = k.i32;
        const end = done + Math.max(1, n);
        for (let at = WINDOW >>> 2; done < end; at++, done++) {
          const record = records[at]!;
          if (record === 0) misses++;
          found[done] = record === 0 ? undefined : values.get(record);
        }
      }
      if (count === 0) k.x.size();
    } catch (error) {
      throw k.fail(error);
    }
    this.#misses += misses;
    this.#hits += count - misses;
    return found;
  }

  /**
   * Sets the value of a key, which counts as a hit if it was there, and evicts what it takes to keep to the bounds. Its time
   * to live begins now.
   * @returns false if the entry is larger than `maxSize`: it is not kept then, nor is what the key had before
   * @throws ERR_ARGUMENT for a key, size or ttl outside its domain; ERR_KEY for a key longer than 64 KiB; ERR_MEMORY. Then no entry has
   * changed but for those whose time was over
   */
  set(key: Key, value: V, options?: CacheSetOptions): boolean {
    // What calls the caller's functions comes first: they may use this cache, and with it the window.
    const size = this.#sized ? this.#checkSize(options?.size ?? this.#sizeOf?.(value, key)) : 0;
    if (this.#clock.timed) this.#advance();
    const life = this.#clock.life(options?.ttl);
    const k = this.#k;
    const leavers: Leaver<V>[] | undefined = this.#onEvict && [];
    const kept = size <= this.#maxSize;
    let failure: unknown;
    try {
      const n = this.#write(key);
      if (n < 0) throw new MfnError("ERR_KEY", `key: expected at most ${WINDOW_BYTES} bytes, got ${show(key)}`);
      if (this.#expired > 0) {
        k.x.bury(WINDOW, n);
        k.x.reap(REAP);
        this.#drain(leavers, "expired");
      }
      if (kept) {
        const answer = k.x.set(WINDOW, n, size, life);
        if (answer === 0) throw k.full();
        if (life > 0) this.#ticking = true;
        if (leavers !== undefined && (answer & 1) === 0) {
          const before = this.#values.get(answer);
          if (!Object.is(before, value)) leavers.push([this.#keyAt(answer), before as V, "replaced"]);
        }
        this.#values.set(answer, value);
      } else k.x.take(WINDOW, n);
      this.#drain(leavers, kept ? "evicted" : "replaced");
    } catch (error) {
      failure = k.fail(error);
    }
    this.#tell(leavers, failure);
    return kept;
  }

  /** `set` of one value for each key, in their order. @throws as `set`; those before are set then */
  setMany(keys: Keys, values: readonly V[], options?: CacheSetOptions): void {
    const count = countKeys(keys);
    if (!Array.isArray(values) || values.length !== count) throw badArgument("values", `an array of ${count}`, values);
    for (let i = 0; i < count; i++) this.set(keyAt(keys, i), values[i]!, options);
  }

  /** Takes out the entry of a key; false if there was none. */
  delete(key: Key): boolean {
    if (this.#ticking) this.#tick();
    return this.#takeOut("deleted", (x) => this.#takeKey(x, key)) > 0;
  }

  /** Takes out everything. O(entries). */
  clear(): void {
    if (this.#ticking) this.#tick();
    this.#takeOut("deleted", (x) => x.clear());
  }

  /** Takes out everything that has expired; other calls take out a little each. @returns how many it took. O(ids / 16 + those). */
  purge(): number {
    if (this.#ticking) this.#advance();
    return this.#takeOut("expired", (x) => x.reap(0xffff_ffff));
  }

  /** Other bounds, as in the options; one that is not given stays. Evicts what exceeds them: O(evicted), amortised. */
  resize(bounds: Pick<IfrCacheOptions<V>, "maxEntries" | "maxSize">): void {
    const { maxEntries = this.#maxEntries, maxSize = this.#maxSize } = bounds ?? {};
    checkInteger("maxEntries", maxEntries, 1, MOST_ENTRIES);
    if (this.#sized) checkInteger("maxSize", maxSize, 1, MOST_SIZE);
    else if (maxSize !== 0) throw badArgument("maxSize", "none, as the cache was made without", maxSize);
    if (this.#ticking) this.#tick();
    this.#maxEntries = maxEntries;
    this.#maxSize = maxSize;
    this.#takeOut("evicted", (x) => x.limits(maxEntries, maxSize));
  }

  /** The keys, by ascending id (the order of first insertion where none has left). Setting and deleting on the way is safe. */
  *keys(): IterableIterator<string> {
    for (const record of this.#records()) yield this.#keyAt(record);
  }

  /** The values in the order of `keys`. */
  *values(): IterableIterator<V> {
    for (const record of this.#records()) yield this.#values.get(record) as V;
  }

  /** Keys with their values, in the order of `keys`. */
  *entries(): IterableIterator<[key: string, value: V]> {
    for (const record of this.#records()) yield [this.#keyAt(record), this.#values.get(record) as V];
  }

  /** What has happened since the cache was made, and sizes at this moment. */
  stats(): IfrCacheStats {
    const entries = this.size;
    const k = this.#k;
    return {
      entries,
      totalSize: k.x.total(),
      hits: this.#hits,
      misses: this.#misses,
      evictions: this.#evictions,
      expirations: this.#expirations,
      freeBytes: (k.x.freeBytes() >>> 0) + (k.x.arenaFree() >>> 0),
      stateBytes: k.stateSize,
      memoryBytes: k.memorySize,
    };
  }

  /** Also lets go of the values; `onEvict` is not told. */
  override dispose(): void {
    super.dispose();
    this.#values.clear();
  }

  #checkSize(size: number | undefined): number {
    checkInteger("size", size as number, 1, Number.MAX_SAFE_INTEGER);
    if (size! > MOST_ENTRY && size! <= this.#maxSize) throw badArgument("size", `an integer in [1, ${MOST_ENTRY}]`, size);
    return size!;
  }

  /** Writes a key to the window. @returns its length in bytes, or -1 if it is longer than the window */
  #write(key: Key): number {
    const k = this.#k;
    const n = writeKey(k, key, WINDOW, WINDOW_BYTES);
    if (n >= 0) return n;
    // A long string that may be too long, or not, or a key that is.
    const bytes = keyBytes(key);
    const memory = k.u8;
    if (bytes.length > WINDOW_BYTES) return -1;
    memory.set(bytes, WINDOW);
    return bytes.length;
  }

  /** Address of the record of a key, or 0. */
  #find(key: Key): number {
    if (this.#ticking) this.#tick();
    const k = this.#k;
    try {
      const n = this.#write(key);
      return n >= 0 ? k.x.peek(WINDOW, n) : 0;
    } catch (error) {
      throw k.fail(error);
    }
  }

  #takeKey(x: CacheExports, key: Key): void {
    const n = this.#write(key);
    if (n >= 0) x.take(WINDOW, n);
  }

  /** Tells the module of the epochs that began since it was told last. */
  #advance(): void {
    const passed = this.#clock.passed();
    if (passed === 0) return;
    const k = this.#k;
    try {
      this.#expired = k.x.advance(passed);
    } catch (error) {
      throw k.fail(error);
    }
  }

  /** The same, and takes out some of what has expired. */
  #tick(): void {
    this.#advance();
    if (this.#expired > 0) this.#takeOut("expired", (x) => x.reap(REAP));
  }

  /** Runs what takes entries out, lets go of their values and tells of them. @returns how many left for that reason */
  #takeOut(reason: EvictReason, work: (x: CacheExports) => void): number {
    const k = this.#k;
    const leavers: Leaver<V>[] | undefined = this.#onEvict && [];
    const expirations = this.#expirations;
    let count: number;
    try {
      work(k.x);
      count = this.#drain(leavers, reason);
      // Now: who is told may use the cache, and count more.
      if (reason !== "expired") count -= this.#expirations - expirations;
    } catch (error) {
      throw k.fail(error);
    }
    this.#tell(leavers);
    return count;
  }

  /** Lets go of the entries that the module has taken out; `reason` is that of those that had not expired. @returns how many they were */
  #drain(leavers: Leaver<V>[] | undefined, reason: EvictReason): number {
    const { x } = this.#k;
    const values = this.#values;
    let count = 0;
    let expired = 0;
    for (let gone = x.gone(); gone !== 0; gone = x.release()) {
      leavers?.push([this.#keyAt(gone), values.get(gone) as V, gone & 1 ? "expired" : reason]);
      // So that the garbage collector can take it.
      values.set(gone, undefined);
      count++;
      expired += gone & 1;
    }
    this.#expired -= expired;
    this.#expirations += expired;
    if (reason === "evicted") this.#evictions += count - expired;
    return count;
  }

  /** Calls `onEvict` for entries that are out of the cache. Throws `failure` after that, or the first error of a call. */
  #tell(leavers: Leaver<V>[] | undefined, failure?: unknown): void {
    let failed = failure !== undefined;
    if (leavers !== undefined && leavers.length > 0) {
      const onEvict = this.#onEvict!;
      for (const [key, value, reason] of leavers) {
        try {
          onEvict(key, value, reason);
        } catch (error) {
          if (!failed) failure = error;
          failed = true;
        }
      }
    }
    if (failed) throw failure;
  }

  /** The addresses of the live records, by ascending id. */
  *#records(): IterableIterator<number> {
    for (let id = this.#next(0); id >= 0; id = this.#next(id + 1)) yield this.#k.x.keyOf(id);
  }

  #next(from: ItemId): ItemId | -1 {
    if (this.#ticking) this.#tick();
    const k = this.#k;
    try {
      return k.x.nextId(from);
    } catch (error) {
      throw k.fail(error);
    }
  }

  /** The key of a record of a live entry, or of one that the module has taken out and not forgotten. The low four bits do not count. */
  #keyAt(record: number): string {
    const k = this.#k;
    const start = (record >>> 4) * 16 + RECORD_BYTES;
    return keyText(k.u8.subarray(start, start + k.u32[(start - 4) >>> 2]!));
  }
}
