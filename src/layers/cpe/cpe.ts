import { cpeEventsModule } from "../../wasm/generated/cpe-events.js";
import { Kernel } from "../../wasm/kernel.js";
import { instantiate, instantiateSync } from "../../wasm/source.js";
import { type EventExports, EventLayer } from "./events.js";
import type { CpeOptions } from "./types.js";

/**
 * The Context Prediction Engine's event model: learns, event by event, what comes next in many interleaved streams, and says how probable it is.
 *
 * @example
 * const cpe = await Cpe.create();
 * for (const id of [1, 2, 3, 1, 2, 3, 1, 2]) cpe.observe(0, id);
 * cpe.predict(0, 1).ids; // [3]
 */
export class Cpe extends EventLayer<EventExports> {
  private constructor(instance: WebAssembly.Instance, options: CpeOptions) {
    super(new Kernel<EventExports>("cpe-events", instance, "surpriseOf"), options);
  }

  /**
   * A model that has seen nothing.
   * @throws ERR_ARGUMENT for options outside their domain, ERR_MEMORY if the table of contexts does not fit, ERR_WASM
   */
  static async create(options: CpeOptions = {}): Promise<Cpe> {
    return new Cpe(await instantiate(cpeEventsModule, options.wasm), options);
  }

  /** The same at once, where the runtime allows to compile WebAssembly synchronously. */
  static createSync(options: CpeOptions = {}): Cpe {
    return new Cpe(instantiateSync(cpeEventsModule, options.wasm), options);
  }
}
