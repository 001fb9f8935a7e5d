import type { FrozenGraph } from "./types.js";

const NONE = 0xffff_ffff;

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

/** The nodes' numbers in a depth-first walk over all of them: chains of nodes, of which roads are full, lie together. O(nodes + arcs). */
export function walkOrder(graph: FrozenGraph): Uint32Array {
  const { nodes, offsets, targets } = graph;
  const numbers = new Uint32Array(nodes).fill(NONE);
  const stack = new Uint32Array(nodes);
  const next = offsets.slice(0, nodes);
  let count = 0;
  for (let root = 0; root < nodes; root++) {
    if (numbers[root] !== NONE) continue;
    numbers[root] = count++;
    stack[0] = root;
    let depth = 1;
    while (depth > 0) {
      const node = stack[depth - 1];
      if (next[node] === offsets[node + 1]) {
        depth--;
        continue;
      }
      const other = targets[next[node]++];
      if (numbers[other] !== NONE) continue;
      numbers[other] = count++;
      stack[depth++] = other;
    }
  }
  return numbers;
}
