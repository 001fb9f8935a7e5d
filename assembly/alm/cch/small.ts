// Minimum degree elimination of a few nodes, whose neighbours are bits of a word.

import { WINDOW } from "../../core/arena";
import { get, set } from "./words";

/** The most nodes of a cell that is ordered here: at most 64. */
export const MOST_SMALL: u32 = 32;

/** Eliminates nodes in turn, always the first of those with the fewest neighbours left. O(n^2). */
export function eliminateSmall(n: u32, ids: usize, first: usize, adj: usize, sequence: usize): void {
  let left: u64 = 0;
  for (let v: u32 = 0; v < n; v++) {
    let bits: u64 = 0;
    for (let e = get(first, v), end = get(first, v + 1); e < end; e++) bits |= (<u64>1) << get(adj, e);
    store<u64>(WINDOW + ((<usize>v) << 3), bits);
    left |= (<u64>1) << v;
  }
  for (let i: u32 = 0; i < n; i++) {
    let v: u32 = 0;
    let fewest: u64 = 65;
    for (let rest = left; rest != 0; rest &= rest - 1) {
      const u = <u32>ctz(rest);
      const degree = popcnt(load<u64>(WINDOW + ((<usize>u) << 3)));
      if (degree >= fewest) continue;
      fewest = degree;
      v = u;
    }
    set(sequence, i, get(ids, v));
    const bit = (<u64>1) << v;
    left ^= bit;
    const clique = load<u64>(WINDOW + ((<usize>v) << 3));
    for (let rest = clique; rest != 0; rest &= rest - 1) {
      const u = <u32>ctz(rest);
      const place = WINDOW + ((<usize>u) << 3);
      store<u64>(place, (load<u64>(place) | clique) & ~(bit | ((<u64>1) << u)));
    }
  }
}
