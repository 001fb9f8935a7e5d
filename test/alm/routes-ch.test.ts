import { describe, expect, it } from "vitest";
import { ContractionHierarchy } from "../../src/layers/alm/routes/ch.js";
import type { FrozenGraph } from "../../src/layers/alm/routes/types.js";
import { builds, wasm } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";
import { dijkstra } from "../oracle/dijkstra.js";
import { type Arc, bothWays, expectRoute, frozen, roads, sampleGraphs } from "./routes-helpers.js";

const allNodes = (graph: FrozenGraph): number[] => Array.from({ length: graph.nodes }, (_, u) => u);

/** Checks every pair of nodes. */
function expectAll(graph: FrozenGraph, weights: Float32Array, index: ContractionHierarchy): void {
  for (let from = 0; from < graph.nodes; from++) {
    const distances = dijkstra(graph, from, weights);
    for (let to = 0; to < graph.nodes; to++) expectRoute(graph, weights, index, from, to, distances);
  }
}

/** Checks the matrix of two lists of nodes. */
function expectMatrix(graph: FrozenGraph, weights: Float32Array, index: ContractionHierarchy, sources: number[], targets: number[]): void {
  const matrix = index.matrix(sources, targets);
  expect(matrix.length).toBe(sources.length * targets.length);
  sources.forEach((from, s) => {
    const distances = dijkstra(graph, from, weights);
    targets.forEach((to, t) => {
      const [got, want] = [matrix[s * targets.length + t], distances[to]];
      if (want === Infinity) expect(got, `${from} -> ${to}`).toBe(Infinity);
      else expect(Math.abs(got - want), `${from} -> ${to}: ${got} for ${want}`).toBeLessThanOrEqual(1e-9 * want);
    });
  });
}

describe.each(builds)("ContractionHierarchy (%s)", (build) => {
  const make = (graph: FrozenGraph, options = {}) => ContractionHierarchy.createSync(graph, { ...options, wasm: wasm("alm-ch", build) });

  it.each([1, 2].flatMap((seed) => sampleGraphs(seed).map(([name, graph]) => [name, seed, graph] as const)))(
    "answers like Dijkstra's algorithm: %s, seed %i",
    (_name, _seed, graph) => {
      const index = make(graph);
      const before = index.image();
      expectAll(graph, graph.weights, index);
      expectMatrix(graph, graph.weights, index, allNodes(graph), allNodes(graph).reverse());
      expect(index.image()).toEqual(before);
      expect(make(graph).image()).toEqual(before);
      index.dispose();
    },
  );

  it("takes new weights", () => {
    for (const [name, graph] of sampleGraphs(5)) {
      const random = new Random(6);
      const weights = graph.weights.map(() => random.below(50));
      const index = make(graph);
      index.reweight(weights);
      expectAll(graph, weights, index);
      expect(index.image(), name).toEqual(make({ ...graph, weights }).image());
    }
  });

  it("crosses a core that it does not contract", () => {
    const random = new Random(7);
    const nodes = 700;
    const arcs = Array.from({ length: 40 * nodes }, (): Arc => [random.below(nodes), random.below(nodes), 1 + random.next() / 8]);
    const tails = Array.from({ length: 100 }, (_, i): Arc => [random.below(nodes), nodes + i, random.next()]);
    const graph = frozen(nodes + 100, [...arcs, ...bothWays(tails)]);
    const index = make(graph);
    expect(index.statistics.core).toBeGreaterThan(0);
    expect(index.statistics.core).toBeLessThanOrEqual(nodes);
    const some = Array.from({ length: 25 }, () => random.below(graph.nodes));
    for (const from of some) {
      const distances = dijkstra(graph, from);
      for (let i = 0; i < 25; i++) expectRoute(graph, graph.weights, index, from, random.below(graph.nodes), distances);
    }
    expectMatrix(graph, graph.weights, index, some, some.slice(5));
  });

  it("finds long paths and has no path where there is none", () => {
    const n = 30_000;
    const graph = frozen(
      n,
      Array.from({ length: n - 1 }, (_, i): Arc => [i, i + 1, 0.5]),
    );
    const index = make(graph);
    expect(index.route(0, n - 1)).toEqual(Uint32Array.from({ length: n - 1 }, (_, i) => i));
    expect(index.distance(0, n - 1)).toBe((n - 1) / 2);
    expect(index.route(n - 1, 0)).toBeUndefined();
    expect(index.distance(1, 0)).toBe(Infinity);
    expect(index.route(7, 7)).toEqual(new Uint32Array(0));
  });

  it("refuses what is not a graph, weights or nodes, and stays as it was", () => {
    const graph = frozen(3, [
      [0, 1, 1],
      [1, 2, 2],
    ]);
    const refused = (change: Partial<FrozenGraph>, code: string, text: string): void => {
      expect(() => make({ ...graph, ...change })).toThrowError(expect.objectContaining({ code, message: expect.stringContaining(text) }));
    };
    refused({ nodes: 2 }, "ERR_ARGUMENT", "graph.offsets: expected 3 of them");
    refused({ nodes: -1 }, "ERR_ARGUMENT", "graph.nodes");
    refused({ offsets: Uint32Array.of(1, 1, 2, 2) }, "ERR_ARGUMENT", "graph.offsets[0]");
    refused({ offsets: Uint32Array.of(0, 2, 1, 2) }, "ERR_ARGUMENT", "graph.offsets[2]");
    refused({ offsets: Uint32Array.of(0, 1, 1, 1) }, "ERR_ARGUMENT", "graph.offsets[3]");
    refused({ targets: Uint32Array.of(1, 3) }, "ERR_ARGUMENT", "graph.targets[1]");
    refused({ weights: Float32Array.of(1) }, "ERR_ARGUMENT", "graph.weights");
    refused({ weights: Float32Array.of(1, -1) }, "ERR_ARGUMENT", "graph.weights[1]");
    refused({ weights: Float32Array.of(NaN, 1) }, "ERR_NOT_FINITE", "graph.weights[0]");
    expect(() => make(undefined as never)).toThrowError(expect.objectContaining({ code: "ERR_ARGUMENT" }));
    const index = make(graph);
    const before = index.image();
    expect(() => index.reweight(Float32Array.of(1, Infinity))).toThrowError(expect.objectContaining({ code: "ERR_NOT_FINITE" }));
    expect(() => index.reweight(Float32Array.of(1, 2, 3))).toThrowError(expect.objectContaining({ code: "ERR_ARGUMENT" }));
    expect(() => index.matrix([0], [3])).toThrowError(expect.objectContaining({ code: "ERR_ARGUMENT" }));
    expect(() => index.matrix([0.5], [1])).toThrowError(expect.objectContaining({ code: "ERR_ARGUMENT" }));
    expect(index.matrix([], [1])).toEqual(new Float64Array(0));
    expect(index.image()).toEqual(before);
    index.dispose();
    expect(() => index.distance(0, 1)).toThrowError(expect.objectContaining({ code: "ERR_DISPOSED" }));
  });

  it("keeps to its limit of bytes", () => {
    const graph = frozen(
      500,
      Array.from({ length: 499 }, (_, i): Arc => [i, i + 1, 1]),
    );
    expect(() => make(graph, { maxBytes: 8192 })).toThrowError(expect.objectContaining({ code: "ERR_MEMORY" }));
    // Other weights take other shortcuts: an index that has just its own bytes may have no room for those.
    const [, dense] = sampleGraphs(8)[6];
    const maxBytes = make(dense).stateBytes;
    const index = make(dense, { maxBytes });
    const before = index.image();
    const random = new Random(9);
    let refused = 0;
    for (let i = 0; i < 40 && refused === 0; i++) {
      try {
        index.reweight(dense.weights.map(() => 1 + random.next() / 1000));
        index.reweight(dense.weights);
      } catch (error) {
        expect(error).toMatchObject({ code: "ERR_MEMORY" });
        refused++;
      }
    }
    expect(refused).toBe(1);
    if (index.image().length === before.length) expectMatrix(dense, dense.weights, index, [0, 1, 2], [3, 4, 5]);
  });
});

describe("ContractionHierarchy", () => {
  it("is the same whatever the build of the module", () => {
    for (const [name, graph] of sampleGraphs(10)) {
      const [a, b] = builds.map((build) => ContractionHierarchy.createSync(graph, { wasm: wasm("alm-ch", build) }).image());
      expect(a, name).toEqual(b);
    }
  });

  it("is made from the embedded module, at once or not", async () => {
    const [, graph] = sampleGraphs(11)[3];
    const index = await ContractionHierarchy.create(graph);
    expect(index.image()).toEqual(ContractionHierarchy.createSync(graph).image());
    expectAll(graph, graph.weights, index);
  });

  it("answers on the roads of Amsterdam", () => {
    const graph = roads("amsterdam");
    if (graph === undefined) return;
    const index = ContractionHierarchy.createSync(graph, { wasm: wasm("alm-ch", "release") });
    expect(index.statistics.core).toBe(0);
    const random = new Random(12);
    for (let s = 0; s < 10; s++) {
      const from = random.below(graph.nodes);
      const distances = dijkstra(graph, from);
      for (let t = 0; t < 20; t++) expectRoute(graph, graph.weights, index, from, random.below(graph.nodes), distances);
    }
    const some = Array.from({ length: 12 }, () => random.below(graph.nodes));
    expectMatrix(graph, graph.weights, index, some.slice(0, 4), some);
  });
});
