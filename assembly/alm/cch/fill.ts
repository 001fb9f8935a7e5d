// The topology of the hierarchy: the links of the graph, and those that contraction in the given order adds. The upper neighbours of a
// node are those of the graph and those that its children in the elimination tree have above it; see Dibbelt, Strasser, Wagner,
// "Customizable contraction hierarchies", JEA 2016, section 5.

import { scratchMore } from "../../core/arena";
import { NO_MEMORY, OK } from "../../core/status";
import { MOST_TRIANGLES, TOO_DENSE } from "./degree";
import { at, get, NONE, set } from "./words";

/** Upper neighbours made at a time. */
const CHUNK: u32 = 1 << 14;
/** The most arcs: a direction is put behind an arc's number. */
const MOST_ARCS: u32 = 1 << 30;

/** Lower triangles of the topology made last. */
export let triangles: u64 = 0;
/** Where the upper neighbours lie, ascending by rank. */
export let heads: usize = 0;

/**
 * Makes the upper neighbours of all nodes, by rank, at `heads`.
 * @param starts n + 1 words, for where each node's begin
 * @param space 3 n words
 * @returns OK, NO_MEMORY or TOO_DENSE
 */
export function fill(n: u32, first: usize, adj: usize, sequence: usize, ranks: usize, parents: usize, starts: usize, space: usize): i32 {
  const child = space;
  const sibling = at(space, n);
  const marks = at(space, 2 * n);
  memory.fill(child, 0xff, (<usize>n) << 2);
  memory.fill(marks, 0xff, (<usize>n) << 2);
  heads = scratchMore(CHUNK << 2);
  if (heads == 0) return NO_MEMORY;
  let room = CHUNK;
  let count: u32 = 0;
  triangles = 0;
  for (let r: u32 = 0; r < n; r++) {
    const begin = count;
    set(starts, r, begin);
    set(marks, r, r);
    const v = get(sequence, r);
    // Room for all that may come; pieces taken one after the other are one.
    let most = get(first, v + 1) - get(first, v);
    for (let c = get(child, r); c != NONE; c = get(sibling, c)) most += get(starts, c + 1) - get(starts, c);
    while (room - count < most) {
      if (room >= MOST_ARCS || scratchMore(CHUNK << 2) == 0) return NO_MEMORY;
      room += CHUNK;
    }
    for (let e = get(first, v), end = get(first, v + 1); e < end; e++) {
      const x = get(ranks, get(adj, e));
      if (x <= r || get(marks, x) == r) continue;
      set(marks, x, r);
      set(heads, count++, x);
    }
    for (let c = get(child, r); c != NONE; c = get(sibling, c)) {
      for (let e = get(starts, c), end = get(starts, c + 1); e < end; e++) {
        const x = get(heads, e);
        if (get(marks, x) == r) continue;
        set(marks, x, r);
        set(heads, count++, x);
      }
    }
    sort(at(heads, begin), count - begin);
    const degree = <u64>(count - begin);
    triangles += (degree * (degree - 1)) >> 1;
    if (triangles > MOST_TRIANGLES) return TOO_DENSE;
    const p = get(parents, r);
    if (p == NONE) continue;
    set(sibling, r, get(child, p));
    set(child, p, r);
  }
  set(starts, n, count);
  return OK;
}

/** Shell's sort with Ciura's gaps: the lists are short, and mostly in order. */
function sort(list: usize, n: u32): void {
  let gap: u32 = 701;
  while (gap > 0) {
    for (let i = gap; i < n; i++) {
      const x = get(list, i);
      let j = i;
      while (j >= gap && get(list, j - gap) > x) {
        set(list, j, get(list, j - gap));
        j -= gap;
      }
      set(list, j, x);
    }
    gap = gap == 701 ? 301 : gap == 301 ? 132 : gap == 132 ? 57 : gap == 57 ? 23 : gap == 23 ? 10 : gap == 10 ? 4 : gap == 4 ? 1 : 0;
  }
}
