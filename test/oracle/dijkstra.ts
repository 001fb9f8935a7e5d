import type { FrozenGraph } from "../../src/layers/alm/routes/types.js";

/**
 * What a cheapest path from `from` to every node costs, Infinity where there is none: Dijkstra's algorithm with a binary heap, sums in f64.
 * @param weights other weights for the graph's arcs
 */
export function dijkstra(graph: FrozenGraph, from: number, weights: Float32Array = graph.weights): Float64Array {
  const costs = new Float64Array(graph.nodes).fill(Infinity);
  const heap = new Heap();
  costs[from] = 0;
  heap.push(0, from);
  while (heap.size > 0) {
    const [cost, node] = heap.pop();
    if (cost > costs[node]) continue;
    for (let arc = graph.offsets[node]; arc < graph.offsets[node + 1]; arc++) {
      const next = cost + weights[arc];
      const target = graph.targets[arc];
      if (next >= costs[target]) continue;
      costs[target] = next;
      heap.push(next, target);
    }
  }
  return costs;
}

/** A binary heap of nodes, the cheapest on top. */
class Heap {
  readonly #costs: number[] = [];
  readonly #nodes: number[] = [];

  get size(): number {
    return this.#nodes.length;
  }

  push(cost: number, node: number): void {
    let i = this.size;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (this.#costs[parent] <= cost) break;
      this.#costs[i] = this.#costs[parent];
      this.#nodes[i] = this.#nodes[parent];
      i = parent;
    }
    this.#costs[i] = cost;
    this.#nodes[i] = node;
  }

  pop(): [cost: number, node: number] {
    const top: [number, number] = [this.#costs[0], this.#nodes[0]];
    const cost = this.#costs.pop() as number;
    const node = this.#nodes.pop() as number;
    const n = this.size;
    if (n === 0) return top;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= n) break;
      if (child + 1 < n && this.#costs[child + 1] < this.#costs[child]) child++;
      if (this.#costs[child] >= cost) break;
      this.#costs[i] = this.#costs[child];
      this.#nodes[i] = this.#nodes[child];
      i = child;
    }
    this.#costs[i] = cost;
    this.#nodes[i] = node;
    return top;
  }
}
