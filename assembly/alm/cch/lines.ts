// The four directions in which a cell of the graph is looked at to be cut (Schild, Sommer, "On balanced separators in road
// networks", SEA 2015): west-east, south-north and the two diagonals of the coordinates. Without coordinates the first two are
// differences of distances (counted in links) to two nodes far from each other, which is what a coordinate along the line between
// the two looks like.

import { at, get, NONE, set } from "./words";

export const DIRECTIONS: u32 = 4;

/** Address of the nodes' x as f64, or 0. */
let xs: usize = 0;
/** Address of their y. */
let ys: usize = 0;

/** Takes the coordinates of all nodes, or 0. */
export function useCoordinates(x: usize, y: usize): void {
  xs = x;
  ys = y;
}

/** Bytes of working space for a cell of `n` nodes. */
export function lineBytes(n: u32): u32 {
  return n * 20;
}

/**
 * Works out what `keysAlong` needs for a connected cell of `n` nodes: with coordinates nothing, else four breadth-first searches.
 * @param space where `lineBytes` are
 */
export function prepareLines(n: u32, first: usize, adj: usize, space: usize): void {
  if (xs != 0) return;
  const queue = at(space, 4 * n);
  const a = search(n, first, adj, 0, space, queue);
  const b = search(n, first, adj, a, space, queue);
  const c = search(n, first, adj, b, at(space, n), queue);
  // The two are ends of a long way: c is a again or as far. Across it, a node that is far from both.
  search(n, first, adj, c, space, queue);
  let far: u32 = 0;
  let most: u32 = 0;
  for (let v: u32 = 0; v < n; v++) {
    const distance = min<u32>(get(space, v), get(at(space, n), v));
    if (distance <= most) continue;
    most = distance;
    far = v;
  }
  const d = search(n, first, adj, far, at(space, 2 * n), queue);
  search(n, first, adj, d, at(space, 3 * n), queue);
}

/** The keys (f64) of a cell's nodes along a direction, 0 .. DIRECTIONS - 1. */
export function keysAlong(direction: u32, n: u32, ids: usize, space: usize, keys: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    let x: f64;
    let y: f64;
    if (xs != 0) {
      const id = (<usize>get(ids, i)) << 3;
      x = load<f64>(xs + id);
      y = load<f64>(ys + id);
    } else {
      x = <f64>get(space, i) - <f64>get(space, n + i);
      y = <f64>get(space, 2 * n + i) - <f64>get(space, 3 * n + i);
    }
    const key = direction == 0 ? x : direction == 1 ? y : direction == 2 ? x + y : x - y;
    store<f64>(keys + ((<usize>i) << 3), key);
  }
}

/** Distances from a node, in links. @returns the node reached last, one of the farthest */
function search(n: u32, first: usize, adj: usize, from: u32, distances: usize, queue: usize): u32 {
  memory.fill(distances, 0xff, (<usize>n) << 2);
  set(distances, from, 0);
  set(queue, 0, from);
  let tail: u32 = 1;
  for (let head: u32 = 0; head < tail; head++) {
    const v = get(queue, head);
    const next = get(distances, v) + 1;
    for (let e = get(first, v), end = get(first, v + 1); e < end; e++) {
      const u = get(adj, e);
      if (get(distances, u) != NONE) continue;
      set(distances, u, next);
      set(queue, tail++, u);
    }
  }
  return get(queue, tail - 1);
}
