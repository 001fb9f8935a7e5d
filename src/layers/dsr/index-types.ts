import type { Bytes } from "../../types.js";
import type { ExactSearchOptions, StoreOptions, StoreStats } from "./store.js";

export type { Metric, Neighbors } from "./store.js";

/** What an index is made for. */
export interface DsrOptions extends StoreOptions {
  /**
   * How vectors are kept:
   * - `"f32"` (default): as they are
   * - `"i8"`: each number as one of 255 steps of the vector's largest; a quarter of the memory, and distances to the vectors so rounded
   */
  rows?: "f32" | "i8";
  /** Neurons of the population, 4 to 32,768, rounded down to a multiple of four; default: about 2 sqrt(n) under l2, 4 sqrt(n) under the other metrics, at most one for eight vectors. */
  neurons?: number;
  /**
   * Share of the vectors, 0 to 1, that are kept under a second neuron as well, so that a query near the border of two cells finds them
   * in either; default 0.6, and 0 under l2. Those for which it costs least come first. Each costs its spikes again.
   */
  secondWinners?: number;
  /**
   * Whether the population learns by itself, within the `add` or `addMany` that makes it due: at 4,096 vectors, and each time as many have been
   * added as there were when it last learned. Default true.
   */
  autoLearn?: boolean;
}

/** What to look for. */
export interface SearchOptions extends ExactSearchOptions {
  /**
   * Share of the true nearest items to find on average: 0.9, 0.95, 0.98, 0.99 (default), 0.995 or 0.999; others count as the next one, and
   * those above as 1, which looks at every vector. What it takes is measured when the population learns, on 256 of its vectors; where a look at
   * every vector costs less, that is done.
   */
  recall?: number;
  /** Only these ids: bit `id & 31` of entry `id >> 5` is set. Ids beyond the array are out. */
  filter?: Uint32Array;
  /** For experts: neurons whose cells to look into, instead of as many as the recall needs. All of them: at most `stats().neurons`. */
  probes?: number;
  /** For experts: spike words whose vectors to compare in full, instead of as many as the recall needs. */
  candidates?: number;
}

/** How to learn. */
export interface LearnOptions {
  /** Neurons, rounded down to a multiple of four, at least 4; default those of the index, or as suit the number of vectors. */
  neurons?: number;
  /** Without plasticity the neurons stay at vectors drawn by chance: to see what learning is good for. Default true. */
  plasticity?: boolean;
  /** Without homeostasis some neurons win far more than others: to see what it is good for. Default true. */
  homeostasis?: boolean;
}

/** What learning came to. */
export interface LearnReport {
  /** Vectors learned from. */
  rows: number;
  /** Neurons of the population after it. */
  neurons: number;
  /** Mean of the squared distances of the vectors to the neurons that won them. */
  meanSquaredDistance: number;
  /** Neurons times the sum of the squared shares of words: 1 if all cells are equally full; a search costs more by this factor. */
  imbalance: number;
}

/** What the neurons did with a vector. */
export interface SpikeTrace {
  /** The neurons that fired, first spike first. */
  winners: Int32Array;
  /** When each of them fired, in ms after the onset of the input. */
  firstSpikeTimes: Float32Array;
  /** Of every neuron at the end, or as it fired: mV above rest. The threshold is 15; who reached it in the last step, too late, shows it. */
  membranePotentials: Float32Array;
  /** The spikes of the vector's residual under the first winner: bit `i & 7` of byte `i >> 3` is rotated dimension i. */
  spikeWord: Uint8Array;
  /** Steps of 1 ms until the population was closed. */
  steps: number;
}

/** What an index holds. */
export interface DsrStats extends StoreStats {
  /** How vectors are kept. */
  rows: "f32" | "i8";
  /** Neurons; 0 before the population has learned. */
  neurons: number;
  /** Vectors that have spike words; the others are looked at one by one. */
  indexed: number;
  /** Bits of a spike word: the dimensions rounded up to 16. */
  spikesPerWord: number;
  /** As in `LearnReport`, now; 0 before the population has learned. */
  imbalance: number;
  /** Bytes of the state that are free for whatever comes. */
  freeBytes: Bytes;
}
