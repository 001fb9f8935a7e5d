// Natural logarithm and exponential of four numbers at once: a polynomial of degree 5 for log2 on [1, 2), t q(t)
// with q through log2(1 + t) / t at the Chebyshev nodes, and the polynomial of
// Moshier's Cephes library for e^x. They are made of additions and multiplications alone, so every machine computes the same bits.

/** ln(x) for four normal positive numbers; absolute error below 5e-5, 0 at 1. Good enough for features, and half the work. */
export function ln4(x: v128): v128 {
  // x = (1 + t) 2^e with t in [0, 1)
  const e = f32x4.convert_i32x4_s(i32x4.sub(i32x4.shr_s(x, 23), i32x4.splat(127)));
  const t = f32x4.sub(v128.or(v128.and(x, i32x4.splat(0x007fffff)), i32x4.splat(0x3f800000)), f32x4.splat(1));
  let y = f32x4.add(f32x4.mul(t, f32x4.splat(0.05866494)), f32x4.splat(-0.22510303));
  y = f32x4.add(f32x4.mul(y, t), f32x4.splat(0.44059903));
  y = f32x4.add(f32x4.mul(y, t), f32x4.splat(-0.71671466));
  y = f32x4.mul(f32x4.add(f32x4.mul(y, t), f32x4.splat(1.4426039)), t);
  return f32x4.mul(f32x4.add(y, e), f32x4.splat(<f32>Math.LN2));
}

/** Added to a number below 2^22 it leaves the number's nearest integer in the low bits. */
const ROUND: f32 = 12582912;

/** e^x for four numbers in [-80, 80]. */
export function exp4(x: v128): v128 {
  const t = f32x4.add(f32x4.mul(x, f32x4.splat(<f32>Math.LOG2E)), f32x4.splat(ROUND));
  const n = f32x4.sub(t, f32x4.splat(ROUND));
  let r = f32x4.sub(x, f32x4.mul(n, f32x4.splat(0.693359375)));
  r = f32x4.add(r, f32x4.mul(n, f32x4.splat(2.1219444e-4)));
  let y = f32x4.splat(1.98756915e-4);
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(1.3981999507e-3));
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(8.3334519073e-3));
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(4.1665795894e-2));
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(1.6666665459e-1));
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(5.0000001201e-1));
  y = f32x4.add(f32x4.add(f32x4.mul(y, f32x4.mul(r, r)), r), f32x4.splat(1));
  // The integer goes to the exponent.
  return i32x4.add(y, i32x4.shl(t, 23));
}

/** The sum of four numbers. */
export function sum4(x: v128): f32 {
  return f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1) + (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3));
}

/** The largest of four numbers. */
export function max4(x: v128): f32 {
  return max<f32>(
    max<f32>(f32x4.extract_lane(x, 0), f32x4.extract_lane(x, 1)),
    max<f32>(f32x4.extract_lane(x, 2), f32x4.extract_lane(x, 3)),
  );
}
