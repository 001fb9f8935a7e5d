import { dsrIndexModule } from "../../wasm/generated/dsr-index.js";
import { instantiate, instantiateSync } from "../../wasm/source.js";
import { checkOptions, DsrCore, type DsrOptions, startStore } from "./core.js";

export type { DsrOptions, DsrStats, Metric, Neighbors, SearchOptions } from "./core.js";

/** The similarity index. */
export class Dsr extends DsrCore {
  static override async create(options: DsrOptions): Promise<Dsr> {
    checkOptions(options);
    return new Dsr(startStore("dsr-index", await instantiate(dsrIndexModule, options.wasm), "storeInit", options), options);
  }

  /** The same at once; browsers may refuse this on the main thread. */
  static override createSync(options: DsrOptions): Dsr {
    checkOptions(options);
    return new Dsr(startStore("dsr-index", instantiateSync(dsrIndexModule, options.wasm), "storeInit", options), options);
  }
}
