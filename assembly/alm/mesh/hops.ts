// Breadth-first neighbourhood. The pool of met nodes is the queue: numbers are given in breadth-first order.

import { NO_MEMORY } from "../../core/status";
import { readFactor } from "../decay";
import { EMPTY, first, IN, isNode, last, OUT, open, recordOf, toWeight, typeAt, types, weighted } from "../layout";
import { beginQuery, follows, meet, met, numberOf, record, spend, UNFINISHED, work } from "../query";
import { weightOfArc } from "../store";

// A record: +0 node, +4 hops.
const RECORD: u32 = 8;

/** Number of the first record that is not a seed's, and of the next one whose edges are looked at. */
let start: u32 = 0;
let next: u32 = 0;
let mostHops: u32 = 0;
let ways: u32 = 0;
let least: f64 = 0;
let most: u32 = 0;

/**
 * The nodes within `hops` edges of the seeds, seeds left out, as records at `found()`, in breadth-first order.
 * O(edges of the nodes fewer than `hops` away).
 * @param seeds address of `n` ids; ids without an edge are passed over
 * @param directions 1 along the edges, 2 against them, 3 both
 * @param minWeight edges that weigh less at time `at` are not followed
 * @param limit stop when so many nodes are found
 * @returns how many, UNFINISHED, or NO_MEMORY
 */
export function kHop(seeds: usize, n: u32, hops: u32, directions: u32, withFilter: bool, minWeight: f64, at: f64, limit: u32): i32 {
  if (!beginQuery(RECORD, seeds, withFilter)) return NO_MEMORY;
  mostHops = hops;
  ways = directions;
  least = minWeight / readFactor(at);
  most = limit;
  next = 0;
  for (let i: u32 = 0; i < n; i++) {
    const seed = load<u32>(seeds + ((<usize>i) << 2));
    if (isNode(seed) && numberOf(seed) < 0 && meet(seed) < 0) return NO_MEMORY;
  }
  start = met;
  return kHopOn(false);
}

/** Goes on with a kHop that was UNFINISHED, or `stop`s it with the nodes found so far. */
export function kHopOn(stop: bool): i32 {
  while (!stop && next < met) {
    if (work < 0) return UNFINISHED;
    const depth = load<u32>(record(next), 4) + 1;
    if (depth > mostHops) break;
    const node = load<u32>(record(next));
    next++;
    for (let direction = OUT; direction <= IN; direction++) {
      if (((ways >> direction) & 1) == 0) continue;
      const status = look(node, direction, depth);
      if (status < 0) return NO_MEMORY;
      if (status > 0) return <i32>most;
    }
  }
  return <i32>(met - start);
}

/** Address of the last kHop's records. */
export function found(): usize {
  return record(start);
}

/** Meets the nodes at the other ends of a node's arcs. @returns 0, 1 if there are as many as wanted, or NO_MEMORY */
function look(node: u32, direction: u32, depth: u32): i32 {
  const weights = weighted(direction);
  open(recordOf(node, direction), weights);
  const begin = first;
  const end = last;
  const toW = toWeight;
  const plane = types;
  spend(((end - begin) >> 2) + 1);
  for (let p = begin; p < end; p += 4) {
    const other = load<u32>(p);
    if (other == EMPTY || numberOf(other) >= 0) continue;
    const type = typeAt(p, begin, plane);
    if (!follows(type) || (least > 0 && <f64>(weights ? load<f32>(p + toW) : weightOfArc(other, node, type)) < least)) continue;
    if (met - start == most) return 1;
    const number = meet(other);
    if (number < 0) return NO_MEMORY;
    store<u32>(record(number), depth, 4);
  }
  return 0;
}
