// From keys to hashes, 128 at a time, and from hashes to the lines of the table. What follows does not care how the keys came.

import { STATE, WINDOW } from "../../core/arena";
import { foldedForMix, hashBytes, hashLength, mix64, mixFolded, nhOf16, nhOf32, nhOfPair } from "../../core/hash";
import { avalanche, P5, word, xxh64 } from "../../core/xxh64";
import { filter } from "./layout";

/** Keys of a chunk: enough that a cache miss of each overlaps, few enough that the working space stays in the nearest cache. */
export const CHUNK: u32 = 128;

/** The window holds words, offset of the key in the window << 16 | its length, and behind them the keys. */
export const WORDS: u32 = 0;
/** The window holds hashes of 64 bits. */
export const HASHES: u32 = 1;
/**
 * The window holds offsets, one more than keys, as they are in a column, and at OFFSET_BYTES the column from the first of them on.
 * Every other source is a width: the window holds keys of so many bytes.
 */
export const OFFSETS: u32 = 2;
/** Where the bytes are that belong to offsets: behind 2049 of them and 2048 bits for the answers. */
const OFFSET_BYTES: usize = WINDOW + 8464;

/** The chunk's hashes. */
export const CHUNK_HASHES: usize = memory.data(1024, 16);
/** The chunk's answers, a bit a key. */
export const ANSWERS: usize = memory.data(16, 16);
const SINK: usize = memory.data(4, 4);

/**
 * The hash of the key at `p`. A single key was written just now, four characters a store. A load of four bytes gets them from the
 * store that is still on its way; a longer one would wait until they are in the cache, and with it whatever else comes later.
 */
export function hashOf(p: usize, len: u32): u64 {
  return filter().hash == 0 ? hashBytes(p, len, STATE) : xxh64(p, len, 0);
}

/** `hashBytes`; keys of 8 to 32 bytes, which most are, without the call. */
function fastHash(p: usize, len: u32, front: v128, back: v128): u64 {
  if (len - 17 < 16) return mix64(hashLength(len) + nhOf32(v128.load(p), v128.load(p + <usize>len - 16), front, back));
  if (len - 8 < 9) {
    const words = v128.load64_lane(p + <usize>len - 8, v128.load64_zero(p), 1);
    return mix64(hashLength(len) + nhOf16(words, front));
  }
  return hashBytes(p, len, STATE);
}

/** Hashes keys `from`..`from + n - 1` of the window into CHUNK_HASHES; n <= CHUNK. */
export function hashChunk(source: u32, from: u32, n: u32): void {
  const count = <usize>n;
  if (source == HASHES) {
    memory.copy(CHUNK_HASHES, WINDOW + ((<usize>from) << 3), count << 3);
  } else if (source == OFFSETS) {
    hashOffsets(WINDOW + ((<usize>from) << 2), count);
  } else if (source == WORDS) {
    const words = WINDOW + ((<usize>from) << 2);
    if (filter().hash == 0) {
      const front = v128.load(STATE);
      const back = v128.load(STATE, 16);
      for (let i: usize = 0; i < count; i++) {
        const word = load<u32>(words + (i << 2));
        store<u64>(CHUNK_HASHES + (i << 3), fastHash(WINDOW + <usize>(word >> 16), word & 0xffff, front, back));
      }
    } else {
      for (let i: usize = 0; i < count; i++) {
        const word = load<u32>(words + (i << 2));
        store<u64>(CHUNK_HASHES + (i << 3), xxh64(WINDOW + <usize>(word >> 16), word & 0xffff, 0));
      }
    }
  } else if (filter().hash == 0) {
    hashColumn(WINDOW + <usize>from * <usize>source, source, count);
  } else {
    portableColumn(WINDOW + <usize>from * <usize>source, source, count);
  }
}

/** Whether the window's `n` + 1 offsets ascend; the facade has seen to it that the first and the last fit the bytes that are there. */
export function ascends(n: u32): bool {
  const end = WINDOW + ((<usize>n) << 2);
  let wrong = i32x4.splat(0);
  let p = WINDOW;
  for (; p + 16 <= end; p += 16) wrong = v128.or(wrong, i32x4.lt_u(v128.load(p, 4), v128.load(p)));
  let last: u32 = 0;
  for (; p < end; p += 4) last |= select<u32>(1, 0, load<u32>(p, 4) < load<u32>(p));
  return !v128.any_true(wrong) && last == 0;
}

/** Hashes the `count` keys whose offsets are at `offsets`. */
function hashOffsets(offsets: usize, count: usize): void {
  const bytes = OFFSET_BYTES - <usize>load<u32>(WINDOW);
  const portable = filter().hash != 0;
  const front = v128.load(STATE);
  const back = v128.load(STATE, 16);
  let at = load<u32>(offsets);
  for (let i: usize = 0; i < count; i++) {
    const end = load<u32>(offsets + (i << 2), 4);
    const p = bytes + <usize>at;
    store<u64>(CHUNK_HASHES + (i << 3), portable ? xxh64(p, end - at, 0) : fastHash(p, end - at, front, back));
    at = end;
  }
}

/** XXH64 of each of the `count` keys of `width` bytes from `p` on; the widths of Parquet's numbers and UUIDs are written out. */
function portableColumn(p: usize, width: u32, count: usize): void {
  const end = CHUNK_HASHES + (count << 3);
  if (width == 8) {
    for (let to = CHUNK_HASHES; to < end; to += 8, p += 8) store<u64>(to, avalanche(word(P5 + 8, load<u64>(p))));
  } else if (width == 16) {
    for (let to = CHUNK_HASHES; to < end; to += 8, p += 16) {
      store<u64>(to, avalanche(word(word(P5 + 16, load<u64>(p)), load<u64>(p, 8))));
    }
  } else {
    for (let to = CHUNK_HASHES; to < end; to += 8, p += <usize>width) store<u64>(to, xxh64(p, width, 0));
  }
}

/** `hashBytes` of each of the `count` keys of `width` bytes from `p` on, written out for the four widths. */
function hashColumn(p: usize, width: u32, count: usize): void {
  const front = v128.load(STATE);
  const back = v128.load(STATE, 16);
  const start = hashLength(width);
  const end = CHUNK_HASHES + (count << 3);
  if (width == 8) {
    for (let to = CHUNK_HASHES; to < end; to += 8, p += 8) store<u64>(to, mix64(start + nhOf16(v128.load64_splat(p), front)));
  } else if (width == 16) {
    let to = CHUNK_HASHES;
    for (; to + 8 < end; to += 16, p += 32) {
      const two = foldedForMix(i64x2.add(i64x2.splat(start), nhOfPair(v128.load(p), v128.load(p, 16), front)));
      store<u64>(to, mixFolded(i64x2.extract_lane(two, 0)));
      store<u64>(to, mixFolded(i64x2.extract_lane(two, 1)), 8);
    }
    if (to < end) store<u64>(to, mix64(start + nhOf16(v128.load(p), front)));
  } else {
    const last = <usize>width - 16;
    for (let to = CHUNK_HASHES; to < end; to += 8, p += <usize>width) {
      store<u64>(to, mix64(start + nhOf32(v128.load(p), v128.load(p + last), front, back)));
    }
  }
}

/**
 * Stores what a loop of bare loads has come to, so that no compiler finds the loads useless. Such a loop over the lines that a
 * chunk needs is what stands in for prefetching: its loads do not wait for each other, so that their cache misses overlap (group
 * prefetching: Chen, Ailamaki, Gibbons, Mowry, "Improving hash join performance through prefetching", ICDE 2004).
 */
export function keep(sum: u32): void {
  store<u32>(SINK, sum);
}
