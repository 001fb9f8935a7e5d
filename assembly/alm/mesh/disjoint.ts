// Two paths of least total cost that share no edge, or no node but their ends: Suurballe and Tarjan, "A quick method for finding shortest pairs of
// disjoint paths", Networks 1984. First the cheapest path, which leaves distances from the start; then the cheapest way through what is left,
// which may take back edges of the first path at their cost, in the order of cost less distance, so that no step has a cost below 0. What
// both use in opposite directions falls out, and the rest is two paths.
//
// Without common nodes, an inner node of the first path is two: who comes to it can only take back the edge by which the path comes (the first,
// labels of side 1), and only who takes back the edge by which the path goes on may go where he likes (the second, labels of side 0).
// Any other node has labels of side 1 only.

import { scratchMore } from "../../core/arena";
import { NO_MEMORY } from "../../core/status";
import { clearFrontier, dequeue, enqueue, key, waiting } from "../frontier";
import { EMPTY, first, isNode, last, OUT, open, recordOf, toWeight, typeAt, types } from "../layout";
import { follows, met, record } from "../query";
import { AVOIDED, begin, best, CAREFUL, CLOSED, isBarred, middle, reach, searchOne } from "../search";
import { costAt, edgeAt, finish, lengthOf, newPath, nodeAt, putEdge, putNode, typeOf } from "./paths";
import { beginBetween, factor, source, target, unit } from "./way";

/** The node is on the first path: its place is where the bound of side 0 was. */
const ON_PATH: u32 = 64;

/** The first path. */
let trunk: usize = 0;
let byNode: bool = false;
let hops: bool = false;
/** What both paths together must cost less than; and what the first one costs. */
let most: f64 = 0;
let shortest: f64 = 0;
let answers: usize = 0;

/** An edge of the second way: +0 from, +4 to, +8 weight f32, +12 type. */
const EDGE: usize = 16;

/**
 * The pair. Two addresses at `disjointPairAt()` of paths in the form of paths.ts, the cheaper one first. O(a log a) for the a arcs of the nodes
 * that are not farther from the start than the end is, twice.
 * @param input as for `beginBetween`
 * @param maxCost of both together
 * @returns 2, 0 if there is no such pair, or NO_MEMORY
 */
export function disjointPair(
  from: u32,
  to: u32,
  nodes: bool,
  byHops: bool,
  withFilter: bool,
  input: usize,
  avoidCount: u32,
  barCount: u32,
  maxCost: f64,
  at: f64,
): i32 {
  if (!isNode(from) || !isNode(to)) return 0;
  if (!beginBetween(from, to, false, byHops, withFilter, input, avoidCount, barCount, maxCost, at)) return NO_MEMORY;
  byNode = nodes;
  hops = byHops;
  if ((load<u32>(record(source), 4) & CLOSED) != 0) return 0;
  answers = scratchMore(8);
  if (answers == 0) return NO_MEMORY;
  if (source == target) return standStill();
  most = best;
  if (!begin(0, source) || !searchOne(target)) return NO_MEMORY;
  if (middle < 0) return 0;
  shortest = best;
  if (!layTrunk()) return NO_MEMORY;
  const found = secondWay();
  return found <= 0 ? found : part();
}

/** Address of the last `disjointPair`. */
export function disjointPairAt(): usize {
  return answers;
}

/** Two paths without an edge. */
function standStill(): i32 {
  for (let i: usize = 0; i < 8; i += 4) {
    const path = newPath(1);
    if (path == 0) return NO_MEMORY;
    store<f64>(path, 0);
    putNode(path, 0, source);
    finish(path, unit, factor);
    store<u32>(answers + i, <u32>path);
  }
  return 2;
}

/** Writes down the first path, makes distances bounds, and forgets the labels. False if there is no memory. */
function layTrunk(): bool {
  let edges: u32 = 0;
  for (let n: u32 = target; n != source; n = load<u32>(record(n), 40)) edges++;
  trunk = newPath(edges + 1);
  if (trunk == 0) return false;
  putNode(trunk, edges, target);
  for (let i = edges; i > 0; i--) {
    const r = record(nodeAt(trunk, i));
    putEdge(trunk, i - 1, load<f32>(r, 48), load<u8>(r, 56));
    putNode(trunk, i - 1, load<u32>(r, 40));
  }
  for (let i: u32 = 0; i < met; i++) {
    const r = record(i);
    const flags = load<u32>(r, 4);
    if ((flags & AVOIDED) == AVOIDED) continue;
    // A node that was not settled is no nearer than the end.
    store<f64>(r, (flags & CLOSED) != 0 ? shortest - load<f64>(r, 8) : 0, 32);
    store<f64>(r, Infinity, 8);
    store<f64>(r, Infinity, 16);
    store<u32>(r, flags & ~CLOSED, 4);
  }
  for (let i: u32 = 0; i <= edges; i++) {
    const r = record(nodeAt(trunk, i));
    store<u32>(r, load<u32>(r, 4) | ON_PATH, 4);
    store<u64>(r, i, 24);
  }
  return true;
}

/** Whether a node is two. */
function isSplit(r: usize): bool {
  if (!byNode || (load<u32>(r, 4) & ON_PATH) == 0) return false;
  const i = load<u32>(r, 24);
  return i != 0 && i != lengthOf(trunk) - 1;
}

/** Finds the second way; its labels end at the end's of side 1. @returns 1, 0 if there is none, or NO_MEMORY */
function secondWay(): i32 {
  clearFrontier(0);
  store<f64>(record(source), 0, 16);
  if (!enqueue(0, load<f64>(record(source), 32), ((<u32>source) << 1) | 1)) return NO_MEMORY;
  while (waiting(0) != 0) {
    const state = dequeue(0);
    if (shortest + key >= most) return 0;
    const number = state >> 1;
    const side = state & 1;
    const r = record(number);
    const flags = load<u32>(r, 4);
    if ((flags & (CLOSED << side)) != 0) continue;
    store<u32>(r, flags | (CLOSED << side), 4);
    if (number == target) return 1;
    const label = load<f64>(r + ((<usize>side) << 3), 8);
    const split = isSplit(r);
    let ok: bool = true;
    if ((flags & ON_PATH) != 0) {
      const i = load<u32>(r, 24);
      if (i != 0 && (!split || side == 1)) {
        const before = nodeAt(trunk, i - 1);
        ok = offer(before, isSplit(record(before)) ? 0 : 1, label - costAt(trunk, i - 1, hops), state, 0, 0);
      } else if (split) ok = offer(number, 1, label, state, 0, 0);
    }
    if (ok && (!split || side == 0)) ok = follow(number, state, label);
    if (!ok) return NO_MEMORY;
  }
  return 0;
}

/** Offers the other ends of a node's arcs, but for the path's own one. False if there is no memory. */
function follow(number: u32, state: u32, label: f64): bool {
  const r = record(number);
  const node = load<u32>(r);
  const flags = load<u32>(r, 4);
  const careful = (flags & CAREFUL) != 0;
  let next: u32 = EMPTY;
  let used: u32 = 0;
  if ((flags & ON_PATH) != 0) {
    const i = load<u32>(r, 24);
    next = load<u32>(record(nodeAt(trunk, i + 1)));
    used = typeOf(trunk, i);
  }
  open(recordOf(node, OUT), true);
  const start = first;
  const end = last;
  const toW = toWeight;
  const plane = types;
  for (let p = start; p < end; p += 4) {
    const other = load<u32>(p);
    if (other == EMPTY) continue;
    const type = typeAt(p, start, plane);
    if ((other == next && type == used) || !follows(type)) continue;
    const stored = load<f32>(p + toW);
    const reached = reach(other);
    if (reached < 0) return false;
    if (careful && isBarred(number, node, record(reached), other, OUT)) continue;
    if (!offer(reached, 1, label + (hops ? 1 : <f64>stored), state, stored, type)) return false;
  }
  return true;
}

/** Offers a node the way by a state. False if there is no memory. */
function offer(number: u32, side: u32, label: f64, state: u32, stored: f32, type: u32): bool {
  const half = (<usize>side) << 3;
  const r = record(number);
  if (label >= load<f64>(r + half, 8) || (load<u32>(r, 4) & (CLOSED << side)) != 0) return true;
  const priority = label + load<f64>(r, 32);
  if (shortest + priority >= most) return true;
  store<f64>(r + half, label, 8);
  store<u32>(r + (half >> 1), state, 40);
  store<f32>(r + (half >> 1), stored, 48);
  store<u8>(r + (half >> 3), <u8>type, 56);
  return enqueue(0, priority, (number << 1) | side);
}

/** Makes two paths out of the first path and the second way. @returns 2 or NO_MEMORY */
function part(): i32 {
  const edges = lengthOf(trunk) - 1;
  let more: u32 = 0;
  for (let s = stateOf(target); s >> 1 != <u32>source; s = cameFrom(s)) more++;
  const way = scratchMore((more + edges) * <u32>EDGE);
  if (way == 0) return NO_MEMORY;
  let end = way;
  // An edge of the first path that is taken back is marked at the node it leaves.
  for (let s = stateOf(target); s >> 1 != <u32>source; ) {
    const before = cameFrom(s);
    const to = record(s >> 1);
    // From one half of a node to the other there is no edge.
    if (s >> 1 != before >> 1) {
      if (isTakenBack(s)) store<u32>(to, EMPTY, 28);
      else {
        const half = (<usize>(s & 1)) << 2;
        store<u32>(end, before >> 1);
        store<u32>(end, s >> 1, 4);
        store<f32>(end, load<f32>(to + half, 48), 8);
        store<u32>(end, load<u8>(to + (half >> 2), 56), 12);
        end += EDGE;
      }
    }
    s = before;
  }
  for (let i: u32 = 0; i < edges; i++) {
    const r = record(nodeAt(trunk, i));
    if (load<u32>(r, 28) == EMPTY) continue;
    store<u32>(end, nodeAt(trunk, i));
    store<u32>(end, nodeAt(trunk, i + 1), 4);
    store<f32>(end, load<f32>(edgeAt(trunk, i)), 8);
    store<u32>(end, typeOf(trunk, i), 12);
    end += EDGE;
  }
  // From here on a node's +40 and +44 are the edges, from 1 on, that leave it.
  for (let e = way; e < end; e += EDGE) {
    store<u64>(record(load<u32>(e)), 0, 40);
    store<u64>(record(load<u32>(e, 4)), 0, 40);
  }
  for (let e = way; e < end; e += EDGE) {
    const r = record(load<u32>(e));
    const number = <u32>((e - way) / EDGE) + 1;
    if (load<u32>(r, 40) == 0) store<u32>(r, number, 40);
    else store<u32>(r, number, 44);
  }
  const a = walk(way, <u32>((end - way) / EDGE));
  const z = walk(way, <u32>((end - way) / EDGE));
  if (a == 0 || z == 0) return NO_MEMORY;
  const inOrder = load<f64>(a) <= load<f64>(z);
  store<u32>(answers, <u32>(inOrder ? a : z));
  store<u32>(answers, <u32>(inOrder ? z : a), 4);
  finish(a, unit, factor);
  finish(z, unit, factor);
  return 2;
}

function stateOf(number: u32): u32 {
  return (number << 1) | 1;
}

/** The state before a state. */
function cameFrom(state: u32): u32 {
  return load<u32>(record(state >> 1) + ((<usize>(state & 1)) << 2), 40);
}

/** Whether a state was come to by taking back an edge: no edge weighs 0. */
function isTakenBack(state: u32): bool {
  return load<f32>(record(state >> 1) + ((<usize>(state & 1)) << 2), 48) == 0;
}

/** Takes a path out of `n` edges. 0 if there is no memory. */
function walk(way: usize, n: u32): usize {
  const taken = scratchMore(n << 2);
  if (taken == 0) return 0;
  let edges: u32 = 0;
  for (let number = <u32>source; number != <u32>target; edges++) {
    const r = record(number);
    const at: usize = load<u32>(r, 40) != 0 ? r : r + 4;
    const edge = way + <usize>(load<u32>(at, 40) - 1) * EDGE;
    store<u32>(at, 0, 40);
    store<u32>(taken + ((<usize>edges) << 2), <u32>edge);
    number = load<u32>(edge, 4);
  }
  const path = newPath(edges + 1);
  if (path == 0) return 0;
  putNode(path, 0, source);
  let cost: f64 = 0;
  for (let i: u32 = 0; i < edges; i++) {
    const edge = <usize>load<u32>(taken + ((<usize>i) << 2));
    putEdge(path, i, load<f32>(edge, 8), load<u32>(edge, 12));
    putNode(path, i + 1, load<u32>(edge, 4));
    cost += costAt(path, i, hops);
  }
  store<f64>(path, cost);
  return path;
}
