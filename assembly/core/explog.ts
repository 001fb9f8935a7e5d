// e^x and the natural logarithm without tables, for modules that call them seldom: 0.3 KiB of module where the functions of
// math.ts, which look up tables, take 7. Algorithms and constants: fdlibm (Sun Microsystems, 1993), e_exp.c and e_log.c, error
// below 1 ulp. Made of wasm arithmetic, so the bits are the same on every machine.

const LN2_HIGH: f64 = 6.9314718036912381649e-1;
const LN2_LOW: f64 = 1.90821492927058770002e-10;

/** e^x; Infinity above 709.78, 0 below -745.13. */
export function smallExp(x: f64): f64 {
  if (x > 709.782712893384) return Infinity;
  if (x < -745.1332191019411) return 0;
  const k = <i32>nearest(x * 1.442695040888963387);
  const high = x - <f64>k * LN2_HIGH;
  const low = <f64>k * LN2_LOW;
  const r = high - low;
  const s = r * r;
  const odd =
    s * (-2.77777777770155933842e-3 + s * (6.61375632143793436117e-5 + s * (-1.6533902205465251539e-6 + s * 4.13813679705723846039e-8)));
  const c = r - s * (1.66666666666666019037e-1 + odd);
  const y = 1 + ((r * c) / (2 - c) - low + high);
  // In two steps: 2^k itself may be outside the range where the product is not.
  const half = k >> 1;
  return y * power2(half) * power2(k - half);
}

/** ln x; -Infinity at 0, NaN below. */
export function smallLog(x: f64): f64 {
  if (!(x > 0)) return x == 0 ? -Infinity : NaN;
  if (x == Infinity) return x;
  let k = 0;
  if (x < 2.2250738585072014e-308) {
    x *= 18014398509481984;
    k = -54;
  }
  // x = 2^k * m with m in [sqrt(1/2), sqrt(2)).
  let bits = reinterpret<u64>(x) + 0x00095f6200000000;
  k += <i32>(bits >> 52) - 1023;
  bits = (bits & 0x000fffffffffffff) + 0x3fe6a09e00000000;
  const f = reinterpret<f64>(bits) - 1;
  const square = 0.5 * f * f;
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const even = w * (3.999999999940941908e-1 + w * (2.222219843214978396e-1 + w * 1.531383769920937332e-1));
  const odd = z * (6.66666666666673513e-1 + w * (2.857142874366239149e-1 + w * (1.818357216161805012e-1 + w * 1.479819860511658591e-1)));
  return s * (square + (even + odd)) + <f64>k * LN2_LOW - square + f + <f64>k * LN2_HIGH;
}

function power2(k: i32): f64 {
  return reinterpret<f64>((<u64>(k + 1023)) << 52);
}
