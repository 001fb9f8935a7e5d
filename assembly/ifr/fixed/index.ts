// Exports of the module ifr-fixed: the registry of keys that are all 8, 16, 20 or 32 bytes wide.

import { arenaInit, reserve, STATE } from "../../core/arena";
import { hashKeys } from "../../core/hash";
import { NO_MEMORY, NOT_FOUND } from "../../core/status";
import { clearColumn, createColumn, placeOf } from "../column";
import { INDEX_BYTES, index } from "../layout";
import { clearIndex, createIndex } from "../segments";
import { findRef } from "../table";
import { attach } from "../work";
import * as batch from "./batch";
import { internHashed, lives, NO_ROOM, remove, undo } from "./registry";
import { Width, Width8, Width16, Width20, Width32 } from "./widths";

export * from "../../core/exports";
export { attach };

/**
 * Sets the registry up, once.
 * @param width bytes of a key: 8, 16, 20 or 32
 * @param capacity keys to make room for at once
 * @returns false if there is no memory for that
 */
export function init(seedLow: u32, seedHigh: u32, limitBytes: u32, width: u32, capacity: u32): bool {
  if (!arenaInit(INDEX_BYTES, limitBytes)) return false;
  hashKeys(STATE, ((<u64>seedHigh) << 32) | <u64>seedLow);
  index().width = width;
  // One growth of the wasm memory for all of it, if it is to be had.
  if (capacity > 0) reserve(<u32>min<u64>(0xfff00000, <u64>capacity * <u64>(width + 9) + 0x10000));
  return createIndex(capacity, 0) && createColumn(capacity, width);
}

/** The id of the key at `p`, new if need be, or NO_MEMORY. O(1), amortised. */
export function intern(p: usize): i32 {
  switch (index().width) {
    case 8:
      return internOne<Width8>(p);
    case 16:
      return internOne<Width16>(p);
    case 20:
      return internOne<Width20>(p);
    default:
      return internOne<Width32>(p);
  }
}

/** The id of the key at `p`, or NOT_FOUND. O(1). */
export function idOf(p: usize): i32 {
  switch (index().width) {
    case 8:
      return <i32>findRef<Width8>(changetype<Width8>(0).hashAt(p), p, 0);
    case 16:
      return <i32>findRef<Width16>(changetype<Width16>(0).hashAt(p), p, 0);
    case 20:
      return <i32>findRef<Width20>(changetype<Width20>(0).hashAt(p), p, 0);
    default:
      return <i32>findRef<Width32>(changetype<Width32>(0).hashAt(p), p, 0);
  }
}

/** Enters the first `n` keys of the window: see batch.ts. @returns how many are new, or NO_MEMORY */
export function insertMany(n: u32): i32 {
  switch (index().width) {
    case 8:
      return orStatus(batch.insertMany<Width8>(n));
    case 16:
      return orStatus(batch.insertMany<Width16>(n));
    case 20:
      return orStatus(batch.insertMany<Width20>(n));
    default:
      return orStatus(batch.insertMany<Width32>(n));
  }
}

/** Writes the ids of the first `n` keys of the window: see batch.ts. @returns how many are known */
export function lookupMany(n: u32): u32 {
  switch (index().width) {
    case 8:
      return batch.lookupMany<Width8>(n);
    case 16:
      return batch.lookupMany<Width16>(n);
    case 20:
      return batch.lookupMany<Width20>(n);
    default:
      return batch.lookupMany<Width32>(n);
  }
}

/** Writes ids, and a bit for each of the first `n` keys of the window that is known. @returns how many are */
export function hasMany(n: u32): u32 {
  const hits = lookupMany(n);
  batch.bitsOfIds(<usize>index().width, n);
  return hits;
}

/** Deletes the key of `id`; false if there is none. O(1), amortised. */
export function deleteId(id: u32): bool {
  if (!lives(id)) return false;
  switch (index().width) {
    case 8:
      remove<Width8>(id);
      break;
    case 16:
      remove<Width16>(id);
      break;
    case 20:
      remove<Width20>(id);
      break;
    default:
      remove<Width32>(id);
  }
  return true;
}

/** Deletes all keys and forgets all ids; the room stays. O(size of the state). */
export function clear(): void {
  clearIndex();
  clearColumn();
}

/** Takes back the entering of `id`, the latest one; `limit` is what idLimit was before it. */
export function undoIntern(id: u32, limit: u32): void {
  switch (index().width) {
    case 8:
      undo<Width8>(id, limit);
      break;
    case 16:
      undo<Width16>(id, limit);
      break;
    case 20:
      undo<Width20>(id, limit);
      break;
    default:
      undo<Width32>(id, limit);
  }
}

/** Address of the key of `id`, or 0. O(1). */
export function keyOf(id: u32): usize {
  return lives(id) ? placeOf(id, <usize>index().width) : 0;
}

/** The first live id that is `from` or larger, or NOT_FOUND. */
export function nextId(from: u32): i32 {
  const limit = index().idLimit;
  for (let id = from; id < limit; id++) if (lives(id)) return <i32>id;
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

function internOne<W extends Width>(p: usize): i32 {
  const id = internHashed<W>(changetype<W>(0).hashAt(p), p);
  if (id >= 0) return id;
  return id == NO_ROOM ? NO_MEMORY : ~id;
}

function orStatus(r: i32): i32 {
  return r == NO_ROOM ? NO_MEMORY : r;
}
