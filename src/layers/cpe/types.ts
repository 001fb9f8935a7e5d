import type { Bytes, Milliseconds, Probability } from "../../types.js";
import type { LayerOptions } from "../../wasm/kernel.js";

/** Options of the prediction engine. The seed is that of its hashes: it decides which contexts share a bucket, and nothing else. */
export interface CpeOptions extends LayerOptions {
  /** The longest context, in events: 1 to 5; default 5. */
  orders?: number;
  /**
   * Bytes of the table of contexts, a multiple of 512 from 4096 to 2^31; an eighth comes on top of it. It does not grow: when it is full, old contexts make room for new ones.
   * Default: 8 MiB, or the largest that is at most half of `maxBytes`.
   */
  contextBytes?: Bytes;
  /** Events after which the counts of single ids are halved, so that what was frequent long ago fades: 2 to 2^31; default 4,194,304. */
  horizon?: number;
}

/** Options of `Cpe.observe`. */
export interface ObserveOptions {
  /** How many events it counts for, 1/16 to 16, in steps of 1/16; default 1. */
  weight?: number;
  /** When it was, within the range of a Date. Matters for a model that has a `gap`. */
  at?: Milliseconds;
}

/** What one context says of an id. */
export interface Vote {
  /** The last `distance` events in their order; or one event, `distance` ago, whatever came after it; or whatever the stream had so far. */
  kind: "order" | "bag" | "stream";
  /** Events back, from 1: see `kind`. */
  distance: number;
  /** Events seen in this context, aged: old ones count less. */
  events: number;
  /** Those of them that were new to it. */
  novelties: number;
  /** How often the id followed it, aged. */
  count: number;
  /** Share of the id's linear mixture that is due to this context. The shares of all contexts and of the id's own frequency add up to 1. */
  share: number;
  /** What this context adds to the id's log-odds in the log-linear correction. */
  evidence: number;
}

/** What `Cpe.explain` tells. */
export interface Explanation {
  /** The id's probability. */
  probability: Probability;
  /** What the known contexts say, the shortest first. */
  votes: Vote[];
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
  /** Lines of the table of contexts: 64 bytes, eight ids each; an eighth on top of them says which is whose. */
  contextLines: number;
  /** Lines in use. */
  contextLinesUsed: number;
  /** Times that a line was given to another context. */
  contextLinesReplaced: number;
  /** Bytes inside the state that wait for new blocks. */
  freeBytes: Bytes;
  /** Bytes of the state: what `image()` copies. */
  stateBytes: Bytes;
  /** Bytes of WebAssembly memory. */
  memoryBytes: Bytes;
}
