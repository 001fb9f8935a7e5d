// A* with the bounds of landmarks (landmarks.ts) as what is left to go: nodes are taken by distance so far plus bound, until none that is left can lead to a
// cheaper path. Bounds in units are not quite consistent, and the heap orders by the f32 below the sum: so a node may be taken again with a better
// distance, which keeps the answer exact. Where weights differ so much that this happens all the time, plain Dijkstra takes over.
//
// What a search knows lies in scratch and stays there from query to query: a record counts only with the number of the running search in it.

import { scratch, scratchBack, scratchEnd } from "../../core/arena";
import { entry, fromOrderedBits, heapPop, heapPush } from "../../core/heap";
import { NO_MEMORY, NOT_FOUND } from "../../core/status";
import { room } from "./graph";
import { below, drop, push } from "./heap";
import { header } from "./layout";

/** A record: +0 f64 distance, +8 f64 bound of what is left, +16 u32 number of the search, +20 u32 node before, +24 u32 arc, +28 f32 key in the heap. */
const RECORD_SHIFT: usize = 5;
/** The key of a node that is not waiting: below all others. */
const DONE: f32 = -1;

let records: usize = 0;
let path: usize = 0;
let heap: usize = 0;
/** Entries that the heap has room for. */
let most: u32 = 0;
/** Where the working space of the searches ends. */
let end: u64 = 0;
let search: u32 = 0;
let answer: usize = 0;
/** Nodes that the last search took from its heap. */
let taken: u32 = 0;
let targets: usize = 0;
let row: usize = 0;

/** The working space is no more: the state has changed under it. */
export function forget(): void {
  records = 0;
}

/** Takes the working space, unless it is there. False if there is no memory. */
function ready(): bool {
  if (records != 0) {
    if (++search != 0) return true;
  } else {
    const h = header();
    const n = <u64>h.nodes;
    most = h.entries + h.nodes + 1;
    const bytes = (n + 1) << RECORD_SHIFT;
    const first: usize = bytes > 0xffff0000 ? 0 : scratch(<u32>bytes);
    path = room((n + 1) << 2);
    // Eight bytes an entry in A*, sixteen in Dijkstra's algorithm, which has no more than an entry an arc and one.
    heap = room(max<u64>((<u64>most) << 3, (<u64>h.entries + 1) << 4));
    if (first == 0 || path == 0 || heap == 0) return false;
    records = first;
    end = scratchEnd();
  }
  memory.fill(records, 0, (<usize>header().nodes) << RECORD_SHIFT);
  search = 1;
  return true;
}

/** The record of a node, made new if this search has not met it. */
function record(node: u32): usize {
  const r = records + ((<usize>node) << RECORD_SHIFT);
  if (load<u32>(r, 16) != search) {
    store<u32>(r, search, 16);
    store<f64>(r, Infinity);
    store<f64>(r, -1, 8);
  }
  return r;
}

/** The largest value of eight. */
function largest(v: v128): i32 {
  let m = i16x8.max_s(v, v128.shuffle<i16>(v, v, 4, 5, 6, 7, 0, 1, 2, 3));
  m = i16x8.max_s(m, v128.shuffle<i16>(m, m, 2, 3, 0, 1, 6, 7, 4, 5));
  m = i16x8.max_s(m, v128.shuffle<i16>(m, m, 1, 0, 3, 2, 5, 4, 7, 6));
  return i16x8.extract_lane_s(m, 0);
}

/** What the way from a node to the target costs at least; both are given by their rows of bounds. */
function bound(v: usize, t: usize, bytes: usize, isSymmetric: bool, unit: f64): f64 {
  let m = i16x8.splat(1);
  if (isSymmetric) {
    for (let i: usize = 0; i < bytes; i += 16) {
      m = i16x8.max_s(m, i16x8.abs(i16x8.sub(v128.load(v + i), v128.load(t + i))));
    }
  } else {
    for (let i: usize = 0; i < bytes; i += 16) {
      m = i16x8.max_s(m, i16x8.sub(v128.load(t + i), v128.load(v + i)));
      m = i16x8.max_s(m, i16x8.sub(v128.load(v + bytes + i), v128.load(t + bytes + i)));
    }
  }
  return <f64>(largest(m) - 1) * unit;
}

/**
 * Finds the distance to node `to`, both by rank; the way is in the records.
 * @returns Infinity if there is no path, -1 if the search came back to nodes too often
 */
function aStar(from: u32, to: u32): f64 {
  const h = header();
  const offsets = <usize>h.offsets;
  const links = <usize>h.links;
  const isSymmetric = h.symmetric != 0;
  const unit = h.unit;
  const bytes = (<usize>h.lanes) << 1;
  const stride = isSymmetric ? bytes : bytes << 1;
  const bounds = <usize>h.bounds;
  const goal = bounds + <usize>to * stride;
  const start = record(from);
  const finish = record(to);
  const budget = 4 * <u64>most;
  store<f64>(start, 0);
  store<f32>(start, 0, 28);
  heapPush(heap, 0, entry(0, from));
  let waiting: u32 = 1;
  taken = 0;
  while (waiting > 0) {
    const e = heapPop(heap, waiting);
    waiting--;
    const key = fromOrderedBits(<u32>(e >> 32));
    if (<f64>key >= load<f64>(finish)) break;
    const node = <u32>e;
    const r = records + ((<usize>node) << RECORD_SHIFT);
    // An entry above the node's key is from before it was found to be nearer; one that is done has none.
    if (key > load<f32>(r, 28)) continue;
    store<f32>(r, DONE, 28);
    taken++;
    if (<u64>taken > budget) return -1;
    const distance = load<f64>(r);
    const row = offsets + ((<usize>node) << 2);
    const last = load<u32>(row, 4);
    for (let a = load<u32>(row); a < last; a++) {
      const link = links + ((<usize>a) << 3);
      const other = load<u32>(link);
      const next = distance + <f64>load<f32>(link, 4);
      const there = record(other);
      if (next >= load<f64>(there)) continue;
      let rest = load<f64>(there, 8);
      if (rest < 0) {
        rest = bound(bounds + <usize>other * stride, goal, bytes, isSymmetric, unit);
        store<f64>(there, rest, 8);
      }
      const whole = next + rest;
      store<f64>(there, next);
      store<u32>(there, node, 20);
      store<u32>(there, a, 24);
      if (whole >= load<f64>(finish)) continue;
      const nextKey = below(whole);
      store<f32>(there, nextKey, 28);
      if (waiting == most) return -1;
      heapPush(heap, waiting, entry(nextKey, other));
      waiting++;
    }
  }
  return load<f64>(finish);
}

/**
 * Dijkstra's algorithm from a node, by rank, until `left` nodes that are marked with a bound of -2 are settled.
 * Their bound is then 0, whatever the search came to; where there was no way their distance stays Infinity.
 */
function dijkstra(from: u32, left: u32): void {
  const h = header();
  const offsets = <usize>h.offsets;
  const links = <usize>h.links;
  store<f64>(record(from), 0);
  push(heap, 0, 0, from);
  let waiting: u32 = 1;
  while (waiting > 0) {
    const distance = load<f64>(heap);
    const node = load<u32>(heap, 8);
    drop(heap, waiting);
    waiting--;
    const r = records + ((<usize>node) << RECORD_SHIFT);
    if (distance > load<f64>(r)) continue;
    if (load<f64>(r, 8) == -2) {
      store<f64>(r, 0, 8);
      if (--left == 0) return;
    }
    const row = offsets + ((<usize>node) << 2);
    const last = load<u32>(row, 4);
    for (let a = load<u32>(row); a < last; a++) {
      const link = links + ((<usize>a) << 3);
      const other = load<u32>(link);
      const next = distance + <f64>load<f32>(link, 4);
      const there = record(other);
      if (next >= load<f64>(there)) continue;
      store<f64>(there, next);
      store<u32>(there, node, 20);
      store<u32>(there, a, 24);
      push(heap, waiting, next, other);
      waiting++;
    }
  }
}

/** Marks a node as one that `dijkstra` is to reach. @returns 1 if it was not marked yet */
function mark(node: u32): u32 {
  const r = record(node);
  if (load<f64>(r, 8) == -2) return 0;
  store<f64>(r, -2, 8);
  return 1;
}

function rank(node: u32): u32 {
  return load<u32>(<usize>header().ranks + ((<usize>node) << 2));
}

/** What the cheapest path costs, Infinity if there is none, -1 if there is no memory. */
export function landmarkDistance(from: u32, to: u32): f64 {
  if (!ready()) return -1;
  const source = rank(from);
  const target = rank(to);
  const found = aStar(source, target);
  if (found >= 0) return found;
  if (!ready()) return -1;
  dijkstra(source, mark(target));
  return load<f64>(record(target));
}

/**
 * The arcs of a cheapest path, at `found()`.
 * @returns how many, NOT_FOUND if there is no path, or NO_MEMORY
 */
export function landmarkRoute(from: u32, to: u32): i32 {
  const distance = landmarkDistance(from, to);
  if (distance < 0) return NO_MEMORY;
  if (distance == Infinity) return NOT_FOUND;
  const h = header();
  const source = rank(from);
  let at = path + ((<usize>h.nodes) << 2);
  let count: i32 = 0;
  for (let node = rank(to); node != source; count++) {
    const r = records + ((<usize>node) << RECORD_SHIFT);
    at -= 4;
    store<u32>(at, load<u32>(<usize>h.ids + ((<usize>load<u32>(r, 24)) << 2)));
    node = load<u32>(r, 20);
  }
  answer = at;
  return count;
}

/** Address of the last route's arcs, u32. */
export function found(): usize {
  return answer;
}

/** Nodes that the last A* search took from its heap. */
export function searched(): u32 {
  return taken;
}

/** Room for `n` targets, u32, and a row of their distances. @returns the targets' address, or 0 */
export function spanTargets(n: u32): usize {
  if (!ready()) return 0;
  scratchBack(end);
  targets = room((<u64>n) << 2);
  row = room((<u64>n) << 3);
  return row == 0 ? 0 : targets;
}

/** The distances from a node to the `n` targets. @returns the address of the row, f64, or 0. O(arcs log arcs), less where they are near. */
export function spanRow(from: u32, n: u32): usize {
  if (!ready()) return 0;
  let left: u32 = 0;
  for (let i: u32 = 0; i < n; i++) left += mark(rank(load<u32>(targets + ((<usize>i) << 2))));
  dijkstra(rank(from), left);
  for (let i: u32 = 0; i < n; i++) {
    const r = records + ((<usize>rank(load<u32>(targets + ((<usize>i) << 2)))) << RECORD_SHIFT);
    store<f64>(row + ((<usize>i) << 3), load<f64>(r));
  }
  return row;
}
