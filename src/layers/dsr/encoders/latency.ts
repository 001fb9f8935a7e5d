import { checkEncoderOptions, type EncoderOptions, Range, type RangeOptions, SpikeEncoder } from "./encoder.js";

/** What a latency encoder is made of. */
export interface LatencyEncoderOptions extends EncoderOptions, RangeOptions {}

/**
 * Latency coding (time to first spike): each input spikes once, the sooner the larger it is: `max` in the first step, `min` in the
 * last, in even steps between. Fast and sparse: one spike an input, and the largest inputs are known first. `decode` gives values back to
 * within half a step, (max - min) / (2 (steps - 1)).
 *
 * Source: Hopfield, Nature 376, 1995; Johansson and Birznieks, Nature Neuroscience 7, 2004 (first spikes).
 *
 * @example
 * const encoder = new LatencyEncoder({ inputs: 3, steps: 11 });
 * firstSpikeTimes(encoder.encode([1, 0.5, 0]), encoder.channels); // [0, 5, 10], in ms
 */
export class LatencyEncoder extends SpikeEncoder {
  readonly #range: Range;

  /** An encoder; it keeps nothing from one input to the next. @throws ERR_ARGUMENT, ERR_DIMENSION, ERR_NOT_FINITE */
  constructor(options: LatencyEncoderOptions) {
    checkEncoderOptions(options);
    super(options.inputs, options.inputs, options.steps);
    this.#range = new Range(this.inputs, options);
  }

  /** What a code says about the input; `min` where nothing spikes. @throws as `encode` */
  decode(spikes: ArrayLike<number>): Float64Array {
    this.checkCode(spikes);
    const values = new Float64Array(this.inputs).map((_, i) => this.#range.value(0, i));
    for (let t = this.steps - 1, at = spikes.length - 1; t >= 0; t--) {
      for (let i = this.inputs - 1; i >= 0; i--, at--)
        if (spikes[at] !== 0) values[i] = this.#range.value(1 - t / Math.max(1, this.steps - 1), i);
    }
    return values;
  }

  protected override write(input: ArrayLike<number>, from: number, spikes: Float32Array, to: number): void {
    for (let i = 0; i < this.inputs; i++) {
      const step = Math.floor((1 - this.#range.fraction(input[from + i], i)) * (this.steps - 1) + 0.5);
      spikes[to + step * this.channels + i] = 1;
    }
  }
}
