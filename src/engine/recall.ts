import type { ItemId, Milliseconds, Probability } from "../types.js";
import { LAYERS, type LayerMask, type LayerName, maskOf } from "./features.js";
import type { Context, Flow } from "./flow.js";
import type { Fusion } from "./fusion.js";
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
  /** The layers whose evidence counts. */
  used: LayerMask;
  partial: boolean;
  layers: Record<LayerName, LayerReport>;
  /** Whether the exact thing asked for ended the flow. */
  exact: boolean;
}

/**
 * What a layer's steps have cost lately, in milliseconds: measured, so it belongs to no state and may differ from run to run.
 * It only decides what is left out for lack of time.
 */
export class Costs {
  readonly #mean: Record<LayerName, number> = { ifr: 0, dsr: 0, alm: 0, cpe: 0 };

  expected(layer: LayerName): Milliseconds {
    return this.#mean[layer];
  }

  /** Counts one more measurement, or for a layer that was left out one below what was expected: so that it gets another chance. */
  saw(layer: LayerName, elapsed: Milliseconds): void {
    const mean = this.#mean[layer];
    this.#mean[layer] = mean === 0 ? elapsed : mean + 0.2 * (elapsed - mean);
  }
}

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
  const has = (mask: LayerMask, layer: LayerName) => (mask >> LAYERS.indexOf(layer)) & 1;
  const all = plan.strategy === "parallel";
  const exact = plan.exact >= 0 && has(allowed, "ifr") === 1;
  if (exact) {
    layers.ifr = { status: "done", elapsed: now() - began, named: 1 };
    if (!all) return { used: maskOf(["ifr"]), partial, layers, exact };
  }

  const limits: Partial<Record<LayerName, Milliseconds>> = {};
  // Layers that have not yet said what they know of every candidate.
  let stale: LayerMask = 0;
  const describe = () => {
    for (const layer of LAYERS) {
      if (!has(stale, layer)) continue;
      const started = now();
      flow.describe(layer);
      layers[layer].elapsed += now() - started;
    }
    stale = 0;
  };
  for (const layer of order(plan, fusion, costs, context)) {
    if (!has(allowed, layer)) continue;
    const started = now();
    const left = Math.min(plan.budget - (started - began), plan.budgets[layer] ?? Number.POSITIVE_INFINITY);
    if (left <= 0 || costs.expected(layer) > left) {
      layers[layer] = { status: "late", elapsed: 0, named: 0 };
      partial = true;
      costs.saw(layer, 0.8 * costs.expected(layer));
      continue;
    }
    limits[layer] = left;
    // Where the others named enough, similarity only weighs what they named.
    const named = layer === "dsr" && !flow.wantsSimilar ? 0 : flow.name(layer);
    used |= maskOf([layer]);
    // New candidates are new to all; and CPE's probabilities are smoothed by ALM's edges.
    stale |= named > 0 || layer === "alm" ? used : maskOf([layer]);
    layers[layer] = { status: flow.set.size === 0 ? "empty" : "done", elapsed: now() - started, named };
    // What a stream touched lately is never answer enough.
    if (all || layer === "ifr") continue;
    describe();
    if (confident(flow, fusion, used, plan)) break;
  }
  describe();
  for (const layer of LAYERS) {
    const limit = limits[layer];
    if (limit === undefined) continue;
    const report = layers[layer];
    costs.saw(layer, report.elapsed);
    if (report.elapsed > limit) {
      report.status = "late";
      partial = true;
    }
  }
  return { used, partial, layers, exact };
}

function idle(): LayerReport {
  return { status: "skipped", elapsed: 0, named: 0 };
}

/**
 * The order of the layers. Without a known thing to start from, similarity comes before association, which needs its seeds.
 * Adaptive: by what a layer has brought for its time, among those that have something to start from.
 */
function order(plan: Plan, fusion: Fusion, costs: Costs, context: Context): LayerName[] {
  if (plan.strategy === "sequential") return ["ifr", "dsr", "alm", "cpe"];
  const fromVector = context.current < 0 && context.history.length === 0;
  if (plan.strategy === "parallel") return fromVector ? ["ifr", "dsr", "alm", "cpe"] : ["ifr", "alm", "cpe", "dsr"];
  const worth = (layer: LayerName) => Math.max(fusion.gain[LAYERS.indexOf(layer)], 1e-3) / Math.max(costs.expected(layer), 1e-3);
  const rest: LayerName[] = fromVector ? ["alm", "cpe"] : ["dsr", "alm", "cpe"];
  rest.sort((a, b) => worth(b) - worth(a));
  return fromVector ? ["ifr", "dsr", ...rest] : ["ifr", ...rest];
}

function confident(flow: Flow, fusion: Fusion, used: LayerMask, plan: Plan): boolean {
  if (flow.set.size === 0) return false;
  const p = fusion.probabilities(flow.set, flow.situation, used);
  for (let i = 0; i < p.length; i++) if (p[i] >= plan.confidence && flow.set.ids[i] !== plan.exact) return true;
  return false;
}
