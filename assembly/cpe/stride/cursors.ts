// The cursors of a stream: where its accesses go on. An access continues the latest cursor that expected it. One that nobody expected,
// but near to a cursor, starts a new run from there: the cursor itself moves if it has come from somewhere and has no run, else it stays and a copy
// moves. Any other access gets a cursor of its own, for which the one that was used longest ago gives way. As the stream buffers and stride tables of processors do
// (Jouppi, "Improving direct-mapped cache performance by the addition of a small fully-associative cache and prefetch buffers", ISCA 1990;
// Fu, Patel and Janssens, "Stride directed prefetching in scalar processors", MICRO 1992), without an instruction's address to go by.

import { bestOf, contextHash, countAt, deltaAt, findLine, learnDelta, totalOf } from "./contexts";
import { CHANCES, CURSOR_BYTES, Cursor, cursorOf, header, Stream } from "./layout";

/** The kind of the contexts of cursors: their last two deltas. Below are the orders of the streams' contexts. */
const OF_CURSOR: u64 = 4;

/** The latest cursor that expects an id, or their number. O(cursors). */
export function expecting(stream: Stream, id: f64): u32 {
  const n = stream.cursors;
  let i: u32 = 0;
  while (i < n && cursorOf(stream, i).next != id) i++;
  return i;
}

/** An access at `id` that covers `span` ids; its cursor is the first then. O(cursors). */
export function moveCursor(stream: Stream, id: f64, span: f64): void {
  const n = stream.cursors;
  let i = expecting(stream, id);
  const expected = i < n;
  if (!expected) i = nearest(stream, id);
  if (i == n) {
    const c = toFront(stream, addCursor(stream));
    memory.fill(changetype<usize>(c), 0, CURSOR_BYTES);
    c.at = id;
    look(c, span);
    return;
  }
  let c = cursorOf(stream, i);
  if (!expected && (c.run != 0 || c.deltas == 0) && c.at != id) {
    const copy = cursorOf(stream, addCursor(stream));
    // The place of the new cursor may be that of the one it comes from.
    if (changetype<usize>(copy) != changetype<usize>(c)) memory.copy(changetype<usize>(copy), changetype<usize>(c), CURSOR_BYTES);
    i = <u32>(changetype<usize>(copy) - changetype<usize>(cursorOf(stream, 0))) / CURSOR_BYTES;
  }
  c = toFront(stream, i);
  const delta = id - c.at;
  if (delta == 0) {
    // The same id again says nothing about where the run goes.
    look(c, span);
    return;
  }
  if (c.deltas == 2) learnDelta(contextHash(OF_CURSOR, c.delta, c.before, 0), delta);
  c.before = c.delta;
  c.delta = delta;
  c.at = id;
  c.deltas = min<u32>(2, c.deltas + 1);
  c.run = expected ? c.run + 1 : 0;
  c.joined = select<u32>(1, 0, delta == c.span);
  look(c, span);
}

/**
 * The delta that continues a run: what mostly followed the last two; else the first id that the access does not cover, if that is how the run
 * went on last time, or if nothing else is known; else the last delta again.
 * @param joined whether the last access began where the one before it ended
 */
export function nextDelta(delta: f64, before: f64, deltas: u32, span: f64, joined: bool): f64 {
  if (deltas == 2) {
    const line = findLine(contextHash(OF_CURSOR, delta, before, 0));
    if (line != 0) {
      const best = bestOf(line);
      const count = countAt(line, best);
      if (count >= 2 && count > totalOf(line) >> 1) return deltaAt(line, best);
    }
  }
  return joined || deltas == 0 ? span : delta;
}

/** Where a cursor's class has its chance and, in the next f64, how often that was learned. */
export function chanceOf(c: Cursor, rank: u32): usize {
  return CHANCES + ((<usize>(runClass(c.run) * 8 + rankClass(rank))) << 4);
}

/** Eight classes of runs: 0, 1, 2, 3, 4 to 7, 8 to 15, 16 to 63, and longer ones. */
export function runClass(run: u32): u32 {
  if (run < 4) return run;
  return run < 8 ? 4 : run < 16 ? 5 : run < 64 ? 6 : 7;
}

/** Eight classes of ranks: 0, 1, 2, 3, 4 and 5, 6 to 8, 9 to 16, and later ones. */
function rankClass(rank: u32): u32 {
  if (rank < 4) return rank;
  return rank < 6 ? 4 : rank < 9 ? 5 : rank < 17 ? 6 : 7;
}

function look(c: Cursor, span: f64): void {
  c.span = span;
  c.next = c.at + nextDelta(c.delta, c.before, c.deltas, span, c.joined != 0);
}

/** The cursor nearest to an id within reach, the latest of equals, or their number. */
function nearest(stream: Stream, id: f64): u32 {
  const n = stream.cursors;
  const reach = header().reach;
  let best = n;
  let least: f64 = 0;
  for (let i: u32 = 0; i < n; i++) {
    const distance = abs<f64>(id - cursorOf(stream, i).at);
    if (distance <= reach && (best == n || distance < least)) {
      best = i;
      least = distance;
    }
  }
  return best;
}

/** The place of one more cursor: behind the others, or the last of them. */
function addCursor(stream: Stream): u32 {
  if (stream.cursors == header().cursors) return stream.cursors - 1;
  stream.cursors += 1;
  return stream.cursors - 1;
}

/** Brings cursor `i` to the front; those before it go back one place. */
function toFront(stream: Stream, i: u32): Cursor {
  const first = cursorOf(stream, 0);
  if (i == 0) return first;
  const c = cursorOf(stream, i);
  const at = c.at;
  const delta = c.delta;
  const before = c.before;
  const next = c.next;
  const span = c.span;
  const run = c.run;
  const deltas = c.deltas;
  const joined = c.joined;
  const to = changetype<usize>(first);
  memory.copy(to + CURSOR_BYTES, to, <usize>(i * CURSOR_BYTES));
  first.at = at;
  first.delta = delta;
  first.before = before;
  first.next = next;
  first.span = span;
  first.run = run;
  first.deltas = deltas;
  first.joined = joined;
  return first;
}
