import { describe, expect, it } from "vitest";
import { Landmarks } from "../../src/layers/alm/routes/alt.js";
import { builds, wasm } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";
import { dijkstra } from "../oracle/dijkstra.js";
import { bothWays, expectRoute, frozen, roads, sampleGraphs } from "./routes-helpers.js";

const random = new Random(6);

describe.each(builds)("Landmarks (%s)", (build) => {
  const make = (graph: ReturnType<typeof frozen>, options = {}) =>
    Landmarks.createSync(graph, { ...options, wasm: wasm("alm-labels", build) });

  it.each([1, 2].flatMap((seed) => sampleGraphs(seed)))("knows all pairs: %s", (_, graph) => {
    const all = Array.from({ length: graph.nodes }, (_, u) => u);
    const index = make(graph, { landmarks: random.pick([1, 3, 8, 9, 16, 32]) });
    const image = index.image();
    const matrix = index.matrix(all, all);
    for (const from of all) {
      const distances = dijkstra(graph, from);
      for (const to of all) {
        expectRoute(graph, graph.weights, index, from, to, distances);
        const [cell, distance] = [matrix[from * graph.nodes + to], distances[to]];
        // Not the difference: it is not a number between two infinities.
        if (cell !== distance && !(Math.abs(cell - distance) <= 1e-9 * distance)) throw new Error(`matrix: ${from} -> ${to}`);
      }
    }
    expect(Buffer.compare(index.image(), image)).toBe(0);
  });

  it("takes new weights and keeps its landmarks", () => {
    for (const [, graph] of sampleGraphs(4)) {
      const index = make(graph, { landmarks: 8 });
      const before = index.image();
      const weights = graph.weights.map((w) => (random.below(2) === 0 ? w : random.next() * 9));
      index.reweight(weights);
      for (let from = 0; from < graph.nodes; from += 7) {
        const distances = dijkstra(graph, from, weights);
        for (let to = 0; to < graph.nodes; to++) expectRoute(graph, weights, index, from, to, distances);
      }
      index.reweight(graph.weights);
      expect(Buffer.compare(index.image(), before)).toBe(0);
    }
  });

  it("is exact where the bounds are coarse: a long way beside many short ones", () => {
    const arcs = Array.from({ length: 900 }, (): [number, number, number] => [random.below(150), random.below(150), random.next()]);
    const graph = frozen(152, [...bothWays(arcs), ...bothWays([[0, 150, 1e9]]), [150, 151, 1e12]]);
    const index = make(graph);
    for (let from = 0; from < graph.nodes; from += 5) {
      const distances = dijkstra(graph, from);
      for (let to = 0; to < graph.nodes; to++) expectRoute(graph, graph.weights, index, from, to, distances);
    }
  });

  it("looks at few nodes of many", () => {
    const side = 60;
    const arcs = Array.from({ length: side * side }, (_, u): [number, number, number][] => [
      ...(u % side === side - 1 ? [] : [[u, u + 1, 1 + random.next()] as [number, number, number]]),
      ...(u + side >= side * side ? [] : [[u, u + side, 1 + random.next()] as [number, number, number]]),
    ]).flat();
    const index = make(frozen(side * side, bothWays(arcs)));
    let searched = 0;
    for (let i = 0; i < 100; i++) {
      index.route(random.below(side * side), random.below(side * side));
      searched += index.searched;
    }
    expect(searched / 100).toBeLessThan((side * side) / 10);
  });

  it("refuses what it cannot do, and stays what it was", () => {
    const graph = frozen(4, [
      [0, 1, 1],
      [1, 2, 2],
    ]);
    for (const landmarks of [0, 33, 1.5])
      expect(() => make(graph, { landmarks })).toThrow(expect.objectContaining({ code: "ERR_ARGUMENT" }));
    const large = frozen(2000, bothWays(Array.from({ length: 1999 }, (_, i) => [i, i + 1, 1])));
    expect(() => make(large, { maxBytes: 50_000 })).toThrow(expect.objectContaining({ code: "ERR_MEMORY" }));
    const index = make(graph);
    const image = index.image();
    expect(() => index.reweight(Float32Array.of(1))).toThrow(expect.objectContaining({ code: "ERR_ARGUMENT" }));
    expect(() => index.reweight(Float32Array.of(1, -1))).toThrow(expect.objectContaining({ code: "ERR_ARGUMENT" }));
    expect(() => index.reweight(Float32Array.of(1, Infinity))).toThrow(expect.objectContaining({ code: "ERR_NOT_FINITE" }));
    expect(Buffer.compare(index.image(), image)).toBe(0);
    expect(index.distance(0, 2)).toBe(3);
    index.dispose();
    for (const call of [() => index.route(0, 1), () => index.distance(0, 1), () => index.matrix([0], [1]), () => index.searched]) {
      expect(call).toThrow(expect.objectContaining({ code: "ERR_DISPOSED" }));
    }
  });

  it("goes on where memory for new weights runs out in the middle", () => {
    // A graph that is symmetric needs half the bounds of one that is not.
    const graph = frozen(600, bothWays(Array.from({ length: 599 }, (_, i) => [i, i + 1, 1])));
    const index = make(graph, { maxBytes: make(graph).stateBytes });
    const distances = dijkstra(graph, 7);
    expectRoute(graph, graph.weights, index, 7, 500, distances);
    expect(() => index.reweight(graph.weights.map(() => random.next()))).toThrow(expect.objectContaining({ code: "ERR_MEMORY" }));
    for (let to = 0; to < 600; to++) expectRoute(graph, graph.weights, index, 7, to, distances);
  });
});

describe("Landmarks", () => {
  it("has the same image in both builds, and through create()", async () => {
    for (const [, graph] of sampleGraphs(6)) {
      const image = Landmarks.createSync(graph, { wasm: wasm("alm-labels", "debug") }).image();
      expect(Buffer.compare(Landmarks.createSync(graph, { wasm: wasm("alm-labels", "release") }).image(), image)).toBe(0);
      expect(Buffer.compare((await Landmarks.create(graph)).image(), image)).toBe(0);
    }
  });

  it("knows the ways through a city", () => {
    const graph = roads("amsterdam");
    if (graph === undefined) return;
    const index = Landmarks.createSync(graph);
    const targets = Array.from({ length: 60 }, () => random.below(graph.nodes));
    for (let i = 0; i < 3; i++) {
      const from = random.below(graph.nodes);
      const distances = dijkstra(graph, from);
      for (const to of targets) expectRoute(graph, graph.weights, index, from, to, distances);
      const row = index.matrix([from], targets);
      targets.forEach((to, j) => {
        expect(row[j]).toBe(distances[to]);
      });
    }
  }, 120_000);
});
