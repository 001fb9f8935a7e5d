import { describe, expect, it } from "vitest";
import { Landmarks } from "../../src/layers/alm/routes/alt.js";
import { builds, wasm } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";
import { dijkstra } from "../oracle/dijkstra.js";
import { bothWays, expectRoute, frozen, sampleGraphs } from "./routes-helpers.js";

describe.each(builds)("Landmarks (%s)", (build) => {
  const module = () => wasm("alm-labels", build);

  it.each([1, 2, 3].flatMap((seed) => sampleGraphs(seed)))("knows all pairs: %s", (_, graph) => {
    const index = Landmarks.createSync(graph, { wasm: module() });
    const all = Array.from({ length: graph.nodes }, (_, u) => u);
    const matrix = index.matrix(all, all);
    for (const from of all) {
      const distances = dijkstra(graph, from);
      for (const to of all) {
        expectRoute(graph, graph.weights, index, from, to, distances);
        expect(matrix[from * graph.nodes + to]).toBe(index.distance(from, to));
      }
    }
  });
});
