import type { Bits, Probability } from "../types.js";
import type { CandidateSet } from "./candidates.js";
import { ALL_LAYERS, FEATURE_TABLE, FEATURES, LAYER_OF_COLUMN, LAYERS, type LayerMask } from "./features.js";
import { exp, log } from "./math.js";

const RATE = 0.08;
/** Weight decay towards the prior keeps features that never vary from drifting. */
const PULL = 1e-5;
const ESCAPE_RATE = 0.01;
/** How many kinds of context have weights of their own; see `situation`. */
export const SITUATIONS = 4;

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
 * gradient of the log-likelihood of what is observed, with per-weight rates (AdaGrad: Duchi, Hazan, Singer 2011). Each
 * situation adds its own weights to those that all share. Only arithmetic that every engine rounds alike: the same events
 * give the same weights everywhere.
 */
export class Fusion {
  /** SITUATIONS + 1 rows of FEATURES weights; the last row is shared by all situations. */
  readonly weights = new Float64Array((SITUATIONS + 1) * FEATURES);
  readonly #squares = new Float64Array((SITUATIONS + 1) * FEATURES).fill(1);
  /** Probability, by situation, that the event is not among the candidates. */
  readonly escape = new Float64Array(SITUATIONS).fill(0.2);
  /** What each layer's evidence brings for the true event, in nats, as a running mean. */
  readonly gain = new Float64Array(LAYERS.length).fill(0.1);
  /** How many events were learned from. */
  lessons = 0;
  #scores = new Float64Array(256);
  readonly #gradient = new Float64Array(FEATURES);

  constructor() {
    for (let f = 0; f < FEATURES; f++) this.weights[SITUATIONS * FEATURES + f] = FEATURE_TABLE[f].prior;
  }

  /** The weights by a feature's name, as they stand for one situation. */
  named(situation: number): Record<string, number> {
    return Object.fromEntries(FEATURE_TABLE.map((f, i) => [f.name, this.#weight(situation, i)]));
  }

  #weight(situation: number, f: number): number {
    return this.weights[situation * FEATURES + f] + this.weights[SITUATIONS * FEATURES + f];
  }

  /**
   * The probabilities of the candidates, summing to 1 - escape, using the evidence of `layers` alone.
   * @returns a view that the next call overwrites. O(candidates * features).
   */
  probabilities(set: CandidateSet, situation: number, layers: LayerMask = ALL_LAYERS): Float64Array {
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
    const share = (1 - this.escape[situation]) / total;
    for (let i = 0; i < n; i++) scores[i] *= share;
    return scores.subarray(0, n);
  }

  /** How much of candidate `row`'s score each layer brought, in nats: LAYERS.length numbers. */
  evidence(set: CandidateSet, row: number, situation: number): Float64Array {
    const byLayer = new Float64Array(LAYERS.length);
    for (let f = 0; f < FEATURES; f++) byLayer[LAYER_OF_COLUMN[f]] += this.#weight(situation, f) * set.features[row * FEATURES + f];
    return byLayer;
  }

  /** Moves the weights towards making the event `id` likelier in this context. O(candidates * features). */
  learn(set: CandidateSet, situation: number, id: number, layers: LayerMask = ALL_LAYERS): Lesson {
    const row = set.find(id);
    const missing = this.escape[situation];
    this.escape[situation] = missing + ESCAPE_RATE * ((row < 0 ? 1 : 0) - missing);
    this.lessons++;
    if (row < 0) return { bits: -log(missing) / Math.LN2, candidate: false };
    const p = this.probabilities(set, situation, layers);
    const inverse = 1 / (1 - missing);
    const seen: Probability = p[row];
    const g = this.#gradient;
    for (let f = 0; f < FEATURES; f++) g[f] = set.features[row * FEATURES + f];
    for (let i = 0; i < set.size; i++) {
      const q = p[i] * inverse;
      const at = i * FEATURES;
      for (let f = 0; f < FEATURES; f++) g[f] -= q * set.features[at + f];
    }
    this.#credit(situation);
    this.#step(situation);
    this.#step(SITUATIONS);
    return { bits: -log(seen) / Math.LN2, candidate: true };
  }

  /** Each layer's gain: the score it gave the true event over what it gave the candidates on average. */
  #credit(situation: number): void {
    const gained = new Float64Array(LAYERS.length);
    for (let f = 0; f < FEATURES; f++) gained[LAYER_OF_COLUMN[f]] += this.#weight(situation, f) * this.#gradient[f];
    for (let l = 0; l < LAYERS.length; l++) this.gain[l] += 0.01 * (gained[l] - this.gain[l]);
  }

  #step(situation: number): void {
    const at = situation * FEATURES;
    for (let f = 0; f < FEATURES; f++) {
      const prior = situation === SITUATIONS ? FEATURE_TABLE[f].prior : 0;
      const g = this.#gradient[f] - PULL * (this.weights[at + f] - prior);
      this.#squares[at + f] += g * g;
      this.weights[at + f] += (RATE * g) / Math.sqrt(this.#squares[at + f]);
    }
  }
}
