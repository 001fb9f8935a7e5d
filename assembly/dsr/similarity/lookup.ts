// The look-up tables of a query. A word's spikes say for each dimension whether the query's value counts plus or minus; for each
// group of four dimensions the table has the sixteen sums there can be, in six bits. Sixteen words are then added up by one
// `swizzle` a group: a float query against binary words at the price of comparing bits, without the query being cut to bits.
// The rounding (1/63 of the range of a group) is a twentieth of what the spikes themselves leave open.
//
// Fast scan: André, Kermarrec, Le Scouarnec, "Cache locality is not enough: high-performance nearest neighbor search with product
// quantization fast scan", VLDB 2015.

import { Population } from "./layout";

/** Sum of a table's entries -> sum of +-q: times `tableStep`, plus `tableLow`. Of the last tables made: describes scratch. */
export let tableStep: f32 = 0;
export let tableLow: f32 = 0;

/** Entries are below this: four of them add up in a byte. */
const MOST: f32 = 63;

/** Bytes of the tables of a query. */
export function tableBytes(p: Population): u32 {
  return p.bits << 2;
}

/** Makes the tables of the rotated query at `q`, at `tables`: u8[bits / 4][16]. */
export function makeTables(p: Population, q: usize, tables: usize): void {
  const end = q + ((<usize>p.bits) << 2);
  let largest: f32 = 0;
  let all: f32 = 0;
  for (let x = q; x < end; x += 16) {
    const a = f32x4.abs(v128.load(x));
    const sum = f32x4.extract_lane(a, 0) + f32x4.extract_lane(a, 1) + (f32x4.extract_lane(a, 2) + f32x4.extract_lane(a, 3));
    largest = max<f32>(largest, sum);
    all += sum;
  }
  const scale: f32 = largest > 0 ? MOST / (largest + largest) : 0;
  tableStep = (largest + largest) / MOST;
  tableLow = -all;
  const twice = f32x4.splat(scale + scale);
  const first = f32x4(0, 1, 0, 1);
  const second = f32x4(0, 0, 1, 1);
  const half: f32 = 0.5;
  for (let x = q; x < end; x += 16) {
    const v = v128.load(x);
    const t = f32x4.mul(v, twice);
    const a = f32x4.abs(v);
    // What a group has less than its plus and minus sums to: the entry of no spikes, plus half for rounding.
    const d = f32x4.sub(a, v);
    const none =
      (f32x4.extract_lane(d, 0) + f32x4.extract_lane(d, 1) + (f32x4.extract_lane(d, 2) + f32x4.extract_lane(d, 3))) * scale + half;
    const low = f32x4.add(
      f32x4.splat(none),
      f32x4.add(f32x4.mul(v128.shuffle<f32>(t, t, 0, 0, 0, 0), first), f32x4.mul(v128.shuffle<f32>(t, t, 1, 1, 1, 1), second)),
    );
    const third = v128.shuffle<f32>(t, t, 2, 2, 2, 2);
    const fourth = v128.shuffle<f32>(t, t, 3, 3, 3, 3);
    const high = f32x4.add(low, third);
    v128.store(
      tables,
      i8x16.narrow_i16x8_u(
        i16x8.narrow_i32x4_s(i32x4.trunc_sat_f32x4_s(low), i32x4.trunc_sat_f32x4_s(high)),
        i16x8.narrow_i32x4_s(i32x4.trunc_sat_f32x4_s(f32x4.add(low, fourth)), i32x4.trunc_sat_f32x4_s(f32x4.add(high, fourth))),
      ),
    );
    tables += 16;
  }
}
