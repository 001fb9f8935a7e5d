// Minimum degree elimination (Tinney, Walker, Proc. IEEE 1967): always a node with the fewest neighbours goes next, and its
// neighbours become neighbours of each other. The lists are kept as they are, not as cliques: degrees are exact. Work is bounded: a
// graph that fills in is found out and refused.
//
// In the list of a hub (many more neighbours than the node that goes) nothing is looked for: what is gone stays in it, and whether
// it has a neighbour is asked of that neighbour's list.

import { scratchMore } from "../../core/arena";
import { BAD_ARGUMENT, NO_MEMORY, OK } from "../../core/status";
import { at, get, NONE, set } from "./words";

/** The hierarchy would have more than MOST_TRIANGLES, or the order cost more than MOST_WORK. */
export const TOO_DENSE: i32 = BAD_ARGUMENT;
/** Lower triangles of a hierarchy beyond which it is refused: each is worked on whenever the weights change. */
export const MOST_TRIANGLES: u64 = 1 << 28;
/** Entries of lists that are looked at: about two seconds. */
const MOST_WORK: u64 = 1 << 30;
/** A list so many times longer than the one that goes is that of a hub. */
const HUB: u32 = 32;

let lists: usize = 0;
/** Entries in the list of each node, those that are gone included. */
let lens: usize = 0;
let caps: usize = 0;
/** Neighbours left, NONE for a node that is gone. */
let degrees: usize = 0;
let heads: usize = 0;
let nexts: usize = 0;
let previous: usize = 0;
let marks: usize = 0;
/** Counts the calls of `meet`: its mark. */
let turn: u32 = 0;
let work: u64 = 0;

/** Orders a cell; see `dissect`. O(arcs * degree) of the hierarchy. */
export function eliminate(n: u32, ids: usize, first: usize, adj: usize, sequence: usize): i32 {
  const space = scratchMore(8 * (n + 1) * 4);
  if (space == 0) return NO_MEMORY;
  lists = space;
  lens = at(lists, n + 1);
  caps = at(lens, n + 1);
  degrees = at(caps, n + 1);
  heads = at(degrees, n + 1);
  nexts = at(heads, n + 1);
  previous = at(nexts, n + 1);
  marks = at(previous, n + 1);
  memory.fill(marks, 0, (<usize>n + 1) << 2);
  memory.fill(heads, 0xff, (<usize>n + 1) << 2);
  turn = 0;
  work = 0;
  for (let i = n; i > 0; i--) {
    const v = i - 1;
    const len = get(first, v + 1) - get(first, v);
    set(lists, v, <u32>at(adj, get(first, v)));
    set(lens, v, len);
    set(caps, v, len);
    set(degrees, v, len);
    push(v, len);
  }
  let triangles: u64 = 0;
  let degree: u32 = 0;
  for (let done: u32 = 0; done < n; done++) {
    while (get(heads, degree) == NONE) degree++;
    const d = <u64>degree;
    // The last to go is in a clique of more than d nodes, whatever the order.
    if (triangles + (d * d * d) / 6 > MOST_TRIANGLES || work > MOST_WORK) return TOO_DENSE;
    if (degree == n - done - 1) {
      for (let v: u32 = 0; v < n; v++) if (get(degrees, v) != NONE) set(sequence, done++, get(ids, v));
      return OK;
    }
    const v = get(heads, degree);
    pop(v, degree);
    triangles += (d * d) >> 1;
    set(sequence, done, get(ids, v));
    set(degrees, v, NONE);
    settle(v);
    for (let i: u32 = 0; i < degree; i++) {
      const u = get(<usize>get(lists, v), i);
      const before = get(degrees, u);
      pop(u, before);
      if (!(get(lens, u) > HUB * (degree + 1) ? meetHub(u, v, degree) : meet(u, v, degree))) return NO_MEMORY;
      push(u, get(degrees, u));
    }
    degree = degree == 0 ? 0 : degree - 1;
  }
  return OK;
}

/** Takes what is gone out of a list. */
function settle(u: u32): void {
  const list = <usize>get(lists, u);
  let kept: u32 = 0;
  for (let i: u32 = 0, len = get(lens, u); i < len; i++) {
    const w = get(list, i);
    if (get(degrees, w) != NONE) set(list, kept++, w);
  }
  work += get(lens, u);
  set(lens, u, kept);
}

/** Takes `v` out of the list of `u` and adds what of its neighbours is missing. False if there is no memory. */
function meet(u: u32, v: u32, degree: u32): bool {
  // As many entries as neighbours: all but v are there, and its place is found on the way.
  const whole = get(lens, u) == get(degrees, u);
  if (!whole) settle(u);
  const clique = <usize>get(lists, v);
  const list = <usize>get(lists, u);
  const mark = ++turn;
  set(marks, u, mark);
  let len = get(lens, u);
  let hole = len;
  for (let i: u32 = 0; i < len; i++) {
    const w = get(list, i);
    set(marks, w, mark);
    if (w == v) hole = i;
  }
  work += len + degree;
  if (whole) {
    set(list, hole, get(list, --len));
    set(lens, u, len);
  }
  for (let i: u32 = 0; i < degree; i++) {
    const w = get(clique, i);
    if (get(marks, w) != mark && !append(u, w)) return false;
  }
  set(degrees, u, get(lens, u));
  return true;
}

/** The same of a hub, without a look at its list. */
function meetHub(u: u32, v: u32, degree: u32): bool {
  const clique = <usize>get(lists, v);
  let now = get(degrees, u) - 1;
  for (let i: u32 = 0; i < degree; i++) {
    const w = get(clique, i);
    if (w == u || has(get(lens, u) < get(lens, w) ? u : w, get(lens, u) < get(lens, w) ? w : u)) continue;
    if (!append(u, w)) return false;
    now++;
  }
  set(degrees, u, now);
  return true;
}

/** Whether `w` is in the list of `u`. What came last, between hubs, is asked for most. */
function has(u: u32, w: u32): bool {
  const list = <usize>get(lists, u);
  let i = get(lens, u);
  while (i > 0) {
    i--;
    if (get(list, i) != w) continue;
    work += get(lens, u) - i;
    return true;
  }
  work += get(lens, u);
  return false;
}

function append(u: u32, w: u32): bool {
  const len = get(lens, u);
  if (len == get(caps, u)) {
    const cap = max<u32>(8, len << 1);
    const place = scratchMore(cap << 2);
    if (place == 0) return false;
    memory.copy(place, <usize>get(lists, u), (<usize>len) << 2);
    set(lists, u, <u32>place);
    set(caps, u, cap);
  }
  set(<usize>get(lists, u), len, w);
  set(lens, u, len + 1);
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
