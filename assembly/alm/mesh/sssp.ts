// Shortest paths from one node to all: Dijkstra, "A note on two problems in connexion with graphs", 1959, on columns in SCRATCH.

import { scratch, scratchMore } from "../../core/arena";
import { NO_MEMORY } from "../../core/status";
import { readFactor } from "../decay";
import { dequeue, emptyFrontiers, enqueue, key, waiting } from "../frontier";
import { EMPTY, first, IN, isNode, last, OUT, open, recordOf, toWeight, typeAt, types, weighted } from "../layout";
import { follows, hasFilter, setFilter } from "../query";
import { weightOfArc } from "../store";
import { idCount } from "./bfs";

let distances: usize = 0;
let parents: usize = 0;
let limit: f64 = 0;

/**
 * Cost of the cheapest way from a node to each, f64 for each of `idCount()` ids at `treeDistances()`, Infinity where there is none, and the node before
 * it on that way, i32 at `treeParents()`, -1 where there is none. O(nodes + edges * log(edges)).
 * @param directions 1 along the edges, 2 against them, 3 both
 * @param byHops an edge costs 1, else its weight at time `at`
 * @param maxCost nodes that cost more count as out of reach
 * @returns the ids there are, or NO_MEMORY
 */
export function sssp(from: u32, directions: u32, byHops: bool, withFilter: bool, maxCost: f64, at: f64): i32 {
  setFilter(withFilter);
  const n = idCount();
  if (n > 0x0fffffff) return NO_MEMORY;
  distances = scratch(n << 3);
  parents = scratchMore(n << 2);
  if (distances == 0 || parents == 0 || !emptyFrontiers()) return NO_MEMORY;
  const nothing = f64x2.splat(Infinity);
  // Scratch comes in multiples of 16 bytes.
  for (let p = distances, end = distances + ((<usize>n) << 3); p < end; p += 16) v128.store(p, nothing);
  memory.fill(parents, 0xff, (<usize>n) << 2);
  if (!isNode(from)) return <i32>n;
  const factor = byHops ? 1 : readFactor(at);
  limit = maxCost / factor;
  store<f64>(distances + ((<usize>from) << 3), 0);
  enqueue(0, 0, from);
  const plain = directions == 1 && !byHops && !hasFilter();
  while (waiting(0) > 0) {
    const node = dequeue(0);
    const cost = key;
    // An entry above the node's cost is from before it was found to be cheaper.
    if (cost > load<f64>(distances + ((<usize>node) << 3))) continue;
    if (!(plain ? relax(node, cost) : relaxBy(node, cost, directions, byHops))) return NO_MEMORY;
  }
  if (factor != 1) scale(n, factor);
  return <i32>n;
}

/** Address of the last distances. */
export function treeDistances(): usize {
  return distances;
}

/** Address of the last parents. */
export function treeParents(): usize {
  return parents;
}

/** Offers the nodes at the other end of a node's out-edges the way by it. */
function relax(node: u32, cost: f64): bool {
  open(recordOf(node, OUT), true);
  const end = last;
  const toW = toWeight;
  const column = distances;
  const most = limit;
  for (let p = first; p < end; p += 4) {
    const other = load<u32>(p);
    if (other == EMPTY) continue;
    const next = cost + <f64>load<f32>(p + toW);
    const d = column + ((<usize>other) << 3);
    if (next >= load<f64>(d) || next > most) continue;
    store<f64>(d, next);
    store<u32>(parents + ((<usize>other) << 2), node);
    if (!enqueue(0, next, other)) return false;
  }
  return true;
}

/** The same in any direction, along edges of some types, by weight or by number. */
function relaxBy(node: u32, cost: f64, directions: u32, byHops: bool): bool {
  for (let direction = OUT; direction <= IN; direction++) {
    if (((directions >> direction) & 1) == 0) continue;
    const weights = weighted(direction);
    open(recordOf(node, direction), weights);
    const begin = first;
    const end = last;
    const toW = toWeight;
    const plane = types;
    for (let p = begin; p < end; p += 4) {
      const other = load<u32>(p);
      if (other == EMPTY) continue;
      const type = typeAt(p, begin, plane);
      if (!follows(type)) continue;
      const next = cost + (byHops ? 1 : <f64>(weights ? load<f32>(p + toW) : weightOfArc(other, node, type)));
      const d = distances + ((<usize>other) << 3);
      if (next >= load<f64>(d) || next > limit) continue;
      store<f64>(d, next);
      store<u32>(parents + ((<usize>other) << 2), node);
      if (!enqueue(0, next, other)) return false;
    }
  }
  return true;
}

/** From stored weights to those at the time asked for. */
function scale(n: u32, factor: f64): void {
  for (let p = distances, end = distances + ((<usize>n) << 3); p < end; p += 8) store<f64>(p, load<f64>(p) * factor);
}
