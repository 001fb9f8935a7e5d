import type { ItemId, Probability } from "../types.js";
import { bitOf, Column, LAYERS, type LayerMask } from "./features.js";
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
    const among = fusion.weigh(set, situation, outcome.used);
    const own = set.find(exact);
    const shares = set.shares();
    // The exact thing is certain; the others share the rest among them: added up, as the difference to 1 may be all rounding.
    let rest = 0;
    for (let row = 0; row < shares.length; row++) if (row !== own) rest += shares[row];
    const scale = own < 0 ? among : among / (rest || 1);
    const ids = set.list();
    const rows = best(shares, ids, own, k - results.length);
    const said = rows.map((row) => (evidence ? this.#said(outcome.used, row) : 0));
    const by = evidence ? fusion.contributions(set, rows, said, situation, outcome.used) : NOTHING;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i];
      results.push(this.#result(ids[row], scale * shares[row], this.#evidence(context, row, said[i], by, i * LAYERS.length)));
    }
    return { results, escape: 1 - among };
  }

  /** A path by key and name of type. */
  path(path: IdPath["path"]): PathStep[] {
    return path.map(({ from, to, type, weight }) => ({
      from: this.state.key(from),
      to: this.state.key(to),
      type: this.state.types.name(type),
      weight,
    }));
  }

  #result(id: ItemId, probability: Probability, evidence: Evidence): RecallResult {
    return { key: this.state.key(id), id, value: this.state.values.get(id), probability, evidence };
  }

  /** Which of the layers that were asked had something to say of a row. */
  #said(used: LayerMask, row: number): LayerMask {
    const { flow } = this.state;
    const { features } = flow.set;
    const at = flow.set.at(row);
    let said = features[at + Column.seen] === 1 ? IFR : 0;
    if (features[at + Column.hasVector] === 1) said |= DSR;
    if (features[at + Column.edge] === 1 || features[at + Column.reach] > 0) said |= ALM;
    if (flow.probability(row) > 0) said |= CPE;
    return said & used;
  }

  /** @param by what the layers contributed, from `at` on */
  #evidence(context: Context, row: number, said: LayerMask, by: Float64Array, at: number): Evidence {
    const { flow, layers } = this.state;
    const { set } = flow;
    const id = set.list()[row];
    const evidence: Evidence = {};
    if (said & IFR) {
      const stepsAgo = context.history.length - 1 - context.history.lastIndexOf(id);
      evidence.ifr = { contribution: by[at], exact: false, stepsAgo };
    }
    if (said & DSR) {
      const to = context.vector === undefined && layers.dsr.has(context.current) ? this.state.key(context.current) : undefined;
      evidence.dsr = { contribution: by[at + 1], similarity: set.features[set.at(row) + Column.similarToCurrent], to };
    }
    if (said & ALM) evidence.alm = { contribution: by[at + 2], path: this.#explain(context, id) };
    if (said & CPE) evidence.cpe = { contribution: by[at + 3], probability: flow.probability(row) };
    return evidence;
  }

  /** The edge from the current thing, or the way over more hops. */
  #explain(context: Context, id: ItemId): PathStep[] {
    const { reached, edges } = this.state.flow;
    for (const far of reached) if (far.id === id) return this.path(far.path);
    const { current: from, at } = context;
    const edge = edges === undefined ? -1 : edges.ids.indexOf(id);
    if (edges === undefined || edge < 0) return [];
    const type = edges.types[edge];
    // The edges were read at the latest time.
    const weight = at === undefined ? edges.weights[edge] : this.state.layers.alm.weight(from, id, { type, at });
    return weight === undefined ? [] : this.path([{ from, to: id, type, weight }]);
  }
}

const [IFR, DSR, ALM, CPE] = LAYERS.map(bitOf);
const NOTHING = new Float64Array(0);
/** Up to so many, the best are picked out one by one; beyond, all are sorted. */
const FEW = 64;

/** The rows with the `k` largest shares, largest first, equals by the smaller id; but not row `except`. O(n k), or O(n log n) for many. */
function best(shares: Float64Array, ids: Int32Array, except: number, k: number): number[] {
  const before = (a: number, b: number) => shares[b] - shares[a] || ids[a] - ids[b];
  const rows: number[] = [];
  const limit = Math.min(k, FEW);
  for (let row = 0; row < shares.length; row++) {
    if (row === except) continue;
    let i = rows.length;
    if (i >= limit) {
      if (k > FEW) {
        rows.push(row);
        continue;
      }
      // Most are not even among the first k.
      if (k === 0 || shares[row] < shares[rows[k - 1]] || before(row, rows[k - 1]) > 0) continue;
      i = k - 1;
    }
    for (; i > 0 && before(row, rows[i - 1]) < 0; i--) rows[i] = rows[i - 1];
    rows[i] = row;
  }
  if (k > FEW) rows.sort(before);
  rows.length = Math.min(rows.length, k);
  return rows;
}
