// The first nodes of the order: as long as a node has at most two neighbours left, it is eliminated. A node with one leaves
// nothing behind, a node with two a link between them: the graph only gets smaller, and what is left of a road network is a
// fifth. Rounds in which no two neighbours go keep the tree shallow: a chain of k nodes is gone after about log2 k of them.
//
// Each entry u -> v of the lists knows the place of v -> u (its twin), so that an entry is removed in O(1).

import { at, get, NONE, set } from "./words";

/** How many entries are compared before a link is added that may be there already: the lists of hubs are long. */
const LOOKED: u32 = 32;
/** Of a state: the node is in a queue. */
const WAITS: u32 = 0x80000000;

let starts: usize = 0;
let lens: usize = 0;
let ends: usize = 0;
let twins: usize = 0;

/**
 * Eliminates nodes of at most two neighbours, writing them to `sequence`, and changes the lists. Afterwards the list of `u` has
 * get(len, u) entries, maybe the same twice; NONE marks a node that is gone. O(n + m).
 * @param queues room for 3 n words
 * @returns how many are eliminated
 */
export function reduce(n: u32, first: usize, len: usize, adj: usize, twin: usize, sequence: usize, queues: usize): u32 {
  starts = first;
  lens = len;
  ends = adj;
  twins = twin;
  let now = queues;
  let later = at(queues, n);
  // The last round in which a neighbour of the node went, and a bit for: it is in one of the queues.
  const state = at(queues, 2 * n);
  memory.fill(state, 0, (<usize>n) << 2);
  let waiting: u32 = 0;
  for (let v: u32 = 0; v < n; v++) {
    const degree = get(first, v + 1) - get(first, v);
    set(len, v, degree);
    if (degree > 2) continue;
    set(now, waiting++, v);
    set(state, v, WAITS);
  }
  let done: u32 = 0;
  for (let round: u32 = 1; waiting > 0; round++) {
    let next: u32 = 0;
    for (let i: u32 = 0; i < waiting; i++) {
      const v = get(now, i);
      if (get(state, v) == (round | WAITS)) {
        set(later, next++, v);
        continue;
      }
      set(sequence, done++, v);
      const degree = get(len, v);
      const b = get(first, v);
      const a = degree > 0 ? get(adj, b) : NONE;
      const c = degree > 1 ? get(adj, b + 1) : NONE;
      if (degree == 2 && a != c && !linked(a, c)) {
        join(get(twin, b), get(twin, b + 1), a, c);
      } else {
        // The second first: removing one may move the other, whose new place its twin knows.
        if (degree > 1) remove(c, get(twin, b + 1));
        if (degree > 0) remove(a, get(twin, b));
      }
      set(len, v, NONE);
      if (a != NONE) next = touch(state, a, round, later, next);
      if (c != NONE) next = touch(state, c, round, later, next);
    }
    const swap = now;
    now = later;
    later = swap;
    waiting = next;
  }
  return done;
}

/** Keeps a node whose neighbour went out of this round, and sees to that it is looked at in the next if it has few neighbours. */
function touch(state: usize, u: u32, round: u32, later: usize, next: u32): u32 {
  const waits = (get(state, u) & WAITS) != 0;
  set(state, u, round | WAITS);
  if (waits) return next;
  if (get(lens, u) <= 2) {
    set(later, next, u);
    return next + 1;
  }
  set(state, u, round);
  return next;
}

/** Whether a and c are known to be linked, by a look at the first entries of the shorter list. */
function linked(a: u32, c: u32): bool {
  const short = get(lens, a) <= get(lens, c) ? a : c;
  const other = short == a ? c : a;
  const b = get(starts, short);
  for (let e = b, end = b + min<u32>(get(lens, short), LOOKED); e < end; e++) {
    if (get(ends, e) == other) return true;
  }
  return false;
}

/** Makes two entries, `p` in the list of `a` and `q` in that of `c`, a link between the two. */
function join(p: u32, q: u32, a: u32, c: u32): void {
  set(ends, p, c);
  set(ends, q, a);
  set(twins, p, q);
  set(twins, q, p);
}

/** Removes entry `e` of the list of `u`; the last one moves to its place. */
function remove(u: u32, e: u32): void {
  const left = get(lens, u) - 1;
  set(lens, u, left);
  const last = get(starts, u) + left;
  if (last == e) return;
  set(ends, e, get(ends, last));
  const twin = get(twins, last);
  set(twins, e, twin);
  set(twins, twin, e);
}
