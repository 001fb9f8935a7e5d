// The Theta method (Assimakopoulos and Nikolopoulos, IJF 16, 2000) in the form of Hyndman and Billah (IJF 19, 2003): simple
// exponential smoothing of the seasonally adjusted values, with half the slope of their least-squares line as drift. Additive
// season; the season, the slope and alpha come from the values before the first origin, or from all for the forecast. O(n * grid).

import { ahead, at, back, clear, first, knownAt, mark, n, origins, put, release, season, take, y } from "./work";

/** alpha is 1/10, 2/10 ... 9/10. */
const ALPHAS = 9;

let period = 1;
let indices: usize = 0;
let drift: f64 = 0;

export function theta(rows: usize, end: usize): bool {
  if (first < 8) return false;
  const marked = mark();
  period = season > 1 && first >= 2 * season ? season : 1;
  indices = take(period);
  if (origins > 0) {
    measure(first);
    run(bestAlpha(first), knownAt(origins - 1), rows, 0);
  }
  measure(n);
  run(bestAlpha(n), n, 0, end);
  release(marked);
  return true;
}

/** The mean distance of each place from the mean of its season over whole seasons, and half the slope of what is left. */
function measure(count: i32): void {
  clear(indices, period);
  if (period > 1) {
    const seasons = count / period;
    for (let s = 0; s < seasons; s++) {
      let mean: f64 = 0;
      for (let i = 0; i < period; i++) mean += at(y, s * period + i);
      mean /= <f64>period;
      for (let i = 0; i < period; i++) put(indices, i, at(indices, i) + (at(y, s * period + i) - mean) / <f64>seasons);
    }
  }
  const middle = <f64>(count - 1) / 2;
  let cross: f64 = 0;
  for (let t = 0; t < count; t++) cross += (<f64>t - middle) * (at(y, t) - at(indices, t % period));
  drift = (cross * 6) / (<f64>count * (<f64>count * <f64>count - 1));
}

/** The alpha with the least sum of absolute one-step errors. */
function bestAlpha(count: i32): f64 {
  let best: f64 = 0;
  let least = Infinity;
  for (let i = 1; i <= ALPHAS; i++) {
    const sum = run(<f64>i / 10, count, 0, 0);
    if (sum < least) {
      least = sum;
      best = <f64>i / 10;
    }
  }
  return best;
}

/** Smooths `count` values; fills the rows of the origins on its way, or the row from the end. Returns the sum of absolute errors. */
function run(alpha: f64, count: i32, rows: usize, end: usize): f64 {
  let level = at(y, 0) - at(indices, 0);
  let sum: f64 = 0;
  let origin = 0;
  let stop = rows == 0 ? n + 1 : knownAt(0);
  let place = 0;
  for (let t = 0; t <= count; t++) {
    if (t == stop) {
      extrapolate(level, rows + ((<usize>(origin * back)) << 3), back, t);
      stop = knownAt(++origin);
    }
    if (t == count) break;
    const error = at(y, t) - at(indices, place) - level - drift;
    if (t > 0) sum += abs(error);
    level += drift + alpha * error;
    if (++place == period) place = 0;
  }
  if (end != 0) extrapolate(level, end, ahead, n);
  return sum;
}

function extrapolate(level: f64, row: usize, steps: i32, from: i32): void {
  for (let h = 0; h < steps; h++) {
    level += drift;
    put(row, h, level + at(indices, (from + h) % period));
  }
}
