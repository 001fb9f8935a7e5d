// Forgetting ids. A forgotten symbol is out of every answer at once (its serial is 0), and no new symbol has its serial, so
// contexts with it are out of reach; but lines and rings still name its number. A sweep takes the names of all forgotten symbols out, after
// which their numbers may be given out again. It costs a pass over the table, so it waits for many of them.

import { events, ids, Line, symbolAt } from "./layout";
import { giveBack } from "./registry";
import { sweepRings } from "./streams";
import { retire, symbolOf } from "./symbols";
import { removeEntry } from "./table";

/** A sweep waits for this many forgotten symbols, or an eighth of all if that is more. */
const LEAST: u32 = 1024;

/** Forgets an item id. False if it was never observed. O(1) expected, and a share of the next sweep. */
export function forgetId(id: u32): bool {
  const s = symbolOf(id);
  if (s == 0) return false;
  const known = symbolAt(s).count != 0;
  retire(s);
  const e = events();
  if (e.retired >= max<u32>(LEAST, e.symbolEnd >> 3)) sweep();
  return known;
}

/** Takes the names of all forgotten symbols out of the table and the rings, and lets their numbers be given out again. O(table + streams). */
export function sweep(): void {
  const e = events();
  const end = <usize>e.table + ((<usize>e.buckets) << 9);
  for (let line = <usize>e.table; line < end; line += 64) {
    const head = changetype<Line>(line);
    if (symbolAt(head.last).serial == 0) head.last = 0;
    for (let i = head.used; i > 0; i--) {
      if (symbolAt(load<u32>(line + ((<usize>(i - 1)) << 2), 16)).serial == 0) removeEntry(line, i - 1);
    }
  }
  sweepRings();
  let s = e.retiredSymbol;
  while (s != 0) {
    const symbol = symbolAt(s);
    const next = symbol.id;
    symbol.slot = 0;
    giveBack(ids(), s);
    s = next;
  }
  e.retiredSymbol = 0;
  e.retired = 0;
}
