// The event model's calls. A stream or item id is below 2^31 (the facade checks that). Queries take a stream that was never seen for an empty one.

import { WINDOW } from "../../core/arena";
import { NO_MEMORY, OK } from "../../core/status";
import { candidateBytes, candidates, P, SYMBOL } from "./arrays";
import { least, offer, startBest, writeBest } from "./best";
import { contextCount, DEPTH, HISTORY, KEYS, limitOf, linesOf, makeKeys } from "./contexts";
import { lineCount, linesAt } from "./known";
import { events, ids, LINE_COUNTS, LINE_SYMBOLS, Line, ONE, RING, STREAM_BYTES, streamAt, streams, symbolAt, WAYS } from "./layout";
import { learn } from "./learn";
import { escape, evaluate, probabilityOf, release } from "./mixture";
import { add, start } from "./registry";
import { dropStream, emptyRing, push, recent, ringOf } from "./streams";
import { countSymbol, internId, symbolOf } from "./symbols";
import { countInContext, findLines, tableInit } from "./table";
import { ln4 } from "./vector";
import { weightsInit } from "./weights";

export { forgetId } from "./sweep";

/** Starts the event model: see `init` of index.ts. */
export function eventsInit(seed: u64, orders: u32, contextBytes: u32, horizon: u32): bool {
  const e = events();
  e.seed = seed;
  e.orders = orders;
  e.horizon = horizon;
  return start(ids(), 16) && start(streams(), STREAM_BYTES) && weightsInit() && tableInit(contextBytes);
}

/** Makes room for an event, so that `observe` cannot fail; nothing of it shows in any answer. OK or NO_MEMORY. */
export function prepare(stream: u32, id: u32): i32 {
  const known = ringOf(stream);
  ring = known != 0 ? known : add(streams(), stream);
  if (ring == 0) return NO_MEMORY;
  symbol = internId(id);
  if (symbol != 0) return OK;
  if (known == 0) dropStream(ring);
  return NO_MEMORY;
}

/** What `prepare` found or made: the ring of its stream and the symbol of its id. */
let ring: u32 = 0;
let symbol: u32 = 0;

/** Learns that `id` is the next event of `stream`. Returns its surprise in bits before that, or NO_MEMORY. O(orders + entries). */
export function observe(stream: u32, id: u32): f32 {
  return prepare(stream, id) == OK ? observePrepared(stream, ONE) : <f32>NO_MEMORY;
}

/** `observe`, right after `prepare`, of an event that counts for `units` sixteenths of one, 1..256. */
export function observePrepared(stream: u32, units: u32): f32 {
  const s = symbol;
  const r = ring;
  evaluate(stream, recent(r, HISTORY, DEPTH));
  const surprise = bits(symbolAt(s).count == 0 ? escape : probabilityOf(s));
  learn(s);
  release();
  count(s, units);
  push(r, s);
  return surprise;
}

/** Counts symbol `s` in all contexts that were just evaluated. */
export function count(s: u32, units: u32): void {
  const e = events();
  const contexts = contextCount();
  const changes = e.linesUsed + e.replaced;
  // The longest orders make most of the new lines: they come last, as what was looked up holds until a line is made.
  for (let q: u32 = 0; q < contexts; q++) {
    const i = q < contexts - e.orders ? q + e.orders : q - (contexts - e.orders);
    const key = load<u64>(KEYS + ((<usize>i) << 3));
    if (key == 0) continue;
    // A long context is only worth a line if what it begins with was not new: most that are seen once are never seen again.
    if (i > 1 && i < e.orders && lineCount(i) == 0 && lineCount(i - 2) == 0) continue;
    const lines = linesAt(i);
    const n = changes == e.linesUsed + e.replaced ? lineCount(i) : findLines(key, lines);
    countInContext(key, lines, n, s, units, linesOf(i), limitOf(i));
  }
  countSymbol(s, max<u32>(1, (units + ONE / 2) / ONE));
  e.observed += 1;
}

/** What a probability costs in bits. */
export function bits(p: f32): f32 {
  return max<f32>(0, f32x4.extract_lane(ln4(f32x4.splat(p)), 0) * -(<f32>Math.LOG2E));
}

/** Fills HISTORY from a stream, or if that is negative from `n` <= 5 item ids at WINDOW, newest last. Returns the number of symbols. */
export function before(stream: i32, n: u32): u32 {
  if (stream >= 0) return recent(ringOf(stream), HISTORY, DEPTH);
  for (let lag: u32 = 0; lag < n; lag++) {
    store<u32>(HISTORY + ((<usize>lag) << 2), symbolOf(load<u32>(WINDOW + ((<usize>(n - 1 - lag)) << 2))));
  }
  return n;
}

/** Surprise in bits if `id` were the next event of `stream`. */
export function surpriseOf(stream: i32, id: u32): f32 {
  evaluate(stream, before(stream, 0));
  const s = symbolOf(id);
  const surprise = bits(symbolAt(s).count == 0 ? escape : probabilityOf(s));
  release();
  return surprise;
}

/**
 * The `k` likeliest candidates for the next event of `stream`, or if that is negative after the `n` <= 5 ids at WINDOW, newest last.
 * Returns their number. WINDOW: +0 f32 escape, +16 ids, then at +16 + 4 * number their probabilities, largest first, ties by the smaller id.
 */
export function predict(stream: i32, n: u32, k: u32): u32 {
  evaluate(stream, before(stream, n));
  store<f32>(WINDOW, escape);
  startBest(min<u32>(k, candidates));
  const end = candidateBytes();
  for (let at: usize = 0; at < end; at += 16) {
    let mask = <u32>i32x4.bitmask(f32x4.ge(v128.load(P + at), f32x4.splat(max<f32>(least, <f32>1e-30))));
    for (; mask != 0; mask &= mask - 1) {
      const to = at + ((<usize>ctz<u32>(mask)) << 2);
      offer(load<u32>(SYMBOL + to), load<f32>(P + to));
    }
  }
  release();
  return writeBest();
}

/** Replaces the `n` ids at `ids` by their probabilities as the next event, after a stream or a history of `length` ids as in `predict`. */
export function probabilities(stream: i32, length: u32, ids: usize, n: u32): void {
  evaluate(stream, before(stream, length));
  for (let i: u32 = 0; i < n; i++) {
    const at = ids + ((<usize>i) << 2);
    store<f32>(at, probabilityOf(symbolOf(load<u32>(at))));
  }
  release();
}

/** Writes the ids that a stream remembers to WINDOW, newest first. Returns their number. */
export function historyOf(stream: u32): u32 {
  const n = recent(ringOf(stream), WINDOW, RING);
  for (let i: u32 = 0; i < n; i++) {
    const at = WINDOW + ((<usize>i) << 2);
    store<u32>(at, symbolAt(load<u32>(at)).id);
  }
  return n;
}

/** Empties a stream's history. False if the stream had no event. */
export function endSession(stream: u32): bool {
  const r = ringOf(stream);
  emptyRing(r);
  return streamAt(r).live != 0;
}

/** Forgets a stream and its history; what was learned from it stays. False if it had no event. */
export function forgetStream(stream: u32): bool {
  const r = ringOf(stream);
  if (r == 0) return false;
  const known = streamAt(r).live != 0;
  dropStream(r);
  return known;
}

/**
 * What followed the context of the `n` ids (1..orders) at WINDOW, newest last. Returns the number of entries, each at WINDOW + 16:
 * u32 id, f32 count; WINDOW: f32 events, f32 novelties.
 */
export function contextCounts(n: u32): u32 {
  makeKeys(0, before(-1, n));
  const key = load<u64>(KEYS + ((<usize>(n - 1)) << 3));
  const lines: u32 = key == 0 ? 0 : findLines(key, linesAt(n - 1));
  v128.store(WINDOW, i32x4.splat(0));
  let to = WINDOW + 16;
  for (let level: u32 = 0; level < lines; level++) {
    const line = changetype<Line>(<usize>load<u32>(linesAt(n - 1) + ((<usize>level) << 2)));
    if (level == 0) {
      store<f32>(WINDOW, line.events);
      store<f32>(WINDOW, line.novelties, 4);
    }
    for (let q: usize = 0; q < line.used; q++) {
      const symbol = symbolAt(load<u32>(changetype<usize>(line) + LINE_SYMBOLS + (q << 2)));
      if (symbol.serial == 0) continue;
      store<u32>(to, symbol.id);
      store<f32>(to, <f32>load<u16>(changetype<usize>(line) + LINE_COUNTS + (q << 1)) / <f32>ONE, 4);
      to += 8;
    }
  }
  return <u32>(to - WINDOW - 16) >> 3;
}

/** Writes ids known, streams that had an event, lines in use, lines replaced, events observed, lines and orders to WINDOW: f64[7]. */
export function eventStats(): void {
  const e = events();
  store<f64>(WINDOW, <f64>e.known);
  store<f64>(WINDOW, <f64>e.live, 8);
  store<f64>(WINDOW, <f64>e.linesUsed, 16);
  store<f64>(WINDOW, <f64>e.replaced, 24);
  store<f64>(WINDOW, <f64>e.observed, 32);
  store<f64>(WINDOW, <f64>(e.buckets * WAYS), 40);
  store<f64>(WINDOW, <f64>e.orders, 48);
}
