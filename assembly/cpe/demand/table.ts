// The series by id: an open-addressed table of addresses with linear probing. Deletion moves later entries back, so that
// the table never fills up with marks of what was deleted. All calls O(1) expected.

import { alloc, free, planBlock } from "../../core/arena";
import { mix64 } from "../../core/hash";
import { DEFAULT_BINS, header, RAW, Series } from "./layout";

const LEAST_SLOTS: u32 = 16;
/** Raw records that a new series has room for. */
const FIRST_RAW: u32 = 4;

/** Address of the slot that holds the series of this id, or else of the empty slot where it would go. There must be slots. */
function slotOf(id: u32): usize {
  const h = header();
  const mask = h.slotCount - 1;
  let i = <u32>mix64(id) & mask;
  while (true) {
    const slot = <usize>h.slots + ((<usize>i) << 2);
    const at = load<u32>(slot);
    if (at == 0 || changetype<Series>(<usize>at).id == id) return slot;
    i = (i + 1) & mask;
  }
}

/** The series of this id, or null. */
export function find(id: u32): Series | null {
  return header().slotCount == 0 ? null : changetype<Series | null>(<usize>load<u32>(slotOf(id)));
}

/** A new series of an id that has none, without an interval, or null if there is no room; nothing is changed then. */
export function create(id: u32): Series | null {
  const block = alloc(FIRST_RAW * RAW);
  if (block == 0) return null;
  const at = alloc(offsetof<Series>());
  if (at == 0 || !roomForOne()) {
    free(at, offsetof<Series>());
    free(block, FIRST_RAW * RAW);
    return null;
  }
  const series = changetype<Series>(at);
  series.id = id;
  series.most = DEFAULT_BINS;
  series.room = FIRST_RAW;
  series.block = <u32>block;
  store<u32>(slotOf(id), <u32>at);
  header().size++;
  return series;
}

/** Whether `create` would find room, besides what is planned already. */
export function planSeries(): bool {
  if (!planBlock(FIRST_RAW * RAW) || !planBlock(offsetof<Series>())) return false;
  return hasSlot() || planBlock(slotsNext() << 2);
}

/** Removes a series with all it holds. */
export function remove(series: Series, blockBytes: u32): void {
  const h = header();
  const mask = h.slotCount - 1;
  const slots = <usize>h.slots;
  const at = <u32>changetype<usize>(series);
  let hole = <u32>((slotOf(series.id) - slots) >> 2);
  let i = hole;
  while (true) {
    i = (i + 1) & mask;
    const other = load<u32>(slots + ((<usize>i) << 2));
    if (other == 0) break;
    // An entry may move back into the hole unless its own place lies behind the hole.
    const home = <u32>mix64(changetype<Series>(<usize>other).id) & mask;
    if (((i - home) & mask) >= ((i - hole) & mask)) {
      store<u32>(slots + ((<usize>hole) << 2), other);
      hole = i;
    }
  }
  store<u32>(slots + ((<usize>hole) << 2), 0);
  h.size--;
  free(<usize>series.block, blockBytes);
  free(<usize>at, offsetof<Series>());
}

function hasSlot(): bool {
  const h = header();
  return h.slotCount != 0 && h.size + 1 <= h.slotCount - (h.slotCount >> 2);
}

/** Slots that the table has when it next grows. */
function slotsNext(): u32 {
  return max<u32>(LEAST_SLOTS, header().slotCount << 1);
}

/** Doubles the table when it is three quarters full. */
function roomForOne(): bool {
  if (hasSlot()) return true;
  const h = header();
  const old = <usize>h.slots;
  const oldCount = h.slotCount;
  const count = slotsNext();
  const slots = alloc(count << 2);
  if (slots == 0) return false;
  h.slots = <u32>slots;
  h.slotCount = count;
  for (let i: u32 = 0; i < oldCount; i++) {
    const at = load<u32>(old + ((<usize>i) << 2));
    if (at != 0) store<u32>(slotOf(changetype<Series>(<usize>at).id), at);
  }
  free(old, oldCount << 2);
  return true;
}
