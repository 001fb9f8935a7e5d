// Exports of the cache module: a registry whose entries are evicted and expire. Addresses are u32 here and i32 at the boundary.
// An entry is its key's record to the facade, which keeps the value by its address (src/layers/ifr/cache-values.ts).
//
// An entry that leaves stays in the list of those gone, where nothing but `gone` and `keyOf` sees it, until the facade has let
// go of its value and calls `release`. It does so before its next call of anything else.

import { arenaInit, reserve, STATE } from "../../core/arena";
import { hashKeys } from "../../core/hash";
import { NOT_FOUND } from "../../core/status";
import { createColumn } from "../column";
import { index } from "../layout";
import { records } from "../records";
import { find, hashOf, internHashed, NO_ROOM, recordOf, remove } from "../registry";
import { createIndex } from "../segments";
import { growColumns, isVisited, setSize, visit } from "./columns";
import { goOn, hasExpired, nextExpired, setLife } from "./epochs";
import { cache, STATE_BYTES } from "./layout";
import { dequeue, enqueue, makeRoom, release as releaseFirst } from "./queue";

export * from "../../core/exports";
export { getMany } from "./batch";

/**
 * Sets the cache up, once.
 * @param capacity entries to make room for at once
 * @param maxEntries the most entries, at least 1
 * @param maxTotal the most that their sizes may sum up to; 0 for no such bound, and sizes are then not kept
 * @param timed whether entries may expire
 * @returns false if there is no memory for that
 */
export function init(seedLow: u32, seedHigh: u32, limitBytes: u32, capacity: u32, maxEntries: u32, maxTotal: f64, timed: bool): bool {
  if (!arenaInit(STATE_BYTES, limitBytes)) return false;
  hashKeys(STATE, ((<u64>seedHigh) << 32) | <u64>seedLow);
  const c = cache();
  c.sized = maxTotal > 0 ? 1 : 0;
  c.timed = timed ? 1 : 0;
  limits(maxEntries, maxTotal);
  // One growth of the wasm memory for all of it, if it is to be had; a typical key takes 48 bytes with its record, its columns at most 13.
  if (capacity > 0) reserve(<u32>min<u64>(0xf0000000, <u64>capacity * 64));
  // A new entry is there before another one goes.
  const ids = max<u32>(63, capacity) + 1;
  return createIndex(capacity + 1, 0) && createColumn(ids, 4) && growColumns(ids);
}

/** Other bounds; what exceeds them is gone. A cache made without sizes keeps none. */
export function limits(maxEntries: u32, maxTotal: f64): void {
  const c = cache();
  c.maxEntries = maxEntries;
  c.maxTotal = <u64>maxTotal;
  makeRoom(0, 0, 0);
}

/**
 * Enters the key at `p`, or changes its entry, and evicts for it. The entry is not one that has expired: see `bury`.
 * @param size at most maxTotal
 * @param life epochs to live, 1 to 253, or 0
 * @returns its record, plus 1 if it is new, or 0 if there is no memory. O(length), amortised
 */
export function set(p: usize, len: u32, size: u32, life: u32): usize {
  const h = hashOf(p, len);
  const known = find(h, p, len);
  if (known != 0) {
    const id = load<u32>(known);
    visit(id);
    setLife(id, life);
    setSize(id, size);
    makeRoom(0, 0, id + 1);
    return known;
  }
  const answer = internHashed(h, p, len);
  if (answer == NO_ROOM) return 0;
  const id = <u32>~answer;
  if (id >= cache().capacity && !growColumns(id + 1)) {
    remove(recordOf(id));
    return 0;
  }
  // Before it is in the queue: the hand must not meet it yet.
  makeRoom(1, <u64>size, 0);
  enqueue(id);
  setSize(id, size);
  setLife(id, life);
  return recordOf(id) | 1;
}

/** The record of the key at `p`, which counts as a hit, or 0. O(length). */
export function get(p: usize, len: u32): usize {
  const record = peek(p, len);
  if (record != 0) visit(load<u32>(record));
  return record;
}

/** The same without being a hit. */
export function peek(p: usize, len: u32): usize {
  const record = find(hashOf(p, len), p, len);
  return record == 0 || hasExpired(load<u32>(record)) ? 0 : record;
}

/** Takes out the entry of the key at `p`, expired or not. False if there is none. O(length). */
export function take(p: usize, len: u32): bool {
  const record = find(hashOf(p, len), p, len);
  if (record == 0) return false;
  dequeue(load<u32>(record));
  return true;
}

/** Takes out the entry of the key at `p` if it has expired. O(length). */
export function bury(p: usize, len: u32): void {
  const record = find(hashOf(p, len), p, len);
  if (record != 0 && hasExpired(load<u32>(record))) dequeue(load<u32>(record));
}

/** Takes out everything. O(entries). */
export function clear(): void {
  const c = cache();
  while (c.oldest != 0) dequeue(c.oldest - 1);
}

/** Lets epochs go by. @returns how many entries have expired and are not taken out yet */
export function advance(epochs: u32): u32 {
  goOn(epochs);
  return cache().expired;
}

/** Takes out up to `most` entries that have expired. @returns how many are left */
export function reap(most: u32): u32 {
  const c = cache();
  for (let i: u32 = 0; i < most && c.expired != 0; i++) dequeue(nextExpired() - 1);
  return c.expired;
}

/** The record of the first entry that is gone, plus 1 if it had expired; 0 if there is none. */
export function gone(): usize {
  const c = cache();
  if (c.gone == 0) return 0;
  const id = c.gone - 1;
  return recordOf(id) | (isVisited(id) ? 1 : 0);
}

/** Forgets the first entry that is gone. @returns the next one, as `gone` */
export function release(): usize {
  releaseFirst();
  return gone();
}

/** The record of the key of `id` (+4 its length, +8 its bytes), or 0. O(1). */
export function keyOf(id: u32): usize {
  return recordOf(id);
}

/** The first id from `from` on whose entry has not expired, or NOT_FOUND. */
export function nextId(from: u32): i32 {
  const limit = index().idLimit;
  for (let id = from; id < limit; id++) if (recordOf(id) != 0 && !hasExpired(id)) return <i32>id;
  return NOT_FOUND;
}

/** Entries that have not expired. */
export function size(): u32 {
  const c = cache();
  return c.entries - c.expired;
}

/** Bytes of records that were freed and of the slab they are cut from. */
export function freeBytes(): u32 {
  const r = records();
  return r.freeBytes + (r.slabEnd - r.slab);
}

/** Sum of the sizes in the queue. */
export function total(): f64 {
  return <f64>cache().total;
}
