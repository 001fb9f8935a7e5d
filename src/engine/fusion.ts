import { exp, log } from "../math.js";
import type { Bits, Probability } from "../types.js";
import type { CandidateSet } from "./candidates.js";
import { ALL_LAYERS, FEATURE_TABLE, FEATURES, LAYER_OF_COLUMN, LAYERS, type LayerMask } from "./features.js";

const RATE = 0.12;
const ESCAPE_RATE = 0.01;
/** Nothing is ever ruled out. */
const LEAST_ESCAPE = 1 / 8192;
const GAIN_RATE = 0.01;

/** Grades of sureness that have weights of their own. */
const SURENESSES = 5;
/** Lengths of history that do: 0 to 7, and more. */
export const LENGTHS = 9;
const ROWS = SURENESSES + LENGTHS + 1;
/** The row of weights that all situations share. */
const SHARED = ROWS - 1;

/** What kind of context it is: evidence does not weigh the same in all of them. */
export interface Situation {
  /** How sure CPE is of its best prediction: 0 to 4. */
  sureness: number;
  /** Length of the history: 0 to 8, the last standing for all longer ones. */
  length: number;
}

/** What `learn` found. */
export interface Lesson {
  /** -log2 of the probability that the event had. */
  bits: Bits;
  /** Whether the event was among the candidates. */
  candidate: boolean;
}

/**
 * Learned fusion: the probability that candidate c comes next is the softmax, over the candidates, of a weighted sum of what
 * the layers say (a conditional logit: McFadden 1974), times the probability that the event is a candidate at all. The weights follow the
 * gradient of the log-likelihood of what is observed, with per-weight rates (AdaGrad: Duchi, Hazan, Singer 2011). A weight is the
 * sum of one that all situations share, one for the sureness and one for the length of the history. Only arithmetic that every engine rounds alike: the same events
 * give the same weights everywhere.
 */
export class Fusion {
  /** Rows of FEATURES weights: one a grade of sureness, one a length, one shared. */
  readonly weights = new Float64Array(ROWS * FEATURES);
  readonly #squares = new Float64Array(ROWS * FEATURES).fill(1);
  /** Probability, by sureness, that the event is not among the candidates. */
  readonly escape = new Float64Array(SURENESSES).fill(0.2);
  /** How often each layer names the event among its candidates, as a running mean. */
  readonly coverage = new Float64Array(LAYERS.length).fill(0.5);
  /** What each layer's evidence brings for the true event, in nats, as a running mean. */
  readonly gain = new Float64Array(LAYERS.length).fill(0.1);
  /** How many events were learned from. */
  lessons = 0;
  #scores = new Float64Array(256);
  readonly #gradient = new Float64Array(FEATURES);
  readonly #gained = new Float64Array(LAYERS.length);

  /** @param layers those that take part; what others say is passed over */
  constructor(readonly layers: LayerMask = ALL_LAYERS) {
    for (let f = 0; f < FEATURES; f++) this.weights[SHARED * FEATURES + f] = FEATURE_TABLE[f][2];
  }

  /** The weights by a feature's name, as they stand for one situation. */
  named(situation: Situation): Record<string, number> {
    return Object.fromEntries(FEATURE_TABLE.map(([name], i) => [name, this.#weight(situation, i)]));
  }

  #weight({ sureness, length }: Situation, f: number): number {
    const { weights } = this;
    return weights[sureness * FEATURES + f] + weights[(SURENESSES + length) * FEATURES + f] + weights[SHARED * FEATURES + f];
  }

  /**
   * The probabilities of the candidates, summing to 1 - escape, using the evidence of `layers` alone.
   * @returns a view that the next call overwrites. O(candidates * features).
   */
  probabilities(set: CandidateSet, situation: Situation, layers: LayerMask = this.layers): Float64Array {
    const n = set.size;
    if (this.#scores.length < n) this.#scores = new Float64Array(Math.max(n, this.#scores.length * 2));
    const scores = this.#scores;
    let highest = Number.NEGATIVE_INFINITY;
    const w = this.#gradient;
    for (let f = 0; f < FEATURES; f++) w[f] = (layers >> LAYER_OF_COLUMN[f]) & 1 ? this.#weight(situation, f) : 0;
    for (let i = 0; i < n; i++) {
      let score = 0;
      const row = i * FEATURES;
      for (let f = 0; f < FEATURES; f++) score += w[f] * set.features[row + f];
      scores[i] = score;
      if (score > highest) highest = score;
    }
    let total = 0;
    for (let i = 0; i < n; i++) {
      scores[i] = exp(scores[i] - highest);
      total += scores[i];
    }
    const share = (1 - this.escapeOf(situation, layers)) / total;
    for (let i = 0; i < n; i++) scores[i] *= share;
    return scores.subarray(0, n);
  }

  /**
   * The probability that the event is not among the candidates. Where not all layers were asked it is at least how often the
   * best of those that were missed it.
   */
  escapeOf(situation: Situation, layers: LayerMask = this.layers): Probability {
    const missing = this.escape[situation.sureness];
    if (layers === this.layers) return missing;
    let covered = 0;
    for (let l = 0; l < LAYERS.length; l++) if ((layers >> l) & 1) covered = Math.max(covered, this.coverage[l]);
    return Math.max(missing, 1 - covered);
  }

  /** How much of candidate `row`'s score each layer brought, in nats: LAYERS.length numbers. */
  evidence(set: CandidateSet, row: number, situation: Situation): Float64Array {
    const byLayer = new Float64Array(LAYERS.length);
    for (let f = 0; f < FEATURES; f++) byLayer[LAYER_OF_COLUMN[f]] += this.#weight(situation, f) * set.features[row * FEATURES + f];
    return byLayer;
  }

  /** Moves the weights towards making the event `id` likelier in this context. O(candidates * features). */
  learn(set: CandidateSet, situation: Situation, id: number): Lesson {
    const row = set.find(id);
    const missing = this.escape[situation.sureness];
    this.escape[situation.sureness] = Math.max(LEAST_ESCAPE, missing + ESCAPE_RATE * ((row < 0 ? 1 : 0) - missing));
    for (let l = 0; l < LAYERS.length; l++) {
      const named = row >= 0 && (set.namedBy[row] >> l) & 1 ? 1 : 0;
      this.coverage[l] += ESCAPE_RATE * (named - this.coverage[l]);
    }
    this.lessons++;
    if (row < 0) return { bits: -log(missing) / Math.LN2, candidate: false };
    const p = this.probabilities(set, situation);
    const inverse = 1 / (1 - missing);
    const seen: Probability = p[row];
    this.#credit(set, row, situation);
    const g = this.#gradient;
    for (let f = 0; f < FEATURES; f++) g[f] = set.features[row * FEATURES + f];
    for (let i = 0; i < set.size; i++) {
      const q = p[i] * inverse;
      const at = i * FEATURES;
      for (let f = 0; f < FEATURES; f++) g[f] -= q * set.features[at + f];
    }
    this.#step(situation.sureness);
    this.#step(SURENESSES + situation.length);
    this.#step(SHARED);
    return { bits: -log(seen) / Math.LN2, candidate: true };
  }

  /** Each layer's gain: the score it gave the true event over what it gave the candidates on average. */
  #credit(set: CandidateSet, row: number, situation: Situation): void {
    const gained = this.#gained.fill(0);
    for (let f = 0; f < FEATURES; f++) {
      let total = 0;
      for (let at = f; at < set.size * FEATURES; at += FEATURES) total += set.features[at];
      gained[LAYER_OF_COLUMN[f]] += this.#weight(situation, f) * (set.features[row * FEATURES + f] - total / set.size);
    }
    for (let l = 0; l < LAYERS.length; l++) if ((this.layers >> l) & 1) this.gain[l] += GAIN_RATE * (gained[l] - this.gain[l]);
  }

  #step(row: number): void {
    const at = row * FEATURES;
    for (let f = 0; f < FEATURES; f++) {
      const g = this.#gradient[f];
      this.#squares[at + f] += g * g;
      this.weights[at + f] += (RATE * g) / Math.sqrt(this.#squares[at + f]);
    }
  }
}
