// A random orthogonal rotation in O(d log d): rounds of random signs, a Walsh-Hadamard transform over the largest power of two that
// fits (in turn from the front and from the back), and a butterfly of the two halves where that is not all. It spreads any vector
// evenly over all dimensions, so that the sign of each says as much as that of any other, and keeps lengths and angles.
//
// Ailon and Chazelle, "The fast Johnson-Lindenstrauss transform", SIAM Journal on Computing 39, 2009; the butterfly is a step of Kac's
// walk: Oliveira, "On the convergence to equilibrium of Kac's random walk on matrices", Annals of Applied Probability 19, 2009.

import { nextU64 } from "../../core/random";
import { Population, ROUNDS } from "./layout";

/** Draws the signs: 0 or the sign bit of an f32, for each round and dimension. */
export function drawSigns(p: Population): void {
  let word: u64 = 0;
  for (let i: u32 = 0; i < ROUNDS * p.bits; i++) {
    if ((i & 63) == 0) word = nextU64(changetype<usize>(p));
    store<u32>(<usize>p.signs + ((<usize>i) << 2), (<u32>word & 1) << 31);
    word >>= 1;
  }
}

/** Rotates the `bits` floats at `x`, in place. */
export function rotate(p: Population, x: usize): void {
  const n = p.bits;
  const power = (<u32>1) << (31 - clz<u32>(n));
  const bytes = (<usize>n) << 2;
  const scale: f32 = <f32>(1.0 / Math.sqrt(<f64>power));
  let signs = <usize>p.signs;
  for (let round: u32 = 0; round < ROUNDS; round++) {
    for (let o: usize = 0; o < bytes; o += 16) v128.store(x + o, v128.xor(v128.load(x + o), v128.load(signs + o)));
    signs += bytes;
    hadamard(round & 1 ? x + ((<usize>(n - power)) << 2) : x, power, scale);
    if (power != n) butterfly(x, n, <f32>Math.SQRT1_2);
  }
}

/** (a, b) -> (a + b, a - b) times `by` for the two halves. */
function butterfly(x: usize, n: u32, by: f32): void {
  const half = (<usize>n) << 1;
  const end = x + half;
  const scale = f32x4.splat(by);
  for (; x < end; x += 16) {
    const a = f32x4.mul(v128.load(x), scale);
    const b = f32x4.mul(v128.load(x + half), scale);
    v128.store(x, f32x4.add(a, b));
    v128.store(x + half, f32x4.sub(a, b));
  }
}

/** The Walsh-Hadamard transform of `n` floats, a power of two from 16 on, times `scale`. */
function hadamard(x: usize, n: u32, scale: f32): void {
  const all = (<usize>n) << 2;
  const end = x + all;
  // Across the four lanes of each vector.
  const even = f32x4.splat(scale);
  const odd = f32x4.mul(even, f32x4(1, -1, 1, -1));
  const upper = f32x4(1, 1, -1, -1);
  for (let q = x; q < end; q += 16) {
    const a = v128.load(q);
    const b = f32x4.add(f32x4.mul(v128.shuffle<f32>(a, a, 0, 0, 2, 2), even), f32x4.mul(v128.shuffle<f32>(a, a, 1, 1, 3, 3), odd));
    v128.store(q, f32x4.add(v128.shuffle<f32>(b, b, 0, 1, 0, 1), f32x4.mul(v128.shuffle<f32>(b, b, 2, 3, 2, 3), upper)));
  }
  // Across vectors, two stages a pass while there are two.
  let h: usize = 16;
  for (; h << 1 < all; h <<= 2) {
    const step = h << 2;
    for (let group = x; group < end; group += step) {
      const stop = group + h;
      for (let q = group; q < stop; q += 16) {
        const r = q + (h << 1);
        const a = v128.load(q);
        const b = v128.load(q + h);
        const c = v128.load(r);
        const d = v128.load(r + h);
        const ab = f32x4.add(a, b);
        const ba = f32x4.sub(a, b);
        const cd = f32x4.add(c, d);
        const dc = f32x4.sub(c, d);
        v128.store(q, f32x4.add(ab, cd));
        v128.store(q + h, f32x4.add(ba, dc));
        v128.store(r, f32x4.sub(ab, cd));
        v128.store(r + h, f32x4.sub(ba, dc));
      }
    }
  }
  // What is left is the same butterfly as that of the halves, but for the scale.
  if (h < all) butterfly(x, n, 1);
}
