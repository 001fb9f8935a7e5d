/**
 * A directed graph as compressed sparse rows: the arcs `offsets[u]` to `offsets[u + 1] - 1` leave node `u`. An undirected edge is
 * two arcs. Parallel arcs and loops are allowed.
 */
export interface FrozenGraph {
  /** Nodes, 0 .. nodes - 1. */
  nodes: number;
  /** Ascending, `nodes + 1` of them; the last is the number of arcs. */
  offsets: Uint32Array;
  /** The node that each arc leads to. */
  targets: Uint32Array;
  /** What each arc costs: finite, >= 0. */
  weights: Float32Array;
}

/** The kinds of an index over a frozen graph. */
export type RouteIndexKind = "alt" | "cch" | "ch" | "labels";

/** An index over a frozen graph. Its answers are exact: sums of the arcs' weights in f64. Nodes are taken as checked. */
export interface RouteIndex {
  readonly kind: RouteIndexKind;
  /** Bytes that the index keeps. */
  readonly stateBytes: number;
  /** The arcs of a cheapest path, in order, none where both ends are one; undefined where there is no path. */
  route(from: number, to: number): Uint32Array | undefined;
  /** What a cheapest path costs, Infinity where there is none. */
  distance(from: number, to: number): number;
  /** All distances from the sources to the targets, row by row: f64[sources * targets]. */
  matrix(sources: ArrayLike<number>, targets: ArrayLike<number>): Float64Array;
  /** Takes new weights of all arcs, in the order of the graph. */
  reweight(weights: Float32Array): void;
  /** Ends the index. */
  dispose(): void;
}
