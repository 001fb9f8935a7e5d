// Random graphs for the tests of queries: with hubs whose arcs are in hash tables, types, loops, parallel edges, weights of several times.
import { Alm, type Edge } from "../../src/alm.js";
import { type Build, wasm } from "../helpers/modules.js";
import type { Random } from "../helpers/random.js";

/** A graph, and what it holds as arcs: an undirected edge is one in each direction, but a loop. */
export interface Made {
  graph: Alm;
  n: number;
  arcs: Edge[];
}

/** A graph of up to 60 nodes, or with `hub` of 300 of which the first has 150 neighbours and more. */
export function makeGraph(random: Random, build: Build, { hub = false, halfLife = Infinity } = {}): Made {
  const directed = random.next() < 0.5;
  const n = hub ? 300 : 2 + random.below(60);
  const graph = Alm.createSync({ directed, halfLife, wasm: wasm("alm-mesh", build) });
  const link = (from: number, to: number) => {
    // Some weights come often, so that there are ties.
    const weight = random.next() < 0.5 ? (1 + random.below(8)) / 8 : 0.05 + 1.5 * random.next();
    graph.link(from, to, {
      weight,
      type: random.next() < 0.6 ? 0 : random.below(3),
      at: Number.isFinite(halfLife) ? random.below(5000) : 0,
    });
  };
  if (hub) for (let i = 1; i < 160; i++) random.next() < 0.5 ? link(0, i) : link(i, 0);
  for (let i = random.below(4 * n); i >= 0; i--) link(random.below(random.next() < 0.5 ? n : random.below(n) + 1), random.below(n));
  return { graph, n, arcs: arcsOf(graph) };
}

/** The arcs of a graph as they are. */
export function arcsOf(graph: Alm): Edge[] {
  const edges = [...graph.edges()];
  return graph.directed ? edges : edges.flatMap((e) => (e.from === e.to ? [e] : [e, { ...e, from: e.to, to: e.from }]));
}

/** The arcs that a query follows. */
export function followed(arcs: readonly Edge[], { types, minWeight = 0 }: { types?: readonly number[]; minWeight?: number }): Edge[] {
  return arcs.filter((e) => (types === undefined || types.includes(e.type)) && e.weight >= minWeight);
}

/** Arcs turned as a query in this direction sees them. */
export function turned(arcs: readonly Edge[], direction: "out" | "in" | "both" = "out"): Edge[] {
  const back = arcs.map((e) => ({ ...e, from: e.to, to: e.from }));
  return direction === "out" ? [...arcs] : direction === "in" ? back : [...arcs, ...back];
}

/** Shares of the seeds that are nodes. */
export function startsOf(graph: Alm, seeds: readonly number[], weights?: readonly number[]): Map<number, number> {
  const known = seeds.map((id, i) => [id, weights?.[i] ?? 1] as const).filter(([id]) => graph.hasNode(id));
  const total = known.reduce((sum, [, w]) => sum + w, 0);
  const starts = new Map<number, number>();
  for (const [id, w] of known) starts.set(id, (starts.get(id) ?? 0) + w / total);
  return starts;
}

/** A long chain beside a wide star: enough for a query with a deadline of 0 to be cut off. */
export function largeGraph(build: Build, directed = true): Alm {
  const graph = Alm.createSync({ directed, wasm: wasm("alm-mesh", build) });
  const n = 60_000;
  const from = Int32Array.from({ length: 2 * n }, (_, i) => i >> 1);
  const to = Int32Array.from({ length: 2 * n }, (_, i) => (i & 1 ? (i * 7919) % n : (i >> 1) + 1));
  graph.linkMany(from, to, { weights: Float32Array.from({ length: 2 * n }, (_, i) => (1 + (i % 7)) / 8) });
  return graph;
}
