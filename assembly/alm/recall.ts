// Best-first associative recall. A path is worth the product of its edges' strengths and of hopDecay once for each hop, rounded to f32 after
// each; a node is worth its best path of at most maxHops edges from a seed. No strength and no decay exceeds 1, so the best
// path to the next-best node goes through better nodes only: Dijkstra's algorithm over (max, *) finds the nodes in the order
// of their worth and may stop at the k-th. Because of maxHops the best path to a node is not always the one to go on from: one
// that is worth less but shorter may reach further. So a node is left again by each path that is shorter than those it was left by before.
//
// Once k nodes have been met, what is worth less than the k-th best of them when it was met can be neither in the answer nor on
// the way to it, and is passed over: of a hub's thousands of edges all but a few cost a comparison only.

import { scratchMore } from "../core/arena";
import { entry, fromOrderedBits, keepSmallest, largestKept } from "../core/heap";
import { NO_MEMORY } from "../core/status";
import { readFactor } from "./decay";
import { EMPTY, first, header, isNode, last, OUT, open, recordOf, toWeight, typeAt, types } from "./layout";
import { outSum } from "./push";
import { beginQuery, follows, heapCount, meet, numberOf, pop, push, record, spend, UNFINISHED, wider, work } from "./query";

// A record: +0 node, +4 fewest hops + 1 it was left with (0: not yet), +8 worth f32 and +12 hops of the best path found so far.
const RECORD: u32 = 16;
// A path, known by its end: +0 node, +4 number + 1 of the path without the last edge (0: a seed), +8 worth f32, +12 weight
// f32 of the last edge, +16 hops << 8 | type of the last edge.
const PATH: u32 = 20;
const FIRST_PATHS: u32 = 256;
/** More than rounding makes of 1, and an f32 from which on that is so. */
const ABOVE: f64 = 1.00001;
const NORMAL: f64 = 1e-37;

let paths: usize = 0;
let pathCount: u32 = 0;
let pathCap: u32 = 0;
/** The worth that the best `wanted` of the met nodes had when they were met: a heap of `keptCount`, and the least of them when it is full. */
let kept: usize = 0;
let keptCount: u32 = 0;
let wanted: u32 = 0;
let least: f32 = 0;
let list: usize = 0;
let count: u32 = 0;
let answer: usize = 0;

let decay: f64 = 0;
let mostHops: u32 = 0;
let minimum: f64 = 0;
let toWeights: f64 = 0;
let shares: bool = false;

/**
 * The `k` nodes that are worth most, best first, seeds left out. The answer at `recalled()` is a list of u32 (or f32) words: for each
 * node its id, worth and number of edges, and for each edge of its best path from, to, weight at time `at`, type.
 * O(a log a) for the a arcs of the nodes worth more than the k-th.
 * @param seeds address of `n` ids; ids without an edge are passed over
 * @param minWeight edges that weigh less are not followed
 * @param byShare strength is the share of the weight in all that the query may follow from there; otherwise min(1, weight)
 * @returns how many, UNFINISHED, or NO_MEMORY
 */
export function recall(
  seeds: usize,
  n: u32,
  k: u32,
  hopDecay: f64,
  maxHops: u32,
  withFilter: bool,
  minWeight: f64,
  at: f64,
  byShare: bool,
): i32 {
  if (!beginQuery(RECORD, seeds, withFilter)) return NO_MEMORY;
  wanted = min<u32>(k, header().nodeCount);
  list = scratchMore(wanted << 2);
  kept = scratchMore(wanted << 3);
  keptCount = 0;
  least = 0;
  paths = scratchMore(FIRST_PATHS * PATH);
  pathCount = 0;
  pathCap = FIRST_PATHS;
  count = 0;
  decay = hopDecay;
  mostHops = maxHops;
  minimum = minWeight;
  toWeights = readFactor(at);
  shares = byShare;
  return list == 0 || kept == 0 || paths == 0 || !start(seeds, n) ? NO_MEMORY : recallOn(false);
}

/** Goes on with a recall that was UNFINISHED, or `stop`s it with the nodes found so far, which are the best. */
export function recallOn(stop: bool): i32 {
  const status = stop ? 0 : search();
  if (status != 0) return status;
  return count > 0 && !write() ? NO_MEMORY : <i32>count;
}

/** Address of the last recall's answer. */
export function recalled(): usize {
  return answer;
}

function start(seeds: usize, n: u32): bool {
  for (let i: u32 = 0; i < n; i++) {
    const seed = load<u32>(seeds + ((<usize>i) << 2));
    if (!isNode(seed) || numberOf(seed) >= 0) continue;
    const number = meet(seed);
    if (number < 0 || !addPath(seed, 0, 1, 0, 0)) return false;
    store<f32>(record(number), 1, 8);
  }
  return true;
}

/** @returns 0, UNFINISHED, or NO_MEMORY */
function search(): i32 {
  while (heapCount > 0 && count < wanted) {
    if (work < 0) return UNFINISHED;
    const e = pop();
    const number = <u32>e;
    const path = paths + <usize>number * PATH;
    const node = load<u32>(path);
    const hops = load<u32>(path, 16) >> 8;
    const r = record(numberOf(node));
    const left = load<u32>(r, 4);
    if (left != 0 && hops + 1 >= left) continue;
    store<u32>(r, hops + 1, 4);
    if (left == 0 && hops > 0) {
      store<u32>(list + ((<usize>count) << 2), number);
      count++;
    }
    if (hops < mostHops && !leave(node, number, -fromOrderedBits(<u32>(e >> 32)), hops + 1)) return NO_MEMORY;
  }
  return 0;
}

/** Extends a path by each edge of its last node. */
function leave(node: u32, number: u32, worth: f32, hops: u32): bool {
  // Not even an edge of strength 1 would do.
  const most = <f64>worth * decay;
  if (most * ABOVE < sure(least)) return true;
  open(recordOf(node, OUT), true);
  const begin = first;
  const end = last;
  const toW = toWeight;
  const plane = types;
  spend(((end - begin) >> 2) + 1);
  const toStrength = shares ? 1 / outSum(0) : toWeights;
  // What an arc's stored weight must be, and a little less: four are compared with it at a time, and few are looked at.
  const perWorth = 1 / (most * toStrength * ABOVE);
  const lightest = sure(minimum) / (toWeights * ABOVE);
  let bar = f32x4.splat(<f32>max<f64>(lightest, sure(least) * perWorth));
  for (let group = begin; group < end; group += 16) {
    let hits = i32x4.bitmask(f32x4.ge(v128.load(group + toW), bar));
    for (; hits != 0; hits &= hits - 1) {
      const p = group + ((<usize>ctz<i32>(hits)) << 2);
      const other = load<u32>(p);
      // Beyond the end of the record lies the next one.
      if (other == EMPTY || p >= end) continue;
      const type = typeAt(p, begin, plane);
      if (!follows(type)) continue;
      const stored = <f64>load<f32>(p + toW);
      const weight = <f32>(stored * toWeights);
      if (<f64>weight < minimum) continue;
      const next = <f32>(<f64>worth * (min<f64>(1, stored * toStrength) * decay));
      if (!(next > 0) || next < least) continue;
      let otherNumber = numberOf(other);
      if (otherNumber < 0) {
        otherNumber = meet(other);
        if (otherNumber < 0) return false;
        expect(next, other);
        bar = f32x4.splat(<f32>max<f64>(lightest, sure(least) * perWorth));
      }
      const r = record(otherNumber);
      const left = load<u32>(r, 4);
      if (left != 0 && hops + 1 >= left) continue;
      const best = load<f32>(r, 8);
      if (next <= best && hops >= load<u32>(r, 12)) continue;
      if (next >= best) {
        store<f32>(r, next, 8);
        store<u32>(r, hops, 12);
      }
      if (!addPath(other, number + 1, next, weight, (hops << 8) | type)) return false;
    }
  }
  return true;
}

/** A limit that rounding does not move by more than ABOVE says; else none. */
function sure(limit: f64): f64 {
  return limit > NORMAL ? limit : 0;
}

/** Counts a node in that was met with this worth. */
function expect(worth: f32, node: u32): void {
  keptCount = keepSmallest(kept, keptCount, wanted, entry(-worth, node));
  if (keptCount == wanted) least = -fromOrderedBits(<u32>(largestKept(kept) >> 32));
}

function addPath(node: u32, before: u32, worth: f32, weight: f32, hopsAndType: u32): bool {
  if (pathCount == pathCap) {
    const place = wider(paths, <u64>pathCap * PATH);
    if (place == 0) return false;
    paths = place;
    pathCap <<= 1;
  }
  const path = paths + <usize>pathCount * PATH;
  store<u32>(path, node);
  store<u32>(path, before, 4);
  store<f32>(path, worth, 8);
  store<f32>(path, weight, 12);
  store<u32>(path, hopsAndType, 16);
  if (!push(entry(-worth, pathCount))) return false;
  pathCount++;
  return true;
}

/** Writes the answer: each path from its seed to its end. */
function write(): bool {
  let words: u64 = 0;
  for (let i: u32 = 0; i < count; i++) words += 3 + 4 * <u64>(load<u32>(pathAt(i), 16) >> 8);
  if (words > 0x3fffffff) return false;
  answer = scratchMore((<u32>words) << 2);
  if (answer == 0) return false;
  let to = answer;
  for (let i: u32 = 0; i < count; i++) {
    let path = pathAt(i);
    const hops = load<u32>(path, 16) >> 8;
    store<u32>(to, load<u32>(path));
    store<f32>(to, load<f32>(path, 8), 4);
    store<u32>(to, hops, 8);
    to += 12 + ((<usize>hops) << 4);
    for (let edge = to - 16; load<u32>(path, 4) != 0; edge -= 16) {
      const before = paths + <usize>(load<u32>(path, 4) - 1) * PATH;
      store<u32>(edge, load<u32>(before));
      store<u32>(edge, load<u32>(path), 4);
      store<u32>(edge, load<u32>(path, 12), 8);
      store<u32>(edge, load<u32>(path, 16) & 0xff, 12);
      path = before;
    }
  }
  return true;
}

function pathAt(i: u32): usize {
  return paths + <usize>load<u32>(list + ((<usize>i) << 2)) * PATH;
}
