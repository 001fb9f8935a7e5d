// What ALM is measured against must itself be right.
import { describe, expect, it } from "vitest";
import { type Csr, type Graph, lattice, questions, rmat, toCsr } from "../../bench/graphs.js";
import { costOf, disjointOver, yenOver } from "../../bench/suites/alm/baseline/paths.js";
import { bestFirstOver, found, powerOver, pushOver } from "../../bench/suites/alm/baseline/rank.js";
import { bfsOver, hopsOver, routeOver, ssspOver } from "../../bench/suites/alm/baseline/search.js";

const graphs: Graph[] = [lattice(6, 3), rmat(5, 70, 4)];

/** All paths without a loop, of at most `most` nodes. */
function everyPath({ offsets, to }: Csr, from: number, target: number, most: number): number[][] {
  const all: number[][] = [];
  const walk = (path: number[]) => {
    const u = path[path.length - 1];
    if (u === target) {
      all.push(path);
      return;
    }
    if (path.length === most) return;
    for (let a = offsets[u]; a < offsets[u + 1]; a++) if (!path.includes(to[a])) walk([...path, to[a]]);
  };
  walk([from]);
  return all;
}

/** Distances by going over all arcs until nothing changes. */
function relaxed({ nodes, offsets, to, weights }: Csr, source: number, cost: (weight: number) => number): Float64Array {
  const costs = new Float64Array(nodes).fill(Infinity);
  costs[source] = 0;
  for (let changed = true; changed; ) {
    changed = false;
    for (let u = 0; u < nodes; u++)
      for (let a = offsets[u]; a < offsets[u + 1]; a++) {
        if (costs[u] + cost(weights[a]) >= costs[to[a]]) continue;
        costs[to[a]] = costs[u] + cost(weights[a]);
        changed = true;
      }
  }
  return costs;
}

describe.each(graphs)("baselines on $name", (graph) => {
  const csr = toCsr(graph);
  const { hub, from, to } = questions(graph, csr, 30);

  it("find depths, distances and neighbourhoods", () => {
    const depths = relaxed(csr, hub, () => 1);
    expect(Array.from(bfsOver(csr)(hub))).toEqual(Array.from(depths, (depth) => (depth === Infinity ? -1 : depth)));
    expect(hopsOver(csr, 2)(hub)).toBe(depths.filter((depth) => depth > 0 && depth <= 2).length);
    const distances = relaxed(csr, hub, (weight) => weight);
    expect(ssspOver(csr)(hub)).toEqual(distances);
    const route = routeOver(csr);
    for (let u = 0; u < graph.nodes; u++) expect(route(hub, u)).toBe(distances[u]);
  });

  it("find the shortest paths without a loop", () => {
    // Small enough to try all of them.
    const small = toCsr(graph.directed ? graph : lattice(4, 3));
    const yen = yenOver(small);
    for (let u = 0; u < 12; u++) {
      const v = (5 * u + 3) % 16;
      if (u === v) continue;
      const costs = everyPath(small, u, v, 16)
        .map((path) => costOf(small, path))
        .sort((a, z) => a - z);
      expect(yen(u, v, 4).map((cost) => cost.toFixed(6))).toEqual(costs.slice(0, 4).map((cost) => cost.toFixed(6)));
    }
  });

  it.each(["edge", "node"] as const)("find two paths that share no %s", (by) => {
    const small = toCsr(lattice(3, 5));
    const pair = disjointOver(small, by);
    for (let u = 0; u < 9; u++) {
      for (let v = 0; v < 9; v++) {
        if (u === v) continue;
        const paths = everyPath(small, u, v, 9);
        let least = Infinity;
        for (const a of paths) for (const z of paths) if (apart(a, z, by)) least = Math.min(least, costOf(small, a) + costOf(small, z));
        expect(pair(u, v)).toBeCloseTo(least, 6);
      }
    }
  });

  it("rank as power iteration does", () => {
    const push = pushOver(csr);
    const power = powerOver(csr);
    for (const seed of from.slice(0, 8)) {
      const scores = power(seed, 0.5);
      expect(scores.reduce((sum, score) => sum + score, 0)).toBeCloseTo(1, 9);
      expect(found(push(seed, 5, 0.5, 1e-9), scores, 5)).toBe(1);
      expect(found([], scores, 5)).toBe(0);
    }
  });

  it("recall the best products", () => {
    const strengths = { ...csr, weights: csr.weights.map((weight) => weight / 256) };
    const best = bestFirstOver(strengths);
    const products = (seed: number) =>
      relaxed(strengths, seed, (weight) => -Math.log(Math.min(1, weight) * 0.8))
        .filter((cost) => cost > 0 && cost < Infinity)
        .sort((a, z) => a - z);
    for (const seed of to.slice(0, 8))
      expect(best(seed, 7, 0.8)).toBeCloseTo(Math.exp(-(products(seed).slice(0, 7).at(-1) ?? Infinity)), 6);
  });
});

function apart(a: number[], z: number[], by: "edge" | "node"): boolean {
  if (by === "node") return !a.slice(1, -1).some((u) => z.includes(u)) && !(a.length === 2 && z.length === 2);
  const names = (path: number[]) => path.slice(1).map((v, i) => [Math.min(path[i], v), Math.max(path[i], v)].join());
  const edges = new Set(names(a));
  return !names(z).some((edge) => edges.has(edge));
}
