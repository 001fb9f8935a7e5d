import type { Bench } from "../../harness.js";
import { systems } from "../../suites/alm/mesh.js";
import { cytoscape } from "./cytoscape.js";
import { graphology } from "./graphology.js";
import { ngraph } from "./ngraph.js";
import { onGraph } from "./on-graph.js";

/** The internet's autonomous systems. */
export async function internet(b: Bench): Promise<void> {
  // cytoscape takes half a millisecond to take an edge out, and seconds for a PageRank.
  const ranked = (label: string) => !label.startsWith("cytoscape");
  const changed = (label: string) => (label.startsWith("cytoscape") ? 0.05 : 1);
  await onGraph(b, systems(b), [ngraph, graphology, cytoscape], { frozen: true, ranked, changed });
}

export default internet;
