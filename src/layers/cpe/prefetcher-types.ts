import type { ItemId, Probability, StreamId } from "../../types.js";
import type { NumericId, StridePredictor } from "./stride.js";
import type { Prediction } from "./types.js";

/** What a prefetcher needs of a cache: a Map with a bound, an `IfrCache`, an LRU of any make. */
export interface PrefetchCache<K, V> {
  /** Must not count as a use. */
  has(key: K): boolean;
  /** The value kept for a key, undefined if there is none. Counts as a use where the cache orders by use. */
  get(key: K): V | undefined;
  /** Keeps a value; may drop others for it. What it returns is not looked at. */
  set(key: K, value: V): unknown;
}

/** What a prefetcher needs of an event model; a `Cpe` is one. */
export interface EventModel {
  /** Learns that `id` is the next event of the stream. */
  observe(stream: StreamId, id: ItemId): unknown;
  /** The `k` likeliest next ids of the stream, with their probabilities. */
  predict(stream: StreamId, k: number): Prediction;
  /** Takes an id out of the model, so that the number may stand for something else. */
  forget(id: ItemId): unknown;
}

/** Options of `prefetcher`. */
export interface PrefetcherOptions<K, V> {
  /** Loads what the cache does not have. May be asynchronous. */
  fetch: (id: NumericId) => V | PromiseLike<V>;
  /**
   * The most fetches a request, demanded and ahead together, 0 to 1000. While misses alone are more, and until that is made up for, nothing is fetched ahead; of such
   * a debt 256 fetches are remembered.
   */
  maxTraffic: number;
  /** The cache's key of an id; default: the id. */
  key?: (id: NumericId) => K;
  /** What is less likely than this to be used is never fetched ahead, so that it displaces nothing better: in [0, 1], default 0.15. */
  least?: Probability;
  /** The most steps to look ahead along a run, 1 to 1024; a run is followed no further than it was confirmed, and one. Default 2. */
  depth?: number;
  /** An expert for numbers that others use too; default: one of its own. */
  strides?: StridePredictor;
  /** An event model for the ids that come again, which no one else may use; default: a `Cpe` of its own of 1 MiB; false for none. */
  events?: EventModel | false;
  /** The most ids that the event model is to know, 16 to 2^24; default 65,536. */
  eventIds?: number;
}

/** What one request may be told. */
export interface RequestOptions {
  /** Who asks; default 0. */
  stream?: StreamId;
  /** How many ids the request covers, from its own on; default 1. What follows behind them is a likely next one. */
  span?: number;
}

/** What the fetches ahead of one source came to. */
export interface PrefetchCount {
  /** Fetched ahead. */
  issued: number;
  /** Asked for later, while it was still in the cache or on its way. */
  useful: number;
  /** Gone from the cache unused. */
  wasted: number;
}

/** By which evidence something was fetched ahead: the strongest, if by several. */
export type PrefetchSource = "run" | "behind" | "delta" | "event";

/** What `Prefetcher.stats()` tells. */
export interface PrefetcherStats extends PrefetchCount {
  /** Calls of `get`. */
  requests: number;
  /** Requests that had to wait for the backend: neither in the cache nor on the way. */
  misses: number;
  /** Requests for what was on its way, fetched ahead or for another request. */
  late: number;
  /** Fetches of both kinds, a request. */
  traffic: number;
  /** Fetches ahead that failed; nobody was told of them. */
  failed: number;
  /** Requests that an entry which is not used stays in the cache, as estimated; what is not used by then counts as not used. */
  residence: number;
  /** How likely its use must be at this moment for something to be fetched ahead; more than 1 if nothing may be. */
  threshold: Probability;
  /** The fetches ahead by what they rested on. */
  sources: Record<PrefetchSource, PrefetchCount>;
}
