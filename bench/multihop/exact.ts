// Personalised PageRank as it is defined, by repetition until nothing changes: what the engine's local walk is held against.
import type { Edges } from "./graph.js";

/** The stationary score of every node, for walks both ways along the edges. A node without edges starts again, as the engine's does. */
export function exactWalk(
  edges: Edges,
  nodes: number,
  seeds: readonly number[],
  weights: readonly number[],
  restart: number,
): Float64Array {
  const { from, to, weights: strengths } = edges;
  const out = new Float64Array(nodes);
  from.forEach((node, i) => {
    out[node] += strengths[i];
    out[to[i]] += strengths[i];
  });
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const start = new Float64Array(nodes);
  seeds.forEach((seed, i) => {
    if (out[seed] > 0) start[seed] += weights[i] / total;
  });
  let scores = start.slice();
  // What is not settled shrinks by 1 - restart a step.
  for (let rest = 1; rest > 1e-9; rest *= 1 - restart) {
    const next = start.map((share) => share * restart);
    for (let i = 0; i < from.length; i++) {
      next[to[i]] += ((1 - restart) * scores[from[i]] * strengths[i]) / out[from[i]];
      next[from[i]] += ((1 - restart) * scores[to[i]] * strengths[i]) / out[to[i]];
    }
    scores = next;
  }
  return scores;
}
