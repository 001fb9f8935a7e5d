// The calls of a model that has sessions: those of events.ts, with the neighbours' evidence. A session is what comes in a stream between two ends.

import { WINDOW } from "../../core/arena";
import { NO_MEMORY } from "../../core/status";
import { offer, startBest, writeBest } from "../events/best";
import { DEPTH, HISTORY } from "../events/contexts";
import { bits, count, endSession, forgetId, forgetStream, prepare } from "../events/events";
import { ids, RING, streams, symbolAt } from "../events/layout";
import { learn } from "../events/learn";
import { evaluate, release } from "../events/mixture";
import { recordFor } from "../events/registry";
import { push, recent, ringOf } from "../events/streams";
import { symbolOf } from "../events/symbols";
import { sessionsRoom } from "./layout";
import { learnNext, memberSymbol, members, mix, mixedEscape, mixedProbability, unmix } from "./mix";
import { alike, EVIDENCE, forgetNeighbours, HEAP, N_SUMS, N_SYMBOL, neighbours, SUMS, sortNeighbours } from "./neighbours";
import { sessionsAdd, sessionsForget, storeInit } from "./store";
import { dropTail, learnTail, noteTail } from "./tails";
import { weightsInit } from "./weights";

/** The symbols of the present session, newest first. Working space, as is GRADIENT. */
const PRESENT: usize = memory.data(4 * 64);
const GRADIENT: usize = memory.data(32);

/** Starts the sessions, after `init`: `bytes` for the ring of those that have ended. False if there is no memory. */
export function sessionsInit(bytes: u32): bool {
  return storeInit(bytes) && weightsInit() && sessionsRoom(0, 0);
}

/** `prepare` of events.ts. */
export function prepareInSession(stream: u32, id: u32): i32 {
  return sessionsRoom(recordFor(ids(), id), recordFor(streams(), stream)) ? prepare(stream, id) : NO_MEMORY;
}

/** `observePrepared` of events.ts. */
export function observePreparedInSession(stream: u32, id: u32, units: u32): f32 {
  const s = symbolOf(id);
  const r = ringOf(stream);
  mixAfter(stream, recent(r, PRESENT, EVIDENCE), 0);
  const surprise = bits(mixed(s));
  learnNext(s, GRADIENT);
  noteTail(r, s);
  unmix();
  learn(s);
  release();
  count(s, units);
  push(r, s);
  return surprise;
}

/** Computes the distribution after the `n` symbols in PRESENT. `unmix` and `release` must follow. */
export function mixAfter(stream: u32, n: u32, within: u32): void {
  const depth = min<u32>(n, DEPTH);
  memory.copy(HISTORY, PRESENT, (<usize>depth) << 2);
  evaluate(stream, depth);
  mix(PRESENT, n, within);
}

/** The probability of a symbol, or of what was never seen. */
function mixed(s: u32): f32 {
  return symbolAt(s).count == 0 ? mixedEscape : mixedProbability(s);
}

/** Fills PRESENT from a stream, or if that is negative from `n` <= 8 item ids at WINDOW, newest last. Returns the number of symbols. */
export function before(stream: i32, n: u32): u32 {
  if (stream >= 0) return recent(ringOf(stream), PRESENT, EVIDENCE);
  for (let back: u32 = 0; back < n; back++) {
    store<u32>(PRESENT + ((<usize>back) << 2), symbolOf(load<u32>(WINDOW + ((<usize>(n - 1 - back)) << 2))));
  }
  return n;
}

/** `surpriseOf` of events.ts. */
export function surpriseInSession(stream: i32, id: u32): f32 {
  mixAfter(stream, before(stream, 0), 0);
  const surprise = bits(mixed(symbolOf(id)));
  unmix();
  release();
  return surprise;
}

/** `predict` of events.ts, of the next event if `within` is 0, else of one of the last `within` <= 3 of the session; a history may have 8 ids. */
export function predictInSession(stream: i32, n: u32, k: u32, within: u32): u32 {
  mixAfter(stream, before(stream, n), within);
  store<f32>(WINDOW, mixedEscape);
  startBest(min<u32>(k, members));
  for (let i: u32 = 0; i < members; i++) {
    const s = memberSymbol(i);
    offer(s, mixedProbability(s));
  }
  unmix();
  release();
  return writeBest();
}

/** `probabilities` of events.ts; a history may have 8 ids. */
export function probabilitiesInSession(stream: i32, length: u32, ids: usize, n: u32): void {
  mixAfter(stream, before(stream, length), 0);
  for (let i: u32 = 0; i < n; i++) {
    const at = ids + ((<usize>i) << 2);
    store<f32>(at, mixedProbability(symbolOf(load<u32>(at))));
  }
  unmix();
  release();
}

/** `endSession` of events.ts: the session is remembered, and teaches what ends are like. */
export function endOfSession(stream: u32): bool {
  const r = ringOf(stream);
  if (r != 0) {
    learnTail(r);
    sessionsAdd(PRESENT, recent(r, PRESENT, RING));
  }
  return endSession(stream);
}

/** `forgetStream` of events.ts: its session has no end. */
export function forgetStreamInSession(stream: u32): bool {
  const r = ringOf(stream);
  if (r != 0) dropTail(r);
  return forgetStream(stream);
}

/** `forgetId` of events.ts. */
export function forgetIdInSessions(id: u32): bool {
  const s = symbolOf(id);
  if (s != 0) sessionsForget(s);
  return forgetId(id);
}

/**
 * What sessions like that of a stream, or like the `n` <= 8 ids at WINDOW if it is negative, had after it. Returns the number of items, those with the
 * largest a first. WINDOW: +0 u32 sessions that count, +4 f32 sums of a, b and c, +16 items: u32 id, f32 a, b, c.
 */
export function evidence(stream: i32, n: u32): u32 {
  const items = neighbours(PRESENT, before(stream, n));
  store<u32>(WINDOW, alike);
  memory.copy(WINDOW + 4, SUMS, 12);
  sortNeighbours();
  for (let i: u32 = 0; i < items; i++) {
    const to = WINDOW + 16 + ((<usize>i) << 4);
    const j = <usize>load<u32>(HEAP + ((<usize>i) << 3));
    store<u32>(to, symbolAt(load<u32>(N_SYMBOL + (j << 2))).id);
    memory.copy(to + 4, N_SUMS + (j << 4), 12);
  }
  forgetNeighbours();
  return items;
}
