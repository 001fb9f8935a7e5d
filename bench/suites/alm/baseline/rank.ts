// Ranking over typed arrays, and what its answers are held against.
import type { Csr } from "../../../graphs.js";
import { Heap } from "./heap.js";

/**
 * Personalised PageRank by forward push. Source: Andersen, Chung and Lang, "Local graph partitioning using PageRank vectors", FOCS 2006.
 * @returns the `k` best nodes for a seed, best first; a node is pushed while its residual exceeds epsilon * max(1, degree)
 */
export function pushOver({ nodes, offsets, to, weights }: Csr): (seed: number, k: number, restart: number, epsilon: number) => number[] {
  const reserve = new Float64Array(nodes);
  const residual = new Float64Array(nodes);
  const queued = new Uint8Array(nodes);
  const sums = outWeights({ nodes, offsets, weights });
  return (seed, k, restart, epsilon) => {
    const met = [seed];
    const queue = [seed];
    residual[seed] = 1;
    for (let i = 0; i < queue.length; i++) {
      const u = queue[i];
      queued[u] = 0;
      const r = residual[u];
      residual[u] = 0;
      reserve[u] += restart * r;
      const on = ((1 - restart) * r) / sums[u];
      for (let a = offsets[u]; a < offsets[u + 1]; a++) {
        const v = to[a];
        if (residual[v] === 0 && reserve[v] === 0) met.push(v);
        residual[v] += on * weights[a];
        if (queued[v] === 0 && residual[v] > epsilon * Math.max(1, offsets[v + 1] - offsets[v])) {
          queued[v] = 1;
          queue.push(v);
        }
      }
    }
    const top = best(met, reserve, k);
    for (const v of met) reserve[v] = residual[v] = queued[v] = 0;
    return top;
  };
}

/** Personalised PageRank of all nodes by 60 steps of power iteration; a walk that cannot go on starts again at the seed. */
export function powerOver({ nodes, offsets, to, weights }: Csr): (seed: number, restart: number) => Float64Array {
  const sums = outWeights({ nodes, offsets, weights });
  return (seed, restart) => {
    let scores = new Float64Array(nodes);
    let next = new Float64Array(nodes);
    scores[seed] = 1;
    for (let step = 0; step < 60; step++) {
      next.fill(0);
      next[seed] = restart;
      for (let u = 0; u < nodes; u++) {
        if (scores[u] === 0) continue;
        const on = (1 - restart) * scores[u];
        if (sums[u] === 0) next[seed] += on;
        for (let a = offsets[u]; a < offsets[u + 1]; a++) next[to[a]] += (on / sums[u]) * weights[a];
      }
      [scores, next] = [next, scores];
    }
    return scores;
  };
}

/** Of the `k` nodes that come first by `scores`, the share that `ids` has; a node as good as the last of them counts like it. */
export function found(ids: ArrayLike<number>, scores: Float64Array, k: number): number {
  const all = Array.from(scores.keys()).filter((v) => scores[v] > 0);
  const exact = best(all, scores, k);
  const least = scores[exact[exact.length - 1]] * (1 - 1e-9);
  return Array.from(ids).filter((v) => scores[v] >= least).length / exact.length;
}

/**
 * Best-first search by the product of strengths, times `decay` for each hop: the score of the k-th best node, 0 where fewer were found.
 * Ids and scores only, no paths.
 */
export function bestFirstOver({ nodes, offsets, to, weights }: Csr): (seed: number, k: number, decay: number) => number {
  const worth = new Float64Array(nodes);
  const done = new Uint8Array(nodes);
  const heap = new Heap();
  const met: number[] = [];
  return (seed, k, decay) => {
    heap.clear();
    heap.push(-1, seed);
    worth[seed] = 1;
    met.push(seed);
    let count = -1;
    let last = 0;
    while (heap.size > 0 && count < k) {
      const u = heap.pop();
      if (done[u] === 1) continue;
      done[u] = 1;
      if (++count > 0) last = -heap.key;
      for (let a = offsets[u]; a < offsets[u + 1]; a++) {
        const v = to[a];
        const next = worth[u] * Math.min(1, weights[a]) * decay;
        if (next <= worth[v]) continue;
        if (worth[v] === 0) met.push(v);
        worth[v] = next;
        heap.push(-next, v);
      }
    }
    for (const u of met) worth[u] = done[u] = 0;
    met.length = 0;
    return last;
  };
}

/**
 * Spreading activation over edges of equal weight: an edge passes `strength` - ln(degree + 1) of the seed's activation, one after the first
 * `decay` times that, over `strength`, of what arrives, and none passes less than nothing. @returns the `k` most active nodes
 */
export function spreadOver({
  nodes,
  offsets,
  to,
}: Csr): (seed: number, k: number, hops: number, decay: number, strength: number) => number[] {
  const total = new Float64Array(nodes);
  let now = new Float64Array(nodes);
  let next = new Float64Array(nodes);
  return (seed, k, hops, decay, strength) => {
    const met = new Set<number>();
    let front = [seed];
    now[seed] = 1;
    for (let hop = 0; hop < hops; hop++) {
      const reached: number[] = [];
      for (const u of front) {
        const passed = now[u] * (strength - Math.log(offsets[u + 1] - offsets[u] + 1)) * (hop === 0 ? 1 : decay / strength);
        now[u] = 0;
        if (passed <= 0) continue;
        for (let a = offsets[u]; a < offsets[u + 1]; a++) {
          const v = to[a];
          if (next[v] === 0) reached.push(v);
          next[v] += passed;
          total[v] += passed;
          met.add(v);
        }
      }
      front = reached;
      [now, next] = [next, now];
    }
    for (const u of front) now[u] = 0;
    met.delete(seed);
    const top = best([...met], total, k);
    for (const v of met) total[v] = 0;
    total[seed] = 0;
    return top;
  };
}

/** The `k` of the nodes with the highest scores, equal ones by number. */
function best(nodes: number[], scores: Float64Array, k: number): number[] {
  return nodes
    .filter((v) => scores[v] > 0)
    .sort((a, z) => scores[z] - scores[a] || a - z)
    .slice(0, k);
}

function outWeights({ nodes, offsets, weights }: Pick<Csr, "nodes" | "offsets" | "weights">): Float64Array {
  const sums = new Float64Array(nodes);
  for (let u = 0; u < nodes; u++) for (let a = offsets[u]; a < offsets[u + 1]; a++) sums[u] += weights[a];
  return sums;
}
