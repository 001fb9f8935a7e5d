import { exp } from "../../../math.js";
import { checkInteger, checkNumber } from "../../../wasm/kernel.js";
import { checkRows } from "../readout-rows.js";
import { checkEncoderOptions, type EncoderOptions, Range, type RangeOptions, SpikeEncoder } from "./encoder.js";

/** What a population encoder is made of. */
export interface PopulationEncoderOptions extends EncoderOptions, RangeOptions {
  /** Neurons, with one receptive field each, for each input: 3 to 4,096. */
  neurons: number;
  /** Overlap of the fields: their deviation is (max - min) / (beta (neurons - 2)), in [0.1, 10]; default 1.5. */
  beta?: number;
  /** A neuron whose activation is below stays silent, in [0, 1); default 0.1. */
  leastActivation?: number;
}

/**
 * Population coding: each input is seen by several neurons whose Gaussian receptive fields overlap, spread evenly over its range; a
 * neuron spikes once, the sooner the nearer the input is to the centre of its field. A readout can so learn any function of
 * one input, not only one that rises or falls with it. Channel i `neurons` + j is neuron j of input i.
 *
 * Source: Bohte, La Poutré and Kok, IEEE Transactions on Neural Networks 13, 2002 (centres, widths and times); Eurich and Wilke, Neural
 * Computation 12, 2000. Steps are those of the activation: step round((1 - activation) (steps - 1)).
 *
 * @example
 * const encoder = new PopulationEncoder({ inputs: 1, neurons: 5, steps: 10 });
 * encoder.activations([0.5])[2]; // 1, that of the middle neuron
 */
export class PopulationEncoder extends SpikeEncoder {
  /** Neurons of each input. */
  readonly neurons: number;
  readonly #range: Range;
  readonly #beta: number;
  readonly #least: number;

  /** An encoder; it keeps nothing from one input to the next. @throws ERR_ARGUMENT, ERR_DIMENSION, ERR_NOT_FINITE */
  constructor(options: PopulationEncoderOptions) {
    checkEncoderOptions(options);
    const neurons = checkInteger("neurons", options.neurons, 3, 4096);
    super(options.inputs, options.inputs * neurons, options.steps);
    this.neurons = neurons;
    this.#range = new Range(this.inputs, options);
    this.#beta = checkNumber("beta", options.beta ?? 1.5, 0.1, 10);
    this.#least = checkNumber("leastActivation", options.leastActivation ?? 0.1, 0, 1);
  }

  /** How much each neuron is excited, in [0, 1]: `channels` numbers. @throws as `encode` */
  activations(input: ArrayLike<number>): Float64Array {
    checkRows("input", input, this.inputs, 1, 1e100);
    const out = new Float64Array(this.channels);
    this.#activate(input, 0, out);
    return out;
  }

  /**
   * What a code says about the input: the mean of the centres of the neurons that spiked, weighted by their activations. Near, not equal: within about
   * a tenth of the range for few neurons, better for many. The middle of the range where nothing spikes.
   * @throws as `encode`
   */
  decode(spikes: ArrayLike<number>): Float64Array {
    this.checkCode(spikes);
    const weights = new Float64Array(this.channels);
    for (let t = this.steps - 1, at = spikes.length - 1; t >= 0; t--) {
      for (let c = this.channels - 1; c >= 0; c--, at--) if (spikes[at] !== 0) weights[c] = 1 - t / this.steps;
    }
    const n = this.neurons;
    return Float64Array.from({ length: this.inputs }, (_, i) => {
      let sum = 0;
      let all = 0;
      for (let j = 0; j < n; j++) {
        sum += weights[i * n + j] * this.#centre(j);
        all += weights[i * n + j];
      }
      return this.#range.value(all > 0 ? Math.max(0, Math.min(1, sum / all)) : 0.5, i);
    });
  }

  protected override write(input: ArrayLike<number>, from: number, spikes: Float32Array, to: number): void {
    const activation = new Float64Array(this.channels);
    this.#activate(input, from, activation);
    for (let c = 0; c < this.channels; c++) {
      if (activation[c] < this.#least) continue;
      spikes[to + Math.floor((1 - activation[c]) * (this.steps - 1) + 0.5) * this.channels + c] = 1;
    }
  }

  #activate(input: ArrayLike<number>, from: number, out: Float64Array): void {
    const n = this.neurons;
    const inverse = this.#beta * (n - 2);
    for (let i = 0, c = 0; i < this.inputs; i++) {
      const f = this.#range.fraction(input[from + i], i);
      for (let j = 0; j < n; j++, c++) {
        const z = (f - this.#centre(j)) * inverse;
        out[c] = exp(-0.5 * z * z);
      }
    }
  }

  /** Where in the range the field of neuron j is: from half a distance below the least value to half a distance above the largest. */
  #centre(j: number): number {
    return (2 * j - 1) / (2 * (this.neurons - 2));
  }
}
