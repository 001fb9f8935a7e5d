// The registry: index, filter, records and ids as one. Whatever may need memory is asked for before anything is changed.

import { alloc, STATE } from "../core/arena";
import { hashBytes } from "../core/hash";
import { filterAdd, filterBlock, filterHas } from "./filter";
import { BYTES, LENGTH, registry } from "./layout";
import { copyBytes, donate, freeRecord, newRecord } from "./records";
import { find, home, put, take } from "./table";

/** What `internHashed` answers when there is no memory; every other answer is an id or the complement of one. */
export const NO_ROOM: i32 = i32.MIN_VALUE;

/** Keys whose cache lines are fetched together. */
export const CHUNK: u32 = 128;
// Working space of `reenter` for a chunk, and of nobody else: it runs in the midst of a batch.
const HASHES: usize = memory.data(1024, 16);
const LINES: usize = memory.data(512, 16);
const RECORDS: usize = memory.data(512, 16);
const SINK: usize = memory.data(4, 4);

/** The hash of a key under this registry's seed. */
export function hashOf(p: usize, len: u32): u64 {
  return hashBytes(p, len, STATE);
}

/** The record of id `id`, or 0 if it is free or was never given. */
export function recordOf(id: u32): usize {
  const r = registry();
  if (id >= r.idLimit) return 0;
  const entry = load<u32>(<usize>r.ids + ((<usize>id) << 2));
  return (entry & 1) == 0 ? <usize>entry : 0;
}

/** Whether the filter lets hash `h` pass; without a filter everything passes. */
export function passes(h: u64): bool {
  const r = registry();
  return r.filterBlocks == 0 || filterHas(filterBlock(<usize>r.filter, r.filterBlocks, h), h);
}

/** The id of the key at `p` with hash `h`; if it is new, the complement of the id it is given; or NO_ROOM. */
export function internHashed(h: u64, p: usize, len: u32): i32 {
  const known = find(h, p, len);
  if (known != 0) return load<i32>(known);
  if (!makeRoom()) return NO_ROOM;
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
  if (known == 0 && makeRoom()) return ~enter(h, record);
  freeRecord(record);
  return known != 0 ? load<i32>(known) : NO_ROOM;
}

/** Deletes the key of a record; its id goes to the top of the free ids. */
export function remove(record: usize): void {
  const r = registry();
  const id = load<u32>(record);
  const len = load<u32>(record, LENGTH);
  take(hashOf(record + BYTES, len), record);
  freeRecord(record);
  store<u32>(<usize>r.ids + ((<usize>id) << 2), (r.freeId << 1) | 1);
  r.freeId = id + 1;
  r.keys -= 1;
  r.keyBytes -= len;
  r.stale += 1;
  // A rebuild costs one hash a live key and comes at the earliest after a quarter as many deletions: O(1) each.
  if (r.filterBlocks != 0 && r.stale > (r.keys >> 2) + 64) {
    memory.fill(<usize>r.filter, 0, (<usize>r.filterBlocks) << 5);
    reenter(false);
  }
}

/** Takes back the interning of id `id`, the latest one, so that the registry answers as it did when its limit was `limit`. */
export function undo(id: u32, limit: u32): void {
  const r = registry();
  remove(recordOf(id));
  if (id >= limit) {
    const entry = <usize>r.ids + ((<usize>id) << 2);
    r.freeId = load<u32>(entry) >> 1;
    store<u32>(entry, 0);
    r.idLimit = id;
  }
}

/** An index with room for `keys` keys at three quarters full, instead of the one there is. False if there is no memory. */
export function growIndex(keys: u32): bool {
  const r = registry();
  const buckets = max<u64>(4, (<u64>keys * 2 + 14) / 15);
  const capacity = (buckets * 15) >> 1;
  const blocks = (capacity * <u64>r.filterBits + 255) >> 8;
  const bytes = (buckets << 6) + (blocks << 5) + 48;
  if (bytes > 0xf0000000) return false;
  const block = alloc(<u32>bytes);
  if (block == 0) return false;
  const old = <usize>r.indexBlock;
  const oldBytes = r.indexBytes;
  r.buckets = <u32>((block + 63) & ~63);
  r.bucketCount = <u32>buckets;
  r.filter = r.buckets + <u32>(buckets << 6);
  r.filterBlocks = <u32>blocks;
  r.indexBlock = <u32>block;
  r.indexBytes = <u32>bytes;
  r.capacity = <u32>capacity;
  reenter(true);
  if (old != 0) donate(old, oldBytes);
  return true;
}

/** An id column of `capacity` entries instead of the one there is. False if there is no memory. */
export function growIds(capacity: u32): bool {
  const r = registry();
  const bytes = (<u64>capacity) << 2;
  if (bytes > 0xf0000000) return false;
  const block = alloc(<u32>bytes);
  if (block == 0) return false;
  const old = <usize>r.ids;
  memory.copy(block, old, (<usize>r.idLimit) << 2);
  r.ids = <u32>block;
  if (old != 0) donate(old, r.idCapacity << 2);
  r.idCapacity = capacity;
  return true;
}

/** Loads one word at each of the `n` addresses (u32) at `list`: independent loads, so their cache misses overlap. */
export function touch(list: usize, n: u32): void {
  let sum: u32 = 0;
  for (let i: usize = 0; i < <usize>n; i++) sum ^= load<u32>(<usize>load<u32>(list + (i << 2)));
  // Kept, so that no compiler finds the loads useless.
  store<u32>(SINK, sum);
}

function makeRoom(): bool {
  const r = registry();
  if (r.keys >= r.capacity && !growIndex(r.capacity << 1)) return false;
  return r.freeId != 0 || r.idLimit < r.idCapacity || growIds(r.idCapacity << 1);
}

/** Gives a new record an id and enters it everywhere; there is room. */
function enter(h: u64, record: usize): i32 {
  const r = registry();
  let id = r.idLimit;
  if (r.freeId != 0) {
    id = r.freeId - 1;
    r.freeId = load<u32>(<usize>r.ids + ((<usize>id) << 2)) >> 1;
  } else {
    r.idLimit = id + 1;
  }
  store<u32>(<usize>r.ids + ((<usize>id) << 2), <u32>record);
  store<u32>(record, id);
  put(h, record);
  if (r.filterBlocks != 0) filterAdd(filterBlock(<usize>r.filter, r.filterBlocks, h), h);
  r.keys += 1;
  r.keyBytes += load<u32>(record, LENGTH);
  return <i32>id;
}

/** Enters all live keys into the filter, which is empty, and if `everywhere` into the index too. O(keys). */
function reenter(everywhere: bool): void {
  const r = registry();
  r.stale = 0;
  let id: u32 = 0;
  while (id < r.idLimit) {
    let n: usize = 0;
    for (; id < r.idLimit && n < <usize>CHUNK; id++) {
      const record = recordOf(id);
      if (record == 0) continue;
      const h = hashOf(record + BYTES, load<u32>(record, LENGTH));
      store<u64>(HASHES + (n << 3), h);
      store<u32>(RECORDS + (n << 2), <u32>record);
      store<u32>(LINES + (n << 2), <u32>home(h));
      n++;
    }
    if (everywhere) {
      touch(LINES, <u32>n);
      for (let i: usize = 0; i < n; i++) put(load<u64>(HASHES + (i << 3)), <usize>load<u32>(RECORDS + (i << 2)));
    }
    if (r.filterBlocks == 0) continue;
    for (let i: usize = 0; i < n; i++) {
      const h = load<u64>(HASHES + (i << 3));
      filterAdd(filterBlock(<usize>r.filter, r.filterBlocks, h), h);
    }
  }
}
