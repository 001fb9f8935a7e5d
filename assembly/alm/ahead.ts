// Looking ahead in a batch: what the next rows will need is loaded before they are done, first the records, then the first words that the searches
// read. These loads do not wait for each other, so that their cache misses overlap, as those of one row after the other cannot.

import { touchArc } from "./block";
import { header, IN, OUT, recordOf } from "./layout";

/** Rows that a batch looks ahead, a power of two. */
export const AHEAD: u32 = 64;
/** Keeps the compiler from leaving out the loads. */
let touched: u32 = 0;

/** Loads what the rows from `first` on will need; they are planes of u32 from and u32 to, `n` long. */
export function touch(rows: usize, n: u32, first: u32): void {
  const end = min<u32>(first + AHEAD, n);
  const cap = header().nodeCap;
  let sum: u32 = 0;
  for (let i = first; i < end; i++) {
    const from = load<u32>(rows + ((<usize>i) << 2));
    const to = load<u32>(rows + ((<usize>(n + i)) << 2));
    if (from < cap && to < cap) sum += load<u32>(recordOf(from, OUT)) + load<u32>(recordOf(to, IN));
  }
  for (let i = first; i < end; i++) {
    const from = load<u32>(rows + ((<usize>i) << 2));
    const to = load<u32>(rows + ((<usize>(n + i)) << 2));
    if (from < cap && to < cap) sum += touchArc(recordOf(from, OUT), to) + touchArc(recordOf(to, IN), from);
  }
  touched = sum;
}

/** The sum that `touch` has left; of no meaning. */
export function lookedAhead(): u32 {
  return touched;
}
