// The cheapest path with all options, and distances to many nodes.

import { scratchMore } from "../../core/arena";
import { NO_MEMORY } from "../../core/status";
import { readFactor } from "../decay";
import { isNode } from "../layout";
import { record } from "../query";
import { writeRoute } from "../route";
import { aimStraight, avoidAll, barAll, begin, beginSearch, CLOSED, hopeFor, reach, searchBoth, searchOne, WANTED, want } from "../search";
import { hasBound } from "./places";

/** Algorithms: 0 searches from one end, 1 from both; from 2 on from both by the straight line, where there is one. */
const ONE_END: u32 = 0;
const A_STAR: u32 = 2;

/** Numbers of the two ends of a query that began. */
export let source: i32 = -1;
export let target: i32 = -1;
/** What a stored cost, and a stored weight, is multiplied by. */
export let unit: f64 = 1;
export let factor: f64 = 1;

/**
 * Begins a query between two nodes that there are.
 * @param input address of `avoidCount` ids and `barCount` pairs of ids: nodes and edges that paths do not use
 * @param straight whether to bound by coordinates
 */
export function beginBetween(
  from: u32,
  to: u32,
  straight: bool,
  byHops: bool,
  withFilter: bool,
  input: usize,
  avoidCount: u32,
  barCount: u32,
  maxCost: f64,
  at: f64,
): bool {
  if (!beginSearch(input, withFilter, byHops)) return false;
  if (straight) aimStraight(from, to);
  factor = readFactor(at);
  unit = byHops ? 1 : factor;
  hopeFor(maxCost / unit);
  source = reach(from);
  target = reach(to);
  if (source < 0 || target < 0) return false;
  return avoidAll(input, avoidCount) && barAll(input + ((<usize>avoidCount) << 2), barCount);
}

/**
 * The cheapest path, as `route` of ../route.ts answers it.
 * @param algorithm 0 to 3; 2 and 3 are the same
 * @returns the number of nodes on the path, 0 if there is none, or NO_MEMORY
 */
export function way(
  from: u32,
  to: u32,
  algorithm: u32,
  byHops: bool,
  withFilter: bool,
  input: usize,
  avoidCount: u32,
  barCount: u32,
  maxCost: f64,
  at: f64,
): i32 {
  if (!isNode(from) || !isNode(to)) return 0;
  const straight = algorithm >= A_STAR && !byHops && hasBound();
  if (!beginBetween(from, to, straight, byHops, withFilter, input, avoidCount, barCount, maxCost, at)) return NO_MEMORY;
  if (algorithm == ONE_END && from != to) {
    store<f64>(record(target), 0, 16);
    if (!begin(0, source) || !searchOne(target)) return NO_MEMORY;
  } else if (!searchBoth(source, target)) return NO_MEMORY;
  return writeRoute(unit, factor);
}

let costs: usize = 0;

/**
 * What the cheapest paths to `n` nodes cost, Infinity where there is none: f64 at `distancesAt()`. Ends when all are settled.
 * @param input address of `avoidCount` ids, `barCount` pairs and the `n` ids
 * @returns n, or NO_MEMORY
 */
export function distances(
  from: u32,
  byHops: bool,
  withFilter: bool,
  input: usize,
  avoidCount: u32,
  barCount: u32,
  n: u32,
  maxCost: f64,
  at: f64,
): i32 {
  if (!beginSearch(input, withFilter, byHops)) return NO_MEMORY;
  costs = scratchMore(n << 3);
  if (costs == 0) return NO_MEMORY;
  for (let i: u32 = 0; i < n; i++) store<f64>(costs + ((<usize>i) << 3), Infinity);
  if (!isNode(from)) return <i32>n;
  factor = readFactor(at);
  unit = byHops ? 1 : factor;
  hopeFor(maxCost / unit);
  if (!avoidAll(input, avoidCount) || !barAll(input + ((<usize>avoidCount) << 2), barCount)) return NO_MEMORY;
  const targets = input + ((<usize>avoidCount + 2 * <usize>barCount) << 2);
  let left: u32 = 0;
  for (let i: u32 = 0; i < n; i++) {
    const node = load<u32>(targets + ((<usize>i) << 2));
    if (!isNode(node)) continue;
    const number = reach(node);
    if (number < 0) return NO_MEMORY;
    const flags = load<u32>(record(number), 4);
    // One that is avoided has no distance.
    if ((flags & (WANTED | CLOSED)) != 0) continue;
    store<u32>(record(number), flags | WANTED, 4);
    left++;
  }
  want(left);
  const start = reach(from);
  if (start < 0 || (left != 0 && (!begin(0, start) || !searchOne(-1)))) return NO_MEMORY;
  for (let i: u32 = 0; i < n; i++) {
    const node = load<u32>(targets + ((<usize>i) << 2));
    if (!isNode(node)) continue;
    const r = record(reach(node));
    if ((load<u32>(r, 4) & (WANTED | CLOSED)) == (WANTED | CLOSED)) store<f64>(costs + ((<usize>i) << 3), load<f64>(r, 8) * unit);
  }
  return <i32>n;
}

/** Address of the last `distances`. */
export function distancesAt(): usize {
  return costs;
}
