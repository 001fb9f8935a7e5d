import type { FrozenGraph } from "./types.js";

/** The nodes' ranks by degree, arcs in and out: the highest rank to the most arcs, of equals to the smaller node. O(nodes + arcs). */
export function degreeOrder(graph: FrozenGraph): Uint32Array {
  const { nodes, offsets, targets } = graph;
  const degrees = new Uint32Array(nodes);
  for (let u = 0; u < nodes; u++) degrees[u] = offsets[u + 1] - offsets[u];
  for (const target of targets) degrees[target]++;
  // A counting sort. The sum of the degrees is twice the arcs, so the largest is no more.
  let most = 0;
  for (const degree of degrees) most = Math.max(most, degree);
  const next = new Uint32Array(most + 2);
  for (const degree of degrees) next[degree + 1]++;
  for (let d = 0; d <= most; d++) next[d + 1] += next[d];
  const ranks = new Uint32Array(nodes);
  for (let u = nodes - 1; u >= 0; u--) ranks[u] = next[degrees[u]]++;
  return ranks;
}
