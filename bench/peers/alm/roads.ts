import type { Bench } from "../../harness.js";
import { streets } from "../../suites/alm/mesh.js";
import { graphology } from "./graphology.js";
import { ngraph } from "./ngraph.js";
import { onGraph } from "./on-graph.js";

/** A city's streets. */
export async function roads(b: Bench): Promise<void> {
  await onGraph(b, streets(b), [ngraph, graphology], { frozen: true, ranked: () => false, changed: () => 1 });
}

export default roads;
