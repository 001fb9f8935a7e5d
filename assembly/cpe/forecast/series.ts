// The exports of the demand part that differ in the full module: what is kept current with every value has its part in them.

import { plan, planBlock, WINDOW } from "../../core/arena";
import { BAD_ARGUMENT, NO_MEMORY, NOT_FOUND, OK } from "../../core/status";
import {
  demandConfigure as configure,
  fits,
  demandForecast as forecast,
  demandForget as forget,
  demandInfo as info,
  demandRecord as record,
} from "../demand/demand";
import { BIN_SHIFT, DEFAULT_BINS, Series } from "../demand/layout";
import { roomOf, spannedBins } from "../demand/record";
import { find, planSeries } from "../demand/table";
import { exceedSeries } from "./exceed";
import { advance, answer, resettle } from "./online";
import { attach, bytesOf, detach, planOnline, stepsOf } from "./state";

/** See `demandRecord` of the demand part. */
export function demandRecord(id: u32, at: f64, value: f64): i32 {
  const status = record(id, at, value);
  if (status == OK) advance(changetype<Series>(find(id)));
  return status;
}

/**
 * See `demandConfigure` of the demand part.
 * @param online 1 + the steps to be kept current from now on, which starts with the values that are remembered; 0: as it was
 */
export function demandConfigure(id: u32, interval: f64, period: i32, cycle: i32, aggregate: i32, bins: i32, online: u32): i32 {
  const known = find(id);
  if (known !== null && !fits(known, interval, aggregate)) return BAD_ARGUMENT;
  const change = online != 0 && online - 1 != (known === null ? 0 : stepsOf(known));
  if (!affords(known, interval, bins, change ? online - 1 : 0)) return NO_MEMORY;
  configure(id, interval, period, cycle, aggregate, bins);
  const series = changetype<Series>(find(id));
  if (change) {
    detach(series);
    if (online > 1) attach(series, online - 1);
  }
  advance(series);
  if (period >= 0) resettle(series);
  return OK;
}

/** Whether there is room for all that a series, null for a new one, is to take. */
function affords(series: Series | null, interval: f64, bins: i32, steps: u32): bool {
  plan();
  const most = bins >= 0 ? <u32>bins : series === null ? DEFAULT_BINS : series.most;
  if (series === null && !planSeries()) return false;
  if (interval > 0 && (series === null || series.interval == 0)) {
    if (!planBlock(roomOf(series === null ? 0 : spannedBins(series, interval, 0, most)) << BIN_SHIFT)) return false;
  }
  return steps == 0 || planOnline(most, steps);
}

/** See `demandForecast` of the demand part. @param models a bit for each model allowed; all allowed: what is kept current may answer */
export function demandForecast(id: u32, horizon: i32, coverage: f64, now: f64, models: u32): i32 {
  const series = find(id);
  if (series !== null && models == ALL && answer(series, horizon, coverage, now) != BAD_ARGUMENT) return OK;
  return forecast(id, horizon, coverage, now, models);
}

const ALL: u32 = 0x1ff;

/** See `exceedSeries`; NOT_FOUND for an unknown series. */
export function demandExceed(id: u32, limit: f64, horizon: i32, now: f64): i32 {
  const series = find(id);
  return series === null ? NOT_FOUND : exceedSeries(series, limit, horizon, now);
}

/** See `demandInfo` of the demand part; the bytes are with what is kept current. */
export function demandInfo(id: u32): i32 {
  const status = info(id);
  const series = find(id);
  if (status == OK && series !== null) store<f64>(WINDOW, load<f64>(WINDOW, 64) + <f64>bytesOf(series), 64);
  return status;
}

/** See `demandForget` of the demand part. */
export function demandForget(id: u32): i32 {
  const series = find(id);
  if (series === null) return NOT_FOUND;
  detach(series);
  return forget(id);
}
