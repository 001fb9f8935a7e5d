// Item ids as the model sees them: every id that was ever observed has a symbol, with its count (the context of order 0).
//
// A forgotten symbol is *retired*: lines of the table may still name it, so nobody else gets it before a sweep (sweep.ts) has taken
// it out of the table; until then its serial 0 says that it is to be passed over.

import { events, FORGOTTEN, ids, symbolAt, TOP, TOP_LIST } from "./layout";
import { add, find, remove } from "./registry";

/** Symbols in use among which the most frequent are looked for again. */
const MOST_LOOKS: u32 = 4096;

/** The symbol of an item id, or 0 if it has none. */
export function symbolOf(id: u32): u32 {
  return find(ids(), id);
}

/** The symbol of an item id, made if need be; 0 if there is no memory. A new one has neither a count nor a serial, so that no answer shows it. */
export function internId(id: u32): u32 {
  const s = symbolOf(id);
  return s != 0 || events().births == 0xffffffff ? s : add(ids(), id);
}

/** Counts `times` more events of symbol `s`, and keeps the list of the most frequent in order. */
export function countSymbol(s: u32, times: u32): void {
  const e = events();
  const symbol = symbolAt(s);
  if (symbol.count == 0) {
    e.known += 1;
    e.births += 1;
    symbol.serial = e.births;
  }
  symbol.count += times;
  e.total += times;
  promote(s, symbol.count);
  if (e.total >= e.horizon) halveCounts();
}

/** Counts of order 0 fade: halved, rounded up so that what is known stays known. */
function halveCounts(): void {
  const e = events();
  let total: u32 = 0;
  for (let s: u32 = 1; s < e.symbolEnd; s++) {
    const symbol = symbolAt(s);
    const half = symbol.count - (symbol.count >> 1);
    symbol.count = half;
    total += half;
  }
  e.total = total;
  // All may be down to 1 by now: the next halving must still be an event away at least.
  if (total >= e.horizon) e.horizon = total + (total >> 1) + 1;
}

function promote(s: u32, count: u32): void {
  const e = events();
  let i: u32 = 0;
  const used = e.topUsed;
  if (used == TOP && count < symbolAt(top(TOP - 1)).count) return;
  while (i < used && top(i) != s) i++;
  if (i == used) {
    if (used < TOP) e.topUsed = used + 1;
    else if (count <= symbolAt(top(--i)).count) return;
  }
  for (; i > 0; i--) {
    const before = top(i - 1);
    if (symbolAt(before).count >= count) break;
    store<u32>(TOP_LIST + ((<usize>i) << 2), before);
  }
  store<u32>(TOP_LIST + ((<usize>i) << 2), s);
}

/**
 * Finds the most frequent symbols again, when half of the list has been forgotten: among all, or if they are many among the next
 * MOST_LOOKS in use behind `s`, so that it does not cost a pass over all of them each time.
 */
function refillTop(s: u32): void {
  const end = events().symbolEnd;
  let left = MOST_LOOKS;
  for (let i: u32 = 1; i < end && left > 0; i++) {
    if (++s == end) s = 1;
    const count = symbolAt(s).count;
    if (count == 0) continue;
    promote(s, count);
    left--;
  }
}

/** The i-th most frequent symbol, i < topUsed. */
export function top(i: u32): u32 {
  return load<u32>(TOP_LIST + ((<usize>i) << 2));
}

/** Takes an id's symbol out of use. */
export function retire(s: u32): void {
  const e = events();
  const symbol = symbolAt(s);
  remove(ids(), symbol.id);
  if (symbol.count > 0) e.known -= 1;
  e.total -= symbol.count;
  const used = e.topUsed;
  for (let i: u32 = 0; i < used; i++) {
    if (top(i) != s) continue;
    const at = TOP_LIST + ((<usize>i) << 2);
    memory.copy(at, at + 4, (<usize>(used - 1 - i)) << 2);
    e.topUsed = used - 1;
    break;
  }
  symbol.serial = 0;
  symbol.count = 0;
  symbol.slot = FORGOTTEN;
  if (e.topUsed < TOP / 2 && e.topUsed < e.known) refillTop(s);
  symbol.id = e.retiredSymbol;
  e.retiredSymbol = s;
  e.retired += 1;
}
