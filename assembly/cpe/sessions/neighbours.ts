// The sessions that are most like the present one, and what they had after the last event in common: the evidence of sessions as sets, whatever the
// order of their events. Source: Jannach and Ludewig, "When recurrent neural networks meet the neighborhood for session-based recommendation"
// (2017); decay and inverse frequency as in Ludewig and Jannach, "Evaluation of session-based recommendation algorithms" (2018).
//
//   similarity(S) = sum over events x of the present session that S has of decay^age(x) ln(1 + sessions / sessions with x)
//   r(S)          = similarity(S) / the largest one
//   a(y)          = sum over S of r^4 / m(S), b(y) of r^6 / m(S), over the m events y of S after the last one in common
//   c(y)          = sum over S of r^4 / 2^(events between)
//
// Every event looks at the 512 newest sessions that have it, all chains side by side as each step waits for memory; the 128 most like sessions count.
// Cost: O(8 * 512 + 128 * 64), whatever there is.

import { keepSmallest, sortKept } from "../../core/heap";
import { ln4 } from "../events/vector";
import { Item, itemAt, Session, sessions, UNIT } from "./layout";

/** Events of the present session that count. */
export const EVIDENCE: u32 = 8;
/** Sessions of each event that are looked at, and of all of them, the newest. */
const POSTINGS: u32 = 512;
const MOST_TOUCHED: u32 = 2048;
/** Sessions that count, but for ties. */
const LIKE: u32 = 128;
/** Symbols that are counted. */
const MOST_ITEMS: u32 = 1024;
/** Symbols that are listed. */
const KEPT: u32 = 64;
const DECAY: f32 = 0.8;
const BINS: u32 = 64;
/** Sessions less like than a fifth of the most like one do not count. */
const LEAST_BIN: u32 = 13;

// Working space. Chains: link, sessions left, weight.
const LINK: usize = memory.data(32);
const LEFT: usize = memory.data(32);
const WEIGHT: usize = memory.data(32);
/** Sessions looked at: their unit, similarity, and position after the last event in common. */
const SIMILARITIES: usize = memory.data(18448, 16);
const FROM: usize = SIMILARITIES + 8192;
const UNITS: usize = SIMILARITIES + 10240;
/** 18,432 bytes that are free again once `neighbours` has returned: all working space together must stay below the window. */
export const SPARE: usize = SIMILARITIES;
const HISTOGRAM: usize = memory.data(256);
/** Symbols, from number 1 on, and their sums: f32 a, b, c and zero. */
export const N_SYMBOL: usize = memory.data(4100);
export const N_SUMS: usize = memory.data(16400, 16);
/** The symbols with the largest a, as a heap (core/heap.ts). */
export const HEAP: usize = memory.data(512, 16);
/** Sums of a, b and c over all symbols. */
export const SUMS: usize = memory.data(16, 16);

/** Symbols found, and in the heap. */
let found: u32 = 0;
export let kept: u32 = 0;
/** Sessions that counted. */
export let alike: u32 = 0;

/**
 * Finds what sessions like the present one had after it: `n` symbols at `symbols`, newest first, of which the first 8 count. Fills the arrays above;
 * `forgetNeighbours` must follow. Returns the number of symbols in the heap.
 */
export function neighbours(symbols: usize, n: u32): u32 {
  found = 0;
  kept = 0;
  alike = 0;
  v128.store(SUMS, f32x4.splat(0));
  const chains = startChains(symbols, min<u32>(n, EVIDENCE));
  if (chains == 0) return 0;
  const touched = follow(chains);
  choose(touched);
  list();
  return kept;
}

/** Number of a symbol in the arrays, or 0. */
export function numberOf(s: u32): u32 {
  return itemAt(s).slot;
}

/** Leaves no trace of the query. */
export function forgetNeighbours(): void {
  for (let j: u32 = 1; j <= found; j++) itemAt(load<u32>(N_SYMBOL + ((<usize>j) << 2))).slot = 0;
}

/** The chains of the distinct symbols that a session has, and what each is worth. Returns their number. */
function startChains(symbols: usize, n: u32): u32 {
  let chains: u32 = 0;
  let worth: f32 = 1;
  const size = <f32>sessions().size;
  for (let i: u32 = 0; i < n; i++, worth *= DECAY) {
    const s = load<u32>(symbols + ((<usize>i) << 2));
    let again = s >= sessions().itemRoom;
    for (let j: u32 = 0; j < i; j++) if (load<u32>(symbols + ((<usize>j) << 2)) == s) again = true;
    if (again) continue;
    const item = itemAt(s);
    if (item.sessions == 0) continue;
    const at = (<usize>chains) << 2;
    store<u32>(LINK + at, item.newest);
    store<u32>(LEFT + at, min<u32>(item.sessions, POSTINGS));
    store<f32>(WEIGHT + at, worth * f32x4.extract_lane(ln4(f32x4.splat(size / <f32>item.sessions + 1)), 0));
    chains++;
  }
  return chains;
}

/** Adds up the sessions' similarities, one step of every chain after the other. Returns the number of sessions in UNITS. */
function follow(chains: u32): u32 {
  const ring = <usize>sessions().ring;
  let touched: u32 = 0;
  while (chains > 0) {
    for (let i: u32 = 0; i < chains; i++) {
      const at = (<usize>i) << 2;
      const link = load<u32>(LINK + at);
      const session = ring + ((<usize>(link >> 6)) << 4);
      const position = link & 63;
      store<u32>(LINK + at, load<u32>(session + ((<usize>position) << 3), UNIT + 4));
      // No branch on whether the session is new here, which nobody could foretell: `last` is 0 if it is.
      const similarity = load<f32>(session, offsetof<Session>("similarity"));
      if (touched < MOST_TOUCHED || similarity != 0) {
        store<u32>(UNITS + ((<usize>touched) << 2), link >> 6);
        touched += select<u32>(1, 0, similarity == 0);
        store<u32>(session, max<u32>(load<u32>(session, offsetof<Session>("last")), position), offsetof<Session>("last"));
        store<f32>(session, similarity + load<f32>(WEIGHT + at), offsetof<Session>("similarity"));
      }
      const left = load<u32>(LEFT + at) - 1;
      store<u32>(LEFT + at, left);
      if (left == 0) {
        chains = end(i, chains);
        i -= 1;
      }
    }
  }
  return touched;
}

/** A chain has come to its end: those behind it move up. */
function end(i: u32, chains: u32): u32 {
  for (let at = (<usize>i) << 2; at < (<usize>(chains - 1)) << 2; at += 4) {
    store<u32>(LINK + at, load<u32>(LINK + at, 4));
    store<u32>(LEFT + at, load<u32>(LEFT + at, 4));
    store<f32>(WEIGHT + at, load<f32>(WEIGHT + at, 4));
  }
  return chains - 1;
}

/** Which of the bins a session is in, in steps of the largest similarity. */
function binOf(similarity: f32, scale: f32): u32 {
  return <u32>min<f32>(similarity * scale, <f32>(BINS - 1));
}

/** Lets the most like sessions vote. */
function choose(touched: u32): void {
  const ring = <usize>sessions().ring;
  let most: f32 = 0;
  for (let z: usize = 0; z < touched; z++) {
    const session = changetype<Session>(ring + ((<usize>load<u32>(UNITS + (z << 2))) << 4));
    store<f32>(SIMILARITIES + (z << 2), session.similarity);
    store<u8>(FROM + z, session.last + 1);
    most = max<f32>(most, session.similarity);
    session.similarity = 0;
    session.last = 0;
  }
  const scale = <f32>BINS / most;
  memory.fill(HISTOGRAM, 0, 4 * BINS);
  for (let z: usize = 0; z < touched; z++) {
    const bin = HISTOGRAM + ((<usize>binOf(load<f32>(SIMILARITIES + (z << 2)), scale)) << 2);
    store<u32>(bin, load<u32>(bin) + 1);
  }
  let least = BINS;
  for (let counted: u32 = 0; least > LEAST_BIN && counted < LIKE; ) {
    least -= 1;
    counted += load<u32>(HISTOGRAM + ((<usize>least) << 2));
  }
  const inverse: f32 = <f32>1 / most;
  for (let z: usize = 0; z < touched && alike < 2 * LIKE; z++) {
    const similarity = load<f32>(SIMILARITIES + (z << 2));
    if (binOf(similarity, scale) < least) continue;
    const session = ring + ((<usize>load<u32>(UNITS + (z << 2))) << 4);
    const from = <u32>load<u8>(FROM + z);
    const length = load<u32>(session);
    if (from < length) vote(session + UNIT, from, length, similarity * inverse);
  }
}

/** Lets a session vote, whose entries are at `entries`: for those from number `from` on. */
function vote(entries: usize, from: u32, length: u32, r: f32): void {
  const items = <usize>sessions().items;
  alike += 1;
  const r2 = r * r;
  const a = (r2 * r2) / <f32>(length - from);
  let votes = f32x4.replace_lane(f32x4.replace_lane(f32x4.replace_lane(f32x4.splat(0), 0, a), 1, a * r2), 2, r2 * r2);
  const fade = f32x4.replace_lane(f32x4.splat(1), 2, 0.5);
  let sums = v128.load(SUMS);
  for (let at = entries + ((<usize>from) << 3); at < entries + ((<usize>length) << 3); at += 8, votes = f32x4.mul(votes, fade)) {
    const s = load<u32>(at);
    if (s == 0) continue;
    const item = changetype<Item>(items + ((<usize>s) << 5));
    let j = item.slot;
    if (j == 0) {
      if (found == MOST_ITEMS) continue;
      j = found + 1;
      found = j;
      item.slot = j;
      store<u32>(N_SYMBOL + ((<usize>j) << 2), s);
      v128.store(N_SUMS + ((<usize>j) << 4), votes);
    } else {
      const to = N_SUMS + ((<usize>j) << 4);
      v128.store(to, f32x4.add(v128.load(to), votes));
    }
    sums = f32x4.add(sums, votes);
  }
  v128.store(SUMS, sums);
}

/** Fills the heap. */
function list(): void {
  for (let j: u32 = 1; j <= found; j++) {
    const a = load<u32>(N_SUMS + ((<usize>j) << 4));
    // A sum is positive, so that its bits have its order.
    kept = keepSmallest(HEAP, kept, KEPT, ((<u64>~a) << 32) | <u64>j);
  }
}

/** Number of the i-th symbol of the heap, in no order. */
export function keptAt(i: u32): u32 {
  return ~(<u32>load<u64>(HEAP + ((<usize>i) << 3)));
}

/** Puts the heap in order, largest a first, ties in the order in which they were found, and `keptAt` out of use: numbers are the low words of u64 at HEAP. */
export function sortNeighbours(): void {
  sortKept(HEAP, kept);
}
