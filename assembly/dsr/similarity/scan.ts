// The scan of a cell: sixteen words at a time, an estimate each from the query's tables; those below the bar become candidates.
// About 2.3 instructions for each four spikes of a word, and twenty for the word.

import { addCandidate, bar } from "./candidates";
import { BLOCK_WORDS, nextBlock, OFFSETS, Population, SLOTS, spikeBytes } from "./layout";
import { tableLow, tableStep } from "./lookup";

/**
 * Scans the `count` words of a chain of blocks. `base` is added to the estimates, the words' offsets count `weight` times; `work` is 64
 * bytes to work in. O(count bits).
 */
export function scanChain(p: Population, head: usize, count: u32, tables: usize, base: f32, weight: f32, work: usize): void {
  if (count == 0) return;
  const bytes = spikeBytes(p);
  let block = head;
  // Only the first block has gaps.
  let words = ((count - 1) & (BLOCK_WORDS - 1)) + 1;
  while (block != 0) {
    const second = nextBlock(p, block);
    if (second == 0) {
      scanOne(block, bytes, tables, base, weight, words, work);
      return;
    }
    scanTwo(block, second, bytes, tables, base, weight, words, work);
    words = BLOCK_WORDS;
    block = nextBlock(p, second);
  }
}

/** Sixteen sums of bytes, two vectors of u16: those of the even words, and those of the odd ones. */
function scanOne(block: usize, bytes: usize, tables: usize, base: f32, weight: f32, words: u32, work: usize): void {
  const nibble = i8x16.splat(15);
  let all = i16x8.splat(0);
  let odd = all;
  const end = block + bytes;
  for (let x = block; x < end; x += 32) {
    const a = v128.load(x);
    const b = v128.load(x, 16);
    const sum = i8x16.add(
      i8x16.add(
        v128.swizzle(v128.load(tables), v128.and(a, nibble)),
        v128.swizzle(v128.load(tables, 16), v128.and(i16x8.shr_u(a, 4), nibble)),
      ),
      i8x16.add(
        v128.swizzle(v128.load(tables, 32), v128.and(b, nibble)),
        v128.swizzle(v128.load(tables, 48), v128.and(i16x8.shr_u(b, 4), nibble)),
      ),
    );
    all = i16x8.add(all, sum);
    odd = i16x8.add(odd, i16x8.shr_u(sum, 8));
    tables += 64;
  }
  judge(end, all, odd, base, weight, words, work);
}

/** The same for two blocks, which share the loads of the tables. */
function scanTwo(first: usize, second: usize, bytes: usize, tables: usize, base: f32, weight: f32, words: u32, work: usize): void {
  const nibble = i8x16.splat(15);
  let all1 = i16x8.splat(0);
  let odd1 = all1;
  let all2 = all1;
  let odd2 = all1;
  const end = first + bytes;
  let y = second;
  for (let x = first; x < end; x += 32) {
    const a = v128.load(x);
    const b = v128.load(x, 16);
    const c = v128.load(y);
    const d = v128.load(y, 16);
    const t0 = v128.load(tables);
    const t1 = v128.load(tables, 16);
    const t2 = v128.load(tables, 32);
    const t3 = v128.load(tables, 48);
    const sum1 = i8x16.add(
      i8x16.add(v128.swizzle(t0, v128.and(a, nibble)), v128.swizzle(t1, v128.and(i16x8.shr_u(a, 4), nibble))),
      i8x16.add(v128.swizzle(t2, v128.and(b, nibble)), v128.swizzle(t3, v128.and(i16x8.shr_u(b, 4), nibble))),
    );
    const sum2 = i8x16.add(
      i8x16.add(v128.swizzle(t0, v128.and(c, nibble)), v128.swizzle(t1, v128.and(i16x8.shr_u(c, 4), nibble))),
      i8x16.add(v128.swizzle(t2, v128.and(d, nibble)), v128.swizzle(t3, v128.and(i16x8.shr_u(d, 4), nibble))),
    );
    all1 = i16x8.add(all1, sum1);
    odd1 = i16x8.add(odd1, i16x8.shr_u(sum1, 8));
    all2 = i16x8.add(all2, sum2);
    odd2 = i16x8.add(odd2, i16x8.shr_u(sum2, 8));
    tables += 64;
    y += 32;
  }
  judge(end, all1, odd1, base, weight, words, work);
  judge(y, all2, odd2, base, weight, BLOCK_WORDS, work);
}

/**
 * Turns sums into estimates and keeps those that are not above the bar.
 * @param columns address of the block's gains
 * @param all sums of u16, in which the odd words' bytes were added up 256 times too large
 * @param odd sums of the odd words
 */
function judge(columns: usize, all: v128, odd: v128, base: f32, weight: f32, words: u32, work: usize): void {
  const even = i16x8.sub(all, i16x8.shl(odd, 8));
  v128.store(work, v128.shuffle<i16>(even, odd, 0, 8, 1, 9, 2, 10, 3, 11));
  v128.store(work, v128.shuffle<i16>(even, odd, 4, 12, 5, 13, 6, 14, 7, 15), 16);
  const limit = f32x4.splat(bar);
  const step = f32x4.splat(tableStep);
  const low = f32x4.splat(tableLow);
  const first = f32x4.splat(base);
  const times = f32x4.splat(weight);
  for (let from: usize = 0; from < BLOCK_WORDS; from += 4) {
    const at = columns + (from << 1);
    const sum = f32x4.add(f32x4.mul(f32x4.convert_i32x4_u(v128.load16x4_u(work + (from << 1))), step), low);
    const gain = i32x4.shl(v128.load16x4_u(at), 16);
    const offset = i32x4.shl(v128.load16x4_u(at, OFFSETS), 16);
    const estimates = f32x4.sub(f32x4.add(f32x4.mul(offset, times), first), f32x4.mul(gain, sum));
    let near = i32x4.bitmask(f32x4.le(estimates, limit));
    if (near == 0) continue;
    v128.store(work, estimates, 32);
    while (near != 0) {
      const i = <usize>ctz<u32>(near);
      near &= near - 1;
      // The rest of a first block is empty.
      if (from + i >= <usize>words) return;
      addCandidate(load<f32>(work + (i << 2), 32), load<u32>(columns + ((from + i) << 2), SLOTS));
    }
  }
}
