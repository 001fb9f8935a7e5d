// The obvious echo state network, in f32 by Math.fround, so that it agrees with the module bit by bit; and the spectral radius of a
// matrix by repeated squaring. The recurrent weights are given: the tests look at how they were drawn.
import { SplitMix, settled } from "./reservoir.js";

const f = Math.fround;

/** One synapse; those of a target are summed in the order in which they are given. */
export interface RateSynapse {
  source: number;
  target: number;
  weight: number;
}

export interface RateOracleOptions {
  inputs: number;
  neurons: number;
  leakRate: number;
  inputScale: number;
  inputConnectivity: number;
  bias: number;
  seed: bigint;
}

const UPPER = [-2.76076847742355e-16, 2.00018790482477e-13, -8.60467152213735e-11, 5.12229709037114e-8, 1.48572235717979e-5].map(f);
const LOWER = [1.19825839466702e-6, 1.18534705686654e-4, 2.268434632439e-3, 4.89352518554385e-3].map(f);

/** The quotient of polynomials by which the module has the hyperbolic tangent. */
export function rationalTanh(y: number): number {
  const end = f(7.905311107635498);
  const x = Math.max(Math.min(y, end), -end);
  const s = f(x * x);
  const horner = (coefficients: number[]) => coefficients.reduce((sum, c) => f(f(s * sum) + c));
  return f(f(x * horner([...UPPER, f(6.37261928875436e-4), f(4.89352455891786e-3)])) / horner(LOWER));
}

export class RateOracle {
  activation: Float32Array;
  readonly #o: RateOracleOptions;
  readonly #bias: Float32Array;
  readonly #inputWeights: Float32Array[] = [];
  readonly #synapses: readonly RateSynapse[];

  constructor(o: RateOracleOptions, synapses: readonly RateSynapse[]) {
    this.#o = o;
    this.#synapses = synapses;
    const random = new SplitMix(o.seed);
    for (let k = 0; k < o.inputs; k++) {
      const row = new Float32Array(o.neurons);
      for (let i = 0; i < o.neurons; i++) {
        if (random.f32() < f(o.inputConnectivity)) row[i] = f(f(o.inputScale) * f(f(2 * random.f32()) - 1));
      }
      this.#inputWeights.push(row);
    }
    this.#bias = Float32Array.from({ length: o.neurons }, () => f(f(o.bias) * f(f(2 * random.f32()) - 1)));
    this.activation = new Float32Array(o.neurons);
  }

  step(input: ArrayLike<number>): void {
    const { inputs, leakRate } = this.#o;
    const sums = this.#bias.slice();
    for (let i = 0; i < sums.length; i++) {
      for (let k = 0; k < inputs; k++) sums[i] = f(sums[i] + f(f(input[k]) * this.#inputWeights[k][i]));
    }
    for (const s of this.#synapses) sums[s.target] = f(sums[s.target] + f(s.weight * this.activation[s.source]));
    const share = f(leakRate);
    this.activation = this.activation.map((x, i) => {
      return settled(f(f(f(1 - share) * x) + f(share * rationalTanh(sums[i]))));
    });
  }
}

/** The largest magnitude of an eigenvalue, by Gelfand's formula with the power 2^40: |A^k|^(1/k). O(40 n^3), in f64. */
export function spectralRadius(n: number, synapses: readonly RateSynapse[]): number {
  let a = new Float64Array(n * n);
  for (const s of synapses) a[s.target * n + s.source] += s.weight;
  let logarithm = 0;
  for (let square = 0; square <= 40; square++) {
    const norm = Math.sqrt(a.reduce((sum, x) => sum + x * x, 0));
    if (norm === 0) return 0;
    // a is A^(2^square), divided by e^(logarithm 2^square).
    logarithm += Math.log(norm) / 2 ** square;
    a = a.map((x) => x / norm);
    const next = new Float64Array(n * n);
    for (let i = 0; i < n; i++) {
      for (let k = 0; k < n; k++) {
        const x = a[i * n + k];
        if (x !== 0) for (let j = 0; j < n; j++) next[i * n + j] += x * a[k * n + j];
      }
    }
    a = next;
  }
  return Math.exp(logarithm);
}
