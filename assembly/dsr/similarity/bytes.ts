// Rows of one byte a number, in units of their own: a quarter of the memory of f32, and of what a comparison reads.
//
//   row   +0            i8[dimensions], zeros up to stride - 8
//         +stride - 8   f32 unit: what 1 stands for. Under cosine 1 / (length of the i8 vector), so that the row has length 1
//         +stride - 4   u32 square: sum of the squares of the i8 numbers
//
// A query is compared as i16 in units of its length / 32,767, with which no sum of products leaves i32. Distances are those of the
// query so rounded (to 1e-5 of its length) from the row as it is kept: the sums are exact, and what follows is f64.

import { COSINE, INNER_PRODUCT, Store } from "../layout";
import { sumOfWholes } from "./lanes";

/** Bytes of a row. */
export function byteStride(dimensions: u32): u32 {
  return (dimensions + 23) & ~15;
}

/** Bytes of a query: f64 unit, u32 square, 4 bytes nothing, i16 for each byte of a row but for the multiple of 16. */
export function shortQueryBytes(s: Store): u32 {
  return 32 + (s.stride << 1);
}

/** Writes the f32[dimensions] at `vector` as a row. */
export function writeBytes(s: Store, row: usize, vector: usize): void {
  const n = <usize>s.dimensions;
  let most: f32 = 0;
  for (let i: usize = 0; i < n; i++) most = max<f32>(most, abs(load<f32>(vector + (i << 2))));
  const tail = row + <usize>s.stride - 8;
  memory.fill(row + n, 0, tail - row - n);
  const square = round(vector, n, most > 0 ? 127 / <f64>most : 0, row, false);
  store<f32>(tail, <f32>unitOf(s, square, <f64>most / 127));
  store<u32>(tail, square, 4);
}

/** Writes `n` f32 times `scale` as whole numbers: i16 if `wide`, else i8. @returns the sum of their squares */
function round(from: usize, n: usize, scale: f64, to: usize, wide: bool): u32 {
  let square: u32 = 0;
  for (let i: usize = 0; i < n; i++) {
    const x = <i32>nearest<f64>(<f64>load<f32>(from + (i << 2)) * scale);
    square += x * x;
    if (wide) store<i16>(to + (i << 1), <i16>x);
    else store<i8>(to + i, <i8>x);
  }
  return square;
}

/** What 1 stands for: under cosine what makes the length 1. */
function unitOf(s: Store, square: u32, unit: f64): f64 {
  if (s.metric != COSINE) return unit;
  return square > 0 ? 1 / Math.sqrt(<f64>square) : 0;
}

/** Writes a row as f32, zeros up to a multiple of 4, to `out`. */
export function readBytes(s: Store, row: usize, out: usize): void {
  const n = <usize>((s.dimensions + 3) & ~3);
  const unit = f32x4.splat(load<f32>(row + <usize>s.stride - 8));
  for (let i: usize = 0; i < n; i += 4) {
    const wide = i32x4.extend_low_i16x8_s(i16x8.extend_low_i8x16_s(v128.load32_zero(row + i)));
    v128.store(out + (i << 2), f32x4.mul(f32x4.convert_i32x4_s(wide), unit));
  }
  // What lies beyond the dimensions in the last four may be the unit's bytes.
  for (let i = <usize>s.dimensions; i < n; i++) store<f32>(out + (i << 2), 0);
}

/** Writes the f32[dimensions] at `query` as it is compared with rows to `out`, which has shortQueryBytes. */
export function shortenQuery(s: Store, query: usize, out: usize): void {
  const n = <usize>s.dimensions;
  let length: f64 = 0;
  for (let i: usize = 0; i < n; i++) {
    const x = <f64>load<f32>(query + (i << 2));
    length += x * x;
  }
  length = Math.sqrt(length);
  memory.fill(out, 0, shortQueryBytes(s));
  const square = round(query, n, length > 0 ? 32767 / length : 0, out + 16, true);
  store<f64>(out, unitOf(s, square, length / 32767));
  store<u32>(out, square, 8);
}

/** The distances of a query of shortenQuery to four rows. O(d). */
export function byteDistances4(s: Store, q: usize, a: usize, b: usize, c: usize, d: usize): v128 {
  let a0 = i32x4.splat(0);
  let b0 = a0;
  let c0 = a0;
  let d0 = a0;
  const tail = <usize>s.stride - 8;
  // The last sixteen bytes of a row may hold unit and square: the query is zero there.
  const end = q + 16 + ((<usize>s.stride) << 1);
  let x = a;
  let y = b;
  let z = c;
  let w = d;
  for (let p = q + 16; p < end; p += 32) {
    const low = v128.load(p);
    const high = v128.load(p, 16);
    a0 = i32x4.add(a0, i32x4.add(i32x4.dot_i16x8_s(low, v128.load8x8_s(x)), i32x4.dot_i16x8_s(high, v128.load8x8_s(x, 8))));
    b0 = i32x4.add(b0, i32x4.add(i32x4.dot_i16x8_s(low, v128.load8x8_s(y)), i32x4.dot_i16x8_s(high, v128.load8x8_s(y, 8))));
    c0 = i32x4.add(c0, i32x4.add(i32x4.dot_i16x8_s(low, v128.load8x8_s(z)), i32x4.dot_i16x8_s(high, v128.load8x8_s(z, 8))));
    d0 = i32x4.add(d0, i32x4.add(i32x4.dot_i16x8_s(low, v128.load8x8_s(w)), i32x4.dot_i16x8_s(high, v128.load8x8_s(w, 8))));
    x += 16;
    y += 16;
    z += 16;
    w += 16;
  }
  return f32x4(distance(s, q, a + tail, a0), distance(s, q, b + tail, b0), distance(s, q, c + tail, c0), distance(s, q, d + tail, d0));
}

function distance(s: Store, q: usize, tail: usize, sums: v128): f32 {
  const dot = sumOfWholes(sums);
  const unit = <f64>load<f32>(tail);
  const queryUnit = load<f64>(q);
  const product = <f64>dot * unit * queryUnit;
  // 0 - x and not -x: there must be one zero only.
  if (s.metric == INNER_PRODUCT) return <f32>(0 - product);
  if (s.metric == COSINE) return <f32>min<f64>(2, max<f64>(0, 1 - product));
  const squares = <f64>load<u32>(tail, 4) * unit * unit + <f64>load<u32>(q, 8) * queryUnit * queryUnit;
  return <f32>max<f64>(0, squares - 2 * product);
}
