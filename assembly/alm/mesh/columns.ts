// All arcs as compressed sparse rows, in SCRATCH: what an index of routes is built from, and new weights for all of them.

import { scratch } from "../../core/arena";
import { NO_MEMORY } from "../../core/status";
import { readFactor, storeFactor, toStored } from "../decay";
import { countOf, EMPTY, first, header, last, OUT, open, recordOf, toWeight, typeAt, types } from "../layout";
import { changed } from "../watch";
import { idCount } from "./bfs";
import { measure } from "./places";

let at: usize = 0;
let ids: u32 = 0;

/** Out-arcs of all nodes: the edges, but in an undirected graph those of both ends. O(nodes). */
export function arcCount(): u32 {
  const h = header();
  let n: u32 = 0;
  for (let node: u32 = 0; node < h.nodeCap; node++) n += countOf(recordOf(node, OUT));
  return n;
}

/**
 * Writes to `columnsAt()`: offsets u32[n + 1] for the n ids up to the largest with an edge, `columnIds()`; the arcs' targets u32, weights f32 at the current time, types u8. The order of a node's arcs stays
 * until an edge is made or removed. O(nodes + arcs). @returns the number of arcs, or NO_MEMORY
 */
export function exportColumns(): i32 {
  const n = idCount();
  ids = n;
  const m = arcCount();
  const offsetBytes = (<u64>n + 1) << 2;
  const bytes = offsetBytes + <u64>m * 9;
  if (bytes > 0xfffffff0) return NO_MEMORY;
  at = scratch(<u32>bytes);
  if (at == 0) return NO_MEMORY;
  const targets = at + <usize>offsetBytes;
  const weights = targets + ((<usize>m) << 2);
  const kinds = weights + ((<usize>m) << 2);
  const factor = readFactor(-1);
  let i: usize = 0;
  for (let node: u32 = 0; node < n; node++) {
    store<u32>(at + ((<usize>node) << 2), <u32>i);
    open(recordOf(node, OUT), true);
    for (let p = first; p < last; p += 4) {
      const id = load<u32>(p);
      if (id == EMPTY) continue;
      store<u32>(targets + (i << 2), id);
      store<f32>(weights + (i << 2), <f32>(<f64>load<f32>(p + toWeight) * factor));
      store<u8>(kinds + i, <u8>typeAt(p, first, types));
      i++;
    }
  }
  store<u32>(at + ((<usize>n) << 2), <u32>i);
  return <i32>i;
}

/** Ids of the last `exportColumns`. */
export function columnIds(): u32 {
  return ids;
}

/** Address of the last `exportColumns`. */
export function columnsAt(): usize {
  return at;
}

/** Sets the weights of all arcs, in the order of `exportColumns`, at a time that does not `leads`. @param weights address of f32s in scratch */
export function importWeights(weights: usize, time: f64): void {
  const h = header();
  const factor = storeFactor(time);
  let from = weights;
  changed();
  for (let node: u32 = 0; node < h.nodeCap; node++) {
    open(recordOf(node, OUT), true);
    for (let p = first; p < last; p += 4) {
      if (load<u32>(p) == EMPTY) continue;
      store<f32>(p + toWeight, toStored(<f64>load<f32>(from), factor));
      from += 4;
    }
  }
  measure();
}

/** Counts the edges made and removed, and how often arcs were put elsewhere. */
export function shapes(): f64 {
  return <f64>header().shapes;
}

/** Counts the edges made, changed and removed. */
export function changes(): f64 {
  return <f64>header().changes;
}

/** Whether weights decay. */
export function decays(): bool {
  return header().halfLife != Infinity;
}
