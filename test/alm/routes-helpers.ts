import { expect } from "vitest";
import type { FrozenGraph, RouteIndex } from "../../src/layers/alm/routes/types.js";
import { haveData, readData } from "../helpers/data.js";
import { Random } from "../helpers/random.js";

/** An arc of a list: from, to, weight. */
export type Arc = readonly [from: number, to: number, weight: number];

/** A graph from a list of arcs, those of a node in the order of the list. */
export function frozen(nodes: number, arcs: readonly Arc[]): FrozenGraph {
  const offsets = new Uint32Array(nodes + 1);
  for (const [from] of arcs) offsets[from + 1]++;
  for (let u = 0; u < nodes; u++) offsets[u + 1] += offsets[u];
  const next = offsets.slice();
  const targets = new Uint32Array(arcs.length);
  const weights = new Float32Array(arcs.length);
  for (const [from, to, weight] of arcs) {
    targets[next[from]] = to;
    weights[next[from]++] = weight;
  }
  return { nodes, offsets, targets, weights };
}

/** Every arc and its reverse. */
export function bothWays(arcs: readonly Arc[]): Arc[] {
  return arcs.flatMap(([from, to, weight]): Arc[] => [
    [from, to, weight],
    [to, from, weight],
  ]);
}

/**
 * Checks what an index says about the way from `from` to `to`.
 * @param distances what the oracle says: `dijkstra(graph, from, weights)`
 */
export function expectRoute(
  graph: FrozenGraph,
  weights: Float32Array,
  index: RouteIndex,
  from: number,
  to: number,
  distances: Float64Array,
): void {
  const want = distances[to];
  const where = `${from} -> ${to}`;
  const path = index.route(from, to);
  const distance = index.distance(from, to);
  if (want === Infinity) {
    expect([path, distance], where).toEqual([undefined, Infinity]);
    return;
  }
  if (path === undefined) throw new Error(`${where}: no path found, there is one of ${want}`);
  let at = from;
  let sum = 0;
  for (const arc of path) {
    if (!(graph.offsets[at] <= arc && arc < graph.offsets[at + 1])) throw new Error(`${where}: arc ${arc} does not leave ${at}`);
    at = graph.targets[arc];
    sum += weights[arc];
  }
  expect(at, `${where}: end of the path`).toBe(to);
  if (from === to) expect(path.length, where).toBe(0);
  const slack = 1e-9 * want;
  expect(Math.abs(sum - want), `${where}: ${sum} for ${want}`).toBeLessThanOrEqual(slack);
  expect(Math.abs(distance - want), `${where}: distance ${distance} for ${want}`).toBeLessThanOrEqual(slack);
}

/** Small graphs of every shape that an index must bear: name and graph. */
export function sampleGraphs(seed: number): [name: string, graph: FrozenGraph][] {
  const random = new Random(seed);
  const cost = (): number => random.below(8) + (random.below(3) === 0 ? random.next() : 0);
  const grid: Arc[] = [];
  for (let x = 0; x < 9; x++) {
    for (let y = 0; y < 8; y++) {
      const u = x * 8 + y;
      if (y < 7) grid.push([u, u + 1, cost()], [u + 1, u, cost()]);
      if (x < 8) grid.push([u, u + 8, cost()], [u + 8, u, cost()]);
    }
  }
  const sparse = (nodes: number, arcs: number): Arc[] =>
    Array.from({ length: arcs }, (): Arc => [random.below(nodes), random.below(nodes), cost()]);
  const scaleFree: Arc[] = [];
  for (let u = 1; u < 90; u++) {
    for (let i = 0; i < 3; i++) {
      // The end of an arc drawn before: likelier the more arcs a node has.
      const v = scaleFree.length === 0 ? 0 : random.pick(scaleFree)[random.below(2)];
      scaleFree.push([u, v as number, cost()], [v as number, u, cost()]);
    }
  }
  const components = [...sparse(25, 70), ...sparse(25, 60).map(([a, b, w]): Arc => [a + 30, b + 30, w])];
  const parallel = sparse(12, 40).flatMap(([a, b, w]): Arc[] => [
    [a, b, w + 1],
    [a, b, w],
    [a, a, w],
    [a, b, w + 2],
  ]);
  return [
    ["no node", frozen(0, [])],
    ["one node", frozen(1, [[0, 0, 1]])],
    ["two nodes, one way", frozen(2, [[0, 1, 0.1]])],
    ["a grid", frozen(72, grid)],
    ["sparse", frozen(70, sparse(70, 170))],
    ["sparse, both ways", frozen(60, bothWays(sparse(60, 80)))],
    ["dense", frozen(25, sparse(25, 300))],
    ["scale-free", frozen(90, scaleFree)],
    ["components", frozen(60, components)],
    ["parallel arcs and loops", frozen(12, parallel)],
    [
      "zero weights",
      frozen(
        40,
        sparse(40, 120).map(([a, b]): Arc => [a, b, random.below(2)]),
      ),
    ],
    [
      "all weights zero",
      frozen(
        30,
        sparse(30, 90).map(([a, b]): Arc => [a, b, 0]),
      ),
    ],
    [
      "weights far apart",
      frozen(
        40,
        sparse(40, 160).map(([a, b, w]): Arc => [a, b, w * (random.below(2) === 0 ? 1e-30 : 1e30)]),
      ),
    ],
    ["a star", frozen(50, bothWays(Array.from({ length: 49 }, (_, i): Arc => [0, i + 1, cost()])))],
    ["a line", frozen(60, bothWays(Array.from({ length: 59 }, (_, i): Arc => [i, i + 1, cost()])))],
  ];
}

/** A road network of the public data, undirected, the weight the euclidean distance; undefined where the data is not here. */
export function roads(city: "amsterdam" | "moscow"): FrozenGraph | undefined {
  if (!haveData(`roads/${city}.gr.bin.gz`)) return undefined;
  const ints = (name: string): Int32Array => {
    const bytes = readData(name);
    return new Int32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  };
  const places = ints(`roads/${city}.co.bin.gz`);
  const pairs = ints(`roads/${city}.gr.bin.gz`);
  const arcs: Arc[] = [];
  for (let i = 0; i < pairs.length; i += 2) {
    const [a, b] = [pairs[i] - 1, pairs[i + 1] - 1];
    arcs.push([a, b, Math.sqrt((places[2 * a] - places[2 * b]) ** 2 + (places[2 * a + 1] - places[2 * b + 1]) ** 2)]);
  }
  return frozen(places.length / 2, bothWays(arcs));
}
