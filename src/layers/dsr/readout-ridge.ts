import { addOuter, dot, factorise, type Matrix, substitute } from "./readout-algebra.js";

/** Tried first as penalties, times the number of rows; then, where the best is at an end, what lies beyond; then the steps beside the best. */
const FIRST = [1e-4, 1e-2, 1];
const BEYOND = new Map([
  [1e-4, 1e-6],
  [1, 1e2],
]);
const BESIDE = new Map([
  [1e-6, [1e-5]],
  [1e-4, [1e-5, 1e-3]],
  [1e-2, [1e-3, 1e-1]],
  [1, [1e-1, 10]],
  [1e2, [10]],
]);

/** The most numbers of all parts of a cross-validation together that are kept (128 MiB). Where there are more, or a part is a mere copy (dual), each
 * is made anew for each pass. */
const MOST_KEPT = 2 ** 24;

/** Weights for features as they come, outputs x features, and what is added. */
export interface RidgeSolution {
  weights: Float64Array;
  intercept: Float64Array;
}

/** One part of a cross-validation. */
interface Part {
  kept: Uint32Array;
  left: Uint32Array;
  /** The equations of the rows kept, centred on their own mean: the left side, and for each output the right side and the target's mean. */
  gram: Matrix;
  right: Float64Array[];
  means: number[];
  /** The mean of the kept rows' features (primal) or of their products with each kept row (dual). */
  centre: Float64Array;
}

/** Standardised features z, centred targets y, and the smaller Gram matrix: z zT (dual) if there are fewer rows, else zT z. */
export class RidgeProblem {
  readonly #rows: number;
  readonly #features: number;
  readonly #outputs: number;
  readonly #dual: boolean;
  readonly #mean: Float64Array;
  readonly #scale: Float64Array;
  readonly #targetMean: Float64Array;
  /** rows x features. */
  readonly #z: Matrix;
  /** outputs x rows. */
  readonly #y: Float64Array;
  /** Both halves. */
  readonly #gram: Matrix;

  constructor(states: ArrayLike<number>, targets: ArrayLike<number>, rows: number, features: number, outputs: number) {
    this.#rows = rows;
    this.#features = features;
    this.#outputs = outputs;
    this.#dual = rows < features;
    const z = new Float64Array(rows * features);
    for (let i = 0; i < z.length; i++) z[i] = states[i];
    this.#z = { data: z, width: features };
    const { mean, scale } = moments(z, rows, features);
    this.#mean = mean;
    this.#scale = scale;
    for (let r = 0, at = 0; r < rows; r++) for (let i = 0; i < features; i++, at++) z[at] = (z[at] - mean[i]) * scale[i];
    this.#targetMean = new Float64Array(outputs);
    this.#y = new Float64Array(rows * outputs);
    for (let o = 0; o < outputs; o++) {
      let sum = 0;
      for (let r = 0; r < rows; r++) sum += targets[r * outputs + o];
      this.#targetMean[o] = sum / rows;
      for (let r = 0; r < rows; r++) this.#y[o * rows + r] = targets[r * outputs + o] - sum / rows;
    }
    const n = Math.min(rows, features);
    this.#gram = { data: new Float64Array(n * n), width: n };
    addOuter(
      this.#gram,
      this.#dual
        ? this.#z
        : transpose(
            this.#z,
            Uint32Array.from({ length: rows }, (_, r) => r),
          ),
    );
    for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) this.#gram.data[j * n + i] = this.#gram.data[i * n + j];
  }

  /** The penalty with the least mean squared error on rows that were left out. */
  choose(folds: number): { ridge: number; error: number } {
    const fold = shuffledFolds(this.#rows, folds);
    const size = this.#gram.width;
    const part = (f: number) => this.#part(fold, f);
    const keep = !this.#dual && folds * size * size <= MOST_KEPT;
    const parts = keep ? Array.from({ length: folds }, (_, f) => part(f)) : undefined;
    const work = new Float64Array(size * size);
    const tried = new Map<number, number>();
    let best = FIRST[0];
    const attempt = (factors: readonly number[]) => {
      const sums = factors.map(() => 0);
      for (let f = 0; f < folds; f++) {
        const equations = parts?.[f] ?? part(f);
        factors.forEach((factor, i) => {
          sums[i] += this.#leftOutError(equations, factor * this.#rows, work);
        });
      }
      factors.forEach((factor, i) => {
        const error = Number.isFinite(sums[i]) ? sums[i] / (this.#rows * this.#outputs) : Infinity;
        tried.set(factor, error);
        if (error < (tried.get(best) as number)) best = factor;
      });
    };
    attempt(FIRST);
    const beyond = BEYOND.get(best);
    if (beyond !== undefined) attempt([beyond]);
    attempt(BESIDE.get(best) as number[]);
    return { ridge: best * this.#rows, error: tried.get(best) as number };
  }

  /**
   * One part of a cross-validation, with all that does not depend on the penalty. It has an intercept of its own: centred on all rows, those
   * left out would be known from the sum of those kept.
   */
  #part(fold: Uint16Array, f: number): Part {
    const all = Uint32Array.from(fold.keys());
    const kept = all.filter((r) => fold[r] !== f);
    const left = all.filter((r) => fold[r] === f);
    const means = Array.from(
      { length: this.#outputs },
      (_, o) => kept.reduce((sum, r) => sum + this.#y[o * this.#rows + r], 0) / kept.length,
    );
    return { kept, left, means, ...(this.#dual ? this.#among(kept, means) : this.#without(kept, left, means)) };
  }

  /** The sum of squared errors on the rows left out; Infinity where the equations are singular. */
  #leftOutError({ kept, left, gram, right, means, centre }: Part, ridge: number, work: Float64Array): number {
    const n = gram.width;
    const factor: Matrix = { data: work.subarray(0, n * n), width: n };
    factor.data.set(gram.data);
    if (!factorise(factor, ridge)) return Infinity;
    const solved = right.map((side) => {
      const x = side.slice();
      substitute(factor, x);
      return x;
    });
    const offsets = solved.map((x, o) => means[o] - dot(x, 0, centre, 0, n));
    const products = new Float64Array(n);
    let sum = 0;
    for (const r of left) {
      // What the solutions are to be multiplied with: the row's features, or its products with the rows kept.
      if (this.#dual) for (let i = 0; i < n; i++) products[i] = this.#gram.data[r * this.#rows + kept[i]];
      const [data, at] = this.#dual ? [products, 0] : [this.#z.data, r * n];
      for (let o = 0; o < solved.length; o++) {
        const error = dot(solved[o], 0, data, at, n) + offsets[o] - this.#y[o * this.#rows + r];
        sum += error * error;
      }
    }
    return sum;
  }

  /** The equations of some rows (dual). */
  #among(kept: Uint32Array, means: number[]): Pick<Part, "gram" | "right" | "centre"> {
    const n = kept.length;
    const rows = this.#rows;
    const data = new Float64Array(n * n);
    const centre = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        const product = this.#gram.data[kept[i] * rows + kept[j]];
        data[i * n + j] = product;
        centre[i] += product;
      }
      centre[i] /= n;
    }
    const middle = centre.reduce((sum, c) => sum + c, 0) / n;
    for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) data[i * n + j] -= centre[i] + centre[j] - middle;
    const right = means.map((mean, o) => Float64Array.from(kept, (r) => this.#y[o * rows + r] - mean));
    return { gram: { data, width: n }, right, centre };
  }

  /** The equations of all rows but some (primal). */
  #without(kept: Uint32Array, left: Uint32Array, means: number[]): Pick<Part, "gram" | "right" | "centre"> {
    const p = this.#features;
    const n = kept.length;
    const data = this.#gram.data.slice();
    const gram = { data, width: p };
    addOuter(gram, transpose(this.#z, left), -1);
    const centre = new Float64Array(p);
    for (const r of kept) for (let i = 0, at = r * p; i < p; i++, at++) centre[i] += this.#z.data[at];
    for (let i = 0; i < p; i++) centre[i] /= n;
    for (let i = 0; i < p; i++) for (let j = 0; j <= i; j++) data[i * p + j] -= n * centre[i] * centre[j];
    const right = means.map((mean, o) => this.#moments(o, kept).map((sum, i) => sum - n * mean * centre[i]));
    return { gram, right, centre };
  }

  /** zT y over some rows, for one output. */
  #moments(output: number, rows: Uint32Array): Float64Array {
    const p = this.#features;
    const z = this.#z.data;
    const sums = new Float64Array(p);
    for (const r of rows) {
      const y = this.#y[output * this.#rows + r];
      for (let i = 0, at = r * p; i < p; i++, at++) sums[i] += y * z[at];
    }
    return sums;
  }

  /** The weights, or undefined if the equations are singular. The problem cannot be used after. */
  solve(ridge: number): RidgeSolution | undefined {
    const p = this.#features;
    const n = this.#rows;
    const a = this.#gram;
    if (!factorise(a, ridge)) return undefined;
    const weights = new Float64Array(this.#outputs * p);
    const intercept = this.#targetMean.slice();
    const all = Uint32Array.from({ length: n }, (_, r) => r);
    for (let o = 0; o < this.#outputs; o++) {
      const w = weights.subarray(o * p, (o + 1) * p);
      if (this.#dual) {
        const alpha = this.#y.slice(o * n, (o + 1) * n);
        substitute(a, alpha);
        for (let r = 0, at = 0; r < n; r++) for (let i = 0; i < p; i++, at++) w[i] += alpha[r] * this.#z.data[at];
      } else {
        w.set(this.#moments(o, all));
        substitute(a, w);
      }
      for (let i = 0; i < p; i++) {
        w[i] *= this.#scale[i];
        intercept[o] -= w[i] * this.#mean[i];
      }
    }
    return { weights, intercept };
  }
}

/** The mean of each column, and the inverse of its standard deviation. */
function moments(z: Float64Array, rows: number, features: number): { mean: Float64Array; scale: Float64Array } {
  const mean = new Float64Array(features);
  const scale = new Float64Array(features);
  for (let r = 0, at = 0; r < rows; r++) for (let i = 0; i < features; i++, at++) mean[i] += z[at];
  for (let i = 0; i < features; i++) mean[i] /= rows;
  for (let r = 0, at = 0; r < rows; r++) {
    for (let i = 0; i < features; i++, at++) scale[i] += (z[at] - mean[i]) * (z[at] - mean[i]);
  }
  for (let i = 0; i < features; i++) {
    const deviation = Math.sqrt(scale[i] / rows);
    // A feature that never changes says nothing: its weight becomes 0.
    scale[i] = deviation > 1e-12 * Math.abs(mean[i]) && deviation > 1e-150 ? 1 / deviation : 0;
  }
  return { mean, scale };
}

/** Some rows of a matrix as columns. */
function transpose({ data, width }: Matrix, rows: Uint32Array): Matrix {
  const n = rows.length;
  const out = new Float64Array(n * width);
  for (let r = 0; r < n; r++) for (let i = 0, at = rows[r] * width; i < width; i++, at++) out[i * n + r] = data[at];
  return { data: out, width: n };
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
