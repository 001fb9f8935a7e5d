import type { FrozenGraph } from "../../src/layers/alm/routes/types.js";

/** What elimination in an order makes of the undirected graph under a directed one. */
export interface Elimination {
  /** Pairs of nodes that are neighbours at some time. */
  arcs: number;
  /** Triples of nodes that are neighbours of each other at some time. */
  triangles: number;
  /** Nodes on the longest way to a root, where a node's parent is the first of its later neighbours. */
  levels: number;
}

/** Eliminates the nodes by rising rank: the neighbours of each become neighbours of each other. */
export function eliminateBy(graph: FrozenGraph, ranks: ArrayLike<number>): Elimination {
  const later = Array.from({ length: graph.nodes }, () => new Set<number>());
  const link = (a: number, b: number): void => {
    if (a !== b) (a < b ? later[a] : later[b]).add(Math.max(a, b));
  };
  for (let u = 0; u < graph.nodes; u++) {
    for (let e = graph.offsets[u]; e < graph.offsets[u + 1]; e++) link(ranks[u], ranks[graph.targets[e]]);
  }
  let arcs = 0;
  let triangles = 0;
  for (const above of later) {
    arcs += above.size;
    triangles += (above.size * (above.size - 1)) / 2;
    for (const a of above) for (const b of above) link(a, b);
  }
  let levels = 0;
  const depths: number[] = [];
  for (let r = graph.nodes - 1; r >= 0; r--) {
    depths[r] = later[r].size === 0 ? 1 : depths[Math.min(...later[r])] + 1;
    levels = Math.max(levels, depths[r]);
  }
  return { arcs, triangles, levels };
}
