// Breadth-first neighbourhood. The pool of met nodes is the queue: numbers are given in breadth-first order.

import { NO_MEMORY } from "../core/status";
import { readFactor } from "./decay";
import { IN, isNode, OUT, side } from "./layout";
import { beginQuery, endQuery, follows, meet, met, numberOf, record } from "./query";

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
  endQuery();
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
      const s = side(node, direction);
      for (let a: u32 = 0; a < s.len; a++) {
        const other = load<u32>(s.id(a));
        if (numberOf(other) >= 0 || <f64>load<f32>(s.weight(a)) < least || !follows(<u32>load<u8>(s.type(a)))) continue;
        if (met - first == limit) return <i32>limit;
        const number = meet(other);
        if (number < 0) return NO_MEMORY;
        store<u32>(record(number), depth, 4);
      }
    }
  }
  return <i32>(met - first);
}
