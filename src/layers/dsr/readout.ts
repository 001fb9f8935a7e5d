import { badArgument, MfnError } from "../../errors.js";
import { checkInteger, checkNumber } from "../../wasm/kernel.js";
import { checkRows } from "./readout-rows.js";

/** The shape of a readout. */
export interface ReadoutOptions {
  /** Numbers of a state: 1 to 65,536. */
  features: number;
  /** Numbers to predict, or classes: 1 to 4,096. */
  outputs: number;
}

/** How to fit. */
export interface FitOptions {
  /**
   * Penalty on the squared weights of the standardised features, > 0. Default: the one with the least squared error in a
   * cross-validation on the rows given.
   */
  ridge?: number;
  /** Parts of the cross-validation; default 5, or as many as there are rows if fewer. */
  folds?: number;
}

/** What a fit came to. */
export interface FitReport {
  rows: number;
  ridge: number;
  /** Mean squared error in the cross-validation; only where that chose the ridge. */
  error?: number;
}

/** The most a feature or target may be, in magnitude: sums of squares of such numbers are finite. */
const MOST = 1e100;

/** Tried as penalties, times the number of rows; then the steps between the best and its neighbours. */
const COARSE = [1e-6, 1e-4, 1e-2, 1, 1e2];
const BETWEEN = [1e-5, 1e-3, 1e-1, 10];

/**
 * A linear readout fitted by ridge regression: what a reservoir's states, or any features, say about targets or classes.
 *
 * The normal equations are solved by Cholesky's method in f64, in the smaller of the two forms: features x features, or rows x
 * rows (Hoerl and Kennard, Technometrics 12, 1970; the dual form: Saunders, Gammerman, Vovk, ICML 1998). Features are
 * standardised first, the intercept is not penalised. Only + - * / and square roots are used: the same bits on every machine.
 *
 * With m = min(rows, features), a fit is O(rows features m + m^3), and with cross-validation 35 times the m^3: give `ridge` where
 * m is large.
 *
 * @example
 * const readout = new RidgeReadout({ features: 2, outputs: 2 });
 * readout.fitClasses([0, 1, 0.1, 0.9, 1, 0, 0.8, 0.1], [0, 0, 1, 1]);
 * readout.classify([0.9, 0.2]); // 1
 */
export class RidgeReadout {
  readonly features: number;
  readonly outputs: number;
  #weights: Float64Array | undefined;
  #intercept: Float64Array = new Float64Array(0);

  /** @throws ERR_ARGUMENT */
  constructor({ features, outputs }: ReadoutOptions) {
    this.features = checkInteger("features", features, 1, 65536);
    this.outputs = checkInteger("outputs", outputs, 1, 4096);
  }

  /**
   * Fits targets.
   * @param states rows x `features` numbers in [-1e100, 1e100]
   * @param targets rows x `outputs` numbers in [-1e100, 1e100]
   * @throws ERR_DIMENSION, ERR_NOT_FINITE, ERR_ARGUMENT (also for a ridge so small that the equations are singular); the readout
   *   is then as before
   */
  fit(states: ArrayLike<number>, targets: ArrayLike<number>, options: FitOptions = {}): FitReport {
    const rows = checkRows("states", states, this.features, undefined, MOST);
    checkRows("targets", targets, this.outputs, rows, MOST);
    const { ridge } = options;
    if (ridge !== undefined && checkNumber("ridge", ridge) <= 0) throw badArgument("ridge", "a number > 0", ridge);
    const folds = checkInteger("folds", options.folds ?? Math.min(5, Math.max(2, rows)), 2, 1000);
    if (ridge === undefined && rows < 2) throw badArgument("states", "two rows or more, to choose a ridge", rows);
    const problem = new Problem(states, targets, rows, this.features, this.outputs);
    const chosen = ridge === undefined ? problem.choose(Math.min(folds, rows)) : { ridge, error: undefined };
    const solution = problem.solve(chosen.ridge);
    if (solution === undefined) throw badArgument("ridge", "a larger number (the equations are singular)", chosen.ridge);
    this.#weights = solution.weights;
    this.#intercept = solution.intercept;
    return { rows, ...chosen };
  }

  /**
   * Fits classes: targets that are 1 for the row's class and 0 for the others.
   * @param labels a class in [0, outputs) for each row
   * @throws as `fit`
   */
  fitClasses(states: ArrayLike<number>, labels: ArrayLike<number>, options: FitOptions = {}): FitReport {
    const rows = checkRows("states", states, this.features, undefined, MOST);
    if (typeof labels !== "object" || labels === null) throw badArgument("labels", "an array of classes", labels);
    if (labels.length !== rows) throw badArgument("labels", `${rows} classes`, labels.length, "ERR_DIMENSION");
    const targets = new Float64Array(rows * this.outputs);
    for (let r = 0; r < rows; r++) targets[r * this.outputs + checkInteger(`labels[${r}]`, labels[r], 0, this.outputs - 1)] = 1;
    return this.fit(states, targets, options);
  }

  /**
   * What a state says about the targets. O(features outputs).
   * @throws ERR_DIMENSION, ERR_NOT_FINITE, ERR_ARGUMENT if nothing was fitted yet
   */
  predict(state: ArrayLike<number>): Float64Array {
    const weights = this.#weights;
    if (weights === undefined) throw new MfnError("ERR_ARGUMENT", "readout: nothing to predict from; call fit first");
    checkRows("state", state, this.features, 1, MOST);
    const out = this.#intercept.slice();
    for (let o = 0; o < this.outputs; o++) {
      let sum = 0;
      const base = o * this.features;
      for (let i = 0; i < this.features; i++) sum += weights[base + i] * state[i];
      out[o] += sum;
    }
    return out;
  }

  /** The output with the largest prediction, of equal ones the first. Throws as `predict`. */
  classify(state: ArrayLike<number>): number {
    const scores = this.predict(state);
    let best = 0;
    for (let o = 1; o < scores.length; o++) if (scores[o] > scores[best]) best = o;
    return best;
  }
}

/** Standardised features z, centred targets y, and the smaller Gram matrix: z zT (dual) if there are fewer rows, else zT z. */
class Problem {
  readonly #rows: number;
  readonly #features: number;
  readonly #outputs: number;
  readonly #dual: boolean;
  readonly #mean: Float64Array;
  readonly #scale: Float64Array;
  readonly #targetMean: Float64Array;
  /** rows x features. */
  readonly #z: Float64Array;
  /** outputs x rows. */
  readonly #y: Float64Array;
  readonly #gram: Float64Array;

  constructor(states: ArrayLike<number>, targets: ArrayLike<number>, rows: number, features: number, outputs: number) {
    this.#rows = rows;
    this.#features = features;
    this.#outputs = outputs;
    this.#dual = rows < features;
    this.#mean = new Float64Array(features);
    this.#scale = new Float64Array(features);
    this.#targetMean = new Float64Array(outputs);
    this.#z = new Float64Array(rows * features);
    this.#y = new Float64Array(rows * outputs);
    for (let i = 0; i < features; i++) {
      let sum = 0;
      for (let r = 0; r < rows; r++) sum += states[r * features + i];
      const mean = sum / rows;
      let squares = 0;
      for (let r = 0; r < rows; r++) squares += (states[r * features + i] - mean) * (states[r * features + i] - mean);
      const deviation = Math.sqrt(squares / rows);
      // A feature that never changes says nothing: its weight becomes 0.
      const scale = deviation > 1e-12 * Math.abs(mean) && deviation > 1e-150 ? 1 / deviation : 0;
      this.#mean[i] = mean;
      this.#scale[i] = scale;
      for (let r = 0; r < rows; r++) this.#z[r * features + i] = (states[r * features + i] - mean) * scale;
    }
    for (let o = 0; o < outputs; o++) {
      let sum = 0;
      for (let r = 0; r < rows; r++) sum += targets[r * outputs + o];
      this.#targetMean[o] = sum / rows;
      for (let r = 0; r < rows; r++) this.#y[o * rows + r] = targets[r * outputs + o] - sum / rows;
    }
    this.#gram = this.#dual ? outer(this.#z, rows, features) : outer(transpose(this.#z, rows, features), features, rows);
  }

  /** The penalty with the least mean squared error on rows that were left out. */
  choose(folds: number): { ridge: number; error: number } {
    const fold = shuffledFolds(this.#rows, folds);
    const errors = (factors: number[]) => factors.map((f) => this.#leftOutError(f * this.#rows, fold, folds));
    const coarse = errors(COARSE);
    const best = coarse.indexOf(Math.min(...coarse));
    const between = BETWEEN.slice(Math.max(0, best - 1), best + 1);
    const factors = [COARSE[best], ...between];
    const all = [coarse[best], ...errors(between)];
    const error = Math.min(...all);
    return { ridge: factors[all.indexOf(error)] * this.#rows, error };
  }

  #leftOutError(ridge: number, fold: Uint16Array, folds: number): number {
    let sum = 0;
    for (let f = 0; f < folds; f++) {
      const kept: number[] = [];
      const left: number[] = [];
      for (let r = 0; r < this.#rows; r++) (fold[r] === f ? left : kept).push(r);
      sum += this.#dual ? this.#dualError(ridge, kept, left) : this.#primalError(ridge, kept, left);
    }
    const mean = sum / (this.#rows * this.#outputs);
    return Number.isNaN(mean) ? Infinity : mean;
  }

  #dualError(ridge: number, kept: number[], left: number[]): number {
    const n = kept.length;
    const rows = this.#rows;
    const a = new Float64Array(n * n);
    for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) a[i * n + j] = this.#gram[kept[i] * rows + kept[j]];
    if (!factorise(a, n, ridge)) return Infinity;
    let sum = 0;
    for (let o = 0; o < this.#outputs; o++) {
      const alpha = new Float64Array(n);
      for (let i = 0; i < n; i++) alpha[i] = this.#y[o * rows + kept[i]];
      substitute(a, n, alpha);
      for (const r of left) {
        let p = 0;
        for (let i = 0; i < n; i++) p += alpha[i] * this.#gram[r * rows + kept[i]];
        sum += (p - this.#y[o * rows + r]) * (p - this.#y[o * rows + r]);
      }
    }
    return sum;
  }

  #primalError(ridge: number, kept: number[], left: number[]): number {
    const p = this.#features;
    const a = this.#gram.slice();
    for (const r of left) {
      const z = this.#z.subarray(r * p, (r + 1) * p);
      for (let i = 0; i < p; i++) for (let j = 0; j <= i; j++) a[i * p + j] -= z[i] * z[j];
    }
    if (!factorise(a, p, ridge)) return Infinity;
    let sum = 0;
    for (let o = 0; o < this.#outputs; o++) {
      const w = this.#moments(o, kept);
      substitute(a, p, w);
      for (const r of left) {
        const error = dot(w, 0, this.#z, r * p, p) - this.#y[o * this.#rows + r];
        sum += error * error;
      }
    }
    return sum;
  }

  /** zT y over some rows, for one output. */
  #moments(output: number, rows: Iterable<number>): Float64Array {
    const p = this.#features;
    const sums = new Float64Array(p);
    for (const r of rows) {
      const y = this.#y[output * this.#rows + r];
      for (let i = 0; i < p; i++) sums[i] += y * this.#z[r * p + i];
    }
    return sums;
  }

  /** The weights for features as they come, outputs x features, or undefined if the equations are singular. */
  solve(ridge: number): { weights: Float64Array; intercept: Float64Array } | undefined {
    const p = this.#features;
    const n = this.#rows;
    const size = this.#dual ? n : p;
    const a = this.#gram.slice();
    if (!factorise(a, size, ridge)) return undefined;
    const weights = new Float64Array(this.#outputs * p);
    const intercept = this.#targetMean.slice();
    const all = Array.from({ length: n }, (_, r) => r);
    for (let o = 0; o < this.#outputs; o++) {
      const w = weights.subarray(o * p, (o + 1) * p);
      if (this.#dual) {
        const alpha = this.#y.slice(o * n, (o + 1) * n);
        substitute(a, n, alpha);
        for (let r = 0; r < n; r++) for (let i = 0; i < p; i++) w[i] += alpha[r] * this.#z[r * p + i];
      } else {
        w.set(this.#moments(o, all));
        substitute(a, p, w);
      }
      for (let i = 0; i < p; i++) {
        w[i] *= this.#scale[i];
        intercept[o] -= w[i] * this.#mean[i];
      }
    }
    return { weights, intercept };
  }
}

/** The lower half of a aT, for a of n x m. */
function outer(a: Float64Array, n: number, m: number): Float64Array {
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      out[i * n + j] = dot(a, i * m, a, j * m, m);
      out[j * n + i] = out[i * n + j];
    }
  }
  return out;
}

function transpose(a: Float64Array, n: number, m: number): Float64Array {
  const out = new Float64Array(n * m);
  for (let i = 0; i < n; i++) for (let j = 0; j < m; j++) out[j * n + i] = a[i * m + j];
  return out;
}

/** Replaces the lower half of a (n x n) by the Cholesky factor of a + ridge I; false if that is not positive definite. */
function factorise(a: Float64Array, n: number, ridge: number): boolean {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) a[i * n + j] = (a[i * n + j] - dot(a, i * n, a, j * n, j)) / a[j * n + j];
    const pivot = a[i * n + i] + ridge - dot(a, i * n, a, i * n, i);
    if (!(pivot > 1e-300)) return false;
    a[i * n + i] = Math.sqrt(pivot);
  }
  return true;
}

/** Solves l lT x = b for the factor l, in place of b. */
function substitute(l: Float64Array, n: number, b: Float64Array): void {
  for (let i = 0; i < n; i++) b[i] = (b[i] - dot(l, i * n, b, 0, i)) / l[i * n + i];
  for (let i = n - 1; i >= 0; i--) {
    b[i] /= l[i * n + i];
    for (let j = 0; j < i; j++) b[j] -= l[i * n + j] * b[i];
  }
}

/** Four sums, so that an addition need not wait for the one before it. */
function dot(a: Float64Array, ai: number, b: Float64Array, bi: number, n: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let i = 0;
  for (; i + 3 < n; i += 4) {
    s0 += a[ai + i] * b[bi + i];
    s1 += a[ai + i + 1] * b[bi + i + 1];
    s2 += a[ai + i + 2] * b[bi + i + 2];
    s3 += a[ai + i + 3] * b[bi + i + 3];
  }
  for (; i < n; i++) s0 += a[ai + i] * b[bi + i];
  return s0 + s1 + (s2 + s3);
}

/** Which fold each row is in: equal shares, in an order shuffled by a fixed seed, so that sorted rows do no harm. */
function shuffledFolds(rows: number, folds: number): Uint16Array {
  const fold = Uint16Array.from({ length: rows }, (_, r) => r % folds);
  let x = 0x9e3779b9;
  for (let i = rows - 1; i > 0; i--) {
    // Marsaglia's xorshift32.
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    const j = (x >>> 0) % (i + 1);
    const other = fold[j];
    fold[j] = fold[i];
    fold[i] = other;
  }
  return fold;
}
