// Item ids as the model sees them: every id that was ever observed has a symbol, with its count (the context of order 0).
//
// A forgotten symbol is *retired*: lines of the table may still name it, so nobody else gets it before a sweep (sweep.ts) has taken
// it out of the table; until then its serial 0 says that it is to be passed over.

import { alloc, grow } from "../../core/arena";
import { events, idMap, symbolAt, TOP, TOP_LIST } from "./layout";
import { mapGet, mapPut, mapRemove, mapRoom } from "./map";

const LEAST: u32 = 32;

/** The symbol of an item id, or 0 if it has none. */
export function symbolOf(id: u32): u32 {
  const s = mapGet(idMap(), id);
  return s < 0 ? 0 : <u32>s;
}

/** The symbol of an item id, made if need be; 0 if there is no memory. A new one has the count 0, which no answer shows. */
export function internId(id: u32): u32 {
  const had = symbolOf(id);
  if (had != 0) return had;
  const e = events();
  if (e.births == 0xffffffff || !mapRoom(idMap())) return 0;
  let s = e.freeSymbol;
  if (s == 0) {
    if (e.symbolEnd == e.symbolCapacity && !moreSymbols()) return 0;
    s = e.symbolEnd;
    e.symbolEnd = s + 1;
  } else {
    e.freeSymbol = symbolAt(s).id;
  }
  const symbol = symbolAt(s);
  e.births += 1;
  symbol.serial = e.births;
  symbol.id = id;
  mapPut(idMap(), id, s);
  return s;
}

/** Allocates the column with the unknown symbol in it. */
export function symbolsInit(): bool {
  const e = events();
  const block = alloc(LEAST << 4);
  if (block == 0) return false;
  e.symbols = <u32>block;
  e.symbolCapacity = LEAST;
  e.symbolEnd = 1;
  return true;
}

function moreSymbols(): bool {
  const e = events();
  if (e.symbolCapacity >= 0x8000000) return false;
  const more = e.symbolCapacity << 1;
  const block = grow(<usize>e.symbols, e.symbolCapacity << 4, more << 4);
  if (block == 0) return false;
  e.symbols = <u32>block;
  e.symbolCapacity = more;
  return true;
}

/** Counts one more event of symbol `s`, and keeps the list of the most frequent in order. */
export function countSymbol(s: u32): void {
  const e = events();
  const symbol = symbolAt(s);
  if (symbol.count == 0) e.known += 1;
  symbol.count += 1;
  e.total += 1;
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

/** Finds the most frequent symbols again, when half of the list has been forgotten. O(symbols). */
function refillTop(): void {
  const end = events().symbolEnd;
  for (let s: u32 = 1; s < end; s++) {
    const count = symbolAt(s).count;
    if (count > 0) promote(s, count);
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
  mapRemove(idMap(), symbol.id);
  if (symbol.count > 0) e.known -= 1;
  e.total -= symbol.count;
  const used = e.topUsed;
  for (let i: u32 = 0; i < used; i++) {
    if (top(i) != s) continue;
    for (let j = i + 1; j < used; j++) store<u32>(TOP_LIST + ((<usize>(j - 1)) << 2), top(j));
    store<u32>(TOP_LIST + ((<usize>(used - 1)) << 2), 0);
    e.topUsed = used - 1;
    break;
  }
  symbol.serial = 0;
  symbol.count = 0;
  if (e.topUsed < TOP / 2 && e.topUsed < e.known) refillTop();
  symbol.id = e.retiredSymbol;
  e.retiredSymbol = s;
  e.retired += 1;
}
