// Dijkstra's algorithm from one node to all, on the simple graph an index is built from.

import { ARC, arcCount, nodes, room } from "./graph";
import { drop, ENTRY, push } from "./heap";

let heap: usize = 0;
/** The distances that the last search found, f64, Infinity where there is no path. */
export let spreadDists: usize = 0;

/** Takes the room that `spread` works in. False if there is none. */
export function spreadRoom(): bool {
  spreadDists = room((<u64>nodes) << 3);
  // A node is pushed at most once for each arc that leads to it.
  heap = room((<u64>arcCount + 1) * <u64>ENTRY);
  return spreadDists != 0 && heap != 0;
}

/** Finds the distances along arcs[starts[r] .. ends[r]) from a node to all. O(arcs log arcs). */
export function spread(root: u32, starts: usize, ends: usize, arcs: usize): void {
  const dists = spreadDists;
  for (let p = dists, end = dists + ((<usize>nodes) << 3); p < end; p += 8) store<f64>(p, Infinity);
  store<f64>(dists + ((<usize>root) << 3), 0);
  let waiting: u32 = 1;
  push(heap, 0, 0, root);
  while (waiting > 0) {
    const distance = load<f64>(heap);
    const node = (<usize>load<u32>(heap, 8)) << 2;
    drop(heap, waiting);
    waiting--;
    if (distance > load<f64>(dists + (node << 1))) continue;
    const end = arcs + <usize>load<u32>(ends + node) * ARC;
    for (let a = arcs + <usize>load<u32>(starts + node) * ARC; a < end; a += ARC) {
      const next = distance + <f64>load<f32>(a, 4);
      const other = load<u32>(a);
      const there = dists + ((<usize>other) << 3);
      if (next >= load<f64>(there)) continue;
      store<f64>(there, next);
      push(heap, waiting, next, other);
      waiting++;
    }
  }
}
