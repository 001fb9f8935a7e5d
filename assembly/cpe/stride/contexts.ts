// What followed the last deltas: a fixed table of lines, one a context, which holds five deltas and how often each came. A line is found
// by a 32-bit tag in its bucket of four. A new context takes the weakest line of a full bucket once that has faded: each try halves its counts.
// Inside a line the weakest delta fades and gives way likewise. So what is old leaves, and what is frequent stays.

import { hashPair } from "../../core/hash";
import { header } from "./layout";

/** Deltas of a line. */
export const ENTRIES: u32 = 5;
const LINE_SHIFT: usize = 6;
const LINES_OF_BUCKET: u32 = 4;
const DELTAS: usize = 8;
const COUNTS: usize = 48;
/** A count that gets here has all of its line halved. */
const MOST_COUNT: u32 = 255;

/** The hash of a context: its kind, and its deltas, newest first; those that do not belong to it are 0. */
export function contextHash(kind: u64, d1: f64, d2: f64, d3: f64): u64 {
  const seed = header().seed + kind;
  return hashPair(hashPair(reinterpret<u64>(d1), reinterpret<u64>(d2), seed), reinterpret<u64>(d3), seed);
}

/** The delta at entry `i`. */
export function deltaAt(line: usize, i: u32): f64 {
  return load<f64>(line + ((<usize>i) << 3), DELTAS);
}

/** How often it came; 0 for an entry that is free. */
export function countAt(line: usize, i: u32): u32 {
  return load<u16>(line + ((<usize>i) << 1), COUNTS);
}

/** The sum of the counts. */
export function totalOf(line: usize): u32 {
  return load<u32>(line, 4);
}

/** The line of a context, or 0. */
export function findLine(hash: u64): usize {
  const bucket = bucketOf(hash);
  const tag = tagOf(hash);
  for (let i: u32 = 0; i < LINES_OF_BUCKET; i++) {
    const line = bucket + ((<usize>i) << LINE_SHIFT);
    if (load<u32>(line) == tag) return line;
  }
  return 0;
}

/** The entry that came most often, the earliest of equals. */
export function bestOf(line: usize): u32 {
  let best: u32 = 0;
  for (let i: u32 = 1; i < ENTRIES; i++) if (countAt(line, i) > countAt(line, best)) best = i;
  return best;
}

/** Learns that `delta` followed a context. O(1). */
export function learnDelta(hash: u64, delta: f64): void {
  let line = findLine(hash);
  if (line == 0) {
    line = takeLine(hash);
    if (line == 0) return;
  }
  let at: u32 = ENTRIES;
  let weakest: u32 = 0;
  for (let i: u32 = 0; i < ENTRIES; i++) {
    const count = countAt(line, i);
    if (count != 0 && deltaAt(line, i) == delta) at = i;
    if (count < countAt(line, weakest)) weakest = i;
  }
  if (at == ENTRIES) {
    const count = countAt(line, weakest);
    if (count > 1) {
      setCount(line, weakest, count >> 1);
      return;
    }
    setCount(line, weakest, 0);
    store<f64>(line + ((<usize>weakest) << 3), delta, DELTAS);
    at = weakest;
  }
  setCount(line, at, countAt(line, at) + 1);
  if (countAt(line, at) == MOST_COUNT) halve(line);
}

function bucketOf(hash: u64): usize {
  const h = header();
  return <usize>h.lines + ((<usize>(<u32>hash & h.bucketMask)) << (LINE_SHIFT + 2));
}

/** Never 0, which marks a line that is free. */
function tagOf(hash: u64): u32 {
  const tag = <u32>(hash >> 32);
  return tag == 0 ? 1 : tag;
}

/** A line for a new context, or 0 if the weakest of its bucket is still too strong; it is halved then. */
function takeLine(hash: u64): usize {
  const bucket = bucketOf(hash);
  let weakest = bucket;
  for (let i: u32 = 1; i < LINES_OF_BUCKET; i++) {
    const line = bucket + ((<usize>i) << LINE_SHIFT);
    if (totalOf(line) < totalOf(weakest)) weakest = line;
  }
  if (totalOf(weakest) > 1) {
    halve(weakest);
    return 0;
  }
  memory.fill(weakest, 0, 1 << LINE_SHIFT);
  store<u32>(weakest, tagOf(hash));
  return weakest;
}

function setCount(line: usize, i: u32, count: u32): void {
  store<u32>(line, totalOf(line) - countAt(line, i) + count, 4);
  store<u16>(line + ((<usize>i) << 1), <u16>count, COUNTS);
}

function halve(line: usize): void {
  for (let i: u32 = 0; i < ENTRIES; i++) setCount(line, i, countAt(line, i) >> 1);
}
