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

import { ln4 } from "../events/vector";
import { entryAt, itemAt, sessionAt, sessions } from "./layout";

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
export const KEPT: u32 = 64;
const DECAY: f32 = 0.8;
const BINS: u32 = 64;
/** Sessions less like than a fifth of the most like one do not count. */
const LEAST_BIN: u32 = 13;

// Working space. Chains: link, sessions left, weight.
const LINK: usize = memory.data(32);
const LEFT: usize = memory.data(32);
const WEIGHT: usize = memory.data(32);
const TOUCHED: usize = memory.data(8192);
const HISTOGRAM: usize = memory.data(256);
/** Symbols and their sums, from number 1 on. */
export const N_SYMBOL: usize = memory.data(4100);
export const N_A: usize = memory.data(4100);
export const N_B: usize = memory.data(4100);
export const N_C: usize = memory.data(4100);
/** Numbers of the symbols with the largest a, largest first; ties in the order in which they were found. */
export const KEPT_LIST: usize = memory.data(256);

/** Symbols found, and listed in KEPT_LIST. */
export let found: u32 = 0;
export let kept: u32 = 0;
/** Sessions that counted. */
export let alike: u32 = 0;
/** Sums of a, b and c over all symbols. */
export let sumA: f32 = 0;
export let sumB: f32 = 0;
export let sumC: f32 = 0;

/**
 * Finds what sessions like the present one had after it: `n` symbols at `symbols`, newest first, of which the first 8 count. Fills the arrays above;
 * `forgetNeighbours` must follow. Returns the length of KEPT_LIST.
 */
export function neighbours(symbols: usize, n: u32): u32 {
  found = 0;
  kept = 0;
  alike = 0;
  sumA = 0;
  sumB = 0;
  sumC = 0;
  const chains = startChains(symbols, min<u32>(n, EVIDENCE));
  if (chains == 0) return 0;
  const touched = follow(chains);
  gather(touched);
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

/** Adds up the sessions' similarities, one step of every chain after the other. Returns the number of sessions in TOUCHED. */
function follow(chains: u32): u32 {
  let touched: u32 = 0;
  let going = true;
  while (going) {
    going = false;
    for (let at: usize = 0; at < (<usize>chains) << 2; at += 4) {
      const left = load<u32>(LEFT + at);
      if (left == 0) continue;
      going = true;
      store<u32>(LEFT + at, left - 1);
      const link = load<u32>(LINK + at);
      const session = sessionAt(link >> 6);
      const position = link & 63;
      store<u32>(LINK + at, load<u32>(entryAt(session, position), 4));
      const similarity = session.similarity;
      if (similarity == 0) {
        if (touched == MOST_TOUCHED) continue;
        store<u32>(TOUCHED + ((<usize>touched) << 2), link >> 6);
        touched += 1;
        session.last = position;
      } else if (position > session.last) session.last = position;
      session.similarity = similarity + load<f32>(WEIGHT + at);
    }
  }
  return touched;
}

/** Which of the bins a session is in, in steps of the largest similarity. */
function binOf(similarity: f32, scale: f32): u32 {
  return <u32>min<f32>(similarity * scale, <f32>(BINS - 1));
}

function gather(touched: u32): void {
  let most: f32 = 0;
  for (let z: u32 = 0; z < touched; z++) most = max<f32>(most, sessionAt(touchedAt(z)).similarity);
  const scale = <f32>BINS / most;
  memory.fill(HISTOGRAM, 0, 4 * BINS);
  for (let z: u32 = 0; z < touched; z++) {
    const bin = HISTOGRAM + ((<usize>binOf(sessionAt(touchedAt(z)).similarity, scale)) << 2);
    store<u32>(bin, load<u32>(bin) + 1);
  }
  let least = BINS;
  for (let counted: u32 = 0; least > LEAST_BIN && counted < LIKE; ) {
    least -= 1;
    counted += load<u32>(HISTOGRAM + ((<usize>least) << 2));
  }
  const inverse: f32 = <f32>1 / most;
  for (let z: u32 = 0; z < touched; z++) {
    const session = sessionAt(touchedAt(z));
    const similarity = session.similarity;
    const from = session.last + 1;
    session.similarity = 0;
    session.last = 0;
    if (alike >= 2 * LIKE || from >= session.length || binOf(similarity, scale) < least) continue;
    alike += 1;
    const r = similarity * inverse;
    const r2 = r * r;
    let c = r2 * r2;
    const a = c / <f32>(session.length - from);
    const b = a * r2;
    for (let i = from; i < session.length; i++, c *= 0.5) add(load<u32>(entryAt(session, i)), a, b, c);
  }
}

function touchedAt(z: u32): u32 {
  return load<u32>(TOUCHED + ((<usize>z) << 2));
}

function add(s: u32, a: f32, b: f32, c: f32): void {
  if (s == 0) return;
  const item = itemAt(s);
  let j = item.slot;
  if (j == 0) {
    if (found == MOST_ITEMS) return;
    j = ++found;
    item.slot = j;
    const at = (<usize>j) << 2;
    store<u32>(N_SYMBOL + at, s);
    store<f32>(N_A + at, 0);
    store<f32>(N_B + at, 0);
    store<f32>(N_C + at, 0);
  }
  const at = (<usize>j) << 2;
  store<f32>(N_A + at, load<f32>(N_A + at) + a);
  store<f32>(N_B + at, load<f32>(N_B + at) + b);
  store<f32>(N_C + at, load<f32>(N_C + at) + c);
  sumA += a;
  sumB += b;
  sumC += c;
}

/** Fills KEPT_LIST, by insertion. */
function list(): void {
  for (let j: u32 = 1; j <= found; j++) {
    const a = load<f32>(N_A + ((<usize>j) << 2));
    let to = kept;
    if (kept < KEPT) kept++;
    else if (listedA(KEPT - 1) >= a) continue;
    else to = KEPT - 1;
    for (; to > 0 && listedA(to - 1) < a; to--) store<u32>(listPlace(to), load<u32>(listPlace(to - 1)));
    store<u32>(listPlace(to), j);
  }
}

function listPlace(i: u32): usize {
  return KEPT_LIST + ((<usize>i) << 2);
}

function listedA(i: u32): f32 {
  return load<f32>(N_A + ((<usize>load<u32>(listPlace(i))) << 2));
}
