// Autoregression on recent and seasonal lags by ridge regression. Several steps are forecast by feeding forecasts back. The normal equations grow row by row from origin to origin, so that all fits of the
// back-test cost little more than one: O(n * lags^2 + fits * lags^3 + origins * back * lags).

import { dot } from "./period";
import { ahead, at, back, clear, cycle, first, knownAt, mark, n, origins, put, release, season, take, y } from "./work";

export const MOST_LAGS = 32;
/** Rows of the regression that each coefficient must have at the first origin. */
const ROWS_A_LAG = 3;
/** Penalty a row on the squared coefficients of the standardised values. */
export const RIDGE: f64 = 0.00002;
/** Fits over all origins of the back-test. */
const FITS = 6;
/** A forecast may leave the range of the values before the first origin by this many standard deviations. */
const LEEWAY: f64 = 3;

const lags = memory.data(4 * 32);
export let lagCount: i32 = 0;

export function lag(i: i32): i32 {
  return load<i32>(lags + ((<usize>i) << 2));
}

/** Adds a lag in order of size, once, if it leaves half of the values before the first origin as rows. */
function addLag(value: i32): void {
  if (value < 1 || value > first >> 1 || lagCount == MOST_LAGS) return;
  let i = lagCount;
  while (i > 0 && lag(i - 1) > value) i--;
  if (i > 0 && lag(i - 1) == value) return;
  for (let j = lagCount; j > i; j--) store<i32>(lags + ((<usize>j) << 2), lag(j - 1));
  store<i32>(lags + ((<usize>i) << 2), value);
  lagCount++;
}

/**
 * The lags: the last 4 steps, around one and two seasons ago, around a long season ago, and the seasons in between.
 * @param far two long seasons ago as well
 */
export function chooseLags(far: bool): void {
  lagCount = 0;
  for (let i = 1; i <= 4; i++) addLag(i);
  if (season > 1) {
    for (let i = -1; i <= 2; i++) addLag(season + i);
    for (let i = -1; i <= 1; i++) addLag(2 * season + i);
    if (cycle > 1) for (let i = -1; i <= 2; i++) addLag(cycle + i);
    const seasons = cycle > 1 ? min(cycle / season, 7) : 4;
    for (let j = 3; j < seasons; j++) {
      addLag(j * season);
      addLag(j * season + 1);
    }
    if (far && cycle > 1) {
      addLag(2 * cycle);
      addLag(2 * cycle + 1);
    }
  }
  while (lagCount > 0 && first - lag(lagCount - 1) < ROWS_A_LAG * (lagCount + 1)) lagCount--;
}

/** The regression. */
export function regression(rows: usize, end: usize): bool {
  chooseLags(false);
  if (lagCount == 0) return false;
  const marked = mark();
  // z: the standardised values, and room for the forecasts that are fed back.
  const z = take(n + max(ahead, back));
  let mean: f64 = 0;
  for (let t = 0; t < first; t++) mean += at(y, t);
  mean /= <f64>first;
  let spread: f64 = 0;
  for (let t = 0; t < first; t++) spread += (at(y, t) - mean) * (at(y, t) - mean);
  spread = sqrt(spread / <f64>first);
  if (!(spread > 1e-12 * abs(mean))) {
    release(marked);
    return false;
  }
  for (let t = 0; t < n; t++) put(z, t, (at(y, t) - mean) / spread);

  const p = lagCount + 1;
  const width = (p + 1) & ~1;
  const gram = take(width * width);
  const right = take(width);
  const x = take(width);
  clear(gram, width * (width + 2));
  const solved = take(width * width);
  const weights = take(width);
  const longest = lag(lagCount - 1);
  const every = max(1, (origins + FITS - 1) / FITS);
  let low: f64 = 0;
  let high: f64 = 0;
  for (let t = 0; t < first; t++) {
    low = min(low, at(z, t) - LEEWAY);
    high = max(high, at(z, t) + LEEWAY);
  }
  let t = longest;
  for (let o = 0; o <= origins; o++) {
    const known = knownAt(o);
    if (o % every == 0 || o == origins) {
      for (; t < known; t++) {
        for (let i = 0; i < lagCount; i++) put(x, i, at(z, t - lag(i)));
        put(x, lagCount, 1);
        accumulate(gram, right, x, at(z, t), p, width);
      }
      solve(gram, solved, right, weights, p, width, RIDGE * <f64>(known - longest));
    }
    const steps = o == origins ? ahead : back;
    for (let h = 0; h < steps; h++) {
      let s = at(weights, lagCount);
      for (let i = 0; i < lagCount; i++) s += at(weights, i) * at(z, known + h - lag(i));
      put(z, known + h, max(low, min(high, s)));
    }
    const row = o == origins ? end : rows + ((<usize>(o * back)) << 3);
    for (let h = 0; h < steps; h++) put(row, h, at(z, known + h) * spread + mean);
    // What the forecasts overwrote is the truth of the next origin.
    for (let i = known; i < min(n, known + steps); i++) put(z, i, (at(y, i) - mean) / spread);
  }
  release(marked);
  return true;
}

/** Adds one row to the upper triangle of the normal equations, two columns at a time. */
export function accumulate(gram: usize, right: usize, x: usize, target: f64, p: i32, width: i32): void {
  for (let i = 0; i < p; i++) {
    const xi = f64x2.splat(at(x, i));
    const row = gram + ((<usize>(i * width)) << 3);
    for (let j = i & ~1; j < width; j += 2) {
      const o = (<usize>j) << 3;
      v128.store(row + o, f64x2.add(v128.load(row + o), f64x2.mul(xi, v128.load(x + o))));
    }
    put(right, i, at(right, i) + at(x, i) * target);
  }
}

/** Solves the penalised normal equations by Cholesky's decomposition, working in `l`. The last coefficient, the constant, is free. */
export function solve(gram: usize, l: usize, right: usize, weights: usize, p: i32, width: i32, penalty: f64): void {
  for (let i = 0; i < p; i++) {
    const li = l + ((<usize>(i * width)) << 3);
    for (let j = 0; j <= i; j++) {
      const lj = l + ((<usize>(j * width)) << 3);
      let s = at(gram, j * width + i) - dot(li, lj, j);
      if (i == j) {
        if (i < p - 1) s += penalty;
        put(li, i, sqrt(max(s, 1e-12)));
      } else {
        put(li, j, s / at(lj, j));
      }
    }
  }
  for (let i = 0; i < p; i++) {
    const li = l + ((<usize>(i * width)) << 3);
    put(weights, i, (at(right, i) - dot(li, weights, i)) / at(li, i));
  }
  for (let i = p - 1; i >= 0; i--) {
    let s = at(weights, i);
    for (let k = i + 1; k < p; k++) s -= at(l, k * width + i) * at(weights, k);
    put(weights, i, s / at(l, i * width + i));
  }
}
