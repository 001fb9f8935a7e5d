// Searches as one writes them in JavaScript for speed: typed arrays, a graph that never changes, no objects in the loop.
import type { Csr } from "../../../graphs.js";
import { Heap } from "./heap.js";

/** Breadth-first search. @returns edges from the source to each node, -1 where there is no path */
export function bfsOver({ nodes, offsets, to }: Csr): (source: number) => Int32Array {
  const queue = new Int32Array(nodes);
  return (source) => {
    const depths = new Int32Array(nodes).fill(-1);
    let count = 1;
    queue[0] = source;
    depths[source] = 0;
    for (let i = 0; i < count; i++) {
      const u = queue[i];
      const next = depths[u] + 1;
      for (let a = offsets[u]; a < offsets[u + 1]; a++) {
        const v = to[a];
        if (depths[v] >= 0) continue;
        depths[v] = next;
        queue[count++] = v;
      }
    }
    return depths;
  };
}

/** Dijkstra's algorithm from one source to all nodes. @returns distances, Infinity where there is no path */
export function ssspOver(csr: Csr): (source: number) => Float64Array {
  const heap = new Heap();
  return (source) => {
    const costs = new Float64Array(csr.nodes).fill(Infinity);
    settle(csr, heap, costs, undefined, source, -1);
    return costs;
  };
}

/** Dijkstra's algorithm from one node to another; it clears what it touched, not the whole graph. @returns the distance */
export function routeOver(csr: Csr): (from: number, to: number) => number {
  const heap = new Heap();
  const costs = new Float64Array(csr.nodes).fill(Infinity);
  const touched: number[] = [];
  return (from, to) => {
    const found = settle(csr, heap, costs, touched, from, to);
    for (const u of touched) costs[u] = Infinity;
    touched.length = 0;
    return found;
  };
}

function settle(csr: Csr, heap: Heap, costs: Float64Array, touched: number[] | undefined, source: number, target: number): number {
  const { offsets, to, weights } = csr;
  heap.clear();
  heap.push(0, source);
  costs[source] = 0;
  touched?.push(source);
  while (heap.size > 0) {
    const u = heap.pop();
    const cost = heap.key;
    if (u === target) return cost;
    if (cost > costs[u]) continue;
    for (let a = offsets[u]; a < offsets[u + 1]; a++) {
      const v = to[a];
      const next = cost + weights[a];
      if (next >= costs[v]) continue;
      if (touched !== undefined && costs[v] === Infinity) touched.push(v);
      costs[v] = next;
      heap.push(next, v);
    }
  }
  return Infinity;
}

/** How many nodes are at most `hops` edges away, the seed left out. */
export function hopsOver({ nodes, offsets, to }: Csr, hops: number): (seed: number) => number {
  const seen = new Int32Array(nodes);
  const queue = new Int32Array(nodes);
  let stamp = 0;
  return (seed) => {
    seen[seed] = ++stamp;
    queue[0] = seed;
    let count = 1;
    let i = 0;
    for (let hop = 0; hop < hops; hop++) {
      for (const end = count; i < end; i++) {
        const u = queue[i];
        for (let a = offsets[u]; a < offsets[u + 1]; a++) {
          const v = to[a];
          if (seen[v] === stamp) continue;
          seen[v] = stamp;
          queue[count++] = v;
        }
      }
    }
    return count - 1;
  };
}
