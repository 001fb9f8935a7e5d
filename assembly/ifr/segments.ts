// How the index grows. A small one is a single segment, which doubles. From 1,024 buckets on a full segment is split in two by
// one more bit of its keys' hashes, so that no call ever moves more than the 16,600 keys of a segment, however many there are
// in all (extendible hashing: Fagin, Nievergelt, Pippenger, Strong, ACM TODS 4(3), 1979). What a split costs is paid by the
// key that finds its segment full: O(1) amortised, well below a millisecond.

import { alloc, allocLasting, free, giveAway, reserve, scratch } from "../core/arena";
import { filterAdd, filterBlock } from "./filter";
import { BUCKETS, index, Keys, META, REFS, Segment, USED } from "./layout";
import { put, segmentOf } from "./table";
import { CHUNK, SPLIT_LINES, SPLIT_REFS, touch, work } from "./work";

/** A segment of more buckets than this is split, not doubled; none ever has more than twice as many. */
const SPLIT_FROM: u32 = 1024;
/** The most bits of hash that choose a segment: a million segments. Beyond that a segment fills up to its last slot. */
const DEEPEST: u32 = 20;
/** The most keys that an index can be created for. */
const MOST_KEYS: u32 = 0x10000000;

/** Whether the index has filters. */
export function hasFilter(): bool {
  return index().segmentBlocks != 0;
}

/** Address of the filter block of hash `h`. */
export function blockOf(h: u64): usize {
  return blockIn(segmentOf(h), h);
}

/** Sets up an empty index with room for `capacity` keys: 7.6 a bucket, 8.4 bytes a key. False if there is no memory. */
export function createIndex(capacity: u32, filterBits: u32): bool {
  if (capacity > MOST_KEYS) return false;
  const x = index();
  const buckets = max<u32>(4, <u32>((<u64>capacity * 5 + 37) / 38));
  let bits: u32 = 0;
  while (buckets >> bits > SPLIT_FROM << 1) bits++;
  const count = (<u32>1) << bits;
  x.filterBits = filterBits;
  size((buckets + count - 1) >> bits);
  // The directory has two entries at least, so that one shift by less than 64 finds an entry.
  x.shift = 64 - max<u32>(1, bits);
  x.directory = <u32>alloc(max<u32>(2, count) << 2);
  if (x.directory == 0) return false;
  for (let i: u32 = 0; i < count; i++) {
    const segment = allocLasting(segmentBytes());
    if (segment == 0) return false;
    changetype<Segment>(segment).depth = bits;
    store<u32>(<usize>x.directory + ((<usize>i) << 2), <u32>segment);
    if (count == 1) store<u32>(<usize>x.directory, <u32>segment, 4);
  }
  x.segments = count;
  return true;
}

/** Makes sure that one more key of hash `h` fits. Moves refs if it must. False, and nothing has changed, if there is no memory. */
export function roomFor<K extends Keys>(h: u64): bool {
  const x = index();
  while (true) {
    const segment = changetype<Segment>(segmentOf(h));
    if (segment.keys < x.segmentLimit) return true;
    if (x.segments == 1 && x.segmentBuckets <= SPLIT_FROM) {
      if (!double<K>()) return false;
    } else if (segment.depth == DEEPEST) {
      return segment.keys < x.segmentBuckets * 10 - 1;
    } else if (!split<K>(h)) return false;
  }
}

/** Enters a ref into index and filter; there is room. */
export function enterRef(h: u64, ref: u32): void {
  const segment = segmentOf(h);
  changetype<Segment>(segment).keys += 1;
  put(h, ref);
  if (hasFilter()) filterAdd(blockIn(segment, h), h);
}

/** Notes that a key of hash `h`, still to be found by its ref, was taken out. A filter with many such keys is built anew. */
export function noteTaken<K extends Keys>(h: u64): void {
  const at = segmentOf(h);
  const segment = changetype<Segment>(at);
  segment.keys -= 1;
  if (!hasFilter()) return;
  const x = index();
  segment.stale += 1;
  x.stale += 1;
  // A rebuild costs one hash a live key and comes at the earliest after a quarter as many deletions: O(1) each.
  if (segment.stale <= (segment.keys >> 2) + 16) return;
  x.stale -= segment.stale;
  segment.stale = 0;
  memory.fill(blocksOf(at), 0, (<usize>x.segmentBlocks) << 5);
  eachRef<K>(at, x.segmentBuckets, false);
}

/** Empties index and filters; they keep their size. */
export function clearIndex(): void {
  const x = index();
  const count = (<u32>1) << (64 - x.shift);
  let last: usize = 0;
  for (let i: u32 = 0; i < count; i++) {
    const at = <usize>load<u32>(<usize>x.directory + ((<usize>i) << 2));
    // The entries of a segment are side by side: up to half a million of them, where keys share a hash.
    if (at == last) continue;
    last = at;
    const depth = changetype<Segment>(at).depth;
    memory.fill(at, 0, <usize>segmentBytes());
    changetype<Segment>(at).depth = depth;
  }
  x.keys = 0;
  x.stale = 0;
}

function size(buckets: u32): void {
  const x = index();
  x.segmentBuckets = buckets;
  x.segmentLimit = (buckets * 65) >> 3;
  x.segmentBlocks = <u32>((<u64>x.segmentLimit * <u64>x.filterBits + 255) >> 8);
}

function segmentBytes(): u32 {
  const x = index();
  return <u32>BUCKETS + (x.segmentBuckets << 6) + (x.segmentBlocks << 5);
}

function blocksOf(segment: usize): usize {
  return segment + BUCKETS + ((<usize>index().segmentBuckets) << 6);
}

function blockIn(segment: usize, h: u64): usize {
  return filterBlock(blocksOf(segment), index().segmentBlocks, h << 16);
}

/** Doubles the only segment. */
function double<K extends Keys>(): bool {
  const x = index();
  const old = <usize>load<u32>(<usize>x.directory);
  const buckets = x.segmentBuckets;
  const bytes = segmentBytes();
  size(buckets << 1);
  const segment = allocLasting(segmentBytes());
  if (segment == 0) {
    size(buckets);
    return false;
  }
  store<u32>(<usize>x.directory, <u32>segment);
  store<u32>(<usize>x.directory, <u32>segment, 4);
  x.stale = 0;
  eachRef<K>(old, buckets, true);
  giveAway(old, bytes);
  return true;
}

/** Splits the segment of hash `h` by one more bit. */
function split<K extends Keys>(h: u64): bool {
  const x = index();
  const at = segmentOf(h);
  const segment = changetype<Segment>(at);
  const bytes = segmentBytes();
  const bits = 64 - x.shift;
  // Room for the twin, a copy of the segment above it, and a directory twice as long: nothing below can fail.
  if (!reserve((bytes << 1) + (16 << bits) + 256)) return false;
  if (segment.depth == bits) {
    const old = <usize>x.directory;
    const longer = alloc(((<u32>1) << bits) << 3);
    for (let i: usize = 0; i < (<usize>1) << (<usize>bits); i++) {
      const entry = load<u32>(old + (i << 2));
      store<u32>(longer + (i << 3), entry);
      store<u32>(longer + (i << 3), entry, 4);
    }
    free(old, ((<u32>1) << bits) << 2);
    x.directory = <u32>longer;
    x.shift -= 1;
  }
  const twin = allocLasting(bytes);
  const copy = scratch(bytes);
  memory.copy(copy, at, <usize>bytes);
  const depth = segment.depth + 1;
  x.stale -= segment.stale;
  memory.fill(at, 0, <usize>bytes);
  segment.depth = depth;
  changetype<Segment>(twin).depth = depth;
  x.segments += 1;
  // Of the entries that meant this segment, the upper half now mean its twin.
  const half = (<u32>1) << (64 - x.shift - depth);
  const first = ((<u32>(h >> 32) >> (32 - depth)) | 1) << (64 - x.shift - depth);
  for (let i = first; i < first + half; i++) store<u32>(<usize>x.directory + ((<usize>i) << 2), <u32>twin);
  eachRef<K>(copy, x.segmentBuckets, true);
  return true;
}

/** Enters the refs of the `count` buckets of the segment at `from` where they belong now: into the filter, and if `everywhere` into the index too. */
function eachRef<K extends Keys>(from: usize, count: u32, everywhere: bool): void {
  const lines = work + SPLIT_LINES;
  const refs = work + SPLIT_REFS;
  let bucket = from + BUCKETS;
  const end = bucket + ((<usize>count) << 6);
  while (bucket < end) {
    let n: usize = 0;
    for (; bucket < end && n + 10 <= <usize>CHUNK; bucket += 64) {
      const used = <usize>(load<u32>(bucket, META) & USED);
      for (let slot: usize = 0; slot < used; slot++, n++) {
        const ref = load<u32>(bucket + (slot << 2), REFS);
        store<u32>(refs + (n << 2), ref);
        store<u32>(lines + (n << 2), <u32>changetype<K>(0).line(ref));
      }
    }
    touch(lines, 4, <u32>n);
    for (let i: usize = 0; i < n; i++) {
      const ref = load<u32>(refs + (i << 2));
      const h = changetype<K>(0).hash(ref);
      if (everywhere) enterRef(h, ref);
      else filterAdd(blockOf(h), h);
    }
  }
}
