// Products of many rows with many prototypes: i16 times i16, four rows and two prototypes at a time, so that each load serves twice
// or more.

import { sumOfFloats, sumOfWholes } from "./lanes";

/** A vector's length in the units of its whole numbers. */
const LENGTH: f32 = 32767;

/** Squared length of the vector last shortened: describes scratch. */
export let squareOfShort: f32 = 0;

/**
 * Writes the f32[n] at `x` as i16 in units of its length / 32,767 to `out`, zeros up to `padded`; n is a multiple of 4, `padded` of 8. No
 * sum of products of two such vectors, or of one and i8 weights, leaves i32, by Cauchy-Schwarz.
 * @returns the unit
 */
export function shorten(x: usize, n: u32, padded: u32, out: usize): f32 {
  let squares = f32x4.splat(0);
  const end = x + ((<usize>n) << 2);
  for (let o = x; o < end; o += 16) squares = f32x4.add(squares, f32x4.mul(v128.load(o), v128.load(o)));
  squareOfShort = sumOfFloats(squares);
  const length = sqrt<f32>(squareOfShort);
  const scale = f32x4.splat(length > 0 ? LENGTH / length : 0);
  const last = out + ((<usize>padded) << 1);
  for (let o = x; o < end; o += 16) {
    const a = i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(v128.load(o), scale)));
    v128.store64_lane(out, i16x8.narrow_i32x4_s(a, a), 0);
    out += 8;
  }
  if (out < last) store<u64>(out, 0);
  return length / LENGTH;
}

/** The product of two i16 vectors of `bytes` bytes, a multiple of 16. */
export function productOfShorts(a: usize, b: usize, bytes: usize): i32 {
  let s = i32x4.splat(0);
  let t = s;
  const end = a + (bytes & ~31);
  while (a < end) {
    s = i32x4.add(s, i32x4.dot_i16x8_s(v128.load(a), v128.load(b)));
    t = i32x4.add(t, i32x4.dot_i16x8_s(v128.load(a, 16), v128.load(b, 16)));
    a += 32;
    b += 32;
  }
  if ((bytes & 16) != 0) s = i32x4.add(s, i32x4.dot_i16x8_s(v128.load(a), v128.load(b)));
  s = i32x4.add(s, t);
  return sumOfWholes(s);
}

/**
 * products[r][j] = <row r, prototype j> for four rows and `n` prototypes, n even, all of `bytes` bytes of i16, a multiple of 16.
 * @param products i32[4][n]
 */
export function fourProducts(rows: usize, prototypes: usize, n: u32, bytes: usize, products: usize): void {
  const line = (<usize>n) << 2;
  const end = products + line;
  let c = prototypes;
  const r1 = rows + bytes;
  const r2 = r1 + bytes;
  const r3 = r2 + bytes;
  for (let out = products; out < end; out += 8) {
    const d = c + bytes;
    let a0 = i32x4.splat(0);
    let a1 = a0;
    let a2 = a0;
    let a3 = a0;
    let b0 = a0;
    let b1 = a0;
    let b2 = a0;
    let b3 = a0;
    for (let o: usize = 0; o < bytes; o += 16) {
      const x = v128.load(c + o);
      const y = v128.load(d + o);
      let row = v128.load(rows + o);
      a0 = i32x4.add(a0, i32x4.dot_i16x8_s(row, x));
      b0 = i32x4.add(b0, i32x4.dot_i16x8_s(row, y));
      row = v128.load(r1 + o);
      a1 = i32x4.add(a1, i32x4.dot_i16x8_s(row, x));
      b1 = i32x4.add(b1, i32x4.dot_i16x8_s(row, y));
      row = v128.load(r2 + o);
      a2 = i32x4.add(a2, i32x4.dot_i16x8_s(row, x));
      b2 = i32x4.add(b2, i32x4.dot_i16x8_s(row, y));
      row = v128.load(r3 + o);
      a3 = i32x4.add(a3, i32x4.dot_i16x8_s(row, x));
      b3 = i32x4.add(b3, i32x4.dot_i16x8_s(row, y));
    }
    const a = sums(a0, a1, a2, a3);
    const b = sums(b0, b1, b2, b3);
    v128.store64_lane(out, v128.shuffle<i32>(a, b, 0, 4, 0, 4), 0);
    v128.store64_lane(out + line, v128.shuffle<i32>(a, b, 1, 5, 1, 5), 0);
    v128.store64_lane(out + (line << 1), v128.shuffle<i32>(a, b, 2, 6, 2, 6), 0);
    v128.store64_lane(out + line * 3, v128.shuffle<i32>(a, b, 3, 7, 3, 7), 0);
    c = d + bytes;
  }
}

/** The sums of the lanes of four vectors, in the lanes of one. */
function sums(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = i32x4.add(v128.shuffle<i32>(a, b, 0, 4, 1, 5), v128.shuffle<i32>(a, b, 2, 6, 3, 7));
  const cd = i32x4.add(v128.shuffle<i32>(c, d, 0, 4, 1, 5), v128.shuffle<i32>(c, d, 2, 6, 3, 7));
  return i32x4.add(v128.shuffle<i32>(ab, cd, 0, 1, 4, 5), v128.shuffle<i32>(ab, cd, 2, 3, 6, 7));
}
