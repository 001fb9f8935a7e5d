// Personalised PageRank by forward push over a library's iteration, as none of them has it. Source: Andersen, Chung and Lang, "Local
// graph partitioning using PageRank vectors", FOCS 2006. A node is pushed while its residual exceeds epsilon * max(1, degree).
import type { PeerGraph } from "./peer.js";

/** Gives the `k` best nodes for a seed, best first. */
export type Push = (seed: number, k: number, restart: number, epsilon: number) => number[];

/** Weights and numbers of the edges out of each node: what a push of a node needs to know of its neighbours. */
interface Sums {
  weights: Float64Array;
  degrees: Int32Array;
}

function sumsOf(graph: PeerGraph, nodes: number): Sums {
  const weights = new Float64Array(nodes);
  const degrees = new Int32Array(nodes);
  for (let u = 0; u < nodes; u++) {
    graph.forEachOut(u, (_, weight) => {
      weights[u] += weight;
      degrees[u]++;
    });
  }
  return { weights, degrees };
}

/** With typed arrays by node, of which only what was touched is cleared. */
export function pushWithArrays(graph: PeerGraph, nodes: number): Push {
  const { weights, degrees } = sumsOf(graph, nodes);
  const reserve = new Float64Array(nodes);
  const residual = new Float64Array(nodes);
  const queued = new Uint8Array(nodes);
  return (seed, k, restart, epsilon) => {
    const met = [seed];
    const queue = [seed];
    residual[seed] = 1;
    let on = 0;
    const see = (v: number, weight: number) => {
      if (residual[v] === 0 && reserve[v] === 0) met.push(v);
      residual[v] += on * weight;
      if (queued[v] === 0 && residual[v] > epsilon * Math.max(1, degrees[v])) {
        queued[v] = 1;
        queue.push(v);
      }
    };
    for (let i = 0; i < queue.length; i++) {
      const u = queue[i];
      queued[u] = 0;
      const r = residual[u];
      residual[u] = 0;
      reserve[u] += restart * r;
      on = ((1 - restart) * r) / weights[u];
      graph.forEachOut(u, see);
    }
    const top = met
      .filter((v) => reserve[v] > 0)
      .sort((a, z) => reserve[z] - reserve[a] || a - z)
      .slice(0, k);
    for (const v of met) reserve[v] = residual[v] = queued[v] = 0;
    return top;
  };
}

/** With Maps by node, as one writes it where nodes are not numbered. */
export function pushWithMaps(graph: PeerGraph, nodes: number): Push {
  const { weights, degrees } = sumsOf(graph, nodes);
  return (seed, k, restart, epsilon) => {
    const reserve = new Map<number, number>();
    const residual = new Map([[seed, 1]]);
    const queue = [seed];
    const queued = new Set(queue);
    let on = 0;
    const see = (v: number, weight: number) => {
      const r = (residual.get(v) ?? 0) + on * weight;
      residual.set(v, r);
      if (r > epsilon * Math.max(1, degrees[v]) && !queued.has(v)) {
        queued.add(v);
        queue.push(v);
      }
    };
    for (let i = 0; i < queue.length; i++) {
      const u = queue[i];
      queued.delete(u);
      const r = residual.get(u)!;
      residual.set(u, 0);
      reserve.set(u, (reserve.get(u) ?? 0) + restart * r);
      on = ((1 - restart) * r) / weights[u];
      graph.forEachOut(u, see);
    }
    return [...reserve]
      .sort(([u, a], [v, z]) => z - a || u - v)
      .slice(0, k)
      .map(([v]) => v);
  };
}
