import type { ItemId } from "../../types.js";
import type { Path, PathOptions } from "./types.js";

/** How to look for paths in a mesh. */
export interface WayOptions extends PathOptions {
  /** Edges, of whatever type, over which the path may not go: pairs `[from, to]`. In an undirected graph they are barred both ways. */
  avoidEdges?: ArrayLike<readonly [from: ItemId, to: ItemId]>;
}

/** How to look for the cheapest path. */
export interface ShortestPathOptions extends WayOptions {
  /**
   * How to search; the answer is the same. "dijkstra": from one end. "bidirectional": from both. "astar": from both, the straight line as bound;
   * it needs coordinates, and without a use for them (an edge without coordinates, a cost in hops) searches as "bidirectional".
   * "auto" (default): "astar" where there are coordinates, else "bidirectional".
   */
  algorithm?: "auto" | "dijkstra" | "bidirectional" | "astar";
}

/** How to list cheapest paths. */
export interface KShortestPathsOptions extends WayOptions {
  /** The most paths wanted, an integer in [0, 2^29]; default: as many as there are. They are searched as they are asked for. */
  k?: number;
}

/** How to look for two paths. */
export interface DisjointPairOptions extends WayOptions {
  /** What the two may not share: an edge (default), or a node other than their ends. */
  by?: "edge" | "node";
  /** Pairs that cost more, both paths together, are not wanted; default Infinity. */
  maxCost?: number;
}

/** Two paths, the cheaper one first. */
export type PathPair = [first: Path, second: Path];
