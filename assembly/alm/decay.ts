// Forward decay: Cormode, Shkapenyuk, Srivastava, Xu, "Forward decay: a practical time decay model for streaming systems",
// ICDE 2009. A weight w given at time t is stored as w * 2^(t / halfLife - shift) and read at time T as
// stored * 2^(shift - T / halfLife): every weight halves each half-life, nothing is swept, and the ratios between weights do
// not depend on when they are read. Once T / halfLife runs more than LEAD ahead of the shift, the shift catches up and all stored weights are
// multiplied by a power of two, which changes no bit of their mantissas: one sweep in 32 half-lives.

// biome-ignore lint/style/useImportType: asc does not parse type-only imports
import { header, IN, MOST_WEIGHT, OUT, Side, side } from "./layout";

/** Half-lives that stored weights may run ahead: 1e18 * 2^33 is far below the largest f32. */
const LEAD: f64 = 32;
/** The least stored weight, the smallest normal f32: what has decayed to it stays there, so that an edge never weighs 0. */
const LEAST_STORED: f64 = 1.1754943508222875e-38;

/** What a weight of time `at` is multiplied by to be stored. */
export function storeFactor(at: f64): f64 {
  const h = header();
  return exp2(at / h.halfLife - h.shift);
}

/** What a stored weight is multiplied by to be read at time `at`; times before the largest seen count as that. */
export function readFactor(at: f64): f64 {
  const h = header();
  return exp2(h.shift - max<f64>(at, h.now) / h.halfLife);
}

/** A weight times a factor as an f32 that can be stored. */
export function toStored(weight: f64, factor: f64): f32 {
  return <f32>max<f64>(weight * factor, LEAST_STORED);
}

/** The largest stored weight, now. */
export function mostStored(): f64 {
  const h = header();
  return MOST_WEIGHT * exp2(h.now / h.halfLife - h.shift);
}

/** Whether weights of time `at` can only be stored after `prepare(at)`. */
export function leads(at: f64): bool {
  const h = header();
  return at / h.halfLife - h.shift > LEAD;
}

/** Makes room in the exponent for weights of time `at`. Rescales all weights if need be: O(1), or O(edges) once in 32 half-lives. */
export function prepare(at: f64): void {
  if (!leads(at)) return;
  const h = header();
  const shift = floor(at / h.halfLife);
  const factor = exp2(h.shift - shift);
  h.shift = shift;
  for (let node: u32 = 0; node < h.nodeCap; node++) {
    scale(side(node, OUT), factor);
    scale(side(node, IN), factor);
  }
}

/** Remembers that `at` was seen. */
export function seen(at: f64): void {
  const h = header();
  if (at > h.now) h.now = at;
}

function scale(s: Side, factor: f64): void {
  const len = s.len;
  for (let i: u32 = 0; i < len; i++) {
    const w = s.weight(i);
    store<f32>(w, toStored(<f64>load<f32>(w), factor));
  }
}

/**
 * 2^x, exact where x is an integer, else within 2 units in the last place; x is taken as 1000 or -1000 beyond these. A Taylor series,
 * because its coefficients are a tenth of the table that a general exponential needs.
 */
export function exp2(x: f64): f64 {
  const bounded = max<f64>(-1000, min<f64>(1000, x));
  const whole = nearest(bounded);
  const y = (bounded - whole) * NativeMath.LN2;
  let sum: f64 = 1;
  for (let n: f64 = 14; n >= 1; n--) sum = 1 + (sum * y) / n;
  return sum * reinterpret<f64>((<i64>whole + 1023) << 52);
}
