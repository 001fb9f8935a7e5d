// Where one instance of a registry module reads its input, writes its output and keeps what it needs in between. An instance
// that has its memory to itself uses the window and static memory; one that only reads a memory shared with others is given a
// place of its own, as two instances must not write to the same.

import { WINDOW, WINDOW_BYTES } from "../core/arena";

/** Keys whose cache lines are fetched together. */
export const CHUNK: u32 = 128;
/** Bytes of working space. */
export const WORK_BYTES: u32 = 8192;

/** Address of the 64 KiB through which a call's input and output go. */
export let io: usize = WINDOW;
/** Address of the working space. */
export let work: usize = memory.data(8192, 64);

// Offsets in the working space. What a split needs is apart: it happens in the midst of a batch.
/** CHUNK x u64. */
export const HASHES: usize = 0;
/** CHUNK x u32: addresses to touch. */
export const LINES: usize = 1024;
/** CHUNK x u32. */
export const FOUND: usize = 1536;
/** CHUNK x u16. */
export const TAGS: usize = 2048;
/** CHUNK x u8. */
export const LEFT: usize = 2304;
/** CHUNK x u32: addresses to touch. */
export const SPLIT_LINES: usize = 2560;
/** CHUNK x u32. */
export const SPLIT_REFS: usize = 3072;
/** What `touch` read. */
const SINK: usize = 3584;

/** Moves this instance's window and working space to `base`, where WINDOW_BYTES + WORK_BYTES are its own. */
export function attach(base: usize): void {
  io = base;
  work = base + <usize>WINDOW_BYTES;
}

/** Loads one word at each of the `n` addresses (u32) at `list`: independent loads, so their cache misses overlap. */
export function touch(list: usize, n: u32): void {
  let sum: u32 = 0;
  const end = list + ((<usize>n) << 2);
  for (let at = list; at < end; at += 4) sum ^= load<u32>(<usize>load<u32>(at));
  // Kept, so that no compiler finds the loads useless.
  store<u32>(work, sum, SINK);
}
