// The cheapest path between two nodes: Dijkstra's algorithm from both ends at once (Nicholson, "Finding the shortest route between two points in a
// network", Computer Journal 1966). Costs are summed in f64; the heap orders by the f32 below the cost, which may take two nodes in
// the wrong order when they are as good as equal. The node is then simply taken again with its better cost, and the search stops only
// when nothing left can be cheaper, so the answer is exact.
//
// One heap holds both searches. When its least entry is d, every node nearer than d to either end is settled; a path that costs less than
// 2d has an edge between such two nodes and has been seen. So the search ends when 2d exceeds the best path's cost.

import { scratchMore } from "../core/arena";
import { entry, fromOrderedBits } from "../core/heap";
import { NO_MEMORY } from "../core/status";
import { readFactor } from "./decay";
import { EMPTY, first, isNode, last, OUT, open, recordOf, toWeight, typeAt, types, weighted } from "./layout";
import { beginQuery, follows, heapCount, meet, numberOf, pop, push, record } from "./query";
import { weightOfArc } from "./store";

// A record, with a field for each direction d: +0 node, +4 flags, +8+8d cost f64 from (d = OUT) or to (d = IN) the end, +24+4d
// number of the node before, +32+4d stored weight f32 and +40+d type u8 of the edge to it.
const RECORD: u32 = 48;
const AVOIDED: u32 = 1;

let best: f64 = 0;
let middle: i32 = -1;
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
  if (!beginQuery(RECORD, avoid, withFilter)) return NO_MEMORY;
  const factor = readFactor(at);
  const unit = byHops ? 1 : factor;
  best = maxCost / unit;
  middle = -1;
  let n: i32 = avoidAll(avoid, avoidCount) ? search(from, to, byHops) : NO_MEMORY;
  if (n == 0 && middle >= 0) n = write(<u32>middle, best * unit, factor);
  return n;
}

/** Address of the last route's answer. */
export function routed(): usize {
  return answer;
}

function avoidAll(avoid: usize, count: u32): bool {
  for (let i: u32 = 0; i < count; i++) {
    const node = load<u32>(avoid + ((<usize>i) << 2));
    if (!isNode(node) || numberOf(node) >= 0) continue;
    const number = meet(node);
    if (number < 0) return false;
    store<u32>(record(number), AVOIDED, 4);
  }
  return true;
}

/** Finds `best` and `middle`, the node where the two halves meet. @returns 0 or NO_MEMORY. */
function search(from: u32, to: u32, byHops: bool): i32 {
  if (numberOf(from) >= 0 || numberOf(to) >= 0) return 0;
  const source = meetFar(from);
  if (source < 0) return NO_MEMORY;
  store<f64>(record(source), 0, 8);
  if (from == to) {
    store<f64>(record(source), 0, 16);
    best = 0;
    middle = source;
    return 0;
  }
  const target = meetFar(to);
  if (target < 0) return NO_MEMORY;
  store<f64>(record(target), 0, 16);
  push(entry(0, (<u32>source) << 1));
  push(entry(0, ((<u32>target) << 1) | 1));
  // Entries of each search that wait in the heap: when one search has none left, the other cannot find more.
  let forward: u32 = 1;
  let backward: u32 = 1;
  while (forward > 0 && backward > 0) {
    const e = pop();
    const key = fromOrderedBits(<u32>(e >> 32));
    if (2 * <f64>key > best) break;
    const direction = <u32>e & 1;
    const number = <u32>e >> 1;
    const before = heapCount;
    // An entry above the node's cost is from before it was found to be cheaper.
    const cost = load<f64>(record(number) + ((<usize>direction) << 3), 8);
    if (key <= below(cost) && !relax(number, direction, cost, byHops)) return NO_MEMORY;
    if (direction == OUT) forward += heapCount - before - 1;
    else backward += heapCount - before - 1;
  }
  return 0;
}

/** Offers every node at the other end of this one's edges the way through this one. */
function relax(number: u32, direction: u32, cost: f64, byHops: bool): bool {
  const node = load<u32>(record(number));
  const weights = weighted(direction);
  open(recordOf(node, direction), weights);
  const begin = first;
  const end = last;
  const toW = toWeight;
  const plane = types;
  const half = (<usize>direction) << 3;
  for (let p = begin; p < end; p += 4) {
    const other = load<u32>(p);
    if (other == EMPTY) continue;
    const type = typeAt(p, begin, plane);
    if (!follows(type)) continue;
    const stored = weights ? load<f32>(p + toW) : weightOfArc(other, node, type);
    const next = cost + (byHops ? 1 : <f64>stored);
    if (next > best) continue;
    let otherNumber = numberOf(other);
    if (otherNumber < 0) {
      otherNumber = meetFar(other);
      if (otherNumber < 0) return false;
    }
    const r = record(otherNumber);
    if (next >= load<f64>(r + half, 8) || (load<u32>(r, 4) & AVOIDED) != 0) continue;
    store<f64>(r + half, next, 8);
    store<u32>(r + (half >> 1), number, 24);
    store<f32>(r + (half >> 1), stored, 32);
    store<u8>(r + (half >> 3), <u8>type, 40);
    if (!push(entry(below(next), ((<u32>otherNumber) << 1) | direction))) return false;
    const whole = next + load<f64>(r + (half ^ 8), 8);
    if (whole < best || (middle < 0 && whole <= best && whole < Infinity)) {
      best = whole;
      middle = otherNumber;
    }
  }
  return true;
}

function meetFar(node: u32): i32 {
  const number = meet(node);
  if (number >= 0) {
    store<f64>(record(number), Infinity, 8);
    store<f64>(record(number), Infinity, 16);
  }
  return number;
}

/** The largest f32 that is not above x >= 0. */
function below(x: f64): f32 {
  const near = <f32>x;
  return <f64>near > x ? reinterpret<f32>(reinterpret<u32>(near) - 1) : near;
}

function write(center: u32, cost: f64, factor: f64): i32 {
  let before: u32 = 0;
  let after: u32 = 0;
  for (let r = record(center); load<f64>(r, 8) > 0; r = record(load<u32>(r, 24))) before++;
  for (let r = record(center); load<f64>(r, 16) > 0; r = record(load<u32>(r, 28))) after++;
  const edges = before + after;
  answer = scratchMore(12 + 12 * edges);
  if (answer == 0) return NO_MEMORY;
  store<f64>(answer, cost);
  const ids = answer + 8;
  const weights = ids + ((<usize>(edges + 1)) << 2);
  const types = weights + ((<usize>edges) << 2);
  store<u32>(ids + ((<usize>before) << 2), load<u32>(record(center)));
  let r = record(center);
  for (let i = before; i > 0; i--) {
    const at = (<usize>(i - 1)) << 2;
    store<f32>(weights + at, <f32>(<f64>load<f32>(r, 32) * factor));
    store<u32>(types + at, <u32>load<u8>(r, 40));
    r = record(load<u32>(r, 24));
    store<u32>(ids + at, load<u32>(r));
  }
  r = record(center);
  for (let i = before; i < edges; i++) {
    const at = (<usize>i) << 2;
    store<f32>(weights + at, <f32>(<f64>load<f32>(r, 36) * factor));
    store<u32>(types + at, <u32>load<u8>(r, 41));
    r = record(load<u32>(r, 28));
    store<u32>(ids + at, load<u32>(r), 4);
  }
  return <i32>(edges + 1);
}
