// What a stream may ask for soon, for a prefetcher: along the run of its latest cursor, right behind its last access, and what its contexts
// expect. Not with probabilities, but with the evidence for each, by classes: how much evidence is worth in time to be used is for the prefetcher
// to learn.

import { WINDOW } from "../../core/arena";
import { mix64 } from "../../core/hash";
import { bestOf, countAt, deltaAt, findLine, totalOf } from "./contexts";
import { nextDelta, runClass } from "./cursors";
import { cursorOf, header, isId, ORDERS } from "./layout";
import { orderHash } from "./mixture";
import { findStream } from "./streams";

/** Classes of evidence; 0 is none. A row is an id (f64) and four u16: a class of each of the first three kinds, and 0. */
const ALONG: u32 = 1;
const BEHIND: u32 = 65;
const CONTEXT: u32 = 129;
const ROW: usize = 16;
const ROWS: usize = WINDOW + 16;
/** The most rows besides those along the run. */
const OTHERS: u32 = 1 + ORDERS;
/** Where each id is among the rows: a table with linear probing, u16, row + 1 or 0; the most rows take 4,096 slots. */
const SLOTS: usize = WINDOW + 0x8000;
let slotMask: u32 = 0;

/**
 * @param depth the most steps along the run; no more than it was confirmed, and one
 * @returns the number of rows, at WINDOW + 16. O(depth).
 */
export function strideAhead(id: u32, depth: u32): u32 {
  const stream = findStream(id);
  if (stream === null || stream.cursors == 0) return 0;
  let n: u32 = 0;
  const c = cursorOf(stream, 0);
  let delta = c.delta;
  let before = c.before;
  let deltas = c.deltas;
  const joined = c.joined != 0;
  let at = c.at;
  const steps = min<u32>(depth, c.run + 1);
  let slots: u32 = 16;
  while (slots < 2 * (steps + OTHERS)) slots <<= 1;
  slotMask = slots - 1;
  memory.fill(SLOTS, 0, (<usize>slots) << 1);
  for (let k: u32 = 1; k <= steps; k++) {
    const d = k == 1 ? c.next - at : nextDelta(delta, before, deltas, c.span, joined);
    before = delta;
    delta = d;
    deltas = min<u32>(2, deltas + 1);
    at += d;
    n = put(n, at, 0, ALONG + runClass(c.run) * 8 + stepClass(k));
  }
  // By the size of the access: whole files are read in large ones, records in small ones.
  const size = <u32>(mix64(reinterpret<u64>(c.span)) & 31);
  n = put(n, c.at + c.span, 1, BEHIND + (c.run == 0 ? 0 : 32) + size);
  for (let order: u32 = ORDERS; order > 0; order--) {
    if (stream.deltas < order) continue;
    const line = findLine(orderHash(stream, order));
    if (line == 0) continue;
    const best = bestOf(line);
    const delta = deltaAt(line, best);
    // The id that was just accessed is there.
    if (delta == 0 || countAt(line, best) == 0) continue;
    const share = <u32>((8 * (2 * countAt(line, best) - 1)) / (2 * totalOf(line)));
    // A jump to another place is of another kind than a step.
    const far: u32 = abs<f64>(delta) > header().reach ? 24 : 0;
    n = put(n, stream.last + delta, 2, CONTEXT + far + (order - 1) * 8 + share);
  }
  return n;
}

/** Eight classes of steps: 1, 2, 3, 4, 5 to 6, 7 to 12, 13 to 24, and further. */
function stepClass(k: u32): u32 {
  if (k < 5) return k - 1;
  return k < 7 ? 4 : k < 13 ? 5 : k < 25 ? 6 : 7;
}

/** Notes evidence of a kind for an id; of one kind, the first counts. @returns the number of rows */
function put(n: u32, id: f64, kind: u32, evidence: u32): u32 {
  if (!isId(id)) return n;
  let slot = <u32>mix64(reinterpret<u64>(id)) & slotMask;
  let row = rowIn(slot);
  while (row != 0 && load<f64>(rowAt(row)) != id) {
    slot = (slot + 1) & slotMask;
    row = rowIn(slot);
  }
  if (row == 0) {
    row = ++n;
    store<u16>(SLOTS + ((<usize>slot) << 1), <u16>row);
    store<f64>(rowAt(row), id);
    store<u64>(rowAt(row), 0, 8);
  }
  const place = rowAt(row) + ((<usize>kind) << 1);
  if (load<u16>(place, 8) == 0) store<u16>(place, <u16>evidence, 8);
  return n;
}

/** The row that a slot names, counted from 1; 0 for none. */
function rowIn(slot: u32): u32 {
  return <u32>load<u16>(SLOTS + ((<usize>slot) << 1));
}

function rowAt(row: u32): usize {
  return ROWS + <usize>(row - 1) * ROW;
}
