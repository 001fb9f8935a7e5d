// graphology, with its own packages for shortest paths and traversal.
import type { Graph } from "../../graphs.js";
import type { Bench } from "../../harness.js";
import { label, peer } from "../load.js";
import { all, type Peer, type PeerGraph } from "./peer.js";

interface Attributes {
  weight: number;
}
type SeeEdge = (edge: string, attributes: Attributes, source: string, target: string) => void;
interface Instance {
  size: number;
  addNode(node: string): unknown;
  addEdge(from: string, to: string, attributes: Attributes): unknown;
  dropEdge(from: string, to: string): unknown;
  edge(from: string, to: string): string;
  getEdgeAttribute(edge: string, name: "weight"): number;
  setEdgeAttribute(from: string, to: string, name: "weight", weight: number): unknown;
  forEachOutboundEdge(node: string, see: SeeEdge): void;
  forEachOutboundNeighbor(node: string, see: (neighbour: string) => void): void;
}
interface Graphology {
  DirectedGraph: new () => Instance;
  UndirectedGraph: new () => Instance;
}
type Path = string[] | null;
type Predecessors = [order: string[], before: Record<string, string[]>, paths: unknown];
interface Paths {
  dijkstra: {
    bidirectional(graph: Instance, from: string, to: string, weight: string): Path;
    singleSource(graph: Instance, source: string, weight: string): Record<string, string[]>;
    brandes(graph: Instance, source: string, weight: string): Predecessors;
  };
  astar: {
    bidirectional(graph: Instance, from: string, to: string, weight: string, heuristic: (node: string, target: string) => number): Path;
  };
}
interface Traversal {
  bfsFromNode(graph: Instance, node: string, see: (node: string, attributes: unknown, depth: number) => void): void;
}

export async function graphology(b: Bench): Promise<Peer | undefined> {
  const library = await peer<Graphology>(b, "graphology");
  const paths = await peer<Paths>(b, "graphology-shortest-path");
  const traversal = await peer<Traversal>(b, "graphology-traversal");
  if (library === undefined || paths === undefined || traversal === undefined) return undefined;
  return { label: label("graphology"), build: (graph, full) => load(library, paths, traversal, graph, full) };
}

function load(library: Graphology, paths: Paths, traversal: Traversal, graph: Graph, full: boolean): PeerGraph {
  const { from, to, weights, nodes, coordinates } = graph;
  const instance = graph.directed ? new library.DirectedGraph() : new library.UndirectedGraph();
  // Its nodes are strings.
  const keys = Array.from({ length: nodes }, (_, u) => String(u));
  for (const key of keys) instance.addNode(key);
  const weightOf = (u: string, v: string) => instance.getEdgeAttribute(instance.edge(u, v), "weight");
  const cost = (found: unknown) => {
    const path = found as Path;
    if (path === null) return Infinity;
    let sum = 0;
    for (let i = 1; i < path.length; i++) sum += weightOf(path[i - 1], path[i]);
    return sum;
  };
  /** Distances from nodes and the nodes before them on the path, which come first; the source has none. */
  const distancesOf = (steps: [node: string, before: string | undefined][]) => {
    const distances = new Float64Array(nodes).fill(Infinity);
    for (const [node, before] of steps) distances[+node] = before === undefined ? 0 : distances[+before] + weightOf(before, node);
    return distances;
  };
  const peerGraph: PeerGraph = {
    insert: (rows) => {
      for (let i = 0; i < rows.length; i++) {
        const row = rows[i];
        instance.addEdge(keys[from[row]], keys[to[row]], { weight: weights[row] });
      }
    },
    update: (rows, fresh) => {
      for (let i = 0; i < rows.length; i++) instance.setEdgeAttribute(keys[from[rows[i]]], keys[to[rows[i]]], "weight", fresh[i]);
    },
    remove: (rows) => {
      for (let i = 0; i < rows.length; i++) instance.dropEdge(keys[from[rows[i]]], keys[to[rows[i]]]);
    },
    edgeCount: () => instance.size,
    routes: [
      {
        name: `${label("graphology-shortest-path")} bidirectional Dijkstra`,
        guided: false,
        find: (u, v) => paths.dijkstra.bidirectional(instance, keys[u], keys[v], "weight"),
        cost,
      },
    ],
    bfs: [
      {
        name: `${label("graphology")}, typed arrays`,
        run: (source) => {
          const depths = new Int32Array(nodes).fill(-1);
          const queue = new Int32Array(nodes);
          let count = 1;
          let depth = 1;
          queue[0] = source;
          depths[source] = 0;
          const see = (key: string) => {
            const v = +key;
            if (depths[v] >= 0) return;
            depths[v] = depth;
            queue[count++] = v;
          };
          for (let i = 0; i < count; i++) {
            depth = depths[queue[i]] + 1;
            instance.forEachOutboundNeighbor(keys[queue[i]], see);
          }
          return depths;
        },
        read: (result) => result as Int32Array,
      },
      {
        name: `${label("graphology-traversal")} bfsFromNode`,
        run: (source) => {
          const depths = new Int32Array(nodes).fill(-1);
          traversal.bfsFromNode(instance, keys[source], (node, _, depth) => {
            depths[+node] = depth;
          });
          return depths;
        },
        read: (result) => result as Int32Array,
      },
    ],
    sssp: [
      {
        name: `${label("graphology-shortest-path")} singleSource`,
        run: (source) => paths.dijkstra.singleSource(instance, keys[source], "weight"),
        read: (result) => {
          const ways = Object.entries(result as Record<string, string[]>).sort(([, a], [, z]) => a.length - z.length);
          return distancesOf(ways.map(([node, way]) => [node, way[way.length - 2]]));
        },
      },
      {
        // The same search without a copy of the path to every node.
        name: `${label("graphology-shortest-path")} brandes`,
        run: (source) => paths.dijkstra.brandes(instance, keys[source], "weight"),
        read: (result) => {
          const [order, before] = result as Predecessors;
          return distancesOf(order.map((node) => [node, before[node][0]]));
        },
      },
    ],
    twoHops: (seed) => {
      const seen = new Set<string>();
      const start = keys[seed];
      instance.forEachOutboundNeighbor(start, (near) => {
        seen.add(near);
        instance.forEachOutboundNeighbor(near, (far) => {
          seen.add(far);
        });
      });
      seen.delete(start);
      return seen.size;
    },
    forEachOut: (node, see) => {
      const key = keys[node];
      instance.forEachOutboundEdge(key, (_, attributes, source, target) => {
        see(+(source === key ? target : source), attributes.weight);
      });
    },
  };
  if (coordinates !== undefined) {
    const { x, y } = coordinates;
    const straight = (node: string, target: string) => {
      const dx = x[+node] - x[+target];
      const dy = y[+node] - y[+target];
      return Math.sqrt(dx * dx + dy * dy);
    };
    peerGraph.routes.unshift({
      name: `${label("graphology-shortest-path")} A*`,
      guided: true,
      find: (u, v) => paths.astar.bidirectional(instance, keys[u], keys[v], "weight", straight),
      cost,
    });
  }
  if (full) peerGraph.insert(all(from.length));
  return peerGraph;
}
