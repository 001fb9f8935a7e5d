// A map of u32 keys below 2^31 to u32 values: linear probing in a power of two of 8-byte slots, key + 1 in the high half, 0 for an
// empty slot; a removal moves the followers back, so there are no tombstones. The hash is seeded. get, put, remove: O(1) expected.

import { alloc, free } from "../../core/arena";
import { mix64 } from "../../core/hash";
// biome-ignore lint/style/useImportType: asc does not parse type-only imports
import { events, MapHead } from "./layout";

const LEAST: u32 = 16;

/** The value of `key`, or -1. */
export function mapGet(map: MapHead, key: u32): i32 {
  const capacity = map.capacity;
  if (capacity == 0) return -1;
  const mask = capacity - 1;
  const table = <usize>map.table;
  let i = home(key, mask);
  while (true) {
    const slot = load<u64>(table + ((<usize>i) << 3));
    if (slot == 0) return -1;
    if (<u32>(slot >> 32) == key + 1) return <i32>(<u32>slot);
    i = (i + 1) & mask;
  }
}

/** Makes room for one more key. False if there is no memory; the map is then as before. */
export function mapRoom(map: MapHead): bool {
  const capacity = map.capacity;
  if (map.size + 1 <= capacity - (capacity >> 2)) return true;
  if (capacity >= 0x10000000) return false;
  const more = capacity == 0 ? LEAST : capacity << 1;
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

/** Adds a key that is not in the map, after `mapRoom`. */
export function mapPut(map: MapHead, key: u32, value: u32): void {
  place(<usize>map.table, map.capacity - 1, ((<u64>(key + 1)) << 32) | <u64>value);
  map.size += 1;
}

/** Removes a key that is in the map. */
export function mapRemove(map: MapHead, key: u32): void {
  const mask = map.capacity - 1;
  const table = <usize>map.table;
  let hole = home(key, mask);
  while (<u32>(load<u64>(table + ((<usize>hole) << 3)) >> 32) != key + 1) hole = (hole + 1) & mask;
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

function home(key: u32, mask: u32): u32 {
  return <u32>mix64(<u64>key ^ events().seed) & mask;
}

function place(table: usize, mask: u32, slot: u64): void {
  let i = home(<u32>(slot >> 32) - 1, mask);
  while (load<u64>(table + ((<usize>i) << 3)) != 0) i = (i + 1) & mask;
  store<u64>(table + ((<usize>i) << 3), slot);
}
