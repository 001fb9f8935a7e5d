// Many keys at a call. The facade writes a column into the window:
//
//   WINDOW +0       n x u32   offset of the key in the window << 16 | its length; the kernel puts the answer in its place
//          +4 n ..            the keys' bytes
//
// An index that is larger than the processor's cache is searched in chunks of 128 keys and in steps: hash all, fetch all
// filter blocks, fetch all buckets, fetch all records, compare. wasm has no prefetch, but a loop of bare loads keeps many
// cache misses under way at once, where whole lookups one after another wait for each (group prefetching: Chen, Ailamaki,
// Gibbons, Mowry, "Improving hash join performance through prefetching", ICDE 2004).

import { WINDOW } from "../core/arena";
import { filterBlock, filterHas } from "./filter";
import { REFS, registry } from "./layout";
import { CHUNK, hashOf, internHashed, NO_ROOM, touch } from "./registry";
import { find, home, matches } from "./table";

/** Buckets from which on index and records are beyond a cache of 1 MiB, so that the steps pay. */
const STEPS_FROM: u32 = 0x1000;
/** Buckets from which on the index alone is beyond it, so that asking the filter first pays. */
export const FILTER_FROM: u32 = 0x4000;

// Working space for a chunk: hashes, addresses to touch, numbers of the keys still asked for. Holds nothing between calls.
const HASHES: usize = memory.data(1024, 16);
const LINES: usize = memory.data(512, 16);
const ASKED: usize = memory.data(512, 16);

/** Replaces each of the `n` keys of the window by its id, or -1. */
export function lookupMany(n: u32): void {
  const large = registry().bucketCount >= STEPS_FROM;
  for (let from: u32 = 0; from < n; from += CHUNK) {
    const column = WINDOW + ((<usize>from) << 2);
    const count = min<u32>(CHUNK, n - from);
    if (large) lookupChunk(column, count);
    else {
      for (let i: usize = 0; i < <usize>count; i++) {
        const key = load<u32>(column + (i << 2));
        store<u32>(column + (i << 2), answer(hashKey(key), key));
      }
    }
  }
}

/**
 * Interns the `n` keys of the window in their order: replaces each by its id, or by the complement of its id if it is new.
 * @returns how many were done: less than n if memory ran out
 */
export function internMany(n: u32): u32 {
  for (let from: u32 = 0; from < n; from += CHUNK) {
    const column = WINDOW + ((<usize>from) << 2);
    const count = <usize>min<u32>(CHUNK, n - from);
    for (let i: usize = 0; i < count; i++) {
      const h = hashKey(load<u32>(column + (i << 2)));
      store<u64>(HASHES + (i << 3), h);
      store<u32>(LINES + (i << 2), <u32>home(h));
    }
    if (registry().bucketCount >= STEPS_FROM) touch(LINES, <u32>count);
    for (let i: usize = 0; i < count; i++) {
      const key = load<u32>(column + (i << 2));
      const id = internHashed(load<u64>(HASHES + (i << 3)), WINDOW + <usize>(key >> 16), key & 0xffff);
      if (id == NO_ROOM) return from + <u32>i;
      store<i32>(column + (i << 2), id);
    }
  }
  return n;
}

function lookupChunk(column: usize, n: u32): void {
  const r = registry();
  const count = <usize>n;
  let asked: usize = count;
  for (let i: usize = 0; i < count; i++) store<u64>(HASHES + (i << 3), hashKey(load<u32>(column + (i << 2))));
  if (r.filterBlocks != 0 && r.bucketCount >= FILTER_FROM) {
    for (let i: usize = 0; i < count; i++) {
      store<u32>(LINES + (i << 2), <u32>filterBlock(<usize>r.filter, r.filterBlocks, load<u64>(HASHES + (i << 3))));
    }
    touch(LINES, n);
    asked = 0;
    for (let i: usize = 0; i < count; i++) {
      store<u32>(ASKED + (asked << 2), <u32>i);
      asked += <usize>filterHas(<usize>load<u32>(LINES + (i << 2)), load<u64>(HASHES + (i << 3)));
    }
  } else {
    for (let i: usize = 0; i < count; i++) store<u32>(ASKED + (i << 2), <u32>i);
  }
  for (let j: usize = 0; j < asked; j++) {
    store<u32>(LINES + (j << 2), <u32>home(load<u64>(HASHES + ((<usize>load<u32>(ASKED + (j << 2))) << 3))));
  }
  touch(LINES, <u32>asked);
  for (let j: usize = 0; j < asked; j++) {
    const bucket = <usize>load<u32>(LINES + (j << 2));
    const m = matches(bucket, load<u64>(HASHES + ((<usize>load<u32>(ASKED + (j << 2))) << 3)));
    // Without a match the bucket's own line is touched again, which costs nothing.
    const record = load<u32>(bucket + ((<usize>(ctz(m) & 7)) << 2), REFS);
    store<u32>(LINES + (j << 2), select<u32>(record, <u32>bucket, m != 0));
  }
  touch(LINES, <u32>asked);
  let next: usize = 0;
  for (let i: usize = 0; i < count; i++) {
    if (next < asked && load<u32>(ASKED + (next << 2)) == <u32>i) {
      store<u32>(column + (i << 2), answer(load<u64>(HASHES + (i << 3)), load<u32>(column + (i << 2))));
      next++;
    } else {
      store<i32>(column + (i << 2), -1);
    }
  }
}

function hashKey(key: u32): u64 {
  return hashOf(WINDOW + <usize>(key >> 16), key & 0xffff);
}

function answer(h: u64, key: u32): u32 {
  const record = find(h, WINDOW + <usize>(key >> 16), key & 0xffff);
  return record != 0 ? load<u32>(record) : 0xffffffff;
}
