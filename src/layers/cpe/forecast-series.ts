import type { Milliseconds, SeriesId } from "../../types.js";
import { checkId } from "../../wasm/kernel.js";
import type { Forecast, ForecastOptions, SeriesInfo, SeriesOptions } from "./demand.js";
import type { Exceedance, ExceedanceOptions, Forecaster } from "./forecaster.js";

/** One series of a forecaster, as `Forecaster.series` gives it: a name for its calls, with no state of its own. */
export class ForecastSeries {
  readonly #forecaster: Forecaster;
  /** The id of the series. */
  readonly id: SeriesId;

  /** Made by `Forecaster.series`. */
  constructor(forecaster: Forecaster, id: SeriesId, options?: SeriesOptions) {
    this.#forecaster = forecaster;
    this.id = checkId("series", id);
    if (options !== undefined) forecaster.configure(id, options);
  }

  /** See {@link Forecaster.record}. */
  record(at: Milliseconds, value: number): void {
    this.#forecaster.record(this.id, at, value);
  }

  /** See {@link Forecaster.forecast}. */
  forecast(options?: ForecastOptions): Forecast {
    return this.#forecaster.forecast(this.id, options);
  }

  /** See {@link Forecaster.exceedance}. */
  exceedance(limit: number, options?: ExceedanceOptions): Exceedance {
    return this.#forecaster.exceedance(this.id, limit, options);
  }

  /** See {@link Forecaster.configure}. */
  configure(options: SeriesOptions): void {
    this.#forecaster.configure(this.id, options);
  }

  /** See {@link Forecaster.seriesInfo}. */
  info(): SeriesInfo | undefined {
    return this.#forecaster.seriesInfo(this.id);
  }

  /** See {@link Forecaster.forgetSeries}. */
  forget(): boolean {
    return this.#forecaster.forgetSeries(this.id);
  }
}
