// Many keys at a call. The facade writes a column into the window:
//
//   window +0       n x u32   offset of the key in the window << 16 | its length; the kernel puts the answer in its place
//          +4 n ..            the keys' bytes
//
// Keys are looked up in chunks of 128 and in steps: hash all, fetch all buckets, fetch all records, compare. wasm has no prefetch,
// but a loop of bare loads keeps many cache misses under way at once, where whole lookups one after another wait for each
// (group prefetching: Chen, Ailamaki, Gibbons, Mowry, "Improving hash join performance through prefetching", ICDE 2004). An index
// that is in the cache does without these loops. No step branches on what it finds: what is not settled by a key's first
// candidate (a tag twice in a bucket, a bucket that passed such keys on) is listed and looked up whole at the end. The filter is
// not asked: with the misses overlapping, what it saves on strangers (5 ns) is less than it costs on keys (17 ns).

import { index, REFS } from "./layout";
import { BYTES, LENGTH, sameBytes } from "./records";
import { find, hashOf, internHashed, NO_ROOM } from "./registry";
import { further, home, matches, tagOf } from "./table";
import { CHUNK, FOUND, HASHES, io, LEFT, LINES, TAGS, touch, work } from "./work";

/** Keys from which on index and records are beyond a cache of 1 MiB, so that fetching them first pays. */
const FETCH_FROM: u32 = 16384;

/** Replaces each of the `n` keys of the window by its id, or -1. */
export function lookupMany(n: u32): void {
  const fetch = index().keys >= FETCH_FROM;
  for (let from: u32 = 0; from < n; from += CHUNK) {
    const column = io + ((<usize>from) << 2);
    const count = min<u32>(CHUNK, n - from);
    settle(column, lookupChunk(column, count, fetch));
  }
}

/**
 * Interns the `n` keys of the window in their order: replaces each by its id, or by the complement of its id if it is new.
 * @returns how many were done: less than n if memory ran out
 */
export function internMany(n: u32): u32 {
  for (let from: u32 = 0; from < n; from += CHUNK) {
    const column = io + ((<usize>from) << 2);
    const count = <usize>min<u32>(CHUNK, n - from);
    for (let i: usize = 0; i < count; i++) {
      const h = hashKey(load<u32>(column + (i << 2)));
      store<u64>(work + (i << 3), h, HASHES);
      store<u32>(work + (i << 2), <u32>home(h), LINES);
    }
    if (index().keys >= FETCH_FROM) touch(work + LINES, <u32>count);
    for (let i: usize = 0; i < count; i++) {
      const key = load<u32>(column + (i << 2));
      const id = internHashed(load<u64>(work + (i << 3), HASHES), io + <usize>(key >> 16), key & 0xffff);
      if (id == NO_ROOM) return from + <u32>i;
      store<i32>(column + (i << 2), id);
    }
  }
  return n;
}

/** @returns how many keys of the chunk are listed at LEFT: they keep their word, which tells where the key is */
function lookupChunk(column: usize, n: u32, fetch: bool): usize {
  const w = work;
  const count = <usize>n;
  for (let i: usize = 0; i < count; i++) {
    const h = hashKey(load<u32>(column + (i << 2)));
    store<u16>(w + (i << 1), <u16>tagOf(h), TAGS);
    store<u32>(w + (i << 2), <u32>home(h), LINES);
  }
  if (fetch) touch(w + LINES, n);
  for (let i: usize = 0; i < count; i++) {
    const bucket = <usize>load<u32>(w + (i << 2), LINES);
    const m = matches(bucket, v128.load16_splat(w + (i << 1), TAGS));
    // Without a match the bucket's own line stands in for a record.
    const record = load<u32>(bucket + ((<usize>ctz(m | 0x200)) << 2), REFS);
    const more = <u32>((m & (m - 1)) != 0) | further(bucket, <u32>load<u16>(w + (i << 1), TAGS));
    store<u32>(w + (i << 2), select<u32>(record, <u32>bucket, m != 0), LINES);
    store<u32>(w + (i << 2), <u32>(m != 0) | (more << 1), FOUND);
  }
  if (fetch) touch(w + LINES, n);
  let left: usize = 0;
  for (let i: usize = 0; i < count; i++) {
    const key = load<u32>(column + (i << 2));
    const record = <usize>load<u32>(w + (i << 2), LINES);
    const found = load<u32>(w + (i << 2), FOUND);
    const len = key & 0xffff;
    const hit = (found & 1) != 0 && load<u32>(record, LENGTH) == len && sameBytes(record + BYTES, io + <usize>(key >> 16), len);
    store<u8>(w + left, <u8>i, LEFT);
    left += <usize>((found >> 1) & <u32>!hit);
    store<u32>(column + (i << 2), hit ? load<u32>(record) : (found & 2) != 0 ? key : 0xffffffff);
  }
  return left;
}

function settle(column: usize, n: usize): void {
  for (let j: usize = 0; j < n; j++) {
    const at = column + ((<usize>load<u8>(work + j, LEFT)) << 2);
    const key = load<u32>(at);
    const record = find(hashKey(key), io + <usize>(key >> 16), key & 0xffff);
    store<u32>(at, record != 0 ? load<u32>(record) : 0xffffffff);
  }
}

function hashKey(key: u32): u64 {
  return hashOf(io + <usize>(key >> 16), key & 0xffff);
}
