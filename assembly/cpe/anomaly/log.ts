// Logarithms of + - * / alone, so that they have the same bits on every machine. The f64 ones of the standard library are tables of 7 KiB.

const LN2: f64 = Math.LN2;
const SQRT2: f64 = Math.SQRT2;

/**
 * Logarithm to base 2 of a positive normal number, to about 1e-12 of its value and 1e-13 near 1: exponent and mantissa apart, the mantissa m in
 * [sqrt(1/2), sqrt(2)) by ln m = 2 artanh((m - 1) / (m + 1)), whose argument is below 0.172.
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
  const series = 1 + q * (1 / 3.0 + q * (1 / 5.0 + q * (1 / 7.0 + q * (1 / 9.0 + q * (1 / 11.0 + q * (1 / 13.0 + q * (1 / 15.0)))))));
  return e + (2 * t * series) / LN2;
}

/** Natural logarithm, as `log2`. */
export function ln(x: f64): f64 {
  return log2(x) * LN2;
}
