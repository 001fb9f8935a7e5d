// Which contexts an event has, given what came before it. HISTORY holds the symbols before the event, newest first.
//
//   orders 1..O   the last 1, 2, ... O symbols in their order
//   bags   1..B   one symbol, at distance 1, 2, ... B: what comes soon after it, in whatever order. All distances share the
//                 counts, so a bag is a dependency graph with a window of B (Padmanabhan, Mogul, "Using predictive
//                 prefetching to improve world wide web latency", 1996).
//   own           nothing: what is frequent in the stream. Only where every stream has a model of its own, whose contexts no other stream shares.
//
// Order 0 is the counts of the symbols themselves (symbols.ts).

import { mix64 } from "../../core/hash";
import { events, ONE, symbolAt } from "./layout";

/** Distances at which bags look. */
export const BAGS: u32 = 3;
/** The most contexts an event can have. */
export const MOST_CONTEXTS: u32 = 9;
/** Symbols before an event that are looked at. */
export const DEPTH: u32 = 5;

/** The symbols before the event, newest first: u32[DEPTH]. Working space, as is KEYS. */
export const HISTORY: usize = memory.data(32);
/** Hashes of the event's contexts, orders first; 0 where there is none. u64[MOST_CONTEXTS]. */
export const KEYS: usize = memory.data(80);

const STEP: u64 = 0x9e3779b185ebca87;
const BAG: u64 = 0xc2b2ae3d27d4eb4f;
const OWN: u64 = 0x165667b19e3779f9;

/** Whether streams can have models of their own. The lean module never says so, and all that it takes falls away there. */
let able: bool = false;

/** Says that streams can have models of their own. */
export function ableToSeparate(): void {
  able = true;
}

function separate(): bool {
  return able && events().separate != 0;
}

/** Contexts of an event. */
export function contextCount(): u32 {
  return events().orders + BAGS + (separate() ? 1 : 0);
}

/** Lines that context number `i` may have: few symbols follow a long context, many a short one. */
export function linesOf(i: u32): u32 {
  if (i >= events().orders || i == 0) return 4;
  return i == 1 ? 2 : 1;
}

/** The limit of counts in context number `i`, in units: the longer a context, the sooner it goes with what is new. */
export function limitOf(i: u32): u32 {
  return (i >= events().orders || i < 2 ? 60 : 30) * ONE;
}

/** Number of symbols before the event, in HISTORY, that count for repetitions. */
export let historyLength: u32 = 0;

/** Fills KEYS for an event of a stream before which the `n` symbols in HISTORY came. */
export function makeKeys(stream: u32, n: u32): void {
  historyLength = n;
  const orders = events().orders;
  const own = separate();
  const seed = own ? mix64(events().seed ^ ((<u64>stream + 1) * OWN)) : events().seed;
  let hash = mix64(seed + STEP);
  let i: u32 = 0;
  for (; i < orders && i < n; i++) {
    const serial = serialAt(i);
    if (serial == 0) break;
    hash = longer(hash, serial);
    store<u64>(KEYS + ((<usize>i) << 3), hash);
  }
  for (; i < orders; i++) store<u64>(KEYS + ((<usize>i) << 3), 0);
  for (let lag: u32 = 0; lag < BAGS; lag++) {
    const serial = lag < n ? serialAt(lag) : 0;
    store<u64>(KEYS + ((<usize>(orders + lag)) << 3), serial == 0 ? 0 : mix64((<u64>serial * BAG) ^ seed));
  }
  if (own) store<u64>(KEYS + ((<usize>(orders + BAGS)) << 3), mix64(seed + OWN));
}

/** Hash of a context that has one more symbol before it. */
function longer(hash: u64, serial: u32): u64 {
  return mix64((hash ^ <u64>serial) * STEP);
}

function serialAt(lag: u32): u32 {
  return symbolAt(load<u32>(HISTORY + ((<usize>lag) << 2))).serial;
}
