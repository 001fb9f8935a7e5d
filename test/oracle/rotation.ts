// The rotation as assembly/dsr/similarity/rotate.ts describes it, in f64 and one step at a time.

const ROUNDS = 4;
const MASK = (1n << 64n) - 1n;

/** SplitMix64 as its paper writes it down. */
function* splitMix(seed: bigint): Generator<bigint> {
  for (let s = seed & MASK; ; ) {
    s = (s + 0x9e3779b97f4a7c15n) & MASK;
    let z = ((s ^ (s >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK;
    z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & MASK;
    yield z ^ (z >> 31n);
  }
}

export class RotationOracle {
  /** Dimensions rounded up to 16. */
  readonly bits: number;
  readonly #signs: number[][];

  constructor(dimensions: number, seed: number) {
    this.bits = Math.ceil(dimensions / 16) * 16;
    const random = splitMix(BigInt(seed));
    const signs: number[] = [];
    for (let word = 0n; signs.length < ROUNDS * this.bits; word >>= 1n) {
      if (signs.length % 64 === 0) word = random.next().value as bigint;
      signs.push(word & 1n ? -1 : 1);
    }
    this.#signs = Array.from({ length: ROUNDS }, (_, round) => signs.slice(round * this.bits, (round + 1) * this.bits));
  }

  /** The rotated vector, `bits` long. */
  rotate(vector: ArrayLike<number>): number[] {
    const n = this.bits;
    let x = Array.from({ length: n }, (_, i) => vector[i] ?? 0);
    const power = 2 ** Math.floor(Math.log2(n));
    this.#signs.forEach((signs, round) => {
      x = x.map((value, i) => value * signs[i]);
      const from = round % 2 === 0 ? 0 : n - power;
      const part = hadamard(x.slice(from, from + power));
      part.forEach((value, i) => {
        x[from + i] = value / Math.sqrt(power);
      });
      if (power !== n) x = x.map((value, i) => (i < n / 2 ? value + x[i + n / 2] : x[i - n / 2] - value) / Math.SQRT2);
    });
    return x;
  }
}

/** The Walsh-Hadamard transform in natural order: H(2n) = [H H; H -H]. */
function hadamard(x: number[]): number[] {
  if (x.length === 1) return x;
  const half = x.length / 2;
  const a = hadamard(x.slice(0, half));
  const b = hadamard(x.slice(half));
  return [...a.map((value, i) => value + b[i]), ...a.map((value, i) => value - b[i])];
}
