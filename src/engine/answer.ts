import type { ItemId, Probability } from "../types.js";
import { COLUMN, LAYERS } from "./features.js";
import type { Context, IdPath } from "./flow.js";
import type { Outcome } from "./recall.js";
import type { Evidence, PathStep, RecallResult } from "./results.js";
import type { EngineState } from "./state.js";

/** Turns what the flow left behind into results by key, with the evidence of each layer. */
export class Answer {
  constructor(private readonly state: EngineState) {}

  /** The `k` likeliest candidates, the exact thing first if there is one. O(candidates * log candidates) and a little for each result. */
  rank(
    context: Context,
    outcome: Outcome,
    exact: ItemId,
    { k, evidence }: { k: number; evidence: boolean },
  ): { results: RecallResult[]; escape: Probability } {
    const { flow, fusion } = this.state;
    const results: RecallResult[] = [];
    if (outcome.exact) results.push(this.#result(exact, 1, { ifr: { contribution: 0, exact: true } }));
    const { set, situation } = flow;
    if (set.size === 0) return { results, escape: outcome.exact ? 0 : 1 };
    const p = fusion.probabilities(set, situation, outcome.used);
    const missing = fusion.escapeOf(situation, outcome.used);
    // The exact thing is certain; the others share what is left among them.
    const own = set.find(exact);
    if (own >= 0) {
      const scale = (1 - missing) / Math.max(1 - missing - p[own], Number.MIN_VALUE);
      for (let row = 0; row < p.length; row++) p[row] = row === own ? 0 : p[row] * scale;
    }
    const ids = set.list();
    const rows = Array.from(p.keys()).filter((row) => row !== own);
    rows.sort((a, b) => p[b] - p[a] || ids[a] - ids[b]);
    rows.length = Math.min(rows.length, k - results.length);
    const contributions = evidence ? fusion.contributions(set, rows, situation, outcome.used) : undefined;
    rows.forEach((row, i) => {
      const by = contributions?.subarray(i * LAYERS.length, (i + 1) * LAYERS.length);
      results.push(this.#result(ids[row], p[row], by === undefined ? {} : this.#evidence(context, outcome, row, by)));
    });
    return { results, escape: missing };
  }

  /** A path by key and name of type. */
  path(path: IdPath["path"]): PathStep[] {
    const { ifr } = this.state.layers;
    return path.map(({ from, to, type, weight }) => ({
      from: ifr.keyOf(from) as string,
      to: ifr.keyOf(to) as string,
      type: this.state.types.name(type),
      weight,
    }));
  }

  #result(id: ItemId, probability: Probability, evidence: Evidence): RecallResult {
    return { key: this.state.layers.ifr.keyOf(id) as string, id, value: this.state.values.get(id), probability, evidence };
  }

  #evidence(context: Context, outcome: Outcome, row: number, contribution: Float64Array): Evidence {
    const { flow, layers } = this.state;
    const { set } = flow;
    const id = set.list()[row];
    const value = (name: keyof typeof COLUMN) => set.value(row, COLUMN[name]);
    const used = (layer: number) => ((outcome.used >> layer) & 1) === 1;
    const evidence: Evidence = {};
    const [ifr, dsr, alm, cpe] = LAYERS.map((_, i) => i);
    if (used(ifr) && value("seen") === 1) {
      const stepsAgo = context.history.length - 1 - context.history.lastIndexOf(id);
      evidence.ifr = { contribution: contribution[ifr], exact: false, stepsAgo };
    }
    if (used(dsr) && value("hasVector") === 1) {
      const nearest = context.vector === undefined && layers.dsr.has(context.current) ? layers.ifr.keyOf(context.current) : undefined;
      evidence.dsr = { contribution: contribution[dsr], similarity: value("similarToCurrent"), to: nearest };
    }
    if (used(alm) && (value("edge") === 1 || value("reach") > 0)) {
      evidence.alm = { contribution: contribution[alm], path: this.#explain(context, id) };
    }
    const probability = flow.probability(row);
    if (used(cpe) && probability > 0) evidence.cpe = { contribution: contribution[cpe], probability };
    return evidence;
  }

  /** The edge from the current thing, or the way over more hops. */
  #explain(context: Context, id: ItemId): PathStep[] {
    const { reached, edges } = this.state.flow;
    const far = reached.find((item) => item.id === id);
    if (far !== undefined) return this.path(far.path);
    const from = context.current;
    const type = edges?.types[edges.ids.indexOf(id)] ?? 0;
    const weight = this.state.layers.alm.weight(from, id, { type, at: context.at });
    return weight === undefined ? [] : this.path([{ from, to: id, type, weight }]);
  }
}
