import { describe, expect, it } from "vitest";
import { HubLabels } from "../../src/layers/alm/routes/labels.js";
import { haveData, readData } from "../helpers/data.js";
import { builds, wasm } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";
import { dijkstra } from "../oracle/dijkstra.js";
import { bothWays, expectRoute, frozen, sampleGraphs } from "./routes-helpers.js";

const random = new Random(5);
const shuffled = (n: number): Uint32Array => {
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
};

/** The autonomous systems of the internet, undirected, with random costs of 1 to 99; undefined where the data is not here. */
function internet(): ReturnType<typeof frozen> | undefined {
  if (!haveData("graphs/as-caida20070917.txt.gz")) return undefined;
  const numbers = new Map<string, number>();
  const edges = new Map<string, [number, number, number]>();
  const numberOf = (name: string): number => {
    const number = numbers.get(name) ?? numbers.size;
    numbers.set(name, number);
    return number;
  };
  for (const line of readData("graphs/as-caida20070917.txt.gz").toString().split("\n")) {
    if (line === "" || line.startsWith("#")) continue;
    const [a, b] = line.split(/\s+/).slice(0, 2).map(numberOf);
    // The list has every link from both ends.
    if (a < b) edges.set(`${a} ${b}`, [a, b, 1 + random.below(99)]);
  }
  return frozen(numbers.size, bothWays([...edges.values()]));
}

describe.each(builds)("HubLabels (%s)", (build) => {
  const make = (graph: ReturnType<typeof frozen>, options = {}) =>
    HubLabels.createSync(graph, { ...options, wasm: wasm("alm-labels", build) });

  it.each([1, 2].flatMap((seed) => sampleGraphs(seed)))("knows all pairs: %s", (_, graph) => {
    const all = Array.from({ length: graph.nodes }, (_, u) => u);
    for (const order of [undefined, shuffled(graph.nodes)]) {
      const index = make(graph, { order });
      const image = index.image();
      const matrix = index.matrix(all, all);
      for (const from of all) {
        const distances = dijkstra(graph, from);
        for (const to of all) {
          expectRoute(graph, graph.weights, index, from, to, distances);
          if (matrix[from * graph.nodes + to] !== index.distance(from, to)) throw new Error(`matrix: ${from} -> ${to}`);
        }
      }
      expect(Buffer.compare(index.image(), image)).toBe(0);
    }
  });

  it("knows all distances of many random graphs", () => {
    for (let round = 0; round < 60; round++) {
      const nodes = 40 + random.below(80);
      const edges = Array.from({ length: 2 * nodes + random.below(nodes) }, (): [number, number, number] => {
        const from = random.below(nodes);
        const to = random.below(2) === 0 ? random.below(nodes) : Math.min(nodes - 1, from + random.below(4));
        return [from, to, 1 + random.below(5)];
      });
      const graph = frozen(nodes, round % 3 === 0 ? edges : bothWays(edges));
      const index = make(graph);
      for (let from = 0; from < nodes; from++) {
        const found = Float64Array.from({ length: nodes }, (_, to) => index.distance(from, to));
        const wrong = dijkstra(graph, from).findIndex((distance, to) => distance !== found[to]);
        expect(wrong, `round ${round}, from ${from}`).toBe(-1);
      }
    }
  });

  it("takes new weights, also such that a symmetric graph is one no more, and is then what it would be if made with them", () => {
    for (const [, graph] of sampleGraphs(4)) {
      const index = make(graph);
      const before = index.image();
      const weights = graph.weights.map((w) => (random.below(2) === 0 ? w : random.next() * 9));
      index.reweight(weights);
      expect(Buffer.compare(index.image(), make({ ...graph, weights }).image())).toBe(0);
      for (let from = 0; from < graph.nodes; from += 7) {
        const distances = dijkstra(graph, from, weights);
        for (let to = 0; to < graph.nodes; to++) expectRoute(graph, weights, index, from, to, distances);
      }
      index.reweight(graph.weights);
      expect(Buffer.compare(index.image(), before)).toBe(0);
    }
  });

  it("keeps one label for both directions in a symmetric graph", () => {
    const edges = Array.from({ length: 120 }, (): [number, number, number] => [random.below(40), random.below(40), 1 + random.below(9)]);
    const graph = frozen(40, bothWays(edges));
    const order = shuffled(40);
    const index = make(graph, { order });
    // About the same costs, but no longer the same both ways.
    const weights = graph.weights.map((w) => w + random.next() / 1000);
    expect(make({ ...graph, weights }, { order }).entries).toBeGreaterThan(1.5 * index.entries);
  });

  it("has simple paths where arcs cost nothing", () => {
    for (let round = 0; round < 10; round++) {
      const edges = Array.from({ length: 50 }, (): [number, number, number] => [random.below(25), random.below(25), random.below(2)]);
      const graph = frozen(25, bothWays(edges));
      const index = make(graph, { order: shuffled(25) });
      for (let pair = 0; pair < 625; pair++) {
        const path = index.route(Math.floor(pair / 25), pair % 25);
        const nodes = [Math.floor(pair / 25), ...(path ?? []).map((arc) => graph.targets[arc])];
        expect(new Set(nodes).size).toBe(nodes.length);
      }
    }
  });

  it("stops where the labels outgrow maxBytes, and stays what it was", () => {
    const edges = Array.from({ length: 4000 }, (): [number, number, number] => [random.below(400), random.below(400), random.next()]);
    const graph = frozen(400, edges);
    expect(() => make(graph, { maxBytes: 100_000 })).toThrow(expect.objectContaining({ code: "ERR_MEMORY" }));
    // Where arcs cost nothing, one hub does for all.
    const flat = { ...graph, weights: graph.weights.map(() => 0) };
    const needed = make(flat).stateBytes;
    expect(make(graph).stateBytes).toBeGreaterThan(needed);
    const index = make(flat, { maxBytes: needed });
    const image = index.image();
    expect(() => index.reweight(graph.weights)).toThrow(expect.objectContaining({ code: "ERR_MEMORY" }));
    expect(() => index.reweight(graph.weights.subarray(1))).toThrow(expect.objectContaining({ code: "ERR_ARGUMENT" }));
    expect(() => index.reweight(graph.weights.map(() => Number.NaN))).toThrow(expect.objectContaining({ code: "ERR_NOT_FINITE" }));
    expect(Buffer.compare(index.image(), image)).toBe(0);
    const distances = dijkstra(flat, 3);
    for (let to = 0; to < 400; to++) expectRoute(flat, flat.weights, index, 3, to, distances);
  });

  it("refuses what is no order", () => {
    const graph = frozen(3, [[0, 1, 1]]);
    for (const order of [new Uint32Array(2), Uint32Array.of(0, 1, 1), Uint32Array.of(0, 1, 3), [0, 1, 0.5]]) {
      expect(() => make(graph, { order })).toThrow(expect.objectContaining({ code: "ERR_ARGUMENT" }));
    }
    expect(() => make(graph, { maxBytes: 1 })).toThrow(expect.objectContaining({ code: "ERR_ARGUMENT" }));
    expect(() => make({ ...graph, nodes: 2 })).toThrow(expect.objectContaining({ code: "ERR_ARGUMENT" }));
  });

  it("answers no more after dispose()", () => {
    const index = make(frozen(2, [[0, 1, 1]]));
    index.dispose();
    index.dispose();
    for (const call of [
      () => index.route(0, 1),
      () => index.distance(0, 1),
      () => index.matrix([0], [1]),
      () => index.reweight(new Float32Array(1)),
    ]) {
      expect(call).toThrow(expect.objectContaining({ code: "ERR_DISPOSED" }));
    }
  });
});

describe("HubLabels", () => {
  it("has the same image in both builds, and through create()", async () => {
    for (const [, graph] of sampleGraphs(6)) {
      const image = HubLabels.createSync(graph, { wasm: wasm("alm-labels", "debug") }).image();
      expect(Buffer.compare(HubLabels.createSync(graph, { wasm: wasm("alm-labels", "release") }).image(), image)).toBe(0);
      expect(Buffer.compare((await HubLabels.create(graph)).image(), image)).toBe(0);
    }
  });

  it("knows the ways through the internet", () => {
    const graph = internet();
    if (graph === undefined) return;
    const index = HubLabels.createSync(graph);
    expect(index.entries / graph.nodes).toBeLessThan(12);
    const targets = Array.from({ length: 500 }, () => random.below(graph.nodes));
    for (let i = 0; i < 5; i++) {
      const from = random.below(graph.nodes);
      const distances = dijkstra(graph, from);
      for (const to of targets) expectRoute(graph, graph.weights, index, from, to, distances);
      expect(index.matrix([from], targets)).toEqual(Float64Array.from(targets, (to) => distances[to]));
    }
  });
});
