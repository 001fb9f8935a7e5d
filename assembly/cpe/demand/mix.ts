// From the models' forecasts to one: weights by back-test error, the interval from the back-test errors of the mixture.
//
// A model's weight is (least error / its error)^4 over the sums of absolute errors. The errors that make the interval and
// `expectedWape` are those of mixtures whose weights leave out the origin they are judged at. The interval is split-conformal
// (Vovk, Gammerman, Shafer, "Algorithmic Learning in a Random World", 2005; Lei et al., JASA 113, 2018): errors are divided by
// their mean size at their step ahead, and the rank is corrected for the number of origins. Beyond the back-tested steps the
// width grows with the square root of the step, as a random walk's does.

import { full } from "./full";
import { ahead, at, back, clear, first, knownAt, n, origins, put, season, take, y } from "./work";

/** Errors of mean size that the factor of a place of the season starts with. */
const PRIOR: f64 = 64;

/** Sum of absolute errors of the mixture, and of absolute values, over the whole back-test. */
export let errorSum: f64 = 0;
export let valueSum: f64 = 0;

/**
 * Sums the absolute errors of one model: into `errors` by origin; returns their sum, or Infinity if a forecast is no number.
 */
export function judge(rows: usize, end: usize, errors: usize): f64 {
  let total: f64 = 0;
  for (let o = 0; o < origins; o++) {
    const known = knownAt(o);
    let sum: f64 = 0;
    for (let h = 0; h < back; h++) sum += abs(at(rows, o * back + h) - at(y, known + h));
    put(errors, o, sum);
    total += sum;
  }
  for (let h = 0; h < ahead; h++) total += at(end, h) - at(end, h);
  return abs(total) < Infinity ? total : Infinity;
}

/**
 * Turns sums of errors into weights that add up to 1. A model with an infinite sum gets 0.
 * @param totals sum of errors of each model; @param errors `origins` errors of each model, of which that of `without` is left out (-1: none)
 */
export function weigh(totals: usize, errors: usize, models: i32, without: i32, weights: usize): void {
  let least = Infinity;
  for (let j = 0; j < models; j++) {
    const total = at(totals, j);
    // Leaving one out can leave rounding below 0.
    const e = without < 0 ? total : max(0, total - at(errors, j * origins + without));
    put(weights, j, total < Infinity ? e : Infinity);
    least = min(least, at(weights, j));
  }
  let sum: f64 = 0;
  for (let j = 0; j < models; j++) {
    const e = at(weights, j);
    let w = e == least ? 1 : e == Infinity ? 0 : least / e;
    w *= w;
    w *= w;
    put(weights, j, w);
    sum += w;
  }
  for (let j = 0; j < models; j++) put(weights, j, at(weights, j) / sum);
}

/** Mixes one row of forecasts of all models; row j starts `gap` f64 after row j - 1. */
export function mixRow(rows: usize, gap: i32, models: i32, weights: usize, out: usize, steps: i32): void {
  for (let h = 0; h < steps; h++) put(out, h, 0);
  for (let j = 0; j < models; j++) {
    const w = at(weights, j);
    if (w == 0) continue;
    const row = rows + ((<usize>(j * gap)) << 3);
    for (let h = 0; h < steps; h++) put(out, h, at(out, h) + w * at(row, h));
  }
}

/** Replaces mixed back-test forecasts by their absolute errors and sums up what `expectedWape` needs. */
export function toErrors(mixed: usize): void {
  errorSum = 0;
  valueSum = 0;
  for (let o = 0; o < origins; o++) {
    const known = knownAt(o);
    for (let h = 0; h < back; h++) {
      const e = abs(at(mixed, o * back + h) - at(y, known + h));
      put(mixed, o * back + h, e);
      errorSum += e;
      valueSum += abs(at(y, known + h));
    }
  }
}

/**
 * The scale of the errors at each step: their mean size, also over the neighbours, since a few origins alone would make it ragged.
 * @param errors absolute back-test errors @param sums room for `back` f64 @param out receives `back` f64
 */
export function scales(errors: usize, sums: usize, out: usize): void {
  for (let h = 0; h < back; h++) {
    let sum: f64 = 0;
    for (let o = 0; o < origins; o++) sum += at(errors, o * back + h);
    put(sums, h, sum);
  }
  const reach = back >> 3;
  for (let h = 0; h < back; h++) {
    const from = max(0, h - reach);
    const to = min(back - 1, h + reach);
    let sum: f64 = 0;
    for (let i = from; i <= to; i++) sum += at(sums, i);
    put(out, h, sum / <f64>((to - from + 1) * origins));
  }
}

/** Sums of what `places` saw, and how much: at each place of the season, and of each value from the first origin on. */
let placeSums: usize = 0;
let placeCounts: usize = 0;
let ownSums: usize = 0;
let ownCounts: usize = 0;

/**
 * Learns how much larger the errors at each place of the season are than the scale of their step, drawn towards 1 by PRIOR errors: hours of the
 * night are easier than those of the day.
 * @param errors absolute back-test errors @param scale that of each step
 */
export function places(errors: usize, scale: usize): void {
  placeSums = take(season);
  placeCounts = take(season);
  ownSums = take(n - first);
  ownCounts = take(n - first);
  clear(placeSums, season);
  clear(placeCounts, season);
  clear(ownSums, n - first);
  clear(ownCounts, n - first);
  for (let o = 0; o < origins; o++) {
    for (let h = 0; h < back; h++) {
      if (at(scale, h) == 0) continue;
      const t = knownAt(o) + h;
      tally(placeSums, placeCounts, t % season, at(errors, o * back + h) / at(scale, h));
      tally(ownSums, ownCounts, t - first, at(errors, o * back + h) / at(scale, h));
    }
  }
}

function tally(sums: usize, counts: usize, i: i32, x: f64): void {
  put(sums, i, at(sums, i) + x);
  put(counts, i, at(counts, i) + 1);
}

/** The factor at the place of value number t; of a value of the back-test, one that leaves out the errors of this very value. */
export function placeFactor(t: i32): f64 {
  let sum = at(placeSums, t % season) + PRIOR;
  let counted = at(placeCounts, t % season) + PRIOR;
  if (t < n) {
    sum -= at(ownSums, t - first);
    counted -= at(ownCounts, t - first);
  }
  return max<f64>(0, sum) / counted;
}

/**
 * Half the width of the interval for each step ahead.
 * @param errors the absolute back-test errors; destroyed
 * @param sums room for `back` f64
 */
export function widths(errors: usize, sums: usize, coverage: f64, out: usize): void {
  scales(errors, sums, out);
  const placed = full && season > 1;
  if (placed) places(errors, out);
  for (let o = 0; o < origins; o++) {
    for (let h = 0; h < back; h++) {
      const i = o * back + h;
      const size = placed ? at(out, h) * placeFactor(knownAt(o) + h) : at(out, h);
      put(errors, i, size > 0 ? at(errors, i) / size : 0);
    }
  }
  const count = origins * back;
  const level = min(1, (coverage * <f64>(origins + 1)) / <f64>origins);
  const rank = min(count - 1, max(0, <i32>ceil(level * <f64>count) - 1));
  const factor = select(errors, count, rank);
  for (let h = 0; h < back; h++) put(out, h, at(out, h) * factor);
  for (let h = back; h < ahead; h++) put(out, h, at(out, back - 1) * sqrt(<f64>(h + 1) / <f64>back));
  if (placed) for (let h = 0; h < ahead; h++) put(out, h, at(out, h) * placeFactor(n + h));
}

/** The value of this rank (from 0), by Hoare's selection, which reorders the values. Expected O(count). */
export function select(p: usize, count: i32, rank: i32): f64 {
  let low = 0;
  let high = count - 1;
  while (low < high) {
    const pivot = at(p, (low + high) >> 1);
    let i = low;
    let j = high;
    while (i <= j) {
      while (at(p, i) < pivot) i++;
      while (at(p, j) > pivot) j--;
      if (i <= j) {
        const a = at(p, i);
        put(p, i, at(p, j));
        put(p, j, a);
        i++;
        j--;
      }
    }
    if (rank <= j) high = j;
    else if (rank >= i) low = i;
    else break;
  }
  return at(p, rank);
}
