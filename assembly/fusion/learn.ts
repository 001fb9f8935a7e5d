// One step up the gradient of the log-likelihood of what came, with a rate for each weight of its own (AdaGrad: Duchi, Hazan, Singer,
// "Adaptive subgradient methods", JMLR 2011), which falls only as far as in 65,536 lessons.

import {
  COLUMN_BYTES,
  COLUMNS,
  CONTEXT,
  COUNTED,
  GRADIENT_INWARD,
  GRADIENT_OUTWARD,
  GRADIENTS,
  HIDDEN_BYTES,
  INWARD,
  INWARD_BYTES,
  INWARD_SQUARES,
  NAMED,
  OUTWARD,
  OUTWARD_SQUARES,
  ROW_BYTES,
  SHARE,
  SHARED,
  THE_CONTEXT,
  UNITS,
  WEIGHTS,
  WEIGHTS_SQUARES,
} from "./layout";
import { counted, lengthRow, mask, sureRow } from "./network";

/** Chosen, like the number of units, on the first 80 % of wikispeedia's paths. */
const RATE: f32 = 0.12;
const INWARD_RATE: f32 = 0.1;
const OUTWARD_RATE: f32 = 0.2;
/**
 * What a lesson leaves of the sums of squares, and what it adds: with all of them kept, nothing new would be learned after some millions of lessons;
 * with nothing added, what had nothing to say for as long would then take steps of the full rate, however little its gradient.
 */
const KEPT: f32 = 1 - 1.0 / 65536;
const ADDED: f32 = 1.0 / 65536;

/** Moves all weights towards making the candidate `truth` likelier among the n at `rows`, after `situate` and `shares` for the same. */
export function learn(rows: usize, n: u32, truth: u32): void {
  memory.fill(GRADIENTS, 0, GRADIENT_OUTWARD + HIDDEN_BYTES - GRADIENTS);
  let row = rows;
  for (let i: u32 = 0; i < n; i++, row += ROW_BYTES) {
    if ((load<u32>(row, NAMED) & mask) != 0) push(row, <f32>((i == truth ? 1.0 : 0.0) - load<f64>(row, SHARE)));
  }
  // The context is the same for all candidates, so the first of its numbers, which is 1, has gathered the sum.
  const sum = GRADIENT_INWARD + COLUMNS * HIDDEN_BYTES;
  for (let h: usize = 0; h < HIDDEN_BYTES; h += 16) {
    const g = v128.load(sum + h);
    for (let j: usize = 1; j < CONTEXT; j++) {
      v128.store(sum + j * HIDDEN_BYTES + h, f32x4.mul(g, v128.load32_splat(THE_CONTEXT + (j << 2))));
    }
  }
  step(WEIGHTS + sureRow * COLUMN_BYTES, WEIGHTS_SQUARES + sureRow * COLUMN_BYTES, GRADIENTS, COLUMN_BYTES, RATE);
  step(WEIGHTS + lengthRow * COLUMN_BYTES, WEIGHTS_SQUARES + lengthRow * COLUMN_BYTES, GRADIENTS, COLUMN_BYTES, RATE);
  step(WEIGHTS + SHARED * COLUMN_BYTES, WEIGHTS_SQUARES + SHARED * COLUMN_BYTES, GRADIENTS, COLUMN_BYTES, RATE);
  step(INWARD, INWARD_SQUARES, GRADIENT_INWARD, INWARD_BYTES, INWARD_RATE);
  step(OUTWARD, OUTWARD_SQUARES, GRADIENT_OUTWARD, HIDDEN_BYTES, OUTWARD_RATE);
}

/** Adds a candidate's part of the gradient: `error` is 1 for what came, else 0, less its share. */
function push(row: usize, error: f32): void {
  const e = f32x4.splat(error);
  const a = back(row, 0, e);
  const b = back(row, 16, e);
  const c = back(row, 32, e);
  const d = back(row, 48, e);
  gather(GRADIENT_INWARD + COLUMNS * HIDDEN_BYTES, a, b, c, d);
  for (let i: usize = 0; i < counted; i++) {
    const j = <usize>load<u8>(COUNTED + i);
    const x = load<f32>(row + (j << 2));
    if (x == 0) continue;
    const g = GRADIENTS + (j << 2);
    store<f32>(g, load<f32>(g) + error * x);
    const xs = f32x4.splat(x);
    gather(GRADIENT_INWARD + j * HIDDEN_BYTES, f32x4.mul(xs, a), f32x4.mul(xs, b), f32x4.mul(xs, c), f32x4.mul(xs, d));
  }
}

/** Four units' part: gathers the gradient of their outward weights, returns that of what goes into them. */
function back(row: usize, h: usize, error: v128): v128 {
  const unit = v128.load(row + h, UNITS);
  const g = GRADIENT_OUTWARD + h;
  v128.store(g, f32x4.add(v128.load(g), f32x4.mul(error, unit)));
  const slope = f32x4.sub(f32x4.splat(1), f32x4.abs(unit));
  return f32x4.mul(f32x4.mul(error, v128.load(OUTWARD + h)), f32x4.mul(slope, slope));
}

function gather(g: usize, a: v128, b: v128, c: v128, d: v128): void {
  v128.store(g, f32x4.add(v128.load(g), a));
  v128.store(g, f32x4.add(v128.load(g, 16), b), 16);
  v128.store(g, f32x4.add(v128.load(g, 32), c), 32);
  v128.store(g, f32x4.add(v128.load(g, 48), d), 48);
}

function step(weights: usize, squares: usize, gradients: usize, bytes: usize, rate: f32): void {
  const r = f32x4.splat(rate);
  for (let i: usize = 0; i < bytes; i += 16) {
    const g = v128.load(gradients + i);
    const kept = f32x4.add(f32x4.mul(v128.load(squares + i), f32x4.splat(KEPT)), f32x4.splat(ADDED));
    const s = f32x4.add(kept, f32x4.mul(g, g));
    v128.store(squares + i, s);
    v128.store(weights + i, f32x4.add(v128.load(weights + i), f32x4.div(f32x4.mul(r, g), f32x4.sqrt(s))));
  }
}
