// The order in which the nodes are contracted: nodes of at most two neighbours by rounds (reduce.ts), the rest by nested
// dissection (dissect.ts) or minimum degree (degree.ts).

import { scratchMore } from "../../core/arena";
import { NO_MEMORY } from "../../core/status";
import { dissectAll } from "./dissect";
import { linkEnds, linkStarts, sortLinks, twinsOf } from "./links";
import { reduce } from "./reduce";
import { at, get, NONE, set } from "./words";

/** Writes the nodes to `sequence`, the first to be contracted first. @param first sorted links. @returns OK or NO_MEMORY or TOO_DENSE */
export function order(n: u32, first: usize, adj: usize, sequence: usize): i32 {
  const m = get(first, n);
  const ends = scratchMore(m << 2);
  const twins = ends == 0 ? <usize>0 : scratchMore(m << 2);
  const lens = twins == 0 ? <usize>0 : scratchMore(n << 2);
  const queues = lens == 0 ? <usize>0 : scratchMore(3 * n * 4);
  if (queues == 0) return NO_MEMORY;
  memory.copy(ends, adj, (<usize>m) << 2);
  twinsOf(n, first, adj, queues, twins);
  const done = reduce(n, first, lens, ends, twins, sequence, queues);
  const left = n - done;
  // What is left as a graph of its own.
  const ids = scratchMore(left << 2);
  const starts = ids == 0 ? <usize>0 : scratchMore((left + 1) << 2);
  if (starts == 0) return NO_MEMORY;
  const places = queues;
  let count: u32 = 0;
  for (let v: u32 = 0; v < n; v++) {
    if (get(lens, v) == NONE) continue;
    set(places, v, count);
    set(ids, count++, v);
  }
  let entries: u32 = 0;
  for (let i: u32 = 0; i < left; i++) {
    const v = get(ids, i);
    set(starts, i, entries);
    entries += get(lens, v);
  }
  set(starts, left, entries);
  const innerEnds = scratchMore(entries << 2);
  if (innerEnds == 0) return NO_MEMORY;
  entries = 0;
  for (let i: u32 = 0; i < left; i++) {
    const b = get(first, get(ids, i));
    for (let e = b, end = b + get(lens, get(ids, i)); e < end; e++) set(innerEnds, entries++, get(places, get(ends, e)));
  }
  if (!sortLinks(left, starts, innerEnds)) return NO_MEMORY;
  return dissectAll(left, ids, linkStarts, linkEnds, at(sequence, done));
}
