import { badArgument } from "../../errors.js";
import { checkInteger, checkNumber } from "../../wasm/kernel.js";
import { checkRows } from "./readout-rows.js";

/** What a recursive least-squares filter is made of. */
export interface RlsOptions {
  /** Numbers of a state: 1 to 4,096. Memory is 4 features^2 bytes. */
  features: number;
  /** Numbers to predict: 1 to 4,096. */
  outputs: number;
  /** Weight of the past: a row counts `forgetting` times as much with each row after it. In [0.001, 1]; default 1, nothing is forgotten. */
  forgetting?: number;
  /** Variance of the weights before the first row, the inverse of a ridge penalty: in [1e-12, 1e12]; default 100. */
  delta?: number;
}

/** The most a feature or target may be, in magnitude: no sum of products of such numbers overflows. */
const MOST = 1e9;

/**
 * Recursive least squares: a linear readout that learns row by row, and after each row has the weights that a fit to all rows so
 * far would have. With `forgetting` 1 these are the weights of ridge regression with penalty 1 / delta (features as they
 * come, no intercept: append a feature that is always 1 to have one).
 *
 * The inverse correlation matrix P is kept as its factors U D UT (Bierman, Factorization Methods for Discrete Sequential
 * Estimation, 1977), so that it stays symmetric and positive whatever the rounding. With forgetting, P would grow without bound
 * along directions in which no input comes (wind-up): here no entry of D exceeds `delta`, where all of them start, so that
 * features that are silent take nothing from the others.
 * Only + - * / are used: the same bits on every machine.
 *
 * Source: Haykin, Adaptive Filter Theory, chapter on RLS; Jaeger, Adaptive nonlinear system identification with echo
 * state networks, NIPS 2002 (as a readout).
 *
 * @example
 * const filter = new RecursiveLeastSquares({ features: 2, outputs: 1, forgetting: 0.999 });
 * const error = filter.update([1, 0.5], [2]);  // what the prediction was off by, before it learned
 * Math.round(filter.predict([1, 0.5])[0]);     // 2
 */
export class RecursiveLeastSquares {
  /** Numbers of a state. */
  readonly features: number;
  /** Numbers it predicts. */
  readonly outputs: number;
  readonly #forgetting: number;
  readonly #delta: number;
  /** outputs x features. */
  readonly #weights: Float64Array;
  /** Unit upper triangle U without its diagonal, column after column: entry (i, j), i < j, is at j (j - 1) / 2 + i. */
  readonly #u: Float64Array;
  readonly #d: Float64Array;
  /** The row that is learned, UT x, and what becomes P x. */
  readonly #x: Float64Array;
  readonly #f: Float64Array;
  readonly #b: Float64Array;

  /** A filter that has learned nothing: all weights are 0. O(features^2) memory. @throws ERR_ARGUMENT, ERR_NOT_FINITE */
  constructor(options: RlsOptions) {
    if (typeof options !== "object" || options === null) throw badArgument("options", "an object with `features` and `outputs`", options);
    const { features, outputs, forgetting = 1, delta = 100 } = options;
    this.features = checkInteger("features", features, 1, 4096);
    this.outputs = checkInteger("outputs", outputs, 1, 4096);
    this.#forgetting = checkNumber("forgetting", forgetting, 1e-3, 1);
    this.#delta = checkNumber("delta", delta, 1e-12, 1e12);
    this.#weights = new Float64Array(outputs * features);
    this.#u = new Float64Array((features * (features - 1)) / 2);
    this.#d = new Float64Array(features);
    this.#x = new Float64Array(features);
    this.#f = new Float64Array(features);
    this.#b = new Float64Array(features);
    this.reset();
  }

  /**
   * Learns one row. O(features^2 + features outputs).
   * @param state `features` numbers in [-1e9, 1e9]
   * @param target `outputs` numbers in [-1e9, 1e9]
   * @returns the a-priori error: the target minus what `predict(state)` said before
   * @throws ERR_DIMENSION, ERR_NOT_FINITE, ERR_ARGUMENT; nothing is changed then
   */
  update(state: ArrayLike<number>, target: ArrayLike<number>): Float64Array {
    checkRows("state", state, this.features, 1, MOST);
    checkRows("target", target, this.outputs, 1, MOST);
    const error = this.#apply(state);
    for (let o = 0; o < this.outputs; o++) error[o] = target[o] - error[o];
    this.#x.set(state);
    const inverse = 1 / this.#shrink();
    const weights = this.#weights;
    const gain = this.#b;
    for (let o = 0, w = 0; o < this.outputs; o++) {
      const step = error[o] * inverse;
      for (let i = 0; i < gain.length; i++, w++) weights[w] += step * gain[i];
    }
    return error;
  }

  /**
   * What a state says about the targets. O(features outputs).
   * @throws ERR_DIMENSION, ERR_NOT_FINITE, ERR_ARGUMENT
   */
  predict(state: ArrayLike<number>): Float64Array {
    checkRows("state", state, this.features, 1, MOST);
    return this.#apply(state);
  }

  /** A copy of the weights: outputs x features. */
  weights(): Float64Array {
    return this.#weights.slice();
  }

  /** Forgets all that was learned. */
  reset(): void {
    this.#weights.fill(0);
    this.#u.fill(0);
    this.#d.fill(this.#delta);
  }

  #apply(state: ArrayLike<number>): Float64Array {
    const out = new Float64Array(this.outputs);
    const weights = this.#weights;
    for (let o = 0, w = 0; o < out.length; o++) {
      let sum = 0;
      for (let i = 0; i < this.features; i++, w++) sum += weights[w] * state[i];
      out[o] = sum;
    }
    return out;
  }

  /**
   * P <- (P - P x xT P / alpha) / forgetting with alpha = forgetting + xT P x, on the factors, column by column.
   * Leaves P x, before the change, in #b. @returns alpha
   */
  #shrink(): number {
    const n = this.features;
    const u = this.#u;
    const d = this.#d;
    const x = this.#x;
    const f = this.#f;
    const b = this.#b;
    for (let j = 0, at = 0; j < n; j++) {
      let s0 = x[j];
      let s1 = 0;
      let i = 0;
      for (; i + 1 < j; i += 2, at += 2) {
        s0 += u[at] * x[i];
        s1 += u[at + 1] * x[i + 1];
      }
      if (i < j) s0 += u[at++] * x[i];
      f[j] = s0 + s1;
    }
    const most = this.#delta;
    const grow = 1 / this.#forgetting;
    let alpha = this.#forgetting;
    for (let j = 0, at = 0; j < n; j++) {
      const fj = f[j];
      const v = d[j] * fj;
      const before = alpha;
      alpha += fj * v;
      d[j] = Math.min(most, d[j] * (before / alpha) * grow);
      b[j] = v;
      const p = -fj / before;
      for (let i = 0; i < j; i++, at++) {
        const old = u[at];
        u[at] = old + b[i] * p;
        b[i] += old * v;
      }
    }
    return alpha;
  }
}
