// The working space of a search, in SCRATCH: for each direction a heap, and one trail, on which every improvement of a node's distance leaves
// an entry. The trail says which nodes must be put back after the search, and how each was reached: a path is read from it alone.
//
//   trail entry, 16 bytes: u32 unit of the node, u32 entry of the node before, u32 number of the arc from there, u32 spare
//   heap entry: the f32 not above the distance in the upper half, the trail entry in the lower: old if it is not the node's latest.
//
// Entry 0 is not used: a node whose entry is 0 has not been reached.

import { scratch, scratchMore } from "../../core/arena";
import { heapPop, heapPush } from "../../core/heap";
import { addressOf } from "./layout";

/** Directions; a direction's fields of a block are at `dir << 3` and 16 + `dir << 2`. */
export const FROM: u32 = 0;
export const TO: u32 = 1;

const ROOM: u32 = 4096;
let room: u32 = 0;
export let trail: usize = 0;
let heaps0: usize = 0;
let heaps1: usize = 0;
/** Entries on the trail, the unused one included. */
export let trailEnd: u32 = 1;
/** Entries in the heaps. */
export let waiting0: u32 = 0;
export let waiting1: u32 = 0;
/** Nodes settled by the last search. */
export let settled: u32 = 0;

/** Starts a query's search. @param fresh whether the query has taken no working space yet. @returns false without memory */
export function startTrail(fresh: bool): bool {
  room = ROOM;
  trail = fresh ? scratch(ROOM << 5) : scratchMore(ROOM << 5);
  if (trail == 0) return false;
  heaps0 = trail + ((<usize>ROOM) << 4);
  heaps1 = heaps0 + ((<usize>ROOM) << 3);
  clearTrail();
  return true;
}

/** Forgets the last search, which has been undone. */
export function clearTrail(): void {
  trailEnd = 1;
  waiting0 = 0;
  waiting1 = 0;
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
  const place = want < 1 << 27 ? scratchMore((<u32>want) << 5) : 0;
  if (place == 0) return false;
  const first = place + ((<usize>want) << 4);
  const second = first + ((<usize>want) << 3);
  memory.copy(place, trail, (<usize>trailEnd) << 4);
  memory.copy(first, heaps0, (<usize>waiting0) << 3);
  memory.copy(second, heaps1, (<usize>waiting1) << 3);
  trail = place;
  heaps0 = first;
  heaps1 = second;
  room = <u32>want;
  return true;
}

/** Notes that the node of `unit` can be reached at `distance` over an arc from trail entry `before`. Room is there. */
export function reach(dir: u32, unit: u32, distance: f64, before: u32, arc: u32): void {
  const entry = trailEnd++;
  const t = trail + ((<usize>entry) << 4);
  store<u32>(t, unit);
  store<u32>(t, before, 4);
  store<u32>(t, arc, 8);
  const block = addressOf(unit);
  store<f64>(block + ((<usize>dir) << 3), distance);
  store<u32>(block + ((<usize>dir) << 2), entry, 16);
  const e = ((<u64>reinterpret<u32>(below(distance))) << 32) | <u64>entry;
  if (dir == FROM) heapPush(heaps0, waiting0++, e);
  else heapPush(heaps1, waiting1++, e);
}

/** The least entry of a direction's heap, u64.MAX_VALUE if there is none. */
export function least(dir: u32): u64 {
  if (dir == FROM) return waiting0 > 0 ? load<u64>(heaps0) : u64.MAX_VALUE;
  return waiting1 > 0 ? load<u64>(heaps1) : u64.MAX_VALUE;
}

/** Takes it out. */
export function drop(dir: u32): void {
  if (dir == FROM) heapPop(heaps0, waiting0--);
  else heapPop(heaps1, waiting1--);
}

/** What a heap entry's distance is at least. */
export function keyOf(e: u64): f64 {
  return e == u64.MAX_VALUE ? Infinity : <f64>reinterpret<f32>(<u32>(e >> 32));
}

/** The unit of a trail entry. */
export function unitAt(entry: u32): u32 {
  return load<u32>(trail + ((<usize>entry) << 4));
}

/** The trail entry before. */
export function beforeOf(entry: u32): u32 {
  return load<u32>(trail + ((<usize>entry) << 4), 4);
}

/** The number of the arc from the entry before. */
export function arcOf(entry: u32): u32 {
  return load<u32>(trail + ((<usize>entry) << 4), 8);
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
  return <f64>near > x ? reinterpret<f32>(reinterpret<u32>(near) - 1) : near;
}
