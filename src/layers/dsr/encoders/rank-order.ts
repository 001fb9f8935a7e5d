import { badArgument } from "../../../errors.js";
import { checkInteger } from "../../../wasm/kernel.js";
import { checkRows } from "../readout-rows.js";
import { checkEncoderOptions, SpikeEncoder } from "./encoder.js";

/** What a rank-order encoder is made of. */
export interface RankOrderEncoderOptions {
  /** Numbers of an input: 1 to 65,536. */
  inputs: number;
  /** Time steps of a code: as many or fewer than inputs, which then share steps evenly. Default: `inputs`, one spike a step. */
  steps?: number;
}

/**
 * Rank-order coding: each input spikes once, in the order of their values, the largest first, of equal ones the first. Only the order counts: the
 * code of a vector is that of any increasing function of it, so that contrast and gain do not matter.
 *
 * Source: Thorpe and Gautrais, Rank order coding, in: Computational Neuroscience: Trends in Research, 1998; Van Rullen and Thorpe, Neural
 * Computation 13, 2001.
 *
 * @example
 * const encoder = new RankOrderEncoder({ inputs: 3 });
 * encoder.order([0.2, 9, 0.4]); // [1, 2, 0], the largest first
 */
export class RankOrderEncoder extends SpikeEncoder {
  /** An encoder; it keeps nothing from one input to the next. @throws ERR_ARGUMENT */
  constructor(options: RankOrderEncoderOptions) {
    checkEncoderOptions(options);
    const inputs = checkInteger("inputs", options.inputs, 1, 65536);
    const steps = options.steps ?? inputs;
    super(inputs, inputs, steps);
    if (steps > inputs) throw badArgument("steps", `${inputs} or fewer: as many as inputs`, steps);
  }

  /** The inputs in the order in which they spike. O(n log n). @throws as `encode` */
  order(input: ArrayLike<number>): Uint32Array {
    checkRows("input", input, this.inputs, 1, 1e100);
    return this.#order(input, 0);
  }

  /**
   * The rank of each input, 0 for the one that spikes first; with fewer steps than inputs the least of those that share its step.
   * An input that is silent has rank `inputs`.
   * @throws as `encode`
   */
  decode(spikes: ArrayLike<number>): Uint32Array {
    this.checkCode(spikes);
    const ranks = new Uint32Array(this.inputs).fill(this.inputs);
    let rank = 0;
    for (let t = 0; t < this.steps; t++) {
      let now = 0;
      for (let i = 0; i < this.inputs; i++) {
        if (spikes[t * this.inputs + i] === 0 || ranks[i] !== this.inputs) continue;
        ranks[i] = rank;
        now++;
      }
      rank += now;
    }
    return ranks;
  }

  protected override write(input: ArrayLike<number>, from: number, spikes: Float32Array, to: number): void {
    const { inputs, steps } = this;
    this.#order(input, from).forEach((i, rank) => {
      spikes[to + Math.floor((rank * steps) / inputs) * inputs + i] = 1;
    });
  }

  #order(input: ArrayLike<number>, from: number): Uint32Array {
    const order = Uint32Array.from({ length: this.inputs }, (_, i) => i);
    return order.sort((a, b) => input[from + b] - input[from + a] || a - b);
  }
}
