// How the members and the mixture did at one number of steps ahead, and what follows from it: the members' weights, and the
// distribution of the mixture's error.
//
//   track  +0   visits                     judgements so far
//          +8   error, value, count        decayed sums of the mixture's |error|, of |value|, and of 1
//          +32  E[6], C[6]                 decayed sums of each member's |error| / scale, and of 1
//          +128 q[13]                      quantiles of the mixture's error / scale
//
// The scale is error / count. A member weighs (least mean error / its mean error)^4. The quantiles are tracked by the gradient of their loss, each with
// steps in proportion to its size: q += eta (u - [x < q]) max(1, |q|). Whatever the values do, the share of errors beyond a quantile tends to what it should be:
// online conformal prediction (Gibbs and Candes, NeurIPS 2021; Angelopoulos, Candes and Tibshirani, NeurIPS 2023).

import { ln } from "../demand/ln";
import { at, put } from "../demand/work";
import { MEMBERS, MOST_STEPS, Online } from "./state";

const VISITS = 0;
const ERROR = 1;
const VALUE = 2;
const COUNT = 3;
const SUMS = 4;
const COUNTS = 10;
const QUANTILES = 16;

const LEVELS = 13;
const LEVEL = memory.data<f64>([0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975, 0.99, 0.995]);
const ETA: f64 = 0.05;

/** Where a level lies on the scale of a double exponential distribution, on which quantiles are taken to be straight between known ones. */
function stretch(u: f64): f64 {
  return u < 0.5 ? ln(2 * u) : -ln(2 * (1 - u));
}

/** Weight of a member from its mean error and the least one; its fourth power. */
function weight(error: f64, least: f64): f64 {
  if (error == least) return 1;
  const w = least / error;
  return w * w * w * w;
}

/**
 * Mixes what the members say of one step.
 * @param first what the first member says; the others' words lie MOST_STEPS + 1 f64 apart; NaN says nothing
 */
export function weighStep(track: usize, first: usize): f64 {
  const least = leastError(track, first);
  let sum: f64 = 0;
  let total: f64 = 0;
  for (let i: u32 = 0; i < MEMBERS; i++) {
    const value = load<f64>(wordOf(first, i));
    const w = weightOf(track, i, value, least);
    if (w == 0) continue;
    sum += w * value;
    total += w;
  }
  return sum / total;
}

function wordOf(first: usize, member: u32): usize {
  return first + ((<usize>(member * (MOST_STEPS + 1))) << 3);
}

/** The least mean error among members that speak and were judged; Infinity if there is none. */
function leastError(track: usize, first: usize): f64 {
  let least = Infinity;
  for (let i: u32 = 0; i < MEMBERS; i++) {
    const value = load<f64>(wordOf(first, i));
    const count = at(track, COUNTS + i);
    if (!Number.isNaN(value) && count > 0) least = min(least, at(track, SUMS + i) / count);
  }
  return least;
}

/** Weight of a member, not normalised. Who was never judged has none, unless nobody was. */
function weightOf(track: usize, member: u32, value: f64, least: f64): f64 {
  if (Number.isNaN(value)) return 0;
  const count = at(track, COUNTS + member);
  if (least == Infinity) return 1;
  return count > 0 ? weight(at(track, SUMS + member) / count, least) : 0;
}

/** Writes the weights of the members, which add up to 1; NaN for those that say nothing. */
export function weightsAt(track: usize, first: usize, out: usize): void {
  const least = leastError(track, first);
  let total: f64 = 0;
  for (let i: u32 = 0; i < MEMBERS; i++) total += weightOf(track, i, load<f64>(wordOf(first, i)), least);
  for (let i: u32 = 0; i < MEMBERS; i++) {
    const value = load<f64>(wordOf(first, i));
    put(out, i, !Number.isNaN(value) ? weightOf(track, i, value, least) / total : NaN);
  }
}

/** Notes the truth of a step of a path. @param path the first member's word; the others' and the mixture's lie `gap` bytes apart */
export function judgeStep(online: Online, track: usize, path: usize, gap: usize, truth: f64): void {
  const count = at(track, COUNT);
  const error = truth - load<f64>(path + <usize>MEMBERS * gap);
  const before = count > 0 ? at(track, ERROR) / count : 0;
  const quantiles = track + (QUANTILES << 3);
  if (before > 0) {
    const x = error / before;
    for (let k = 0; k < LEVELS; k++) {
      const q = at(quantiles, k);
      put(quantiles, k, q + ETA * (at(LEVEL, k) - (x < q ? <f64>1 : <f64>0)) * max<f64>(1, abs(q)));
    }
  } else if (at(track, VISITS) == 0) {
    for (let k = 0; k < LEVELS; k++) put(quantiles, k, stretch(at(LEVEL, k)));
  }
  const keep = online.forget;
  put(track, VISITS, at(track, VISITS) + 1);
  put(track, ERROR, keep * at(track, ERROR) + abs(error));
  put(track, VALUE, keep * at(track, VALUE) + abs(truth));
  put(track, COUNT, keep * count + 1);
  const scale = at(track, ERROR) / at(track, COUNT);
  for (let i: u32 = 0; i < MEMBERS; i++) {
    const word = load<f64>(path + <usize>i * gap);
    if (Number.isNaN(word)) continue;
    const off = abs(word - truth);
    put(track, SUMS + i, online.fade * at(track, SUMS + i) + (scale > 0 ? off / scale : off));
    put(track, COUNTS + i, online.fade * at(track, COUNTS + i) + 1);
  }
}

export function visitsAt(track: usize): f64 {
  return at(track, VISITS);
}

/** Mean size of the mixture's errors, and of the values. */
export function scaleAt(track: usize): f64 {
  return at(track, ERROR) / at(track, COUNT);
}

export function sizeAt(track: usize): f64 {
  return at(track, VALUE) / at(track, COUNT);
}

/** A member's mean error in units of the values; NaN if it was not judged. */
export function errorAt(track: usize, member: u32): f64 {
  const count = at(track, COUNTS + member);
  return count > 0 ? (at(track, SUMS + member) / count) * scaleAt(track) : NaN;
}

/** Index of the lower of the two known levels between which `u` lies; of the outermost two for what lies outside. */
export function segmentOf(u: f64): i32 {
  let k = 0;
  while (k < LEVELS - 2 && u > at(LEVEL, k + 1)) k++;
  return k;
}

/** How far `u` lies from the lower to the upper of these levels; below 0 or above 1 outside. */
export function shareOf(u: f64, k: i32): f64 {
  const from = stretch(at(LEVEL, k));
  return (stretch(u) - from) / (stretch(at(LEVEL, k + 1)) - from);
}

/** The error quantile at a place that `segmentOf` and `shareOf` gave. */
export function quantileAt(track: usize, k: i32, share: f64): f64 {
  const from = at(track, QUANTILES + k);
  return (from + share * max<f64>(0, at(track, QUANTILES + k + 1) - from)) * scaleAt(track);
}
