// Forward decay: Cormode, Shkapenyuk, Srivastava, Xu, "Forward decay: a practical time decay model for streaming systems",
// ICDE 2009. A weight w given at time t is stored as w * 2^(t / halfLife - shift) and read at time T as
// stored * 2^(shift - T / halfLife): every weight halves each half-life, nothing is swept, and the ratios between weights do
// not depend on when they are read. Once T / halfLife runs more than LEAD ahead of the shift, the shift catches up and all stored weights are
// multiplied by a power of two, which changes no bit of their mantissas: one sweep in 32 half-lives.

import { EMPTY, first, header, last, MOST_WEIGHT, OUT, open, recordOf, toWeight } from "./layout";
import { watched } from "./watch";

/** 1 / n!. Constants, as a loop that divides takes six times as long. */
const F2: f64 = 1.0 / 2.0;
const F3: f64 = 1.0 / 6.0;
const F4: f64 = 1.0 / 24.0;
const F5: f64 = 1.0 / 120.0;
const F6: f64 = 1.0 / 720.0;
const F7: f64 = 1.0 / 5040.0;
const F8: f64 = 1.0 / 40320.0;
const F9: f64 = 1.0 / 362880.0;
const F10: f64 = 1.0 / 3628800.0;
const F11: f64 = 1.0 / 39916800.0;
const F12: f64 = 1.0 / 479001600.0;
const F13: f64 = 1.0 / 6227020800.0;

/** Half-lives that stored weights may run ahead: 1e18 * 2^33 is far below the largest f32. */
const LEAD: f64 = 32;
/** The least stored weight, the smallest normal f32: what has decayed to it stays there, so that an edge never weighs 0. */
const LEAST_STORED: f64 = 1.1754943508222875e-38;

/** The time meant: a negative one stands for the largest seen. */
export function timeOf(at: f64): f64 {
  return at < 0 ? header().now : at;
}

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

/** The largest stored weight at a time, or at the largest seen if that is later. */
export function mostStored(at: f64): f64 {
  const h = header();
  return MOST_WEIGHT * exp2(max<f64>(at, h.now) / h.halfLife - h.shift);
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
  if (watched) h.scale *= factor;
  for (let node: u32 = 0; node < h.nodeCap; node++) {
    open(recordOf(node, OUT), true);
    for (let p = first; p < last; p += 4) {
      if (load<u32>(p) == EMPTY) continue;
      const w = p + toWeight;
      store<f32>(w, toStored(<f64>load<f32>(w), factor));
    }
  }
}

/** Remembers that `at` was seen. */
export function seen(at: f64): void {
  const h = header();
  if (at > h.now) h.now = at;
}

/**
 * 2^x, exact where x is an integer, else within 2 units in the last place; x is taken as 1000 or -1000 beyond these. The Taylor series of
 * e^y with |y| <= log(2) / 2, because its coefficients are a tenth of the table that a general exponential needs.
 */
function exp2(x: f64): f64 {
  const bounded = max<f64>(-1000, min<f64>(1000, x));
  const whole = nearest(bounded);
  const power = reinterpret<f64>((<i64>whole + 1023) << 52);
  if (bounded == whole) return power;
  const y = (bounded - whole) * NativeMath.LN2;
  let sum: f64 = F13;
  sum = sum * y + F12;
  sum = sum * y + F11;
  sum = sum * y + F10;
  sum = sum * y + F9;
  sum = sum * y + F8;
  sum = sum * y + F7;
  sum = sum * y + F6;
  sum = sum * y + F5;
  sum = sum * y + F4;
  sum = sum * y + F3;
  sum = sum * y + F2;
  return ((sum * y + 1) * y + 1) * power;
}
