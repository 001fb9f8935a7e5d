// The engine's fusion: what several layers say of several candidates becomes one probability each.
//
// A conditional logit (McFadden, "Conditional logit analysis of qualitative choice behavior", 1974): the candidates' shares are the
// softmax of their scores. The score is that of network.ts; learn.ts teaches it by what came.

import { arenaInit, scratch, WINDOW } from "../core/arena";
import { nextF32 } from "../core/random";
import {
  COLUMN_BYTES,
  COLUMNS,
  HIDDEN_BYTES,
  INWARD,
  INWARD_BYTES,
  INWARD_SQUARES,
  NAMED,
  NEEDS,
  OUTWARD_SQUARES,
  ROW_BYTES,
  SHARE,
  SHARED,
  STATE_BYTES,
  WEIGHTS,
  WEIGHTS_SQUARES,
} from "./layout";
import { learn } from "./learn";
import { mask, scoreOf, situate } from "./network";

export * from "../core/exports";
export { learn, situate };

/** The weights into the hidden units are drawn from +- this. */
const SPREAD: f32 = 0.3;

/** Starts the fusion. The window holds the prior weights, f32[24], then what each column needs, u8[24]. */
export function fusionInit(seed: u64): bool {
  if (!arenaInit(STATE_BYTES, 0)) return false;
  memory.copy(WEIGHTS + SHARED * COLUMN_BYTES, WINDOW, COLUMN_BYTES);
  memory.copy(NEEDS, WINDOW + COLUMN_BYTES, COLUMNS);
  fill(WEIGHTS_SQUARES, (SHARED + 1) * COLUMN_BYTES, 1);
  fill(INWARD_SQUARES, INWARD_BYTES, 1);
  // The first lessons say little: until there are some, the units, which start with nothing to say, stay quiet.
  fill(OUTWARD_SQUARES, HIDDEN_BYTES, 16);
  store<u64>(WINDOW, seed);
  for (let i: usize = 0; i < INWARD_BYTES; i += 4) store<f32>(INWARD + i, SPREAD * (2 * nextF32(WINDOW) - 1));
  return true;
}

function fill(from: usize, bytes: usize, value: f32): void {
  for (let i: usize = 0; i < bytes; i += 4) store<f32>(from + i, value);
}

/** Address of the rows of n candidates, not zeroed; what the rows held before is kept. 0 if there is no memory. */
export function room(n: u32): usize {
  return scratch(n * <u32>ROW_BYTES);
}

/** The score of one candidate in the situation. */
export function score(row: usize): f32 {
  return scoreOf(row);
}

/** Gives every one of n candidates its share; 0 for those that no layer of the mask named. O(n * columns * units). */
export function shares(rows: usize, n: u32): void {
  let highest: f32 = -f32.MAX_VALUE;
  let row = rows;
  for (let i: u32 = 0; i < n; i++, row += ROW_BYTES) {
    if ((load<u32>(row, NAMED) & mask) == 0) continue;
    const z = scoreOf(row);
    store<f64>(row, <f64>z, SHARE);
    highest = max(highest, z);
  }
  let total: f64 = 0;
  row = rows;
  for (let i: u32 = 0; i < n; i++, row += ROW_BYTES) {
    let e: f64 = 0;
    if ((load<u32>(row, NAMED) & mask) != 0) e = <f64>exponential(<f32>load<f64>(row, SHARE) - highest);
    store<f64>(row, e, SHARE);
    total += e;
  }
  if (total == 0) return;
  row = rows;
  for (let i: u32 = 0; i < n; i++, row += ROW_BYTES) store<f64>(row, load<f64>(row, SHARE) / total, SHARE);
}

/** e^x for x <= 0, relative error below 1e-6: 2^k e^u with |u| <= ln 2 / 2, by Taylor's series. */
function exponential(x: f32): f32 {
  if (x < -87) return 0;
  const t: f32 = x * <f32>Math.LOG2E;
  const k = nearest(t);
  const u: f32 = (t - k) * <f32>Math.LN2;
  const series: f32 = 1 + u * (1 + (u / 2) * (1 + (u / 3) * (1 + (u / 4) * (1 + (u / 5) * (1 + u / 6)))));
  return series * reinterpret<f32>((<i32>k + 127) << 23);
}
