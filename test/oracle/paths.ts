import type { Edge } from "../../src/alm.js";

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
