/** Seeded random numbers for tests: mulberry32. Not for anything that needs quality. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** In [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 0x1_0000_0000;
  }

  /** An integer in [0, n). */
  below(n: number): number {
    return Math.floor(this.next() * n);
  }

  /** One of the things. */
  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)];
  }

  /** About normal: mean 0, variance 1. */
  normal(): number {
    let sum = -6;
    for (let i = 0; i < 12; i++) sum += this.next();
    return sum;
  }

  /** A vector of about normal numbers. */
  vector(length: number): Float32Array {
    return Float32Array.from({ length }, () => this.normal());
  }
}
