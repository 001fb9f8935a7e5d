import { badArgument } from "../errors.js";
import type { Milliseconds, Probability } from "../types.js";
import { checkInteger, checkNumber } from "../wasm/kernel.js";
import type { LayerName } from "./features.js";
import { checkLayers } from "./options.js";
import type { Plan } from "./recall.js";
import type { Strategy } from "./results.js";

/** What to recall from: a key, a vector, a stream, recent keys, or several of them. A string stands for `{ key }`. */
export interface RecallQuery {
  /** A thing asked about. If only a key (and vector) is given and the key is known, that thing itself is the answer's first result. */
  key?: string;
  /** What the answer should be like; `dimensions` numbers. */
  vector?: ArrayLike<number>;
  /** A stream: what comes next in it? */
  stream?: string;
  /** Recent keys, newest last, in place of a stream; unknown ones are passed over. */
  history?: readonly string[];
}

/** How to recall. */
export interface RecallOptions {
  /** Most results; default 10. */
  k?: number;
  /** Default "adaptive". */
  strategy?: Strategy;
  /** Layers that may be used; default all four. */
  layers?: readonly LayerName[];
  /** Time for the whole recall; default without limit. What does not fit is left out and the answer says that it is partial. */
  budget?: Milliseconds;
  /** Time for single layers. */
  budgets?: Partial<Record<LayerName, Milliseconds>>;
  /** Probability of the best result at which "sequential" and "adaptive" stop; default .6. */
  confidence?: Probability;
  /** Whether results say why they are there; default true. Without it long lists come faster. */
  evidence?: boolean;
  /** The time at which decaying weights are read; default: that of the latest operation. */
  at?: Milliseconds;
}

/** How to look for similar things. */
export interface SimilarOptions {
  /** Most results; default 10. */
  k?: number;
}

/** How to look for connected things. */
export interface AssociateOptions {
  /** Most results; default 10. */
  k?: number;
  /** By the best path (default), or by personalised PageRank. */
  by?: "strength" | "pagerank";
  /** Follow only edges of these types, by name; default all. */
  types?: readonly string[];
  /** The most edges of a path, 1 to 255; default 4. Of "strength" alone. */
  maxHops?: number;
  /** Follow only edges that weigh at least this; default 0. Of "strength" alone. */
  minWeight?: number;
  /** The time at which decaying weights are read; default: that of the latest operation. */
  at?: Milliseconds;
}

/** How to look for a way. */
export interface RouteOptions {
  /** An edge costs its weight (default), or 1. */
  cost?: "weight" | "hops";
  /** Follow only edges of these types, by name; default all. */
  types?: readonly string[];
  /** Keys of things it may not go through; unknown ones are passed over. */
  avoid?: readonly string[];
  /** Ways that cost more are not wanted; default Infinity. */
  maxCost?: number;
  /** The time at which decaying weights are read; default: that of the latest operation. */
  at?: Milliseconds;
}

/** How to predict. */
export interface PredictOptions {
  /** Most results, up to 65,535; default 10. */
  k?: number;
}

const STRATEGIES: readonly Strategy[] = ["sequential", "parallel", "adaptive"];

/** The plan that options stand for, `all` being the engine's layers, and the most results. @throws MfnError ERR_ARGUMENT */
export function planOf(options: RecallOptions, all: readonly LayerName[]): { plan: Plan; k: number } {
  const { k = 10, strategy = "adaptive", layers = all, budget = Number.POSITIVE_INFINITY, budgets = {}, confidence = 0.6 } = options;
  if (!STRATEGIES.includes(strategy)) throw badArgument("strategy", `"sequential", "parallel" or "adaptive"`, strategy);
  checkLayers(layers);
  checkBudget("budget", budget);
  for (const name in budgets) checkBudget(name, budgets[name as LayerName] as Milliseconds);
  checkNumber("confidence", confidence, 0, 1);
  return { plan: { strategy, layers, confidence, budget, budgets, exact: -1 }, k: checkInteger("k", k, 1, 0x7fff_ffff) };
}

function checkBudget(name: string, time: Milliseconds): void {
  if (typeof time !== "number" || !(time >= 0)) throw badArgument(name, "a time in milliseconds, 0 or more", time);
}
