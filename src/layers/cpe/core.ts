import type { Bytes, Milliseconds, SeriesId } from "../../types.js";
import { Kernel } from "../../wasm/kernel.js";
import { cpeModule } from "../../wasm/lean.js";
import { instantiate, instantiateSync } from "../../wasm/source.js";
import { Demand, type DemandExports, type Forecast, type ForecastOptions, type SeriesOptions } from "./demand.js";
import { type EventExports, EventLayer, startEvents } from "./events.js";
import type { CpeOptions } from "./types.js";

interface CoreExports extends EventExports, DemandExports {}

/** What the engine carries of the layer: the event model and the forecaster, in one module and one image. `mfn/cpe` can do more. */
export class CpeCore extends EventLayer<CoreExports> {
  readonly #demand: Demand;

  private constructor(instance: WebAssembly.Instance, options: CpeOptions) {
    super(startEvents(new Kernel<CoreExports>("cpe", instance, "demandSize"), options));
    this.#demand = new Demand(this.k);
  }

  /** A model that has seen nothing. @throws MfnError `ERR_ARGUMENT`, `ERR_MEMORY` if the table of contexts does not fit, `ERR_WASM` */
  static async create(options: CpeOptions = {}): Promise<CpeCore> {
    return new CpeCore(await instantiate(cpeModule, options.wasm), options);
  }

  /** The same at once, where the runtime allows to compile WebAssembly synchronously. */
  static createSync(options: CpeOptions = {}): CpeCore {
    return new CpeCore(instantiateSync(cpeModule, options.wasm), options);
  }

  /** Bytes of state, and of WebAssembly memory. */
  stats(): { stateBytes: Bytes; memoryBytes: Bytes } {
    return { stateBytes: this.k.stateSize, memoryBytes: this.k.memorySize };
  }

  /** Adds one record to a numeric series, which comes into being with it; see `Demand.record`. */
  record(series: SeriesId, at: Milliseconds, value: number): void {
    this.#demand.record(series, at, value);
  }

  /** How a numeric series goes on, with an interval and the error to be expected; see `Demand.forecast`. */
  forecast(series: SeriesId, options?: ForecastOptions): Forecast {
    return this.#demand.forecast(series, options);
  }

  /** Says what is known of a numeric series, which comes into being if it is new; see `Demand.configure`. */
  configureSeries(series: SeriesId, options: SeriesOptions): void {
    this.#demand.configure(series, options);
  }

  /** Forgets a numeric series; returns whether there was one. */
  forgetSeries(series: SeriesId): boolean {
    return this.#demand.forgetSeries(series);
  }
}
