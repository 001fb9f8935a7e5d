// The working space of a search, in SCRATCH: a heap, which holds the searches of both directions, and a trail, on which every improvement of
// a node's distance leaves an entry. The trail says which nodes must be put back after the search, and how each was reached: a path is
// read from it alone.
//
//   trail entry, 16 bytes: u32 unit of the node, u32 direction, u32 entry of the node before, u32 number of the arc from there
//   heap entry: the f32 not above the distance in the upper half, the trail entry in the lower: old if it is not the node's latest
//
// Entry 0 is not used: a node whose entry is 0 has not been reached.
//
// The heap is a 4-ary one as in core/heap.ts, but no branch depends on how its entries compare: a search of a road network takes a few
// hundred entries out and lives on not guessing wrong. To that end slots after the last entry, to the end of its group of four, hold the
// largest key; and what replaces the top goes down to a leaf first and up from there.

import { scratch, scratchMore } from "../../core/arena";
import { addressOf } from "./layout";

/** Directions; a direction's fields of a block are at `dir << 3` and 16 + `dir << 2`. */
export const FROM: u32 = 0;
export const TO: u32 = 1;

const ROOM: u32 = 4096;
const LARGEST: u64 = 0xffffffffffffffff;
let room: u32 = 0;
let trail: usize = 0;
let heap: usize = 0;
/** Address of a list of as many u32 as the trail has room for: arcs to be followed. */
export let arcsAhead: usize = 0;
/** Entries on the trail, the unused one included. */
let trailEnd: u32 = 1;
/** Entries in the heap. */
export let waiting: u32 = 0;
/** Nodes settled by the last search. */
export let settled: u32 = 0;

/** Starts a query's search. @param fresh whether the query has taken no working space yet. @returns false without memory */
export function startTrail(fresh: bool): bool {
  room = ROOM;
  const bytes = spaceOf(ROOM);
  trail = fresh ? scratch(bytes) : scratchMore(bytes);
  if (trail == 0) return false;
  arcsAhead = trail + ((<usize>ROOM) << 4);
  heap = arcsAhead + ((<usize>ROOM) << 2);
  clearTrail();
  return true;
}

/** Forgets the last search, which has been undone. */
export function clearTrail(): void {
  trailEnd = 1;
  waiting = 0;
  settled = 0;
}

/** Counts a node as settled. */
export function settle(): void {
  settled++;
}

/** Makes sure that `n` more entries fit. @returns false without memory */
export function ensure(n: u32): bool {
  return trailEnd + n <= room || more(n);
}

function more(n: u32): bool {
  const least = <u64>trailEnd + <u64>n;
  let want = (<u64>room) << 1;
  while (want < least) want <<= 1;
  const place = want < 1 << 27 ? scratchMore(spaceOf(<u32>want)) : 0;
  if (place == 0) return false;
  arcsAhead = place + ((<usize>want) << 4);
  const other = arcsAhead + ((<usize>want) << 2);
  memory.copy(place, trail, (<usize>trailEnd) << 4);
  memory.copy(other, heap, ((<usize>waiting) << 3) + 32);
  trail = place;
  heap = other;
  room = <u32>want;
  return true;
}

/** Bytes of a trail, a list of arcs and a heap, with the rest of its last group. */
function spaceOf(entries: u32): u32 {
  return entries * 28 + 32;
}

/** Notes that the node of `unit` can be reached at `distance` over an arc from trail entry `before`. Room is there. */
export function reach(dir: u32, unit: u32, distance: f64, before: u32, arc: u32): void {
  const entry = trailEnd++;
  const t = trail + ((<usize>entry) << 4);
  store<u64>(t, ((<u64>dir) << 32) | <u64>unit);
  store<u64>(t, ((<u64>arc) << 32) | <u64>before, 8);
  const block = addressOf(unit);
  store<f64>(block + ((<usize>dir) << 3), distance);
  store<u32>(block + ((<usize>dir) << 2), entry, 16);
  const i = waiting++;
  if ((i & 3) == 1) {
    // The first of a group.
    const p = heap + ((<usize>i) << 3);
    store<u64>(p, LARGEST, 8);
    store<u64>(p, LARGEST, 16);
    store<u64>(p, LARGEST, 24);
  }
  raise(i, ((<u64>reinterpret<u32>(below(distance))) << 32) | <u64>entry);
}

/** The least entry of the heap, which is not empty. */
export function least(): u64 {
  return load<u64>(heap);
}

/** Takes it out. */
export function drop(): void {
  const n = --waiting;
  const end = heap + ((<usize>n) << 3);
  const last = load<u64>(end);
  store<u64>(end, LARGEST);
  if (n == 0) return;
  let i: u32 = 0;
  for (let c: u32 = 1; c < n; c = (i << 2) + 1) {
    const p = heap + ((<usize>c) << 3);
    const k0 = load<u64>(p);
    const k1 = load<u64>(p, 8);
    const k2 = load<u64>(p, 16);
    const k3 = load<u64>(p, 24);
    const left = select<u64>(k1, k0, k1 < k0);
    const right = select<u64>(k3, k2, k3 < k2);
    const leftAt = select<u32>(c + 1, c, k1 < k0);
    const rightAt = select<u32>(c + 3, c + 2, k3 < k2);
    store<u64>(heap + ((<usize>i) << 3), select<u64>(right, left, right < left));
    i = select<u32>(rightAt, leftAt, right < left);
  }
  raise(i, last);
}

/** Puts an entry into slot i or, moving those before it down, above. */
function raise(i: u32, e: u64): void {
  while (i > 0) {
    const parent = (i - 1) >> 2;
    const p = load<u64>(heap + ((<usize>parent) << 3));
    if (p <= e) break;
    store<u64>(heap + ((<usize>i) << 3), p);
    i = parent;
  }
  store<u64>(heap + ((<usize>i) << 3), e);
}

/** What the distance of a heap entry is at least. */
export function keyOf(e: u64): f64 {
  return <f64>reinterpret<f32>(<u32>(e >> 32));
}

/** The unit of a trail entry. */
export function unitAt(entry: u32): u32 {
  return load<u32>(trail + ((<usize>entry) << 4));
}

/** The direction of a trail entry. */
export function directionOf(entry: u32): u32 {
  return load<u32>(trail + ((<usize>entry) << 4), 4);
}

/** The trail entry before. */
export function beforeOf(entry: u32): u32 {
  return load<u32>(trail + ((<usize>entry) << 4), 8);
}

/** The number of the arc from the entry before. */
export function arcOf(entry: u32): u32 {
  return load<u32>(trail + ((<usize>entry) << 4), 12);
}

/** Puts back the distances of all nodes on the trail. */
export function undoTrail(): void {
  const none = f64x2.splat(Infinity);
  const end = trail + ((<usize>trailEnd) << 4);
  for (let t = trail + 16; t < end; t += 16) {
    const block = addressOf(load<u32>(t));
    v128.store(block, none);
    store<u64>(block, 0, 16);
  }
}

/** The largest f32 that is not above x >= 0. */
function below(x: f64): f32 {
  const near = <f32>x;
  return reinterpret<f32>(reinterpret<u32>(near) - select<u32>(1, 0, <f64>near > x));
}
