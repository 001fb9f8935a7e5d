// The hub index finds an edge between two hubs, a node with more than HUB_SLOTS out-slots and one with more than HUB_SLOTS in-slots,
// in O(1). Every other edge is found by a scan of the shorter of the two blocks, which is at most HUB_SLOTS long.
//
// An entry is a u64, (from + 1) << 32 | slot in the out-block of `from`, or 0: target and type are read from the block, which is
// where the caller goes next anyway. Open addressing, linear probing, at most three quarters full, deletion by moving
// back what follows (Knuth, vol. 3, 6.4, algorithm R), so there are no tombstones.

import { alloc, free } from "../core/arena";
import { hashPair } from "../core/hash";
import { header, OUT, Side, side } from "./layout";

/** A block with more slots than this makes a hub. */
export const HUB_SLOTS: u32 = 128;

const LEAST_ENTRIES: u32 = 128;

/** Whether the edges from this out-side to this in-side are in the index. */
export function isHubEdge(from: Side, to: Side): bool {
  return from.cap > HUB_SLOTS && to.cap > HUB_SLOTS;
}

/** Slot of the edge in the out-block of `from`, or -1. Both ends are hubs. O(1) expected. */
export function hubFind(from: u32, to: u32, type: u32): i32 {
  const h = header();
  if (h.hubCap == 0) return -1;
  const mask = h.hubCap - 1;
  const s = side(from, OUT);
  let i = home(from, to, type);
  while (true) {
    const e = load<u64>(at(i));
    if (e == 0) return -1;
    const slot = <u32>e;
    if (<u32>(e >> 32) == from + 1 && load<u32>(s.id(slot)) == to && <u32>load<u8>(s.type(slot)) == type) return <i32>slot;
    i = (i + 1) & mask;
  }
}

/** Loads the entry where a search for the edge begins. */
export function hubTouch(from: u32, to: u32, type: u32): u32 {
  return header().hubCap == 0 ? 0 : load<u32>(at(home(from, to, type)));
}

/** Makes room for `more` entries. False if there is no memory; what can be found is as before in either case. */
export function hubRoom(more: u32): bool {
  const h = header();
  const want = <u64>h.hubCount + <u64>more;
  let cap = max<u32>(h.hubCap, LEAST_ENTRIES);
  while (want * 4 > <u64>cap * 3) {
    if (cap >= 0x10000000) return false;
    cap <<= 1;
  }
  if (cap == h.hubCap) return true;
  const table = alloc(cap << 3);
  if (table == 0) return false;
  const old = <usize>h.hubs;
  const oldCap = h.hubCap;
  h.hubs = <u32>table;
  h.hubCap = cap;
  for (let i: u32 = 0; i < oldCap; i++) {
    const e = load<u64>(old + ((<usize>i) << 3));
    if (e != 0) place(e, homeOf(e));
  }
  free(old, oldCap << 3);
  return true;
}

/** Adds an edge that is not there; `hubRoom` was called. */
export function hubAdd(from: u32, to: u32, type: u32, slot: u32): void {
  place(entryOf(from, slot), home(from, to, type));
  header().hubCount++;
}

/** Tells the index that an edge's slot has changed. */
export function hubMove(from: u32, to: u32, type: u32, oldSlot: u32, newSlot: u32): void {
  store<u64>(at(position(from, to, type, oldSlot)), entryOf(from, newSlot));
}

/** Takes an edge out. All blocks must still be as the index describes them. */
export function hubRemove(from: u32, to: u32, type: u32, slot: u32): void {
  const h = header();
  h.hubCount--;
  if (h.hubCount == 0) {
    free(<usize>h.hubs, h.hubCap << 3);
    h.hubs = 0;
    h.hubCap = 0;
    return;
  }
  const mask = h.hubCap - 1;
  let hole = position(from, to, type, slot);
  let i = hole;
  while (true) {
    i = (i + 1) & mask;
    const e = load<u64>(at(i));
    if (e == 0) break;
    // An entry may move back to the hole unless its home lies between the hole and itself.
    if (((i - homeOf(e)) & mask) >= ((i - hole) & mask)) {
      store<u64>(at(hole), e);
      hole = i;
    }
  }
  store<u64>(at(hole), 0);
}

/** Of the edges of a node's side that becomes or ceases to be a hub, how many lead to a hub on the other side. O(degree). */
export function hubEdges(node: u32, direction: u32): u32 {
  const s = side(node, direction);
  let n: u32 = 0;
  for (let i: u32 = 0; i < s.len; i++) if (side(load<u32>(s.id(i)), direction ^ 1).cap > HUB_SLOTS) n++;
  return n;
}

/** Adds (or takes out) all the edges that `hubEdges` counts. */
export function hubAll(node: u32, direction: u32, add: bool): void {
  const s = side(node, direction);
  for (let i: u32 = 0; i < s.len; i++) {
    const other = load<u32>(s.id(i));
    if (side(other, direction ^ 1).cap <= HUB_SLOTS) continue;
    const type = <u32>load<u8>(s.type(i));
    const from = direction == OUT ? node : other;
    const to = direction == OUT ? other : node;
    const slot = direction == OUT ? i : load<u32>(s.twin(i));
    if (add) hubAdd(from, to, type, slot);
    else hubRemove(from, to, type, slot);
  }
}

function entryOf(from: u32, slot: u32): u64 {
  return ((<u64>(from + 1)) << 32) | <u64>slot;
}

function at(i: u32): usize {
  return <usize>header().hubs + ((<usize>i) << 3);
}

function home(from: u32, to: u32, type: u32): u32 {
  const h = header();
  return <u32>hashPair(((<u64>from) << 32) | <u64>to, <u64>type, h.seed) & (h.hubCap - 1);
}

function homeOf(e: u64): u32 {
  const from = <u32>(e >> 32) - 1;
  const s = side(from, OUT);
  return home(from, load<u32>(s.id(<u32>e)), <u32>load<u8>(s.type(<u32>e)));
}

function place(e: u64, first: u32): void {
  const mask = header().hubCap - 1;
  let i = first;
  while (load<u64>(at(i)) != 0) i = (i + 1) & mask;
  store<u64>(at(i), e);
}

function position(from: u32, to: u32, type: u32, slot: u32): u32 {
  const mask = header().hubCap - 1;
  const e = entryOf(from, slot);
  let i = home(from, to, type);
  while (load<u64>(at(i)) != e) i = (i + 1) & mask;
  return i;
}
