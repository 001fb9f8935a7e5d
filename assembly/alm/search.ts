// Best-first searches over the live graph, from one end or from both. A query's options are the variables here; those that only the full module
// sets are constants to the lean one.
//
// From both ends (Nicholson, "Finding the shortest route between two points in a network", Computer Journal 1966; with a bound: Pijls and
// Post, "Yet another bidirectional algorithm for finding the shortest path", 2009, NBA*). A path is known wherever a node has a label of both
// sides; `best` is the cheapest. Of two sides with nearest keys a and b, what is found by one later passes by a node that the other has yet to
// settle. So a side need not
//   settle a node that the other has settled: the best path by it is known then;
//   follow a node u, where label(u) + b - otherBound(u) >= best;
//   label a node with `best - b` or more, without a bound: an arc is left out by its weight alone, four at a time, which is what makes hubs cheap.

import { scratchMore } from "../core/arena";
import { clearFrontier, dequeue, emptyFrontiers, enqueue, key, nearest, waiting } from "./frontier";
import { first, header, isNode, last, open, recordOf, toWeight, typeAt, types, undirected, weighted } from "./layout";
import { beginQuery, follows, hasFilter, meet, numberOf, record, wider } from "./query";
import { weightOfArc } from "./store";

// A record of a node, with a field for each side s: +0 node, +4 flags, +8+8s label f64, +24+8s bound f64 of what is left to go, +40+4s number of the
// node before, +48+4s stored weight f32 and +56+s type u8 of the edge from it.
export const RECORD: u32 = 64;
/** Side s has settled the node: CLOSED << s. */
export const CLOSED: u32 = 1;
/** The node may not be entered: neither side settles it. */
export const AVOIDED: u32 = 0x80000003;
/** Not all arcs of this node may be followed: `isBarred` says which. */
export const CAREFUL: u32 = 4;
/** The search looks for this node. */
export const WANTED: u32 = 8;
/** The arc from the spur node to this one may not be followed. */
export const MARKED: u32 = 16;

/** Bounds are 0; or the same for all nodes met from now on; or `scale` times the straight distance. */
export const NO_BOUND: u32 = 0;
export const FLOOR: u32 = 1;
export const STRAIGHT: u32 = 2;

/** How many edges `isClear` goes. */
const FORESIGHT: u32 = 24;

/** Stored cost of the cheapest path so far; paths that cost as much are not wanted. */
export let best: f64 = Infinity;
/** Number of a node of that path with both labels, or of `goal`; -1 without a path. */
export let middle: i32 = -1;
/** Whether an edge costs 1 instead of its weight. */
let hops: bool = false;
/** Whether both sides search; otherwise one looks for `goal`. */
let meeting: bool = false;
let goal: i32 = -1;
/** What neither side has settled has at least this label; for nodes far from the end of side 1, see `distanceFloor`. */
let near0: f64 = 0;
let near1: f64 = 0;
/** How many WANTED nodes are left. */
let wanted: u32 = 0;
/** Whether side 1 settles nodes that side 0 has settled, so that its labels are distances. */
let thorough: bool = false;
let bounds: u32 = NO_BOUND;
let floor: f64 = 0;
let scale: f64 = 0;
let places: usize = 0;
let startX: f64 = 0;
let startY: f64 = 0;
let endX: f64 = 0;
let endY: f64 = 0;
/** Arcs that may not be followed: an open-addressing table of u64 (from << 32 | to) + 1, 0 for none. */
let barred: usize = 0;
let barredMask: u32 = 0;
/** Number of the spur node of Yen's algorithm (mesh/yen.ts); -1 for none. */
let spur: i32 = -1;
/** Numbers of the nodes that side 0 has labelled, if they are kept: 0 for not. */
let labelled: usize = 0;
let labelledCount: u32 = 0;
let labelledCap: u32 = 0;

/** Starts a query. @param input address of its input, as for `beginQuery` */
export function beginSearch(input: usize, withFilter: bool, byHops: bool): bool {
  hops = byHops;
  bounds = NO_BOUND;
  barred = 0;
  spur = -1;
  thorough = false;
  wanted = 0;
  labelled = 0;
  return beginQuery(RECORD, input, withFilter) && emptyFrontiers();
}

/** Sets what is known at the start: nothing but that paths may cost up to `most`. */
export function hopeFor(most: f64): void {
  best = most < Infinity ? reinterpret<f64>(reinterpret<u64>(max<f64>(most, 0)) + 1) : most;
  middle = -1;
}

/** The number of a node, which gets a record without labels if it has none yet. -1 if there is no memory. Amortised O(1). */
export function reach(node: u32): i32 {
  const known = numberOf(node);
  if (known >= 0) return known;
  const number = meet(node);
  if (number < 0) return -1;
  const r = record(number);
  store<f64>(r, Infinity, 8);
  store<f64>(r, Infinity, 16);
  if (bounds == FLOOR) store<f64>(r, floor, 24);
  else if (bounds == STRAIGHT) aim(r, places + ((<usize>node) << 4));
  return number;
}

function aim(r: usize, place: usize): void {
  const x = load<f64>(place);
  const y = load<f64>(place, 8);
  store<f64>(r, scale * sqrt((endX - x) * (endX - x) + (endY - y) * (endY - y)), 24);
  store<f64>(r, scale * sqrt((startX - x) * (startX - x) + (startY - y) * (startY - y)), 32);
}

/** Bars `count` nodes at an address. Ids without an edge are passed over. False if there is no memory. */
export function avoidAll(ids: usize, count: u32): bool {
  for (let i: u32 = 0; i < count; i++) {
    const node = load<u32>(ids + ((<usize>i) << 2));
    if (!isNode(node)) continue;
    const number = reach(node);
    if (number < 0) return false;
    store<u32>(record(number), AVOIDED, 4);
  }
  return true;
}

/** Starts a side at a node. False if there is no memory. */
export function begin(side: u32, number: u32): bool {
  const r = record(number) + ((<usize>side) << 3);
  store<f64>(r, 0, 8);
  return enqueue(side, load<f64>(r, 24), number);
}

/** Searches from one node and, against the arcs, from the other, till `best` is the least. False if there is no memory. */
export function searchBoth(source: u32, target: u32): bool {
  if (((load<u32>(record(source), 4) | load<u32>(record(target), 4)) & CLOSED) != 0) return true;
  if (!begin(0, source) || !begin(1, target)) return false;
  if (source == target) {
    best = 0;
    middle = source;
    return true;
  }
  meeting = true;
  while (waiting(0) != 0 && waiting(1) != 0) {
    near0 = nearest(0);
    near1 = nearest(1);
    const side: u32 = waiting(1) < waiting(0) ? 1 : 0;
    const across = side == 0 ? near1 : near0;
    const number = dequeue(side);
    if (key >= best) break;
    const r = record(number);
    const flags = load<u32>(r, 4);
    if ((flags & (CLOSED << side)) != 0) continue;
    if ((flags & (CLOSED << (side ^ 1))) != 0 && !(thorough && side == 1)) continue;
    store<u32>(r, flags | (CLOSED << side), 4);
    const half = (<usize>side) << 3;
    if (load<f64>(r + half, 8) + across - load<f64>(r + (half ^ 8), 24) >= best) {
      if (bounds != STRAIGHT) break;
      continue;
    }
    if (!relax(number, side, side, across)) return false;
  }
  return true;
}

/** Searches from the nodes that side 0 has begun at, along the arcs, till `to` (-1 for no node), or all WANTED ones, are settled. False if there is no memory. */
export function searchOne(to: i32): bool {
  meeting = false;
  goal = to;
  while (waiting(0) != 0) {
    const number = dequeue(0);
    if (key >= best) break;
    const r = record(number);
    const flags = load<u32>(r, 4);
    if ((flags & CLOSED) != 0) continue;
    store<u32>(r, flags | CLOSED, 4);
    if ((flags & WANTED) != 0 && --wanted == 0) break;
    if (!relax(number, 0, 0, 0)) return false;
  }
  return true;
}

/** Offers the nodes at the other ends of a node's arcs the way by it. What costs `best - across` or more is of no use. */
function relax(number: u32, side: u32, direction: u32, across: f64): bool {
  const half = (<usize>side) << 3;
  const at = record(number);
  const node = load<u32>(at);
  const label = load<f64>(at + half, 8);
  const careful = (barred != 0 || spur >= 0) && (load<u32>(at, 4) & CAREFUL) != 0;
  const weights = weighted(direction);
  open(recordOf(node, direction), weights);
  const start = first;
  const end = last;
  const toW = toWeight;
  const plane = types;
  const filtered = hasFilter();
  // A record's own arcs are three.
  const lanes = toW == 12 ? 7 : 15;
  const byWeight = weights && !hops;
  const straight = bounds == STRAIGHT;
  const slack = straight ? 0 : across;
  let cut = best - slack;
  let limit = f32x4.splat(above(cut - label));
  for (let group = start; group < end; group += 16) {
    let hits = lanes & ~i32x4.bitmask(i32x4.eq(v128.load(group), i32x4.splat(-1)));
    if (byWeight) hits &= i32x4.bitmask(f32x4.lt(v128.load(group + toW), limit));
    for (; hits != 0; hits &= hits - 1) {
      const p = group + ((<usize>ctz<i32>(hits)) << 2);
      const other = load<u32>(p);
      const type = typeAt(p, start, plane);
      if (filtered && !follows(type)) continue;
      let stored: f32 = 0;
      if (weights) stored = load<f32>(p + toW);
      else if (!hops) stored = weightOfArc(other, node, type);
      const next = label + (hops ? 1 : <f64>stored);
      if (next >= cut) continue;
      let reached = numberOf(other);
      if (reached < 0) {
        if (bounds == FLOOR && next + floor >= best) continue;
        reached = reach(other);
        if (reached < 0) return false;
      }
      const r = record(reached);
      const priority = next + load<f64>(r + half, 24);
      if (next >= load<f64>(r + half, 8) || priority >= best) continue;
      const flags = load<u32>(r, 4);
      if ((flags & (CLOSED << side)) != 0 || (careful && isBarred(number, node, r, other, direction))) continue;
      if (!weights && hops) stored = weightOfArc(other, node, type);
      if (labelled != 0 && load<f64>(r, 8) == Infinity && !keep(reached)) return false;
      store<f64>(r + half, next, 8);
      store<u32>(r + (half >> 1), number, 40);
      store<f32>(r + (half >> 1), stored, 48);
      store<u8>(r + (half >> 3), <u8>type, 56);
      if (bounds == FLOOR && next + load<f64>(r, 16) < best && isClear(reached)) {
        best = promised(next + load<f64>(r, 16));
        cut = best;
        limit = f32x4.splat(above(cut - label));
      }
      const whole = meeting ? next + load<f64>(r + (half ^ 8), 8) : reached == goal ? next : Infinity;
      if (whole < best) {
        best = whole;
        middle = reached;
        cut = best - slack;
        limit = f32x4.splat(above(cut - label));
      }
      if ((flags & (CLOSED << (side ^ 1))) != 0 && meeting && !(thorough && side == 1)) continue;
      if (priority >= best || (straight && next + across - load<f64>(r + (half ^ 8), 24) >= best)) continue;
      if (!enqueue(side, priority, reached)) return false;
    }
  }
  return true;
}

/**
 * Whether the way on which side 1 came to a node may be gone from there to the end: it comes by no node that side 0 has settled or may not enter. Then
 * its cost bounds that of the path looked for, long before that is found. Long ways are not looked at.
 */
function isClear(number: u32): bool {
  for (let left = FORESIGHT; left != 0; left--) {
    const r = record(number);
    if ((load<u32>(r, 4) & CLOSED) != 0) return false;
    if (<i32>number == goal) return true;
    number = load<u32>(r, 44);
  }
  return false;
}

/** What a path of this cost cannot be found to cost, whatever the order of its sum. */
function promised(cost: f64): f64 {
  return cost * (1 + 1e-12);
}

/** An f32 that is not below x; Infinity, if x is too large for one, and where x is below 0 some f32 that no weight is below. */
function above(x: f64): f32 {
  const near = <f32>x;
  return <f64>near < x ? reinterpret<f32>(reinterpret<u32>(near) + 1) : near;
}

/** Whether the arc between this node and the other may not be followed. */
export function isBarred(number: u32, node: u32, r: usize, other: u32, direction: u32): bool {
  if (<i32>number == spur && (load<u32>(r, 4) & MARKED) != 0) return true;
  if (barred == 0) return false;
  const arc = direction == 0 ? ((<u64>node) << 32) | <u64>other : ((<u64>other) << 32) | <u64>node;
  return load<u64>(barredSlot(arc + 1)) != 0;
}

/** Where in the table an arc is, or would be. */
function barredSlot(arc: u64): usize {
  let i = <u32>((arc * 0x9e3779b97f4a7c15) >> 32) & barredMask;
  while (true) {
    const place = barred + ((<usize>i) << 3);
    const found = load<u64>(place);
    if (found == 0 || found == arc) return place;
    i = (i + 1) & barredMask;
  }
}

/** Bars `count` arcs, pairs of ids at an address; edges in an undirected graph. False if there is no memory. */
export function barAll(pairs: usize, count: u32): bool {
  if (count == 0) return true;
  if (count > 0x4000000) return false;
  const size: u32 = 1 << (34 - clz<u32>(count));
  const table = scratchMore(size << 3);
  if (table == 0) return false;
  memory.fill(table, 0, (<usize>size) << 3);
  barred = table;
  barredMask = size - 1;
  const both = undirected();
  for (let i: u32 = 0; i < count; i++) {
    const from = load<u32>(pairs + ((<usize>i) << 3));
    const to = load<u32>(pairs + ((<usize>i) << 3), 4);
    if (!isNode(from) || !isNode(to)) continue;
    if (!beCareful(from) || !beCareful(to)) return false;
    enterBarred(((<u64>from) << 32) | <u64>to);
    if (both) enterBarred(((<u64>to) << 32) | <u64>from);
  }
  return true;
}

function enterBarred(arc: u64): void {
  store<u64>(barredSlot(arc + 1), arc + 1);
}

function beCareful(node: u32): bool {
  const number = reach(node);
  if (number >= 0) store<u32>(record(number), load<u32>(record(number), 4) | CAREFUL, 4);
  return number >= 0;
}

/** Bounds by the straight line to where the searches begin. No node has been met. */
export function aimStraight(from: u32, to: u32): void {
  const h = header();
  bounds = STRAIGHT;
  // So that rounding makes no bound too high.
  scale = h.scale * (1 - 1e-12);
  places = h.places;
  const start = places + ((<usize>from) << 4);
  const end = places + ((<usize>to) << 4);
  startX = load<f64>(start);
  startY = load<f64>(start, 8);
  endX = load<f64>(end);
  endY = load<f64>(end, 8);
}

/** Makes side 1 find distances. */
export function beThorough(): void {
  thorough = true;
}

/** After a thorough search: no node that side 1 has not settled is nearer to its end than this. */
export function distanceFloor(): f64 {
  return max<f64>(0, min<f64>(near1, best - near0));
}

/** Bounds of side 0 for nodes met from now on. */
export function boundBy(least: f64): void {
  bounds = FLOOR;
  floor = least;
}

/** Sets what a path must cost less than; there is none yet. */
export function hopeBelow(most: f64): void {
  best = most;
  middle = -1;
}

/** How many WANTED nodes there are. */
export function want(count: u32): void {
  wanted = count;
}

/** Keeps a list of the nodes that side 0 labels, so that the labels can be taken back. False if there is no memory. */
export function keepLabelled(): bool {
  labelledCap = 256;
  labelledCount = 0;
  labelled = scratchMore(labelledCap << 2);
  return labelled != 0;
}

function keep(number: u32): bool {
  if (labelledCount == labelledCap) {
    const place = wider(labelled, (<u64>labelledCap) << 2);
    if (place == 0) return false;
    labelled = place;
    labelledCap <<= 1;
  }
  store<u32>(labelled + ((<usize>labelledCount) << 2), number);
  labelledCount++;
  return true;
}

/** Begins side 0 anew at a spur node with a label; its arcs to MARKED nodes may not be followed. False if there is no memory. */
export function beginSpur(number: u32, label: f64): bool {
  clearFrontier(0);
  spur = number;
  const r = record(number);
  store<u32>(r, load<u32>(r, 4) | CAREFUL, 4);
  store<f64>(r, label, 8);
  return keep(number) && enqueue(0, label + load<f64>(r, 24), number);
}

/** Takes the labels of side 0 back. */
export function forgetLabels(): void {
  for (let i: u32 = 0; i < labelledCount; i++) {
    const r = record(load<u32>(labelled + ((<usize>i) << 2)));
    store<f64>(r, Infinity, 8);
    const flags = load<u32>(r, 4);
    store<u32>(r, flags & ~CLOSED, 4);
  }
  labelledCount = 0;
}
