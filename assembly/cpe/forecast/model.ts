// The members that learn, and how they are laid out in a model block (state.ts): two regressions with forgotten past, exponential
// smoothing with two seasons, and the mean of past seasons.
//
// The regressions keep normal equations instead of the inverse that recursive least squares keeps: forgetting then never makes them
// unstable, since the penalty is added afresh at each solution. A row counts 0.9995 of the next one; that is done by weighing rows
// ever more, so that a row costs one rank-one update. They are solved at every 8th row, the twin half-way between.

import { alloc, free } from "../../core/arena";
import { findSeasons } from "../demand/forecast";
import { Series } from "../demand/layout";
import { ln } from "../demand/ln";
import { accumulate, chooseLags, lag, lagCount, MOST_LAGS, RIDGE, solve } from "../demand/regress";
import { at, begin, cycle, put, season, setPast, setSeries, take } from "../demand/work";
import { dropPaths, logsOf, Online, SLOTS, slotFor, valuesOf } from "./state";
import { FEATURES, SOLVED } from "./window";

/** sqrt(1 / 0.9995). */
const GROWTH: f64 = 1.000250093777348;
/** The weight's root at which the equations are scaled back. */
const MOST_GROWTH: f64 = 1000;
const EVERY: f64 = 8;
/** Share of the mean that is added before a logarithm. */
const OFFSET: f64 = 0.01;
/** Gains of exponential smoothing: level, short season, long season; what is left of an error after a step. */
const ALPHA: f64 = 0.02;
const DELTA: f64 = 0.1;
const OMEGA: f64 = 0.2;
const PHI: f64 = 0.7;
/** Gain of the level in the first two seasons. */
const ALPHA_FIRST: f64 = 0.05;
/** Gain of the mean of past seasons. */
const PROFILE: f64 = 0.4;

export function phi(): f64 {
  return PHI;
}

/** Coefficients of a regression, and f64 in a row of its gram matrix. */
function sizeOf(online: Online): u32 {
  return online.lagCount + 1;
}

function widthOf(online: Online): u32 {
  return (sizeOf(online) + 1) & ~1;
}

export function lagsOf(online: Online): usize {
  return <usize>online.model;
}

/** The equations on values (0) or on logarithms (1). */
function equations(online: Online, which: u32): usize {
  const width = widthOf(online);
  return <usize>online.model + MOST_LAGS * 4 + ((<usize>(which * width * (width + 2))) << 3);
}

export function weightsOf(online: Online, which: u32): usize {
  const width = widthOf(online);
  return equations(online, which) + ((<usize>(width * (width + 1))) << 3);
}

export function shortOf(online: Online): usize {
  return equations(online, 2);
}

export function longOf(online: Online): usize {
  return shortOf(online) + ((<usize>online.season) << 3);
}

export function profileOf(online: Online): usize {
  return longOf(online) + ((<usize>online.cycle) << 3);
}

/** Steps after which the mean of past seasons repeats; 0 for none. */
export function profileLength(online: Online): u32 {
  return online.cycle > 1 ? online.cycle : online.season;
}

/** Place of value number t in a season. */
export function placeOf(t: f64, period: u32): usize {
  return (<usize>(<u64>t % <u64>period)) << 3;
}

/** Whether every stride-th value visits all places of a season in turn: whether they have no common divisor. */
function visitsAll(stride: u32, period: u32): bool {
  if (period < 2) return true;
  let a = period;
  let b = stride;
  while (b != 0) {
    const rest = a % b;
    a = b;
    b = rest;
  }
  return a == 1;
}

/**
 * Lays the model out for the values taken so far, if that gives another one: season, lags and scale from the values in the ring, and all members taught by these
 * anew. Without room for it all stays as it was. O(values * lags^2).
 */
export function arrange(series: Series, online: Online): void {
  const count = <u32>min<f64>(online.taken, <f64>online.room);
  const start = online.taken - <f64>count;
  if (!begin((4 * count + 4096) << 3)) return;
  const y = take(count);
  let mean: f64 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const value = load<f64>(slotFor(online, valuesOf(online), start + <f64>i));
    put(y, i, value);
    mean += value;
  }
  mean /= <f64>count;
  setSeries(y, count);
  findSeasons(series);
  setPast(count);
  chooseLags(true);
  const drifted = abs(mean) > 2 * abs(online.centre) || 2 * abs(mean) < abs(online.centre);
  const same = <u32>season == online.season && <u32>cycle == online.cycle && <u32>lagCount == online.lagCount;
  if (online.model != 0 && same && !drifted) return;

  let spread: f64 = 0;
  for (let i: u32 = 0; i < count; i++) spread += (at(y, i) - mean) * (at(y, i) - mean);
  const width = (<u32>lagCount + 2) & ~1;
  const profile = max(season, cycle);
  const bytes = MOST_LAGS * 4 + ((2 * width * (width + 2) + <u32>(season + cycle + profile)) << 3);
  // From here on the copy of the values may be overwritten.
  const model = alloc(bytes);
  if (model == 0) return;
  free(<usize>online.model, online.modelBytes);
  online.model = <u32>model;
  online.modelBytes = bytes;
  online.season = season;
  online.cycle = cycle;
  online.lagCount = lagCount;
  online.longest = lagCount > 0 ? lag(lagCount - 1) : 0;
  for (let i = 0; i < lagCount; i++) store<i32>(model + ((<usize>i) << 2), lag(i));
  online.centre = mean;
  online.spread = spread > 0 ? sqrt(spread / <f64>count) : 1;
  online.offset = online.least >= 0 && mean > 1e-280 ? OFFSET * mean : 0;
  online.logCentre = online.offset > 0 ? ln(mean + online.offset) : 0;
  online.low = Infinity;
  online.high = -Infinity;
  online.logLow = Infinity;
  online.logHigh = -Infinity;
  online.grow = 1;
  online.rows = 0;
  online.solved = 0;
  online.begun = start;
  online.level = load<f64>(slotFor(online, valuesOf(online), start));
  online.error = 0;
  for (let i: u32 = 0; i < count; i++) {
    const t = start + <f64>i;
    const value = load<f64>(slotFor(online, valuesOf(online), t));
    note(online, t, value);
    learn(online, t, value, true);
  }
  solveBoth(online);
  setStride(online);
}

/**
 * Paths are made at every `stride`-th value: so seldom that the slots suffice, and at all places of the seasons in turn. Notes on members last 200 values, those on the
 * mixture 33 and three horizons.
 */
function setStride(online: Online): void {
  let stride = max<u32>(1, (online.steps + SLOTS - 1) / SLOTS);
  while (!visitsAll(stride, online.season) || !visitsAll(stride, online.cycle)) stride++;
  if (stride != online.stride) dropPaths(online);
  online.stride = stride;
  online.fade = 1;
  for (let i: u32 = 0; i < stride; i++) online.fade *= 0.995;
  online.forget = 1 - <f64>min<u32>(stride, 8) / (33 + 3 * <f64>online.steps);
}

/** Puts a value into the rings. */
export function note(online: Online, t: f64, value: f64): void {
  store<f64>(slotFor(online, valuesOf(online), t), value);
  const z = (value - online.centre) / online.spread;
  online.low = min(online.low, z);
  online.high = max(online.high, z);
  if (online.offset == 0) return;
  const log = logOf(online, value);
  store<f64>(slotFor(online, logsOf(online), t), log);
  online.logLow = min(online.logLow, log);
  online.logHigh = max(online.logHigh, log);
}

/** The twin's view of a value; what is negative counts as 0. */
export function logOf(online: Online, value: f64): f64 {
  return ln(max<f64>(0, value) + online.offset) - online.logCentre;
}

/** Teaches all members value number t, which is in the rings already. @param replay leaves the solutions to the caller */
export function learn(online: Online, t: f64, value: f64, replay: bool): void {
  if (online.season > 1) {
    smooth(online, t, value);
    const length = profileLength(online);
    const mean = profileOf(online) + placeOf(t, length);
    store<f64>(mean, t - online.begun < <f64>length ? value : load<f64>(mean) + PROFILE * (value - load<f64>(mean)));
  }
  if (online.lagCount == 0 || t - online.begun < <f64>online.longest) return;
  const g = online.grow;
  row(online, valuesOf(online), t, online.centre, g / online.spread);
  addRow(online, 0, (g * (value - online.centre)) / online.spread);
  if (online.offset > 0) {
    const logs = logsOf(online);
    row(online, logs, t, 0, g);
    addRow(online, 1, g * load<f64>(slotFor(online, logs, t)));
  }
  online.grow = g * GROWTH;
  if (online.grow > MOST_GROWTH) scaleBack(online);
  online.rows += 1;
  if (replay) return;
  const turn = online.rows % EVERY;
  if (turn == 0) solveOne(online, 0);
  else if (turn == EVERY / 2 && online.offset > 0) solveOne(online, 1);
}

/** The lagged values of value number t, less `shift`, times `scale`. */
function row(online: Online, ring: usize, t: f64, shift: f64, scale: f64): void {
  const mask = online.room - 1;
  const now = <u32>(<u64>t);
  const lags = lagsOf(online);
  for (let i: u32 = 0; i < online.lagCount; i++) {
    const from = (now - load<u32>(lags + ((<usize>i) << 2))) & mask;
    put(FEATURES, i, (load<f64>(ring + ((<usize>from) << 3)) - shift) * scale);
  }
}

/** One step of exponential smoothing with two seasons. */
function smooth(online: Online, t: f64, value: f64): void {
  const age = t - online.begun;
  const short = shortOf(online) + placeOf(t, online.season);
  let base = online.level + load<f64>(short);
  let long: usize = 0;
  if (online.cycle > 1) {
    long = longOf(online) + placeOf(t, online.cycle);
    base += load<f64>(long);
  }
  const error = value - base - PHI * online.error;
  online.error = value - base;
  online.level += (age < 2 * <f64>online.season ? ALPHA_FIRST : ALPHA) * error;
  store<f64>(short, load<f64>(short) + (age < <f64>online.season ? 1 : DELTA) * error);
  if (long != 0) store<f64>(long, load<f64>(long) + OMEGA * error);
}

function addRow(online: Online, which: u32, target: f64): void {
  const p = sizeOf(online);
  const width = widthOf(online);
  put(FEATURES, p - 1, online.grow);
  if (width > p) put(FEATURES, p, 0);
  const gram = equations(online, which);
  accumulate(gram, gram + ((<usize>(width * width)) << 3), FEATURES, target, p, width);
}

/** Divides the equations by the weight of the newest row. */
function scaleBack(online: Online): void {
  const width = widthOf(online);
  const by = 1 / (online.grow * online.grow);
  for (let which: u32 = 0; which < 2; which++) {
    const gram = equations(online, which);
    for (let i: u32 = 0; i < width * (width + 1); i++) put(gram, i, at(gram, i) * by);
  }
  online.grow = 1;
}

function solveBoth(online: Online): void {
  if (online.lagCount == 0 || online.rows == 0) return;
  solveOne(online, 0);
  if (online.offset > 0) solveOne(online, 1);
}

/** The coefficients; the penalty is RIDGE times the weighted sum of squares of a lagged value about its mean. */
function solveOne(online: Online, which: u32): void {
  const p = sizeOf(online);
  const width = widthOf(online);
  const gram = equations(online, which);
  const right = gram + ((<usize>(width * width)) << 3);
  const sum = at(gram, p - 1);
  const spread = at(gram, 0) - (sum * sum) / at(gram, (p - 1) * width + p - 1);
  solve(gram, SOLVED, right, weightsOf(online, which), p, width, RIDGE * max<f64>(0, spread));
  online.solved |= 1 << which;
}
