// Exponential smoothing in error-correction form (Hyndman, Koehler, Ord, Snyder, "Forecasting with Exponential Smoothing",
// 2008): damped trend (Gardner and McKenzie 1985), additive Holt-Winters, and Taylor's double-seasonal Holt-Winters with an
// AR(1) of the errors (JORS 54, 2003). Parameters come from small grids by the mean absolute one-step error: for the back-test
// by the errors before the first origin, for the forecast by all of them. One pass over the grid gives both.
//
// O(grid * n + origins * back) each.

import { ahead, at, back, clear, cycle, first, knownAt, mark, n, origins, put, release, season, take, y } from "./work";

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

/** These are in thousandths. */
const DOUBLE_LEVELS = memory.data<u8>([1, 10, 50]);
const DOUBLE_LEVEL_COUNT = 3;
const DAY_GAINS = memory.data<u8>([5, 20]);
const DAY_GAIN_COUNT = 2;
const WEEK_GAINS = memory.data<u8>([10, 30]);
const WEEK_GAIN_COUNT = 2;
const ERROR_MEMORIES = memory.data<u8>([60, 90]);
const ERROR_MEMORY_COUNT = 2;

function hundredths(table: usize, i: i32): f64 {
  return <f64>load<u8>(table + <usize>i) / 100;
}

/** Sums of absolute one-step errors of the last run: those of times before the first origin, and all. */
let errorsFirst: f64 = 0;
let errorsAll: f64 = 0;

/** What the runs of one model need, set before `search`. A series without a season is one with a season of one step that never changes. */
let kind = 0;
let period = 0;
let choices = 0;
let starts: usize = 0;
let state: usize = 0;

const TREND = 0;
const SEASON = 1;
const DOUBLE = 2;

function runOne(choice: i32, count: i32, rows: usize, end: usize): void {
  if (kind == DOUBLE) runDouble(choice, count, rows, end);
  else runSeason(choice, count, rows, end);
}

/** Runs a model with each of its parameters, then fills the rows with those that were best. */
function search(rows: usize, end: usize): void {
  let bestFirst = Infinity;
  let bestAll = Infinity;
  let choiceFirst = 0;
  let choiceAll = 0;
  for (let c = 0; c < choices; c++) {
    runOne(c, n, 0, 0);
    if (errorsFirst < bestFirst) {
      bestFirst = errorsFirst;
      choiceFirst = c;
    }
    if (errorsAll < bestAll) {
      bestAll = errorsAll;
      choiceAll = c;
    }
  }
  if (origins > 0) runOne(choiceFirst, knownAt(origins - 1), rows, 0);
  runOne(choiceAll, n, 0, end);
}

/** Level and trend, no season. */
export function trend(rows: usize, end: usize): bool {
  return first >= 5 && smooth(TREND, 1, LEVEL_COUNT * TREND_COUNT, rows, end);
}

/** Level, trend and one season. */
export function holtWinters(rows: usize, end: usize): bool {
  return season > 1 && first >= 2 * season && smooth(SEASON, season, SEASON_LEVEL_COUNT * SEASON_GAIN_COUNT * TREND_COUNT, rows, end);
}

/** Level, two seasons (a day and a week, say) and an AR(1) of the errors. */
export function doubleSeasonal(rows: usize, end: usize): bool {
  const count = DOUBLE_LEVEL_COUNT * DAY_GAIN_COUNT * WEEK_GAIN_COUNT * ERROR_MEMORY_COUNT;
  return cycle > 1 && first >= 2 * cycle + season && smooth(DOUBLE, season + cycle, count, rows, end);
}

function smooth(which: i32, length: i32, count: i32, rows: usize, end: usize): bool {
  const marked = mark();
  kind = which;
  period = length;
  choices = count;
  state = take(length);
  starts = take(2 * (length + 1));
  if (kind == DOUBLE) {
    startDouble(starts);
  } else {
    startSeason(starts, false);
    startSeason(starts + ((<usize>(length + 1)) << 3), true);
  }
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
  const lead = kind == TREND ? min(first - 1, 8) : period;
  let gain: f64 = 0;
  for (let i = 0; i < period; i++) gain += (at(y, i + lead) - at(y, i)) / <f64>period;
  const slope = trended ? gain / <f64>lead : 0;
  for (let i = 0; i < period; i++) {
    const a = at(y, i) - slope * <f64>(i + 1);
    const b = kind == TREND ? a : at(y, period + i) - (trended ? slope * <f64>(period + i + 1) : gain);
    put(start, i, (a + b) / 2);
  }
  put(start, period, slope);
}

function runSeason(choice: i32, count: i32, rows: usize, end: usize): void {
  const bend = choice % TREND_COUNT;
  const beta = hundredths(TRENDS, 2 * bend);
  const phi = hundredths(TRENDS, 2 * bend + 1);
  choice /= TREND_COUNT;
  const gain = kind == TREND ? 0 : hundredths(SEASON_GAINS, choice % SEASON_GAIN_COUNT);
  const alpha = kind == TREND ? hundredths(LEVELS, choice) : hundredths(SEASON_LEVELS, choice / SEASON_GAIN_COUNT);
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

/** Where the double-seasonal model starts, from the first two long seasons: day indices, week indices, level. */
function startDouble(start: usize): void {
  const week = start + ((<usize>season) << 3);
  clear(start, season);
  let mean: f64 = 0;
  for (let i = 0; i < 2 * cycle; i++) mean += at(y, i);
  mean /= <f64>(2 * cycle);
  const days = <f64>((2 * cycle) / season);
  for (let i = 0; i < 2 * cycle; i++) put(start, i % season, at(start, i % season) + (at(y, i) - mean) / days);
  for (let i = 0; i < cycle; i++) put(week, i, 0.7 * ((at(y, i) + at(y, i + cycle)) / 2 - mean - at(start, i % season)));
  put(start, season + cycle, mean);
}

function runDouble(choice: i32, count: i32, rows: usize, end: usize): void {
  const day = state;
  const week = state + ((<usize>season) << 3);
  const phi = hundredths(ERROR_MEMORIES, choice % ERROR_MEMORY_COUNT);
  choice /= ERROR_MEMORY_COUNT;
  const weekGain = hundredths(WEEK_GAINS, choice % WEEK_GAIN_COUNT);
  choice /= WEEK_GAIN_COUNT;
  const dayGain = hundredths(DAY_GAINS, choice % DAY_GAIN_COUNT);
  const alpha = hundredths(DOUBLE_LEVELS, choice / DAY_GAIN_COUNT) / 10;
  memory.copy(state, starts, (<usize>(season + cycle)) << 3);
  let level = at(starts, season + cycle);
  let error: f64 = 0;
  let sum: f64 = 0;
  errorsFirst = 0;
  let origin = 0;
  let stop = rows == 0 ? n + 1 : knownAt(0);
  let d = 0;
  let w = 0;
  for (let t = 0; t <= count; t++) {
    if (t == stop) {
      forecastDouble(level, error, phi, day, week, t, rows + ((<usize>(origin * back)) << 3), back);
      origin++;
      stop = knownAt(origin);
    }
    if (t == count) break;
    if (t == first) errorsFirst = sum;
    const base = level + at(day, d) + at(week, w);
    const miss = at(y, t) - base;
    // The start was made of the first two long seasons: only errors after them tell parameters apart.
    if (t >= 2 * cycle) sum += abs(miss - phi * error);
    error = miss;
    level += alpha * error;
    put(day, d, at(day, d) + dayGain * error);
    put(week, w, at(week, w) + weekGain * error);
    if (++d == season) d = 0;
    if (++w == cycle) w = 0;
  }
  errorsAll = sum;
  if (first == n) errorsFirst = sum;
  if (end != 0) forecastDouble(level, error, phi, day, week, n, end, ahead);
}

function forecastDouble(level: f64, error: f64, phi: f64, day: usize, week: usize, from: i32, row: usize, steps: i32): void {
  for (let h = 0; h < steps; h++) {
    error *= phi;
    put(row, h, level + at(day, (from + h) % season) + at(week, (from + h) % cycle) + error);
  }
}
