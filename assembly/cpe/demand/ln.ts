// Logarithm and exponential in f64 from + - * / alone: equal bits on every machine. (AssemblyScript's own bring 7 KiB of tables.)

/** The upper 32 bits of ln 2 and the rest, so that k * LN2_HIGH is exact for the exponents k of f64. */
const LN2_HIGH: f64 = 0.69314718036912381649;
const LN2_LOW: f64 = 1.90821492927058770002e-10;

/** ln x of a positive normal number, within 2 units of the last place: x = 2^k m, ln m = 2 artanh((m - 1) / (m + 1)). */
export function ln(x: f64): f64 {
  let bits = reinterpret<u64>(x);
  let k = <i32>(bits >> 52) - 1023;
  let m = reinterpret<f64>((bits & 0x000fffffffffffff) | 0x3ff0000000000000);
  if (m > Math.SQRT2) {
    m *= 0.5;
    k++;
  }
  const s = (m - 1) / (m + 1);
  const q = s * s;
  let sum: f64 = 1.0 / 21.0;
  sum = sum * q + 1.0 / 19.0;
  sum = sum * q + 1.0 / 17.0;
  sum = sum * q + 1.0 / 15.0;
  sum = sum * q + 1.0 / 13.0;
  sum = sum * q + 1.0 / 11.0;
  sum = sum * q + 1.0 / 9.0;
  sum = sum * q + 1.0 / 7.0;
  sum = sum * q + 1.0 / 5.0;
  sum = sum * q + 1.0 / 3.0;
  sum *= q;
  return <f64>k * LN2_HIGH + (2 * (s + s * sum) + <f64>k * LN2_LOW);
}

/** e^x, 0 below -700 and that of 700 above. e^x = 2^k e^r with |r| <= ln 2 / 2, e^r by its series. */
export function exp(x: f64): f64 {
  if (x < -700) return 0;
  if (x > 700) x = 700;
  const k = nearest(x / Math.LN2);
  const r = x - k * LN2_HIGH - k * LN2_LOW;
  let sum: f64 = 1.0 / 6227020800.0;
  sum = sum * r + 1.0 / 479001600.0;
  sum = sum * r + 1.0 / 39916800.0;
  sum = sum * r + 1.0 / 3628800.0;
  sum = sum * r + 1.0 / 362880.0;
  sum = sum * r + 1.0 / 40320.0;
  sum = sum * r + 1.0 / 5040.0;
  sum = sum * r + 1.0 / 720.0;
  sum = sum * r + 1.0 / 120.0;
  sum = sum * r + 1.0 / 24.0;
  sum = sum * r + 1.0 / 6.0;
  sum = sum * r + 0.5;
  sum = sum * r + 1.0;
  sum = sum * r + 1.0;
  return sum * reinterpret<f64>((<u64>(<i64>k + 1023)) << 52);
}
