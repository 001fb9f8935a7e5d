import type { Milliseconds, SeriesId } from "../../types.js";
import { cpeDemandModule } from "../../wasm/generated/cpe-demand.js";
import { Kernel, type LayerOptions, limitBytes } from "../../wasm/kernel.js";
import { Layer } from "../../wasm/layer.js";
import { instantiate, instantiateSync } from "../../wasm/source.js";
import { Demand, type DemandExports, type Forecast, type ForecastOptions, type SeriesInfo, type SeriesOptions } from "./demand.js";

interface ForecasterExports extends DemandExports {
  init(limit: number): number;
}

/**
 * Forecasts of many independent numeric series.
 *
 * @example
 * const forecaster = await Forecaster.create();
 * for (let hour = 0; hour < 240; hour++) forecaster.record(0, hour * 3_600_000, 10 + (hour % 24));
 * forecaster.forecast(0, { horizon: 24 }).mean[0]; // about 10
 */
export class Forecaster extends Layer<ForecasterExports> {
  readonly #demand: Demand;

  private constructor(instance: WebAssembly.Instance, options: LayerOptions) {
    const k = new Kernel<ForecasterExports>("cpe-demand", instance, "demandSize");
    super(k);
    this.#demand = new Demand(k);
    try {
      if (!k.x.init(limitBytes(options.maxBytes))) throw k.full();
    } catch (error) {
      throw k.fail(error);
    }
  }

  /** A forecaster without a series. @throws MfnError `ERR_ARGUMENT`, `ERR_MEMORY`, `ERR_WASM` */
  static async create(options: LayerOptions = {}): Promise<Forecaster> {
    return new Forecaster(await instantiate(cpeDemandModule, options.wasm), options);
  }

  /** The same at once, where the runtime allows to compile WebAssembly synchronously. */
  static createSync(options: LayerOptions = {}): Forecaster {
    return new Forecaster(instantiateSync(cpeDemandModule, options.wasm), options);
  }

  /** Number of series. */
  get size(): number {
    return this.#demand.size;
  }

  /** Adds one record to a series, which comes into being with it; see `Demand.record`. */
  record(series: SeriesId, at: Milliseconds, value: number): void {
    this.#demand.record(series, at, value);
  }

  /** How a series goes on, with an interval and the error to be expected; see `Demand.forecast`. */
  forecast(series: SeriesId, options?: ForecastOptions): Forecast {
    return this.#demand.forecast(series, options);
  }

  /** Says what is known of a series, which comes into being if it is new; see `Demand.configure`. */
  configure(series: SeriesId, options: SeriesOptions): void {
    this.#demand.configure(series, options);
  }

  /** What is known of a series, or undefined if there is none. */
  seriesInfo(series: SeriesId): SeriesInfo | undefined {
    return this.#demand.seriesInfo(series);
  }

  /** Forgets a series; returns whether there was one. */
  forgetSeries(series: SeriesId): boolean {
    return this.#demand.forgetSeries(series);
  }
}
