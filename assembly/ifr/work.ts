// Where one instance of a registry module reads its input, writes its output and keeps what it needs in between. An instance
// that has its memory to itself uses the window and static memory; one that only reads a memory shared with others is given a
// place of its own, as two instances must not write to the same.

import { WINDOW, WINDOW_BYTES } from "../core/arena";

/** Keys whose cache lines are fetched together. */
export const CHUNK: u32 = 128;
/** Bytes of working space. */
export const WORK_BYTES: u32 = 4096;

/** Address of the 64 KiB through which a call's input and output go. */
export let io: usize = WINDOW;
/** Address of the working space. */
export let work: usize = memory.data(4096, 64);

// Of each key of a chunk 16 bytes, from `work` on: what a batch knows of it. Every step walks them with one pointer.
/** u64: the hash; or, when that is not needed any more, u32: the address of the key that is to be compared. */
export const HASH: usize = 0;
export const CANDIDATE: usize = 0;
/** u32: address of the bucket. */
export const BUCKET: usize = 8;
/** u16: the tag; or u32: the segment, for a key to be entered. */
export const TAG: usize = 12;
export const SEGMENT: usize = 12;
/** u16, behind a tag: not 0 if the first candidate, unless it is the key, does not settle the matter. */
export const OPEN: usize = 14;

/** Offset in the working space of CHUNK x u16: the same as OPEN, one behind the other. */
export const MORE: usize = 2048;
/** Offsets of what a split needs, apart, as it happens in the midst of a batch: CHUNK x u32 each. */
export const SPLIT_LINES: usize = 2304;
export const SPLIT_REFS: usize = 2816;
/** Offset of what was read to no other end than that it be fetched. */
const SINK: usize = 3328;

/** Moves this instance's window and working space to `base`, where WINDOW_BYTES + WORK_BYTES are its own. */
export function attach(base: usize): void {
  io = base;
  work = base + <usize>WINDOW_BYTES;
}

/**
 * Loads one word at each of `n` addresses: u32, `stride` bytes apart, from `list` on. Independent loads, so their cache misses
 * overlap.
 */
export function touch(list: usize, stride: usize, n: u32): void {
  let sum: u32 = 0;
  let at = list;
  const end = list + <usize>n * stride;
  for (; at + 3 * stride < end; at += 4 * stride) {
    sum ^= load<u32>(<usize>load<u32>(at));
    sum ^= load<u32>(<usize>load<u32>(at + stride));
    sum ^= load<u32>(<usize>load<u32>(at + 2 * stride));
    sum ^= load<u32>(<usize>load<u32>(at + 3 * stride));
  }
  for (; at < end; at += stride) sum ^= load<u32>(<usize>load<u32>(at));
  // Kept, so that no compiler finds the loads useless.
  store<u32>(work, sum, SINK);
}
