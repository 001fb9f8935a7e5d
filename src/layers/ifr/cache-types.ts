import type { Milliseconds } from "../../types.js";
import type { KernelExports, LayerOptions } from "../../wasm/kernel.js";
import type { Key } from "./keys.js";

/**
 * Why an entry left: it made room for others; its time was over; `delete` or `clear`; another value was set for its key (or one
 * too large to be kept).
 */
export type EvictReason = "evicted" | "expired" | "deleted" | "replaced";

/** Options of a cache. At least one of `maxEntries` and `maxSize` must be given; the seed is that of the hash. */
export interface IfrCacheOptions<V> extends LayerOptions {
  /** The most entries: 1 to 2^30. */
  maxEntries?: number;
  /** The most that the sizes of all entries may sum up to, in the caller's unit; an integer from 1 to 2^52. */
  maxSize?: number;
  /** The size of an entry whose `set` gives none: an integer from 1 to 2^32 - 1. */
  sizeOf?: (value: V, key: Key) => number;
  /** How many entries to make room for at once; default 0. The cache grows by itself. */
  capacity?: number;
  /** Time to live of an entry whose `set` gives none; default: for ever. */
  ttl?: Milliseconds;
  /** The longest time to live that `set` will be given; default `ttl`. */
  maxTtl?: Milliseconds;
  /** How long an entry may outlive its time; default a 250th of `maxTtl`, at least 1. The longest time to live is 251 of it. */
  resolution?: Milliseconds;
  /** The clock, read only once an entry has a time to live; default `Date.now`. One that goes back stands still until it is past its mark. */
  now?: () => Milliseconds;
  /**
   * Told of every entry that leaves, after the call that caused it has done all it does to the cache. It may use the cache. If it
   * throws, the entries after it are still told of, and the call throws the first error then.
   */
  onEvict?: (key: string, value: V, reason: EvictReason) => void;
}

/** What `IfrCache.set` may be told about one entry. */
export interface CacheSetOptions {
  /** Time to live from now, more than 0; `Infinity` for ever. Default: the cache's. */
  ttl?: Milliseconds;
  /** The entry's size; default: what `sizeOf` says. */
  size?: number;
}

/** What `IfrCache.stats()` tells. */
export interface IfrCacheStats {
  /** Entries that have not expired. */
  entries: number;
  /** Sum of the sizes, those of expired entries that still wait to be taken out included; 0 in a cache without `maxSize`. */
  totalSize: number;
  /** Calls of `get` and keys of `getMany` that found an entry, and those that did not. */
  hits: number;
  /** Calls of `get` and keys of `getMany` that found none. */
  misses: number;
  /** Entries that made room for others. */
  evictions: number;
  /** Entries that were taken out because their time was over. */
  expirations: number;
  /** Bytes inside the state that wait for new entries. */
  freeBytes: number;
  /** Bytes of the state: keys, index and queue. The values are the caller's. */
  stateBytes: number;
  /** Bytes of WebAssembly memory. */
  memoryBytes: number;
}

/** What the module exports beside what all do: assembly/ifr/cache/index.ts. */
export interface CacheExports extends KernelExports {
  init(low: number, high: number, limit: number, capacity: number, maxEntries: number, maxTotal: number, timed: boolean): number;
  limits(maxEntries: number, maxTotal: number): void;
  set(p: number, len: number, size: number, life: number): number;
  get(p: number, len: number): number;
  getMany(n: number): void;
  peek(p: number, len: number): number;
  take(p: number, len: number): number;
  bury(p: number, len: number): void;
  clear(): void;
  advance(epochs: number): number;
  reap(most: number): number;
  gone(): number;
  release(): number;
  keyOf(id: number): number;
  nextId(from: number): number;
  size(): number;
  freeBytes(): number;
  total(): number;
}
