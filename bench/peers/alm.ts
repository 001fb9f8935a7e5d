import { Alm } from "mfn/alm";
import { type Arcs, gridArcs, Random, scaleFreeArcs } from "../data.js";
import type { Bench } from "../harness.js";
import { label, peer } from "./load.js";

interface Attributes {
  weight: number;
}
interface GraphologyGraph {
  addNode(node: string): unknown;
  addDirectedEdge(from: string, to: string, attributes: Attributes): unknown;
  forEachOutNeighbor(node: string, see: (neighbour: string) => void): void;
  edge(from: string, to: string): string;
  getEdgeAttribute(edge: string, name: "weight"): number;
}
interface Graphology {
  DirectedGraph: new () => GraphologyGraph;
}
interface GraphologyPaths {
  dijkstra: { bidirectional(graph: GraphologyGraph, from: string, to: string, weight: string): string[] | null };
}
interface NgraphLink {
  toId: number;
  data: number;
}
interface NgraphGraph {
  addNode(id: number): unknown;
  addLink(from: number, to: number, weight: number): unknown;
  getLink(from: number, to: number): NgraphLink | null;
  forEachLinkedNode(id: number, see: (node: { id: number }) => void, oriented: boolean): void;
}
interface Ngraph {
  default: () => NgraphGraph;
}
interface NgraphPaths {
  nba(graph: NgraphGraph, options: object): { find(from: number, to: number): { id: number }[] };
}

/** The same ways through the graph, whoever finds them. */
interface Router {
  peer: string;
  /** What holds the graph, where that is another package. */
  builder: string;
  build: () => unknown;
  /** The cost of the shortest way; infinite where there is none. */
  cost: (from: number, to: number) => number;
  /** How many nodes are one or two hops away. */
  twoHops: (from: number) => number;
}

export default async function (b: Bench): Promise<void> {
  const side = b.quick ? 12 : 128;
  await onGraph(b, `grid ${side} x ${side}`, gridArcs(side), side * side);
  const bits = b.quick ? 8 : 14;
  await onGraph(b, `scale-free 2^${bits}`, distinct(scaleFreeArcs(bits, 8 << bits)), 1 << bits);
}

/** Each arc once, as two of the peers' graphs hold only one between two nodes. */
function distinct({ from, to, weight }: Arcs): Arcs {
  const seen = new Set<number>();
  const kept = Array.from(from.keys()).filter((i) => {
    const key = from[i] * 0x1_0000_0000 + to[i];
    return !seen.has(key) && seen.add(key);
  });
  const take = <T extends Uint32Array | Float32Array>(column: T) => kept.map((i) => column[i]);
  return { from: Uint32Array.from(take(from)), to: Uint32Array.from(take(to)), weight: Float32Array.from(take(weight)) };
}

async function onGraph(b: Bench, name: string, arcs: Arcs, nodes: number): Promise<void> {
  const count = arcs.from.length;
  const from = Int32Array.from(arcs.from);
  const to = Int32Array.from(arcs.to);
  const build = () => {
    const graph = Alm.createSync();
    graph.linkMany(from, to, { weights: arcs.weight });
    return graph;
  };
  const alm = build();
  const random = new Random(3);
  const pairs = Array.from({ length: 64 }, () => [arcs.from[random.below(count)], arcs.from[random.below(count)]]);
  const turns = (ask: (from: number, to: number) => unknown) => {
    let next = 0;
    return () => {
      const [a, z] = pairs[next++ % pairs.length];
      return ask(a, z);
    };
  };
  const cost = (a: number, z: number) => alm.shortestPath(a, z)?.cost ?? Infinity;
  const twoHops = (a: number) => alm.kHop([a], { hops: 2 }).ids.length;
  for (const router of [await graphology(b, arcs, nodes), await ngraph(b, arcs, nodes)]) {
    if (router === undefined) continue;
    const { peer: version } = router;
    await b.compare({
      case: `build, ${name}, ${count} arcs`,
      n: count,
      peer: router.builder,
      check: () => alm.edgeCount === count,
      ours: () => build().dispose(),
      theirs: router.build,
    });
    await b.compare({
      case: `shortest path, ${name}`,
      n: 1,
      unit: "us",
      peer: version,
      check: () => pairs.every(([a, z]) => near(cost(a, z), router.cost(a, z))),
      ours: turns(cost),
      theirs: turns(router.cost),
    });
    // Whether the seed is among those two hops away is a matter of taste: one more or less is the same answer.
    const same = (a: number) => Math.abs(twoHops(a) - router.twoHops(a)) <= 1;
    await b.compare({
      case: `two hops, ${name}`,
      n: 1,
      unit: "us",
      peer: router.builder,
      check: () => pairs.every(([a]) => same(a)),
      ours: turns(twoHops),
      theirs: turns(router.twoHops),
    });
  }
  alm.dispose();
}

/** Equal but for the order in which the weights were added up. */
function near(a: number, b: number): boolean {
  return a === b || Math.abs(a - b) <= 1e-5 * Math.max(a, b);
}

async function graphology(b: Bench, { from, to, weight }: Arcs, nodes: number): Promise<Router | undefined> {
  const module = await peer<Graphology>(b, "graphology");
  const paths = await peer<GraphologyPaths>(b, "graphology-shortest-path");
  if (module === undefined || paths === undefined) return undefined;
  const build = () => {
    const graph = new module.DirectedGraph();
    for (let i = 0; i < nodes; i++) graph.addNode(String(i));
    for (let i = 0; i < from.length; i++) graph.addDirectedEdge(String(from[i]), String(to[i]), { weight: weight[i] });
    return graph;
  };
  const graph = build();
  return {
    peer: label("graphology"),
    builder: label("graphology"),
    build,
    cost: (a, z) => {
      const path = paths.dijkstra.bidirectional(graph, String(a), String(z), "weight");
      if (path === null) return Infinity;
      let sum = 0;
      for (let i = 1; i < path.length; i++) sum += graph.getEdgeAttribute(graph.edge(path[i - 1], path[i]), "weight");
      return sum;
    },
    twoHops: (a) => {
      const seen = new Set<string>();
      graph.forEachOutNeighbor(String(a), (near) => {
        seen.add(near);
        graph.forEachOutNeighbor(near, (far) => seen.add(far));
      });
      seen.delete(String(a));
      return seen.size;
    },
  };
}

async function ngraph(b: Bench, { from, to, weight }: Arcs, nodes: number): Promise<Router | undefined> {
  const module = await peer<Ngraph>(b, "ngraph.graph");
  const paths = await peer<NgraphPaths>(b, "ngraph.path");
  if (module === undefined || paths === undefined) return undefined;
  const build = () => {
    const graph = module.default();
    for (let i = 0; i < nodes; i++) graph.addNode(i);
    for (let i = 0; i < from.length; i++) graph.addLink(from[i], to[i], weight[i]);
    return graph;
  };
  const graph = build();
  // NBA* is the fastest of its searches; without a heuristic it is a bidirectional Dijkstra.
  const finder = paths.nba(graph, { oriented: true, distance: (_a: unknown, _b: unknown, link: NgraphLink) => link.data });
  return {
    peer: label("ngraph.path"),
    builder: label("ngraph.graph"),
    build,
    cost: (a, z) => {
      if (a === z) return 0;
      const path = finder.find(a, z);
      if (path.length === 0) return Infinity;
      let sum = 0;
      // It lists the way from its end.
      for (let i = 1; i < path.length; i++) sum += graph.getLink(path[i].id, path[i - 1].id)?.data ?? Number.NaN;
      return sum;
    },
    twoHops: (a) => {
      const seen = new Set<number>();
      graph.forEachLinkedNode(
        a,
        ({ id }) => {
          seen.add(id);
          graph.forEachLinkedNode(
            id,
            (far) => {
              seen.add(far.id);
            },
            true,
          );
        },
        true,
      );
      seen.delete(a);
      return seen.size;
    },
  };
}
