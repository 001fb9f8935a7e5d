// The working space of one forecast: the series as a plain array and the plan of its back-test. All of it is SCRATCH.
//
// The back-test replays the series' own past: from each of `origins` points of time, `back` steps are forecast with what was
// known then. `first` values are known at the first origin; parameters and coefficients never look past their origin.
//
//   |---------------- first ----------------|--stride--|--stride--| ...          |<---- back ---->|
//   y[0]                                 origin 0   origin 1                 origin K-1         y[n-1] | ahead |
//
// Each model fills `origins` rows of `back` forecasts and one row of `ahead` forecasts from the end.

import { scratch } from "../../core/arena";

/** The values, oldest first. */
export let y: usize = 0;
export let n: i32 = 0;
/** Steps to forecast from the end. */
export let ahead: i32 = 0;
/** Steps of a back-tested forecast, at most `ahead`; 0 if there is too little past for any back-test. */
export let back: i32 = 0;
export let origins: i32 = 0;
export let stride: i32 = 1;
/** Values known at the first origin (n without a back-test). */
export let first: i32 = 0;
/** The season in steps, 0 if there is none; a longer one that holds several of it, 0 if there is none. */
export let season: i32 = 0;
export let cycle: i32 = 0;

let next: usize = 0;
let last: usize = 0;

/** The i-th f64 behind a pointer. */
export function at(p: usize, i: i32): f64 {
  return load<f64>(p + ((<usize>i) << 3));
}

/** Sets the i-th f64 behind a pointer. */
export function put(p: usize, i: i32, value: f64): void {
  store<f64>(p + ((<usize>i) << 3), value);
}

/** Starts the working space. Returns false if there is no room. */
export function begin(bytes: u32): bool {
  next = scratch(bytes);
  last = next + <usize>bytes;
  return next != 0;
}

/** Takes `count` f64 of the working space, not zeroed, at a 16-byte-aligned address. */
export function take(count: i32): usize {
  const p = next;
  next = p + ((<usize>((count + 1) & ~1)) << 3);
  assert(next <= last, "the working space of a forecast is reckoned too small");
  return p;
}

/** Sets `count` f64 to 0. */
export function clear(p: usize, count: i32): void {
  memory.fill(p, 0, (<usize>count) << 3);
}

/** How much of the working space is in use, to give back what is taken from here on by `release`. */
export function mark(): usize {
  return next;
}

export function release(marked: usize): void {
  next = marked;
}

export function setSeries(values: usize, count: i32): void {
  y = values;
  n = count;
}

export function setSeasons(short: i32, long: i32): void {
  season = short;
  cycle = long;
}

/** Sets how many values count as the past without planning a back-test. */
export function setPast(count: i32): void {
  first = count;
}

/** The most steps of back-tested forecasts, over all origins: bounds the time and space of a forecast. */
const MOST_STEPS = 1536;
const MOST_ORIGINS = 192;

/**
 * Lays out the back-test for a forecast of `horizon` steps: at most 40 % of the past, long enough for 4 horizons or 2 seasons,
 * and such that two seasons (of the long kind if there is one) lie before the first origin where that can be had.
 */
export function plan(horizon: i32): void {
  ahead = horizon;
  back = n < 2 ? 0 : min(horizon, max(1, n / 5));
  if (back == 0) {
    origins = 0;
    first = n;
    return;
  }
  let length = min((n * 2) / 5, max(max(4 * back, 2 * season), 128) + back);
  length = keep(length, 2 * season);
  length = keep(length, 2 * cycle);
  length = max(length, back);
  origins = min(min(length - back + 1, MOST_ORIGINS), max(8, MOST_STEPS / back));
  stride = origins > 1 ? (length - back) / (origins - 1) : 1;
  first = n - back - (origins - 1) * stride;
}

/** Shortens the back-test so that `needed` values lie before it, if that leaves a useful rest of it. */
function keep(length: i32, needed: i32): i32 {
  const rest = n - needed;
  return rest < length && rest >= back + 8 ? rest : length;
}

/** Values known at an origin; origin number `origins` is the end of the series. */
export function knownAt(origin: i32): i32 {
  return origin == origins ? n : first + origin * stride;
}
