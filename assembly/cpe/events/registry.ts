// Ids and their records. The ids are in a map: linear probing in a power of two of 8-byte slots, id + 1 in the high half and the record's
// number in the low half, 0 for an empty slot; a removal moves the followers back, so there are no tombstones. The hash is seeded. The records
// are a column that doubles. Everything is O(1), expected and amortised.

import { alloc, free, grow } from "../../core/arena";
import { mix64 } from "../../core/hash";
import { events, Registry } from "./layout";

const LEAST: u32 = 16;
/** The most bytes of a column or slots of a map. */
const MOST: u32 = 0x40000000;

/** Starts a registry of records of `bytes` bytes; false if there is no memory. */
export function start(registry: Registry, bytes: u32): bool {
  registry.bytes = bytes;
  registry.end = 1;
  return moreRecords(registry);
}

/** The record of an id, or 0. */
export function find(map: Registry, id: u32): u32 {
  const capacity = map.capacity;
  if (capacity == 0) return 0;
  const mask = capacity - 1;
  const table = <usize>map.table;
  let i = home(id, mask);
  while (true) {
    const slot = load<u64>(table + ((<usize>i) << 3));
    if (slot == 0) return 0;
    if (<u32>(slot >> 32) == id + 1) return <u32>slot;
    i = (i + 1) & mask;
  }
}

/** A new record, zero but for its id, for an id that has none; 0 if there is no memory. */
export function add(registry: Registry, id: u32): u32 {
  if (!roomInMap(registry)) return 0;
  let r = registry.free;
  if (r == 0) {
    r = registry.end;
    if (r == registry.room && !moreRecords(registry)) return 0;
    registry.end = r + 1;
  } else {
    registry.free = load<u32>(recordAt(registry, r), 4);
  }
  store<u32>(recordAt(registry, r), id, 4);
  place(<usize>registry.table, registry.capacity - 1, ((<u64>(id + 1)) << 32) | <u64>r);
  registry.size += 1;
  return r;
}

/** The record that an id has, or that it would get. */
export function recordFor(registry: Registry, id: u32): u32 {
  const r = find(registry, id);
  return r != 0 ? r : registry.free != 0 ? registry.free : registry.end;
}

/** Lets a record be given out again. It must be zero but for its id. */
export function giveBack(registry: Registry, r: u32): void {
  store<u32>(recordAt(registry, r), registry.free, 4);
  registry.free = r;
}

function recordAt(registry: Registry, r: u32): usize {
  return <usize>registry.records + <usize>r * <usize>registry.bytes;
}

function moreRecords(registry: Registry): bool {
  const bytes = registry.bytes;
  const room = registry.room;
  const more = max<u32>(room << 1, LEAST);
  if (<u64>more * <u64>bytes > <u64>MOST) return false;
  const block = grow(<usize>registry.records, room * bytes, more * bytes);
  if (block == 0) return false;
  registry.records = <u32>block;
  registry.room = more;
  return true;
}

/** Makes room for one more id in the map; false if there is no memory. */
function roomInMap(map: Registry): bool {
  const capacity = map.capacity;
  if (map.size + 1 <= capacity - (capacity >> 2)) return true;
  const more = max<u32>(capacity << 1, LEAST);
  if (more > MOST >> 3) return false;
  const table = alloc(more << 3);
  if (table == 0) return false;
  const old = <usize>map.table;
  for (let i: u32 = 0; i < capacity; i++) {
    const slot = load<u64>(old + ((<usize>i) << 3));
    if (slot != 0) place(table, more - 1, slot);
  }
  free(old, capacity << 3);
  map.table = <u32>table;
  map.capacity = more;
  return true;
}

/** Takes an id that has a record out of the map; the record stays. */
export function remove(map: Registry, id: u32): void {
  const mask = map.capacity - 1;
  const table = <usize>map.table;
  let hole = home(id, mask);
  while (<u32>(load<u64>(table + ((<usize>hole) << 3)) >> 32) != id + 1) hole = (hole + 1) & mask;
  let i = hole;
  while (true) {
    i = (i + 1) & mask;
    const slot = load<u64>(table + ((<usize>i) << 3));
    if (slot == 0) break;
    // A slot may fill the hole if the hole is not before its home.
    const distance = (i - home(<u32>(slot >> 32) - 1, mask)) & mask;
    if (distance < ((i - hole) & mask)) continue;
    store<u64>(table + ((<usize>hole) << 3), slot);
    hole = i;
  }
  store<u64>(table + ((<usize>hole) << 3), 0);
  map.size -= 1;
}

function home(id: u32, mask: u32): u32 {
  return <u32>mix64(<u64>id ^ events().seed) & mask;
}

function place(table: usize, mask: u32, slot: u64): void {
  let i = home(<u32>(slot >> 32) - 1, mask);
  while (load<u64>(table + ((<usize>i) << 3)) != 0) i = (i + 1) & mask;
  store<u64>(table + ((<usize>i) << 3), slot);
}
