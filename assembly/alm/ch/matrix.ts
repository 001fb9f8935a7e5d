// All distances between two lists of nodes (Knopp, Sanders, Schultes, Schulz and Wagner, "Computing many-to-many shortest paths using highway
// hierarchies", ALENEX 2007): the search up from each target leaves its distance in a bucket at every node that it settles, the search
// up from each source reads the buckets it comes by. Only the searches from the sources cross the core.

import { scratchMore } from "../../core/arena";
import { addressOf, BACKWARD, BLOCK_BYTES, coreEnd, FORWARD, UNIT, unitOf } from "./layout";
import { stalled } from "./search";
import { clearTrail, drop, ensure, FROM, least, reach, settle, startTrail, TO, undoTrail, unitAt, waiting } from "./trail";

// A bucket's entry, 24 bytes: u32 address of the next one, u32 number of the target, f64 distance, u32 address of the block, u32 address
// of the entry made before. The first one's address is in the block.
const CHUNK: u32 = 24 << 12;
let made: usize = 0;
let room: usize = 0;
let roomEnd: usize = 0;

/**
 * The matrix, row by row: f64[sources * targets]. O(what the searches settle + what the buckets hold).
 * @param lists address of `sourceCount` sources, then `targetCount` targets
 * @returns its address, 0 without memory
 */
export function matrix(lists: usize, sourceCount: u32, targetCount: u32): usize {
  const cells = <u64>sourceCount * <u64>targetCount;
  if (cells >= 1 << 28) return 0;
  const table = scratchMore((<u32>cells) << 3);
  if (table == 0 || !startTrail(false)) return 0;
  made = 0;
  room = 0;
  roomEnd = 0;
  const targets = lists + ((<usize>sourceCount) << 2);
  let done: bool = true;
  for (let t: u32 = 0; done && t < targetCount; t++) done = fill(unitOf(load<u32>(targets + ((<usize>t) << 2))), t);
  for (let s: u32 = 0; done && s < sourceCount; s++) {
    const row = table + ((<usize>s * <usize>targetCount) << 3);
    for (let t: u32 = 0; t < targetCount; t++) store<f64>(row + ((<usize>t) << 3), Infinity);
    done = scan(unitOf(load<u32>(lists + ((<usize>s) << 2))), row);
  }
  for (let b = made; b != 0; b = <usize>load<u32>(b, 20)) store<u32>(<usize>load<u32>(b, 16), 0, 28);
  return done ? table : 0;
}

/** Leaves the distances to target number t in the buckets of the nodes above it. */
function fill(unit: u32, t: u32): bool {
  clearTrail();
  reach(TO, unit, 0, 0, 0);
  const core = coreEnd();
  let done: bool = true;
  while (done && waiting > 0) {
    const e = least();
    drop();
    const u = unitAt(<u32>e);
    const block = addressOf(u);
    if (load<u32>(block, 20) != <u32>e) continue;
    settle();
    const distance = load<f64>(block, 8);
    const count = load<u32>(block, 24);
    const first = block + <usize>BLOCK_BYTES;
    const end = first + ((<usize>count) << 4);
    if (u >= core && stalled(first, end, FORWARD, 8, distance)) continue;
    done = leave(block, t, distance);
    if (u < core || !done) continue;
    done = ensure(count);
    if (done) climb(TO, BACKWARD, <u32>e, first, end, distance);
  }
  undoTrail();
  return done;
}

/** Reads the buckets of the nodes above a source into its row. */
function scan(unit: u32, row: usize): bool {
  clearTrail();
  reach(FROM, unit, 0, 0, 0);
  const core = coreEnd();
  let done: bool = true;
  while (done && waiting > 0) {
    const e = least();
    drop();
    const u = unitAt(<u32>e);
    const block = addressOf(u);
    if (load<u32>(block, 16) != <u32>e) continue;
    settle();
    const distance = load<f64>(block);
    const count = load<u32>(block, 24);
    const first = block + <usize>BLOCK_BYTES;
    const end = first + ((<usize>count) << 4);
    if (u >= core && stalled(first, end, BACKWARD, 0, distance)) continue;
    for (let b = <usize>load<u32>(block, 28); b != 0; b = <usize>load<u32>(b)) {
      const cell = row + ((<usize>load<u32>(b, 4)) << 3);
      const whole = distance + load<f64>(b, 8);
      if (whole < load<f64>(cell)) store<f64>(cell, whole);
    }
    done = ensure(count);
    if (done) climb(FROM, FORWARD, <u32>e, first, end, distance);
  }
  undoTrail();
  return done;
}

function climb(dir: u32, up: u32, entry: u32, first: usize, end: usize, distance: f64): void {
  for (let a = first; a < end; a += 16) {
    const head = load<u32>(a);
    if ((head & up) == 0) continue;
    const next = distance + load<f64>(a, 8);
    const other = head & UNIT;
    if (next < load<f64>(addressOf(other) + ((<usize>dir) << 3))) reach(dir, other, next, entry, 0);
  }
}

/** Puts a distance into a node's bucket. @returns false without memory */
function leave(block: usize, target: u32, distance: f64): bool {
  if (room == roomEnd) {
    room = scratchMore(CHUNK);
    roomEnd = room + <usize>CHUNK;
    if (room == 0) {
      roomEnd = 0;
      return false;
    }
  }
  const b = room;
  room += 24;
  store<u32>(b, load<u32>(block, 28));
  store<u32>(b, target, 4);
  store<f64>(b, distance, 8);
  store<u32>(b, <u32>block, 16);
  store<u32>(b, <u32>made, 20);
  store<u32>(block, <u32>b, 28);
  made = b;
  return true;
}
