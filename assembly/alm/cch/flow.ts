// The smallest number of links between two sets of nodes: a maximum flow where every link carries one unit, in either direction.
// Dinic's algorithm (1970): levels by breadth-first search, then paths along rising levels until none is left. Unit capacities
// need O(sqrt(m)) rounds at most, O(m) each.

import { at, get, NONE, set } from "./words";

/** In neither set. */
export const FREE: u8 = 0;
/** In the set that the flow leaves. */
export const SOURCE: u8 = 1;
/** In the set that it reaches. */
export const SINK: u8 = 2;

let nodes: u32 = 0;
let starts: usize = 0;
let ends: usize = 0;
let twins: usize = 0;
/** What flows over each entry: -1, 0 or 1. */
let flows: usize = 0;
let sides: usize = 0;
let levels: usize = 0;
let currents: usize = 0;
let queue: usize = 0;
/** Nodes of the source that have a neighbour outside of it, and their number. */
let rims: usize = 0;
let rimCount: u32 = 0;

/** Bytes of working space for `n` nodes and `m` entries. */
export function flowBytes(n: u32, m: u32): u32 {
  return n * 17 + m + 32;
}

/** Takes a graph (sorted links and their twins) and working space for the flows to come. */
export function flowOver(n: u32, first: usize, adj: usize, twin: usize, space: usize): void {
  nodes = n;
  starts = first;
  ends = adj;
  twins = twin;
  levels = space;
  currents = at(levels, n);
  queue = at(currents, n);
  rims = at(queue, n);
  sides = at(rims, n);
  flows = sides + <usize>n;
}

/** Whether node `v` is in one of the sets: FREE, SOURCE or SINK. */
export function setSide(v: u32, side: u8): void {
  store<u8>(sides + <usize>v, side);
}

/** Begins anew with all nodes FREE. */
export function clearSides(): void {
  memory.fill(sides, 0, <usize>nodes);
}

/** The maximum flow, or some number above `most` as soon as it is known to be above. */
export function maximumFlow(most: u32): u32 {
  memory.fill(flows, 0, <usize>get(starts, nodes));
  rimCount = 0;
  for (let v: u32 = 0; v < nodes; v++) {
    if (sideOf(v) != SOURCE) continue;
    for (let e = get(starts, v), end = get(starts, v + 1); e < end; e++) {
      if (sideOf(get(ends, e)) == SOURCE) continue;
      set(rims, rimCount++, v);
      break;
    }
  }
  let total: u32 = 0;
  while (total <= most && rise()) {
    memory.copy(currents, starts, (<usize>nodes) << 2);
    for (let i: u32 = 0; i < rimCount && total <= most; i++) {
      while (total <= most && augment(get(rims, i))) total++;
    }
  }
  return total;
}

/**
 * After a maximum flow: marks the nodes that the source still reaches (`fromSource`), or all but those that still reach the sink, by 0
 * in `parts`, the others by 1. Both are smallest cuts. @returns how many are 0
 */
export function cutInto(parts: usize, fromSource: bool): u32 {
  let count: u32 = 0;
  if (fromSource) {
    // The last search for levels reached just these.
    for (let v: u32 = 0; v < nodes; v++) {
      const reached = sideOf(v) == SOURCE || get(levels, v) != NONE;
      set(parts, v, reached ? 0 : 1);
      if (reached) count++;
    }
    return count;
  }
  memory.fill(parts, 0, (<usize>nodes) << 2);
  let tail: u32 = 0;
  for (let v: u32 = 0; v < nodes; v++) {
    if (sideOf(v) != SINK) continue;
    set(parts, v, 1);
    set(queue, tail++, v);
  }
  for (let head: u32 = 0; head < tail; head++) {
    const v = get(queue, head);
    for (let e = get(starts, v), end = get(starts, v + 1); e < end; e++) {
      const u = get(ends, e);
      if (get(parts, u) != 0 || flowOf(e) == -1) continue;
      set(parts, u, 1);
      set(queue, tail++, u);
    }
  }
  return nodes - tail;
}

/** Levels: least numbers of entries with room from the source. Whether the sink is reached. */
function rise(): bool {
  memory.fill(levels, 0xff, (<usize>nodes) << 2);
  let tail: u32 = 0;
  for (let i: u32 = 0; i < rimCount; i++) {
    const v = get(rims, i);
    set(levels, v, 0);
    set(queue, tail++, v);
  }
  let last = NONE;
  for (let head: u32 = 0; head < tail; head++) {
    const v = get(queue, head);
    const level = get(levels, v) + 1;
    if (level > last) break;
    for (let e = get(starts, v), end = get(starts, v + 1); e < end; e++) {
      const u = get(ends, e);
      if (get(levels, u) != NONE || flowOf(e) == 1) continue;
      const side = sideOf(u);
      if (side == SOURCE) continue;
      set(levels, u, level);
      if (side == SINK) last = level;
      else set(queue, tail++, u);
    }
  }
  return last != NONE;
}

/** Sends one unit from `from` to the sink along rising levels. Whether there was a way. */
function augment(from: u32): bool {
  // The path's entries lie where the queue was; `rise` has no more use for it.
  let depth: u32 = 0;
  let v = from;
  while (true) {
    let e = get(currents, v);
    const end = get(starts, v + 1);
    const level = get(levels, v) + 1;
    while (e < end && (get(levels, get(ends, e)) != level || flowOf(e) == 1)) e++;
    set(currents, v, e);
    if (e == end) {
      if (depth == 0) return false;
      depth--;
      v = get(ends, get(twins, get(queue, depth)));
      set(currents, v, get(currents, v) + 1);
      continue;
    }
    set(queue, depth++, e);
    v = get(ends, e);
    if (sideOf(v) == SINK) break;
  }
  for (let i: u32 = 0; i < depth; i++) {
    const e = get(queue, i);
    const back = get(twins, e);
    store<i8>(flows + <usize>e, <i8>(flowOf(e) + 1));
    store<i8>(flows + <usize>back, <i8>(flowOf(back) - 1));
  }
  return true;
}

function sideOf(v: u32): u8 {
  return load<u8>(sides + <usize>v);
}

function flowOf(e: u32): i32 {
  return <i32>load<i8>(flows + <usize>e);
}
