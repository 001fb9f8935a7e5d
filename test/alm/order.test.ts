import { describe, expect, it } from "vitest";
import { CustomizableHierarchy } from "../../src/layers/alm/routes/cch.js";
import type { FrozenGraph } from "../../src/layers/alm/routes/types.js";
import { sameImage } from "../helpers/images.js";
import { builds, wasm } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";
import { eliminateBy } from "../oracle/elimination.js";
import { type Arc, bothWays, frozen, sampleGraphs } from "./routes-helpers.js";

/** A square grid of side `side`, and where its nodes are. */
function gridOf(side: number): { graph: FrozenGraph; coordinates: { x: Float64Array; y: Float64Array } } {
  const arcs: Arc[] = [];
  for (let u = 0; u < side * side; u++) {
    if (u % side > 0) arcs.push([u, u - 1, 1]);
    if (u >= side) arcs.push([u, u - side, 1]);
  }
  const x = Float64Array.from({ length: side * side }, (_, u) => u % side);
  const y = Float64Array.from({ length: side * side }, (_, u) => Math.floor(u / side));
  return { graph: frozen(side * side, bothWays(arcs)), coordinates: { x, y } };
}

/** A graph of `nodes` nodes with arcs between any of them. */
function randomGraph(random: Random, nodes: number, arcs: number): FrozenGraph {
  return frozen(
    nodes,
    Array.from({ length: arcs }, (): Arc => [random.below(nodes), random.below(nodes), random.below(9)]),
  );
}

function isPermutation(order: Uint32Array): boolean {
  return [...order].sort((a, b) => a - b).every((rank, i) => rank === i);
}

describe.each(builds)("the order of a hierarchy (%s)", (build) => {
  const make = (graph: FrozenGraph, coordinates?: { x: ArrayLike<number>; y: ArrayLike<number> }) =>
    CustomizableHierarchy.createSync(graph, { coordinates, wasm: wasm("alm-cch", build) });

  it("is a permutation, and the hierarchy is what elimination in this order makes", () => {
    const random = new Random(3);
    const graphs = [...sampleGraphs(11), ...sampleGraphs(12)];
    for (const size of [40, 100, 300]) graphs.push([`${size} nodes at random`, randomGraph(random, size, 2 * size)]);
    graphs.push(["a grid of 400", gridOf(20).graph]);
    for (const [name, graph] of graphs) {
      const index = make(graph);
      const order = index.order();
      expect(order.length, name).toBe(graph.nodes);
      expect(isPermutation(order), name).toBe(true);
      expect(index.stats(), name).toEqual(eliminateBy(graph, order));
    }
  });

  it("eliminates trees and chains in few levels, with few new links", () => {
    const random = new Random(5);
    const tree = frozen(
      3000,
      Array.from({ length: 2999 }, (_, i): Arc => [i + 1, random.below(i + 1), 1]),
    );
    expect(make(tree).stats().levels).toBeLessThanOrEqual(24);
    expect(make(tree).stats().arcs).toBeLessThan(2 * 3000);
    const chain = make(
      frozen(
        4096,
        Array.from({ length: 4095 }, (_, i): Arc => [i, i + 1, 1]),
      ),
    );
    expect(chain.stats().levels).toBeLessThanOrEqual(16);
    expect(chain.stats().arcs).toBeLessThan(2 * 4096);
  });

  it("bears hubs: stars, and many nodes between few", () => {
    for (const hubs of [1, 2, 3, 5]) {
      const arcs: Arc[] = [];
      for (let v = hubs; v < 3000; v++) for (let hub = 0; hub < hubs; hub++) arcs.push([hub, v, 1]);
      const graph = frozen(3000, arcs);
      const index = make(graph);
      expect(index.stats().levels).toBeLessThanOrEqual(hubs + 3);
      expect(index.stats()).toEqual(eliminateBy(graph, index.order()));
    }
  });

  it("has separators of a grid that grow as the root of its nodes", () => {
    // A tree's height is the sum of a geometric series of separators: twice as much for four times the nodes.
    const heights = (with_: boolean) =>
      [16, 32, 64].map((side) => {
        const { graph, coordinates } = gridOf(side);
        return make(graph, with_ ? coordinates : undefined).stats().levels;
      });
    for (const [a, b, c] of [heights(true), heights(false)]) {
      expect(b / a).toBeLessThan(2.6);
      expect(c / b).toBeLessThan(2.6);
      expect(c).toBeLessThan(4 * 64);
    }
    // What the check is to find out: an order that knows nothing of the grid has a height that grows with the nodes.
    const { graph } = gridOf(32);
    expect(
      eliminateBy(
        graph,
        Array.from({ length: 1024 }, (_, i) => i),
      ).levels,
    ).toBeGreaterThan(900);
  });

  it("is the same for equal graphs, on both builds", () => {
    const { graph, coordinates } = gridOf(24);
    for (const places of [undefined, coordinates]) {
      const index = make(graph, places);
      const other = CustomizableHierarchy.createSync(graph, { coordinates: places });
      sameImage(index, other);
      other.reweight(graph.weights.map((w) => w + 1));
      other.route(0, 575);
      other.matrix([0, 1], [2, 3]);
      other.reweight(graph.weights);
      sameImage(index, other);
    }
  });

  it("refuses a graph that fills in", { timeout: 60_000 }, () => {
    const random = new Random(8);
    expect(make(randomGraph(random, 300, 3000)).stats().triangles).toBeGreaterThan(1e5);
    const full: Arc[] = [];
    for (let u = 0; u < 1300; u++) for (let v = 0; v < u; v++) full.push([u, v, 1]);
    expect(() => make(frozen(1300, full))).toThrow(expect.objectContaining({ code: "ERR_FULL" }));
  });
});
