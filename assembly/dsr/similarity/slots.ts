// A small open table of slots, in scratch: entries of u32 slot + 1 (0: empty) and a u32 of the user's.

/** Bytes of an entry. */
export const ENTRY: u32 = 8;

/** The entry of a slot in a table of mask + 1 entries, not all of which are taken; or the empty one where it belongs. */
export function placeOf(table: usize, mask: u32, slot: u32): usize {
  let h = (slot * 0x9e3779b1) >> 7;
  while (true) {
    const place = table + <usize>(h & mask) * ENTRY;
    const other = load<u32>(place);
    if (other == 0 || other == slot + 1) return place;
    h++;
  }
}
