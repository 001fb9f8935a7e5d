// The cheapest path between two nodes, and paths as answers. Costs are summed in f64.

import { scratchMore } from "../core/arena";
import { NO_MEMORY } from "../core/status";
import { readFactor } from "./decay";
import { isNode } from "./layout";
import { record } from "./query";
import { avoidAll, beginSearch, best, hopeFor, middle, reach, searchBoth } from "./search";

let answer: usize = 0;

/**
 * The cheapest path. The answer at `routed()`: cost f64; n ids u32; n - 1 weights f32 at time `at`; n - 1 types u32.
 * O(a log a) for the a arcs of the nodes nearer to either end than half the cost.
 * @param byHops an edge costs 1; otherwise its weight at time `at`
 * @param avoid address of `avoidCount` ids through which the path does not go
 * @param maxCost paths that cost more are not wanted
 * @returns the number n of nodes on the path, 0 if there is none, or NO_MEMORY
 */
export function route(from: u32, to: u32, byHops: bool, withFilter: bool, avoid: usize, avoidCount: u32, maxCost: f64, at: f64): i32 {
  if (!isNode(from) || !isNode(to)) return 0;
  if (!beginSearch(avoid, withFilter, byHops) || !avoidAll(avoid, avoidCount)) return NO_MEMORY;
  const factor = readFactor(at);
  const unit = byHops ? 1 : factor;
  hopeFor(maxCost / unit);
  const source = reach(from);
  const target = reach(to);
  if (source < 0 || target < 0) return NO_MEMORY;
  return searchBoth(source, target) ? writeRoute(unit, factor) : NO_MEMORY;
}

/** Address of the last route's answer. */
export function routed(): usize {
  return answer;
}

/**
 * Writes the path by `middle` as the answer, where there is one.
 * @param unit what a stored cost is multiplied by
 * @param factor what a stored weight is multiplied by
 * @returns nodes of the path, 0 if there is none, or NO_MEMORY
 */
export function writeRoute(unit: f64, factor: f64): i32 {
  if (middle < 0) return 0;
  const before = edgesTo(middle, 0);
  const edges = before + edgesTo(middle, 8);
  answer = scratchMore(12 + 12 * edges);
  if (answer == 0) return NO_MEMORY;
  store<f64>(answer, best * unit);
  const ids = answer + 8;
  store<u32>(ids + ((<usize>before) << 2), load<u32>(record(middle)));
  // The edge to a node of the first half comes from the one before it, the edge from a node of the second half leads to the one after it.
  writeHalf(ids + ((<usize>before) << 2), ids + ((<usize>(edges + before)) << 2), edges, 0, -4, factor);
  writeHalf(ids + ((<usize>before) << 2), ids + ((<usize>(edges + before + 1)) << 2), edges, 8, 4, factor);
  return <i32>(edges + 1);
}

/** Edges between the middle and where a side began. @param half 8 times the side */
function edgesTo(number: u32, half: usize): u32 {
  let n: u32 = 0;
  for (let r = record(number); load<f64>(r + half, 8) > 0; r = record(load<u32>(r + (half >> 1), 40))) n++;
  return n;
}

function writeHalf(id: usize, weight: usize, edges: u32, half: usize, step: isize, factor: f64): void {
  let r = record(middle);
  while (load<f64>(r + half, 8) > 0) {
    store<f32>(weight, <f32>(<f64>load<f32>(r + (half >> 1), 48) * factor));
    store<u32>(weight + ((<usize>edges) << 2), <u32>load<u8>(r + (half >> 3), 56));
    r = record(load<u32>(r + (half >> 1), 40));
    id += step;
    weight += step;
    store<u32>(id, load<u32>(r));
  }
}
