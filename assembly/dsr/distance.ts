// Distances of one query to four rows at a time. The four share the loads of the query, and eight independent sums hide the
// latency of the additions. There is one kernel a metric and no special case for fewer rows, so a distance has the same bits
// whether it comes from a scan or from a list of ids.
//
// No distance is NaN: `measure` keeps vectors so short that no product or sum of theirs leaves f32.

import { COSINE, INNER_PRODUCT, L2 } from "./layout";

/** The most Euclidean length of a vector under l2 and ip, 2^50: no sum of products of vectors, prototypes and tables of such leaves f32. */
export const LONGEST: f64 = 1125899906842624.0;
/** The most length of a vector under cosine: the largest f32. */
export const LONGEST_COSINE: f64 = 3.4028234663852886e38;

/**
 * The distances of the query at `q` to the rows at `a`, `b`, `c` and `d`, all of `bytes` bytes, a multiple of 16: a call and two branches,
 * which are always taken alike, for four rows. So the scans exist once, not once a metric.
 */
export function distances4(metric: u32, q: usize, a: usize, b: usize, c: usize, d: usize, bytes: usize): v128 {
  if (metric == L2) return squares4(q, a, b, c, d, bytes);
  const products = products4(q, a, b, c, d, bytes);
  // 0 - x and not -x: there must be one zero only, or ties at 0 would not go by id.
  if (metric == INNER_PRODUCT) return f32x4.sub(f32x4.splat(0), products);
  return f32x4.min(f32x4.max(f32x4.sub(f32x4.splat(1), products), f32x4.splat(0)), f32x4.splat(2));
}

// biome-ignore lint/complexity/noStaticOnlyClass: a method can be made to be inlined, a function cannot
abstract class Add {
  /** sum + (x - y)^2 */
  @inline static square(sum: v128, x: v128, y: v128): v128 {
    const z = f32x4.sub(x, y);
    return f32x4.add(sum, f32x4.mul(z, z));
  }
}

function squares4(q: usize, a: usize, b: usize, c: usize, d: usize, bytes: usize): v128 {
  let a0 = f32x4.splat(0);
  let a1 = a0;
  let b0 = a0;
  let b1 = a0;
  let c0 = a0;
  let c1 = a0;
  let d0 = a0;
  let d1 = a0;
  const end = q + (bytes & ~31);
  while (q < end) {
    const x = v128.load(q);
    const y = v128.load(q, 16);
    a0 = Add.square(a0, x, v128.load(a));
    a1 = Add.square(a1, y, v128.load(a, 16));
    b0 = Add.square(b0, x, v128.load(b));
    b1 = Add.square(b1, y, v128.load(b, 16));
    c0 = Add.square(c0, x, v128.load(c));
    c1 = Add.square(c1, y, v128.load(c, 16));
    d0 = Add.square(d0, x, v128.load(d));
    d1 = Add.square(d1, y, v128.load(d, 16));
    q += 32;
    a += 32;
    b += 32;
    c += 32;
    d += 32;
  }
  if ((bytes & 16) != 0) {
    const x = v128.load(q);
    a0 = Add.square(a0, x, v128.load(a));
    b0 = Add.square(b0, x, v128.load(b));
    c0 = Add.square(c0, x, v128.load(c));
    d0 = Add.square(d0, x, v128.load(d));
  }
  return sums(f32x4.add(a0, a1), f32x4.add(b0, b1), f32x4.add(c0, c1), f32x4.add(d0, d1));
}

function products4(q: usize, a: usize, b: usize, c: usize, d: usize, bytes: usize): v128 {
  let a0 = f32x4.splat(0);
  let a1 = a0;
  let b0 = a0;
  let b1 = a0;
  let c0 = a0;
  let c1 = a0;
  let d0 = a0;
  let d1 = a0;
  const end = q + (bytes & ~31);
  while (q < end) {
    const x = v128.load(q);
    const y = v128.load(q, 16);
    a0 = f32x4.add(a0, f32x4.mul(x, v128.load(a)));
    a1 = f32x4.add(a1, f32x4.mul(y, v128.load(a, 16)));
    b0 = f32x4.add(b0, f32x4.mul(x, v128.load(b)));
    b1 = f32x4.add(b1, f32x4.mul(y, v128.load(b, 16)));
    c0 = f32x4.add(c0, f32x4.mul(x, v128.load(c)));
    c1 = f32x4.add(c1, f32x4.mul(y, v128.load(c, 16)));
    d0 = f32x4.add(d0, f32x4.mul(x, v128.load(d)));
    d1 = f32x4.add(d1, f32x4.mul(y, v128.load(d, 16)));
    q += 32;
    a += 32;
    b += 32;
    c += 32;
    d += 32;
  }
  if ((bytes & 16) != 0) {
    const x = v128.load(q);
    a0 = f32x4.add(a0, f32x4.mul(x, v128.load(a)));
    b0 = f32x4.add(b0, f32x4.mul(x, v128.load(b)));
    c0 = f32x4.add(c0, f32x4.mul(x, v128.load(c)));
    d0 = f32x4.add(d0, f32x4.mul(x, v128.load(d)));
  }
  return sums(f32x4.add(a0, a1), f32x4.add(b0, b1), f32x4.add(c0, c1), f32x4.add(d0, d1));
}

/** The sums of the lanes of four vectors, in the lanes of one: a 4 x 4 transpose and three additions. */
function sums(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 4, 1, 5), v128.shuffle<f32>(a, b, 2, 6, 3, 7));
  const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 4, 1, 5), v128.shuffle<f32>(c, d, 2, 6, 3, 7));
  return f32x4.add(v128.shuffle<f32>(ab, cd, 0, 1, 4, 5), v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
}

/**
 * The Euclidean length of `n` floats, or -1 if one is not finite or the vector is longer than the metric takes. In f64, where
 * the squares of all floats are normal numbers: nothing overflows, nothing vanishes.
 */
export function measure(p: usize, n: u32, metric: u32): f64 {
  let low = f64x2.splat(0);
  let high = low;
  const end = p + ((<usize>(n & ~3)) << 2);
  while (p < end) {
    const x = v128.load(p);
    const l = f64x2.promote_low_f32x4(x);
    const h = f64x2.promote_low_f32x4(v128.shuffle<f32>(x, x, 2, 3, 2, 3));
    low = f64x2.add(low, f64x2.mul(l, l));
    high = f64x2.add(high, f64x2.mul(h, h));
    p += 16;
  }
  const both = f64x2.add(low, high);
  let sum = f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1);
  for (let left = n & 3; left > 0; left--) {
    const x = <f64>load<f32>(p);
    sum += x * x;
    p += 4;
  }
  const norm = sqrt<f64>(sum);
  return norm <= (metric == COSINE ? LONGEST_COSINE : LONGEST) ? norm : -1;
}

/** Writes `n` floats of a vector of length `norm` as the metric wants a row: as they are, or divided by the length. */
export function copyRow(to: usize, from: usize, n: u32, norm: f64, metric: u32): void {
  if (metric != COSINE) {
    if (to != from) memory.copy(to, from, (<usize>n) << 2);
    return;
  }
  // The zero vector has no direction: it stays zero, and its distance to everything is 1.
  const scale: f64 = norm > 0 ? 1.0 / norm : 0.0;
  const factor = f64x2.splat(scale);
  const end = from + ((<usize>(n & ~3)) << 2);
  while (from < end) {
    const x = v128.load(from);
    const low = f32x4.demote_f64x2_zero(f64x2.mul(f64x2.promote_low_f32x4(x), factor));
    const high = f32x4.demote_f64x2_zero(f64x2.mul(f64x2.promote_low_f32x4(v128.shuffle<f32>(x, x, 2, 3, 2, 3)), factor));
    v128.store(to, v128.shuffle<f32>(low, high, 0, 1, 4, 5));
    from += 16;
    to += 16;
  }
  for (let left = n & 3; left > 0; left--) {
    store<f32>(to, <f32>(<f64>load<f32>(from) * scale));
    from += 4;
    to += 4;
  }
}
