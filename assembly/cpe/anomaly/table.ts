// Things by id: an open-addressed table of addresses with linear probing, at most three quarters full. A thing's first word is its id. All calls
// O(1) expected.

import { alloc, free } from "../../core/arena";
import { mix64 } from "../../core/hash";

const LEAST_SLOTS: u32 = 16;

@unmanaged
export class Table {
  slots: u32;
  /** A power of two, or 0. */
  slotCount: u32;
  size: u32;
}

/** Address of the slot that holds the thing of this id, or else of the empty slot where it would go. There must be slots. */
function slotOf(table: Table, id: u32): usize {
  const mask = table.slotCount - 1;
  let i = <u32>mix64(id) & mask;
  while (true) {
    const slot = <usize>table.slots + ((<usize>i) << 2);
    const at = <usize>load<u32>(slot);
    if (at == 0 || load<u32>(at) == id) return slot;
    i = (i + 1) & mask;
  }
}

/** Address of the thing of this id, or 0. */
export function find(table: Table, id: u32): usize {
  return table.slotCount == 0 ? <usize>0 : <usize>load<u32>(slotOf(table, id));
}

/** A zeroed thing of `bytes` bytes for an id that has none, or 0 if there is no room; nothing is changed then. */
export function create(table: Table, id: u32, bytes: u32): usize {
  const at = alloc(bytes);
  if (at == 0) return 0;
  if (!roomForOne(table)) {
    free(at, bytes);
    return 0;
  }
  store<u32>(at, id);
  store<u32>(slotOf(table, id), <u32>at);
  table.size++;
  return at;
}

/** Removes the thing of this id; whether there was one. */
export function remove(table: Table, id: u32, bytes: u32): bool {
  const at = find(table, id);
  if (at == 0) return false;
  const mask = table.slotCount - 1;
  const slots = <usize>table.slots;
  let hole = <u32>((slotOf(table, id) - slots) >> 2);
  let i = hole;
  while (true) {
    i = (i + 1) & mask;
    const other = load<u32>(slots + ((<usize>i) << 2));
    if (other == 0) break;
    // An entry may move back into the hole unless its own place lies behind the hole.
    const home = <u32>mix64(load<u32>(<usize>other)) & mask;
    if (((i - home) & mask) >= ((i - hole) & mask)) {
      store<u32>(slots + ((<usize>hole) << 2), other);
      hole = i;
    }
  }
  store<u32>(slots + ((<usize>hole) << 2), 0);
  table.size--;
  free(at, bytes);
  return true;
}

/** Doubles the table when it is three quarters full. */
function roomForOne(table: Table): bool {
  if (table.slotCount != 0 && table.size + 1 <= table.slotCount - (table.slotCount >> 2)) return true;
  const old = <usize>table.slots;
  const oldCount = table.slotCount;
  const count = oldCount == 0 ? LEAST_SLOTS : oldCount << 1;
  const slots = alloc(count << 2);
  if (slots == 0) return false;
  table.slots = <u32>slots;
  table.slotCount = count;
  for (let i: u32 = 0; i < oldCount; i++) {
    const at = load<u32>(old + ((<usize>i) << 2));
    if (at != 0) store<u32>(slotOf(table, load<u32>(<usize>at)), at);
  }
  free(old, oldCount << 2);
  return true;
}
