// The expert for ids that are numbers, such as addresses of blocks: what the next one is, and which will be asked for soon.

import { allocLasting, arenaInit, WINDOW } from "../../core/arena";
import { learnDelta } from "./contexts";
import { chanceOf, expecting, moveCursor } from "./cursors";
import {
  CHANCES,
  CLASSES,
  CURSOR_BYTES,
  cursorOf,
  EXPERTS,
  HEADER_BYTES,
  header,
  ORDERS,
  STREAM_BYTES,
  Stream,
  WAYS,
  WEIGHT_ROWS,
  WEIGHTS,
} from "./layout";
import { askExperts, awake, entriesOf, idAt, learnWeights, mixed, orderHash, probabilityAt } from "./mixture";
import { clearStream, findStream, touchStream } from "./streams";

export * from "../../core/exports";
export { strideAhead } from "./ahead";

/** The chance of a class of cursors before anything was learned. */
const FIRST_CHANCE: f64 = 0.1;
/** Bytes of a row that `stridePredict` answers: id, probability. */
const ROW: usize = 16;
/** Events after which the chance of a class follows the latest ones only. */
const MOST_LEARNED: f64 = 254;

/**
 * Starts the module.
 * @param limit the most bytes of the image, 0 for no limit
 * @param streams sets of eight, a power of two
 * @param contextBytes of the table of contexts, a power of two from 256 on
 * @returns whether there was room
 */
export function strideInit(limit: u32, low: u32, high: u32, sets: u32, cursors: u32, contextBytes: u32, reach: f64): bool {
  if (!arenaInit(HEADER_BYTES, limit)) return false;
  const h = header();
  h.seed = <u64>low | ((<u64>high) << 32);
  h.recordBytes = STREAM_BYTES + cursors * CURSOR_BYTES;
  h.cursors = cursors;
  h.setMask = sets - 1;
  h.bucketMask = (contextBytes >> 8) - 1;
  h.reach = reach;
  h.lines = <u32>allocLasting(contextBytes);
  const bytes = <u64>sets * <u64>(WAYS * h.recordBytes);
  if (h.lines == 0 || bytes > 0x80000000) return false;
  h.streams = <u32>allocLasting(<u32>bytes);
  for (let i: u32 = 0; i < WEIGHT_ROWS * EXPERTS; i++) store<f64>(WEIGHTS + ((<usize>i) << 3), 1.0 / <f64>EXPERTS);
  for (let i: u32 = 0; i < CLASSES; i++) store<f64>(CHANCES + ((<usize>i) << 4), FIRST_CHANCE);
  return h.streams != 0;
}

/** Learns that `id`, an access that covers `span` ids, is the next of a stream. @returns its surprise in bits. O(cursors). */
export function strideObserve(id: u32, at: f64, span: f64): f32 {
  const stream = touchStream(id);
  const row = askExperts(stream);
  const p = mixed(row, at);
  learnWeights(row, at, p);
  learnChances(stream, at);
  if (stream.stamp != 0) learnOrders(stream, at);
  moveCursor(stream, at, span);
  const h = header();
  h.clock += 1;
  stream.stamp = h.clock;
  stream.last = at;
  return bitsOf(p);
}

/** What `strideObserve` would return. */
export function strideSurprise(id: u32, at: f64): f32 {
  return bitsOf(mixed(askExperts(findStream(id)), at));
}

/**
 * The likeliest next ids of a stream, equally likely ones by their number.
 * @returns how many; they are rows of id and probability from WINDOW + 16 on, and at WINDOW is the probability of any other id
 */
export function stridePredict(id: u32, k: u32): u32 {
  const row = askExperts(findStream(id));
  const total = awake(row);
  const rows = WINDOW + 16;
  let n: u32 = 0;
  let sum: f64 = 0;
  for (let e: u32 = 0; e < EXPERTS; e++) {
    const weight = load<f64>(row + ((<usize>e) << 3)) / total;
    for (let i = 0; i < entriesOf(e); i++) {
      const p = weight * probabilityAt(e, i);
      sum += p;
      n = merge(rows, n, idAt(e, i), p);
    }
  }
  store<f64>(WINDOW, max<f64>(0, 1 - sum));
  sort(rows, n);
  return min<u32>(n, k);
}

/** Forgets where a stream is; what was learned from it stays. @returns whether it was known */
export function strideForget(id: u32): bool {
  const stream = findStream(id);
  if (stream === null) return false;
  clearStream(stream);
  return true;
}

/** What a probability is in bits, in single precision, whose logarithm has small tables. Rounding may lift a probability over 1. */
function bitsOf(p: f64): f32 {
  return 0 - NativeMathf.log2(<f32>min<f64>(1, p));
}

/** The cursor that expected the id learns that it was right, all others that they were not. */
function learnChances(stream: Stream, at: f64): void {
  const right = expecting(stream, at);
  for (let i: u32 = 0; i < stream.cursors; i++) {
    const chance = chanceOf(cursorOf(stream, i), i);
    const n = load<f64>(chance, 8);
    const came: f64 = i == right ? 1 : 0;
    store<f64>(chance, load<f64>(chance) + (came - load<f64>(chance)) / (n + 2));
    if (n < MOST_LEARNED) store<f64>(chance, n + 1, 8);
  }
}

function learnOrders(stream: Stream, at: f64): void {
  const delta = at - stream.last;
  for (let order: u32 = 0; order <= min(ORDERS, stream.deltas); order++) learnDelta(orderHash(stream, order), delta);
  stream.d3 = stream.d2;
  stream.d2 = stream.d1;
  stream.d1 = delta;
  stream.deltas = min<u32>(ORDERS, stream.deltas + 1);
}

/** Adds to the probability of an id that has a row, or gives it one. @returns the number of rows */
function merge(rows: usize, n: u32, id: f64, p: f64): u32 {
  for (let i: u32 = 0; i < n; i++) {
    const at = rows + <usize>i * ROW;
    if (load<f64>(at) == id) {
      store<f64>(at, load<f64>(at, 8) + p, 8);
      return n;
    }
  }
  store<f64>(rows + <usize>n * ROW, id);
  store<f64>(rows + <usize>n * ROW, p, 8);
  return n + 1;
}

/** Insertion: there are at most 84 rows. */
function sort(rows: usize, n: u32): void {
  for (let i: u32 = 1; i < n; i++) {
    const id = load<f64>(rows + <usize>i * ROW);
    const p = load<f64>(rows + <usize>i * ROW, 8);
    let at = rows + <usize>i * ROW;
    while (at > rows && (load<f64>(at - ROW, 8) < p || (load<f64>(at - ROW, 8) == p && load<f64>(at - ROW) > id))) {
      store<f64>(at, load<f64>(at - ROW));
      store<f64>(at, load<f64>(at - ROW, 8), 8);
      at -= ROW;
    }
    store<f64>(at, id);
    store<f64>(at, p, 8);
  }
}
