import { checkNumber, seedHalves } from "../../../wasm/kernel.js";
import { checkEncoderOptions, type EncoderOptions, Range, type RangeOptions, SpikeEncoder } from "./encoder.js";

/** How a rate encoder spikes. */
export interface RateEncoderOptions extends EncoderOptions, RangeOptions {
  /** Chance of a spike in a step at `max`, in (0, 1]; default 1. At `min` it is 0. */
  maxRate?: number;
  /** Seed of the spikes; default 0. Any safe integer. */
  seed?: number;
}

/**
 * Rate coding: in each step an input spikes by chance, the more often the larger it is; independent Bernoulli trials, for short
 * steps a Poisson process. Robust against lost spikes, slow: an estimate from `steps` steps has a deviation of up to
 * 1 / (2 sqrt(steps)) of the range.
 *
 * An encoder draws on from where it stopped: same options and same calls, same spikes; `reset` starts again.
 * Source: Adrian and Zotterman, Journal of Physiology 61, 1926; Dayan and Abbott, Theoretical Neuroscience, chapter 1.
 *
 * @example
 * const encoder = new RateEncoder({ inputs: 2, steps: 100, maxRate: 0.5, seed: 1 });
 * encoder.encode([0.2, 1]).length; // 200, of which about 10 spikes of the one input and about 50 of the other
 */
export class RateEncoder extends SpikeEncoder {
  readonly #range: Range;
  readonly #maxRate: number;
  readonly #random: Xoroshiro64;

  /** An encoder at the start of its random numbers. @throws ERR_ARGUMENT, ERR_DIMENSION, ERR_NOT_FINITE */
  constructor(options: RateEncoderOptions) {
    checkEncoderOptions(options);
    super(options.inputs, options.inputs, options.steps);
    this.#range = new Range(this.inputs, options);
    this.#maxRate = checkNumber("maxRate", options.maxRate ?? 1, Number.MIN_VALUE, 1);
    this.#random = new Xoroshiro64(seedHalves(options.seed));
  }

  /** What a code says about the input: the share of the steps with a spike, as a value. @throws as `encode` */
  decode(spikes: ArrayLike<number>): Float64Array {
    this.checkCode(spikes);
    const counts = new Float64Array(this.inputs);
    for (let at = 0; at < spikes.length; at++) if (spikes[at] !== 0) counts[at % this.inputs]++;
    return counts.map((count, i) => this.#range.value(Math.min(1, count / (this.steps * this.#maxRate)), i));
  }

  /** Draws again from the seed on. */
  reset(): void {
    this.#random.reset();
  }

  protected override write(input: ArrayLike<number>, from: number, spikes: Float32Array, to: number): void {
    const chance = new Float64Array(this.inputs);
    for (let i = 0; i < chance.length; i++) chance[i] = this.#range.fraction(input[from + i], i) * this.#maxRate * 0x1_0000_0000;
    for (let t = 0, at = to; t < this.steps; t++) {
      for (let i = 0; i < chance.length; i++, at++) if (this.#random.next() < chance[i]) spikes[at] = 1;
    }
  }
}

/** xoroshiro64**: 32 random bits a call from 64 bits of state. Source: Blackman and Vigna, ACM Transactions on Mathematical Software 47, 2021. */
class Xoroshiro64 {
  #a = 0;
  #b = 0;

  constructor(readonly seed: readonly [low: number, high: number]) {
    this.reset();
  }

  reset(): void {
    // Mixed first: near seeds would give near streams, and a state of two zeros only zeros.
    this.#a = mix(this.seed[0] ^ 0x9e3779b9);
    this.#b = mix(this.seed[1] + this.#a);
    if ((this.#a | this.#b) === 0) this.#a = 1;
  }

  /** An integer in [0, 2^32). */
  next(): number {
    const a = this.#a;
    const b = this.#b ^ a;
    const product = Math.imul(a, 0x9e3779bb);
    this.#a = ((a << 26) | (a >>> 6)) ^ b ^ (b << 9);
    this.#b = (b << 13) | (b >>> 19);
    return Math.imul((product << 5) | (product >>> 27), 5) >>> 0;
  }
}

/** A bijection of 32 bits in which each bit depends on all (MurmurHash3's finaliser). */
function mix(h: number): number {
  let x = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return x ^ (x >>> 16);
}
