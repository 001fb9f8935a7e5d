// One forecast: the bins as an array, the season, every model over the back-test, and their mixture. A query: nothing of it
// is kept.

import { WINDOW } from "../../core/arena";
import { BAD_ARGUMENT, NO_MEMORY, OK } from "../../core/status";
import { doubleSeasonal } from "./double";
import { full } from "./full";
import { findInterval } from "./interval";
import { binAt, MEAN, Series, SUM } from "./layout";
import { errorSum, judge, mixRow, toErrors, valueSum, weigh, widths } from "./mix";
import { findSeason } from "./period";
import { binRaw, firstEdge, spannedBins } from "./record";
import { regression } from "./regress";
import { naive, profile, seasonalNaive } from "./repeat";
import { holtWinters, trend } from "./smooth";
import { theta } from "./theta";
import { logRegression } from "./twin";
import { ahead, at, back, begin, clear, cycle, n, origins, plan, put, season, setSeasons, setSeries, take, y } from "./work";

/** Models, in the order of their bits and of the facade's names: of the lean module, and of the full one. */
const LEAN = 6;
const FULL = 9;
/** f64 before the rows of a result: see `forecast`. */
export const RESULT_HEADER = 32;
export const RESULT_WEIGHTS = 8;
export const RESULT_WAPES = 20;
/** Records a bin from which on the newest bin of a sum is taken to be still filling up. */
export const COUNTED: f64 = 1.5;

/** f64 of working space besides what grows with the series: the solver's two matrices, autocorrelations, small vectors. */
const FIXED = 4096;

/** Number of the bin that is forecast first, once `gather` has run; its interval, edge and stamp. */
let nextNumber: f64 = 0;
let interval: f64 = 0;
let edge: f64 = 0;
let stamp: f64 = 0;

/** What `mixture` found: addresses of the mixture's back-tested forecasts and of the result, and whether nothing negative may be said. */
export let mixed: usize = 0;
export let result: usize = 0;
export let positive: bool = false;

/** Where `mixture` left the models: how many fit, their bits, their sums of errors, their weights. */
let count: i32 = 0;
let used: u32 = 0;
let totals: usize = 0;
let weights: usize = 0;

/**
 * Runs all models and mixes them: over the back-test into `mixed`, each origin by weights that leave it out, and from the end into the means of
 * `result`.
 * @returns OK, NO_MEMORY, or BAD_ARGUMENT if the interval is not known or there is no value
 */
export function mixture(series: Series, horizon: i32, now: f64, models: u32): i32 {
  const most = full ? FULL : LEAN;
  const status = gather(series, horizon, now);
  if (status != OK) return status;
  findSeasons(series);
  plan(horizon);

  const gap = origins * back;
  const rows = take(most * gap);
  const ends = take(most * ahead);
  const errors = take(most * origins);
  totals = take(most);
  weights = take(most);
  mixed = take(gap);
  result = take(RESULT_HEADER + 3 * ahead);

  positive = neverNegative();
  used = 0;
  count = 0;
  for (let model = 0; model <= most; model++) {
    // Should no allowed model fit the series, the naive one has to do.
    const which = model == most ? 0 : model;
    if (model == most ? count > 0 : ((models >> model) & 1) == 0) continue;
    const row = rows + ((<usize>(count * gap)) << 3);
    const end = ends + ((<usize>(count * ahead)) << 3);
    if (!run(which, row, end)) continue;
    if (positive) {
      raise(row, gap);
      raise(end, ahead);
    }
    const total = judge(row, end, errors + ((<usize>(count * origins)) << 3));
    if (total == Infinity) continue;
    put(totals, count, total);
    used |= 1 << which;
    count++;
  }

  for (let o = 0; o < origins; o++) {
    weigh(totals, errors, count, o, weights);
    const from = (<usize>(o * back)) << 3;
    mixRow(rows + from, gap, count, weights, mixed + from, back);
  }
  weigh(totals, errors, count, -1, weights);
  mixRow(ends, ahead, count, weights, result + (RESULT_HEADER << 3), ahead);
  return OK;
}

/** When the first step starts, ms. */
export function firstStep(): f64 {
  return edge + nextNumber * interval + stamp;
}

/** Length of a step, ms. */
export function stepLength(): f64 {
  return interval;
}

/**
 * Forecasts `horizon` steps. The address of the result goes to WINDOW as a u32; it holds, in f64: time of the first step,
 * interval, values used, season, long season, origins, steps of the back-test, WAPE of the back-test, weight of each model,
 * WAPE of each model; from the 33rd on `horizon` means, lower ends, upper ends.
 * @param now bins that ended by then are complete; NaN if that is not known
 * @param models a bit for each model allowed
 * @returns as `mixture`
 */
export function forecastSeries(series: Series, horizon: i32, coverage: f64, now: f64, models: u32): i32 {
  const status = mixture(series, horizon, now, models);
  if (status != OK) return status;
  toErrors(mixed);
  const scale = take(back);
  const mean = result + (RESULT_HEADER << 3);
  const lower = mean + ((<usize>ahead) << 3);
  const upper = lower + ((<usize>ahead) << 3);
  if (origins > 0) widths(mixed, scale, coverage, upper);
  else for (let h = 0; h < ahead; h++) put(upper, h, Infinity);
  for (let h = 0; h < ahead; h++) {
    const low = at(mean, h) - at(upper, h);
    put(lower, h, positive ? max(0, low) : low);
    put(upper, h, at(mean, h) + at(upper, h));
  }

  put(result, 0, firstStep());
  put(result, 1, interval);
  put(result, 2, <f64>n);
  put(result, 3, <f64>season);
  put(result, 4, <f64>cycle);
  put(result, 5, <f64>origins);
  put(result, 6, <f64>back);
  put(result, 7, wape(errorSum));
  const most = full ? FULL : LEAN;
  let i = 0;
  for (let model = 0; model < most; model++) {
    const there = (used >> model) & 1;
    put(result, RESULT_WEIGHTS + model, there ? at(weights, i) : NaN);
    put(result, RESULT_WAPES + model, there ? wape(at(totals, i)) : NaN);
    i += there;
  }
  store<u32>(WINDOW, <u32>result);
  return OK;
}

/** The season of a series: what was given, else what is found; 0 for none. NO_MEMORY if there is no room for looking. */
export function seasonOf(series: Series): i32 {
  if (series.period != 0) return series.period;
  const status = gather(series, 1, NaN);
  if (status != OK) return status == NO_MEMORY ? status : 0;
  findSeasons(series);
  return season;
}

/**
 * Sets the season, and as a longer one what was given, else seven of them (a week of days), if three of those are there. A season of seven steps, or of a
 * multiple of that, is taken to be a week already.
 */
export function findSeasons(series: Series): void {
  const short = series.period != 0 ? <i32>series.period : findSeason();
  const week = short > 1 && short % 7 != 0 && short <= n / 21;
  setSeasons(short > 1 ? short : 0, short > 1 && series.cycle != 0 ? <i32>series.cycle : week ? short * 7 : 0);
}

/** Sum of absolute errors relative to the sum of absolute values of the back-test. */
function wape(sum: f64): f64 {
  if (origins == 0) return NaN;
  return valueSum > 0 ? sum / valueSum : sum > 0 ? Infinity : 0;
}

function run(model: i32, rows: usize, end: usize): bool {
  switch (model) {
    case 0:
      return naive(rows, end);
    case 1:
      return seasonalNaive(rows, end);
    case 2:
      return profile(rows, end);
    case 3:
      return trend(rows, end);
    case 4:
      return holtWinters(rows, end);
    case 5:
      return regression(rows, end);
    default:
      return full ? runMore(model, rows, end) : false;
  }
}

/** The models that only the full module has. */
function runMore(model: i32, rows: usize, end: usize): bool {
  switch (model) {
    case 6:
      return logRegression(rows, end);
    case 7:
      return theta(rows, end);
    default:
      return doubleSeasonal(rows, end);
  }
}

function neverNegative(): bool {
  for (let t = 0; t < n; t++) if (at(y, t) < 0) return false;
  return true;
}

function raise(p: usize, count: i32): void {
  for (let i = 0; i < count; i++) put(p, i, max(0, at(p, i)));
}

/** Starts the working space, brings the bins into it in order, and fills gaps: `y` and `n` of work.ts are set then. */
function gather(series: Series, horizon: i32, now: f64): i32 {
  const raw = series.interval == 0;
  interval = raw ? findInterval(<usize>series.block, series.count, WINDOW) : series.interval;
  if (series.count == 0 || interval == 0) return BAD_ARGUMENT;
  stamp = raw ? interval / 2 : series.stamp;
  edge = raw ? firstEdge(load<f64>(<usize>series.block), interval, stamp) : series.edge;
  const count = raw ? spannedBins(series, interval, stamp, series.most) : series.count;

  const most = series.most;
  const steps = max<u32>(8 * <u32>horizon, 2048);
  const seasons = max<u32>(max<u32>(series.period, series.cycle), 512) * 10;
  const MODELS: u32 = full ? FULL : LEAN;
  // A series that was told to remember less has more until its next bin begins.
  const values = 10 * max<u32>(most, count) + (MODELS + 2) * steps + (MODELS + 8) * <u32>horizon + seasons + FIXED;
  if (!begin(values << 3)) return NO_MEMORY;

  let block = <usize>series.block;
  let room = series.room;
  let oldest = series.first;
  if (raw) {
    room = 1;
    while (room < count) room <<= 1;
    block = take(2 * room);
    clear(block, 2 * room);
    oldest = binRaw(series, interval, stamp, block, count);
  }
  const newest = oldest + <f64>(count - 1);
  // An unknown `now`, NaN, compares as smaller.
  const current = now > edge + newest * interval ? max<f64>(newest, floor((now - edge) / interval)) : newest;
  // Bins without a record between the newest one and the one that is running now.
  const missing = current > newest ? current - newest - 1 : 0;
  const trailing = <u32>min<f64>(missing, <f64>most);
  let total = count + trailing;
  const all = take(total);
  clear(all, total);
  let known: i32 = -1;
  let filled: f64 = 0;
  let notes: f64 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const bin = binAt(block, room, raw ? 0 : series.head, i);
    const note = load<f64>(bin, 8);
    notes += note;
    if (note != 0) {
      const value = series.aggregate == MEAN ? load<f64>(bin) / note : load<f64>(bin);
      put(all, i, value);
      if (series.aggregate != SUM) bridge(all, known, <i32>i);
      known = i;
      filled += 1;
    }
  }
  if (series.aggregate != SUM) for (let i = known + 1; i < <i32>total; i++) put(all, i, known >= 0 ? at(all, known) : 0);
  nextNumber = current > newest ? current : newest + 1;
  if (series.aggregate == SUM && current == newest && total > 1 && notes > COUNTED * filled) {
    total--;
    nextNumber -= 1;
  }
  const skip = total > most ? total - most : 0;
  setSeries(all + ((<usize>skip) << 3), <i32>(total - skip));
  return OK;
}

/** Fills a gap of levels between two known ones by a straight line, or before the first one by its value. */
function bridge(all: usize, from: i32, to: i32): void {
  const end = at(all, to);
  const start = from < 0 ? end : at(all, from);
  for (let i = from + 1; i < to; i++) put(all, i, start + ((end - start) * <f64>(i - from)) / <f64>(to - from));
}
