// The exports of the demand part that differ in the full module: what is kept current with every value has its part in them.

import { WINDOW } from "../../core/arena";
import { BAD_ARGUMENT, NO_MEMORY, NOT_FOUND, OK } from "../../core/status";
import {
  demandConfigure as configure,
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

/** See `demandConfigure` of the demand part. */
export function demandConfigure(id: u32, interval: f64, period: i32, cycle: i32, aggregate: i32, bins: i32): i32 {
  const status = configure(id, interval, period, cycle, aggregate, bins);
  if (status != OK) return status;
  const series = changetype<Series>(find(id));
  advance(series);
  if (period >= 0) resettle(series);
  return OK;
}

/**
 * Keeps the forecasts of `steps` steps of a series current from now on, 0: no longer. Starts with the values it remembers.
 * @returns OK, NOT_FOUND, or NO_MEMORY; nothing is changed then
 */
export function demandOnline(id: u32, steps: u32): i32 {
  const series = find(id);
  if (series === null) return NOT_FOUND;
  const online = onlineOf(series);
  if (online !== null && online.steps == steps) return OK;
  const before = series.online;
  series.online = 0;
  if (steps != 0 && !attach(series, steps)) {
    series.online = before;
    return NO_MEMORY;
  }
  const after = series.online;
  series.online = before;
  detach(series);
  series.online = after;
  advance(series);
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
