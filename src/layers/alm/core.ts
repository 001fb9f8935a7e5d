import { almModule } from "../../wasm/lean.js";
import { instantiate, instantiateSync } from "../../wasm/source.js";
import { Graph, startGraph } from "./graph.js";
import type { AlmOptions } from "./types.js";

/** The module that the engine carries knows directed edges only. */
type CoreOptions = Omit<AlmOptions, "directed">;

/**
 * The graph that the engine carries: edges, their recall and routes. `Alm` of `mfn/alm` can do more.
 *
 * @example
 * const graph = AlmCore.createSync();
 * graph.link(1, 2, { weight: 0.9 });
 * graph.link(2, 3, { weight: 0.5 });
 * const [near, far] = graph.recall([1]); // 2 with score 0.72, then 3 with score 0.288
 * far.id; // 3
 * far.path.map(({ from, to }) => [from, to]); // by way of 2
 * near.path.length; // 1
 */
export class AlmCore extends Graph {
  /** Makes an empty graph. @throws MfnError `ERR_WASM`, `ERR_MEMORY`, or for an option outside its domain */
  static async create(options: CoreOptions = {}): Promise<AlmCore> {
    return new AlmCore(startGraph("alm", await instantiate(almModule, options?.wasm), "linkMany", options), options);
  }

  /** The same at once, where the runtime allows it. */
  static createSync(options: CoreOptions = {}): AlmCore {
    return new AlmCore(startGraph("alm", instantiateSync(almModule, options?.wasm), "linkMany", options), options);
  }
}
