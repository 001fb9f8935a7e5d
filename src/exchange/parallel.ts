import type { GraphData } from "./types.js";

/**
 * For each edge the first one with the same ends, and the same type if that is to count; undefined if no two are alike. In an undirected graph the order
 * of the ends says nothing. Sorts by counting, so O(nodes + edges).
 */
export function parallelEdges({ directed, nodes, from, to, types }: GraphData, byType: boolean): Int32Array | undefined {
  const edges = from.length;
  const low = directed ? from : from.map((node, i) => Math.min(node, to[i]));
  const high = directed ? to : to.map((node, i) => Math.max(node, from[i]));
  let order = Int32Array.from({ length: edges }, (_, i) => i);
  if (byType) order = sortBy(order, types, 256);
  order = sortBy(order, low, nodes.length);
  // Within a run of one start and type: the edge that came to a node first, valid if it belongs to the run.
  const first = new Int32Array(nodes.length).fill(-1);
  const runOf = new Int32Array(nodes.length).fill(-1);
  const result = new Int32Array(edges);
  let found = false;
  let run = 0;
  for (let i = 0; i < edges; i++) {
    const edge = order[i];
    const before = order[i - 1];
    if (i > 0 && (low[edge] !== low[before] || (byType && types[edge] !== types[before]))) run++;
    const end = high[edge];
    if (runOf[end] === run) found = true;
    else {
      runOf[end] = run;
      first[end] = edge;
    }
    result[edge] = first[end];
  }
  return found ? result : undefined;
}

/** A stable sort of row numbers by a column of small integers. */
function sortBy(order: Int32Array, keys: ArrayLike<number>, most: number): Int32Array<ArrayBuffer> {
  const starts = new Int32Array(most + 1);
  for (let i = 0; i < order.length; i++) starts[keys[order[i]] + 1]++;
  for (let key = 0; key < most; key++) starts[key + 1] += starts[key];
  const sorted = new Int32Array(order.length);
  for (let i = 0; i < order.length; i++) sorted[starts[keys[order[i]]]++] = order[i];
  return sorted;
}
