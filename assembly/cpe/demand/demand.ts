// The demand forecaster's exports: how much of a thing there will be, for many independent series.

import { WINDOW } from "../../core/arena";
import { BAD_ARGUMENT, NO_MEMORY, NOT_FOUND, OK } from "../../core/status";
import { forecastSeries, seasonOf } from "./forecast";
import { header, Series } from "./layout";
import { add, blockBytes, settle } from "./record";
import { create, find, remove } from "./table";

/** Starts the demand part: its header is zero, which is an empty table. */
export function demandInit(): bool {
  return true;
}

/** Number of series. */
export function demandSize(): u32 {
  return header().size;
}

/**
 * Adds one record to a series, which is made if it is new. O(1) amortised, plus the bins since its newest record.
 * @returns OK, NO_MEMORY, or BAD_ARGUMENT if the record is older than the memory of its series
 */
export function demandRecord(id: u32, at: f64, value: f64): i32 {
  const known = find(id);
  if (known !== null) return add(known, at, value);
  const series = create(id);
  if (series === null) return NO_MEMORY;
  const status = add(series, at, value);
  if (status != OK) remove(series, blockBytes(series));
  return status;
}

/** Whether a series' records were binned by this interval (0: any) and this aggregate (-1: any), or there is none yet. */
export function fits(series: Series, interval: f64, aggregate: i32): bool {
  if (series.records == 0) return true;
  if (aggregate >= 0 && <u32>aggregate != series.aggregate) return false;
  return interval == 0 || series.interval == 0 || interval == series.interval;
}

/**
 * Sets what is not negative of: interval in ms, period in bins (0: to be found) and with it the long period (0: none given), aggregate (0 sum, 1 mean, 2 last), the most bins.
 * Makes the series if it is new.
 * @returns OK, NO_MEMORY, or BAD_ARGUMENT for another interval or aggregate than records were binned by
 */
export function demandConfigure(id: u32, interval: f64, period: i32, cycle: i32, aggregate: i32, bins: i32): i32 {
  let series = find(id);
  const fresh = series === null;
  if (series === null) series = create(id);
  if (series === null) return NO_MEMORY;
  if (!fits(series, interval, aggregate)) return BAD_ARGUMENT;
  const most = series.most;
  if (bins >= 0) series.most = bins;
  if (interval > 0) {
    if (series.interval != 0) {
      if (series.records == 0) series.interval = interval;
    } else if (!settle(series, interval, 0)) {
      series.most = most;
      if (fresh) remove(series, blockBytes(series));
      return NO_MEMORY;
    }
  }
  if (period >= 0) {
    series.period = period;
    series.cycle = cycle;
  }
  if (aggregate >= 0) series.aggregate = aggregate;
  return OK;
}

/** See `forecastSeries`; NOT_FOUND for an unknown series. */
export function demandForecast(id: u32, horizon: i32, coverage: f64, now: f64, models: u32): i32 {
  const series = find(id);
  return series === null ? NOT_FOUND : forecastSeries(series, horizon, coverage, now, models);
}

/**
 * Writes to WINDOW, in f64: records ever taken, bins (or raw records), interval (0 if not known), season (0 for none), aggregate, time of the
 * oldest and of the newest bin (or raw record), the most bins, bytes.
 * @returns OK, NO_MEMORY (no working space to find the season), or NOT_FOUND
 */
export function demandInfo(id: u32): i32 {
  const series = find(id);
  if (series === null) return NOT_FOUND;
  const season = seasonOf(series);
  if (season < 0) return season;
  const raw = series.interval == 0;
  const last = series.count == 0 ? 0 : series.count - 1;
  let oldest: f64 = NaN;
  let newest: f64 = NaN;
  if (series.count != 0) {
    oldest = raw ? load<f64>(<usize>series.block) : series.edge + series.first * series.interval + series.stamp;
    newest = raw ? load<f64>(<usize>series.block + <usize>last * 24) : oldest + <f64>last * series.interval;
  }
  store<f64>(WINDOW, series.records);
  store<f64>(WINDOW, <f64>series.count, 8);
  store<f64>(WINDOW, series.interval, 16);
  store<f64>(WINDOW, <f64>season, 24);
  store<f64>(WINDOW, <f64>series.aggregate, 32);
  store<f64>(WINDOW, oldest, 40);
  store<f64>(WINDOW, newest, 48);
  store<f64>(WINDOW, <f64>series.most, 56);
  store<f64>(WINDOW, <f64>(offsetof<Series>() + blockBytes(series)), 64);
  return OK;
}

/** Removes a series with all it holds; NOT_FOUND if there is none. */
export function demandForget(id: u32): i32 {
  const series = find(id);
  if (series === null) return NOT_FOUND;
  remove(series, blockBytes(series));
  return OK;
}
