// The score of a candidate: a weighted sum of what the layers say, with weights of the situation, and a layer of hidden units that
// sees the same and the context, so that a weight may depend on all the rest. Units are softsign, x / (1 + |x|): it needs no
// exponential, so its bits are the same everywhere (Turian, Bergstra, Bengio 2009).

import {
  BIAS,
  COLUMN_BYTES,
  COLUMNS,
  CONTEXT,
  COUNTED,
  CPE_BIT,
  HIDDEN_BYTES,
  INWARD,
  LINEAR,
  NEEDS,
  OUTWARD,
  SHARED,
  SURENESSES,
  THE_CONTEXT,
  UNITS,
  WEIGHTS,
} from "./layout";

/** How many columns count, by the mask of the last `situate`. */
export let counted: usize = 0;
/** The mask itself, and the rows of weights that it takes beside the shared one. */
export let mask: u32 = 0;
export let sureRow: usize = 0;
export let lengthRow: usize = 0;

/**
 * Prepares for scoring candidates in one situation.
 * @param n candidates
 * @param sureness grade of how sure CPE is of its best, 0 to 4
 * @param length of the history, 0 to 8, the last standing for all longer ones
 * @param history its true length
 * @param revisit 1 if the current thing was in the history before, else 0
 * @param bits the mask: which layers count, and whether in depth
 */
export function situate(n: u32, sureness: u32, length: u32, history: u32, revisit: u32, bits: u32): void {
  mask = bits;
  const sure = (bits & CPE_BIT) != 0;
  sureRow = sure ? <usize>sureness : 0;
  lengthRow = SURENESSES + <usize>length;
  memory.fill(THE_CONTEXT, 0, CONTEXT * 4);
  store<f32>(THE_CONTEXT, 1);
  store<f32>(THE_CONTEXT, <f32>revisit, 4);
  store<f32>(THE_CONTEXT, <f32>history / (<f32>history + 4), 8);
  store<f32>(THE_CONTEXT, <f32>n / (<f32>n + 32), 12);
  store<f32>(THE_CONTEXT, <f32>length * 0.125, 16);
  if (sure) store<f32>(THE_CONTEXT + 20 + (sureRow << 2), 1);
  for (let b: u32 = 0; b < 5; b++) store<f32>(THE_CONTEXT + 40 + ((<usize>b) << 2), <f32>((bits >> b) & 1));

  counted = 0;
  for (let j: usize = 0; j < COLUMNS; j++) {
    const need = <u32>load<u8>(NEEDS + j);
    const at = j << 2;
    let w: f32 = 0;
    if ((need & bits) == need) {
      store<u8>(COUNTED + counted++, <u8>j);
      w =
        load<f32>(WEIGHTS + sureRow * COLUMN_BYTES + at) +
        load<f32>(WEIGHTS + lengthRow * COLUMN_BYTES + at) +
        load<f32>(WEIGHTS + SHARED * COLUMN_BYTES + at);
    }
    store<f32>(LINEAR + at, w);
  }
  for (let h: usize = 0; h < HIDDEN_BYTES; h += 16) {
    let sum = f32x4.splat(0);
    for (let j: usize = 0; j < CONTEXT; j++) {
      const x = v128.load32_splat(THE_CONTEXT + (j << 2));
      sum = f32x4.add(sum, f32x4.mul(x, v128.load(INWARD + (COLUMNS + j) * HIDDEN_BYTES + h)));
    }
    v128.store(BIAS + h, sum);
  }
}

/** The score of the candidate at `row` in the situation; leaves what the hidden units made of it. O(columns * units). */
export function scoreOf(row: usize): f32 {
  let z: f32 = 0;
  let a = v128.load(BIAS);
  let b = v128.load(BIAS, 16);
  let c = v128.load(BIAS, 32);
  let d = v128.load(BIAS, 48);
  for (let i: usize = 0; i < counted; i++) {
    const j = <usize>load<u8>(COUNTED + i);
    const x = load<f32>(row + (j << 2));
    // Most columns say nothing of most candidates.
    if (x == 0) continue;
    z += x * load<f32>(LINEAR + (j << 2));
    const xs = f32x4.splat(x);
    const u = INWARD + j * HIDDEN_BYTES;
    a = f32x4.add(a, f32x4.mul(xs, v128.load(u)));
    b = f32x4.add(b, f32x4.mul(xs, v128.load(u, 16)));
    c = f32x4.add(c, f32x4.mul(xs, v128.load(u, 32)));
    d = f32x4.add(d, f32x4.mul(xs, v128.load(u, 48)));
  }
  a = softsign(a);
  b = softsign(b);
  c = softsign(c);
  d = softsign(d);
  v128.store(row, a, UNITS);
  v128.store(row, b, UNITS + 16);
  v128.store(row, c, UNITS + 32);
  v128.store(row, d, UNITS + 48);
  const low = f32x4.add(f32x4.mul(a, v128.load(OUTWARD)), f32x4.mul(b, v128.load(OUTWARD, 16)));
  const high = f32x4.add(f32x4.mul(c, v128.load(OUTWARD, 32)), f32x4.mul(d, v128.load(OUTWARD, 48)));
  const s = f32x4.add(low, high);
  return z + (f32x4.extract_lane(s, 0) + f32x4.extract_lane(s, 1) + f32x4.extract_lane(s, 2) + f32x4.extract_lane(s, 3));
}

function softsign(x: v128): v128 {
  return f32x4.div(x, f32x4.add(f32x4.splat(1), f32x4.abs(x)));
}
