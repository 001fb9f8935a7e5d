// What a live graph weighs after it was built in random order.
import type { Graph } from "../../graphs.js";
import type { Bench } from "../../harness.js";
import { meshOf, scaleFree, streets, systems } from "./mesh.js";

/** The rows of memory. */
export async function memory(b: Bench): Promise<void> {
  for (const entry of [streets(b), systems(b), scaleFree(b)]) {
    if (entry === undefined) continue;
    const { graph } = entry;
    const mesh = meshOf(graph);
    const n = graph.from.length;
    if (mesh.edgeCount !== n) b.fail(`bytes an edge, ${graph.name}`, new Error(`${mesh.edgeCount} edges of ${n}`));
    else
      b.score({
        case: `bytes an edge, live, ${graph.name}`,
        unit: "B",
        ours: mesh.stats().stateBytes / n,
        peer: "typed arrays that cannot change",
        peerValue: arrayBytes(graph) / n,
        higherIsBetter: false,
        n,
      });
    mesh.dispose();
  }
}

/** Bytes of the graph as compressed sparse rows: 8 an arc and 4 a node, by the tails and, where edges have a direction, by the heads too. */
export function arrayBytes({ directed, nodes, from }: Graph): number {
  return directed ? 2 * (4 * (nodes + 1) + 8 * from.length) : 4 * (nodes + 1) + 8 * 2 * from.length;
}

export default memory;
