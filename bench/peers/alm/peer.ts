// What the suite asks of a graph library. Where a library has the function, that is taken; else it is written over the library's own
// iteration, with the Maps and typed arrays that a careful user would take.
import type { Graph } from "../../graphs.js";
import type { Bench } from "../../harness.js";

/** Rows of a graph's columns, by number. */
export type Rows = ArrayLike<number>;

/** A graph in a library. */
export interface PeerGraph {
  /** Adds edges of the graph's columns; the nodes are there. */
  insert(rows: Rows): void;
  /** Sets the weights of edges that are there. */
  update(rows: Rows, weights: Float32Array): void;
  remove(rows: Rows): void;
  edgeCount(): number;
  /** Ways to find a route, by name, the fastest first. */
  routes: PeerRoute[];
  /** Breadth-first searches. */
  bfs: PeerWalk<Int32Array>[];
  /** Shortest paths from one source, where the library has such functions. */
  sssp: PeerWalk<Float64Array>[];
  /** Nodes at most two edges away, the seed left out. */
  twoHops(seed: number): number;
  /** Calls `see` with the node at the other end and the weight of each edge that may be followed from a node. */
  forEachOut(node: number, see: (other: number, weight: number) => void): void;
}

export interface PeerRoute {
  /** Library, version and algorithm. */
  name: string;
  /** Takes coordinates into account. */
  guided: boolean;
  /** Finds a path; what it returns is the library's own. */
  find(from: number, to: number): unknown;
  /** Sum of the weights along what `find` returned, Infinity where there is no path. */
  cost(found: unknown): number;
}

/** A walk through the whole graph. */
export interface PeerWalk<Depths> {
  /** Library, version and function. */
  name: string;
  /** Walks; what it returns is the library's own. */
  run(source: number): unknown;
  /** What `run` found, by node: -1 edges, or an infinite distance, where there is no path. */
  read(result: unknown): Depths;
}

/** A library. */
export interface Peer {
  /** Name and version. */
  label: string;
  /** The nodes of a graph, and with `full` its edges, in the order of the columns. */
  build(graph: Graph, full: boolean): PeerGraph;
}

/** Makes a library ready; undefined where it is not installed. */
export type PeerMaker = (b: Bench) => Promise<Peer | undefined>;

/** The numbers 0 to n - 1. */
export function all(n: number): Int32Array {
  return Int32Array.from({ length: n }, (_, i) => i);
}
