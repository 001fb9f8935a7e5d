// Minimum degree elimination (Tinney, Walker, Proc. IEEE 1967): always a node with the fewest neighbours goes next, and its
// neighbours become neighbours of each other. The lists are kept as they are, not as cliques: degrees are exact. What the work can
// grow to is bounded by the triangles that the hierarchy would have.

import { scratchMore } from "../../core/arena";
import { BAD_ARGUMENT, NO_MEMORY, OK } from "../../core/status";
import { at, get, NONE, set } from "./words";

/** The hierarchy would have more than MOST_TRIANGLES. */
export const TOO_DENSE: i32 = BAD_ARGUMENT;
/** Lower triangles of a hierarchy beyond which it is refused: each is worked on whenever the weights change. */
export const MOST_TRIANGLES: u64 = 1 << 29;

let lists: usize = 0;
let lens: usize = 0;
let caps: usize = 0;
let heads: usize = 0;
let nexts: usize = 0;
let previous: usize = 0;
/** Counts the calls of `meet`: its mark. */
let turn: u32 = 0;

/** Orders a cell; see `dissect`. O(arcs * degree) of the hierarchy. */
export function eliminate(n: u32, ids: usize, first: usize, adj: usize, sequence: usize): i32 {
  const space = scratchMore(7 * (n + 1) * 4);
  if (space == 0) return NO_MEMORY;
  lists = space;
  lens = at(lists, n + 1);
  caps = at(lens, n + 1);
  heads = at(caps, n + 1);
  nexts = at(heads, n + 1);
  previous = at(nexts, n + 1);
  const marks = at(previous, n + 1);
  memory.fill(marks, 0, (<usize>n + 1) << 2);
  memory.fill(heads, 0xff, (<usize>n + 1) << 2);
  for (let i = n; i > 0; i--) {
    const v = i - 1;
    const len = get(first, v + 1) - get(first, v);
    set(lists, v, <u32>at(adj, get(first, v)));
    set(lens, v, len);
    set(caps, v, len);
    push(v, len);
  }
  let triangles: u64 = 0;
  turn = 0;
  let degree: u32 = 0;
  for (let done: u32 = 0; done < n; done++) {
    while (get(heads, degree) == NONE) degree++;
    const d = <u64>degree;
    // The last to go is in a clique of more than d nodes, whatever the order.
    if (triangles + (d * d * d) / 6 > MOST_TRIANGLES) return TOO_DENSE;
    if (degree == n - done - 1) {
      for (let v: u32 = 0; v < n; v++) if (get(lens, v) != NONE) set(sequence, done++, get(ids, v));
      return OK;
    }
    const v = get(heads, degree);
    pop(v, degree);
    triangles += (d * d) >> 1;
    set(sequence, done, get(ids, v));
    set(lens, v, NONE);
    const clique = <usize>get(lists, v);
    for (let i: u32 = 0; i < degree; i++) {
      const u = get(clique, i);
      const before = get(lens, u);
      if (!meet(u, v, clique, degree, marks)) return NO_MEMORY;
      const after = get(lens, u);
      if (after == before) continue;
      pop(u, before);
      push(u, after);
    }
    degree = degree == 0 ? 0 : degree - 1;
  }
  return OK;
}

/** Takes `v` out of the list of `u` and adds what of its neighbours is missing. False if there is no memory. */
function meet(u: u32, v: u32, clique: usize, degree: u32, marks: usize): bool {
  let list = <usize>get(lists, u);
  let len = get(lens, u);
  let hole: u32 = 0;
  const mark = ++turn;
  set(marks, u, mark);
  for (let i: u32 = 0; i < len; i++) {
    const w = get(list, i);
    set(marks, w, mark);
    if (w == v) hole = i;
  }
  set(list, hole, get(list, --len));
  for (let i: u32 = 0; i < degree; i++) {
    const w = get(clique, i);
    if (get(marks, w) == mark) continue;
    if (len == get(caps, u)) {
      const cap = max<u32>(8, len << 1);
      const place = scratchMore(cap << 2);
      if (place == 0) return false;
      memory.copy(place, list, (<usize>len) << 2);
      list = place;
      set(lists, u, <u32>place);
      set(caps, u, cap);
    }
    set(list, len++, w);
  }
  set(lens, u, len);
  return true;
}

function push(v: u32, degree: u32): void {
  const head = get(heads, degree);
  set(nexts, v, head);
  set(previous, v, NONE);
  if (head != NONE) set(previous, head, v);
  set(heads, degree, v);
}

function pop(v: u32, degree: u32): void {
  const next = get(nexts, v);
  const before = get(previous, v);
  if (before == NONE) set(heads, degree, next);
  else set(nexts, before, next);
  if (next != NONE) set(previous, next, before);
}
