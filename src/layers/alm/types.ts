import type { ItemId, Milliseconds } from "../../types.js";
import type { LayerOptions } from "../../wasm/kernel.js";

/** Options of an `Alm`. */
export interface AlmOptions extends LayerOptions {
  /** Whether edges have a direction; default true. */
  directed?: boolean;
  /** Nodes to make room for: one more than the largest id expected, below 2^31. 36 bytes each, 24 in an undirected graph. Default 0; the graph grows as needed. */
  capacity?: number;
  /** Edges to make room for in the WebAssembly memory, below 2^31. Default 0. */
  edges?: number;
  /** Time in which a weight halves, at least 1; default Infinity: weights do not decay. */
  halfLife?: Milliseconds;
}

/** Options of an `Alm`. */
export interface MeshOptions extends AlmOptions {
  /**
   * The most edges that leave a node (in an undirected graph: that are at a node), parallel ones counted each; default: no limit. A new edge
   * beyond it takes the place of the weakest one.
   */
  maxDegree?: number;
}

/** An edge. */
export interface Edge {
  /** Node that it leaves; in an undirected graph one of its ends. */
  from: ItemId;
  /** Node that it leads to. */
  to: ItemId;
  /** In [0, 255]; tells edges between the same nodes apart. */
  type: number;
  /** As of the time asked for, or of the largest seen where none was. */
  weight: number;
}

/** Which edge, of those between two nodes, and when. */
export interface EdgeOptions {
  /** Type of the edge, an integer in [0, 255]; default 0. Edges between the same nodes differ by their types. */
  type?: number;
  /** Time, in [0, 8.64e15]; default: the largest seen so far, 0 at first. Matters only with a `halfLife`. */
  at?: Milliseconds;
}

/** How to make an edge. */
export interface LinkOptions extends EdgeOptions {
  /** In [1e-18, 1e18]; default 1. Kept as an f32. */
  weight?: number;
}

/** How to make many edges at once. */
export interface LinkManyOptions {
  /** A weight for each edge, in [1e-18, 1e18]; default 1. */
  weights?: ArrayLike<number>;
  /** A type for each edge; default 0. */
  types?: ArrayLike<number>;
  /** Time of all of them; default: the largest seen. */
  at?: Milliseconds;
}

/** What the queries have in common. */
export interface QueryOptions {
  /** Follow only edges of these types; default: all. */
  types?: readonly number[];
  /** Weights as of this time; times before the largest seen count as that. Default: the largest seen. */
  at?: Milliseconds;
}

/** How to list the edges at a node. */
export interface NeighbourOptions extends QueryOptions {
  /** The most edges to list; default: all. */
  limit?: number;
}

/** The edges at a node, strongest first, equal weights by ascending id, then type. */
export interface Neighbours {
  /** The nodes at the other end; one that has edges of several types comes once for each. */
  ids: Int32Array;
  /** Weight of each edge, as of the time asked for. */
  weights: Float32Array;
  /** Type of each edge, in [0, 255]. */
  types: Uint8Array;
}

/** How to walk a neighbourhood. */
export interface KHopOptions extends QueryOptions {
  /** The most edges from a seed, in [0, 2^31); default 2. */
  hops?: number;
  /** Follow only edges that weigh at least this; default 0. */
  minWeight?: number;
  /** Stop when so many nodes were found; default: no limit. */
  limit?: number;
  /** Along the edges (default), against them, or both. */
  direction?: "out" | "in" | "both";
}

/** A neighbourhood in breadth-first order, without the seeds. */
export interface Neighbourhood {
  /** The nodes found, each once; equally far ones in the order in which they were found. */
  ids: Int32Array;
  /** Edges from the nearest seed. */
  hops: Int32Array;
}

/** How to recall. */
export interface RecallOptions extends QueryOptions {
  /** The most nodes wanted; default 10. */
  k?: number;
  /** What each hop multiplies the score by, in (0, 1]; default 0.8. */
  hopDecay?: number;
  /** The most edges of a path, in [1, 255]; default 4. */
  maxHops?: number;
  /** Follow only edges that weigh at least this; default 0. */
  minWeight?: number;
  /** "none" (default): strength is min(1, weight). "out": the weight's share of all that may be followed from the node. */
  normalize?: "none" | "out";
}

/** A node that was recalled. */
export interface Recalled {
  /** The node; never a seed. */
  id: ItemId;
  /** Product of the path's strengths and of hopDecay for each hop, in (0, 1]. */
  score: number;
  /** The best path from a seed: why this node was recalled. */
  path: Edge[];
}

/** How to look for a path. */
export interface PathOptions extends QueryOptions {
  /** An edge costs its weight (default), or 1. */
  cost?: "weight" | "hops";
  /** Nodes through which the path may not go. */
  avoid?: ArrayLike<number>;
  /** Paths that cost more are not wanted; default Infinity. */
  maxCost?: number;
}

/** A path. */
export interface Path {
  /** Sum of the edges' costs. */
  cost: number;
  /** The n nodes, from the first to the last. */
  path: Int32Array;
  /** Types of the n - 1 edges. */
  types: Uint8Array;
  /** Weights of the n - 1 edges. */
  weights: Float32Array;
}

/** How to rank. */
export interface PageRankOptions extends QueryOptions {
  /** The most nodes wanted; default 10. */
  k?: number;
  /** Probability that a walk stops after each step, in [1e-6, 1]; default 0.15. */
  restart?: number;
  /** Probability per edge that is left unwalked, in [1e-12, 1]; default 1e-6. The work grows with 1 / (restart * epsilon). */
  epsilon?: number;
  /** Weight > 0 of each seed; default: all alike. */
  seedWeights?: ArrayLike<number>;
  /** Leave the seeds out of the answer; default false. */
  excludeSeeds?: boolean;
  /** Follow only edges that weigh at least this; default 0. */
  minWeight?: number;
}

/** Nodes by score, best first, equal scores by ascending id. */
export interface Ranking {
  /** The nodes, at most `k`. */
  ids: Int32Array;
  /** Score of each, in the same order. */
  scores: Float32Array;
}

/** What an `Alm` holds. */
export interface AlmStats {
  /** Nodes with at least one edge. */
  nodes: number;
  /** Edges; in an undirected graph each counts once. */
  edges: number;
  /** Ids below this have a node record. */
  capacity: number;
  /** The largest time seen. */
  now: Milliseconds;
  /** Bytes of the state. */
  stateBytes: number;
  /** Of these, bytes in freed blocks that wait for reuse. */
  freeBytes: number;
  /** Bytes of WebAssembly memory, state and working space. */
  memoryBytes: number;
}
