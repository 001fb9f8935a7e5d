import { badArgument, MfnError, notFound } from "../../errors.js";
import type { Bytes, Milliseconds, SeriesId } from "../../types.js";
import {
  BAD_ARGUMENT,
  checkArray,
  checkId,
  checkInteger,
  checkNumber,
  type Kernel,
  type KernelExports,
  NO_MEMORY,
  NOT_FOUND,
  WINDOW,
} from "../../wasm/kernel.js";

/** How the records that fall into one bin become its value: added up (counts, amounts), averaged, or the latest (levels). */
export type Aggregate = "sum" | "mean" | "last";

const aggregates: readonly Aggregate[] = ["sum", "mean", "last"];

/**
 * The models of every forecaster, simplest first: the last value; the value a season ago; the mean of the same place in past seasons; exponential smoothing
 * with a damped trend; Holt-Winters; ridge regression on lags.
 */
export const demandModels = ["naive", "seasonal-naive", "seasonal-mean", "trend", "holt-winters", "regression"] as const;

/**
 * The models of `Forecaster`: those of every one, and the regression on logarithms, the Theta method, Holt-Winters with two seasons.
 */
export const forecastModels = [...demandModels, "log-regression", "theta", "double-seasonal"] as const;

/** The name of a forecasting model. */
export type DemandModel = (typeof forecastModels)[number];

/** What may be said of a series beforehand; see {@link Forecaster.configure}. */
export interface SeriesOptions {
  /** Length of a bin: an integer from 1 ms to 10^12 ms. Bins start at multiples of it. Left out, it is found from the first records. */
  interval?: Milliseconds;
  /** Bins in a season (24 for hours of a day): 1 to 32,768, 1 for no season. Left out, or 0, it is found at each forecast. */
  period?: number;
  /**
   * Instead of `period`: one or two of them, the short one first, as [24, 168] for the hours of a day and of a week; the long one is from twice the short one to
   * 32,768. With one period of at least 2, the long one is taken to be seven of them, unless it is a multiple of seven itself.
   */
  periods?: readonly number[];
  /** Default "sum". */
  aggregate?: Aggregate;
  /**
   * Of `Forecaster` alone: how many steps ahead are kept current with every value, up to 512; true for 1, false or 0 for none, which is the default. Forecasts
   * of so many steps then cost microseconds; see docs/cpe-demand.md. Takes more memory: 33 KB for one step
   * and 222 KB for 168, with 1024 bins.
   */
  online?: boolean | number;
  /** How many bins to remember, 16 to 65,536; default 1024. A forecast's cost grows with it. Lowered, it drops bins when the next one begins. */
  bins?: number;
}

/** How to forecast. */
export interface ForecastOptions {
  /** Steps to forecast, 1 to 4096; default 1. */
  horizon?: number;
  /** Share of the true values that the interval is to cover, in (0, 1); default 0.9. */
  coverage?: number;
  /** The time now: bins that ended by then are complete, with or without records, and the first step is the bin that is running. */
  now?: Milliseconds;
  /** Models that may take part; default all. If none of them fits the series, the naive one does. */
  models?: readonly DemandModel[];
}

/** A forecast. The arrays have one element a step and are the caller's. */
export interface Forecast {
  /** When each step's bin starts (interval given) or what time stands for it (interval found), ms. */
  at: Float64Array;
  /** What is expected at each step, in the unit of the records. */
  mean: Float64Array;
  /** Lower end of each step's interval. */
  lower: Float64Array;
  /** Upper end of each step's interval: between the two lies the true value with the `coverage` asked for. */
  upper: Float64Array;
  /** Length of a step, ms. */
  interval: Milliseconds;
  /** Steps in a season, 0 if there is none. */
  period: number;
  /** The model with the most weight. */
  model: DemandModel;
  /** Weights of the models that took part; they add up to 1. */
  weights: Partial<Record<DemandModel, number>>;
  /**
   * The weighted absolute percentage error to be expected, as a share: sum of |error| / sum of |value| over the back-test. NaN without a back-test
   * (one value), Infinity if all values of the back-test were 0 and the forecasts were not.
   */
  expectedWape: number;
  /** What the weights, the interval and `expectedWape` rest on. */
  backtest: {
    /** Points of the past from which it was forecast. */
    origins: number;
    /** Steps forecast from each; the interval of later steps is extrapolated. */
    horizon: number;
    /** Values in memory. */
    values: number;
    /** Error of each model alone, as in `expectedWape`. */
    wape: Partial<Record<DemandModel, number>>;
  };
}

/** What is known of a series; see {@link Forecaster.seriesInfo}. */
export interface SeriesInfo {
  /** Records ever taken. */
  records: number;
  /** Bins in memory; raw records while the interval is not known. */
  count: number;
  /** Length of a bin, 0 while it is not known. */
  interval: Milliseconds;
  /** Bins in a season, given or found; 0 for none. */
  period: number;
  /** How records of one bin become its value. */
  aggregate: Aggregate;
  /** Time of the oldest and of the newest bin in memory; NaN for a series without records. */
  first: Milliseconds;
  /** Time of the newest bin in memory; NaN for a series without records. */
  last: Milliseconds;
  /** The most bins to be remembered. */
  bins: number;
  /** Bytes of state. */
  bytes: Bytes;
}

/** The demand part's exports of the CPE module (assembly/cpe/demand/demand.ts). */
export interface DemandExports extends KernelExports {
  demandSize(): number;
  demandRecord(id: number, at: number, value: number): number;
  /** @param online of the full module alone */
  demandConfigure(id: number, interval: number, period: number, cycle: number, aggregate: number, bins: number, online: number): number;
  demandForecast(id: number, horizon: number, coverage: number, now: number, models: number): number;
  demandInfo(id: number): number;
  demandForget(id: number): number;
}

/** The range of a JavaScript Date. */
const MOST_TIME = 8.64e15;
/** Larger values could make sums of squares overflow. */
export const MOST_VALUE = 1e100;
const MOST_PERIOD = 32_768;
/** f64 of a result before its rows, and where weights and errors of the models lie in them. */
const HEADER = 32;
const WEIGHTS = 8;
const WAPES = 20;

/**
 * Forecasts of many independent numeric series: values are recorded as they come, binned by time, and forecast with an interval and an expected
 * error that were measured on the series' own past. Part of the CPE layer, whose module and memory it shares.
 */
export class Demand {
  readonly #k: Kernel<DemandExports>;
  readonly #models: readonly DemandModel[];

  /**
   * @param kernel an initialised module that has the demand part
   * @param models the models of that module, in the order of their bits
   */
  constructor(kernel: Kernel<DemandExports>, models: readonly DemandModel[] = demandModels) {
    this.#k = kernel;
    this.#models = models;
  }

  /** Number of series. */
  get size(): number {
    try {
      return this.#k.x.demandSize();
    } catch (error) {
      throw this.#k.fail(error);
    }
  }

  /**
   * Adds one record to a series, which comes into being with it. It may be late as long as its bin is in memory or there is room for it.
   * O(1) amortised, plus the bins between it and the newest record.
   * @param at when, within the range of a Date
   * @param value how much; at most 1e100 in size
   * @throws ERR_NOT_FINITE for NaN or an infinity; ERR_ARGUMENT for anything else outside its domain and for a record older than what the series
   * remembers; ERR_MEMORY. Nothing is changed then.
   */
  record(series: SeriesId, at: Milliseconds, value: number): void {
    checkId("series", series);
    if (!Number.isFinite(at) || at < -MOST_TIME || at > MOST_TIME) checkNumber("at", at, -MOST_TIME, MOST_TIME);
    if (!Number.isFinite(value) || value < -MOST_VALUE || value > MOST_VALUE) checkNumber("value", value, -MOST_VALUE, MOST_VALUE);
    let status: number;
    try {
      status = this.#k.x.demandRecord(series, at, value);
    } catch (error) {
      throw this.#k.fail(error);
    }
    if (status === NO_MEMORY) throw this.#k.full();
    if (status === BAD_ARGUMENT) {
      const oldest = this.seriesInfo(series)?.first;
      throw badArgument("at", `a time that series ${series} remembers (its memory is full and starts at ${oldest})`, at);
    }
  }

  /**
   * Says what is known of a series, which comes into being if it is new. What is left out stays as it was.
   * @param online what the full module makes of the option of that name: 1 + its steps, 0 where it is left out
   * @throws ERR_ARGUMENT for a value outside its domain, or another interval or aggregate than the series' records were binned by; ERR_MEMORY. Nothing
   * is changed then.
   */
  configure(series: SeriesId, options: SeriesOptions, online = 0): void {
    checkId("series", series);
    const { interval = 0, aggregate, bins = -1 } = given(options);
    if (options.interval !== undefined) checkInteger("interval", interval, 1, 1e12);
    const [period, cycle] = periodsOf(options);
    if (options.bins !== undefined) checkInteger("bins", bins, 16, 65_536);
    const how = aggregate === undefined ? -1 : aggregates.indexOf(aggregate);
    if (aggregate !== undefined && how < 0) throw badArgument("aggregate", `one of ${aggregates.join(", ")}`, aggregate);
    let status: number;
    try {
      status = this.#k.x.demandConfigure(series, interval, period, cycle, how, bins, online);
    } catch (error) {
      throw this.#k.fail(error);
    }
    if (status === NO_MEMORY) throw this.#k.full();
    if (status === BAD_ARGUMENT) {
      const info = this.seriesInfo(series) as SeriesInfo;
      const as = info.interval > 0 ? `${info.interval} ms and "${info.aggregate}"` : `"${info.aggregate}"`;
      throw badArgument("options", `interval and aggregate as the records of series ${series} were taken (${as})`, options);
    }
  }

  /**
   * What comes next, with an interval and the error to be expected. Models are fitted, judged and mixed at each call; nothing is stored. Cost: about
   * 57 n steps of exponential smoothing and n * lags^2 / 2 multiplications for the regression (up to 23 lags), n the values in memory.
   *
   * Values that were never negative get no negative forecast. The newest bin of a sum whose bins hold more than 1.5 records on the average is left
   * out, being still open, unless `now` says that it has ended; it is then the first step.
   * @throws ERR_NOT_FOUND for an unknown series, and for one without a value or whose interval is not known (records at one time only); ERR_ARGUMENT or
   * ERR_NOT_FINITE for options outside their domain; ERR_MEMORY if there is no working space
   */
  forecast(series: SeriesId, options: ForecastOptions = {}): Forecast {
    const { horizon = 1, coverage = 0.9, now, models } = given(options);
    checkNumber("coverage", coverage, 0, 1);
    if (coverage === 0 || coverage === 1) throw badArgument("coverage", "a number between 0 and 1", coverage);
    const mask = models === undefined ? (1 << this.#models.length) - 1 : maskOf(models, this.#models);
    const k = this.#k;
    const start = this.look(series, horizon, now, () => k.x.demandForecast(series, horizon, coverage, now ?? NaN, mask));
    return readForecast(k.f64.slice(start, start + HEADER + 3 * horizon), horizon, this.#models);
  }

  /**
   * Checks what every question about the steps to come names, and asks it.
   * @returns where its result starts, in f64
   */
  look(series: SeriesId, horizon: number, now: Milliseconds | undefined, ask: () => number): number {
    checkId("series", series);
    checkInteger("horizon", horizon, 1, 4096);
    if (now !== undefined) checkNumber("now", now, -MOST_TIME, MOST_TIME);
    const k = this.#k;
    let status: number;
    try {
      status = ask();
    } catch (error) {
      throw k.fail(error);
    }
    if (status === NOT_FOUND) throw notFound("series", series);
    if (status === NO_MEMORY) throw k.full();
    if (status === BAD_ARGUMENT) {
      const message = `series ${series} has no forecast: it has no value yet, or records at one time only and no configured interval`;
      throw new MfnError("ERR_NOT_FOUND", message);
    }
    return k.u32[WINDOW >>> 2] >>> 3;
  }

  /** What is known of a series, or undefined if there is none. Looks for the season if none was given: O(n * lags), up to 0.2 ms. */
  seriesInfo(series: SeriesId): SeriesInfo | undefined {
    checkId("series", series);
    const k = this.#k;
    let status: number;
    try {
      status = k.x.demandInfo(series);
    } catch (error) {
      throw k.fail(error);
    }
    if (status === NOT_FOUND) return undefined;
    if (status === NO_MEMORY) throw k.full();
    const at = WINDOW >>> 3;
    const [records, count, interval, period, aggregate, first, last, bins, bytes] = k.f64.subarray(at, at + 9);
    return { records, count, interval, period, aggregate: aggregates[aggregate], first, last, bins, bytes };
  }

  /** Forgets a series with all its records and settings; returns whether there was one. O(1). */
  forgetSeries(series: SeriesId): boolean {
    checkId("series", series);
    try {
      return this.#k.x.demandForget(series) !== NOT_FOUND;
    } catch (error) {
      throw this.#k.fail(error);
    }
  }
}

/** Refuses options that are no object. */
export function given<T extends object>(options: T): T {
  if (typeof options !== "object" || options === null) throw badArgument("options", "an object", options);
  return options;
}

/** The short and the long period as the module takes them: -1 for what is not said, 0 for what is to be found. */
function periodsOf({ period, periods }: SeriesOptions): [period: number, cycle: number] {
  if (periods === undefined) return [period === undefined ? -1 : checkInteger("period", period, 0, MOST_PERIOD), 0];
  if (period !== undefined) throw badArgument("period", "left out where periods are given", period);
  const { length } = checkArray("periods", periods);
  if (length < 1 || length > 2) throw badArgument("periods", "one or two periods", periods);
  const [short, long] = periods;
  checkInteger("periods[0]", short, length === 1 ? 1 : 2, MOST_PERIOD);
  return [short, length === 1 ? 0 : checkInteger("periods[1]", long, 2 * short, MOST_PERIOD)];
}

function maskOf(models: readonly DemandModel[], known: readonly DemandModel[]): number {
  let mask = 0;
  for (const model of checkArray("models", models)) {
    const bit = known.indexOf(model);
    if (bit < 0) throw badArgument("models", `names out of ${known.join(", ")}`, model);
    mask |= 1 << bit;
  }
  return mask;
}

function readForecast(result: Float64Array, horizon: number, models: readonly DemandModel[]): Forecast {
  const [start, interval, values, period, , origins, back, expectedWape] = result;
  const weights: Partial<Record<DemandModel, number>> = {};
  const wape: Partial<Record<DemandModel, number>> = {};
  let model: DemandModel = "naive";
  for (const [i, name] of models.entries()) {
    const weight = result[WEIGHTS + i];
    if (Number.isNaN(weight)) continue;
    weights[name] = weight;
    wape[name] = result[WAPES + i];
    if (weight > (weights[model] ?? 0)) model = name;
  }
  const row = (i: number) => result.slice(HEADER + i * horizon, HEADER + (i + 1) * horizon);
  return {
    at: Float64Array.from({ length: horizon }, (_, h) => start + h * interval),
    mean: row(0),
    lower: row(1),
    upper: row(2),
    interval,
    period,
    model,
    weights,
    expectedWape,
    backtest: { origins, horizon: back, values, wape },
  };
}
