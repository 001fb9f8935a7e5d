// Words: what the population's spikes say about a row.
//
// A row x that neuron c won is kept as the signs s of the residual r = x - c, after the rotation. For a query q, <r, q> is
// estimated from the sum S of +-q over the spikes: <r, q> ~ (|r|^2 / sum |r_j|) S, which is right on average over rotations and off by
// about .75 |r| |q| / sqrt(bits). With T the sum of +-c over the spikes,
//
//   squared distance   |q - c|^2 + |r|^2 - 2 <r, q - c>    ~   base(q, c) + (|r|^2 + 2 F T) - 2 F S,   base = |q - c|^2
//   inner product      -(<q, c> + b <r, c> + <r, q - b c>) ~   base(q, c) + b (F T - <r, c>) - F S,    base = -<q, c>
//
// with b = <q, c> / |c|^2, which leaves of q what the error of the estimate goes with at its least. So one table of S serves all cells, and a word needs two numbers, offset and gain. Both are kept as the upper half of an
// f32: 1/256 of them is far below the error of the estimate.
//
// Gao and Long, "RaBitQ: quantizing high-dimensional vectors with a theoretical error bound for approximate nearest neighbor
// search", SIGMOD 2024 (the estimator); competitive learning of the residual's frame: see learn.ts.

import { COSINE, slotAt, theStore } from "../layout";
import { sumOfFloats } from "./lanes";
import { BLOCK_WORDS, byProduct, cellAt, OFFSETS, Population, prototypeAt, SLOTS, spikeBytes } from "./layout";
import { turned } from "./work";

/** Writes the word of the rotated row at `x` under the weights at `weights` (i8, in units of `unit`) into a column of a block. O(bits). */
export function writeWord(p: Population, x: usize, weights: usize, unit: f32, block: usize, column: u32, slot: u32): void {
  const c1 = f32x4.splat(unit);
  const zero = f32x4.splat(0);
  let absolute = zero;
  let squares = zero;
  let across = zero;
  let signed = zero;
  let out = block + <usize>column;
  const end = x + ((<usize>p.bits) << 2);
  while (x < end) {
    const w = v128.load64_zero(weights);
    const wide = i16x8.extend_low_i8x16_s(w);
    const c = f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(wide)), c1);
    const d = f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(wide)), c1);
    const r = f32x4.sub(v128.load(x), c);
    const t = f32x4.sub(v128.load(x, 16), d);
    const up = f32x4.gt(r, zero);
    const vp = f32x4.gt(t, zero);
    store<u8>(out, <u8>(i32x4.bitmask(up) | (i32x4.bitmask(vp) << 4)));
    absolute = f32x4.add(absolute, f32x4.add(f32x4.abs(r), f32x4.abs(t)));
    squares = f32x4.add(squares, f32x4.add(f32x4.mul(r, r), f32x4.mul(t, t)));
    across = f32x4.add(across, f32x4.add(f32x4.mul(r, c), f32x4.mul(t, d)));
    // +c where there is a spike, -c where there is none.
    signed = f32x4.add(signed, f32x4.add(v128.bitselect(c, f32x4.neg(c), up), v128.bitselect(d, f32x4.neg(d), vp)));
    out += BLOCK_WORDS;
    weights += 8;
    x += 32;
  }
  const size = sumOfFloats(squares);
  const spread = sumOfFloats(absolute);
  const slope: f32 = spread > 0 ? size / spread : 0;
  const turned = slope * sumOfFloats(signed);
  const columns = block + spikeBytes(p) + ((<usize>column) << 1);
  store<u16>(columns, upperHalf(byProduct() ? slope : slope + slope));
  store<u16>(columns, upperHalf(byProduct() ? turned - sumOfFloats(across) : size + turned + turned), OFFSETS);
  store<u32>(block + spikeBytes(p) + ((<usize>column) << 2), slot, SLOTS);
}

/** Writes the word of the row at `turned` that a neuron has won. */
export function writeRowWord(p: Population, neuron: u32, block: usize, column: u32, slot: u32): void {
  writeWord(p, turned, prototypeAt(p, neuron), cellAt(p, neuron).scale, block, column, slot);
  const s = theStore();
  if (s.metric != COSINE || slotAt(s, slot).norm > 0) return;
  // The zero vector is at distance 1 from everything, not where its words say: nobody is to look there for the nearest.
  const columns = block + spikeBytes(p) + ((<usize>column) << 1);
  store<u16>(columns, 0);
  store<u16>(columns, upperHalf(2), OFFSETS);
}

/** Copies a word from one column of a block to one of another. */
export function moveWord(p: Population, from: usize, fromColumn: u32, to: usize, toColumn: u32): void {
  const spikes = spikeBytes(p);
  const a = from + <usize>fromColumn;
  const b = to + <usize>toColumn;
  for (let o: usize = 0; o < spikes; o += BLOCK_WORDS) store<u8>(b + o, load<u8>(a + o));
  const c = from + spikes + ((<usize>fromColumn) << 1);
  const d = to + spikes + ((<usize>toColumn) << 1);
  store<u16>(d, load<u16>(c));
  store<u16>(d, load<u16>(c, OFFSETS), OFFSETS);
  store<u32>(to + spikes + ((<usize>toColumn) << 2), load<u32>(from + spikes + ((<usize>fromColumn) << 2), SLOTS), SLOTS);
}

/** Zeroes a column of a block, so that equal operations leave equal bytes. */
export function wipeWord(p: Population, block: usize, column: u32): void {
  const spikes = spikeBytes(p);
  for (let o: usize = 0; o < spikes; o += BLOCK_WORDS) store<u8>(block + <usize>column + o, 0);
  const c = block + spikes + ((<usize>column) << 1);
  store<u16>(c, 0);
  store<u16>(c, 0, OFFSETS);
  store<u32>(block + spikes + ((<usize>column) << 2), 0, SLOTS);
}

/** The upper half of an f32, rounded to nearest. */
function upperHalf(x: f32): u16 {
  return <u16>((reinterpret<u32>(x) + 0x8000) >> 16);
}
