// A* from both ends with the bounds of landmarks (landmarks.ts). Both searches go by the same potential, half the bound of what is left less half the bound of
// what is behind, so that what is near for one is far for the other, and the searches can stop as soon as they may: when their least keys add up to the best
// path (Ikeda et al., "A fast algorithm for finding better routes by AI search techniques", VNIS 1994; Goldberg and Harrelson, SODA 2005).
//
// Bounds in units are not quite consistent: along a path they may drop by one unit more than it costs. And the heaps order by the f32 below the key. So a
// node may be taken again with a better distance, and the searches go on for a unit longer: the answer is exact. Where weights differ so much that nodes
// are taken again all the time, Dijkstra's algorithm takes over.
//
// What a search knows lies in scratch and stays there from query to query: a record counts only with the number of the running search in it.

import { scratch, scratchBack, scratchEnd } from "../../core/arena";
import { entry, fromOrderedBits, heapPop, heapPush, orderedBits } from "../../core/heap";
import { NO_MEMORY, NOT_FOUND } from "../../core/status";
import { room } from "./graph";
import { drop, push } from "./heap";
import { Header, header } from "./layout";

// A record, of 64 bytes, a cache line. By side, forward then backward: +0 f64 distance, +16 f64 bound of what is left, +32 u32 node before,
// +40 u32 arc, +48 f32 key in the heap; then +56 u32 number of the search.
const RECORD_SHIFT: usize = 6;
const REST: usize = 16;
const BEFORE: usize = 32;
const BY: usize = 40;
const KEY: usize = 48;
const SEARCH: usize = 56;
/** The key of a node that is not waiting: below all others. */
const DONE: f32 = -Infinity;
/** What stands in the place of a bound at a node that `dijkstra` is to reach. */
const MARKED: f64 = -2;

let records: usize = 0;
let path: usize = 0;
/** The heaps of the two sides. */
let heap: usize = 0;
let backHeap: usize = 0;
/** Entries that each heap has room for. */
let most: u32 = 0;
/** Where the working space of the searches ends. */
let end: u64 = 0;
let search: u32 = 0;
let answer: usize = 0;
/** Nodes that the last search took from its heaps. */
let taken: u32 = 0;
/** The rows of bounds of the two ends, and the bytes of a row for a direction. */
let goal: usize = 0;
let origin: usize = 0;
let lane: usize = 0;
/** The best path so far: what it costs, and a node on it that both sides know. */
let best: f64 = 0;
let middle: u32 = 0;
let targets: usize = 0;
let row: usize = 0;

/** The working space is no more: the state has changed under it. */
export function forget(): void {
  records = 0;
}

/** Takes the working space, unless it is there, for a new search. False if there is no memory. */
function ready(): bool {
  if (records != 0) {
    if (++search != 0) return true;
  } else {
    const h = header();
    const n = <u64>h.nodes;
    most = h.entries + h.nodes + 1;
    const bytes = (n + 1) << RECORD_SHIFT;
    const first: usize = bytes > 0xffff0000 ? 0 : scratch(<u32>bytes);
    path = room((n + 1) << 3);
    // Eight bytes an entry in A*; sixteen in Dijkstra's algorithm, which has no more than an entry an arc and one.
    heap = room((<u64>most) << 4);
    backHeap = heap + ((<usize>most) << 3);
    if (first == 0 || path == 0 || heap == 0) return false;
    records = first;
    end = scratchEnd();
  }
  memory.fill(records, 0, (<usize>header().nodes) << RECORD_SHIFT);
  search = 1;
  return true;
}

/** Makes a record new. */
function begin(r: usize): void {
  store<u32>(r, search, SEARCH);
  store<f64>(r, Infinity);
  store<f64>(r, Infinity, 8);
  store<f64>(r, 0, REST);
}

/** The record of a node in Dijkstra's algorithm, which uses the forward side and no bounds. */
function record(node: u32): usize {
  const r = records + ((<usize>node) << RECORD_SHIFT);
  if (load<u32>(r, SEARCH) != search) begin(r);
  return r;
}

/** The record of a node in A*, with what the ways from it to the goal, and from the origin to it, cost at least. */
function boundRecord(node: u32, h: Header): usize {
  const r = records + ((<usize>node) << RECORD_SHIFT);
  if (load<u32>(r, SEARCH) == search) return r;
  begin(r);
  const bytes = lane;
  const one = i16x8.splat(1);
  let t = one;
  let s = one;
  if (h.symmetric != 0) {
    const v = <usize>h.bounds + <usize>node * bytes;
    for (let i: usize = 0; i < bytes; i += 16) {
      const x = v128.load(v + i);
      t = i16x8.max_s(t, i16x8.abs(i16x8.sub(x, v128.load(goal + i))));
      s = i16x8.max_s(s, i16x8.abs(i16x8.sub(x, v128.load(origin + i))));
    }
  } else {
    const v = <usize>h.bounds + <usize>node * (bytes << 1);
    for (let i: usize = 0; i < bytes; i += 16) {
      const x = v128.load(v + i);
      const y = v128.load(v + bytes + i);
      t = i16x8.max_s(t, i16x8.max_s(i16x8.sub(v128.load(goal + i), x), i16x8.sub(y, v128.load(goal + bytes + i))));
      s = i16x8.max_s(s, i16x8.max_s(i16x8.sub(x, v128.load(origin + i)), i16x8.sub(v128.load(origin + bytes + i), y)));
    }
  }
  // The largest of each eight: both at once.
  let m = i16x8.max_s(v128.shuffle<i16>(t, s, 0, 1, 2, 3, 8, 9, 10, 11), v128.shuffle<i16>(t, s, 4, 5, 6, 7, 12, 13, 14, 15));
  m = i16x8.max_s(m, v128.shuffle<i16>(m, m, 2, 3, 0, 1, 6, 7, 4, 5));
  m = i16x8.max_s(m, v128.shuffle<i16>(m, m, 1, 0, 3, 2, 5, 4, 7, 6));
  store<f64>(r, <f64>(i16x8.extract_lane_s(m, 0) - 1) * h.unit, REST);
  store<f64>(r, <f64>(i16x8.extract_lane_s(m, 4) - 1) * h.unit, REST + 8);
  return r;
}

/** The largest f32 that is not above x. */
function below(x: f64): f32 {
  const near = <f32>x;
  return <f64>near > x ? fromOrderedBits(orderedBits(near) - 1) : near;
}

/** What a heap goes by: the distance from the side's end, and its half of the potential. */
function keyOf(r: usize, side: usize, distance: f64): f32 {
  return below(distance + 0.5 * (load<f64>(r + side, REST) - load<f64>(r + (side ^ 8), REST)));
}

/** The least key of a heap that is not empty. */
function least(top: usize): f32 {
  return fromOrderedBits(load<u32>(top, 4));
}

/**
 * Finds the cheapest path between two nodes, both by rank: `best` and `middle`; the two ways are in the records.
 * @returns false if the searches came back to nodes too often
 */
function aStar(from: u32, to: u32): bool {
  const h = header();
  // A unit, and a little more for the rounding of keys.
  const slack = 1.0625 * h.unit;
  lane = (<usize>h.lanes) << 1;
  const stride = h.symmetric != 0 ? lane : lane << 1;
  origin = <usize>h.bounds + <usize>from * stride;
  goal = <usize>h.bounds + <usize>to * stride;
  const budget = 4 * <u64>most;
  best = Infinity;
  middle = from;
  taken = 0;
  const start = boundRecord(from, h);
  const finish = boundRecord(to, h);
  store<f64>(start, 0);
  store<f64>(finish, 0, 8);
  if (from == to) {
    best = 0;
    return true;
  }
  store<f32>(start, keyOf(start, 0, 0), KEY);
  store<f32>(finish, keyOf(finish, 8, 0), KEY + 4);
  heapPush(heap, 0, entry(load<f32>(start, KEY), from));
  heapPush(backHeap, 0, entry(load<f32>(finish, KEY + 4), to));
  let ahead: u32 = 1;
  let back: u32 = 1;
  while (ahead > 0 && back > 0) {
    const forward = ahead <= back;
    const top = forward ? heap : backHeap;
    const side: usize = forward ? 0 : 8;
    const half = side >> 1;
    let waiting = forward ? ahead : back;
    const key = least(top);
    if (<f64>least(heap) + <f64>least(backHeap) >= best + slack) break;
    const node = <u32>heapPop(top, waiting);
    waiting--;
    const r = records + ((<usize>node) << RECORD_SHIFT);
    // An entry above the node's key is from before it was found to be nearer.
    if (key <= load<f32>(r + half, KEY)) {
      store<f32>(r + half, DONE, KEY);
      const distance = load<f64>(r + side);
      if (distance + load<f64>(r + side, REST) < best) {
        taken++;
        if (<u64>taken > budget) return false;
        const row = (<usize>node) << 2;
        const offsets = forward ? <usize>h.offsets : <usize>h.inOffsets;
        const links = forward ? <usize>h.links : <usize>h.inLinks;
        let a = load<u32>(offsets + row);
        const last = load<u32>(offsets + row, 4);
        for (; a < last; a++) {
          const link = links + ((<usize>a) << 3);
          const other = load<u32>(link);
          const next = distance + <f64>load<f32>(link, 4);
          const there = boundRecord(other, h);
          if (next >= load<f64>(there + side)) continue;
          store<f64>(there + side, next);
          store<u32>(there + half, node, BEFORE);
          store<u32>(there + half, a, BY);
          const sum = next + load<f64>(there + (side ^ 8));
          if (sum < best) {
            best = sum;
            middle = other;
          }
          if (next + load<f64>(there + side, REST) >= best) continue;
          const nextKey = keyOf(there, side, next);
          store<f32>(there + half, nextKey, KEY);
          if (waiting == most) return false;
          heapPush(top, waiting, entry(nextKey, other));
          waiting++;
        }
      }
    }
    if (forward) ahead = waiting;
    else back = waiting;
  }
  return true;
}

/**
 * Dijkstra's algorithm from a node, by rank, until `left` nodes that are marked are settled. Where there was no way their distance stays Infinity.
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
    if (load<f64>(r, REST) == MARKED) {
      store<f64>(r, 0, REST);
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
      store<u32>(there, node, BEFORE);
      store<u32>(there, a, BY);
      push(heap, waiting, next, other);
      waiting++;
    }
  }
}

/** Marks a node as one that `dijkstra` is to reach. @returns 1 if it was not marked yet */
function mark(node: u32): u32 {
  const r = record(node);
  if (load<f64>(r, REST) == MARKED) return 0;
  store<f64>(r, MARKED, REST);
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
  if (aStar(source, target)) return best;
  if (!ready()) return -1;
  dijkstra(source, mark(target));
  middle = target;
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
  const target = rank(to);
  // The way there is found from its end, the way on from its beginning; each is simple.
  const half = path + ((<usize>h.nodes) << 2);
  let at = half;
  for (let node = middle; node != source; ) {
    const r = records + ((<usize>node) << RECORD_SHIFT);
    at -= 4;
    store<u32>(at, load<u32>(<usize>h.ids + ((<usize>load<u32>(r, BY)) << 2)));
    node = load<u32>(r, BEFORE);
  }
  answer = at;
  at = half;
  for (let node = middle; node != target; at += 4) {
    const r = records + ((<usize>node) << RECORD_SHIFT);
    store<u32>(at, load<u32>(<usize>h.inIds + ((<usize>load<u32>(r, BY + 4)) << 2)));
    node = load<u32>(r, BEFORE + 4);
  }
  return <i32>((at - answer) >> 2);
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
