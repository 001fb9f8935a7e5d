// The tag-bucket index: open addressing by buckets of one cache line (layout.ts). A query compares the key's 16-bit tag with
// the bucket's ten tags in two SIMD operations and looks at a record only where a tag agrees: one in 6,500 misses does so in
// vain. A key that finds its bucket full goes to the next one and is counted in every bucket it passed; the count tells a
// query where to stop, and deletion takes it back exactly, so the index never needs a sweep for tombstones.
// The grouping by cache line follows Abseil's Swiss tables and F14 (Facebook, 2019).

import { BYTES, LENGTH, META, REFS, registry, SLOTS } from "./layout";
import { sameBytes } from "./records";

/** A passed-over count that has reached this stays there: the bucket then always says "look further". */
const MOST_PASSED: u32 = 0xffffff00;

/** Address of the bucket where hash `h` starts: the high half of the hash chooses it. */
export function home(h: u64): usize {
  const r = registry();
  const number = <usize>(((h >> 32) * <u64>r.bucketCount) >> 32);
  return <usize>r.buckets + (number << 6);
}

/** The slots of a bucket whose tag is that of `h`, as a bit mask. */
export function matches(bucket: usize, h: u64): u32 {
  const tag = i16x8.splat(<i16>h);
  const low = <u32>i16x8.bitmask(i16x8.eq(v128.load(bucket), tag));
  const high = <u32>i16x8.bitmask(i16x8.eq(v128.load(bucket, 16), tag));
  const used = load<u32>(bucket, META) & 0xff;
  return (low | (high << 8)) & ((1 << used) - 1);
}

/** The record of the key at `p` with hash `h`, or 0. O(1) expected. */
export function find(h: u64, p: usize, len: u32): usize {
  const start = home(h);
  let bucket = start;
  do {
    let m = matches(bucket, h);
    while (m != 0) {
      const record = <usize>load<u32>(bucket + ((<usize>ctz(m)) << 2), REFS);
      if (load<u32>(record, LENGTH) == len && sameBytes(record + BYTES, p, len)) return record;
      m &= m - 1;
    }
    if (load<u32>(bucket, META) < 0x100) return 0;
    bucket = after(bucket);
  } while (bucket != start);
  return 0;
}

/** Enters a record whose key is not there yet; at least one slot of the index must be free. O(1) expected. */
export function put(h: u64, record: usize): void {
  let bucket = home(h);
  while (true) {
    const meta = load<u32>(bucket, META);
    const slot = <usize>(meta & 0xff);
    if (<u32>slot < SLOTS) {
      store<u16>(bucket + (slot << 1), <u16>h);
      store<u32>(bucket + (slot << 2), <u32>record, REFS);
      store<u32>(bucket, meta + 1, META);
      return;
    }
    if (meta < MOST_PASSED) store<u32>(bucket, meta + 0x100, META);
    bucket = after(bucket);
  }
}

/** Takes out a record that is there. The bucket's last slot fills the gap. O(1) expected. */
export function take(h: u64, record: usize): void {
  const start = home(h);
  let bucket = start;
  let slot = slotOf(bucket, h, record);
  while (slot == SLOTS) {
    const meta = load<u32>(bucket, META);
    if (meta < MOST_PASSED) store<u32>(bucket, meta - 0x100, META);
    bucket = after(bucket);
    // A record that is nowhere means that the state is broken: rather trap than search for ever.
    if (bucket == start) unreachable();
    slot = slotOf(bucket, h, record);
  }
  const meta = load<u32>(bucket, META) - 1;
  const gap = <usize>slot;
  const last = <usize>(meta & 0xff);
  store<u16>(bucket + (gap << 1), load<u16>(bucket + (last << 1)));
  store<u32>(bucket + (gap << 2), load<u32>(bucket + (last << 2), REFS), REFS);
  store<u16>(bucket + (last << 1), 0);
  store<u32>(bucket + (last << 2), 0, REFS);
  store<u32>(bucket, meta, META);
}

function slotOf(bucket: usize, h: u64, record: usize): u32 {
  let m = matches(bucket, h);
  while (m != 0) {
    const slot = <u32>ctz(m);
    if (load<u32>(bucket + ((<usize>slot) << 2), REFS) == <u32>record) return slot;
    m &= m - 1;
  }
  return SLOTS;
}

function after(bucket: usize): usize {
  const r = registry();
  const next = bucket + 64;
  return next == <usize>r.buckets + ((<usize>r.bucketCount) << 6) ? <usize>r.buckets : next;
}
