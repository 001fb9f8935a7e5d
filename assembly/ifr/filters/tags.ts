// A filter that can delete: buckets of one cache line with 30 tags of 16 bits, and no key (layout.ts).
//
// The filter is a multiset of (bucket, tag). A key that finds its bucket full goes to the next one and is counted in every
// bucket it passed. A deletion takes the first equal tag on the key's way and takes the count back where it passed. That may
// be the tag of another key; the tag it leaves further on is equal and then stands for that other one, which is found on its
// own way just as well, since every bucket between is passed by one key more than is taken back. So what was added and not
// deleted is always found. The idea of deletable tags is that of cuckoo filters (Fan, Andersen, Kaminsky, Mitzenmacher,
// "Cuckoo filter: practically better than Bloom", CoNEXT 2014); with a line of 30 no key ever has to be moved.

import { filter, TABLE } from "./layout";
import { ANSWERS, CHUNK_HASHES, keep } from "./source";

/** Tags in a bucket. */
const SLOTS: u32 = 30;
/** Offset of the word with count and passed-over count in a bucket. */
const META: usize = 60;
/** A passed-over count that has reached this stays there: the bucket then always says "look further". */
const MOST_PASSED: u32 = 0xffffff00;

/** Whether a tag like that of hash `h` is there. O(1) expected. */
export function tagsHas(h: u64): bool {
  return place(h) != 0;
}

/** Adds hash `h`; there is room. O(1) expected. */
export function tagsAdd(h: u64): void {
  filter().keys += 1;
  let bucket = home(h);
  while (true) {
    const meta = load<u32>(bucket, META);
    const used = meta & 0xff;
    if (used < SLOTS) {
      store<u16>(bucket + ((<usize>used) << 1), <u16>h);
      store<u32>(bucket, meta + 1, META);
      return;
    }
    if (meta < MOST_PASSED) store<u32>(bucket, meta + 0x100, META);
    bucket = after(bucket);
  }
}

/** Takes hash `h` out once; false if it is not there. O(1) expected. */
export function tagsDelete(h: u64): bool {
  const found = place(h);
  if (found == 0) return false;
  for (let bucket = home(h); bucket != found; bucket = after(bucket)) {
    const meta = load<u32>(bucket, META);
    if (meta < MOST_PASSED) store<u32>(bucket, meta - 0x100, META);
  }
  const meta = load<u32>(found, META) - 1;
  const last = found + ((<usize>(meta & 0xff)) << 1);
  store<u16>(found + ((<usize>ctz(matches(found, h))) << 1), load<u16>(last));
  store<u16>(last, 0);
  store<u32>(found, meta, META);
  filter().keys -= 1;
  return true;
}

/** Answers the chunk's n hashes into ANSWERS. */
export function tagsHasChunk(n: usize): void {
  fetch(n);
  for (let from: usize = 0; from < n; from += 64) {
    const end = min<usize>(n, from + 64);
    let answers: u64 = 0;
    for (let i = from; i < end; i++) {
      const h = load<u64>(CHUNK_HASHES + (i << 3));
      const bucket = home(h);
      // In one of ten buckets somebody was turned away; all others are answered without a branch on the match.
      const has = load<u32>(bucket, META) < 0x100 ? matches(bucket, h) != 0 : place(h) != 0;
      answers |= select<u64>(1, 0, has) << (<u64>i);
    }
    store<u64>(ANSWERS + (from >> 3), answers);
  }
}

/** Adds the chunk's n hashes; there is room. */
export function tagsAddChunk(n: usize): void {
  fetch(n);
  for (let i: usize = 0; i < n; i++) tagsAdd(load<u64>(CHUNK_HASHES + (i << 3)));
}

/** The chance that a key that was never added is let pass: tags that a query is compared with, over the tags there can be. O(table). */
export function tagsRate(): f64 {
  const f = filter();
  let compared: f64 = 0;
  let start = TABLE;
  for (let i: u32 = 0; i < f.units; i++, start += 64) {
    let bucket = start;
    while (true) {
      const meta = load<u32>(bucket, META);
      compared += <f64>(meta & 0xff);
      if (meta < 0x100) break;
      bucket = after(bucket);
      if (bucket == start) break;
    }
  }
  return min<f64>(1, compared / (<f64>f.units * 65536));
}

/** Address of the bucket where hash `h` starts: the high half of the hash chooses it. */
function home(h: u64): usize {
  return TABLE + ((<usize>(((h >> 32) * <u64>filter().units) >> 32)) << 6);
}

/** The first bucket on the way of hash `h` with its tag, or 0. */
function place(h: u64): usize {
  const start = home(h);
  let bucket = start;
  do {
    if (matches(bucket, h) != 0) return bucket;
    if (load<u32>(bucket, META) < 0x100) return 0;
    bucket = after(bucket);
  } while (bucket != start);
  return 0;
}

/** The slots of a bucket whose tag is that of `h`, as a bit mask. */
function matches(bucket: usize, h: u64): u32 {
  const tag = i16x8.splat(<i16>h);
  const a = i8x16.narrow_i16x8_s(i16x8.eq(v128.load(bucket), tag), i16x8.eq(v128.load(bucket, 16), tag));
  const b = i8x16.narrow_i16x8_s(i16x8.eq(v128.load(bucket, 32), tag), i16x8.eq(v128.load(bucket, 48), tag));
  const found = <u32>i8x16.bitmask(a) | ((<u32>i8x16.bitmask(b)) << 16);
  const used = load<u32>(bucket, META) & 0xff;
  return found & ((1 << used) - 1);
}

function after(bucket: usize): usize {
  const next = bucket + 64;
  return next == TABLE + <usize>filter().tableBytes ? TABLE : next;
}

/** Fetches the lines of the chunk's buckets, if the table is large. */
function fetch(n: usize): void {
  if (filter().staged == 0) return;
  let sum: u32 = 0;
  for (let i: usize = 0; i < n; i++) sum ^= load<u32>(home(load<u64>(CHUNK_HASHES + (i << 3))));
  keep(sum);
}
