import type { Edge } from "../../src/alm.js";
import type { FrozenGraph } from "../../src/layers/alm/routes/types.js";

/** An edge as it may be followed one way; both ways of an undirected edge are of one `edge`. */
export interface Step extends Edge {
  edge: Edge;
}

/** Which edges may be followed. */
export interface StepFilter {
  directed: boolean;
  types?: readonly number[];
  avoid?: readonly number[];
  avoidEdges?: readonly (readonly [number, number])[];
}

/** The ways over the edges that may be followed. */
export function stepsOf(edges: readonly Edge[], { directed, types, avoid = [], avoidEdges = [] }: StepFilter): Step[] {
  const barred = ({ from, to }: Edge) =>
    avoid.includes(from) ||
    avoid.includes(to) ||
    avoidEdges.some(([a, b]) => (a === from && b === to) || (!directed && a === to && b === from));
  return edges
    .filter((edge) => (types === undefined || types.includes(edge.type)) && !barred(edge))
    .flatMap((edge): Step[] => {
      const forth = { ...edge, edge };
      return directed || edge.from === edge.to ? [forth] : [forth, { ...edge, from: edge.to, to: edge.from, edge }];
    });
}

/** Every path that comes to no node twice, each by the cheapest of parallel edges, or with `parallel` by each of them. */
export function everyPath(
  steps: readonly Step[],
  from: number,
  to: number,
  byHops: boolean,
  parallel = false,
): { steps: Step[]; cost: number }[] {
  const found: { steps: Step[]; cost: number }[] = [];
  const out = new Map<number, Step[]>();
  for (const step of steps) {
    const list = out.get(step.from) ?? [];
    out.set(step.from, list);
    const twin = parallel ? -1 : list.findIndex(({ to: end }) => end === step.to);
    if (twin < 0) list.push(step);
    else if (step.weight < list[twin].weight) list[twin] = step;
  }
  const walk = (node: number, taken: Step[], seen: ReadonlySet<number>, cost: number): void => {
    if (node === to) {
      found.push({ steps: taken, cost });
      return;
    }
    for (const step of out.get(node) ?? []) {
      if (!seen.has(step.to)) walk(step.to, [...taken, step], new Set([...seen, step.to]), cost + (byHops ? 1 : step.weight));
    }
  };
  walk(from, [], new Set([from]), 0);
  return found.sort((a, b) => a.cost - b.cost);
}

/** Least total cost of two paths that share no edge, and with `byNode` no node but their ends; Infinity without such a pair. */
export function cheapestPair(steps: readonly Step[], from: number, to: number, byHops: boolean, byNode: boolean): number {
  const paths = everyPath(steps, from, to, byHops, true);
  let best = Infinity;
  for (let i = 0; i < paths.length; i++) {
    for (let j = i + 1; j < paths.length && paths[i].cost + paths[j].cost < best; j++) {
      if (areApart(paths[i].steps, paths[j].steps, byNode)) best = paths[i].cost + paths[j].cost;
    }
  }
  return best;
}

/** Whether two paths share no edge, and with `byNode` no inner node. */
export function areApart(a: readonly Step[], z: readonly Step[], byNode: boolean): boolean {
  const edges = new Set(a.map(({ edge }) => edge));
  const inner = new Set(a.slice(1).map(({ from }) => from));
  return !z.some(({ edge }) => edges.has(edge)) && !(byNode && z.slice(1).some(({ from }) => inner.has(from)));
}

/** Costs of the k cheapest loopless paths: Yen's algorithm as it was published, over Dijkstra's with buckets. Weights are whole numbers. */
export function slowYen(graph: FrozenGraph, from: number, to: number, k: number): number[] {
  const first = cheapest(graph, [from], to, new Set());
  const found = first === undefined ? [] : [first];
  const candidates = new Map<string, { path: number[]; cost: number }>();
  while (found.length > 0 && found.length < k) {
    const { path } = found[found.length - 1];
    for (let i = 0; i + 1 < path.length; i++) {
      const root = path.slice(0, i + 1);
      const sharing = found.filter((other) => root.every((node, j) => other.path[j] === node));
      const next = cheapest(graph, root, to, new Set(sharing.map((other) => other.path[i + 1])));
      if (next !== undefined) candidates.set(next.path.join(), next);
    }
    const best = [...candidates.values()].sort((a, b) => a.cost - b.cost)[0];
    if (best === undefined) break;
    candidates.delete(best.path.join());
    found.push(best);
  }
  return found.map(({ cost }) => cost);
}

/** The cheapest path that begins with `root`, whose last node is not followed by any of `barred`. */
function cheapest(
  graph: FrozenGraph,
  root: readonly number[],
  to: number,
  barred: ReadonlySet<number>,
): { path: number[]; cost: number } | undefined {
  const spur = root[root.length - 1];
  const costs = new Map<number, number>();
  const before = new Map<number, number>();
  const done = new Set(root.slice(0, -1));
  let cost = 0;
  for (let i = 0; i + 1 < root.length; i++) {
    let least = Infinity;
    for (let arc = graph.offsets[root[i]]; arc < graph.offsets[root[i] + 1]; arc++) {
      if (graph.targets[arc] === root[i + 1]) least = Math.min(least, graph.weights[arc]);
    }
    cost += least;
  }
  // Whole costs, so that a bucket for each will do.
  const buckets: number[][] = [];
  const put = (node: number, at: number) => {
    costs.set(node, at);
    buckets[at] ??= [];
    buckets[at].push(node);
  };
  put(spur, cost);
  for (let at = cost; at < buckets.length; at++) {
    for (const node of buckets[at] ?? []) {
      if (done.has(node) || costs.get(node) !== at) continue;
      done.add(node);
      if (node === to) {
        const path = [to];
        while (path[0] !== spur) path.unshift(before.get(path[0]) as number);
        return { path: [...root.slice(0, -1), ...path], cost: at };
      }
      for (let arc = graph.offsets[node]; arc < graph.offsets[node + 1]; arc++) {
        const target = graph.targets[arc];
        const next = at + graph.weights[arc];
        if (done.has(target) || next >= (costs.get(target) ?? Infinity) || (node === spur && barred.has(target))) continue;
        before.set(target, node);
        put(target, next);
      }
    }
  }
  return undefined;
}
