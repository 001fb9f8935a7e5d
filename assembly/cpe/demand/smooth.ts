// Exponential smoothing in error-correction form (Hyndman, Koehler, Ord, Snyder, "Forecasting with Exponential Smoothing",
// 2008): damped trend (Gardner and McKenzie 1985) and additive Holt-Winters. Parameters come from small grids by the mean absolute one-step error: for the back-test
// by the errors before the first origin, for the forecast by all of them. One pass over the grid gives both.
//
// O(grid * n + origins * back) each.

import { ahead, at, back, first, knownAt, mark, n, origins, put, release, season, take, y } from "./work";

// The grids, in hundredths: tables of bytes take an eighth of the module that f64 would.

/** The trends tried: none, damped, straight. Pairs of beta (share of a level's correction that goes to the trend) and phi. */
const TRENDS = memory.data<u8>([0, 0, 10, 95, 10, 100]);
const TREND_COUNT = 3;

const LEVELS = memory.data<u8>([5, 10, 20, 40, 60, 80, 100]);
const LEVEL_COUNT = 7;

const SEASON_LEVELS = memory.data<u8>([2, 10, 30, 60]);
const SEASON_LEVEL_COUNT = 4;
const SEASON_GAINS = memory.data<u8>([5, 20, 40]);
const SEASON_GAIN_COUNT = 3;

function hundredths(table: usize, i: i32): f64 {
  return <f64>load<u8>(table + <usize>i) / 100;
}

/** Sums of absolute one-step errors of the last run: those of times before the first origin, and all. */
let errorsFirst: f64 = 0;
let errorsAll: f64 = 0;

/** What the runs of one model need, set before `search`. A series without a season is one with a season of one step that never changes. */
let period = 0;
let choices = 0;
let starts: usize = 0;
let state: usize = 0;

/** Runs a model with each of its parameters, then fills the rows with those that were best. */
function search(rows: usize, end: usize): void {
  let bestFirst = Infinity;
  let bestAll = Infinity;
  let choiceFirst = 0;
  let choiceAll = 0;
  for (let c = 0; c < choices; c++) {
    runSeason(c, n, 0, 0);
    if (errorsFirst < bestFirst) {
      bestFirst = errorsFirst;
      choiceFirst = c;
    }
    if (errorsAll < bestAll) {
      bestAll = errorsAll;
      choiceAll = c;
    }
  }
  if (origins > 0) runSeason(choiceFirst, knownAt(origins - 1), rows, 0);
  runSeason(choiceAll, n, 0, end);
}

/** Level and trend, no season. */
export function trend(rows: usize, end: usize): bool {
  return first >= 5 && smooth(1, LEVEL_COUNT * TREND_COUNT, rows, end);
}

/** Level, trend and one season. */
export function holtWinters(rows: usize, end: usize): bool {
  return season > 1 && first >= 2 * season && smooth(season, SEASON_LEVEL_COUNT * SEASON_GAIN_COUNT * TREND_COUNT, rows, end);
}

function smooth(length: i32, count: i32, rows: usize, end: usize): bool {
  const marked = mark();
  period = length;
  choices = count;
  state = take(length);
  starts = take(2 * (length + 1));
  startSeason(starts, false);
  startSeason(starts + ((<usize>(length + 1)) << 3), true);
  search(rows, end);
  release(marked);
  return true;
}

function extrapolate(level: f64, slope: f64, phi: f64, row: usize, steps: i32, from: i32): void {
  for (let h = 0; h < steps; h++) {
    slope *= phi;
    level += slope;
    put(row, h, level + at(state, (from + h) % period));
  }
}

/** Where a run starts: `period` indices, then the trend. The level, which is taken into the indices, starts at 0. */
function startSeason(start: usize, trended: bool): void {
  // The trend of the first steps, or of the first two seasons.
  const lead = period == 1 ? min(first - 1, 8) : period;
  let gain: f64 = 0;
  for (let i = 0; i < period; i++) gain += (at(y, i + lead) - at(y, i)) / <f64>period;
  const slope = trended ? gain / <f64>lead : 0;
  for (let i = 0; i < period; i++) {
    const a = at(y, i) - slope * <f64>(i + 1);
    const b = period == 1 ? a : at(y, period + i) - (trended ? slope * <f64>(period + i + 1) : gain);
    put(start, i, (a + b) / 2);
  }
  put(start, period, slope);
}

function runSeason(choice: i32, count: i32, rows: usize, end: usize): void {
  const bend = choice % TREND_COUNT;
  const beta = hundredths(TRENDS, 2 * bend);
  const phi = hundredths(TRENDS, 2 * bend + 1);
  choice /= TREND_COUNT;
  const gain = period == 1 ? 0 : hundredths(SEASON_GAINS, choice % SEASON_GAIN_COUNT);
  const alpha = period == 1 ? hundredths(LEVELS, choice) : hundredths(SEASON_LEVELS, choice / SEASON_GAIN_COUNT);
  const start = bend == 0 ? starts : starts + ((<usize>(period + 1)) << 3);
  memory.copy(state, start, (<usize>period) << 3);
  let slope = at(start, period);
  let level: f64 = 0;
  let sum: f64 = 0;
  errorsFirst = 0;
  let origin = 0;
  let stop = rows == 0 ? n + 1 : knownAt(0);
  let place = 0;
  for (let t = 0; t <= count; t++) {
    if (t == stop) {
      extrapolate(level, slope, phi, rows + ((<usize>(origin * back)) << 3), back, t);
      origin++;
      stop = knownAt(origin);
    }
    if (t == count) break;
    if (t == first) errorsFirst = sum;
    const base = level + phi * slope;
    const error = at(y, t) - base - at(state, place);
    // The start was made of the first two seasons, so errors in the first one say nothing.
    if (t >= period) sum += abs(error);
    level = base + alpha * error;
    slope = phi * slope + alpha * beta * error;
    put(state, place, at(state, place) + gain * error);
    if (++place == period) place = 0;
  }
  errorsAll = sum;
  if (first == n) errorsFirst = sum;
  if (end != 0) extrapolate(level, slope, phi, end, ahead, n);
}
