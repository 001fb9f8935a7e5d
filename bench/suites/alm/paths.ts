// More ways than one: the k shortest paths without a loop, and pairs of paths that share nothing.
import type { Alm } from "mfn/alm";
import type { Bench } from "../../harness.js";
import { costOf, disjointOver, yenOver } from "./baseline/paths.js";
import { type Case, first, meshOf, near, stream, streets, systems } from "./mesh.js";

const K = 4;

/** The rows of several paths. */
export async function paths(b: Bench): Promise<void> {
  const links = systems(b);
  if (links !== undefined) {
    const mesh = meshOf(links.graph);
    await shortest(b, links, mesh, "live");
    for (const by of ["edge", "node"] as const) await disjoint(b, links, mesh, by);
    await mesh.freeze();
    await shortest(b, links, mesh, "frozen");
    mesh.dispose();
  }
  // Only its smoke run: without a library to beat, a city's streets are no row of their own.
  if (b.quick) {
    const roads = streets(b)!;
    const mesh = meshOf(roads.graph);
    await shortest(b, roads, mesh, "live");
    mesh.dispose();
  }
}

async function shortest(b: Bench, { graph, csr, ask }: Case, mesh: Alm, how: string): Promise<void> {
  const yen = yenOver(csr);
  const kBest = (u: number, v: number) => Array.from(mesh.kShortestPaths(u, v, { k: K }));
  const same = (u: number, v: number) => {
    const mine = kBest(u, v);
    const costs = yen(u, v, K);
    const distinct = new Set(mine.map(({ path }) => path.join())).size === mine.length;
    const loopless = mine.every(({ path }) => new Set(path).size === path.length);
    const honest = mine.every(({ path, cost }) => path[0] === u && path.at(-1) === v && near(costOf(csr, path), cost));
    return distinct && loopless && honest && mine.length === costs.length && mine.every(({ cost }, i) => near(cost, costs[i]));
  };
  await b.compare({
    case: `${K} shortest paths without a loop, ${graph.name}, ${how}`,
    n: 8,
    unit: "us",
    peer: "Yen's algorithm over typed arrays, costs only",
    check: () => first(ask, 64, same),
    ours: stream(ask, 8, (u, v) => kBest(u, v).length),
    theirs: stream(ask, 8, (u, v) => yen(u, v, K).length),
  });
}

async function disjoint(b: Bench, { graph, csr, ask }: Case, mesh: Alm, by: "edge" | "node"): Promise<void> {
  const pair = disjointOver(csr, by);
  const cost = (u: number, v: number) => mesh.disjointPair(u, v, { by })?.reduce((sum, path) => sum + path.cost, 0) ?? Infinity;
  const apart = (u: number, v: number) => {
    const found = mesh.disjointPair(u, v, { by });
    if (found === undefined) return pair(u, v) === Infinity;
    const [a, z] = found.map(({ path }) => Array.from(path));
    const inner = new Set(a.slice(1, -1));
    const edges = new Set(a.slice(1).map((node, i) => name(a[i], node)));
    const shared =
      by === "node" ? z.slice(1, -1).some((node) => inner.has(node)) : z.slice(1).some((node, i) => edges.has(name(z[i], node)));
    return !shared && near(costOf(csr, a) + costOf(csr, z), pair(u, v)) && near(cost(u, v), pair(u, v));
  };
  await b.compare({
    case: `two paths that share no ${by}, ${graph.name}`,
    n: 8,
    unit: "us",
    peer: "successive shortest paths over typed arrays, cost only",
    check: () => first(ask, 64, apart),
    ours: stream(ask, 8, cost),
    theirs: stream(ask, 8, pair),
  });
}

/** An undirected edge. */
function name(u: number, v: number): string {
  return u < v ? `${u} ${v}` : `${v} ${u}`;
}

export default paths;
