// The tag-bucket index: open addressing by buckets of one cache line (layout.ts). A query compares the key's 16-bit tag with
// the bucket's ten tags in two SIMD operations and looks at a key only where a tag agrees: one in 4,000 misses does so in
// vain. A key that finds its bucket full goes to the next one of the segment. Every bucket it passed counts it, and sets one of
// sixteen bits for its tag: a query goes on only if its own tag's bit is set, which spares it the second line in nine of ten
// cases. Deletion takes the count back exactly and clears the bits when it reaches zero, so the index never needs a sweep for
// tombstones.
// The grouping by cache line follows Abseil's Swiss tables and F14 (Facebook, 2019).

import { BUCKETS, index, Keys, META, MOST_PASSED, PASSED, REFS, SLOTS, USED } from "./layout";

/** What `findRef` answers when there is no such key. */
export const NONE: u32 = 0xffffffff;

/** Address of the segment of hash `h`. */
export function segmentOf(h: u64): usize {
  const x = index();
  return segmentIn(<usize>x.directory, <u64>x.shift, h);
}

/** The same for a loop that has read the header before. */
export function segmentIn(directory: usize, shift: u64, h: u64): usize {
  return <usize>load<u32>(directory + ((<usize>(h >> shift)) << 2));
}

/** Address of the bucket where hash `h` starts in its segment, which has `buckets` of them. */
export function bucketIn(segment: usize, buckets: u64, h: u64): usize {
  return segment + BUCKETS + ((<usize>((<u64>(<u32>(h >> 16)) * buckets) >> 32)) << 6);
}

/** Address of the bucket where hash `h` starts. */
export function home(h: u64): usize {
  return bucketIn(segmentOf(h), <u64>index().segmentBuckets, h);
}

/** The tag of hash `h`: never 0. */
export function tagOf(h: u64): u32 {
  return (<u32>h & 0xffff) | 1;
}

/** The slots of a bucket that hold the tag, which fills all lanes of `tag`, as a bit mask. */
export function matches(bucket: usize, tag: v128): u32 {
  const low = i16x8.eq(v128.load(bucket), tag);
  const high = i16x8.eq(v128.load(bucket, 16), tag);
  return <u32>i8x16.bitmask(i8x16.narrow_i16x8_s(low, high)) & 0x3ff;
}

/** Whether a key of this tag may live further on than in the bucket. */
export function further(bucket: usize, tag: u32): u32 {
  return (load<u16>(bucket, META + 2) >> ((tag >> 1) & 15)) & 1;
}

/** The ref of the key of `len` bytes at `p`, whose hash is `h`, or NONE. O(1) expected. */
export function findRef<K extends Keys>(h: u64, p: usize, len: u32): u32 {
  const tag = tagOf(h);
  const tags = i16x8.splat(<i16>tag);
  const start = home(h);
  let bucket = start;
  do {
    let m = matches(bucket, tags);
    while (m != 0) {
      const ref = load<u32>(bucket + ((<usize>ctz(m)) << 2), REFS);
      if (changetype<K>(0).same(ref, p, len)) return ref;
      m &= m - 1;
    }
    if (further(bucket, tag) == 0) return NONE;
    bucket = after(bucket, h);
  } while (bucket != start);
  return NONE;
}

/** Enters a ref whose key is not there yet; at least one slot of its segment must be free. O(1) expected. */
export function put(h: u64, ref: u32): void {
  const tag = tagOf(h);
  let bucket = home(h);
  while (true) {
    const meta = load<u32>(bucket, META);
    const slot = <usize>(meta & USED);
    if (<u32>slot < SLOTS) {
      store<u16>(bucket + (slot << 1), <u16>tag);
      store<u32>(bucket + (slot << 2), ref, REFS);
      store<u32>(bucket, meta + 1, META);
      return;
    }
    // A count at its most stays there: nobody knows any more how many there are.
    const one = (meta & MOST_PASSED) != MOST_PASSED ? PASSED : 0;
    store<u32>(bucket, (meta + one) | (0x10000 << ((tag >> 1) & 15)), META);
    bucket = after(bucket, h);
  }
}

/** Takes out a ref that is there. The bucket's last slot fills the gap. O(1) expected. */
export function take(h: u64, ref: u32): void {
  const start = home(h);
  let bucket = start;
  let slot = slotOf(bucket, h, ref);
  while (slot == SLOTS) {
    const meta = load<u32>(bucket, META);
    const passed = meta & MOST_PASSED;
    if (passed == PASSED) store<u32>(bucket, meta & USED, META);
    else if (passed != MOST_PASSED) store<u32>(bucket, meta - PASSED, META);
    bucket = after(bucket, h);
    // A ref that is nowhere means that the state is broken: rather trap than search for ever.
    if (bucket == start) unreachable();
    slot = slotOf(bucket, h, ref);
  }
  const meta = load<u32>(bucket, META) - 1;
  const gap = <usize>slot;
  const last = <usize>(meta & USED);
  store<u16>(bucket + (gap << 1), load<u16>(bucket + (last << 1)));
  store<u32>(bucket + (gap << 2), load<u32>(bucket + (last << 2), REFS), REFS);
  store<u16>(bucket + (last << 1), 0);
  store<u32>(bucket + (last << 2), 0, REFS);
  store<u32>(bucket, meta, META);
}

function slotOf(bucket: usize, h: u64, ref: u32): u32 {
  let m = matches(bucket, i16x8.splat(<i16>tagOf(h)));
  while (m != 0) {
    const slot = <u32>ctz(m);
    if (load<u32>(bucket + ((<usize>slot) << 2), REFS) == ref) return slot;
    m &= m - 1;
  }
  return SLOTS;
}

/** The bucket after this one, round the segment of `h`. */
export function after(bucket: usize, h: u64): usize {
  const first = segmentOf(h) + BUCKETS;
  const next = bucket + 64;
  return next == first + ((<usize>index().segmentBuckets) << 6) ? first : next;
}
