// Several ways from one node to another, over typed arrays.
import type { Csr } from "../../../graphs.js";
import { Heap } from "./heap.js";

interface Way {
  cost: number;
  nodes: number[];
}

/** A shortest path that goes through no node of `banned` and begins with no arc of `bannedArcs`. */
type Spur = (from: number, to: number, banned: Uint8Array, bannedArcs: ReadonlySet<number>) => Way | undefined;

/**
 * The `k` shortest paths without a loop. Source: Yen, "Finding the k shortest loopless paths in a network", Management Science 1971, with
 * Lawler's rule that a path is varied only behind the point where it left its parent.
 * @returns costs, ascending; fewer than `k` where there are no more
 */
export function yenOver(csr: Csr): (from: number, to: number, k: number) => number[] {
  const spur = spurOver(csr);
  const banned = new Uint8Array(csr.nodes);
  return (from, to, k) => {
    const first = spur(from, to, banned, new Set());
    if (first === undefined) return [];
    const taken: Way[] = [];
    const candidates: (Way & { left: number })[] = [{ ...first, left: 0 }];
    const seen = new Set([first.nodes.join()]);
    while (taken.length < k && candidates.length > 0) {
      const at = candidates.reduce((best, way, i) => (way.cost < candidates[best].cost ? i : best), 0);
      const [way] = candidates.splice(at, 1);
      taken.push(way);
      if (taken.length === k) break;
      for (const u of way.nodes.slice(0, way.left)) banned[u] = 1;
      for (let i = way.left; i + 1 < way.nodes.length; i++) {
        const root = way.nodes.slice(0, i + 1);
        const arcs = new Set<number>();
        for (const { nodes } of taken) if (root.every((u, j) => nodes[j] === u)) arcs.add(nodes[i + 1]);
        const rest = spur(way.nodes[i], to, banned, arcs);
        banned[way.nodes[i]] = 1;
        if (rest === undefined) continue;
        const nodes = [...root, ...rest.nodes.slice(1)];
        const key = nodes.join();
        if (seen.has(key)) continue;
        seen.add(key);
        candidates.push({ cost: costOf(csr, root) + rest.cost, nodes, left: i });
      }
      for (const u of way.nodes) banned[u] = 0;
    }
    return taken.map(({ cost }) => cost);
  };
}

/** The cost of a path of nodes: the cheapest arcs between them. */
export function costOf({ offsets, to, weights }: Csr, nodes: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 1; i < nodes.length; i++) {
    let least = Infinity;
    for (let a = offsets[nodes[i - 1]]; a < offsets[nodes[i - 1] + 1]; a++) if (to[a] === nodes[i]) least = Math.min(least, weights[a]);
    sum += least;
  }
  return sum;
}

/** Dijkstra with banned nodes; the arcs out of the first node that lead to `bannedArcs` are not taken. */
function spurOver({ nodes, offsets, to, weights }: Csr): Spur {
  const costs = new Float64Array(nodes).fill(Infinity);
  const before = new Int32Array(nodes);
  const heap = new Heap();
  const touched: number[] = [];
  return (from, target, banned, bannedArcs) => {
    heap.clear();
    heap.push(0, from);
    costs[from] = 0;
    touched.push(from);
    let found: Way | undefined;
    while (heap.size > 0) {
      const u = heap.pop();
      const cost = heap.key;
      if (cost > costs[u]) continue;
      if (u === target) {
        const path = [u];
        while (path[0] !== from) path.unshift(before[path[0]]);
        found = { cost, nodes: path };
        break;
      }
      for (let a = offsets[u]; a < offsets[u + 1]; a++) {
        const v = to[a];
        const next = cost + weights[a];
        if (next >= costs[v] || banned[v] === 1 || (u === from && bannedArcs.has(v))) continue;
        if (costs[v] === Infinity) touched.push(v);
        costs[v] = next;
        before[v] = u;
        heap.push(next, v);
      }
    }
    for (const u of touched) costs[u] = Infinity;
    touched.length = 0;
    return found;
  };
}

/**
 * The least sum of the costs of two paths that share no edge, or no node but their ends: the second path goes through what the first one
 * left, where an arc that was taken may be given back. Source: Suurballe and Tarjan, "A quick method for finding shortest pairs of
 * disjoint paths", Networks 1984. Infinity where there are no two.
 */
export function disjointOver(csr: Csr, by: "edge" | "node"): (from: number, to: number) => number {
  const { nodes, arcs, heads, costs } = by === "edge" ? plain(csr) : split(csr);
  const potential = new Float64Array(nodes);
  const distances = new Float64Array(nodes);
  const through = new Int32Array(nodes);
  const used = new Uint8Array(heads.length);
  const heap = new Heap();
  return (from, to) => {
    // Where nodes are split, a path leaves its first node at the outer half and ends at the inner half of its last.
    const [start, end] = by === "edge" ? [from, to] : [2 * from + 1, 2 * to];
    potential.fill(0);
    for (let a = 0; a < used.length; a++) used[a] = a & 1;
    let sum = 0;
    for (let round = 0; round < 2; round++) {
      distances.fill(Infinity);
      distances[start] = 0;
      heap.clear();
      heap.push(0, start);
      while (heap.size > 0) {
        const u = heap.pop();
        if (heap.key > distances[u]) continue;
        for (const a of arcs[u]) {
          // Arc a and its reverse a ^ 1: the one may be taken while it is not used, the other while it is.
          if (used[a] === 1) continue;
          const v = heads[a];
          const next = distances[u] + Math.max(0, costs[a] + potential[u] - potential[v]);
          if (next >= distances[v]) continue;
          distances[v] = next;
          through[v] = a;
          heap.push(next, v);
        }
      }
      if (distances[end] === Infinity) return Infinity;
      for (let u = 0; u < nodes; u++) potential[u] += Math.min(distances[u], distances[end]);
      for (let v = end; v !== start; v = heads[through[v] ^ 1]) {
        const a = through[v];
        sum += costs[a];
        used[a] = 1;
        used[a ^ 1] = 0;
      }
    }
    return sum;
  };
}

interface Residual {
  nodes: number;
  /** Arcs out of each node. */
  arcs: number[][];
  heads: number[];
  costs: number[];
}

function plain({ nodes, offsets, to, weights }: Csr): Residual {
  const graph = empty(nodes);
  for (let u = 0; u < nodes; u++) for (let a = offsets[u]; a < offsets[u + 1]; a++) addArc(graph, u, to[a], weights[a]);
  return graph;
}

/** Each node u as two, 2 u and 2 u + 1, with one arc between them. */
function split({ nodes, offsets, to, weights }: Csr): Residual {
  const graph = empty(2 * nodes);
  for (let u = 0; u < nodes; u++) {
    addArc(graph, 2 * u, 2 * u + 1, 0);
    for (let a = offsets[u]; a < offsets[u + 1]; a++) addArc(graph, 2 * u + 1, 2 * to[a], weights[a]);
  }
  return graph;
}

function empty(nodes: number): Residual {
  return { nodes, arcs: Array.from({ length: nodes }, () => []), heads: [], costs: [] };
}

/** Adds an arc that may be taken once, and its reverse. */
function addArc(graph: Residual, u: number, v: number, cost: number): void {
  const a = graph.heads.length;
  graph.heads.push(v, u);
  graph.costs.push(cost, -cost);
  graph.arcs[u].push(a);
  graph.arcs[v].push(a + 1);
}
