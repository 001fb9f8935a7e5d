import { exp, log } from "../math.js";

/**
 * Seeded random numbers: sfc32 (Chris Doty-Humphrey, PractRand), 128 bits of state, period at least 2^32. Integer arithmetic and
 * the portable logarithm alone, so that equal seeds give equal numbers on every JavaScript engine.
 */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #count = 1;

  /** Streams of one seed have nothing in common. */
  constructor(seed: number, stream = 0) {
    this.#a = seed | 0;
    this.#b = stream | 0;
    this.#c = 0x9e3779b9 | 0;
    for (let i = 0; i < 15; i++) this.bits();
  }

  /** 32 random bits, as an unsigned integer. */
  bits(): number {
    const sum = (this.#a + this.#b + this.#count) | 0;
    this.#count = (this.#count + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** In [0, 1). */
  next(): number {
    return this.bits() / 0x1_0000_0000;
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** An integer in [0, n). */
  below(n: number): number {
    return Math.floor(this.next() * n);
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)];
  }

  /** A copy in random order (Fisher and Yates). */
  shuffled<T>(from: readonly T[]): T[] {
    const all = [...from];
    for (let i = all.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [all[i], all[j]] = [all[j], all[i]];
    }
    return all;
  }

  /** Exponentially distributed. */
  exponential(mean: number): number {
    return -mean * log(1 - this.next());
  }

  /** A rank in [0, n) by Zipf's law: P(r) is proportional to 1 / (r + 1). O(1), by rejection from a log-uniform number. */
  zipf(n: number): number {
    for (;;) {
      // Rounding down e^(u ln(n + 1)) - 1 gives rank r a share of ln(1 + 1 / (r + 1)), between ln 2 and 1 times what it should have.
      const rank = Math.min(n - 1, Math.floor(exp(this.next() * log(n + 1)) - 1));
      const share = log(1 + 1 / (rank + 1)) * (rank + 1);
      if (this.next() * share <= Math.LN2) return rank;
    }
  }

  /** An index, with probability proportional to its weight. O(weights). */
  weighted(weights: readonly number[]): number {
    let sum = 0;
    for (const weight of weights) sum += weight;
    let left = this.next() * sum;
    for (let i = 0; i < weights.length - 1; i++) {
      left -= weights[i];
      if (left < 0) return i;
    }
    return weights.length - 1;
  }
}
