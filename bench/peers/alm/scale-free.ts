import type { Bench } from "../../harness.js";
import { scaleFree as graph } from "../../suites/alm/mesh.js";
import { graphology } from "./graphology.js";
import { ngraph } from "./ngraph.js";
import { onGraph } from "./on-graph.js";

/** A million edges among few hubs and many leaves. */
export async function scaleFree(b: Bench): Promise<void> {
  await onGraph(b, graph(b), [ngraph, graphology], { frozen: false, ranked: () => true, changed: () => 0.5 });
}

export default scaleFree;
