// The table of contexts: for each context that was seen, which symbols followed it, and how often. Its size never changes.
//
// A context is a 64-bit hash. Its low half chooses a bucket of four lines, its high half is the line's tag. The tags of a bucket lie
// together, away from the lines, so that a look-up touches one cache line of tags and one of counts; a line has the counts of eight symbols. A context that is followed by more symbols goes on in further lines, which have
// hashes of their own (level 1, 2, ...), up to a limit that depends on the kind of context.
//
// The table ages by itself. A line earns `worth` with every event it counts. A new line that finds its bucket full takes a quarter
// of the worth of the weakest line there, and replaces it once that is down to 1: so a line that is seen once goes first,
// and one that was heavy long ago goes some attempts later. Inside a full context a new symbol takes half an event from the weakest
// symbol of the last line and replaces it when nothing is left.
// The form is that of PAQ's context maps (Mahoney, "Adaptive weighing of context models", TR CS-2005-16), with symbols for bits.

import { alloc } from "../../core/arena";
import { mix64 } from "../../core/hash";
import { ENTRIES, events, LINE_COUNTS, LINE_SYMBOLS, Line, ONE } from "./layout";

const LEVEL: u64 = 0x9e3779b97f4a7c15;
const MOST_WORTH: u16 = 255;
/** A count that can take another event. */
const MOST_COUNT: u32 = 0xffff - ONE;

/** Allocates the table. `bytes` is a power of two, at least 4096; the tags take a sixteenth on top of it. */
export function tableInit(bytes: u32): bool {
  const e = events();
  const tags = alloc(bytes >> 4);
  const table = alloc(bytes);
  if (tags == 0 || table == 0) return false;
  e.tags = <u32>tags;
  e.table = <u32>table;
  e.buckets = bytes >> 8;
  return true;
}

/** Hash of the line that was looked up last, for `createLine`. */
let sought: u64 = 0;

/** The high half of a hash, but never 0, which is the tag of a line not in use. */
function tagOf(hash: u64): u32 {
  return max<u32>(<u32>(hash >> 32), 1);
}

function bucketOf(hash: u64): usize {
  return <usize>(<u32>hash & (events().buckets - 1));
}

/** Line number `level` of a context, or 0. */
export function findLine(context: u64, level: u32): usize {
  const hash = level == 0 ? context : mix64(context + <u64>level * LEVEL);
  sought = hash;
  const bucket = bucketOf(hash);
  const e = events();
  const tags = v128.load(<usize>e.tags + (bucket << 4));
  const mask = i32x4.bitmask(i32x4.eq(tags, i32x4.splat(<i32>tagOf(hash))));
  return mask == 0 ? 0 : <usize>e.table + (bucket << 8) + ((<usize>ctz<i32>(mask)) << 6);
}

/** A new, empty line where `findLine` has just found none, for a context whose first line is `first`; 0 if the others in the bucket deserve to stay. */
function createLine(first: usize): usize {
  const hash = sought;
  const bucket = bucketOf(hash);
  const e = events();
  const tags = <usize>e.tags + (bucket << 4);
  const lines = <usize>e.table + (bucket << 8);
  let weakest: usize = 0;
  let worth: u32 = 0xffffffff;
  for (let q: usize = 0; q < 4; q++) {
    if (load<u32>(tags + (q << 2)) == 0) {
      store<u32>(tags + (q << 2), tagOf(hash));
      e.linesUsed += 1;
      return lines + (q << 6);
    }
    const place = lines + (q << 6);
    const w = <u32>changetype<Line>(place).worth;
    if (w < worth && place != first) {
      worth = w;
      weakest = q;
    }
  }
  const line = lines + (weakest << 6);
  if (worth > 1) {
    changetype<Line>(line).worth = <u16>(worth - ((worth + 3) >> 2));
    return 0;
  }
  e.replaced += 1;
  memory.fill(line, 0, 64);
  store<u32>(tags + (weakest << 2), tagOf(hash));
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
  const l = changetype<Line>(line);
  if (l.worth < MOST_WORTH) l.worth += 1;
}

/** Counts symbol `s` in a context that may have up to `most` lines. O(most). */
export function countInContext(context: u64, s: u32, most: u32): void {
  let first: usize = 0;
  let line: usize = 0;
  let before: usize = 0;
  let room: usize = 0;
  let level: u32 = 0;
  let lines: u32 = 1;
  for (; ; level++) {
    line = findLine(context, level);
    if (line == 0 || level == lines) break;
    const head = changetype<Line>(line);
    if (level == 0) {
      first = line;
      lines = <u32>head.lines;
      head.events += 1;
      earn(line);
    }
    const i = entryOf(line, s);
    if (i >= 0) {
      if (level != 0) earn(line);
      bump(context, line, <u32>i, before);
      return;
    }
    if (<u32>head.used < ENTRIES && room == 0) room = line;
    before = line;
  }
  // The symbol is new to the context, which has `level` lines; more of them may have been replaced by other contexts. `line` is one
  // that was left from a time when the context was longer.
  if (room == 0 && level < most) {
    room = line;
    if (line == 0) room = createLine(first);
    else memory.fill(line, 0, 64);
    if (level == 0) {
      if (room == 0) return;
      first = room;
      changetype<Line>(first).events = 1;
      earn(first);
    }
    if (room != 0) level++;
  }
  const head = changetype<Line>(first);
  head.lines = <u8>level;
  head.novelties += 1;
  if (room == 0) {
    displace(before, s);
    return;
  }
  const l = changetype<Line>(room);
  const i = <u32>l.used;
  store<u32>(symbolSlot(room, i), s);
  store<u16>(countSlot(room, i), <u16>ONE);
  l.used = <u8>(i + 1);
  if (room != first) earn(room);
}

/** One more event for entry `i`; it moves up when it passes the entry before it, so that lists stay roughly in order. */
function bump(context: u64, line: usize, i: u32, before: usize): void {
  const count = <u32>load<u16>(countSlot(line, i)) + ONE;
  const other = i > 0 ? line : before;
  const j = (i - 1) & (ENTRIES - 1);
  let at = i;
  if (other != 0 && j < <u32>changetype<Line>(other).used) {
    const least = load<u16>(countSlot(other, j));
    if (count > <u32>least) {
      store<u16>(countSlot(line, i), least);
      const s = load<u32>(symbolSlot(line, i));
      store<u32>(symbolSlot(line, i), load<u32>(symbolSlot(other, j)));
      store<u32>(symbolSlot(other, j), s);
      line = other;
      at = j;
    }
  }
  store<u16>(countSlot(line, at), <u16>count);
  if (count > MOST_COUNT) halve(context);
}

/** A new symbol in a full line: takes half an event from the weakest, and its place when that had no more. */
function displace(line: usize, s: u32): void {
  let weakest: u32 = 0;
  let least: u32 = 0xffffffff;
  for (let i: u32 = 0; i < ENTRIES; i++) {
    const c = <u32>load<u16>(countSlot(line, i));
    if (c <= least) {
      least = c;
      weakest = i;
    }
  }
  if (least > ONE) {
    store<u16>(countSlot(line, weakest), <u16>(least - (ONE >> 1)));
    return;
  }
  store<u32>(symbolSlot(line, weakest), s);
  store<u16>(countSlot(line, weakest), <u16>ONE);
}

/** Halves all counts of a context, one of which has come to the end of its field. */
function halve(context: u64): void {
  for (let level: u32 = 0; ; level++) {
    const line = findLine(context, level);
    if (line == 0) return;
    const head = changetype<Line>(line);
    head.events *= 0.5;
    head.novelties *= 0.5;
    v128.store(line, i16x8.shr_u(v128.load(line, 48), 1), 48);
  }
}

/** Takes an entry out of a line; the last one takes its place. */
export function removeEntry(line: usize, i: u32): void {
  const l = changetype<Line>(line);
  const last = <u32>l.used - 1;
  store<u32>(symbolSlot(line, i), load<u32>(symbolSlot(line, last)));
  store<u16>(countSlot(line, i), load<u16>(countSlot(line, last)));
  store<u32>(symbolSlot(line, last), 0);
  store<u16>(countSlot(line, last), 0);
  l.used = <u8>last;
}
