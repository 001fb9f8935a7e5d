// Exponential smoothing in error-correction form (Hyndman, Koehler, Ord, Snyder, "Forecasting with Exponential Smoothing",
// 2008): damped trend (Gardner and McKenzie 1985), additive Holt-Winters, and Taylor's double-seasonal Holt-Winters with an
// AR(1) of the errors (JORS 54, 2003). Parameters come from small grids by the mean absolute one-step error: for the back-test
// by the errors before the first origin, for the forecast by all of them. One pass over the grid gives both.
//
// O(grid * n + origins * back) each.

import { ahead, at, back, cycle, first, knownAt, mark, n, origins, put, release, season, take, y } from "./work";

/** The trends tried: none, damped, straight. Pairs of beta (share of a level's correction that goes to the trend) and phi. */
const TRENDS = memory.data<f64>([0, 0, 0.1, 0.95, 0.1, 1]);
const TREND_COUNT = 3;

const LEVELS = memory.data<f64>([0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1]);
const LEVEL_COUNT = 7;

const SEASON_LEVELS = memory.data<f64>([0.02, 0.1, 0.3, 0.6]);
const SEASON_LEVEL_COUNT = 4;
const SEASON_GAINS = memory.data<f64>([0.05, 0.2, 0.4]);
const SEASON_GAIN_COUNT = 3;

const DOUBLE_LEVELS = memory.data<f64>([0.001, 0.01, 0.05]);
const DOUBLE_LEVEL_COUNT = 3;
const DAY_GAINS = memory.data<f64>([0.05, 0.2]);
const DAY_GAIN_COUNT = 2;
const WEEK_GAINS = memory.data<f64>([0.1, 0.3]);
const WEEK_GAIN_COUNT = 2;
const ERROR_MEMORIES = memory.data<f64>([0.6, 0.9]);
const ERROR_MEMORY_COUNT = 2;

/** Sums of absolute one-step errors of the last run: those of times before the first origin, and all. */
let errorsFirst: f64 = 0;
let errorsAll: f64 = 0;

/** What one model's runs need, set before `search`: its start values and the state that a run works on. */
let starts: usize = 0;
let state: usize = 0;

const TREND = 0;
const SEASON = 1;
const DOUBLE = 2;

function runOne(kind: i32, choice: i32, count: i32, rows: usize, end: usize): void {
  if (kind == TREND) runTrend(choice, count, rows, end);
  else if (kind == SEASON) runSeason(choice, count, rows, end);
  else runDouble(choice, count, rows, end);
}

/** Runs a model with each of its parameters, then fills the rows with those that were best. */
function search(kind: i32, choices: i32, rows: usize, end: usize): void {
  let bestFirst = Infinity;
  let bestAll = Infinity;
  let choiceFirst = 0;
  let choiceAll = 0;
  for (let c = 0; c < choices; c++) {
    runOne(kind, c, n, 0, 0);
    if (errorsFirst < bestFirst) {
      bestFirst = errorsFirst;
      choiceFirst = c;
    }
    if (errorsAll < bestAll) {
      bestAll = errorsAll;
      choiceAll = c;
    }
  }
  if (origins > 0) runOne(kind, choiceFirst, knownAt(origins - 1), rows, 0);
  runOne(kind, choiceAll, n, 0, end);
}

/** Level and trend, no season. */
export function trend(rows: usize, end: usize): bool {
  if (first < 5) return false;
  search(TREND, LEVEL_COUNT * TREND_COUNT, rows, end);
  return true;
}

function runTrend(choice: i32, count: i32, rows: usize, end: usize): void {
  const alpha = at(LEVELS, choice / TREND_COUNT);
  const beta = at(TRENDS, 2 * (choice % TREND_COUNT));
  const phi = at(TRENDS, 2 * (choice % TREND_COUNT) + 1);
  const lead = min(first - 1, 8);
  let slope = phi == 0 ? 0 : (at(y, lead) - at(y, 0)) / <f64>lead;
  let level = at(y, 0) - phi * slope;
  let sum: f64 = 0;
  errorsFirst = 0;
  let origin = 0;
  let stop = rows == 0 ? n + 1 : knownAt(0);
  for (let t = 0; t <= count; t++) {
    if (t == stop) {
      extrapolate(level, slope, phi, rows + ((<usize>(origin * back)) << 3), back);
      origin++;
      stop = knownAt(origin);
    }
    if (t == count) break;
    if (t == first) errorsFirst = sum;
    const forecast = level + phi * slope;
    const error = at(y, t) - forecast;
    if (t > 1) sum += abs(error);
    level = forecast + alpha * error;
    slope = phi * slope + alpha * beta * error;
  }
  errorsAll = sum;
  if (first == n) errorsFirst = sum;
  if (end != 0) extrapolate(level, slope, phi, end, ahead);
}

function extrapolate(level: f64, slope: f64, phi: f64, row: usize, steps: i32): void {
  for (let h = 0; h < steps; h++) {
    slope *= phi;
    level += slope;
    put(row, h, level);
  }
}

/** Level, trend and one season. */
export function holtWinters(rows: usize, end: usize): bool {
  if (season < 2 || first < 2 * season) return false;
  const marked = mark();
  state = take(season);
  starts = take(2 * (season + 1));
  startSeason(starts, false);
  startSeason(starts + ((<usize>(season + 1)) << 3), true);
  search(SEASON, SEASON_LEVEL_COUNT * SEASON_GAIN_COUNT * TREND_COUNT, rows, end);
  release(marked);
  return true;
}

/** Where Holt-Winters starts, from the first two seasons: `season` indices, then the trend. The level starts at 0. */
function startSeason(start: usize, trended: bool): void {
  let mean0: f64 = 0;
  let mean1: f64 = 0;
  for (let i = 0; i < season; i++) {
    mean0 += at(y, i);
    mean1 += at(y, season + i);
  }
  mean0 /= <f64>season;
  mean1 /= <f64>season;
  const slope = trended ? (mean1 - mean0) / <f64>season : 0;
  // With a slope, the level at time -1 is taken into the indices, so that the level starts at 0 in both cases.
  for (let i = 0; i < season; i++) {
    const a = at(y, i) - slope * <f64>(i + 1);
    const b = at(y, season + i) - (trended ? slope * <f64>(season + i + 1) : mean1 - mean0);
    put(start, i, (a + b) / 2);
  }
  put(start, season, slope);
}

function runSeason(choice: i32, count: i32, rows: usize, end: usize): void {
  const seasonal = state;
  const kind = choice % TREND_COUNT;
  const gain = at(SEASON_GAINS, (choice / TREND_COUNT) % SEASON_GAIN_COUNT);
  const alpha = at(SEASON_LEVELS, choice / (TREND_COUNT * SEASON_GAIN_COUNT));
  const beta = at(TRENDS, 2 * kind);
  const phi = at(TRENDS, 2 * kind + 1);
  const start = kind == 0 ? starts : starts + ((<usize>(season + 1)) << 3);
  memory.copy(seasonal, start, (<usize>season) << 3);
  let slope = at(start, season);
  let level: f64 = 0;
  let sum: f64 = 0;
  errorsFirst = 0;
  let origin = 0;
  let stop = rows == 0 ? n + 1 : knownAt(0);
  let place = 0;
  for (let t = 0; t <= count; t++) {
    if (t == stop) {
      const row = rows + ((<usize>(origin * back)) << 3);
      extrapolate(level, slope, phi, row, back);
      addSeason(row, back, seasonal, season, t);
      origin++;
      stop = knownAt(origin);
    }
    if (t == count) break;
    if (t == first) errorsFirst = sum;
    const base = level + phi * slope;
    const error = at(y, t) - base - at(seasonal, place);
    // The start was made of the first two seasons, so errors in the first one say nothing.
    if (t >= season) sum += abs(error);
    level = base + alpha * error;
    slope = phi * slope + alpha * beta * error;
    put(seasonal, place, at(seasonal, place) + gain * error);
    if (++place == season) place = 0;
  }
  errorsAll = sum;
  if (first == n) errorsFirst = sum;
  if (end != 0) {
    extrapolate(level, slope, phi, end, ahead);
    addSeason(end, ahead, seasonal, season, n);
  }
}

function addSeason(row: usize, steps: i32, seasonal: usize, period: i32, from: i32): void {
  for (let h = 0; h < steps; h++) put(row, h, at(row, h) + at(seasonal, (from + h) % period));
}

/** Level, two seasons (a day and a week, say) and an AR(1) of the errors. */
export function doubleSeasonal(rows: usize, end: usize): bool {
  if (cycle < 2 || first < 2 * cycle + season) return false;
  const marked = mark();
  state = take(season + cycle);
  starts = take(season + cycle + 1);
  startDouble(starts);
  search(DOUBLE, DOUBLE_LEVEL_COUNT * DAY_GAIN_COUNT * WEEK_GAIN_COUNT * ERROR_MEMORY_COUNT, rows, end);
  release(marked);
  return true;
}

/** Where the double-seasonal model starts, from the first two long seasons: day indices, week indices, level. */
function startDouble(start: usize): void {
  const week = start + ((<usize>season) << 3);
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
  const phi = at(ERROR_MEMORIES, choice % ERROR_MEMORY_COUNT);
  choice /= ERROR_MEMORY_COUNT;
  const weekGain = at(WEEK_GAINS, choice % WEEK_GAIN_COUNT);
  choice /= WEEK_GAIN_COUNT;
  const dayGain = at(DAY_GAINS, choice % DAY_GAIN_COUNT);
  const alpha = at(DOUBLE_LEVELS, choice / DAY_GAIN_COUNT);
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
