import type { Milliseconds, Probability, SeriesId } from "../../types.js";
import { cpeDemandModule } from "../../wasm/generated/cpe-demand.js";
import { checkInteger, checkNumber, Kernel, type LayerOptions, limitBytes } from "../../wasm/kernel.js";
import { Layer } from "../../wasm/layer.js";
import type { LoadOptions } from "../../wasm/snapshot.js";
import { SnapshotFormat } from "../../wasm/snapshot-format.js";
import type { SnapshotBytes, SnapshotInput, SnapshotReader } from "../../wasm/snapshot-source.js";
import { instantiate, instantiateSync } from "../../wasm/source.js";
import {
  Demand,
  type DemandExports,
  type Forecast,
  type ForecastOptions,
  forecastModels,
  given,
  MOST_VALUE,
  type SeriesInfo,
  type SeriesOptions,
} from "./demand.js";
import { ForecastSeries } from "./forecast-series.js";
import { snapshotKinds } from "./snapshot.js";

interface ForecasterExports extends DemandExports {
  init(limit: number): number;
  demandExceed(id: number, limit: number, horizon: number, now: number): number;
}

/** Options of `Forecaster.exceedance`. */
export interface ExceedanceOptions {
  /** Steps to look ahead, 1 to 4096; default 1. */
  horizon?: number;
  /** The time now; see {@link ForecastOptions}. */
  now?: Milliseconds;
}

/** What `Forecaster.exceedance` answers. */
export interface Exceedance {
  /** Probability that at least one of the steps exceeds the limit. NaN without a back-test (one value). */
  probability: Probability;
  /** The same of each step alone; the caller's. */
  steps: Float64Array;
  /** When each step starts, ms; see {@link Forecast}. */
  at: Float64Array;
}

const mark = "demandExceed";
/** The most steps that are kept current. */
const MOST_ONLINE = 512;
// Made when it is asked for: a bundler keeps what is made where a module is loaded.
const format = () => new SnapshotFormat<ForecasterExports>(snapshotKinds.forecaster, cpeDemandModule, mark);

/**
 * Forecasts of many independent numeric series: values are recorded as they come, binned by time, and forecast with an interval and an expected
 * error that were measured on the series' own past. Nine models compete for each series and are mixed by how well they foretold it.
 *
 * Memory: 80 bytes a series and 16 a bin, as bins come: 16.5 KB with the usual 1024 of them; more with `online`.
 *
 * @example
 * const forecaster = await Forecaster.create();
 * for (let hour = 0; hour < 240; hour++) forecaster.record(0, hour * 3_600_000, 10 + (hour % 24));
 * const { mean, lower, upper } = forecaster.forecast(0, { horizon: 24 });
 * Math.round(mean[0]); // 10, as every midnight
 * lower[23] <= mean[23] && mean[23] <= upper[23]; // true
 */
export class Forecaster extends Layer<ForecasterExports> {
  readonly #k: Kernel<ForecasterExports>;
  readonly #demand: Demand;

  private constructor(k: Kernel<ForecasterExports>) {
    super(k);
    this.#k = k;
    this.#demand = new Demand(k, forecastModels);
  }

  static #start(instance: WebAssembly.Instance, options: LayerOptions): Forecaster {
    const k = new Kernel<ForecasterExports>("cpe-demand", instance, mark);
    try {
      if (!k.x.init(limitBytes(options.maxBytes))) throw k.full();
    } catch (error) {
      throw k.fail(error);
    }
    return new Forecaster(k);
  }

  /** A forecaster without a series. @throws MfnError `ERR_ARGUMENT`, `ERR_MEMORY`, `ERR_WASM` */
  static async create(options: LayerOptions = {}): Promise<Forecaster> {
    return Forecaster.#start(await instantiate(cpeDemandModule, given(options).wasm), options);
  }

  /** The same at once, where the runtime allows to compile WebAssembly synchronously. */
  static createSync(options: LayerOptions = {}): Forecaster {
    return Forecaster.#start(instantiateSync(cpeDemandModule, given(options).wasm), options);
  }

  /**
   * A forecaster as `snapshot` wrote it, which then goes on as the original would have.
   * @param source the snapshot's bytes; a reader at positions, such as `fileSource` of `mfn/node`; a fetch Response, a Blob or a stream
   * @throws MfnError `ERR_SNAPSHOT` and others of `loadSnapshot`
   */
  static async load(source: SnapshotInput | PromiseLike<SnapshotInput>, options?: LoadOptions): Promise<Forecaster> {
    return new Forecaster((await format().load(source, options)).kernel);
  }

  /** The same at once, from bytes or a reader. */
  static loadSync(source: SnapshotBytes | SnapshotReader, options?: LoadOptions): Forecaster {
    return new Forecaster(format().loadSync(source, options).kernel);
  }

  /** All series as a file: header, checksum and state. O(bytes). */
  snapshot(): Uint8Array<ArrayBuffer> {
    return format().write(this.#k, 0);
  }

  /**
   * Takes the state of a snapshot instead of its own, in the memory it has. The snapshot is read twice, first to check it.
   * @throws as `load`; then all is as before
   */
  restore(source: SnapshotBytes | SnapshotReader, options?: Pick<LoadOptions, "maxBytes">): void {
    format().restore(this.#k, source, options?.maxBytes);
  }

  /** Number of series. */
  get size(): number {
    return this.#demand.size;
  }

  /**
   * A series by its id, to be asked without naming it again. With options it is configured, and comes into being if it is new.
   * @throws as `configure`
   */
  series(id: SeriesId, options?: SeriesOptions): ForecastSeries {
    return new ForecastSeries(this, id, options);
  }

  /**
   * Adds one record to a series, which comes into being with it. It may be late as long as its bin is in memory or there is room for it.
   * O(1) amortised, plus the bins between it and the newest record; with `online` also what keeps its forecasts current.
   * @param at when, within the range of a Date
   * @param value how much; at most 1e100 in size
   * @throws ERR_NOT_FINITE for NaN or an infinity; ERR_ARGUMENT for anything else outside its domain and for a record older than what the
   *   series remembers; ERR_MEMORY. Nothing is changed then.
   */
  record(series: SeriesId, at: Milliseconds, value: number): void {
    this.#demand.record(series, at, value);
  }

  /**
   * How a series goes on, with an interval and the error to be expected. Models are fitted, judged and mixed at each call; nothing is stored:
   * O(n * (100 + 2 lags^2)), n the values in memory, up to 23 lags. Where the series is kept current for so many steps, all models may take part, and
   * each step was judged 20 times, the answer is what is kept current, in O(horizon * lags); `backtest` then tells of judgements of real forecasts.
   *
   * Values that were never negative get no negative forecast. The newest bin of a sum whose bins hold more than 1.5 records on the average is left
   * out, being still open, unless `now` says that it has ended; it is then the first step.
   * @throws ERR_NOT_FOUND for an unknown series, and for one without a value or whose interval is not known (records at one time only);
   *   ERR_ARGUMENT or ERR_NOT_FINITE for options outside their domain; ERR_MEMORY if there is no working space
   */
  forecast(series: SeriesId, options?: ForecastOptions): Forecast {
    return this.#demand.forecast(series, options);
  }

  /**
   * How probable it is that a series exceeds a limit: at each of the steps to come, and at any of them. From the errors of the back-test, whole paths of them for any step; small
   * probabilities from an exponential tail. Fitted at each call, as a forecast without `online`.
   * @param limit at most 1e100 in size
   * @throws as `forecast`; ERR_ARGUMENT or ERR_NOT_FINITE for a limit outside its domain
   */
  exceedance(series: SeriesId, limit: number, options: ExceedanceOptions = {}): Exceedance {
    checkNumber("limit", limit, -MOST_VALUE, MOST_VALUE);
    const { horizon = 1, now } = given(options);
    const start = this.#demand.look(series, horizon, now, () => this.#k.x.demandExceed(series, limit, horizon, now ?? NaN));
    const [probability, first, interval, ...steps] = this.#k.f64.subarray(start, start + 3 + horizon);
    return { probability, steps: Float64Array.from(steps), at: Float64Array.from(steps, (_, h) => first + h * interval) };
  }

  /**
   * Says what is known of a series, which comes into being if it is new. What is left out stays as it was. `online` starts with the values that are
   * remembered.
   * @throws ERR_ARGUMENT for a value outside its domain, or another interval or aggregate than the series' records were binned by; ERR_MEMORY.
   *   Nothing is changed then.
   */
  configure(series: SeriesId, options: SeriesOptions): void {
    const { online } = given(options);
    const steps = typeof online === "boolean" ? Number(online) : online;
    if (steps !== undefined) checkInteger("online", steps, 0, MOST_ONLINE);
    this.#demand.configure(series, options, steps === undefined ? 0 : steps + 1);
  }

  /** What is known of a series, or undefined if there is none. Looks for the season if none was given: O(n * lags), up to 0.2 ms. */
  seriesInfo(series: SeriesId): SeriesInfo | undefined {
    return this.#demand.seriesInfo(series);
  }

  /** Forgets a series with all its records and settings; returns whether there was one. O(1). */
  forgetSeries(series: SeriesId): boolean {
    return this.#demand.forgetSeries(series);
  }
}
