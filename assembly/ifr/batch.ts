// Many keys at a call. The facade writes a column into the window:
//
//   window +0       n x u32   offset of the key in the window << 16 | its length; the kernel puts the answer in its place
//          +4 n ..            the keys' bytes
//
// Keys are looked up in chunks of 128 and in steps: hash all, fetch all buckets, fetch all records, compare. wasm has no prefetch,
// but a loop of bare loads keeps many cache misses under way at once, where whole lookups one after another wait for each
// (group prefetching: Chen, Ailamaki, Gibbons, Mowry, "Improving hash join performance through prefetching", ICDE 2004). An index
// that is in the cache does without these loops. What is not settled by a key's first candidate (a tag twice in a bucket, a bucket
// that passed keys on) is looked up whole. The filter is not asked: with the misses overlapping, what it saves on strangers (5 ns)
// is less than it costs on keys (17 ns).

import { index, META, MOST_PASSED, REFS } from "./layout";
import { BYTES, LENGTH, sameBytes } from "./records";
import { find, hashOf, internHashed, NO_ROOM } from "./registry";
import { after, further, home, matches, NONE, tagOf } from "./table";
import { BUCKET, CANDIDATE, CHUNK, HASH, io, OPEN, TAG, touch, work } from "./work";

/** Keys from which on index and records are beyond a cache of 1 MiB, so that fetching them first pays. */
const FETCH_FROM: u32 = 16384;

/** Replaces each of the `n` keys of the window by its id, or -1. */
export function lookupMany(n: u32): void {
  const fetch = index().keys >= FETCH_FROM;
  for (let from: u32 = 0; from < n; from += CHUNK) {
    const column = io + ((<usize>from) << 2);
    const count = min<u32>(CHUNK, n - from);
    locate(column, <usize>count);
    lookupChunk(column, count, fetch);
  }
}

/**
 * Interns the `n` keys of the window in their order: replaces each by its id, or by the complement of its id if it is new.
 * @returns how many were done: less than n if memory ran out
 */
export function internMany(n: u32): u32 {
  const fetch = index().keys >= FETCH_FROM;
  for (let from: u32 = 0; from < n; from += CHUNK) {
    const column = io + ((<usize>from) << 2);
    const count = <usize>min<u32>(CHUNK, n - from);
    locate(column, count);
    if (fetch) touch(work + BUCKET, 16, <u32>count);
    for (let i: usize = 0; i < count; i++) {
      const key = load<u32>(column + (i << 2));
      const id = internHashed(load<u64>(work + (i << 4), HASH), io + <usize>(key >> 16), key & 0xffff);
      if (id == NO_ROOM) return from + <u32>i;
      store<i32>(column + (i << 2), id);
    }
  }
  return n;
}

/** Writes the hashes, buckets and tags of the keys of a chunk to the working space. */
function locate(column: usize, n: usize): void {
  const end = work + (n << 4);
  let o = column;
  for (let q = work; q < end; q += 16, o += 4) {
    const key = load<u32>(o);
    const h = hashOf(io + <usize>(key >> 16), key & 0xffff);
    store<u64>(q, h, HASH);
    store<u32>(q, <u32>home(h), BUCKET);
    store<u16>(q, <u16>tagOf(h), TAG);
  }
}

function lookupChunk(column: usize, n: u32, fetch: bool): void {
  const end = work + ((<usize>n) << 4);
  if (fetch) touch(work + BUCKET, 16, n);
  for (let q = work; q < end; q += 16) {
    const tags = v128.load16_splat(q, TAG);
    let bucket = <usize>load<u32>(q, BUCKET);
    let m = matches(bucket, tags);
    // A key that its bucket may have passed on has its candidate in the next one, so that this too is fetched in time.
    if (m == 0 && further(bucket, <u32>load<u16>(q, TAG)) != 0) {
      bucket = after(bucket, load<u64>(q, HASH));
      m = matches(bucket, tags);
      store<u32>(q, <u32>bucket, BUCKET);
    }
    const record = load<u32>(bucket + ((<usize>ctz(m | 0x200)) << 2), REFS);
    // Without a match the bucket's own line stands in for a record.
    store<u32>(q, select<u32>(record, <u32>bucket, m != 0), CANDIDATE);
    store<u16>(q, m | (load<u32>(bucket, META) & MOST_PASSED), OPEN);
  }
  if (fetch) touch(work + CANDIDATE, 16, n);
  let o = column;
  for (let q = work; q < end; q += 16, o += 4) {
    const key = load<u32>(o);
    const p = io + <usize>(key >> 16);
    const len = key & 0xffff;
    const record = <usize>load<u32>(q, CANDIDATE);
    const bucket = load<u32>(q, BUCKET);
    if (<u32>record != bucket && load<u32>(record, LENGTH) == len && sameBytes(record + BYTES, p, len)) {
      store<u32>(o, load<u32>(record));
    } else {
      store<u32>(o, load<u16>(q, OPEN) != 0 ? whole(p, len) : NONE);
    }
  }
}

/** The id of a key that its first candidate did not settle. */
function whole(p: usize, len: u32): u32 {
  const record = find(hashOf(p, len), p, len);
  return record != 0 ? load<u32>(record) : NONE;
}
