// The season of a series from its autocorrelation.

import { at, mark, n, put, release, take, y } from "./work";

/** The longest season that is looked for, in steps. */
const LONGEST = 400;
/** Three standard deviations of the autocorrelation of noise are not enough for a season: it must rise by this much more. */
const RISE: f64 = 0.15;
/** The shortest lag within this share of the best one is the season: its multiples correlate as well. */
const SHARE = 0.8;

/** Lengths that seasons usually have (days in quarter hours, weeks in hours ...); a lag beside one is meant to be it. */
const USUAL = memory.data<u16>([12, 24, 48, 96, 144, 168, 288, 336]);
const USUALS = 8;

/**
 * The season of y, 0 if there is none: the first high peak of the autocorrelation of the detrended values.
 * O(n * lags), lags up to a third of n.
 */
export function findSeason(): i32 {
  const lags = min(n / 3, LONGEST);
  if (lags < 2) return 0;
  const marked = mark();
  const z = take(n);
  const r = take(lags + 2);
  const total = detrend(z);
  const noise = 3 / sqrt(<f64>n);
  let found = 0;
  if (total > 0) {
    put(r, 0, 1);
    for (let lag = 1; lag <= lags; lag++) {
      put(r, lag, (dot(z, z + ((<usize>lag) << 3), n - lag) / total) * (<f64>n / <f64>(n - lag)));
    }
    put(r, lags + 1, -1);
    let best: f64 = 0;
    for (let turn = 0; turn < 2; turn++) {
      let lowest: f64 = 1;
      for (let lag = 2; lag <= lags && found == 0; lag++) {
        const here = at(r, lag);
        lowest = min(lowest, at(r, lag - 1));
        const peak = here >= at(r, lag - 1) && here >= at(r, lag + 1) && here > noise && here - lowest > RISE + noise;
        if (!peak) continue;
        if (turn == 0) best = max(best, here);
        else if (here >= SHARE * best) found = lag;
      }
    }
    for (let i = 0; i < USUALS; i++) {
      const usual = <i32>load<u16>(USUAL + ((<usize>i) << 1));
      if (abs(usual - found) == 1) found = usual;
    }
  }
  release(marked);
  return found;
}

/** Writes the values less their least-squares line; returns the sum of their squares, 0 if that is only rounding. */
function detrend(z: usize): f64 {
  let sum: f64 = 0;
  let cross: f64 = 0;
  let size: f64 = 0;
  const middle = <f64>(n - 1) / 2;
  for (let t = 0; t < n; t++) {
    sum += at(y, t);
    cross += (<f64>t - middle) * at(y, t);
    size = max(size, abs(at(y, t)));
  }
  const mean = sum / <f64>n;
  const slope = (cross * 12) / (<f64>n * (<f64>n * <f64>n - 1));
  let total: f64 = 0;
  for (let t = 0; t < n; t++) {
    const d = at(y, t) - mean - slope * (<f64>t - middle);
    put(z, t, d);
    total += d * d;
  }
  return total > 1e-20 * size * size * <f64>n ? total : 0;
}

/** Inner product of two arrays of f64, two lanes at a time. */
export function dot(a: usize, b: usize, count: i32): f64 {
  let s = f64x2.splat(0);
  let u = f64x2.splat(0);
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    const o = (<usize>i) << 3;
    s = f64x2.add(s, f64x2.mul(v128.load(a + o), v128.load(b + o)));
    u = f64x2.add(u, f64x2.mul(v128.load(a + o, 16), v128.load(b + o, 16)));
  }
  s = f64x2.add(s, u);
  let sum = f64x2.extract_lane(s, 0) + f64x2.extract_lane(s, 1);
  for (; i < count; i++) sum += at(a, i) * at(b, i);
  return sum;
}
