// The undirected simple graph under a directed one: what an order and the topology are made from. A list of links is a CSR of
// n + 1 starts and of neighbours, ascending, without loops and repetitions; every link is in the lists of both its ends.

import { scratchMore } from "../../core/arena";
import { add, at, get, set, startsOf } from "./words";

/** Where the starts of the list made last lie. */
export let linkStarts: usize = 0;
/** Where its neighbours lie. */
export let linkEnds: usize = 0;

/**
 * The links under the arcs of a CSR, into `linkStarts` and `linkEnds`. O(n + m), by sorting each list as the transpose of the
 * unsorted ones. False if there is no memory.
 */
export function linksOf(n: u32, offsets: usize, targets: usize): bool {
  const m = get(offsets, n);
  if (m >= 1 << 28) return false;
  const counts = scratchMore((n + 1) << 2);
  const lists = counts == 0 ? <usize>0 : scratchMore(m << 3);
  if (lists == 0) return false;
  memory.fill(counts, 0, (<usize>n + 1) << 2);
  for (let u: u32 = 0; u < n; u++) {
    for (let e = get(offsets, u), end = get(offsets, u + 1); e < end; e++) {
      const v = get(targets, e);
      if (v == u) continue;
      add(counts, u, 1);
      add(counts, v, 1);
    }
  }
  startsOf(counts, n);
  // Filling moves each start to the start of the next list.
  for (let u: u32 = 0; u < n; u++) {
    for (let e = get(offsets, u), end = get(offsets, u + 1); e < end; e++) {
      const v = get(targets, e);
      if (v == u) continue;
      append(counts, lists, u, v);
      append(counts, lists, v, u);
    }
  }
  memory.copy(counts + 4, counts, (<usize>n) << 2);
  set(counts, 0, 0);
  return sortLinks(n, counts, lists);
}

/** The lists of a symmetric CSR sorted and without repetitions, in new space. False if there is no memory. */
export function sortLinks(n: u32, starts: usize, ends: usize): bool {
  const m = get(starts, n);
  const first = scratchMore((n + 1) << 2);
  const sorted = first == 0 ? <usize>0 : scratchMore(m << 2);
  if (sorted == 0) return false;
  memory.copy(first, starts, (<usize>n + 1) << 2);
  for (let u: u32 = 0; u < n; u++) {
    for (let e = get(starts, u), end = get(starts, u + 1); e < end; e++) append(first, sorted, get(ends, e), u);
  }
  let kept: u32 = 0;
  for (let u: u32 = 0; u < n; u++) {
    const begin = get(starts, u);
    const end = get(starts, u + 1);
    set(first, u, kept);
    for (let e = begin; e < end; e++) {
      const v = get(sorted, e);
      if (e > begin && get(sorted, e - 1) == v) continue;
      // What is written lies at or before what was read; the one before it is compared as it was unless it was moved onto.
      store<u32>(at(sorted, kept++), v);
    }
  }
  set(first, n, kept);
  linkStarts = first;
  linkEnds = sorted;
  return true;
}

/** For each entry u -> v of sorted lists the place of v -> u: lists are met in the order in which they name their ends. */
export function twinsOf(n: u32, starts: usize, ends: usize, next: usize, twins: usize): void {
  memory.copy(next, starts, (<usize>n) << 2);
  for (let u: u32 = 0; u < n; u++) {
    for (let e = get(starts, u), end = get(starts, u + 1); e < end; e++) {
      const v = get(ends, e);
      const place = get(next, v);
      set(next, v, place + 1);
      set(twins, e, place);
    }
  }
}

function append(next: usize, lists: usize, u: u32, v: u32): void {
  const place = get(next, u);
  set(next, u, place + 1);
  set(lists, place, v);
}
