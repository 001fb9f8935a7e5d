// Personalised PageRank by forward push: Andersen, Chung, Lang, "Local graph partitioning using PageRank vectors", FOCS 2006.
// A walk starts at the seeds, follows out-edges by weight, and with probability `restart` stops after each step; the score of a node is the
// probability that the walk stops there. Each node has a reserve (score found so far) and a residual (probability still to be walked); a
// push moves `restart` of the residual into the reserve and spreads the rest over the out-edges. Nodes are pushed in the
// order in which their residuals came to exceed epsilon * max(1, out-degree), so a push of degree d is paid for by restart *
// epsilon * d of probability: the work is at most 1 / (restart * epsilon) arcs, however large the graph.
//
// A walk that is somewhere stops there with probability `restart` at least: at the end that share of the residuals counts too. So
// score(v) = restart * start(v) + (1 - restart) * sum over the arcs u -> v of reserve(u) * weight / out-sum(u), to the last bit but rounding,
// which explain.ts shows term by term. Scores are lower bounds.
//
// A walk that arrives where no edge leads on starts again at the seeds. That multiplies all scores by 1 / (1 - what ended there), so what
// ends there is summed up and the scores divided at the end.

import { scratchMore } from "../core/arena";
import { entry, fromOrderedBits, keepSmallest, sortKept } from "../core/heap";
import { NO_MEMORY } from "../core/status";
import { readFactor } from "./decay";
import { countOf, EMPTY, first, INLINE, isNode, last, OUT, open, recordOf, toWeight, typeAt, types } from "./layout";
import { beginQuery, follows, hasFilter, meet, met, numberColumn, numberOf, pool, record, spend, UNFINISHED, work } from "./query";
import { watched } from "./watch";

// A record: +0 node, +4 out-degree f32, at least 1, Infinity while the node is queued; +8 residual f64.
const RECORD: u32 = 16;
// Beside it, in `sums`: +0 reserve f64, +8 what a weight is multiplied by to be a share of what goes on, f64; 0 if not known, -1 without an out-edge.
const SUMS: u32 = 16;
// An entry of the queue: +0 number u32, +8 f64 residual that is pushed, where hops are counted.
const ENTRY: u32 = 16;
const FIRST: u32 = 256;

let sums: usize = 0;
let capacity: u32 = 0;
/** The queue is a ring of 2 * capacity entries: a node is in it twice at most, once in this round and once in the next. */
let queue: usize = 0;
let head: u32 = 0;
let tail: u32 = 0;
/** Whether hops are counted; then rounds left, and where this one ends. */
let counted: bool = false;
let rounds: u32 = 0;
let roundEnd: u32 = 0;

let restartShare: f64 = 0;
let bound: f64 = 0;
let least: f64 = 0;
let wanted: u32 = 0;
let skipped: u32 = 0;
let lost: f64 = 0;
let top: usize = 0;

/** Seeds there are: the first numbers; and their shares of the start, f64 each. */
export let starts: usize = 0;
export let startCount: u32 = 0;

/**
 * The `k` nodes of the largest personalised PageRank, best first, equal scores by ascending id: pairs of id u32 and score f32 at `topNodes()`.
 * @param seeds address of `n` ids; ids without an edge are passed over
 * @param shares address of the seeds' `n` f64 weights, 0 for equal ones
 * @param skipSeeds leave the seeds out of the answer
 * @param minWeight edges that weigh less at time `at` are not followed
 * @param maxHops walks that would go further than so many edges from where they started are left unwalked; 0, and in the lean module any, for no limit
 * @returns how many, UNFINISHED, or NO_MEMORY
 */
export function pageRank(
  seeds: usize,
  n: u32,
  shares: usize,
  k: u32,
  restart: f64,
  epsilon: f64,
  withFilter: bool,
  skipSeeds: bool,
  minWeight: f64,
  at: f64,
  maxHops: u32,
): i32 {
  if (!beginQuery(RECORD, seeds, withFilter)) return NO_MEMORY;
  capacity = FIRST;
  sums = scratchMore(FIRST * SUMS);
  queue = scratchMore(2 * FIRST * ENTRY);
  if (sums == 0 || queue == 0) return NO_MEMORY;
  head = 0;
  tail = 0;
  lost = 0;
  restartShare = restart;
  wanted = k;
  least = minWeight / readFactor(at);
  counted = watched && maxHops != 0;
  rounds = maxHops;
  roundEnd = 0;
  bound = epsilon;
  if (!start(seeds, n, shares)) return NO_MEMORY;
  skipped = skipSeeds ? startCount : 0;
  return rankOn(false);
}

/** Goes on with a pageRank that was UNFINISHED, or `stop`s it with the scores found so far. */
export function rankOn(stop: bool): i32 {
  const status = stop ? 0 : walk();
  return status != 0 ? status : best(wanted, skipped);
}

/** Address of the last ranking. */
export function topNodes(): usize {
  return top;
}

/** Probability found so far that a walk stops at a met node, but for what ends without an edge. */
export function scoreOf(number: u32): f64 {
  return reserveOf(number) + restartShare * load<f64>(record(number), 8);
}

/** Of it, what was pushed on from the node. */
export function reserveOf(number: u32): f64 {
  return load<f64>(sums + <usize>number * SUMS);
}

/** What a stored weight is multiplied by to be a share of what goes on from a node with a reserve; not more than 0 if none does. */
export function perWeightOf(number: u32): f64 {
  return load<f64>(sums + <usize>number * SUMS, 8);
}

/** Stored weight below which an arc is not followed. */
export function leastStored(): f64 {
  return least;
}

/** Gives the seeds their residuals and queues them. */
function start(seeds: usize, n: u32, shares: usize): bool {
  let sum: f64 = 0;
  for (let i: u32 = 0; i < n; i++) {
    const seed = load<u32>(seeds + ((<usize>i) << 2));
    if (!isNode(seed)) continue;
    let number = numberOf(seed);
    if (number < 0) {
      number = meetNode(seed);
      if (number < 0) return false;
    }
    const share = shares == 0 ? 1 : load<f64>(shares + ((<usize>i) << 3));
    sum += share;
    const r = record(number);
    store<f64>(r, load<f64>(r, 8) + share, 8);
  }
  startCount = met;
  starts = scratchMore(met << 3);
  if (starts == 0) return false;
  for (let i: u32 = 0; i < met; i++) {
    const r = record(i);
    const share = load<f64>(r, 8) / sum;
    store<f64>(r, share, 8);
    store<f64>(starts + ((<usize>i) << 3), share);
    enqueue(i, r);
  }
  return true;
}

/** Meets a node. @returns its number, or -1 if there is no memory */
function meetNode(node: u32): i32 {
  const number = meet(node);
  if (number < 0 || (<u32>number >= capacity && !widen())) return -1;
  store<f32>(record(number), <f32>max<u32>(1, countOf(recordOf(node, OUT))), 4);
  const own = sums + <usize>number * SUMS;
  store<f64>(own, 0);
  store<f64>(own, 0, 8);
  return number;
}

/** Twice the room for what goes with the records. */
function widen(): bool {
  const bytes = (<u64>capacity) << 6;
  if (bytes > 0x7ffffff0) return false;
  const newSums = scratchMore(<u32>bytes >> 1);
  const newQueue = scratchMore(<u32>bytes);
  if (newSums == 0 || newQueue == 0) return false;
  memory.copy(newSums, sums, (<usize>capacity) << 4);
  const mask = 4 * capacity - 1;
  for (let i = head; i != tail; i++) memory.copy(newQueue + ((<usize>(i & mask)) << 4), slot(i), 16);
  sums = newSums;
  queue = newQueue;
  capacity <<= 1;
  return true;
}

function slot(i: u32): usize {
  return queue + ((<usize>(i & (2 * capacity - 1))) << 4);
}

/** @returns 0, UNFINISHED, or NO_MEMORY */
function walk(): i32 {
  while (head != tail) {
    if (work < 0) return UNFINISHED;
    if (counted && head == roundEnd && !nextRound()) return 0;
    const e = slot(head++);
    const number = load<u32>(e);
    const residual = counted ? load<f64>(e, 8) : take(number);
    const own = sums + <usize>number * SUMS;
    store<f64>(own, load<f64>(own) + restartShare * residual);
    const node = load<u32>(record(number));
    open(recordOf(node, OUT), true);
    spend(((last - first) >> 2) + 1);
    let perWeight = load<f64>(own, 8);
    if (perWeight == 0) {
      const sum = outSum(least);
      perWeight = sum > 0 ? (1 - restartShare) / sum : -1;
      store<f64>(own, perWeight, 8);
    }
    if (perWeight < 0) lost += (1 - restartShare) * residual;
    else if (!spread(node, residual * perWeight)) return NO_MEMORY;
  }
  return 0;
}

/** What is queued now is one hop further than what was before: takes its residuals out. False if that is further than wanted. */
function nextRound(): bool {
  if (rounds == 0) return false;
  rounds--;
  roundEnd = tail;
  for (let i = head; i != tail; i++) {
    const e = slot(i);
    store<f64>(e, take(load<u32>(e)), 8);
  }
  return true;
}

/** Takes a node out of the queue. @returns its residual, which is now 0 */
function take(number: u32): f64 {
  const r = record(number);
  const residual = load<f64>(r, 8);
  store<f64>(r, 0, 8);
  store<f32>(r, <f32>max<u32>(1, countOf(recordOf(load<u32>(r), OUT))), 4);
  return residual;
}

/** Adds to the residual of each node an edge of the opened record of `self` leads to its share: weight * perWeight. */
function spread(self: u32, perWeight: f64): bool {
  const begin = first;
  const toW = toWeight;
  let end = last;
  let column = numberColumn();
  if (column == 0 || least > 0 || hasFilter()) {
    const plane = types;
    for (let p = begin; p < end; p += 4) {
      const other = load<u32>(p);
      if (other == EMPTY) continue;
      const weight = <f64>load<f32>(p + toW);
      if (weight >= least && follows(typeAt(p, begin, plane)) && !bring(other, weight * perWeight)) return false;
    }
    return true;
  }
  if (toW == INLINE << 2) end = begin + ((<usize>countOf(begin)) << 2);
  const most = bound;
  let records = pool;
  let mask = 2 * capacity - 1;
  let to = tail;
  for (let p = begin; p < end; p += 4) {
    // A free slot of a block weighs 0: as an arc to the node itself it changes nothing. What would be hard to foretell is no branch here.
    const id = load<u32>(p);
    const other = select<u32>(self, id, id == EMPTY);
    const share = <f64>load<f32>(p + toW) * perWeight;
    const number = load<u32>(column + ((<usize>other) << 2)) - 1;
    if (number == EMPTY) {
      tail = to;
      if (!bring(other, share)) return false;
      to = tail;
      column = numberColumn();
      records = pool;
      mask = 2 * capacity - 1;
      continue;
    }
    const r = records + ((<usize>number) << 4);
    const residual = load<f64>(r, 8) + share;
    const degree = load<f32>(r, 4);
    const queued = residual > most * <f64>degree;
    store<f64>(r, residual, 8);
    store<f32>(r, select<f32>(Infinity, degree, queued), 4);
    store<u32>(queue + ((<usize>(to & mask)) << 4), number);
    to += select<u32>(1, 0, queued);
  }
  tail = to;
  return true;
}

/** Adds to the residual of a node, which may not have been met. */
function bring(node: u32, share: f64): bool {
  let number = numberOf(node);
  if (number < 0) {
    number = meetNode(node);
    if (number < 0) return false;
  }
  const r = record(number);
  const residual = load<f64>(r, 8) + share;
  store<f64>(r, residual, 8);
  if (residual > bound * <f64>load<f32>(r, 4)) enqueue(number, r);
  return true;
}

function enqueue(number: u32, r: usize): void {
  store<f32>(r, Infinity, 4);
  store<u32>(slot(tail++), number);
}

/** Sum of the stored weights of the opened record's arcs that the query follows and that are not below `least`. */
export function outSum(least: f64): f64 {
  const begin = first;
  const end = last;
  const toW = toWeight;
  let sum: f64 = 0;
  if (hasFilter() || least > 0 || toW == INLINE << 2) {
    const plane = types;
    const all = !hasFilter();
    for (let p = begin; p < end; p += 4) {
      if (load<u32>(p) == EMPTY || (!all && !follows(typeAt(p, begin, plane)))) continue;
      const weight = <f64>load<f32>(p + toW);
      if (weight >= least) sum += weight;
    }
    return sum;
  }
  // A free slot of a block weighs 0, and a block ends on a multiple of four slots.
  let low = f64x2.splat(0);
  let high = low;
  for (let p = begin + toW, to = end + toW; p < to; p += 16) {
    const four = v128.load(p);
    low = f64x2.add(low, f64x2.promote_low_f32x4(four));
    high = f64x2.add(high, f64x2.promote_low_f32x4(v128.shuffle<f32>(four, four, 2, 3, 2, 3)));
  }
  low = f64x2.add(low, high);
  return f64x2.extract_lane(low, 0) + f64x2.extract_lane(low, 1);
}

/** The best of the met nodes from number `from` on. */
function best(k: u32, from: u32): i32 {
  const kept = scratchMore(min<u32>(k, met) << 3);
  if (kept == 0) return NO_MEMORY;
  const scale = 1 / (1 - lost);
  let n: u32 = 0;
  for (let i = from; i < met; i++) {
    const score = <f32>(scoreOf(i) * scale);
    if (score > 0) n = keepSmallest(kept, n, k, entry(-score, load<u32>(record(i))));
  }
  return ranked(kept, n);
}

/** Makes an answer of `n` kept entries of minus a score and a node. */
export function ranked(kept: usize, n: u32): i32 {
  sortKept(kept, n);
  for (let i: u32 = 0; i < n; i++) {
    const e = kept + ((<usize>i) << 3);
    const score = -fromOrderedBits(load<u32>(e, 4));
    store<f32>(e, score, 4);
  }
  top = kept;
  return <i32>n;
}
