// The registry of keys of any length: index, records and ids as one. Whatever may need memory is asked for before anything is
// changed. A ref of the index is the address of a record; the column has an id's record, or, if the id is free, a link:
// (next free id + 1) << 1 | 1; records are 16-byte aligned, so bit 0 tells the two apart.

import { STATE } from "../core/arena";
import { hashBytes } from "../core/hash";
import { growColumn, placeOf } from "./column";
import { filterHas } from "./filter";
import { index, Keys } from "./layout";
import { BYTES, copyBytes, freeRecord, LENGTH, newRecord, records, sameBytes } from "./records";
import { blockOf, enterRef, hasFilter, noteTaken, roomFor } from "./segments";
import { findRef, NONE, take } from "./table";

/** What `internHashed` answers when there is no memory; every other answer is an id or the complement of one. */
export const NO_ROOM: i32 = i32.MIN_VALUE;

/** Keys in records, as the index sees them. */
@final
export class RecordKeys extends Keys {
  line(ref: u32): usize {
    return <usize>ref;
  }
  hash(ref: u32): u64 {
    return hashOf(<usize>ref + BYTES, load<u32>(<usize>ref, LENGTH));
  }
  same(ref: u32, p: usize, len: u32): bool {
    return load<u32>(<usize>ref, LENGTH) == len && sameBytes(<usize>ref + BYTES, p, len);
  }
}

/** The hash of a key under this registry's seed. */
export function hashOf(p: usize, len: u32): u64 {
  return hashBytes(p, len, STATE);
}

/** The record of the key at `p` with hash `h`, or 0. O(1) expected. */
export function find(h: u64, p: usize, len: u32): usize {
  const ref = findRef<RecordKeys>(h, p, len);
  return ref != NONE ? <usize>ref : 0;
}

/** The record of id `id`, or 0 if it is free or was never given. */
export function recordOf(id: u32): usize {
  if (id >= index().idLimit) return 0;
  const entry = load<u32>(placeOf(id, 4));
  return (entry & 1) == 0 ? <usize>entry : 0;
}

/** Whether the filter lets hash `h` pass; without a filter everything passes. */
export function passes(h: u64): bool {
  return !hasFilter() || filterHas(blockOf(h), h);
}

/** The id of the key at `p` with hash `h`; if it is new, the complement of the id it is given; or NO_ROOM. */
export function internHashed(h: u64, p: usize, len: u32): i32 {
  const known = find(h, p, len);
  if (known != 0) return load<i32>(known);
  if (!makeRoom(h)) return NO_ROOM;
  const record = newRecord(len);
  if (record == 0) return NO_ROOM;
  copyBytes(record + BYTES, p, len);
  return ~enter(h, record);
}

/** The same for a key that was written into a record of its own, which becomes the key's or is freed. */
export function internRecord(record: usize): i32 {
  const len = load<u32>(record, LENGTH);
  const h = hashOf(record + BYTES, len);
  const known = find(h, record + BYTES, len);
  if (known == 0 && makeRoom(h)) return ~enter(h, record);
  freeRecord(record);
  return known != 0 ? load<i32>(known) : NO_ROOM;
}

/** Deletes the key of a record; its id goes to the top of the free ids. */
export function remove(record: usize): void {
  const x = index();
  const r = records();
  const id = load<u32>(record);
  const len = load<u32>(record, LENGTH);
  const h = hashOf(record + BYTES, len);
  take(h, <u32>record);
  freeRecord(record);
  store<u32>(placeOf(id, 4), (x.freeId << 1) | 1);
  x.freeId = id + 1;
  x.keys -= 1;
  r.keyBytes -= len;
  noteTaken<RecordKeys>(h);
}

/** Takes back the interning of id `id`, the latest one, so that the registry answers as it did when its limit was `limit`. */
export function undo(id: u32, limit: u32): void {
  const x = index();
  remove(recordOf(id));
  if (id >= limit) {
    const entry = placeOf(id, 4);
    x.freeId = load<u32>(entry) >> 1;
    store<u32>(entry, 0);
    x.idLimit = id;
  }
}

function makeRoom(h: u64): bool {
  const x = index();
  return roomFor<RecordKeys>(h) && (x.freeId != 0 || x.idLimit < x.places || growColumn());
}

/** Gives a new record an id and enters it everywhere; there is room. */
function enter(h: u64, record: usize): i32 {
  const x = index();
  let id = x.idLimit;
  if (x.freeId != 0) {
    id = x.freeId - 1;
    x.freeId = load<u32>(placeOf(id, 4)) >> 1;
  } else {
    x.idLimit = id + 1;
  }
  store<u32>(placeOf(id, 4), <u32>record);
  store<u32>(record, id);
  enterRef(h, <u32>record);
  x.keys += 1;
  records().keyBytes += load<u32>(record, LENGTH);
  return <i32>id;
}
