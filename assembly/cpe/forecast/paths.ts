// What the members say of the steps to come, and their mixture. A value that is known but not learned yet, because its bin may
// still change, counts as step 0 of a path.

import { exp } from "../demand/ln";
import { at, put } from "../demand/work";
import { lagsOf, logOf, longOf, phi, placeOf, profileLength, profileOf, shortOf, weightsOf } from "./model";
import {
  DOUBLE_SEASONAL,
  LOG_REGRESSION,
  logsOf,
  MEMBERS,
  MOST_STEPS,
  NAIVE,
  Online,
  REGRESSION,
  SEASONAL_MEAN,
  SEASONAL_NAIVE,
  slotFor,
  trackOf,
  valuesOf,
} from "./state";
import { weighStep } from "./track";
import { MIXED, SAID, UNITS } from "./window";

/** A forecast may leave the range of the values by this many spreads, or on logarithms by this much. */
const LEEWAY: f64 = 3;
const LOG_LEEWAY: f64 = 1;

/** Row of one member in SAID. */
export function said(member: u32): usize {
  return SAID + ((<usize>(member * (MOST_STEPS + 1))) << 3);
}

/** Whether a member has something to say. */
export function speaks(online: Online, member: u32): bool {
  switch (member) {
    case NAIVE:
      return online.taken > 0;
    case SEASONAL_NAIVE:
      // A season that is longer than the ring has left it.
      return online.season > 1 && online.season <= online.room && online.taken >= <f64>online.season;
    case SEASONAL_MEAN:
      return online.season > 1 && online.taken - online.begun >= <f64>profileLength(online);
    case REGRESSION:
      return (online.solved & 1) != 0;
    case LOG_REGRESSION:
      return (online.solved & 2) != 0 && online.least >= 0;
    default:
      return online.season > 1 && online.taken - online.begun >= 2 * <f64>online.season;
  }
}

/**
 * Writes to SAID what each member says of `count` steps after the values taken, and to MIXED their mixture.
 * @param known the value of the first of these steps, NaN if it is not known: the path starts with it
 */
export function look(online: Online, count: u32, known: f64): void {
  const given: u32 = Number.isNaN(known) ? 0 : 1;
  const positive = online.least >= 0 && !(known < 0);
  for (let member: u32 = 0; member < MEMBERS; member++) {
    const out = said(member);
    if (!speaks(online, member)) {
      for (let h: u32 = 0; h < count; h++) put(out, h, NaN);
      continue;
    }
    if (given) put(out, 0, known);
    if (member == NAIVE) repeat(online, 1, out, given, count);
    else if (member == SEASONAL_NAIVE) repeat(online, online.season, out, given, count);
    else if (member == SEASONAL_MEAN) recall(online, out, given, count);
    else if (member == DOUBLE_SEASONAL) smoothed(online, out, given, count);
    else regress(online, member == LOG_REGRESSION ? 1 : 0, out, given, count);
    if (positive) for (let h = given; h < count; h++) put(out, h, max<f64>(0, at(out, h)));
  }
  if (given) put(MIXED, 0, known);
  // A step is weighed by how many lie between it and what is known.
  for (let h = given; h < count; h++) put(MIXED, h, weighStep(trackOf(online, h - given), said(0) + ((<usize>h) << 3)));
}

/** The value `period` steps before. */
function repeat(online: Online, period: u32, out: usize, from: u32, count: u32): void {
  const ring = valuesOf(online);
  for (let h = from; h < count; h++) {
    const value = h >= period ? at(out, h - period) : load<f64>(slotFor(online, ring, online.taken + <f64>h - <f64>period));
    put(out, h, value);
  }
}

/** The mean of past seasons. */
function recall(online: Online, out: usize, from: u32, count: u32): void {
  const length = profileLength(online);
  for (let h = from; h < count; h++) put(out, h, load<f64>(profileOf(online) + placeOf(online.taken + <f64>h, length)));
}

/** Exponential smoothing; a known first step moves the last error alone. */
function smoothed(online: Online, out: usize, from: u32, count: u32): void {
  let error = online.error;
  for (let h: u32 = 0; h < count; h++) {
    const t = online.taken + <f64>h;
    let base = online.level + load<f64>(shortOf(online) + placeOf(t, online.season));
    if (online.cycle > 1) base += load<f64>(longOf(online) + placeOf(t, online.cycle));
    if (h < from) {
      error = at(out, h) - base;
      continue;
    }
    error *= phi();
    put(out, h, base + error);
  }
}

/** A regression, which is fed its own forecasts. O(steps * lags). */
function regress(online: Online, which: u32, out: usize, from: u32, count: u32): void {
  const lags = lagsOf(online);
  const weights = weightsOf(online, which);
  const n = online.lagCount;
  const ring = which == 0 ? valuesOf(online) : logsOf(online);
  const shift = which == 0 ? online.centre : 0;
  const scale = which == 0 ? online.spread : 1;
  const low = which == 0 ? online.low - LEEWAY : online.logLow - LOG_LEEWAY;
  const high = which == 0 ? online.high + LEEWAY : online.logHigh + LOG_LEEWAY;
  if (from > 0) put(UNITS, 0, which == 0 ? (at(out, 0) - shift) / scale : logOf(online, at(out, 0)));
  const mask = online.room - 1;
  const next = <u32>(<u64>online.taken);
  for (let h = from; h < count; h++) {
    // What is fed back is in the regression's own units already; the rest is brought to them as one sum.
    let s = at(weights, n);
    let raw: f64 = 0;
    let total: f64 = 0;
    for (let i: u32 = 0; i < n; i++) {
      const back = load<u32>(lags + ((<usize>i) << 2));
      const weight = at(weights, i);
      if (h >= back) {
        s += weight * at(UNITS, h - back);
      } else {
        raw += weight * load<f64>(ring + ((<usize>((next + h - back) & mask)) << 3));
        total += weight;
      }
    }
    s += (raw - shift * total) / scale;
    s = max(low, min(high, s));
    put(UNITS, h, s);
    put(out, h, which == 0 ? s * scale + shift : exp(s + online.logCentre) - online.offset);
  }
}
