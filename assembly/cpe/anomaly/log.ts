// Logarithms of + - * / alone, so that they have the same bits on every machine. The f64 ones of the standard library are tables of 7 KiB.

const LN2: f64 = Math.LN2;
const SQRT2: f64 = Math.SQRT2;

/**
 * Logarithm to base 2 of a positive normal number, to about 1e-12 of its value and 1e-13 near 1: exponent and mantissa apart, the mantissa m in
 * [sqrt(1/2), sqrt(2)) by ln m = 2 artanh((m - 1) / (m + 1)), whose argument is below 0.172. The series is summed in pairs, which do not wait for
 * each other.
 */
export function log2(x: f64): f64 {
  const bits = reinterpret<u64>(x);
  let e = <f64>(<i32>(bits >> 52) - 1023);
  let m = reinterpret<f64>((bits & 0x000f_ffff_ffff_ffff) | 0x3ff0_0000_0000_0000);
  if (m >= SQRT2) {
    m *= 0.5;
    e += 1;
  }
  const t = (m - 1) / (m + 1);
  const q = t * t;
  const q2 = q * q;
  const low = 2.0 / LN2 + q * (2.0 / 3 / LN2) + q2 * (2.0 / 5 / LN2 + q * (2.0 / 7 / LN2));
  const high = 2.0 / 9 / LN2 + q * (2.0 / 11 / LN2) + q2 * (2.0 / 13 / LN2 + q * (2.0 / 15 / LN2));
  return e + t * (low + q2 * q2 * high);
}

/** Natural logarithm, as `log2`. */
export function ln(x: f64): f64 {
  return log2(x) * LN2;
}
