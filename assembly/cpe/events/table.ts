// The table of contexts: for each context that was seen, which symbols followed it, and how often. Its size never changes.
//
// A context is a 64-bit hash. Its low half chooses a bucket of eight lines, its high half is the tag of all its lines there. What is known of a
// bucket's lines from outside (whose they are, which of their context's, how much they deserve to stay) lies together in one cache line, so that a
// look-up touches that and the counts that it needs, and a new context touches no counts of others. A line has the counts of eight symbols; a context
// that is followed by more symbols goes on in further lines of its bucket, up to a limit that depends on the kind of context.
//
// The table ages by itself. A line earns `worth` with every event it counts. A new line that finds its bucket full takes a quarter
// of the worth of the weakest line there, and replaces it once that is down to 1: so a line that is seen once goes first,
// and one that was heavy long ago goes some attempts later. Now and then another line is charged too, or new lines would drive out each other
// and never an old one. Inside a full context a new symbol takes half an event from the weakest symbol of the last line, and replaces it when nothing is
// left, which costs all others there a sixteenth of an event. Once a count comes to its limit all counts of its context are halved: what
// was often seen lately counts for more than what was often seen once.
// The form is that of PAQ's context maps (Mahoney, "Adaptive weighing of context models", TR CS-2005-16), with symbols for bits.

import { allocLasting } from "../../core/arena";
import { ENTRIES, events, LINE_COUNTS, LINE_SYMBOLS, Line, WAYS } from "./layout";

const MOST_WORTH: u32 = 255;
/** Offsets in a bucket's tags. */
const WORTH: usize = 32;
const LEVEL: usize = 40;
const HAND: usize = 48;

/** Allocates the table. `bytes` is a multiple of 512, at least 4096; the tags take an eighth on top of it. */
export function tableInit(bytes: u32): bool {
  const e = events();
  const tags = allocLasting(bytes >> 3);
  const table = allocLasting(bytes);
  if (tags == 0 || table == 0) return false;
  e.tags = <u32>tags;
  e.table = <u32>table;
  e.buckets = bytes >> 9;
  return true;
}

/** The high half of a hash, but never 0, which is the tag of a line not in use. */
function tagOf(context: u64): u32 {
  return max<u32>(<u32>(context >> 32), 1);
}

/** The low half of the hash as a share of all buckets. */
function bucketOf(context: u64): usize {
  return <usize>(((context & 0xffffffff) * <u64>events().buckets) >> 32);
}

/** Address of the tags of a context's bucket. */
function tagsOf(context: u64): usize {
  return <usize>events().tags + (bucketOf(context) << 6);
}

/** Writes the addresses of a context's lines to `to`, by level, u32[LEVELS]. Returns their number. O(1). */
export function findLines(context: u64, to: usize): u32 {
  const e = events();
  const tags = tagsOf(context);
  const tag = i32x4.splat(<i32>tagOf(context));
  let mask = <u32>(i32x4.bitmask(i32x4.eq(v128.load(tags), tag)) | (i32x4.bitmask(i32x4.eq(v128.load(tags, 16), tag)) << 4));
  const lines = <usize>e.table + ((tags - <usize>e.tags) << 3);
  let n: u32 = 0;
  for (; mask != 0; mask &= mask - 1) {
    const way = <usize>ctz<u32>(mask);
    store<u32>(to + ((<usize>load<u8>(tags + way, LEVEL)) << 2), <u32>(lines + (way << 6)));
    n++;
  }
  return n;
}

/** A new, empty line of a context that has `level` of them; 0 if the others in the bucket deserve to stay. */
function createLine(context: u64, level: u32): usize {
  const e = events();
  const tag = tagOf(context);
  const tags = tagsOf(context);
  const lines = <usize>e.table + ((tags - <usize>e.tags) << 3);
  const zero = i32x4.splat(0);
  const empty = <u32>(i32x4.bitmask(i32x4.eq(v128.load(tags), zero)) | (i32x4.bitmask(i32x4.eq(v128.load(tags, 16), zero)) << 4));
  if (empty != 0) {
    e.linesUsed += 1;
    const way = <usize>ctz<u32>(empty);
    return begin(tags, way, tag, level, lines + (way << 6));
  }
  let weakest: usize = 0;
  let worth: u32 = MOST_WORTH + 1;
  for (let way: usize = 0; way < WAYS; way++) {
    const other = load<u32>(tags + (way << 2));
    const w = <u32>load<u8>(tags + way, WORTH);
    // The last line of another context: what is left of that one has no gap then.
    if (w < worth && other != tag && isLast(tags, other, <u32>load<u8>(tags + way, LEVEL))) {
      worth = w;
      weakest = way;
    }
  }
  if (worth > MOST_WORTH) return 0;
  // Of four times once, and all lines by turns.
  const hand = <usize>load<u8>(tags, HAND) + 1;
  store<u8>(tags, hand, HAND);
  if ((hand & 3) == 0) pay(tags + ((hand >> 2) & (WAYS - 1)) + WORTH);
  if (worth > 1) {
    pay(tags + weakest + WORTH);
    return 0;
  }
  e.replaced += 1;
  return begin(tags, weakest, tag, level, lines + (weakest << 6));
}

/** Takes a quarter of a line's worth. */
function pay(worth: usize): void {
  const w = <u32>load<u8>(worth);
  store<u8>(worth, w - ((w + 3) >> 2));
}

/** Whether a context has no line in the bucket beyond `level`. */
function isLast(tags: usize, tag: u32, level: u32): bool {
  for (let way: usize = 0; way < WAYS; way++) {
    if (load<u32>(tags + (way << 2)) == tag && <u32>load<u8>(tags + way, LEVEL) > level) return false;
  }
  return true;
}

function begin(tags: usize, way: usize, tag: u32, level: u32, line: usize): usize {
  store<u32>(tags + (way << 2), tag);
  store<u8>(tags + way, 0, WORTH);
  store<u8>(tags + way, level, LEVEL);
  memory.fill(line, 0, 64);
  return line;
}

/** Where symbol `s` is among the eight of a line, or -1. `s` > 0. */
function entryOf(line: usize, s: u32): i32 {
  const x = i32x4.splat(<i32>s);
  const low = i32x4.bitmask(i32x4.eq(v128.load(line, 16), x));
  const high = i32x4.bitmask(i32x4.eq(v128.load(line, 32), x));
  const mask = low | (high << 4);
  return mask == 0 ? -1 : ctz<i32>(mask);
}

function symbolSlot(line: usize, i: u32): usize {
  return line + LINE_SYMBOLS + ((<usize>i) << 2);
}

function countSlot(line: usize, i: u32): usize {
  return line + LINE_COUNTS + ((<usize>i) << 1);
}

function earn(line: usize): void {
  const e = events();
  const offset = line - <usize>e.table;
  const worth = <usize>e.tags + ((offset >> 9) << 6) + ((offset >> 6) & (WAYS - 1));
  const w = <u32>load<u8>(worth, WORTH);
  if (w < MOST_WORTH) store<u8>(worth, w + 1, WORTH);
}

/**
 * Counts symbol `s` in a context, `units` sixteenths of an event. O(most).
 * @param lines addresses of the context's `n` lines as `findLines` wrote them; room for one more
 * @param most the most lines that it may have
 * @param limit in sixteenths: a count that comes to it has its context halved
 */
export function countInContext(context: u64, lines: usize, n: u32, s: u32, units: u32, most: u32, limit: u32): void {
  if (n == 0) {
    const line = createLine(context, 0);
    if (line == 0) return;
    store<u32>(lines, <u32>line);
    n = 1;
  }
  const first = <usize>load<u32>(lines);
  const head = changetype<Line>(first);
  const events = <f32>units * <f32>0.0625;
  head.events += events;
  head.last = s;
  earn(first);
  // The first line that has room: a sweep may have taken entries out of any.
  let line: usize = 0;
  for (let level: u32 = 0; level < n; level++) {
    const other = <usize>load<u32>(lines + ((<usize>level) << 2));
    const i = entryOf(other, s);
    if (i >= 0) {
      if (level != 0) earn(other);
      if (bump(lines, level, <u32>i, units) >= limit) halve(lines, n);
      return;
    }
    if (line == 0 && changetype<Line>(other).used < ENTRIES) line = other;
  }
  head.novelties += events;
  if (line == 0) {
    line = n < most ? createLine(context, n) : <usize>0;
    if (line == 0) {
      displace(<usize>load<u32>(lines + ((<usize>(n - 1)) << 2)), s, units);
      return;
    }
    earn(line);
  }
  const l = changetype<Line>(line);
  const i = l.used;
  store<u32>(symbolSlot(line, i), s);
  store<u16>(countSlot(line, i), <u16>units);
  l.used = i + 1;
}

/** Adds to entry `i` of a level; it moves up when it passes the entry before it, so that lists stay roughly in order. Returns its count. */
function bump(lines: usize, level: u32, i: u32, units: u32): u32 {
  const line = <usize>load<u32>(lines + ((<usize>level) << 2));
  const count = <u32>load<u16>(countSlot(line, i)) + units;
  let other: usize = 0;
  if (i > 0) other = line;
  else if (level > 0) other = <usize>load<u32>(lines + ((<usize>(level - 1)) << 2));
  const j = (i - 1) & (ENTRIES - 1);
  // A line that lost a forgotten symbol may have fewer entries than the place asked for.
  if (other == 0 || j >= changetype<Line>(other).used || count <= <u32>load<u16>(countSlot(other, j))) {
    store<u16>(countSlot(line, i), <u16>count);
    return count;
  }
  const s = load<u32>(symbolSlot(line, i));
  store<u16>(countSlot(line, i), load<u16>(countSlot(other, j)));
  store<u32>(symbolSlot(line, i), load<u32>(symbolSlot(other, j)));
  store<u16>(countSlot(other, j), <u16>count);
  store<u32>(symbolSlot(other, j), s);
  return count;
}

/** A new symbol in a full line: takes half of its units from the weakest, and its place when that had no more. */
function displace(line: usize, s: u32, units: u32): void {
  let weakest: u32 = 0;
  let least: u32 = 0xffffffff;
  for (let i: u32 = 0; i < ENTRIES; i++) {
    const c = <u32>load<u16>(countSlot(line, i));
    if (c <= least) {
      least = c;
      weakest = i;
    }
  }
  if (least > units) {
    store<u16>(countSlot(line, weakest), <u16>(least - max<u32>(units >> 1, 1)));
    return;
  }
  v128.store(line, i16x8.sub_sat_u(v128.load(line, 48), i16x8.splat(1)), 48);
  store<u32>(symbolSlot(line, weakest), s);
  store<u16>(countSlot(line, weakest), <u16>units);
}

/** Halves all counts of a context. */
function halve(lines: usize, n: u32): void {
  const head = changetype<Line>(<usize>load<u32>(lines));
  head.events *= 0.5;
  head.novelties *= 0.5;
  for (let level: u32 = 0; level < n; level++) {
    const line = <usize>load<u32>(lines + ((<usize>level) << 2));
    v128.store(line, i16x8.shr_u(v128.load(line, 48), 1), 48);
  }
}

/** Takes an entry out of a line; the last one takes its place. */
export function removeEntry(line: usize, i: u32): void {
  const l = changetype<Line>(line);
  const last = l.used - 1;
  store<u32>(symbolSlot(line, i), load<u32>(symbolSlot(line, last)));
  store<u16>(countSlot(line, i), load<u16>(countSlot(line, last)));
  store<u32>(symbolSlot(line, last), 0);
  store<u16>(countSlot(line, last), 0);
  l.used = last;
}
