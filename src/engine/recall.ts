import type { ItemId, Milliseconds, Probability } from "../types.js";
import { bitOf, DEEP, LAYERS, type LayerMask, type LayerName, maskOf } from "./features.js";
import type { Context, Flow } from "./flow.js";
import { type Fusion, gradeOf } from "./fusion.js";
import type { LayerReport, Strategy } from "./results.js";

/** What a recall is allowed to do. */
export interface Plan {
  strategy: Strategy;
  /** Layers that may be used. */
  layers: readonly LayerName[];
  /** Probability of the best candidate from which a layer's answer is good enough to stop at. */
  confidence: Probability;
  /** Time for the whole; Infinity for as long as it takes. */
  budget: Milliseconds;
  /** Time for single layers. */
  budgets: Partial<Record<LayerName, Milliseconds>>;
  /** The thing that the query named by its key: the first result if IFR is asked, and none of the others. -1 if there is none. */
  exact: ItemId;
}

/** What came of it, by id. The candidates and their features are still in the flow. */
export interface Outcome {
  /** The layers whose evidence counts, and whether they were asked in depth. */
  used: LayerMask;
  partial: boolean;
  layers: Record<LayerName, LayerReport>;
  /** Whether the exact thing asked for ended the flow. */
  exact: boolean;
}

/** What is timed: the layers as far as they name and say what they know anyway, and all further questions together. */
type Step = LayerName | "depth";

/**
 * What the steps have cost lately, in milliseconds: measured, so it belongs to no state and may differ from run to run.
 * It only decides what is left out for lack of time, and in which order.
 */
export class Costs {
  readonly #mean: Record<Step, number> = { ifr: 0, dsr: 0, alm: 0, cpe: 0, depth: 0 };

  expected(step: Step): Milliseconds {
    return this.#mean[step];
  }

  /** Counts one more measurement, or for a step that was left out one below what was expected: so that it gets another chance. */
  saw(step: Step, elapsed: Milliseconds): void {
    const mean = this.#mean[step];
    this.#mean[step] = mean === 0 ? elapsed : mean + 0.2 * (elapsed - mean);
  }
}

/** Nats that going into depth must have brought lately, where CPE was as sure as it is now, for it to be worth the time. */
const WORTH = 0.15;

/**
 * Runs the flow by a plan. A layer that would be late is left out, one that was late keeps what it found; either makes the
 * outcome partial, and none is an error for the whole.
 */
export function runFlow(flow: Flow, fusion: Fusion, costs: Costs, context: Context, plan: Plan, now: () => Milliseconds): Outcome {
  const began = now();
  const layers: Record<LayerName, LayerReport> = { ifr: idle(), dsr: idle(), alm: idle(), cpe: idle() };
  let used: LayerMask = 0;
  let partial = false;
  flow.begin(context);
  const allowed = maskOf(plan.layers);
  const all = plan.strategy === "parallel";
  const exact = plan.exact >= 0 && (allowed & bitOf("ifr")) !== 0;
  if (exact) {
    layers.ifr = { status: "done", elapsed: now() - began, named: 1 };
    if (!all) return { used: bitOf("ifr"), partial, layers, exact };
  }

  const limits: Partial<Record<LayerName, Milliseconds>> = {};
  // Layers that have not yet said what they know of every candidate, and whether they are to be asked in depth.
  let stale: LayerMask = 0;
  let deep = plan.strategy !== "adaptive" || flow.startsFromSimilar;
  const timed = (layer: LayerName, what: () => void) => {
    const started = now();
    what();
    layers[layer].elapsed += now() - started;
  };
  const describe = () => {
    for (const layer of LAYERS) if ((stale & bitOf(layer)) !== 0) timed(layer, () => flow.describe(layer, deep));
    stale = 0;
  };
  /** Whether there is time for a step that may take `most`. */
  const inTime = (step: Step, started: Milliseconds, most = Number.POSITIVE_INFINITY): boolean => {
    const left = Math.min(plan.budget - (started - began), most);
    if (left > 0 && costs.expected(step) <= left) return true;
    partial = true;
    // Nothing is learned of it from there being no time at all.
    if (left > 0) costs.saw(step, 0.8 * costs.expected(step));
    return false;
  };
  /** Lets a layer name candidates. */
  const ask = (layer: LayerName): void => {
    if ((allowed & bitOf(layer)) === 0) return;
    const started = now();
    const most = plan.budgets[layer];
    if (!inTime(layer, started, most)) {
      layers[layer] = { status: "late", elapsed: 0, named: 0 };
      return;
    }
    limits[layer] = Math.min(plan.budget - (started - began), most ?? Number.POSITIVE_INFINITY);
    // Where the others named enough, similarity only weighs what they named.
    const named = layer === "dsr" && !flow.wantsSimilar ? 0 : flow.name(layer, deep);
    used |= bitOf(layer);
    // New candidates are new to all; and CPE's probabilities are smoothed by ALM's edges.
    stale |= named > 0 || layer === "alm" ? used : bitOf(layer);
    layers[layer] = { status: flow.set.size === 0 ? "empty" : "done", elapsed: now() - started, named };
  };
  const mask = () => (deep ? used | DEEP : used);
  const confident = () => flow.set.size > 0 && fusion.best(flow.set, flow.situation, mask(), flow.set.find(plan.exact)) >= plan.confidence;

  for (const layer of order(plan, fusion, costs, flow)) {
    ask(layer);
    // What a stream touched lately is never answer enough.
    if (plan.strategy !== "sequential" || layer === "ifr" || (used & bitOf(layer)) === 0) continue;
    describe();
    if (confident()) break;
  }
  describe();
  /** Counts what a layer took, if it was asked. */
  const count = (layer: LayerName) => limits[layer] !== undefined && costs.saw(layer, layers[layer].elapsed);
  // What depth takes is counted by itself, but for similarity, which is asked in it.
  LAYERS.forEach(count);
  if (!deep) {
    const pays = flow.set.size === 0 || fusion.depth[gradeOf(flow.situation)] > WORTH;
    if (pays && !confident()) {
      const started = now();
      if (inTime("depth", started)) {
        deep = true;
        for (const layer of ["alm", "cpe"] as const) {
          if ((used & bitOf(layer)) === 0) continue;
          timed(layer, () => {
            layers[layer].named += flow.name(layer);
          });
        }
        ask("dsr");
        stale = used;
        describe();
        count("dsr");
        costs.saw("depth", now() - started);
      }
    }
  }
  for (const layer of LAYERS) {
    const limit = limits[layer];
    if (limit === undefined) continue;
    const report = layers[layer];
    if (report.elapsed > limit) {
      report.status = "late";
      partial = true;
    }
  }
  return { used: mask(), partial, layers, exact };
}

function idle(): LayerReport {
  return { status: "skipped", elapsed: 0, named: 0 };
}

/**
 * The order of the layers. Without a known thing to start from, similarity comes before association, which needs its seeds.
 * Adaptive: similarity only then, as what it knows of others' candidates belongs to depth; the others by what they bring for their time.
 */
function order(plan: Plan, fusion: Fusion, costs: Costs, flow: Flow): LayerName[] {
  if (plan.strategy === "sequential" || flow.startsFromSimilar) return ["ifr", "dsr", "alm", "cpe"];
  if (plan.strategy === "parallel") return ["ifr", "alm", "cpe", "dsr"];
  const { gain } = fusion;
  const worth = (layer: LayerName) => Math.max(gain[LAYERS.indexOf(layer)], 1e-3) / Math.max(costs.expected(layer), 1e-3);
  return worth("cpe") >= worth("alm") ? ["ifr", "cpe", "alm"] : ["ifr", "alm", "cpe"];
}
