// Split-block Bloom filters with one or several generations. The block kernels are those of the registry's own filter.

import { filterAdd, filterBlock, filterHas } from "../filter";
import { filter, TABLE } from "./layout";
import { ANSWERS, CHUNK_HASHES, keep } from "./source";

/** Address of the first generation's block for hash `h`. */
function blockOf(h: u64): usize {
  const f = filter();
  return TABLE + filterBlock(0, f.units, h) * <usize>f.generations;
}

/** Whether any generation has hash `h`. */
export function bloomHas(h: u64): bool {
  const block = blockOf(h);
  const end = block + ((<usize>filter().generations) << 5);
  let has: u32 = select<u32>(1, 0, filterHas(block, h));
  // All of them, whatever the first ones say: nothing predicts in which a key is.
  for (let at = block + 32; at < end; at += 32) has |= select<u32>(1, 0, filterHas(at, h));
  return has != 0;
}

/** Adds hash `h` to the newest generation; if that is full and the hash is new to it, a generation ends first. */
export function bloomAdd(h: u64): void {
  const f = filter();
  f.keys += 1;
  const block = blockOf(h);
  if (f.perGeneration == 0) {
    filterAdd(block, h);
    return;
  }
  // What the newest generation already answers yes to is remembered as long as it is: it does not count.
  if (filterHas(block + ((<usize>f.newest) << 5), h)) return;
  if (f.inNewest == f.perGeneration) rotate();
  filterAdd(block + ((<usize>f.newest) << 5), h);
  f.inNewest += 1;
}

/** The oldest generation is forgotten and becomes the newest. O(blocks). */
export function rotate(): void {
  const f = filter();
  f.newest = f.newest + 1 == f.generations ? 0 : f.newest + 1;
  f.inNewest = 0;
  const stride = (<usize>f.generations) << 5;
  const end = TABLE + <usize>f.tableBytes;
  for (let block = TABLE + ((<usize>f.newest) << 5); block < end; block += stride) {
    v128.store(block, i64x2.splat(0));
    v128.store(block, i64x2.splat(0), 16);
  }
}

/** Answers the chunk's n hashes into ANSWERS. */
export function bloomHasChunk(n: usize): void {
  const f = filter();
  fetch(n);
  const blocks = f.units;
  const generations = <usize>f.generations;
  for (let from: usize = 0; from < n; from += 64) {
    const end = min<usize>(n, from + 64);
    let answers: u64 = 0;
    if (generations == 1) {
      for (let i = from; i < end; i++) {
        const h = load<u64>(CHUNK_HASHES + (i << 3));
        answers |= select<u64>(1, 0, filterHas(filterBlock(TABLE, blocks, h), h)) << (<u64>i);
      }
    } else {
      for (let i = from; i < end; i++) {
        const h = load<u64>(CHUNK_HASHES + (i << 3));
        const block = TABLE + filterBlock(0, blocks, h) * generations;
        let has = select<u64>(1, 0, filterHas(block, h));
        for (let at: usize = 32; at < generations << 5; at += 32) has |= select<u64>(1, 0, filterHas(block + at, h));
        answers |= has << (<u64>i);
      }
    }
    store<u64>(ANSWERS + (from >> 3), answers);
  }
}

/** Adds the chunk's n hashes. */
export function bloomAddChunk(n: usize): void {
  const f = filter();
  fetch(n);
  if (f.perGeneration != 0) {
    for (let i: usize = 0; i < n; i++) bloomAdd(load<u64>(CHUNK_HASHES + (i << 3)));
    return;
  }
  f.keys += <f64>n;
  const blocks = f.units;
  for (let i: usize = 0; i < n; i++) {
    const h = load<u64>(CHUNK_HASHES + (i << 3));
    filterAdd(filterBlock(TABLE, blocks, h), h);
  }
}

/** Fetches the lines of the chunk's blocks, if the table is large. */
function fetch(n: usize): void {
  const f = filter();
  if (f.staged == 0) return;
  const generations = <usize>f.generations;
  const blocks = f.units;
  let sum: u32 = 0;
  if (generations == 1) {
    for (let i: usize = 0; i < n; i++) sum ^= load<u32>(filterBlock(TABLE, blocks, load<u64>(CHUNK_HASHES + (i << 3))));
  } else {
    for (let i: usize = 0; i < n; i++) {
      const block = TABLE + filterBlock(0, blocks, load<u64>(CHUNK_HASHES + (i << 3))) * generations;
      for (let at: usize = 0; at < generations << 5; at += 64) sum ^= load<u32>(block + at);
    }
  }
  keep(sum);
}

/** How many bits are set. O(table). */
export function bloomBits(): f64 {
  const end = TABLE + <usize>filter().tableBytes;
  let bits: u64 = 0;
  for (let p = TABLE; p < end; p += 8) bits += popcnt<u64>(load<u64>(p));
  return <f64>bits;
}

/** The chance that a key that was never added is let pass, from the bits that are set: the mean over the blocks. O(table). */
export function bloomRate(): f64 {
  const f = filter();
  const end = TABLE + <usize>f.tableBytes;
  const stride = (<usize>f.generations) << 5;
  let sum: f64 = 0;
  for (let block = TABLE; block < end; block += stride) {
    let none: f64 = 1;
    for (let at: usize = 0; at < stride; at += 32) {
      let all: f64 = 1;
      for (let word: usize = 0; word < 32; word += 4) all *= <f64>popcnt<u32>(load<u32>(block + at + word)) / 32;
      none *= 1 - all;
    }
    sum += 1 - none;
  }
  return sum / <f64>f.units;
}

/** Sets every bit that is set in the `bytes` bytes at `from`, which lie `offset` bytes into another filter's table. */
export function bloomOr(from: usize, offset: u32, bytes: u32): void {
  const to = TABLE + <usize>offset;
  for (let i: usize = 0; i < <usize>bytes; i += 16) v128.store(to + i, v128.or(v128.load(to + i), v128.load(from + i)));
}
