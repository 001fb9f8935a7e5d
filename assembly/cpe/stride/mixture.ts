// The next id of a stream as a mixture of five experts: the cursors, and the contexts of the last 0 to 3 deltas. Each gives some ids
// probabilities and keeps the rest, its escape, for all others. Weights are posterior probabilities of the experts with a fixed share
// (Herbster and Warmuth, "Tracking the best expert", Machine Learning 32, 1998); a context that was never met sleeps, its weight untouched (Freund,
// Schapire, Singer and Warmuth, "Using and combining predictors that specialize", STOC 1997). Contexts escape by method D (Howard, "The
// design and analysis of efficient lossless data compression systems", 1993).
//
// What the experts say is in the window:
//
//   LISTS + e * LIST_BYTES:   | i32 entries, -1 asleep | f64 escape | f64 id | f64 probability | f64 id | ... |

import { WINDOW } from "../../core/arena";
import { contextHash, countAt, deltaAt, ENTRIES, findLine, totalOf } from "./contexts";
import { chanceOf } from "./cursors";
import { cursorOf, EXPERTS, isId, ORDERS, Stream, WEIGHTS } from "./layout";

/** The first 16 bytes of the window are for what a query answers beside its rows. */
const LISTS: usize = WINDOW + 0x8000;
/** Room for the most cursors, 64. */
const LIST_BYTES: usize = 16 + 64 * 16;
/** Of the weight that experts have, what they share evenly after each event. */
const SHARE: f64 = 1.0 / 64;
/** The cursors leave at least this to others. */
const MOST_SURE: f64 = 0.98;

/** Asks the experts. @param stream null for one that is not known @returns the row of weights to use. O(cursors). */
export function askExperts(stream: Stream | null): usize {
  let longest: u32 = 0;
  askCursors(stream);
  for (let order: u32 = 0; order <= ORDERS; order++) if (askOrder(stream, order)) longest = order + 1;
  return WEIGHTS + <usize>(longest * EXPERTS * 8);
}

/** Entries of an expert's list, or -1 if it sleeps. */
export function entriesOf(e: u32): i32 {
  return load<i32>(listOf(e));
}

export function idAt(e: u32, i: i32): f64 {
  return load<f64>(listOf(e) + ((<usize>i) << 4), 16);
}

export function probabilityAt(e: u32, i: i32): f64 {
  return load<f64>(listOf(e) + ((<usize>i) << 4), 24);
}

/** What the experts that are awake weigh together. */
export function awake(row: usize): f64 {
  let sum: f64 = 0;
  for (let e: u32 = 0; e < EXPERTS; e++) if (entriesOf(e) >= 0) sum += load<f64>(row + ((<usize>e) << 3));
  return sum;
}

/** The probability of `id` by the mixture that was asked last: its own if any expert has it, else the escape. */
export function mixed(row: usize, id: f64): f64 {
  const total = awake(row);
  let own: f64 = 0;
  let escape: f64 = 0;
  for (let e: u32 = 0; e < EXPERTS; e++) {
    if (entriesOf(e) < 0) continue;
    const weight = load<f64>(row + ((<usize>e) << 3)) / total;
    own += weight * said(e, id);
    escape += weight * load<f64>(listOf(e), 8);
  }
  return own > 0 ? own : escape;
}

/** Learns which experts were right. @param p what `mixed` says of the id that came */
export function learnWeights(row: usize, id: f64, p: f64): void {
  const total = awake(row);
  let known = false;
  let count: u32 = 0;
  for (let e: u32 = 0; e < EXPERTS; e++) {
    if (entriesOf(e) < 0) continue;
    count += 1;
    if (said(e, id) > 0) known = true;
  }
  for (let e: u32 = 0; e < EXPERTS; e++) {
    if (entriesOf(e) < 0) continue;
    const at = row + ((<usize>e) << 3);
    const likelihood = known ? said(e, id) : load<f64>(listOf(e), 8);
    const posterior = ((load<f64>(at) / total) * likelihood) / p;
    store<f64>(at, total * ((1 - SHARE) * posterior + SHARE / <f64>count));
  }
}

function listOf(e: u32): usize {
  return LISTS + <usize>e * LIST_BYTES;
}

/** What an expert gave to an id. */
function said(e: u32, id: f64): f64 {
  const n = entriesOf(e);
  let p: f64 = 0;
  for (let i = 0; i < n; i++) if (idAt(e, i) == id) p += probabilityAt(e, i);
  return p;
}

/** Adds an id to an expert's list; what is no id goes to the escape, by being left out of `kept`. @returns what is kept */
function add(list: usize, id: f64, p: f64): f64 {
  if (!isId(id) || p <= 0) return 0;
  const n = load<i32>(list);
  store<f64>(list + ((<usize>n) << 4), id, 16);
  store<f64>(list + ((<usize>n) << 4), p, 24);
  store<i32>(list, n + 1);
  return p;
}

/** Each cursor expects one id; the chances of its class are learned one by one, so that together they may be too many. */
function askCursors(stream: Stream | null): void {
  const list = listOf(0);
  store<i32>(list, 0);
  let sum: f64 = 0;
  let kept: f64 = 0;
  if (stream !== null) {
    const n = stream.cursors;
    for (let i: u32 = 0; i < n; i++) sum += load<f64>(chanceOf(cursorOf(stream, i), i));
    const scale = sum > MOST_SURE ? MOST_SURE / sum : 1.0;
    for (let i: u32 = 0; i < n; i++) {
      const c = cursorOf(stream, i);
      kept += add(list, c.next, scale * load<f64>(chanceOf(c, i)));
    }
  }
  store<f64>(list, 1 - kept, 8);
}

/** Returns whether the context is known. */
function askOrder(stream: Stream | null, order: u32): bool {
  const list = listOf(order + 1);
  store<i32>(list, -1);
  if (stream === null || stream.stamp == 0 || stream.deltas < order) return false;
  const line = findLine(orderHash(stream, order));
  if (line == 0) return false;
  store<i32>(list, 0);
  const total = <f64>totalOf(line);
  let kept: f64 = 0;
  for (let i: u32 = 0; i < ENTRIES; i++) {
    const count = countAt(line, i);
    if (count != 0) kept += add(list, stream.last + deltaAt(line, i), (<f64>count - 0.5) / total);
  }
  store<f64>(list, 1 - kept, 8);
  return true;
}

/** The hash of a stream's context of an order. */
export function orderHash(stream: Stream, order: u32): u64 {
  return contextHash(order, order > 0 ? stream.d1 : 0, order > 1 ? stream.d2 : 0, order > 2 ? stream.d3 : 0);
}
