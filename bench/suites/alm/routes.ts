// Exact routes with their paths, on the live graph and through every index that a frozen one can have.
import type { Alm, FrozenStats, Path, RouteIndexKind } from "mfn/alm";
import type { Bench } from "../../harness.js";
import { costOf } from "./baseline/paths.js";
import { routeOver, ssspOver } from "./baseline/search.js";
import { type Case, meshOf, milliseconds, near, scaleFree, stream, streets, systems } from "./mesh.js";

/** Pairs in a call, as both sides take them from the stream. */
const WINDOW = 4;
/** Pairs whose route is checked before anything is timed. */
const CHECKED = 64;

/** The rows of routes. */
export async function routes(b: Bench): Promise<void> {
  const [roads, links] = [streets(b), systems(b)];
  if (roads !== undefined) await onGraph(b, roads, ["ch", "cch", "alt"]);
  if (links !== undefined) await onGraph(b, links, ["labels", "ch", "cch", "alt"]);
  // An index of a million edges among hubs takes longer to build than this suite may last.
  await live(b, asked(scaleFree(b)));
}

/** A graph, and what routes cost for the pairs that are checked. */
interface Asked extends Case {
  dijkstra: (from: number, to: number) => number;
  costs: number[];
}

function asked(entry: Case): Asked {
  const dijkstra = routeOver(entry.csr);
  const { from, to } = entry.ask;
  return { ...entry, dijkstra, costs: Array.from(from.subarray(0, CHECKED), (u, i) => dijkstra(u, to[i])) };
}

async function onGraph(b: Bench, entry: Case, kinds: RouteIndexKind[]): Promise<void> {
  const { graph } = entry;
  const all = asked(entry);
  await live(b, all);
  const mesh = meshOf(graph);
  const { index: chosen } = await freeze(b, all, mesh);
  await compare(b, all, mesh, `frozen (${chosen})`);
  await many(b, entry, mesh, `frozen (${chosen})`);
  for (const index of kinds) {
    if (index === chosen) continue;
    mesh.thaw();
    await freeze(b, all, mesh, index);
    await b.measure({
      case: `route with path, ${graph.name}, frozen, ${index}`,
      n: WINDOW,
      unit: "us",
      check: () => right(all, mesh),
      ours: stream(entry.ask, WINDOW, (u, v) => mesh.shortestPath(u, v)!.cost),
    });
  }
  mesh.dispose();
}

/** On the graph as it is, without an index, and with the help of coordinates where there are any. */
async function live(b: Bench, all: Asked): Promise<void> {
  const { graph } = all;
  const mesh = meshOf(graph);
  await compare(b, all, mesh, "live");
  if (graph.coordinates !== undefined) {
    mesh.setCoordinates(graph.coordinates.x, graph.coordinates.y);
    await compare(b, all, mesh, "live with coordinates");
  }
  mesh.dispose();
}

/** Freezes, by the index that suits the graph if none is named, and tells what that takes. */
async function freeze(b: Bench, { graph }: Asked, mesh: Alm, index?: RouteIndexKind): Promise<FrozenStats> {
  const ms = await milliseconds(() => mesh.freeze({ index }));
  const stats = mesh.frozen!;
  const how = index ?? `frozen (${stats.index})`;
  b.score({ case: `build the index, ${graph.name}, ${how}`, unit: "ms", ours: ms, higherIsBetter: false, n: graph.from.length });
  b.score({
    case: `bytes of the index a node, ${graph.name}, ${how}`,
    unit: "B",
    ours: stats.stateBytes / graph.nodes,
    higherIsBetter: false,
    n: graph.nodes,
  });
  return stats;
}

async function compare(b: Bench, all: Asked, mesh: Alm, how: string): Promise<void> {
  await b.compare({
    case: `route with path, ${all.graph.name}, ${how}`,
    n: WINDOW,
    unit: "us",
    peer: "Dijkstra over typed arrays, distance only",
    check: () => right(all, mesh),
    ours: stream(all.ask, WINDOW, (u, v) => mesh.shortestPath(u, v)!.cost),
    theirs: stream(all.ask, WINDOW, all.dijkstra),
  });
}

function right({ csr, ask, costs }: Asked, mesh: Alm): boolean {
  return costs.every((cost, i) =>
    isRoute(mesh.shortestPath(ask.from[i], ask.to[i]), ask.from[i], ask.to[i], cost, (path) => costOf(csr, path)),
  );
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
