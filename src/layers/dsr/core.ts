import { dsrModule } from "../../wasm/lean.js";
import { instantiate, instantiateSync } from "../../wasm/source.js";
import { checkOptions, type StoreOptions, startStore, VectorStore } from "./store.js";

/**
 * Exact similarity search: vectors of f32, addressed by the caller's ids, compared by SIMD in WebAssembly. Every search looks
 * at every vector, so it never misses one: O(n d), with no index to build.
 *
 * Ids are meant to be dense, as IFR gives them: a table of 4 bytes for each id up to the largest one is kept.
 * Under l2 and ip a vector may have a Euclidean length of up to 2^50, under cosine up to 3.4e38: so no distance overflows, and
 * none is ever NaN.
 *
 * Every method throws ERR_DISPOSED after `dispose()`.
 *
 * @example
 * const dsr = DsrCore.createSync({ dimensions: 3 });
 * dsr.add(0, [1, 0, 0]);
 * dsr.add(1, [1, 1, 0]);
 * dsr.add(2, [0, 0, 1]);
 * dsr.search([2, 0.1, 0], { k: 2 }).ids; // Int32Array [0, 1]
 */
export class DsrCore extends VectorStore {
  /**
   * Makes an empty store.
   * @throws ERR_ARGUMENT for an option outside its domain, ERR_MEMORY if `capacity` does not fit, ERR_WASM
   */
  static async create(options: StoreOptions): Promise<DsrCore> {
    checkOptions(options);
    return new DsrCore(startStore("dsr", await instantiate(dsrModule, options.wasm), "storeInit", options), options);
  }

  /** The same at once; browsers may refuse this on the main thread. */
  static createSync(options: StoreOptions): DsrCore {
    checkOptions(options);
    return new DsrCore(startStore("dsr", instantiateSync(dsrModule, options.wasm), "storeInit", options), options);
  }
}
