// All weights anew at once, as with delays or traffic, and exact routes after that.
import type { Alm } from "mfn/alm";
import { Random } from "../../data.js";
import { type Csr, type Graph, toCsr } from "../../graphs.js";
import type { Bench } from "../../harness.js";
import { costOf } from "./baseline/paths.js";
import { routeOver } from "./baseline/search.js";
import { type Case, first, meshOf, stream, streets, systems } from "./mesh.js";
import { isRoute } from "./routes.js";

/** The rows of new weights. */
export async function reweight(b: Bench): Promise<void> {
  for (const entry of [systems(b), streets(b)]) if (entry !== undefined) await onGraph(b, entry);
}

async function onGraph(b: Bench, { graph, ask }: Case): Promise<void> {
  const mesh = meshOf(graph);
  await mesh.freeze({ index: "cch" });
  const { from, to, weights } = mesh.columns();
  const random = new Random(9);
  // Each edge costs between its weight and five times that, as streets do in traffic.
  const busy = () => weights.map((weight) => weight * (1 + 4 * random.unit()));
  const metrics = [busy(), busy()];
  const columns: Graph = { ...graph, from: Int32Array.from(from), to: Int32Array.from(to), weights: metrics[0] };
  const csr = toCsr(columns);
  let turn = 0;
  await b.measure({
    case: `new weights for all ${from.length} edges, ${graph.name}`,
    n: 1,
    unit: "ms",
    check: () => metrics.every((metric) => holds(mesh, metric, toCsr({ ...columns, weights: metric }), ask)),
    ours: () => mesh.reweight(metrics[turn++ % 2]),
  });
  mesh.reweight(metrics[0]);
  const dijkstra = routeOver(csr);
  await b.compare({
    case: `route with path after that, ${graph.name}`,
    n: 16,
    unit: "us",
    peer: "Dijkstra over typed arrays, distance only",
    check: () => holds(mesh, metrics[0], csr, ask),
    ours: stream(ask, 16, (u, v) => mesh.shortestPath(u, v)!.cost),
    theirs: stream(ask, 16, dijkstra),
  });
  mesh.dispose();
}

/** Whether routes are exact once these are the weights. */
function holds(mesh: Alm, weights: Float32Array, csr: Csr, ask: Case["ask"]): boolean {
  mesh.reweight(weights);
  const dijkstra = routeOver(csr);
  return first(ask, 48, (u, v) => isRoute(mesh.shortestPath(u, v), u, v, dijkstra(u, v), (path) => costOf(csr, path)));
}

export default reweight;
