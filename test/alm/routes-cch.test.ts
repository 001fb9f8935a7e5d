import { describe, expect, it } from "vitest";
import { CustomizableHierarchy, type CustomizableHierarchyOptions } from "../../src/layers/alm/routes/cch.js";
import type { FrozenGraph } from "../../src/layers/alm/routes/types.js";
import { builds, wasm } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";
import { dijkstra } from "../oracle/dijkstra.js";
import { type Arc, bothWays, expectRoute, frozen, roads, sampleGraphs } from "./routes-helpers.js";

/** All pairs by the matrix, and every so many of them by route and distance. */
function expectAllPairs(graph: FrozenGraph, weights: Float32Array, index: CustomizableHierarchy, every = 1): void {
  const all = Array.from({ length: graph.nodes }, (_, i) => i);
  const matrix = index.matrix(all, all);
  expect(matrix.length).toBe(graph.nodes ** 2);
  for (const from of all) {
    const distances = dijkstra(graph, from, weights);
    for (const to of all) {
      const pair = from * graph.nodes + to;
      if (pair % every === 0) expectRoute(graph, weights, index, from, to, distances);
      const want = distances[to];
      if (matrix[pair] !== want && !(Math.abs(matrix[pair] - want) <= 1e-9 * want)) {
        throw new Error(`${from} -> ${to}: ${matrix[pair]} in the matrix for ${want}`);
      }
    }
  }
}

describe.each(builds)("CustomizableHierarchy (%s)", (build) => {
  const make = (graph: FrozenGraph, options: CustomizableHierarchyOptions = {}) =>
    CustomizableHierarchy.createSync(graph, { ...options, wasm: wasm("alm-cch", build) });

  it("finds the cheapest path between all pairs, whatever the weights become", () => {
    const random = new Random(21);
    for (const seed of [1, 2]) {
      for (const [name, graph] of sampleGraphs(seed)) {
        const index = make(graph);
        expect(index.kind, name).toBe("cch");
        expectAllPairs(graph, graph.weights, index, seed === 1 ? 1 : 7);
        for (let round = 0; round < 10; round++) {
          const weights = graph.weights.map((w) => (random.below(2) === 0 ? w : random.below(20) * random.next()));
          index.reweight(weights);
          expectAllPairs(graph, weights, index, 23);
        }
        index.reweight(graph.weights);
        expectAllPairs(graph, graph.weights, index, 23);
      }
    }
  });

  it("uses coordinates as a hint only", () => {
    const random = new Random(4);
    for (const [, graph] of sampleGraphs(7)) {
      const x = Array.from({ length: graph.nodes }, () => random.below(5) - 2);
      const y = Array.from({ length: graph.nodes }, () => 1e300 * random.next());
      expectAllPairs(graph, graph.weights, make(graph, { coordinates: { x, y } }), 7);
    }
  });

  it("cuts larger graphs, and is exact there too", () => {
    const random = new Random(9);
    const side = 40;
    const arcs: Arc[] = [];
    for (let u = 0; u < side * side; u++) {
      // Streets, some of them one way, some missing, and a few bridges.
      if (u % side > 0 && random.below(10) > 0) arcs.push([u, u - 1, random.next()], ...(random.below(4) ? [[u - 1, u, 1] as Arc] : []));
      if (u >= side && random.below(10) > 0) arcs.push([u - side, u, random.next()], ...(random.below(4) ? [[u, u - side, 1] as Arc] : []));
      if (random.below(100) === 0) arcs.push([u, random.below(side * side), 0.1]);
    }
    const graph = frozen(side * side, arcs);
    const index = make(graph);
    for (let round = 0; round < 3; round++) {
      const weights = graph.weights.map((w) => w * random.below(5));
      index.reweight(weights);
      const sources = Array.from({ length: 6 }, () => random.below(graph.nodes));
      const targets = Array.from({ length: 25 }, () => random.below(graph.nodes));
      const matrix = index.matrix(sources, targets);
      for (const [i, from] of sources.entries()) {
        const distances = dijkstra(graph, from, weights);
        for (const [j, to] of targets.entries()) {
          expectRoute(graph, weights, index, from, to, distances);
          const want = distances[to];
          if (matrix[i * targets.length + j] !== want) {
            expect(Math.abs(matrix[i * targets.length + j] - want)).toBeLessThanOrEqual(1e-9 * want);
          }
        }
      }
    }
  });

  it("gives paths longer than its first piece of room", () => {
    const n = 5000;
    const graph = frozen(n, bothWays(Array.from({ length: n - 1 }, (_, i): Arc => [i, i + 1, 1])));
    const index = make(graph);
    expect(index.route(0, n - 1)?.length).toBe(n - 1);
    expectRoute(graph, graph.weights, index, n - 1, 0, dijkstra(graph, n - 1));
    expectRoute(graph, graph.weights, index, 17, 4321, dijkstra(graph, 17));
  });

  it("gives empty matrices", () => {
    const index = make(frozen(3, [[0, 1, 1]]));
    expect(index.matrix([], [1])).toEqual(new Float64Array(0));
    expect(index.matrix([1], [])).toEqual(new Float64Array(0));
    expect(index.matrix([0, 2, 0], [1, 0])).toEqual(Float64Array.of(1, 0, Infinity, Infinity, 1, 0));
  });

  it("refuses what is outside its domain and stays as it was", () => {
    const graph = frozen(3, [
      [0, 1, 1],
      [1, 2, 2],
    ]);
    const index = make(graph);
    const before = index.image();
    const code = (expected: string) => expect.objectContaining({ code: expected });
    expect(() => index.reweight(Float32Array.of(1))).toThrow(code("ERR_ARGUMENT"));
    expect(() => index.reweight(Float32Array.of(1, -1))).toThrow(code("ERR_ARGUMENT"));
    expect(() => index.reweight(Float32Array.of(1, Number.NaN))).toThrow(code("ERR_NOT_FINITE"));
    expect(() => index.matrix([3], [0])).toThrow(code("ERR_ARGUMENT"));
    expect(() => index.matrix([0], [-1])).toThrow(code("ERR_ARGUMENT"));
    expect(index.image()).toEqual(before);
    expect(() => make({ ...graph, weights: Float32Array.of(1, Infinity) })).toThrow(code("ERR_NOT_FINITE"));
    expect(() => make({ ...graph, targets: Uint32Array.of(1, 3) })).toThrow(code("ERR_ARGUMENT"));
    expect(() => make(graph, { coordinates: { x: [0, 1], y: [0, 1, 2] } })).toThrow(code("ERR_ARGUMENT"));
    expect(() => make(graph, { coordinates: { x: [0, 1, 2], y: [0, 1, Number.NaN] } })).toThrow(code("ERR_NOT_FINITE"));
    expect(() => make(graph, { coordinates: null as unknown as undefined })).toThrow(code("ERR_ARGUMENT"));
    expect(() => make(graph, { maxBytes: 1 })).toThrow(code("ERR_ARGUMENT"));
    const line = frozen(2000, bothWays(Array.from({ length: 1999 }, (_, i): Arc => [i, i + 1, 1])));
    expect(() => make(line, { maxBytes: 50_000 })).toThrow(code("ERR_MEMORY"));
    index.dispose();
    index.dispose();
    expect(() => index.route(0, 1)).toThrow(code("ERR_DISPOSED"));
    expect(() => index.distance(0, 1)).toThrow(code("ERR_DISPOSED"));
    expect(() => index.reweight(graph.weights)).toThrow(code("ERR_DISPOSED"));
  });

  it("keeps its image through queries", () => {
    const [, graph] = sampleGraphs(5)[3];
    const index = make(graph);
    const before = index.image();
    for (let from = 0; from < graph.nodes; from++) index.route(from, (from * 31) % graph.nodes);
    index.matrix([0, 1, 2], [5, 6, 7]);
    expect(Buffer.compare(index.image(), before)).toBe(0);
    expect(index.stateBytes).toBe(before.length);
  });
});

describe("CustomizableHierarchy of a city", () => {
  it("is exact on the roads of Amsterdam", { timeout: 60_000 }, async () => {
    const graph = roads("amsterdam");
    if (graph === undefined) return;
    const random = new Random(6);
    const index = await CustomizableHierarchy.create(graph);
    expect(index.stats().levels).toBeLessThan(300);
    for (let round = 0; round < 2; round++) {
      const weights = round === 0 ? graph.weights : graph.weights.map((w) => w * (1 + 3 * random.next()));
      if (round > 0) index.reweight(weights);
      for (let i = 0; i < 6; i++) {
        const from = random.below(graph.nodes);
        const distances = dijkstra(graph, from, weights);
        for (let j = 0; j < 50; j++) expectRoute(graph, weights, index, from, random.below(graph.nodes), distances);
      }
    }
  });
});
