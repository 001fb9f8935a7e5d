// ngraph.graph with ngraph.path.
import type { Graph } from "../../graphs.js";
import type { Bench } from "../../harness.js";
import { label, peer } from "../load.js";
import { all, type Peer, type PeerGraph } from "./peer.js";

interface Place {
  x: number;
  y: number;
}
interface Node {
  id: number;
  data: Place;
}
interface Link {
  data: number;
}
interface Instance {
  addNode(id: number, data?: Place): unknown;
  addLink(from: number, to: number, weight: number): unknown;
  removeLink(from: number, to: number): boolean;
  getLink(from: number, to: number): Link | undefined;
  getLinkCount(): number;
  forEachLinkedNode(id: number, see: (node: Node, link: Link) => void, oriented: boolean): void;
}
interface Library {
  default: () => Instance;
}
interface PathOptions {
  oriented: boolean;
  distance: (from: Node, to: Node, link: Link) => number;
  heuristic?: (from: Node, to: Node) => number;
}
interface Paths {
  nba(graph: Instance, options: PathOptions): { find(from: number, to: number): Node[] };
}

export async function ngraph(b: Bench): Promise<Peer | undefined> {
  const library = await peer<Library>(b, "ngraph.graph");
  const paths = await peer<Paths>(b, "ngraph.path");
  if (library === undefined || paths === undefined) return undefined;
  return { label: label("ngraph.graph"), build: (graph, full) => load(library, paths, graph, full) };
}

function load(library: Library, paths: Paths, graph: Graph, full: boolean): PeerGraph {
  const { directed, from, to, weights, nodes, coordinates } = graph;
  const instance = library.default();
  for (let u = 0; u < nodes; u++) {
    if (coordinates === undefined) instance.addNode(u);
    else instance.addNode(u, { x: coordinates.x[u], y: coordinates.y[u] });
  }
  const options: PathOptions = { oriented: directed, distance: (_from, _to, link) => link.data };
  if (coordinates !== undefined) {
    options.heuristic = ({ data: a }, { data: z }) => {
      const dx = a.x - z.x;
      const dy = a.y - z.y;
      return Math.sqrt(dx * dx + dy * dy);
    };
  }
  const finder = paths.nba(instance, options);
  const weightOf = (u: number, v: number) =>
    (instance.getLink(u, v) ?? (directed ? undefined : instance.getLink(v, u)))?.data ?? Number.NaN;
  const peerGraph: PeerGraph = {
    insert: (rows) => {
      for (let i = 0; i < rows.length; i++) instance.addLink(from[rows[i]], to[rows[i]], weights[rows[i]]);
    },
    update: (rows, fresh) => {
      for (let i = 0; i < rows.length; i++) instance.getLink(from[rows[i]], to[rows[i]])!.data = fresh[i];
    },
    remove: (rows) => {
      for (let i = 0; i < rows.length; i++) instance.removeLink(from[rows[i]], to[rows[i]]);
    },
    edgeCount: () => instance.getLinkCount(),
    routes: [
      {
        name: `${label("ngraph.path")} NBA*`,
        guided: coordinates !== undefined,
        find: (u, v) => finder.find(u, v),
        cost: (found) => {
          const path = found as Node[];
          if (path.length === 0) return Infinity;
          let sum = 0;
          // It lists the way from its end.
          for (let i = 1; i < path.length; i++) sum += weightOf(path[i].id, path[i - 1].id);
          return sum;
        },
      },
    ],
    bfs: [
      {
        name: `${label("ngraph.graph")}, typed arrays`,
        run: (source) => {
          const depths = new Int32Array(nodes).fill(-1);
          const queue = new Int32Array(nodes);
          let count = 1;
          let depth = 1;
          queue[0] = source;
          depths[source] = 0;
          const see = ({ id }: Node) => {
            if (depths[id] >= 0) return;
            depths[id] = depth;
            queue[count++] = id;
          };
          for (let i = 0; i < count; i++) {
            depth = depths[queue[i]] + 1;
            instance.forEachLinkedNode(queue[i], see, directed);
          }
          return depths;
        },
        read: (result) => result as Int32Array,
      },
    ],
    // It has shortest paths between two nodes only.
    sssp: [],
    twoHops: (seed) => {
      const seen = new Set<number>();
      const far = ({ id }: Node) => {
        seen.add(id);
      };
      const near = ({ id }: Node) => {
        seen.add(id);
        instance.forEachLinkedNode(id, far, directed);
      };
      instance.forEachLinkedNode(seed, near, directed);
      seen.delete(seed);
      return seen.size;
    },
    forEachOut: (node, see) => {
      instance.forEachLinkedNode(
        node,
        ({ id }, { data }) => {
          see(id, data);
        },
        directed,
      );
    },
  };
  if (full) peerGraph.insert(all(from.length));
  return peerGraph;
}
