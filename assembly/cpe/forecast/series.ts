// The exports of the demand part that differ in the full module: what is kept current with every value has its part in them.

import { WINDOW } from "../../core/arena";
import { BAD_ARGUMENT, NO_MEMORY, NOT_FOUND, OK } from "../../core/status";
import {
  demandConfigure as configure,
  fits,
  demandForecast as forecast,
  demandForget as forget,
  demandInfo as info,
  demandRecord as record,
} from "../demand/demand";
import { Series } from "../demand/layout";
import { find } from "../demand/table";
import { exceedSeries } from "./exceed";
import { advance, answer, resettle } from "./online";
import { attach, bytesOf, detach, onlineOf } from "./state";

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
  if (known === null) {
    const status = configure(id, interval, period, cycle, aggregate, bins);
    const made = find(id);
    if (status != OK || made === null || online < 2 || attach(made, online - 1)) return status;
    forget(id);
    return NO_MEMORY;
  }
  if (!fits(known, interval, aggregate)) return BAD_ARGUMENT;
  const had = onlineOf(known);
  const steps = had === null ? 0 : had.steps;
  const before = known.online;
  let after = before;
  if (online != 0 && online - 1 != steps) {
    // Its memory comes first, so that nothing is changed if there is none.
    const most = known.most;
    known.online = 0;
    if (bins >= 0) known.most = bins;
    const room = online == 1 || attach(known, online - 1);
    after = known.online;
    known.most = most;
    known.online = before;
    if (!room) return NO_MEMORY;
  }
  const status = configure(id, interval, period, cycle, aggregate, bins);
  if (after != before) {
    known.online = status == OK ? before : after;
    detach(known);
    known.online = status == OK ? after : before;
  }
  if (status != OK) return status;
  advance(known);
  if (period >= 0) resettle(known);
  return OK;
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
