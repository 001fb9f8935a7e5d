import type { Bytes, Probability } from "../../types.js";
import type { LayerOptions } from "../../wasm/kernel.js";

/** Options of the prediction engine. The seed is that of its hashes: it decides which contexts share a bucket, and nothing else. */
export interface CpeOptions extends LayerOptions {
  /** The longest context, in events: 1 to 5; default 4. */
  orders?: number;
  /**
   * Bytes of the table of contexts, a power of two from 4096 on. It does not grow: when it is full, old contexts make room for new ones.
   * Default: 8 MiB, or the largest that is at most half of `maxBytes`.
   */
  contextBytes?: Bytes;
  /** Events after which the counts of single ids are halved, so that what was frequent long ago fades; default 4,194,304. */
  horizon?: number;
}

/** What comes next: ids and their probabilities. */
export interface Prediction {
  /** The likeliest ids, likeliest first; equally likely ones by their number. */
  ids: Int32Array;
  /** Their probabilities. */
  probabilities: Float32Array;
  /** Probability of an id that was never observed. */
  escape: Probability;
}

/** What followed one context, as counted. */
export interface ContextCounts {
  /** Ids that followed it. */
  ids: Int32Array;
  /** How often each did; a count may have faded. */
  counts: Float32Array;
  /** Events seen in this context. */
  events: number;
  /** Those of them that were new to it. */
  novelties: number;
}

/** What `stats()` of an event model tells. */
export interface EventStats {
  /** Ids that can be predicted. */
  ids: number;
  /** Streams that had an event. */
  streams: number;
  /** Events observed. */
  events: number;
  /** Lines of the table of contexts (64 bytes, eight ids each), how many are in use, and how many gave way to others. */
  contextLines: number;
  contextLinesUsed: number;
  contextLinesReplaced: number;
  /** Bytes inside the state that wait for new blocks. */
  freeBytes: Bytes;
  /** Bytes of the state: what `image()` copies. */
  stateBytes: Bytes;
  /** Bytes of WebAssembly memory. */
  memoryBytes: Bytes;
}
