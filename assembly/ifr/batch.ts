// Many keys at a call. The facade writes a column into the window:
//
//   window +0       n x u32   offset of the key in the window << 16 | its length; the kernel puts the answer in its place
//          +4 n ..            the keys' bytes
//
// An index that is larger than the processor's cache is searched in chunks of 128 keys and in steps: hash all, fetch all
// buckets, fetch all records, compare; with a filter, and where the index is far larger than that, fetch the filter's blocks first
// and go on with the keys that pass. wasm has no prefetch, but a loop of bare loads keeps many cache misses under way at once,
// where whole lookups one after another wait for each (group prefetching: Chen, Ailamaki, Gibbons, Mowry, "Improving hash
// join performance through prefetching", ICDE 2004). No step branches on what it finds: what is not settled by a key's first
// candidate (a tag twice in a bucket, a bucket that passed keys on) is listed and looked up whole at the end.

import { filterHas } from "./filter";
import { index, REFS } from "./layout";
import { BYTES, LENGTH, sameBytes } from "./records";
import { find, hashOf, internHashed, NO_ROOM } from "./registry";
import { blockOf, hasFilter } from "./segments";
import { further, home, matches, tagOf } from "./table";
import { ASKED, CHUNK, FOUND, HASHES, io, LEFT, LINES, TAGS, touch, work } from "./work";

/** Keys from which on index and records are beyond a cache of 1 MiB, so that the steps pay. */
const STEPS_FROM: u32 = 16384;
/** Keys from which on the index alone is beyond it, so that asking the filter first pays. */
export const FILTER_FROM: u32 = 131072;

/** Replaces each of the `n` keys of the window by its id, or -1. */
export function lookupMany(n: u32): void {
  const x = index();
  const steps = x.keys >= STEPS_FROM;
  const filtered = hasFilter() && x.keys >= FILTER_FROM;
  for (let from: u32 = 0; from < n; from += CHUNK) {
    const column = io + ((<usize>from) << 2);
    const count = min<u32>(CHUNK, n - from);
    if (steps) lookupChunk(column, count, filtered);
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
    const column = io + ((<usize>from) << 2);
    const count = <usize>min<u32>(CHUNK, n - from);
    for (let i: usize = 0; i < count; i++) {
      const h = hashKey(load<u32>(column + (i << 2)));
      store<u64>(work + (i << 3), h, HASHES);
      store<u32>(work + (i << 2), <u32>home(h), LINES);
    }
    if (index().keys >= STEPS_FROM) touch(work + LINES, <u32>count);
    for (let i: usize = 0; i < count; i++) {
      const key = load<u32>(column + (i << 2));
      const id = internHashed(load<u64>(work + (i << 3), HASHES), io + <usize>(key >> 16), key & 0xffff);
      if (id == NO_ROOM) return from + <u32>i;
      store<i32>(column + (i << 2), id);
    }
  }
  return n;
}

function lookupChunk(column: usize, n: u32, filtered: bool): void {
  const w = work;
  let asked = <usize>n;
  if (filtered) {
    asked = ask(column, <usize>n);
  } else {
    for (let i: usize = 0; i < asked; i++) {
      const h = hashKey(load<u32>(column + (i << 2)));
      store<u8>(w + i, <u8>i, ASKED);
      store<u16>(w + (i << 1), <u16>tagOf(h), TAGS);
      store<u32>(w + (i << 2), <u32>home(h), LINES);
    }
  }
  touch(w + LINES, <u32>asked);
  for (let j: usize = 0; j < asked; j++) {
    const bucket = <usize>load<u32>(w + (j << 2), LINES);
    const m = matches(bucket, v128.load16_splat(w + (j << 1), TAGS));
    // Without a match the bucket's own line stands in for a record; its length is then taken for none.
    const record = load<u32>(bucket + ((<usize>ctz(m | 0x200)) << 2), REFS);
    const more = <u32>((m & (m - 1)) != 0) | further(bucket, <u32>load<u16>(w + (j << 1), TAGS));
    store<u32>(w + (j << 2), select<u32>(record, <u32>bucket, m != 0), LINES);
    store<u32>(w + (j << 2), <u32>(m != 0) | (more << 1), FOUND);
  }
  touch(w + LINES, <u32>asked);
  let left: usize = 0;
  for (let j: usize = 0; j < asked; j++) {
    const i = <usize>load<u8>(w + j, ASKED);
    const key = load<u32>(column + (i << 2));
    const record = <usize>load<u32>(w + (j << 2), LINES);
    const found = load<u32>(w + (j << 2), FOUND);
    const len = key & 0xffff;
    const hit = (found & 1) != 0 && load<u32>(record, LENGTH) == len && sameBytes(record + BYTES, io + <usize>(key >> 16), len);
    store<u8>(w + left, <u8>i, LEFT);
    left += <usize>((found >> 1) & <u32>!hit);
    // What is left keeps its word of the column, which tells where the key is.
    store<u32>(column + (i << 2), hit ? load<u32>(record) : (found & 2) != 0 ? key : 0xffffffff);
  }
  for (let j: usize = 0; j < left; j++) {
    const i = <usize>load<u8>(w + j, LEFT);
    const key = load<u32>(column + (i << 2));
    store<u32>(column + (i << 2), answer(hashKey(key), key));
  }
}

/** Asks the filter about the keys of a chunk: those that it refuses are answered, the others are listed. @returns how many */
function ask(column: usize, n: usize): usize {
  const w = work;
  for (let i: usize = 0; i < n; i++) {
    const h = hashKey(load<u32>(column + (i << 2)));
    store<u64>(w + (i << 3), h, HASHES);
    store<u32>(w + (i << 2), <u32>blockOf(h), LINES);
  }
  touch(w + LINES, <u32>n);
  let asked: usize = 0;
  for (let i: usize = 0; i < n; i++) {
    const h = load<u64>(w + (i << 3), HASHES);
    const pass = filterHas(<usize>load<u32>(w + (i << 2), LINES), h);
    const key = load<u32>(column + (i << 2));
    store<u32>(column + (i << 2), pass ? key : 0xffffffff);
    store<u8>(w + asked, <u8>i, ASKED);
    store<u16>(w + (asked << 1), <u16>tagOf(h), TAGS);
    store<u32>(w + (asked << 2), <u32>home(h), LINES);
    asked += <usize>pass;
  }
  return asked;
}

function hashKey(key: u32): u64 {
  return hashOf(io + <usize>(key >> 16), key & 0xffff);
}

function answer(h: u64, key: u32): u32 {
  const record = find(h, io + <usize>(key >> 16), key & 0xffff);
  return record != 0 ? load<u32>(record) : 0xffffffff;
}
