// The registry of keys of one width: index and key column as one. Whatever may need memory is asked for before anything is
// changed. A free id's place holds the next free id + 1, else zeros; its bit before the chunk's first place is set.

import { chunkOf, FREE_BYTES, growColumn } from "../column";
import { index } from "../layout";
import { enterRef, noteTaken, roomFor } from "../segments";
import { findRef, NONE, take } from "../table";
import { Width } from "./widths";

/** What `intern` answers when there is no memory; every other answer is an id or the complement of one. */
export const NO_ROOM: i32 = i32.MIN_VALUE;

/** The id of the key at `p` with hash `h`; if it is new, the complement of the id it is given; or NO_ROOM. O(1), amortised. */
export function internHashed<W extends Width>(h: u64, p: usize): i32 {
  const known = findRef<W>(h, p, 0);
  if (known != NONE) return <i32>known;
  return enter<W>(h, p);
}

/** Enters a key that is not there: the complement of its id, or NO_ROOM. O(1), amortised. */
export function enter<W extends Width>(h: u64, p: usize): i32 {
  const x = index();
  if (!roomFor<W>(h)) return NO_ROOM;
  let id = x.idLimit;
  if (x.freeId != 0) {
    id = x.freeId - 1;
    const place = changetype<W>(0).line(id);
    x.freeId = load<u32>(place);
    setFree(id, false);
    changetype<W>(0).copy(place, p);
  } else {
    if (id == x.places && !growColumn()) return NO_ROOM;
    x.idLimit = id + 1;
    changetype<W>(0).copy(changetype<W>(0).line(id), p);
  }
  enterRef(h, id);
  x.keys += 1;
  return ~(<i32>id);
}

/** Deletes the key of id `id`, which must live; the id goes to the top of the free ids. O(1), amortised. */
export function remove<W extends Width>(id: u32): void {
  const x = index();
  const place = changetype<W>(0).line(id);
  const h = changetype<W>(0).hash(id);
  take(h, id);
  memory.fill(place, 0, changetype<W>(0).bytes());
  store<u32>(place, x.freeId);
  x.freeId = id + 1;
  setFree(id, true);
  x.keys -= 1;
  noteTaken<W>(h);
}

/** Takes back the entering of id `id`, the latest one, so that the registry answers as it did when its limit was `limit`. */
export function undo<W extends Width>(id: u32, limit: u32): void {
  const x = index();
  remove<W>(id);
  if (id < limit) return;
  const place = changetype<W>(0).line(id);
  x.freeId = load<u32>(place);
  store<u32>(place, 0);
  setFree(id, false);
  x.idLimit = id;
}

/** Whether id `id` has a key. */
export function lives(id: u32): bool {
  return id < index().idLimit && ((load<u8>(freeByte(id)) >> (<u8>id & 7)) & 1) == 0;
}

function setFree(id: u32, free: bool): void {
  const at = freeByte(id);
  const bit = (<u32>1) << (id & 7);
  const byte = <u32>load<u8>(at);
  store<u8>(at, free ? byte | bit : byte & ~bit);
}

function freeByte(id: u32): usize {
  return chunkOf(id) - FREE_BYTES + <usize>((id & 0xffff) >> 3);
}
