// The spectral radius of the recurrent weights, and their scaling to a wanted one.
//
// Power iteration. The matrix is not symmetric, so its largest eigenvalues are as a rule a complex pair, and |W v| / |v| goes up and down
// for ever. What converges is the mean growth: (|W^k v| / |v|)^(1/k) tends to the spectral radius for almost every v, with an error
// of O(1 / k) once the smaller eigenvalues have died out (Gelfand's formula along one vector; Horn, Johnson, "Matrix Analysis",
// 5.6.14). k is a power of two, so that its root is a chain of square roots, which are exact in IEEE arithmetic: no logarithm.
// Work: 1,536 products with the matrix.

import { STATE } from "../../core/arena";
import { nextF32 } from "../../core/random";
import { at, Network } from "./network";
import { Rows, swap } from "./rate";

/** Steps that let smaller eigenvalues die out. */
const SETTLE = 512;
/** Growth is averaged over BLOCK x BLOCK steps, BLOCK = 2^ROOTS: so a product of growths is too short to overflow. */
const ROOTS = 5;
const BLOCK = 1 << ROOTS;
/** Below, and relative to weights in +-1, the matrix has in effect no cycle, and there is nothing to scale. */
const LEAST = 1e-6;

/** Scales weights in +-1 so that their spectral radius is `radius`. A network without cycles keeps its weights. */
export function scaleTo(w: Network, radius: f64): void {
  const measured = spectralRadius(w);
  const bytes = (<usize>w.padded) << 2;
  memory.fill(w.activation, 0, bytes);
  memory.fill(w.next, 0, bytes);
  if (!(measured > LEAST)) return;
  const factor = f32x4.splat(<f32>(radius / measured));
  const end = <usize>w.weights + ((<usize>w.padded * <usize>w.fanIn) << 2);
  for (let p = <usize>w.weights; p < end; p += 16) v128.store(p, f32x4.mul(v128.load(p), factor));
}

function spectralRadius(w: Network): f64 {
  for (let i: u32 = 0; i < w.neurons; i++) store<f32>(at(w.activation, i), 2 * nextF32(STATE) - 1);
  for (let i = 0; i < SETTLE; i++) grow(w);
  let all: f64 = 1;
  for (let i = 0; i < BLOCK; i++) {
    let some: f64 = 1;
    for (let j = 0; j < BLOCK; j++) some *= grow(w);
    all *= root(some);
  }
  return root(all);
}

/** v becomes W v / |W v|. @returns |W v|, or 0 at once when nothing is left */
function grow(w: Network): f64 {
  const x = <usize>w.activation;
  const y = <usize>w.next;
  const zero = f32x4.splat(0);
  for (let i: u32 = 0; i < w.padded; i += 4) v128.store(y + ((<usize>i) << 2), Rows.sum(w, x, i, zero));
  let squares: f64 = 0;
  for (let i: u32 = 0; i < w.neurons; i++) {
    const v = <f64>load<f32>(y + ((<usize>i) << 2));
    squares += v * v;
  }
  const norm = Math.sqrt(squares);
  if (norm == 0) return 0;
  const factor = f32x4.splat(<f32>(1 / norm));
  for (let i: u32 = 0; i < w.padded; i += 4) {
    const p = y + ((<usize>i) << 2);
    v128.store(p, f32x4.mul(v128.load(p), factor));
  }
  swap(w);
  return norm;
}

/** The BLOCK-th root. */
function root(x: f64): f64 {
  for (let i = 0; i < ROOTS; i++) x = Math.sqrt(x);
  return x;
}
