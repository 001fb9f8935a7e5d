import type { Milliseconds } from "../../types.js";
import type { Edge, KHopOptions, Neighbourhood, PageRankOptions, QueryOptions, Ranking, Recalled } from "./types.js";

/** How long a query may take. */
export interface DeadlineOptions {
  /**
   * Milliseconds after which the query stops and answers with what it has found; default: none. The clock is looked at each few
   * tens of thousands of edges.
   */
  deadlineMs?: Milliseconds;
}

/** How to walk a neighbourhood. */
export interface HoodOptions extends KHopOptions, DeadlineOptions {}

/** A neighbourhood, and whether it is all of it: false where the deadline cut it off, which leaves the first of the whole answer. */
export interface Hood extends Neighbourhood {
  /** False where the deadline cut the walk off. */
  complete: boolean;
}

/** What was recalled, and whether it is all of it: false where the deadline cut it off, which leaves the best of the whole answer. */
export interface RecalledWithin {
  /** By falling score, at most `k`. */
  results: Recalled[];
  /** False where the deadline cut the search off. */
  complete: boolean;
}

/** Whether a ranking is explained. */
export interface ExplainOptions {
  /** The most contributions wanted to each result, in [1, 65535]; default: no explanation. */
  explain?: number;
}

/** How to rank by random walks. */
export interface RankOptions extends PageRankOptions, DeadlineOptions, ExplainOptions {
  /**
   * Walks end unfinished where they would go further than so many edges from a seed, at least 1; default: no limit. Scores are then the first terms of
   * the series, and add up to less than 1.
   */
  maxHops?: number;
}

/** How to spread activation. */
export interface SpreadOptions extends QueryOptions, DeadlineOptions, ExplainOptions {
  /** The most nodes wanted; default 10. */
  k?: number;
  /** Edges that activation goes at most, in [1, 255]; default 2. ACT-R's own spreading has 1. */
  hops?: number;
  /** Share of what arrives that each edge after the first passes on at most, in (0, 1]; default 0.5. */
  decay?: number;
  /** S, the strength of a link that is the only one, before its fan takes from it; in [1e-6, 100], default 5: beyond e^5 = 148 edges nothing is passed on. */
  strength?: number;
  /** Nodes at which less arrives in a round do not pass it on; default 0. */
  minActivation?: number;
  /** Follow only edges that weigh at least this; default 0. */
  minWeight?: number;
  /** Weight > 0 of each seed; default: all alike. Together they are one source activation of 1. */
  seedWeights?: ArrayLike<number>;
}

/** A part of a score, and the edge that brought it. */
export interface Contribution extends Edge {
  /** Of the score, in (0, 1]. */
  share: number;
}

/** Why a node has its score: shares of all edges that reach it and of its own start add up to 1. */
export interface Explanation {
  /** Share of the score that it has for being a seed itself. */
  own: number;
  /** The largest contributions, largest first; equal ones in an order that depends on the graph's history only. */
  contributions: Contribution[];
  /** The most probable way of a walk from a seed, empty for a seed; undefined in a ranking by activation, and where no way has up to 255 edges. */
  path?: Edge[];
}

/** A ranking, and how it came about. */
export interface Explained extends Ranking {
  /** False where the deadline cut the query off: then each score is a lower bound of what it would have become. */
  complete: boolean;
  /** One for each result, if they were asked for. */
  explanations?: Explanation[];
}

/** Which edges a search through the whole graph follows. */
export interface WalkOptions {
  /** Follow only edges of these types; default: all. */
  types?: readonly number[];
  /** Along the edges (default), against them, or both. */
  direction?: "out" | "in" | "both";
}

/** How to search breadth-first. */
export interface BfsOptions extends WalkOptions {
  /** Nodes more edges away are not reached, in [0, 2^31); default: no limit. */
  maxDepth?: number;
}

/** What a breadth-first search found; for each id up to the largest of a node. */
export interface Depths {
  /** Edges on the shortest way to each id, -1 where there is none. */
  depths: Int32Array;
  /** Nodes reached, the first one among them. */
  reached: number;
}

/** How to look for the shortest paths to all nodes. */
export interface PathsOptions extends WalkOptions {
  /** An edge costs its weight (default), or 1. */
  cost?: "weight" | "hops";
  /** Nodes that cost more are not reached; default Infinity. */
  maxCost?: number;
  /** Weights as of this time; times before the largest seen count as that. Default: the largest seen. */
  at?: Milliseconds;
}

/** A tree of shortest paths; for each id up to the largest of a node. */
export interface PathTree {
  /** Cost of the cheapest way to each id, Infinity where there is none. */
  distances: Float64Array;
  /** The node before each id on that way, -1 for the first one and where there is none. Parents back to the first one are the path. */
  parents: Int32Array;
}
