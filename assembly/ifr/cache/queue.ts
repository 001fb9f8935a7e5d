// SIEVE: Zhang, Yang, Yue, Vigfusson, Rashmi, "SIEVE is simpler than LRU: an efficient turn-key eviction algorithm for web
// caches" (NSDI 2024). A queue in the order of insertion, a bit an entry that a hit sets, and a hand that goes from the oldest entry
// to the newest, clears the bits it meets and evicts the first entry without one. A survivor keeps its place, so a hit moves
// nothing; new entries come in at the newest end, behind which the hand starts again with the oldest.

import { recordOf, remove } from "../registry";
import { newerThan, olderThan, setNewer, setOlder, setSize, unvisit, visit } from "./columns";
import { forgetLife, nextExpired } from "./epochs";
import { cache } from "./layout";

/** Puts an entry in at the newest end. O(1). */
export function enqueue(id: u32): void {
  const c = cache();
  const entry = id + 1;
  setOlder(entry, c.newest);
  if (c.newest != 0) setNewer(c.newest, entry);
  else c.oldest = entry;
  c.newest = entry;
  c.entries += 1;
}

/** Takes an entry out of the queue and puts it at the end of the list of those gone. O(1). */
export function dequeue(id: u32): void {
  const c = cache();
  const entry = id + 1;
  const newer = newerThan(entry);
  const older = olderThan(entry);
  if (newer != 0) setOlder(newer, older);
  else c.newest = older;
  if (older != 0) setNewer(older, newer);
  else c.oldest = newer;
  if (c.hand == entry) c.hand = newer;
  c.entries -= 1;
  setSize(id, 0);
  unvisit(id);
  if (forgetLife(id)) visit(id);
  setOlder(entry, 0);
  setNewer(entry, 0);
  if (c.goneLast != 0) setNewer(c.goneLast, entry);
  else c.gone = entry;
  c.goneLast = entry;
}

/** Forgets the first entry of the list of those gone: its id and its record are free again. There is one. */
export function release(): void {
  const c = cache();
  const entry = c.gone;
  c.gone = newerThan(entry);
  if (c.gone == 0) c.goneLast = 0;
  setNewer(entry, 0);
  unvisit(entry - 1);
  remove(recordOf(entry - 1));
}

/**
 * Makes room for `entries` more entries of `size` together: takes out what has expired, then what SIEVE says, but never
 * `spared` (id + 1, or 0). Amortised O(1) an entry taken out, since every bit that the hand clears was set by a hit.
 */
export function makeRoom(entries: u32, size: u64, spared: u32): void {
  const c = cache();
  while (<u64>c.entries + <u64>entries > <u64>c.maxEntries || (c.maxTotal != 0 && c.total + size > c.maxTotal)) {
    dequeue((c.expired != 0 ? nextExpired() : choose(spared)) - 1);
  }
}

/** The entry that SIEVE evicts next, as id + 1; the hand is then on it. There is one that is not spared. */
function choose(spared: u32): u32 {
  const c = cache();
  let at = c.hand != 0 ? c.hand : c.oldest;
  while (unvisit(at - 1) || at == spared) {
    at = newerThan(at);
    if (at == 0) at = c.oldest;
  }
  c.hand = at;
  return at;
}
