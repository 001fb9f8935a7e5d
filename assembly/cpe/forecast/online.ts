// Keeping a series' forecasts current: each value is judged, learned and looked ahead from as soon as its bin has ended.

import { WINDOW } from "../../core/arena";
import { BAD_ARGUMENT, OK } from "../../core/status";
import { COUNTED, RESULT_HEADER, RESULT_WAPES, RESULT_WEIGHTS } from "../demand/forecast";
import { binAt, MEAN, Series, SUM } from "../demand/layout";
import { at, put } from "../demand/work";
import { arrange, learn, note } from "./model";
import { look, said } from "./paths";
import { birthsOf, MEMBERS, Online, onlineOf, pathOf, restart, SLOTS, trackOf } from "./state";
import { errorAt, judgeStep, quantileAt, scaleAt, segmentOf, shareOf, sizeAt, visitsAt, weightsAt } from "./track";
import { ANSWER, MIXED } from "./window";

/** Values from which on the model is laid out; again each time there are twice as many. */
const FIRST: u64 = 16;
/** Judgements of each step asked for without which the back-test has to answer. */
const JUDGED: f64 = 20;
/** Bits of the facade's names for the members. */
const MODEL = memory.data<u8>([0, 1, 2, 5, 6, 8]);
/** Models that the facade knows. */
const MODELS = 9;

/** Takes in all bins of a series that have ended. O(lags^2 + steps * lags / stride) a value. */
export function advance(series: Series): void {
  const online = onlineOf(series);
  if (online === null || series.interval == 0 || series.count == 0) return;
  const newest = series.first + <f64>(series.count - 1);
  if (online.taken == 0) online.next = series.first;
  // What it was to take in next has been pushed out of memory by a jump.
  if (online.next < series.first) {
    restart(online);
    online.next = series.first;
  }
  if (online.next >= newest) return;
  // Counted from the oldest bin: numbers beyond 2^53, of milliseconds far from the first record, cannot be counted on.
  const last = series.count - 1;
  for (let i = <u32>(online.next - series.first); i < last; ) {
    takeIn(series, online, binAt(<usize>series.block, series.room, series.head, i));
    online.next = series.first + <f64>++i;
  }
}

/** The value of a bin. A gap of a level holds the last value. */
function valueOf(series: Series, bin: usize, last: f64): f64 {
  const count = load<f64>(bin, 8);
  if (count == 0) return series.aggregate == SUM ? 0 : last;
  return series.aggregate == MEAN ? load<f64>(bin) / count : load<f64>(bin);
}

function takeIn(series: Series, online: Online, bin: usize): void {
  const gap = series.aggregate != SUM && load<f64>(bin, 8) == 0;
  const t = online.taken;
  const value = valueOf(series, bin, online.last);
  if (online.model == 0 && t == 0) {
    online.least = value;
    online.spread = 1;
  }
  online.least = min(online.least, value);
  const records = load<f64>(bin, 8);
  // An average at first, then one of the last thousand.
  if (records > 0) online.notes += (records - online.notes) / min<f64>(t + 1, 1024);
  if (!gap) judge(online, t, value);
  note(online, t, value);
  if (online.model != 0 && !gap) learn(online, t, value, false);
  online.last = value;
  online.taken = t + 1;
  const taken = <u64>online.taken;
  if (taken >= FIRST && (taken & (taken - 1)) == 0) arrange(series, online);
  if (online.model != 0 && taken % <u64>online.stride == 0) keepPath(online, taken);
}

/** Holds a value against all paths that spoke of it. */
function judge(online: Online, t: f64, value: f64): void {
  const births = birthsOf(online);
  const gap = (<usize>online.steps) << 3;
  for (let slot: u32 = 0; slot < SLOTS; slot++) {
    const birth = at(births, slot);
    if (birth < 0 || t - birth >= <f64>online.steps) continue;
    const h = <u32>(t - birth);
    judgeStep(online, trackOf(online, h), pathOf(online, slot, 0) + ((<usize>h) << 3), gap, value);
  }
}

/** Looks ahead and keeps what is said, to be judged later. */
function keepPath(online: Online, taken: u64): void {
  const steps = online.steps;
  look(online, steps, NaN);
  const slot = <u32>((taken / <u64>online.stride) % <u64>SLOTS);
  put(birthsOf(online), slot, online.taken);
  const bytes = (<usize>steps) << 3;
  for (let i: u32 = 0; i < MEMBERS; i++) memory.copy(pathOf(online, slot, i), said(i), bytes);
  memory.copy(pathOf(online, slot, MEMBERS), MIXED, bytes);
}

/** The seasons of a series were set: its model may have to be another one. */
export function resettle(series: Series): void {
  const online = onlineOf(series);
  if (online === null || <u64>online.taken < FIRST) return;
  arrange(series, online);
}

/**
 * Answers from what is kept current, as `forecastSeries` does. O(horizon * lags).
 * @returns OK; BAD_ARGUMENT if that cannot be, and the back-test has to answer: not judged often enough, a step beyond those kept,
 *   or bins without records between the newest one and now
 */
export function answer(series: Series, horizon: u32, coverage: f64, now: f64): i32 {
  const online = onlineOf(series);
  if (online === null || horizon > online.steps || online.model == 0) return BAD_ARGUMENT;
  for (let h: u32 = 0; h < horizon; h++) if (visitsAt(trackOf(online, h)) < JUDGED) return BAD_ARGUMENT;
  const newest = series.first + <f64>(series.count - 1);
  if (online.next != newest) return BAD_ARGUMENT;
  const current = now > series.edge + newest * series.interval ? floor((now - series.edge) / series.interval) : newest;
  if (current > newest + 1) return BAD_ARGUMENT;
  // As the back-test has it: the newest bin of a sum may still be filling up, unless `now` says that it has ended.
  const open = series.aggregate == SUM && current == newest && online.notes > COUNTED;
  const bin = binAt(<usize>series.block, series.room, series.head, series.count - 1);
  const known = open ? NaN : valueOf(series, bin, online.last);
  const skip: u32 = open ? 0 : 1;
  look(online, horizon + skip, known);

  const positive = online.least >= 0 && !(known < 0);
  const below = (1 - coverage) / 2;
  const above = 1 - below;
  const k = segmentOf(below);
  const kShare = shareOf(below, k);
  const j = segmentOf(above);
  const jShare = shareOf(above, j);
  const mean = ANSWER + (RESULT_HEADER << 3);
  const lower = mean + ((<usize>horizon) << 3);
  const upper = lower + ((<usize>horizon) << 3);
  let errors: f64 = 0;
  let sizes: f64 = 0;
  for (let h: u32 = 0; h < horizon; h++) {
    const track = trackOf(online, h);
    const middle = at(MIXED, h + skip);
    const low = min(middle, middle + quantileAt(track, k, kShare));
    put(mean, h, middle);
    put(lower, h, positive ? max<f64>(0, low) : low);
    put(upper, h, max(middle, middle + quantileAt(track, j, jShare)));
    errors += scaleAt(track);
    sizes += sizeAt(track);
  }
  const track = trackOf(online, 0);
  put(ANSWER, 0, series.edge + (newest + <f64>skip) * series.interval + series.stamp);
  put(ANSWER, 1, series.interval);
  put(ANSWER, 2, min<f64>(online.taken, <f64>online.room));
  put(ANSWER, 3, <f64>online.season);
  put(ANSWER, 4, <f64>online.cycle);
  put(ANSWER, 5, visitsAt(track));
  put(ANSWER, 6, <f64>horizon);
  put(ANSWER, 7, wape(errors, sizes));
  for (let i = 0; i < MODELS; i++) {
    put(ANSWER, RESULT_WEIGHTS + i, NaN);
    put(ANSWER, RESULT_WAPES + i, NaN);
  }
  weightsAt(track, said(0) + ((<usize>skip) << 3), MIXED);
  for (let i: u32 = 0; i < MEMBERS; i++) {
    const model = <i32>load<u8>(MODEL + <usize>i);
    put(ANSWER, RESULT_WEIGHTS + model, at(MIXED, i));
    if (!Number.isNaN(at(MIXED, i))) put(ANSWER, RESULT_WAPES + model, wape(errorAt(track, i), sizeAt(track)));
  }
  store<u32>(WINDOW, <u32>ANSWER);
  return OK;
}

/** Errors as a share of the values, 0 where there are neither; NaN for errors that nobody judged. */
function wape(errors: f64, sizes: f64): f64 {
  return sizes > 0 || Number.isNaN(errors) ? errors / sizes : errors > 0 ? Infinity : 0;
}
