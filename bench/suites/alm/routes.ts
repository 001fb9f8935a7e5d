// Exact routes with their paths, on the live graph and through every index that a frozen one can have.
import type { Alm, Path, RouteIndexKind } from "mfn/alm";
import type { Bench } from "../../harness.js";
import { costOf } from "./baseline/paths.js";
import { routeOver, ssspOver } from "./baseline/search.js";
import { type Case, first, meshOf, milliseconds, near, scaleFree, stream, streets, systems } from "./mesh.js";

/** Pairs in a call, as both sides take them from the stream. */
const WINDOW = 16;
/** Pairs whose route is checked before anything is timed. */
const CHECKED = 64;

/** The rows of routes. */
export async function routes(b: Bench): Promise<void> {
  const [roads, links] = [streets(b), systems(b)];
  if (roads !== undefined) await onGraph(b, roads, ["auto", "ch", "cch", "alt"]);
  if (links !== undefined) await onGraph(b, links, ["auto", "labels", "ch", "cch", "alt"]);
  // An index of a million edges among hubs takes longer to build than this suite may last.
  await onGraph(b, scaleFree(b), []);
}

async function onGraph(b: Bench, entry: Case, kinds: ("auto" | RouteIndexKind)[]): Promise<void> {
  const { graph } = entry;
  const mesh = meshOf(graph);
  await route(b, entry, mesh, "live");
  if (graph.coordinates !== undefined) {
    mesh.setCoordinates(graph.coordinates.x, graph.coordinates.y);
    await route(b, entry, mesh, "live with coordinates");
  }
  for (const kind of kinds) {
    const ms = await milliseconds(() => mesh.freeze({ index: kind }));
    const { index, stateBytes } = mesh.frozen!;
    const how = kind === "auto" ? `frozen (${index} was chosen)` : `frozen, ${kind}`;
    b.score({ case: `build the index, ${graph.name}, ${how}`, unit: "ms", ours: ms, higherIsBetter: false, n: graph.from.length });
    b.score({
      case: `bytes of the index a node, ${graph.name}, ${how}`,
      unit: "B",
      ours: stateBytes / graph.nodes,
      higherIsBetter: false,
      n: 1,
    });
    await route(b, entry, mesh, how);
    if (kind === "auto") await many(b, entry, mesh, how);
    mesh.thaw();
  }
  mesh.dispose();
}

async function route(b: Bench, { graph, csr, ask }: Case, mesh: Alm, how: string): Promise<void> {
  const dijkstra = routeOver(csr);
  const ours = (u: number, v: number) => mesh.shortestPath(u, v)!.cost;
  await b.compare({
    case: `route with path, ${graph.name}, ${how}`,
    n: WINDOW,
    unit: "us",
    peer: "Dijkstra over typed arrays, distance only",
    check: () => first(ask, CHECKED, (u, v) => isRoute(mesh.shortestPath(u, v), u, v, dijkstra(u, v), (path) => costOf(csr, path))),
    ours: stream(ask, WINDOW, ours),
    theirs: stream(ask, WINDOW, dijkstra),
  });
}

/** Many distances at once. */
async function many(b: Bench, { graph, csr, ask }: Case, mesh: Alm, how: string): Promise<void> {
  const size = 32;
  const sources = ask.from.slice(0, size);
  const targets = ask.to.slice(0, size);
  const sssp = ssspOver(csr);
  const rows = Math.min(4, size);
  await b.measure({
    case: `distance matrix ${size} x ${size}, ${graph.name}, ${how}`,
    n: size * size,
    unit: "us",
    check: () => {
      const matrix = mesh.distanceMatrix(sources, targets);
      for (let i = 0; i < rows; i++) {
        const distances = sssp(sources[i]);
        if (!targets.every((v, j) => near(matrix[i * size + j], distances[v]))) return false;
      }
      return true;
    },
    ours: () => mesh.distanceMatrix(sources, targets)[1],
  });
}

/** Whether a path leads from one node to the other, over edges that are there, and costs what it must. */
export function isRoute(
  found: Path | undefined,
  from: number,
  to: number,
  cost: number,
  costOfNodes: (path: ArrayLike<number>) => number,
): boolean {
  if (found === undefined) return cost === Infinity;
  const { path, weights } = found;
  if (path[0] !== from || path[path.length - 1] !== to || weights.length !== path.length - 1) return false;
  const sum = weights.reduce((a, z) => a + z, 0);
  return near(found.cost, cost) && near(sum, cost) && near(costOfNodes(path), cost);
}

export default routes;
