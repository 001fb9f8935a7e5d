// Breadth-first neighbourhood. The pool of met nodes is the queue: numbers are given in breadth-first order.

import { NO_MEMORY } from "../core/status";
import { readFactor } from "./decay";
import { EMPTY, first as firstSlot, IN, isNode, last, OUT, open, recordOf, toWeight, typeAt, types, weighted } from "./layout";
import { beginQuery, follows, meet, met, numberOf, record } from "./query";
import { weightOfArc } from "./store";

// A record: +0 node, +4 hops.
const RECORD: u32 = 8;

/**
 * The nodes within `hops` edges of the seeds, seeds left out, as records at `found()`, in breadth-first order.
 * O(edges of the nodes fewer than `hops` away).
 * @param seeds address of `n` ids; ids without an edge are passed over
 * @param directions 1 along the edges, 2 against them, 3 both
 * @param minWeight edges that weigh less at time `at` are not followed
 * @param limit stop when so many nodes are found
 * @returns how many, or NO_MEMORY
 */
export function kHop(seeds: usize, n: u32, hops: u32, directions: u32, withFilter: bool, minWeight: f64, at: f64, limit: u32): i32 {
  if (!beginQuery(RECORD, seeds, withFilter)) return NO_MEMORY;
  const found = spread(seeds, n, hops, directions, minWeight / readFactor(at), limit);
  return found;
}

/** Number of the first record that is not a seed's. */
let first: u32 = 0;

/** Address of the last kHop's records. */
export function found(): usize {
  return record(first);
}

function spread(seeds: usize, n: u32, hops: u32, directions: u32, least: f64, limit: u32): i32 {
  for (let i: u32 = 0; i < n; i++) {
    const seed = load<u32>(seeds + ((<usize>i) << 2));
    if (isNode(seed) && numberOf(seed) < 0 && meet(seed) < 0) return NO_MEMORY;
  }
  first = met;
  for (let i: u32 = 0; i < met; i++) {
    const depth = load<u32>(record(i), 4) + 1;
    if (depth > hops) break;
    const node = load<u32>(record(i));
    for (let direction = OUT; direction <= IN; direction++) {
      if (((directions >> direction) & 1) == 0) continue;
      const weights = weighted(direction);
      open(recordOf(node, direction), weights);
      const begin = firstSlot;
      const end = last;
      const toW = toWeight;
      const plane = types;
      for (let p = begin; p < end; p += 4) {
        const other = load<u32>(p);
        if (other == EMPTY || numberOf(other) >= 0) continue;
        const type = typeAt(p, begin, plane);
        if (!follows(type) || <f64>(weights ? load<f32>(p + toW) : weightOfArc(other, node, type)) < least) continue;
        if (met - first == limit) return <i32>limit;
        const number = meet(other);
        if (number < 0) return NO_MEMORY;
        store<u32>(record(number), depth, 4);
      }
    }
  }
  return <i32>(met - first);
}
