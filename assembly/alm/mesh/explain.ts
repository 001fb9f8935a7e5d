// Where a score comes from. The score of a node is what its in-arcs brought, plus, of a seed, its share of the start; both rankings keep
// for each node they met what it passed on, so each arc's part is found again from the arc alone, and the parts add up to the score.

import { scratchMore } from "../../core/arena";
import { entry, fromOrderedBits, keepSmallest, sortKept } from "../../core/heap";
import { NO_MEMORY } from "../../core/status";
import { readFactor } from "../decay";
import { EMPTY, first, IN, last, open, recordOf, toWeight, typeAt, types, weighted } from "../layout";
import { leastStored, perWeightOf, reserveOf, scoreOf, startCount, starts, topNodes } from "../push";
import { follows, numberOf } from "../query";
import { weightOfArc } from "../store";
import { activationOf, leastActive, passedOn, pull } from "./spread";

let at: usize = 0;
/** Whether the ranking is one of activation. */
let active: bool = false;

/**
 * The largest contributions to the first `n` nodes of the last ranking, at `explanations()`: for each node the f32 share that it has from the start, the
 * number of contributions, and for each, largest first, from u32, type u32, weight f32 at time `time` and its f32 share of the score.
 * O(arcs that reach these nodes). To be called before any other query.
 * @param spread whether it was `activate`, else `pageRank`
 * @param restart that of pageRank
 * @param most the most contributions of a node
 * @returns 0 or NO_MEMORY
 */
export function explain(n: u32, spread: bool, restart: f64, most: u32, time: f64): i32 {
  active = spread;
  const words = <u64>n * (2 + 4 * <u64>most);
  if (words > 0x1fffffff) return NO_MEMORY;
  at = scratchMore((<u32>words) << 2);
  const kept = scratchMore(most << 3);
  if (at == 0 || kept == 0) return NO_MEMORY;
  const factor = readFactor(time);
  const nodes = topNodes();
  let to = at;
  for (let i: u32 = 0; i < n; i++) {
    const node = load<u32>(nodes + ((<usize>i) << 3));
    to = explainOne(node, restart, most, kept, factor, to);
  }
  return 0;
}

/** Address of the last explanations. */
export function explanations(): usize {
  return at;
}

/** @returns the address after what was written */
function explainOne(node: u32, restart: f64, most: u32, kept: usize, factor: f64, to: usize): usize {
  const number = numberOf(node);
  const whole = active ? activationOf(number) : scoreOf(number);
  const own = !active && <u32>number < startCount ? restart * load<f64>(starts + ((<usize>number) << 3)) : 0;
  const weights = weighted(IN);
  open(recordOf(node, IN), weights);
  const begin = first;
  const end = last;
  const toW = toWeight;
  const plane = types;
  let n: u32 = 0;
  for (let p = begin; p < end; p += 4) {
    const from = load<u32>(p);
    if (from == EMPTY) continue;
    const type = typeAt(p, begin, plane);
    if (!follows(type)) continue;
    const part = <f32>(partOf(from, <f64>(weights ? load<f32>(p + toW) : weightOfArc(from, node, type))) / whole);
    // Slots are in no order that is to be seen: entries are ordered by what they say, then by slot.
    if (part > 0) n = keepSmallest(kept, n, most, entry(-part, <u32>((p - begin) >> 2)));
  }
  sortKept(kept, n);
  store<f32>(to, <f32>(own / whole));
  store<u32>(to, n, 4);
  to += 8;
  for (let i: u32 = 0; i < n; i++) {
    const e = kept + ((<usize>i) << 3);
    const p = begin + ((<usize>load<u32>(e)) << 2);
    const from = load<u32>(p);
    const type = typeAt(p, begin, plane);
    const stored = weights ? load<f32>(p + toW) : weightOfArc(from, node, type);
    store<u32>(to, from);
    store<u32>(to, type, 4);
    store<f32>(to, <f32>(<f64>stored * factor), 8);
    store<f32>(to, -fromOrderedBits(load<u32>(e, 4)), 12);
    to += 16;
  }
  return to;
}

/** What an arc of a stored weight brought. */
function partOf(from: u32, stored: f64): f64 {
  const number = numberOf(from);
  if (number < 0) return 0;
  if (active) {
    const on = passedOn(number);
    return on == 0 || stored < leastActive() ? 0 : on * pull(number, stored);
  }
  const perWeight = perWeightOf(number);
  return perWeight <= 0 || stored < leastStored() ? 0 : reserveOf(number) * perWeight * stored;
}
