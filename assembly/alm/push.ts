// Personalised PageRank by forward push: Andersen, Chung, Lang, "Local graph partitioning using PageRank vectors", FOCS 2006.
// A walk starts at the seeds, follows out-edges by weight, and with probability `restart` stops after each step; the score of a node is the
// probability that the walk stops there. Each node has a reserve (score found so far) and a residual (probability still to be walked); a
// push moves `restart` of the residual into the reserve and spreads the rest over the out-edges. Nodes are pushed in the
// order in which their residuals came to exceed epsilon * max(1, out-degree), so a push of degree d is paid for by restart *
// epsilon * d of probability: the work is at most 1 / (restart * epsilon) arcs, however large the graph.
//
// A walk that arrives where no edge leads on starts again at the seeds. That multiplies all scores by 1 / (1 - what ended there), so what
// ends there is summed up and the scores divided at the end. Reserves are lower bounds of the scores.

import { scratchMore } from "../core/arena";
import { entry, fromOrderedBits, keepSmallest, sortKept } from "../core/heap";
import { NO_MEMORY } from "../core/status";
import { countOf, EMPTY, first as firstSlot, isNode, last as lastSlot, OUT, open, recordOf, toWeight, typeAt, types } from "./layout";
import { beginQuery, follows, hasFilter, meet, met, numberOf, record } from "./query";

// A record: +0 node, +4 number + 1 of the next in the queue (END for the last, 0 for not queued), +8 reserve f64, +16 residual f64.
const RECORD: u32 = 24;
const END: u32 = 0xffffffff;

let first: u32 = 0;
let last: u32 = 0;
let lost: f64 = 0;
let top: usize = 0;

/**
 * The `k` nodes of the largest personalised PageRank, best first, equal scores by ascending id: pairs of id u32 and score f32 at `topNodes()`.
 * @param seeds address of `n` ids; ids without an edge are passed over
 * @param shares address of the seeds' `n` f64 weights, 0 for equal ones
 * @param skipSeeds leave the seeds out of the answer
 * @returns how many, or NO_MEMORY
 */
export function pageRank(seeds: usize, n: u32, shares: usize, k: u32, restart: f64, epsilon: f64, withFilter: bool, skipSeeds: bool): i32 {
  if (!beginQuery(RECORD, seeds, withFilter)) return NO_MEMORY;
  const known = start(seeds, n, shares);
  let count: i32 = known < 0 || !walk(restart, epsilon) ? NO_MEMORY : best(k, skipSeeds ? <u32>known : 0);
  return count;
}

/** Address of the last pageRank's answer. */
export function topNodes(): usize {
  return top;
}

/** Gives the seeds their residuals and queues them. @returns how many nodes are seeds, or NO_MEMORY. */
function start(seeds: usize, n: u32, shares: usize): i32 {
  lost = 0;
  first = END;
  last = END;
  let sum: f64 = 0;
  for (let i: u32 = 0; i < n; i++) {
    const seed = load<u32>(seeds + ((<usize>i) << 2));
    if (!isNode(seed)) continue;
    let number = numberOf(seed);
    if (number < 0) {
      number = meet(seed);
      if (number < 0) return NO_MEMORY;
    }
    const share = shares == 0 ? 1 : load<f64>(shares + ((<usize>i) << 3));
    sum += share;
    const r = record(number);
    store<f64>(r, load<f64>(r, 16) + share, 16);
  }
  for (let i: u32 = 0; i < met; i++) {
    const r = record(i);
    store<f64>(r, load<f64>(r, 16) / sum, 16);
    enqueue(i, r);
  }
  return <i32>met;
}

function walk(restart: f64, epsilon: f64): bool {
  while (first != END) {
    const r = record(first);
    const next = load<u32>(r, 4);
    store<u32>(r, 0, 4);
    first = next == END ? END : next - 1;
    const residual = load<f64>(r, 16);
    store<f64>(r, 0, 16);
    store<f64>(r, load<f64>(r, 8) + restart * residual, 8);
    open(recordOf(load<u32>(r), OUT), true);
    const sum = outSum();
    const on = (1 - restart) * residual;
    if (sum > 0) {
      if (!spread(on / sum, epsilon)) return false;
    } else {
      lost += on;
    }
  }
  return true;
}

/** Adds to the residual of each node an edge of the opened record leads to its share: weight * perWeight. */
function spread(perWeight: f64, epsilon: f64): bool {
  const begin = firstSlot;
  const end = lastSlot;
  const toW = toWeight;
  const plane = types;
  const all = !hasFilter();
  for (let p = begin; p < end; p += 4) {
    const other = load<u32>(p);
    if (other == EMPTY || (!all && !follows(typeAt(p, begin, plane)))) continue;
    let number = numberOf(other);
    if (number < 0) {
      number = meet(other);
      if (number < 0) return false;
    }
    const r = record(number);
    const residual = load<f64>(r, 16) + <f64>load<f32>(p + toW) * perWeight;
    store<f64>(r, residual, 16);
    if (load<u32>(r, 4) == 0 && residual > epsilon * <f64>max<u32>(1, countOf(recordOf(other, OUT)))) enqueue(number, r);
  }
  return true;
}

function enqueue(number: u32, r: usize): void {
  store<u32>(r, END, 4);
  if (first == END) first = number;
  else store<u32>(record(last), number + 1, 4);
  last = number;
}

/** Sum of the stored weights of the opened record's arcs that the query follows. */
export function outSum(): f64 {
  const all = !hasFilter();
  let sum: f64 = 0;
  for (let p = firstSlot; p < lastSlot; p += 4) {
    if (load<u32>(p) == EMPTY || (!all && !follows(typeAt(p, firstSlot, types)))) continue;
    sum += <f64>load<f32>(p + toWeight);
  }
  return sum;
}

/** The best of the met nodes from number `from` on. */
function best(k: u32, from: u32): i32 {
  const kept = scratchMore(min<u32>(k, met) << 3);
  if (kept == 0) return NO_MEMORY;
  const scale = 1 / (1 - lost);
  let n: u32 = 0;
  for (let i = from; i < met; i++) {
    const r = record(i);
    const score = <f32>(load<f64>(r, 8) * scale);
    if (score > 0) n = keepSmallest(kept, n, k, entry(-score, load<u32>(r)));
  }
  sortKept(kept, n);
  for (let i: u32 = 0; i < n; i++) {
    const e = kept + ((<usize>i) << 3);
    const score = -fromOrderedBits(load<u32>(e, 4));
    store<f32>(e, score, 4);
  }
  top = kept;
  return <i32>n;
}
