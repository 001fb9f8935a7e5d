import { badArgument, MfnError } from "../../errors.js";
import { checkInteger, checkNumber } from "../../wasm/kernel.js";
import { RidgeProblem } from "./readout-ridge.js";
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
  /** Rows it was fitted to. */
  rows: number;
  /** The penalty used: the one given, or the one chosen. */
  ridge: number;
  /** Mean squared error in the cross-validation; only where that chose the ridge. */
  error?: number;
}

/** The most a feature or target may be, in magnitude: sums of squares of such numbers are finite. */
const MOST = 1e100;

/**
 * A linear readout fitted by ridge regression: what a reservoir's states, or any features, say about targets or classes.
 *
 * The normal equations are solved by Cholesky's method in f64, in the smaller of the two forms: features x features, or rows x
 * rows (Hoerl and Kennard, Technometrics 12, 1970; the dual form: Saunders, Gammerman, Vovk, ICML 1998). Features are
 * standardised first, the intercept is not penalised. Only + - * / and square roots are used: the same bits on every machine.
 *
 * With m = min(rows, features), a fit is O(rows features m / 2 + m^3 / 6) multiplications; choosing the ridge takes 5 or 6 times
 * `folds` times the m^3 / 6 more. 2,700 rows of 1,000 features and 10 classes: see docs/dsr-encoders.md.
 *
 * @example
 * const readout = new RidgeReadout({ features: 2, outputs: 2 });
 * readout.fitClasses([0, 1, 0.1, 0.9, 1, 0, 0.8, 0.1], [0, 0, 1, 1]);
 * readout.classify([0.9, 0.2]); // 1
 */
export class RidgeReadout {
  /** Numbers of a state. */
  readonly features: number;
  /** Numbers it predicts, or classes. */
  readonly outputs: number;
  #weights: Float64Array | undefined;
  #intercept: Float64Array = new Float64Array(0);

  /** A readout without weights, which come with `fit` or `fitClasses`. @throws ERR_ARGUMENT */
  constructor({ features, outputs }: ReadoutOptions) {
    this.features = checkInteger("features", features, 1, 65536);
    this.outputs = checkInteger("outputs", outputs, 1, 4096);
  }

  /**
   * Fits targets.
   * @param states rows x `features` numbers in [-1e100, 1e100]
   * @param targets rows x `outputs` numbers in [-1e100, 1e100]
   * @throws ERR_DIMENSION, ERR_NOT_FINITE, ERR_ARGUMENT (also for a ridge so small that the equations are singular), ERR_MEMORY; the
   *   readout is then as before
   */
  fit(states: ArrayLike<number>, targets: ArrayLike<number>, options: FitOptions = {}): FitReport {
    const rows = checkRows("states", states, this.features, undefined, MOST);
    checkRows("targets", targets, this.outputs, rows, MOST);
    const { ridge } = options;
    if (ridge !== undefined && checkNumber("ridge", ridge) <= 0) throw badArgument("ridge", "a number > 0", ridge);
    const folds = checkInteger("folds", options.folds ?? Math.min(5, Math.max(2, rows)), 2, 1000);
    if (ridge === undefined && rows < 2) throw badArgument("states", "two rows or more, to choose a ridge", rows);
    try {
      const problem = new RidgeProblem(states, targets, rows, this.features, this.outputs);
      const chosen = ridge === undefined ? problem.choose(Math.min(folds, rows)) : { ridge, error: undefined };
      const solution = problem.solve(chosen.ridge);
      if (solution === undefined) throw badArgument("ridge", "a larger number (the equations are singular)", chosen.ridge);
      this.#weights = solution.weights;
      this.#intercept = solution.intercept;
      return { rows, ...chosen };
    } catch (cause) {
      if (!(cause instanceof RangeError)) throw cause;
      throw new MfnError("ERR_MEMORY", `readout: no memory for the equations of ${rows} rows of ${this.features} features`, { cause });
    }
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
