import type { ItemId, Milliseconds, Probability } from "../types.js";
import type { LayerName } from "./features.js";

/** How `recall` goes through the layers. */
export type Strategy =
  /** One after the other, IFR, DSR, ALM, CPE, and stops at the first that is confident. */
  | "sequential"
  /** All four, then fuses what they say. */
  | "parallel"
  /**
   * IFR first (then DSR, if there is only a vector to start from), the others in the order of what each has brought per unit of time, until the answer
   * is confident or time is up.
   */
  | "adaptive";

/** One edge of an explanation, by key. */
export interface PathStep {
  /** Key of the thing it leaves. */
  from: string;
  /** Key of the thing it leads to. */
  to: string;
  /** Name of the edge's type. */
  type: string;
  /** The edge's weight at the time of the question. */
  weight: number;
}

/**
 * Why a result is there: what each layer brought. A layer that had nothing to say of it is absent. A `contribution` is by how much
 * the score (the log-odds beside the other candidates) would fall if that layer had not been asked, in nats; they need not add up to the score.
 */
export interface Evidence {
  /** The key itself, exactly, or a thing the stream touched `stepsAgo` events before. */
  ifr?: {
    /** In nats; 0 for the exact key. */
    contribution: number;
    /** Whether it is the very key that was asked for. */
    exact: boolean;
    /** Events since the stream touched it last: 0 for the latest one. Absent where `exact`. */
    stepsAgo?: number;
  };
  /**
   * Similar to `to`; similarity is 1 - cosine distance, 1 / (1 + squared distance) for "l2", the inner product within [-1, 1] for "ip". Without `to` it
   * is similar to the vector asked with; or, with similarity 0, to earlier things of the stream alone, as the current one has no vector.
   */
  dsr?: {
    /** In nats. */
    contribution: number;
    /** The larger the more alike. */
    similarity: number;
    /** Key of the thing it is similar to. */
    to: string | undefined;
  };
  /** Connected, by this path. */
  alm?: {
    /** In nats. */
    contribution: number;
    /** The edges that lead to it, in order. */
    path: PathStep[];
  };
  /** Predicted with this probability by the sequence model alone. */
  cpe?: {
    /** In nats. */
    contribution: number;
    /** Of this thing coming next. */
    probability: Probability;
  };
}

/** One thing that was recalled. */
export interface RecallResult {
  /** Key of the thing. */
  key: string;
  /** Its id; the layers know it by that. */
  id: ItemId;
  /** What `remember` was given, if anything. */
  value: unknown;
  /** Calibrated by what was observed: that this is what comes next. 1 for the exact key that was asked for. */
  probability: Probability;
  /** Why it is there, by layer. Empty where `RecallOptions.evidence` is false, but for the exact key. */
  evidence: Evidence;
}

/** What the sequence model would say of a thing if it knew only so much of the history. */
export interface ContextVote {
  /** The keys of the context, newest last: none for what is frequent anyway. */
  after: string[];
  /** Probability of the thing after them. */
  probability: Probability;
}

/** A result, where it stands, and which context voted for it. */
export interface Explanation extends RecallResult {
  /** Its rank among all candidates, from 1. */
  rank: number;
  /** By rising length of context, from none to the last five events. */
  contexts: ContextVote[];
}

/** What became of one layer during a recall. */
export interface LayerReport {
  /**
   * `done`: it ran. `empty`: it ran, and nothing was named yet. `skipped`: not needed, or not asked for. `late`: it took, or would have
   * taken, more than its time: the result is partial.
   */
  status: "done" | "empty" | "skipped" | "late";
  /** Time it took. */
  elapsed: Milliseconds;
  /** How many candidates it was the first to name. */
  named: number;
}

/** What `recall` answers. */
export interface Recall {
  /** By falling probability; ties by the smaller id. */
  results: RecallResult[];
  /**
   * Whether a layer, or for "adaptive" the further questions to all of them, was left out for lack of time, or took more than it had: none is broken
   * off, so what a late one found still counts.
   */
  partial: boolean;
  /** Probability that what comes next is not among the candidates. */
  escape: Probability;
  /** The one that was asked for, or the default. */
  strategy: Strategy;
  /** What became of each layer. */
  layers: Record<LayerName, LayerReport>;
  /** Time of the whole recall. */
  elapsed: Milliseconds;
}

/** What `Mfn.associate` answers: things that are connected to those asked about. */
export interface Associated extends Scored {
  /** The edges that lead to it, in order; empty for "pagerank". */
  path: PathStep[];
}

/** What `Mfn.route` answers: the cheapest way. */
export interface Route {
  /** Sum of what its edges cost. */
  cost: number;
  /** The things on it, from the first to the last. */
  keys: string[];
  /** The edges between them. */
  steps: PathStep[];
}

/** A thing that may come next. */
export interface Predicted {
  /** Key of the thing. */
  key: string;
  /** Its id. */
  id: ItemId;
  /** That it is what comes next. */
  probability: Probability;
}

/** What `Mfn.predict` answers. */
export interface Predictions {
  /** By falling probability; ties by the smaller id. */
  results: Predicted[];
  /** Probability of a thing that was never observed. */
  escape: Probability;
}

/** A key with a score. */
export interface Scored {
  /** Key of the thing. */
  key: string;
  /** Its id. */
  id: ItemId;
  /** What the layer says of it: a similarity, an activation; the larger the better. */
  score: number;
}
