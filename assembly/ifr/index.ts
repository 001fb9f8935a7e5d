// Exports of the IFR module: the registry of keys of any length. Pointers and ids are u32 here and i32 at the boundary.

import { arenaInit, reserve, STATE } from "../core/arena";
import { hashKeys } from "../core/hash";
import { NO_MEMORY, NOT_FOUND } from "../core/status";
import { internMany, lookupMany } from "./batch";
import { createColumn } from "./column";
import { index } from "./layout";
import { HEADER_BYTES, newRecord } from "./records";
import { find, hashOf, internHashed, internRecord as internWritten, NO_ROOM, passes, recordOf, remove, undo } from "./registry";
import { createIndex, hasFilter } from "./segments";
import { attach } from "./work";

/** Keys from which on the buckets are beyond a cache of 1 MiB, so that asking the filter first pays. */
const FILTER_FROM: u32 = 131072;

export * from "../core/exports";
export { attach, internMany, lookupMany, newRecord };

/**
 * Sets the registry up, once.
 * @param capacity keys to make room for at once
 * @param filterBits bits of filter a key when the index is full; 0 for no filter
 * @returns false if there is no memory for that
 */
export function init(seedLow: u32, seedHigh: u32, limitBytes: u32, capacity: u32, filterBits: u32): bool {
  if (!arenaInit(HEADER_BYTES, limitBytes)) return false;
  hashKeys(STATE, ((<u64>seedHigh) << 32) | <u64>seedLow);
  // One growth of the wasm memory for all of it, if it is to be had; a typical key takes 48 bytes with its record.
  if (capacity > 0) reserve(<u32>min<u64>(0xf0000000, <u64>capacity * 48));
  return createIndex(capacity, filterBits) && createColumn(capacity, 4);
}

/** The id of the key at `p`, new if need be, or NO_MEMORY. O(length), amortised. */
export function intern(p: usize, len: u32): i32 {
  return idOrStatus(internHashed(hashOf(p, len), p, len));
}

/** The same for a key written into a record of `newRecord`, which is consumed in any case. */
export function internRecord(record: usize): i32 {
  return idOrStatus(internWritten(record));
}

/** Takes back the interning of `id`, the latest one; `limit` is what idLimit was before it. */
export function undoIntern(id: u32, limit: u32): void {
  undo(id, limit);
}

/** The id of the key at `p`, or NOT_FOUND. O(length). */
export function idOf(p: usize, len: u32): i32 {
  const h = hashOf(p, len);
  if (index().keys >= FILTER_FROM && !passes(h)) return NOT_FOUND;
  const record = find(h, p, len);
  return record != 0 ? load<i32>(record) : NOT_FOUND;
}

/** Whether the filter lets the key pass. O(length). */
export function mayHave(p: usize, len: u32): bool {
  const h = hashOf(p, len);
  return hasFilter() ? passes(h) : find(h, p, len) != 0;
}

/** Deletes the key of `id`; false if there is none. O(length), amortised. */
export function deleteId(id: u32): bool {
  const record = recordOf(id);
  if (record == 0) return false;
  remove(record);
  return true;
}

/** The record of the key of `id` (+4 its length, +8 its bytes), or 0. O(1). */
export function keyOf(id: u32): usize {
  return recordOf(id);
}

/** The first live id that is `from` or larger, or NOT_FOUND. */
export function nextId(from: u32): i32 {
  const limit = index().idLimit;
  for (let id = from; id < limit; id++) if (recordOf(id) != 0) return <i32>id;
  return NOT_FOUND;
}

/** Live keys. */
export function size(): u32 {
  return index().keys;
}

/** 1 + the largest id ever given. */
export function idLimit(): u32 {
  return index().idLimit;
}

function idOrStatus(r: i32): i32 {
  if (r >= 0) return r;
  return r == NO_ROOM ? NO_MEMORY : ~r;
}
