// What a method's predictions were worth: where the truth stood, how many bits it cost, and whether the probabilities can be believed.
import type { Bits, Probability } from "mfn";

/** What a method said of an event before it came. */
export interface Prediction {
  /** Rank of what came, from 1; 0 if it was not ranked. */
  rank: number;
  /** Probability that what came was given, for methods that give any. */
  probability?: Probability;
  /** Probability of the first answer, for methods that give any; undefined where there was no answer. */
  first?: Probability;
}

/** Predictions whose first answer had about the same probability. */
export interface ReliabilityBin {
  /** The least and the largest probability in it: of an equal-width bin its bounds, else those of its members. */
  from: Probability;
  /** See `from`. */
  to: Probability;
  /** Predictions in it. */
  n: number;
  /** Mean probability of the first answers. */
  confidence: Probability;
  /** Share of them that came true. */
  accuracy: Probability;
}

/** How far the probability of the first answer can be believed. */
export interface Calibration {
  /** Expected calibration error over 10 bins of equal width: the mean of |accuracy - confidence|, weighted by the bins' members (Guo et al. 2017). */
  error: number;
  /** The same over 10 bins of equal numbers of predictions, which no crowded bin can dominate (Nguyen and O'Connor 2015). */
  errorEqualMass: number;
  /** The bins of equal width that have members, by rising probability. */
  equalWidth: ReliabilityBin[];
  /** The bins of equal numbers, by rising probability. */
  equalMass: ReliabilityBin[];
}

/** Where the truth stood in the rankings of one method: shares of 1, and the mean of 1 / rank (0 where it was not ranked). */
export interface Score {
  /** Name of the method. */
  method: string;
  /** Share of the events that came first in the ranking. */
  hitAt1: number;
  /** Among the first three. */
  hitAt3: number;
  /** Among the first five. */
  hitAt5: number;
  /** Among the first ten. */
  hitAt10: number;
  /** Mean reciprocal rank. */
  meanReciprocalRank: number;
  /** Mean of -log2 of the probability that was given to what came (log loss), for methods that give one to everything. */
  bits?: Bits;
  /** For methods that give probabilities. */
  calibration?: Calibration;
  /** Events scored. */
  n: number;
}

const BINS = 10;
/** Less probability than this counts as this much: 30 bits. What was declared impossible and came would cost infinitely many. */
const LEAST: Probability = 2 ** -30;

/** Adds up the predictions of one method. */
export class ScoreSum {
  readonly #hits = new Map([1, 3, 5, 10].map((depth) => [depth, 0]));
  #n = 0;
  #reciprocal = 0;
  #bits = 0;
  /** Predictions that gave what came a probability. */
  #priced = 0;
  /** Probabilities of the first answers, and whether each came true. */
  readonly #firsts: Array<readonly [Probability, boolean]> = [];

  /** Counts one prediction. O(1). */
  add({ rank, probability, first }: Prediction): void {
    this.#n++;
    if (rank > 0) this.#reciprocal += 1 / rank;
    for (const [depth, hits] of this.#hits) if (rank > 0 && rank <= depth) this.#hits.set(depth, hits + 1);
    if (probability !== undefined) {
      this.#priced++;
      this.#bits -= Math.log2(Math.max(probability, LEAST));
    }
    if (first !== undefined) this.#firsts.push([first, rank === 1]);
  }

  /** The means; zeros if there was nothing to add. */
  score(method: string): Score {
    const n = this.#n;
    const mean = (sum: number) => sum / Math.max(n, 1);
    const [hitAt1, hitAt3, hitAt5, hitAt10] = [...this.#hits.values()].map(mean);
    const score: Score = { method, hitAt1, hitAt3, hitAt5, hitAt10, meanReciprocalRank: mean(this.#reciprocal), n };
    // A mean over some of the events is not comparable with one over all.
    if (n > 0 && this.#priced === n) score.bits = mean(this.#bits);
    if (this.#firsts.length > 0) score.calibration = calibrate(this.#firsts);
    return score;
  }
}

/**
 * Calibration of probabilities whose event came true or not. Sources: Guo, Pleiss, Sun, Weinberger, "On calibration of modern neural networks",
 * ICML 2017; Nguyen and O'Connor, "Posterior calibration and exploratory analysis for natural language processing models", EMNLP 2015.
 * O(n log n).
 */
export function calibrate(firsts: ReadonlyArray<readonly [Probability, boolean]>): Calibration {
  const sorted = [...firsts].sort((a, b) => a[0] - b[0]);
  const n = sorted.length;
  const width = Array.from({ length: BINS }, (): Array<readonly [Probability, boolean]> => []);
  for (const one of sorted) width[Math.max(0, Math.min(BINS - 1, Math.ceil(one[0] * BINS) - 1))].push(one);
  const equalWidth = width.flatMap((members, i) => (members.length === 0 ? [] : [binOf(members, i / BINS, (i + 1) / BINS)]));
  const equalMass: ReliabilityBin[] = [];
  for (let i = 0; i < BINS; i++) {
    const members = sorted.slice(Math.floor((i * n) / BINS), Math.floor(((i + 1) * n) / BINS));
    if (members.length > 0) equalMass.push(binOf(members, members[0][0], members[members.length - 1][0]));
  }
  return { error: expectedError(equalWidth, n), errorEqualMass: expectedError(equalMass, n), equalWidth, equalMass };
}

function binOf(members: ReadonlyArray<readonly [Probability, boolean]>, from: Probability, to: Probability): ReliabilityBin {
  const n = members.length;
  let sum = 0;
  let hits = 0;
  for (const [probability, came] of members) {
    sum += probability;
    if (came) hits++;
  }
  return { from, to, n, confidence: sum / n, accuracy: hits / n };
}

function expectedError(bins: readonly ReliabilityBin[], n: number): number {
  return bins.reduce((sum, bin) => sum + (bin.n / Math.max(n, 1)) * Math.abs(bin.accuracy - bin.confidence), 0);
}
