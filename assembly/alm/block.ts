// One record and its block: find, add and remove an arc. A dense block has its arcs in front, in no order; removal moves the last one into the
// hole. A hashed block is a table of groups of four slots: an arc lies in its home group or, where that is full, in the nearest
// group after it with room, so a search ends at the first group with a free slot, and compares four ids at a time. Removal brings back
// what had to go further (Knuth, vol. 3, 6.4, algorithm R, by groups), so there are no tombstones.

import { alloc, blockBytes as arenaBytes, free } from "../core/arena";
import {
  CAPACITY,
  countOf,
  DENSE,
  EMPTY,
  first,
  HASHED,
  header,
  INLINE,
  last,
  open,
  SPILLED,
  TYPED,
  toWeight,
  typeAt,
  types,
} from "./layout";
import { reordered, watched } from "./watch";

/** Slots that a block begins with. */
const LEAST_SLOTS: u32 = 4;
const MOST_SLOTS: u32 = 0x10000000;

/** Where in a hashed block the last search that found nothing would put its arc. */
export let vacant: usize = 0;

/** Address of the slot of an arc, or 0. O(1): a scan of at most DENSE slots, or the hash. */
export function findArc(record: usize, weights: bool, id: u32, type: u32): usize {
  const word = load<u32>(record);
  const wanted = i32x4.splat(<i32>id);
  if (word < SPILLED) {
    const hits = i32x4.bitmask(i32x4.eq(v128.load(record), wanted)) & 7;
    return hits == 0 || type != 0 ? 0 : record + ((<usize>ctz<i32>(hits)) << 2);
  }
  if (word == EMPTY || (type != 0 && (word & TYPED) == 0)) return 0;
  const cap = word & CAPACITY;
  const block = <usize>load<u32>(record, 4);
  const plane = (word & TYPED) == 0 ? <usize>0 : block + ((<usize>cap) << (weights ? 3 : 2));
  const end = block + ((<usize>cap) << 2);
  if ((word & HASHED) == 0) {
    const used = block + ((<usize>load<u32>(record, 8)) << 2);
    for (let p = block; p < used; p += 16) {
      let hits = i32x4.bitmask(i32x4.eq(v128.load(p), wanted));
      for (; hits != 0; hits &= hits - 1) {
        const at = p + ((<usize>ctz<i32>(hits)) << 2);
        if (typeAt(at, block, plane) == type) return at;
      }
    }
    return 0;
  }
  const none = i32x4.splat(-1);
  let p = block + homeOf(id, cap);
  while (true) {
    const ids = v128.load(p);
    let hits = i32x4.bitmask(i32x4.eq(ids, wanted));
    for (; hits != 0; hits &= hits - 1) {
      const at = p + ((<usize>ctz<i32>(hits)) << 2);
      if (typeAt(at, block, plane) == type) return at;
    }
    const free = i32x4.bitmask(i32x4.eq(ids, none));
    if (free != 0) {
      vacant = p + ((<usize>ctz<i32>(free)) << 2);
      return 0;
    }
    p += 16;
    if (p == end) p = block;
  }
}

/** Loads the first words that a search for the arc reads. */
export function touchArc(record: usize, id: u32): u32 {
  const word = load<u32>(record);
  if (word < SPILLED || word == EMPTY) return word;
  return load<u32>(<usize>load<u32>(record, 4) + ((word & HASHED) == 0 ? 0 : homeOf(id, word & CAPACITY)));
}

/** Makes room for one more arc of a type. False if there is no memory. Amortised O(1); changes no answer. */
export function arcRoom(record: usize, weights: bool, type: u32): bool {
  const word = load<u32>(record);
  const count = countOf(record);
  if (word < SPILLED || word == EMPTY) {
    if (type == 0 && count < INLINE) return true;
    return rebuild(record, weights, LEAST_SLOTS, type != 0);
  }
  const cap = word & CAPACITY;
  const typed = (word & TYPED) != 0 || type != 0;
  const most = (word & HASHED) == 0 ? cap : cap - (cap >> 4);
  if (count < most) return typed == ((word & TYPED) != 0) || rebuild(record, weights, cap, true);
  return rebuild(record, weights, nextCapacity(cap), typed);
}

/** Adds an arc that is not there; `arcRoom` was called. O(1). */
export function addArc(record: usize, weights: bool, id: u32, type: u32, stored: f32): void {
  const word = load<u32>(record);
  const hashed = word >= SPILLED && word != EMPTY && (word & HASHED) != 0;
  putArc(record, weights, id, type, stored, hashed ? freeSlot(<usize>load<u32>(record, 4), word & CAPACITY, id) : 0);
}

/** The same right after a search for the arc that has found nothing: in a hashed block it goes to `place`, which was `vacant`. */
export function putArc(record: usize, weights: bool, id: u32, type: u32, stored: f32, place: usize): void {
  const word = load<u32>(record);
  if (word < SPILLED || word == EMPTY) {
    const at = record + ((<usize>countOf(record)) << 2);
    store<u32>(at, id);
    if (weights) store<f32>(at, stored, INLINE << 2);
    return;
  }
  const cap = word & CAPACITY;
  const count = load<u32>(record, 8);
  const block = <usize>load<u32>(record, 4);
  const at = (word & HASHED) == 0 ? block + ((<usize>count) << 2) : place;
  store<u32>(at, id);
  if (weights) store<f32>(at + ((<usize>cap) << 2), stored);
  if ((word & TYPED) != 0) store<u8>(block + ((<usize>cap) << (weights ? 3 : 2)) + ((at - block) >> 2), <u8>type);
  store<u32>(record, count + 1, 8);
}

/** Removes the arc in a slot. Amortised O(1); needs no memory. */
export function removeArc(record: usize, weights: bool, at: usize): void {
  detachArc(record, weights, at);
  settle(record, weights);
}

/** The same, but keeps a block that is larger than need be: `settle` is to be called before the next arc is added. O(1). */
export function detachArc(record: usize, weights: bool, at: usize): void {
  const word = load<u32>(record);
  if (word < SPILLED) {
    const end = record + ((<usize>(countOf(record) - 1)) << 2);
    store<u32>(at, load<u32>(end));
    store<u32>(end, EMPTY);
    if (weights) {
      store<u32>(at, load<u32>(end, INLINE << 2), INLINE << 2);
      // What nothing says any more is not left in the image.
      store<u32>(end, EMPTY, INLINE << 2);
    }
    return;
  }
  const cap = word & CAPACITY;
  const count = load<u32>(record, 8) - 1;
  const block = <usize>load<u32>(record, 4);
  const plane = (word & TYPED) == 0 ? <usize>0 : block + ((<usize>cap) << (weights ? 3 : 2));
  store<u32>(record, count, 8);
  if ((word & HASHED) == 0) {
    const end = block + ((<usize>count) << 2);
    if (at != end) move(block, cap, weights, plane, end, at);
    clear(block, cap, weights, plane, end);
  } else fillHole(block, cap, weights, plane, at);
}

/** Gives a block that is at most a quarter full a smaller one, or none. Without memory for that it stays. */
export function settle(record: usize, weights: bool): void {
  const word = load<u32>(record);
  if (word < SPILLED || word == EMPTY) return;
  const cap = word & CAPACITY;
  const count = load<u32>(record, 8);
  if (count == 0) dropBlock(record, weights);
  else if (count <= cap >> 2 && cap > LEAST_SLOTS) rebuild(record, weights, fitting(count << 1), (word & TYPED) != 0);
  else if (count < INLINE && (word & TYPED) == 0) rebuild(record, weights, 0, false);
}

/** Gives a block that is less than half full its least size. Without memory for that it stays. */
export function tighten(record: usize, weights: bool): void {
  const word = load<u32>(record);
  if (word < SPILLED || word == EMPTY) return;
  const count = load<u32>(record, 8);
  if (count == 0) dropBlock(record, weights);
  else if (count <= INLINE && (word & TYPED) == 0) rebuild(record, weights, 0, false);
  else if (count * 2 < (word & CAPACITY)) rebuild(record, weights, fitting(count), (word & TYPED) != 0);
}

/** Forgets all arcs of a record, and gives back its block. */
export function dropBlock(record: usize, weights: bool): void {
  const word = load<u32>(record);
  if (word >= SPILLED && word != EMPTY) free(<usize>load<u32>(record, 4), blockBytes(word & CAPACITY, weights, (word & TYPED) != 0));
  memory.fill(record, 0xff, weights ? 24 : 12);
}

/**
 * Gives a record a block of `cap` slots, or with 0 none, and moves its arcs there. They fit; without a type but 0 if not `typed`.
 * False, and nothing changed, if there is no memory.
 */
export function rebuild(record: usize, weights: bool, cap: u32, typed: bool): bool {
  if (cap > MOST_SLOTS) return false;
  const word = load<u32>(record);
  const count = countOf(record);
  let block: usize = 0;
  if (cap != 0) {
    block = alloc(blockBytes(cap, weights, typed));
    if (block == 0) return false;
  }
  open(record, weights);
  let p = first;
  const end = last;
  const weightAt = toWeight;
  const from = p;
  const plane = types;
  const old = <usize>load<u32>(record, 4);
  if (cap == 0) {
    let to = record;
    memory.fill(record, 0xff, weights ? 24 : 12);
    for (; p < end; p += 4) {
      const id = load<u32>(p);
      if (id == EMPTY) continue;
      store<u32>(to, id);
      if (weights) store<u32>(to, load<u32>(p + weightAt), INLINE << 2);
      to += 4;
    }
  } else {
    memory.fill(block, 0xff, (<usize>cap) << 2);
    const hashed = cap > DENSE;
    let to = block;
    const target = block + ((<usize>cap) << (weights ? 3 : 2));
    for (; p < end; p += 4) {
      const id = load<u32>(p);
      if (id == EMPTY) continue;
      const at = hashed ? freeSlot(block, cap, id) : to;
      store<u32>(at, id);
      if (weights) store<u32>(at + ((<usize>cap) << 2), load<u32>(p + weightAt));
      if (typed) store<u8>(target + ((at - block) >> 2), <u8>typeAt(p, from, plane));
      to += 4;
    }
    store<u32>(record, SPILLED | cap | (hashed ? HASHED : 0) | (typed ? TYPED : 0));
    store<u32>(record, <u32>block, 4);
    store<u32>(record, count, 8);
    if (weights && (word < SPILLED || word == EMPTY)) memory.fill(record + 12, 0xff, 12);
  }
  // Arcs that lie by a hash have come into another order.
  if (watched && ((word != EMPTY && word >= SPILLED && (word & HASHED) != 0) || cap > DENSE)) reordered();
  if (word >= SPILLED && word != EMPTY) free(old, blockBytes(word & CAPACITY, weights, (word & TYPED) != 0));
  return true;
}

/** The least capacity of a block for so many arcs: four sizes a doubling, as the arena has them. */
export function fitting(count: u32): u32 {
  let cap = LEAST_SLOTS;
  while (count > (cap > DENSE ? cap - (cap >> 4) : cap)) cap = nextCapacity(cap);
  return cap;
}

/** The capacity of the block that a record needs for `more` arcs, some of them of a type but 0 if `typed`; 0 if what it has will do. */
export function capacityFor(record: usize, more: u32, typed: bool): u32 {
  const word = load<u32>(record);
  const count = countOf(record) + more;
  if (word < SPILLED || word == EMPTY) return !typed && count <= INLINE ? 0 : fitting(count);
  const cap = word & CAPACITY;
  const most = (word & HASHED) == 0 ? cap : cap - (cap >> 4);
  return count <= most && (!typed || (word & TYPED) != 0) ? 0 : fitting(count);
}

/** Whether a record has a plane of types. */
export function isTyped(record: usize): bool {
  const word = load<u32>(record);
  return word >= SPILLED && word != EMPTY && (word & TYPED) != 0;
}

/** What a block takes of the arena. */
export function bytesOf(cap: u32, weights: bool, typed: bool): u32 {
  return arenaBytes(blockBytes(cap, weights, typed));
}

function nextCapacity(cap: u32): u32 {
  return cap < 16 ? cap + 4 : cap + (1 << (29 - clz<u32>(cap)));
}

function blockBytes(cap: u32, weights: bool, typed: bool): u32 {
  return (cap << (weights ? 3 : 2)) + (typed ? cap : 0);
}

/** Where in a hashed block, in bytes, the home group of an id begins. */
function homeOf(id: u32, cap: u32): usize {
  const mixed = ((<u64>id ^ header().seed) * 0x9e3779b97f4a7c15) >> 32;
  return (<usize>((mixed * <u64>(cap >> 2)) >> 32)) << 4;
}

/** The free slot where a search for the id would first come by. */
function freeSlot(block: usize, cap: u32, id: u32): usize {
  const end = block + ((<usize>cap) << 2);
  const none = i32x4.splat(-1);
  let p = block + homeOf(id, cap);
  while (true) {
    const hits = i32x4.bitmask(i32x4.eq(v128.load(p), none));
    if (hits != 0) return p + ((<usize>ctz<i32>(hits)) << 2);
    p += 16;
    if (p == end) p = block;
  }
}

/** Empties a slot of a hashed block; what had to pass by its group for want of room comes back. */
function fillHole(block: usize, cap: u32, weights: bool, plane: usize, at: usize): void {
  const end = block + ((<usize>cap) << 2);
  const size = (<usize>cap) << 2;
  let hole = at;
  while (true) {
    const group = block + ((hole - block) & ~15);
    // Only a full group was passed by.
    if (hasFree(group)) break;
    let next = group;
    let from: usize = 0;
    let open = false;
    while (from == 0 && !open) {
      next += 16;
      if (next == end) next = block;
      if (next == group) break;
      if (hasFree(next)) open = true;
      for (let p = next; p < next + 16; p += 4) {
        const id = load<u32>(p);
        if (id == EMPTY) continue;
        const home = block + homeOf(id, cap);
        // Its way from home to here leads by the hole's group.
        const way = next >= home ? next - home : next + size - home;
        const back = next >= group ? next - group : next + size - group;
        if (way >= back) {
          from = p;
          break;
        }
      }
    }
    if (from == 0) break;
    move(block, cap, weights, plane, from, hole);
    hole = from;
    if (open) break;
  }
  clear(block, cap, weights, plane, hole);
}

function hasFree(group: usize): bool {
  return v128.any_true(i32x4.eq(v128.load(group), i32x4.splat(-1)));
}

function move(block: usize, cap: u32, weights: bool, plane: usize, from: usize, to: usize): void {
  store<u32>(to, load<u32>(from));
  if (weights) store<u32>(to + ((<usize>cap) << 2), load<u32>(from + ((<usize>cap) << 2)));
  if (plane != 0) store<u8>(plane + ((to - block) >> 2), load<u8>(plane + ((from - block) >> 2)));
}

function clear(block: usize, cap: u32, weights: bool, plane: usize, at: usize): void {
  store<u32>(at, EMPTY);
  if (weights) store<u32>(at + ((<usize>cap) << 2), 0);
  if (plane != 0) store<u8>(plane + ((at - block) >> 2), 0);
}
