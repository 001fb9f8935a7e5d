import { badArgument } from "../../errors.js";
import { checkInteger, checkList, checkNumber } from "../../wasm/kernel.js";
import { Reservoir } from "./reservoir.js";
import { RecursiveLeastSquares } from "./rls.js";

/** How a stream is watched. */
export interface AnomalyOptions {
  /** Steps of the reservoir under each row, 1 to 10^9; default 1. */
  steps?: number;
  /** Weight of the past in what is learned, a row: in [0.001, 1]; default 0.9995, a memory of some 2,000 rows. */
  forgetting?: number;
  /** How many errors of the past an error is compared with: 8 to 65,536; default 512. */
  window?: number;
}

/** How unexpected a row was. */
export interface AnomalyScore {
  /**
   * How many deviations its error is above the median of the window, by the median absolute deviation: below 3 is usual, above 10 is
   * rare. 0 while the window is less than half full.
   */
  score: number;
  /** Share of the window's errors that are smaller: 0 to 1, whatever their distribution. 0 while the window is less than half full. */
  rank: number;
  /** Root of the mean squared error of the prediction, each input in units of its own deviation. */
  error: number;
}

/** Makes a median absolute deviation the standard deviation, where errors are normal (1 / the third quartile of the normal distribution). */
const TO_DEVIATION = 1.4826;
/** An error below this part of the inputs' deviation counts as none: else a stream that is foretold perfectly would alarm at rounding. */
const LEAST = 1e-6;

/**
 * Tells how unexpected each row of a stream is, online and in bounded memory: a readout of the reservoir's state, learned as the stream
 * goes by recursive least squares, foretells the next row; the score is by how much it was wrong, measured by how wrong it was
 * of late. Nothing is labelled and nothing is trained beforehand; what comes again and again becomes usual.
 *
 * What is foretold is the input itself, so rate neurons are the better choice. The row after a surprise is often a surprise too, since
 * the reservoir still remembers the wrong one: count alarms that follow each other as one.
 *
 * With f = neurons + inputs + 1, a row takes O(f^2 + f inputs + window) time beside the reservoir's step, and the memory is
 * 4 f^2 + 8 f inputs + 16 window bytes. Only + - * / and square roots are used: the same bits on every machine.
 *
 * Prediction error as novelty: Chandola, Banerjee, Kumar, "Anomaly detection: a survey", ACM Computing Surveys 41, 2009,
 * section 8; median and median absolute deviation: Leys et al., Journal of Experimental Social Psychology 49, 2013.
 *
 * @example
 * const reservoir = Reservoir.createSync({ kind: "rate", inputs: 1, neurons: 50, spectralRadius: 0.9, inputScale: 0.5 });
 * const detector = new AnomalyDetector(reservoir);
 * for (let t = 0; t < 2000; t++) detector.observe([Math.sin(t / 5)]);
 * detector.observe([Math.sin(400)]).score < 10; // true
 * detector.observe([3]).score > 10; // true
 */
export class AnomalyDetector {
  readonly #reservoir: Reservoir;
  readonly #steps: number;
  readonly #readout: RecursiveLeastSquares;
  /** What the next row is foretold from: the reservoir's features, the last row, and 1. */
  readonly #state: Float64Array;
  /** The last errors: a ring, by time; and the same, ascending. */
  readonly #ring: Float64Array;
  readonly #sorted: Float64Array;
  /** Rows seen since the start. */
  #rows = 0;
  /** Mean and sum of squared distances from it of each input, both fading as what is learned does, and the weight of the rows in them. */
  readonly #mean: Float64Array;
  readonly #squares: Float64Array;
  readonly #forgetting: number;
  #weight = 0;

  /**
   * A detector that has seen nothing.
   * @param reservoir is stepped by `observe`, and stays its owner's to dispose. It has at most 4,095 neurons and inputs together.
   * @throws ERR_ARGUMENT, ERR_NOT_FINITE
   */
  constructor(reservoir: Reservoir, options: AnomalyOptions = {}) {
    if (!(reservoir instanceof Reservoir)) throw badArgument("reservoir", "a Reservoir", reservoir);
    const { inputs, neurons } = reservoir;
    checkInteger("neurons + inputs", neurons + inputs, 3, 4095);
    this.#reservoir = reservoir;
    this.#steps = checkInteger("steps", options.steps ?? 1, 1, 1e9);
    this.#forgetting = checkNumber("forgetting", options.forgetting ?? 0.9995, 1e-3, 1);
    const window = checkInteger("window", options.window ?? 512, 8, 65536);
    this.#readout = new RecursiveLeastSquares({ features: neurons + inputs + 1, outputs: inputs, forgetting: this.#forgetting });
    this.#state = new Float64Array(neurons + inputs + 1);
    this.#ring = new Float64Array(window);
    this.#sorted = new Float64Array(window);
    this.#mean = new Float64Array(inputs);
    this.#squares = new Float64Array(inputs);
    this.#look(new Array<number>(inputs).fill(0));
  }

  /**
   * Takes the next row of the stream.
   * @param input `inputs` numbers in [-1e9, 1e9]
   * @throws ERR_DIMENSION, ERR_NOT_FINITE, ERR_ARGUMENT, ERR_DISPOSED; nothing is changed then
   */
  observe(input: ArrayLike<number>): AnomalyScore {
    checkList("input", input);
    // A copy, since what is checked must be what is learned.
    const row = Array.from(input);
    this.#reservoir.step(row, this.#steps);
    const error = this.#normalised(this.#readout.update(this.#state, row));
    this.#look(row);
    this.#fade(row);
    const judged = this.#judge(error);
    this.#remember(error);
    return judged;
  }

  /** What the next row is expected to be. */
  predict(): Float64Array {
    return this.#readout.predict(this.#state);
  }

  /** Reads the state that the next row is foretold from. */
  #look(row: readonly number[]): void {
    const { neurons } = this.#reservoir;
    this.#state.set(this.#reservoir.features());
    this.#state.set(row, neurons);
    this.#state[neurons + row.length] = 1;
  }

  /** The root of the mean squared error, each input by its deviation so far; of an input that has not moved yet, by 1. */
  #normalised(errors: Float64Array): number {
    let sum = 0;
    errors.forEach((e, i) => {
      const squares = this.#squares[i];
      sum += squares > 0 ? (e * e * this.#weight) / squares : e * e;
    });
    return Math.sqrt(sum / errors.length);
  }

  /** Welford's update, with weights that fade. */
  #fade(row: readonly number[]): void {
    this.#weight = this.#forgetting * this.#weight + 1;
    row.forEach((x, i) => {
      const distance = x - this.#mean[i];
      this.#mean[i] += distance / this.#weight;
      this.#squares[i] = this.#forgetting * this.#squares[i] + distance * (x - this.#mean[i]);
    });
  }

  #judge(error: number): AnomalyScore {
    const sorted = this.#sorted;
    const n = Math.min(this.#rows, sorted.length);
    if (2 * n < sorted.length) return { score: 0, rank: 0, error };
    const middle = n >> 1;
    const median = sorted[middle];
    const deviation = TO_DEVIATION * medianDistance(sorted, n, middle);
    return { score: (error - median) / Math.max(deviation, LEAST), rank: lowerBound(sorted, n, error) / n, error };
  }

  /** Puts an error in the place of the oldest. O(window). */
  #remember(error: number): void {
    const { length } = this.#ring;
    const sorted = this.#sorted;
    const at = this.#rows % length;
    let n = Math.min(this.#rows, length);
    if (n === length) {
      const gone = lowerBound(sorted, n, this.#ring[at]);
      sorted.copyWithin(gone, gone + 1, n--);
    }
    const place = lowerBound(sorted, n, error);
    sorted.copyWithin(place + 1, place, n);
    sorted[place] = error;
    this.#ring[at] = error;
    this.#rows++;
  }
}

/** The first place in ascending numbers whose number is not below x. */
function lowerBound(sorted: Float64Array, n: number, x: number): number {
  let low = 0;
  let high = n;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < x) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The median of the distances of n ascending numbers from that in the middle, by merging the two sides. O(n). */
function medianDistance(sorted: Float64Array, n: number, middle: number): number {
  let below = middle;
  let above = middle + 1;
  let distance = 0;
  for (let taken = 0; taken <= n >> 1; taken++) {
    const down = below >= 0 ? sorted[middle] - sorted[below] : Infinity;
    const up = above < n ? sorted[above] - sorted[middle] : Infinity;
    distance = Math.min(down, up);
    if (down <= up) below--;
    else above++;
  }
  return distance;
}
