// cytoscape without a display. Its graphs are made to be drawn: only small ones are asked of it.
import type { Graph } from "../../graphs.js";
import type { Bench } from "../../harness.js";
import { label, peer } from "../load.js";
import { all, type Peer, type PeerGraph, type Rows } from "./peer.js";

interface Element {
  id(): string;
  data(name: string): number;
  data(name: string, value: number): unknown;
  remove(): unknown;
  outgoers(selector: string): { forEach(see: (edge: Element) => void): void };
  connectedEdges(): { forEach(see: (edge: Element) => void): void };
  source(): Element;
  target(): Element;
}
interface Search {
  root: Element;
  weight: (edge: Element) => number;
  directed: boolean;
}
interface Found {
  found: boolean;
  distance: number;
}
interface Collection {
  aStar(options: Search & { goal: Element }): Found;
  dijkstra(options: Search): { distanceTo(node: Element): number };
  bfs(options: {
    root: Element;
    directed: boolean;
    visit: (v: Element, e: unknown, u: unknown, i: number, depth: number) => void;
  }): unknown;
}
interface Instance {
  add(elements: object[]): unknown;
  elements(): Collection;
  edges(): { length: number };
  getElementById(id: string): Element;
  batch(work: () => void): void;
}
interface Library {
  default: (options: object) => Instance;
}

export async function cytoscape(b: Bench): Promise<Peer | undefined> {
  const library = await peer<Library>(b, "cytoscape");
  return library && { label: label("cytoscape"), build: (graph, full) => load(library, graph, full) };
}

function load(library: Library, graph: Graph, full: boolean): PeerGraph {
  const { directed, from, to, weights, nodes } = graph;
  const instance = library.default({ headless: true, styleEnabled: false });
  const keys = Array.from({ length: nodes }, (_, u) => String(u));
  instance.add(keys.map((id) => ({ group: "nodes", data: { id } })));
  const node = (u: number) => instance.getElementById(keys[u]);
  const edge = (row: number) => instance.getElementById(`e${row}`);
  const weight = (e: Element) => e.data("weight");
  const insert = (rows: Rows) => {
    const make = (row: number) => ({
      group: "edges",
      data: { id: `e${row}`, source: keys[from[row]], target: keys[to[row]], weight: weights[row] },
    });
    instance.add(Array.from(rows, make));
  };
  const peerGraph: PeerGraph = {
    insert,
    update: (rows, fresh) =>
      instance.batch(() => {
        for (let i = 0; i < rows.length; i++) edge(rows[i]).data("weight", fresh[i]);
      }),
    remove: (rows) =>
      instance.batch(() => {
        for (let i = 0; i < rows.length; i++) edge(rows[i]).remove();
      }),
    edgeCount: () => instance.edges().length,
    routes: [
      {
        name: `${label("cytoscape")} aStar`,
        guided: false,
        find: (u, v) => instance.elements().aStar({ root: node(u), goal: node(v), weight, directed }),
        cost: (found) => ((found as Found).found ? (found as Found).distance : Infinity),
      },
    ],
    bfs: [
      {
        name: `${label("cytoscape")} bfs`,
        run: (source) => {
          const depths = new Int32Array(nodes).fill(-1);
          const visit = (v: Element, _e: unknown, _u: unknown, _i: number, depth: number) => {
            depths[+v.id()] = depth;
          };
          instance.elements().bfs({ root: node(source), directed, visit });
          return depths;
        },
        read: (result) => result as Int32Array,
      },
    ],
    sssp: [
      {
        name: `${label("cytoscape")} dijkstra`,
        run: (source) => instance.elements().dijkstra({ root: node(source), weight, directed }),
        read: (result) => {
          const { distanceTo } = result as ReturnType<Collection["dijkstra"]>;
          return Float64Array.from(keys, (_, u) => distanceTo(node(u)));
        },
      },
    ],
    twoHops: (seed) => {
      const seen = new Set<number>();
      peerGraph.forEachOut(seed, (near) => {
        seen.add(near);
        peerGraph.forEachOut(near, (far) => {
          seen.add(far);
        });
      });
      seen.delete(seed);
      return seen.size;
    },
    forEachOut: (u, see) => {
      const key = keys[u];
      const edges = directed ? node(u).outgoers("edge") : node(u).connectedEdges();
      edges.forEach((e) => {
        const source = e.source().id();
        see(+(source === key ? e.target().id() : source), e.data("weight"));
      });
    },
  };
  if (full) insert(all(from.length));
  return peerGraph;
}
