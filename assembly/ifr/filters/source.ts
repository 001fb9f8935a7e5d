// From keys to hashes, 128 at a time, and from hashes to the lines of the table. What follows does not care how the keys came.

import { STATE, WINDOW } from "../../core/arena";
import { hashBytes, mix64 } from "../../core/hash";
import { avalanche, P5, word, xxh64 } from "../../core/xxh64";
import { filter } from "./layout";

/** Keys of a chunk: enough that a cache miss of each overlaps, few enough that the working space stays in the nearest cache. */
export const CHUNK: u32 = 128;

/** The window holds words, offset of the key in the window << 16 | its length, and behind them the keys. */
export const WORDS: u32 = 0;
/** The window holds hashes of 64 bits. Every other source is a width: the window holds keys of so many bytes. */
export const HASHES: u32 = 1;

/** The multiplier of core/hash.ts for the length. */
const P1: u64 = 0x9e3779b185ebca87;

/** The chunk's hashes. */
export const CHUNK_HASHES: usize = memory.data(1024, 16);
/** The chunk's answers, a bit a key. */
export const ANSWERS: usize = memory.data(16, 16);
const SINK: usize = memory.data(4, 4);

/** The hash of the key at `p`. */
export function hashOf(p: usize, len: u32): u64 {
  return filter().hash == 0 ? hashBytes(p, len, STATE) : xxh64(p, len, 0);
}

/** Hashes keys `from`..`from + n - 1` of the window into CHUNK_HASHES; n <= CHUNK. */
export function hashChunk(source: u32, from: u32, n: u32): void {
  const count = <usize>n;
  if (source == HASHES) {
    memory.copy(CHUNK_HASHES, WINDOW + ((<usize>from) << 3), count << 3);
  } else if (source == WORDS) {
    const words = WINDOW + ((<usize>from) << 2);
    if (filter().hash == 0) {
      for (let i: usize = 0; i < count; i++) {
        const word = load<u32>(words + (i << 2));
        store<u64>(CHUNK_HASHES + (i << 3), hashBytes(WINDOW + <usize>(word >> 16), word & 0xffff, STATE));
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

/** `hashBytes` of each of the `count` keys of `width` bytes from `p` on, written out for the four widths: three times as fast as a call a key. */
function hashColumn(p: usize, width: u32, count: usize): void {
  const k0 = load<u64>(STATE);
  const k1 = load<u64>(STATE, 8);
  const k2 = load<u64>(STATE, 16);
  const k3 = load<u64>(STATE, 24);
  const start = <u64>width * P1;
  const end = CHUNK_HASHES + (count << 3);
  if (width == 8) {
    for (let to = CHUNK_HASHES; to < end; to += 8, p += 8) {
      store<u64>(to, mix64(start + nh(load<u64>(p), k0) + nh(load<u64>(p), k1)));
    }
  } else if (width == 16) {
    for (let to = CHUNK_HASHES; to < end; to += 8, p += 16) {
      store<u64>(to, mix64(start + nh(load<u64>(p), k0) + nh(load<u64>(p, 8), k1)));
    }
  } else if (width == 20) {
    for (let to = CHUNK_HASHES; to < end; to += 8, p += 20) {
      const front = nh(load<u64>(p), k0) + nh(load<u64>(p, 8), k1);
      store<u64>(to, mix64(start + front + nh(load<u64>(p, 4), k2) + nh(load<u64>(p, 12), k3)));
    }
  } else {
    for (let to = CHUNK_HASHES; to < end; to += 8, p += 32) {
      const front = nh(load<u64>(p), k0) + nh(load<u64>(p, 8), k1);
      store<u64>(to, mix64(start + front + nh(load<u64>(p, 16), k2) + nh(load<u64>(p, 24), k3)));
    }
  }
}

/** The step of NH that `hashBytes` is made of. */
function nh(x: u64, k: u64): u64 {
  return <u64>(<u32>x + <u32>k) * <u64>(<u32>(x >> 32) + <u32>(k >> 32));
}

/**
 * Stores what a loop of bare loads has come to, so that no compiler finds the loads useless. Such a loop over the lines that a
 * chunk needs is what stands in for prefetching: its loads do not wait for each other, so that their cache misses overlap (group
 * prefetching: Chen, Ailamaki, Gibbons, Mowry, "Improving hash join performance through prefetching", ICDE 2004).
 */
export function keep(sum: u32): void {
  store<u32>(SINK, sum);
}
