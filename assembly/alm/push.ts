// Personalised PageRank by forward push: Andersen, Chung, Lang, "Local graph partitioning using PageRank vectors", FOCS 2006.
// A walk starts at the seeds, follows out-edges by weight, and with probability `restart` stops after each step; the score of a node is the
// probability that the walk stops there. Each node has a reserve (score found so far) and a residual (probability still to be walked); a
// push moves `restart` of the residual into the reserve and spreads the rest over the out-edges. A node is pushed while its residual exceeds
// epsilon * max(1, out-degree), so a push of degree d is paid for by restart * epsilon * d of probability: the work is at most
// 1 / (restart * epsilon) arcs, however large the graph.
//
// Due nodes are not queued: each has a flag, and sweeps over the flags, sixteen at a time, in the order in which the nodes were met, push them. A
// sweep pushes at least what a round of a queue would, so there are O(log(1 / epsilon) / restart) sweeps. Source: Wu, Gan, Wei, Zhang, "Unifying the global and
// local approaches: an efficient power iteration with forward push", SIGMOD 2021. A flag is stored at a place known beforehand, the end of a
// queue is known only after each comparison, and loads would wait for it.
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
import { beginQuery, follows, hasFilter, meet, met, numberColumn, numberOf, pool, record, spend, UNFINISHED, wider, work } from "./query";
import { watched } from "./watch";

// A node is pushed many times. The first time the arcs that the query follows are written down, one after the other, with the number of the
// other end in place of its id; from then on a push reads these, and neither the graph nor the table of numbers.

// A record, all that an arc touches but for the flag: +0 node, +4 residual f32 above which the node is due; +8 residual f64.
const RECORD: u32 = 16;
// Beside it, in `sums`, what a push touches: +0 reserve f64, +8 what a weight is multiplied by to be a share of what goes on, f64, -1 without an
// out-edge; +16 residual f64 that is pushed in this sweep, where hops are counted; +24 address of the arcs, 0 if they are not written down.
const SUMS: u32 = 32;
// Arcs: +0 address of their end, +4 nothing; then, for each, number u32 and stored weight f32.
const ARC: u32 = 8;
const FIRST: u32 = 256;
/** What a sweep finds sixteen of in one bitmask. */
const DUE: u32 = 0x80;
/** Room for arcs is made so many bytes at a time. */
const ROOM: u32 = 0x10000;

let sums: usize = 0;
let capacity: u32 = 0;
/** A byte by number, DUE or 0, of what is to be pushed; and of what this sweep pushes: the same, unless hops are counted. */
let due: usize = 0;
let swept: usize = 0;
/** Free room for arcs, and its end. */
let room: usize = 0;
let roomEnd: usize = 0;
/** Where the sweep is, and whether it has pushed a node. */
let next: u32 = 0;
let pushed: bool = false;
/** Whether hops are counted; then sweeps left: all that one pushes was due before it. */
let counted: bool = false;
let sweeps: u32 = 0;

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
  counted = watched && maxHops != 0;
  capacity = FIRST;
  sums = scratchMore(FIRST * SUMS);
  if (sums == 0 || !flags()) return NO_MEMORY;
  room = 0;
  roomEnd = 0;
  next = 0;
  pushed = false;
  lost = 0;
  restartShare = restart;
  wanted = k;
  least = minWeight / readFactor(at);
  sweeps = maxHops;
  bound = epsilon;
  if (!start(seeds, n, shares)) return NO_MEMORY;
  skipped = skipSeeds ? startCount : 0;
  if (counted) collect();
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
  return load<f64>(sumsOf(number));
}

/** What a stored weight is multiplied by to be a share of what goes on from a node with a reserve; not more than 0 if none does. */
export function perWeightOf(number: u32): f64 {
  return load<f64>(sumsOf(number), 8);
}

/** Stored weight below which an arc is not followed. */
export function leastStored(): f64 {
  return least;
}

/** Gives the seeds their residuals; each is pushed once at least. */
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
    store<u8>(due + <usize>i, DUE);
  }
  return true;
}

/** Meets a node. @returns its number, or -1 if there is no memory */
function meetNode(node: u32): i32 {
  const number = meet(node);
  if (number < 0 || (<u32>number >= capacity && !widen())) return -1;
  const limit = <f32>(bound * <f64>max<u32>(1, countOf(recordOf(node, OUT))));
  store<f32>(record(number), limit, 4);
  const own = sumsOf(number);
  store<f64>(own, 0);
  store<f64>(own, 0, 16);
  store<u32>(own, 0, 24);
  return number;
}

function sumsOf(number: u32): usize {
  return sums + <usize>number * SUMS;
}

/** Twice the room for what goes with the records. */
function widen(): bool {
  const place = wider(sums, <u64>capacity * SUMS);
  if (place == 0) return false;
  sums = place;
  const oldDue = due;
  const oldSwept = swept;
  const old = <usize>capacity;
  capacity <<= 1;
  if (!flags()) return false;
  memory.copy(due, oldDue, old);
  if (counted) memory.copy(swept, oldSwept, old);
  return true;
}

/** Room for the flags, none of which is set. */
function flags(): bool {
  due = scratchMore(capacity << 1);
  if (due == 0) return false;
  memory.fill(due, 0, (<usize>capacity) << 1);
  swept = counted ? due + <usize>capacity : due;
  return true;
}

/** @returns 0, UNFINISHED, or NO_MEMORY */
function walk(): i32 {
  while (true) {
    if (work < 0) return UNFINISHED;
    const number = flagged(next);
    if (number == EMPTY) {
      if (!pushed || (counted && !collect())) return 0;
      next = 0;
      pushed = false;
      continue;
    }
    next = number + 1;
    pushed = true;
    store<u8>(swept + <usize>number, 0);
    if (load<u32>(sumsOf(number), 24) == 0 && !gather(number)) return NO_MEMORY;
    const own = sumsOf(number);
    const from = counted ? own + 16 : record(number) + 8;
    const residual = load<f64>(from);
    store<f64>(from, 0);
    store<f64>(own, load<f64>(own) + restartShare * residual);
    const arcs = <usize>load<u32>(own, 24);
    const perWeight = load<f64>(own, 8);
    if (perWeight < 0) lost += (1 - restartShare) * residual;
    else spread(arcs, residual * perWeight);
    spend(<i64>((<usize>load<u32>(arcs) - arcs) >> 3));
  }
}

/** The first number of at least `from` that this sweep is to push, or EMPTY. */
function flagged(from: u32): u32 {
  const lane: i32 = from & 15;
  let group = from - lane;
  // Nothing is set beyond the last number.
  let keep: i32 = -1 << lane;
  for (; group < met; group += 16) {
    const hits = i8x16.bitmask(v128.load(swept + <usize>group)) & keep;
    if (hits != 0) return group + <u32>ctz<i32>(hits);
    keep = -1;
  }
  return EMPTY;
}

/** What is due now is one hop further than what was before: it is what the next sweep pushes. False if that is further than wanted. */
function collect(): bool {
  if (sweeps == 0) return false;
  sweeps--;
  for (let number: u32 = 0; number < met; number++) {
    if (load<u8>(due + <usize>number) == 0) continue;
    const r = record(number);
    store<f64>(sumsOf(number), load<f64>(r, 8), 16);
    store<f64>(r, 0, 8);
    store<u8>(due + <usize>number, 0);
    store<u8>(swept + <usize>number, DUE);
  }
  return true;
}

/** Writes a node's arcs down that the query follows, and meets their ends. */
function gather(number: u32): bool {
  const out = recordOf(load<u32>(record(number)), OUT);
  open(out, true);
  const begin = first;
  const end = last;
  const toW = toWeight;
  const plane = types;
  const all = !hasFilter();
  const bytes = (<u64>countOf(out) + 1) * ARC;
  if (bytes > <u64>(roomEnd - room)) {
    const more = max<u64>(bytes, ROOM);
    room = more > 0x7ffffff0 ? 0 : scratchMore(<u32>more);
    if (room == 0) return false;
    roomEnd = room + <usize>more;
  }
  const arcs = room;
  let to = arcs + ARC;
  let sum: f64 = 0;
  let column = numberColumn();
  for (let p = begin; p < end; p += 4) {
    const other = load<u32>(p);
    if (other == EMPTY) continue;
    const weight = load<f32>(p + toW);
    if (<f64>weight < least || (!all && !follows(typeAt(p, begin, plane)))) continue;
    let n = column != 0 ? load<i32>(column + ((<usize>other) << 2)) - 1 : numberOf(other);
    if (n < 0) {
      n = meetNode(other);
      if (n < 0) return false;
      column = numberColumn();
    }
    store<u32>(to, n);
    store<f32>(to, weight, 4);
    to += ARC;
    sum += <f64>weight;
  }
  store<u32>(arcs, <u32>to);
  room = to;
  const own = sumsOf(number);
  store<f64>(own, sum > 0 ? (1 - restartShare) / sum : -1, 8);
  store<u32>(own, <u32>arcs, 24);
  return true;
}

/** Adds to the residual of the nodes that arcs lead to their shares: weight * perWeight. */
function spread(arcs: usize, perWeight: f64): void {
  const records = pool;
  const flag = due;
  for (let p = arcs + ARC, end = <usize>load<u32>(arcs); p < end; p += ARC) {
    const number = <usize>load<u32>(p);
    const r = records + (number << 4);
    const residual = load<f64>(r, 8) + <f64>load<f32>(p, 4) * perWeight;
    store<f64>(r, residual, 8);
    store<u8>(flag + number, select<u32>(DUE, 0, residual > <f64>load<f32>(r, 4)));
  }
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
