// Walks through the whole graph: breadth-first search and shortest paths from one source to all nodes.
import type { Alm } from "mfn/alm";
import type { Bench } from "../../harness.js";
import { bfsOver, hopsOver, ssspOver } from "./baseline/search.js";
import { type Case, meshOf, near, scaleFree, stream, streets, systems, total } from "./mesh.js";

/** The rows of walks. */
export async function walks(b: Bench): Promise<void> {
  for (const entry of [streets(b), systems(b), scaleFree(b)]) if (entry !== undefined) await walk(b, entry);
}

async function walk(b: Bench, entry: Case): Promise<void> {
  const { graph, csr, ask } = entry;
  const mesh = meshOf(graph);
  const bfs = bfsOver(csr);
  await b.compare({
    case: `breadth-first search, ${graph.name}`,
    n: 1,
    unit: "ms",
    peer: "typed arrays",
    check: () => sameWalk(mesh, ask.hub, ask.reached, bfs(ask.hub)),
    ours: () => mesh.bfs(ask.hub).reached,
    theirs: () => bfs(ask.hub)[0],
  });
  const sssp = ssspOver(csr);
  await b.compare({
    case: `shortest paths to all nodes, ${graph.name}`,
    n: 1,
    unit: "ms",
    peer: "Dijkstra over typed arrays",
    check: () => sameDistances(mesh, ask.hub, sssp(ask.hub)),
    ours: () => mesh.shortestPaths(ask.hub).distances[0],
    theirs: () => sssp(ask.hub)[0],
  });
  const hops = hopsOver(csr, 2);
  const ours = (u: number) => mesh.kHop([u], { hops: 2 }).ids.length;
  await b.compare({
    case: `two hops, ${graph.name}`,
    n: 16,
    unit: "us",
    peer: "typed arrays, a count only",
    check: () => Array.from(ask.from.subarray(0, 64)).every((u) => ours(u) === hops(u)),
    ours: stream(ask, 16, ours),
    theirs: stream(ask, 16, hops),
  });
  mesh.dispose();
}

/** Whether the mesh finds the same depths. */
function sameWalk(mesh: Alm, source: number, reached: number, depths: Int32Array): boolean {
  const mine = mesh.bfs(source);
  return mine.reached === reached && mine.depths.every((depth, u) => depth === depths[u]);
}

/** Whether the mesh finds the same distances, node by node and in sum, and parents that they come from. */
function sameDistances(mesh: Alm, source: number, expected: Float64Array): boolean {
  const { distances, parents } = mesh.shortestPaths(source);
  if (!distances.every((distance, u) => near(distance, expected[u])) || !near(total(distances), total(expected))) return false;
  return parents.every((parent, u) => parent < 0 || distances[parent] <= distances[u]);
}

export default walks;
