import { badArgument } from "../../../errors.js";
import { checkEncoderOptions, type EncoderOptions, perInput, SpikeEncoder } from "./encoder.js";

/** What a delta encoder is made of. */
export interface DeltaEncoderOptions extends Omit<EncoderOptions, "steps"> {
  /** A change that makes a spike, > 0: one for all inputs, or one for each. */
  threshold: number | ArrayLike<number>;
  /** Time steps of one row, and the most spikes an input makes in it: 1 to 65,536; default 1. */
  steps?: number;
}

/**
 * Delta coding (level crossings, send on delta): an input spikes when it has moved by `threshold` since the last spike, on one channel if it rose, on
 * another if it fell. A stream that does not change sends nothing. Channel 2 i is up, 2 i + 1 down, of input i.
 *
 * The encoder remembers, for each input, the first value and how many thresholds it has sent since. After each row the sum of what was sent is within one
 * threshold of the input, unless that moved by more than `steps` thresholds at once: then it catches up in the rows that follow. `reset` forgets.
 *
 * Source: Mark and Todd, IEEE Transactions on Communications 29, 1981 (nonuniform sampling of the electrocardiogram); Lichtsteiner, Posch and Delbruck, IEEE
 * Journal of Solid-State Circuits 43, 2008 (the event camera); Miskowicz, Sensors 6, 2006 (send on delta).
 *
 * @example
 * const encoder = new DeltaEncoder({ inputs: 1, threshold: 0.5 });
 * encoder.encodeRows([0, 0.6, 0.7, -0.2]); // [0, 0, 1, 0, 0, 0, 0, 1], by rows: none; up; none; down
 */
export class DeltaEncoder extends SpikeEncoder {
  readonly #threshold: Float64Array;
  readonly #first: Float64Array;
  /** Thresholds sent since the first row, up less down. */
  readonly #sent: Float64Array;
  #started = false;

  /** An encoder that waits for its first row. @throws ERR_ARGUMENT, ERR_DIMENSION, ERR_NOT_FINITE */
  constructor(options: DeltaEncoderOptions) {
    checkEncoderOptions(options);
    super(options.inputs, options.inputs * 2, options.steps ?? 1);
    this.#threshold = perInput("threshold", options.threshold, this.inputs);
    for (const t of this.#threshold) if (!(t >= 1e-100)) throw badArgument("threshold", "1e-100 or more", t);
    this.#first = new Float64Array(this.inputs);
    this.#sent = new Float64Array(this.inputs);
  }

  /** What the spikes so far say about each input: `inputs` numbers; zeros before the first row. */
  reconstruction(): Float64Array {
    return this.#first.map((first, i) => first + this.#sent[i] * this.#threshold[i]);
  }

  /**
   * What the spikes of a sequence say about it, given where it began.
   * @param spikes (rows steps) x channels, as `encodeRows` gives them
   * @param first the first row: `inputs` numbers
   * @returns rows x inputs
   * @throws ERR_DIMENSION, ERR_NOT_FINITE, ERR_ARGUMENT
   */
  decodeRows(spikes: ArrayLike<number>, first: ArrayLike<number>): Float64Array {
    const rows = this.checkCodes(spikes);
    const start = perInput("first", first, this.inputs);
    const sent = new Float64Array(this.inputs);
    const out = new Float64Array(rows * this.inputs);
    for (let r = 0, at = 0; r < rows; r++) {
      for (let t = 0; t < this.steps; t++) {
        for (let i = 0; i < this.inputs; i++, at += 2) {
          if (spikes[at] !== 0) sent[i]++;
          if (spikes[at + 1] !== 0) sent[i]--;
        }
      }
      for (let i = 0; i < this.inputs; i++) out[r * this.inputs + i] = start[i] + sent[i] * this.#threshold[i];
    }
    return out;
  }

  /** Forgets the stream: the next row is a first one. */
  reset(): void {
    this.#started = false;
    this.#first.fill(0);
    this.#sent.fill(0);
  }

  protected override write(input: ArrayLike<number>, from: number, spikes: Float32Array, to: number): void {
    if (!this.#started) {
      this.#started = true;
      for (let i = 0; i < this.inputs; i++) this.#first[i] = input[from + i];
      return;
    }
    for (let i = 0; i < this.inputs; i++) {
      // Counted from the first value, so that no rounding gathers.
      const behind = (input[from + i] - this.#first[i]) / this.#threshold[i] - this.#sent[i];
      const spikesOf = Math.min(this.steps, Math.floor(Math.abs(behind)));
      const channel = to + 2 * i + (behind > 0 ? 0 : 1);
      for (let t = 0; t < spikesOf; t++) spikes[channel + t * this.channels] = 1;
      this.#sent[i] += behind > 0 ? spikesOf : -spikesOf;
    }
  }
}
