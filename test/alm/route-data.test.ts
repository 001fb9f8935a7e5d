import { describe, expect, it } from "vitest";
import { Alm } from "../../src/alm.js";
import { haveData, readData } from "../helpers/data.js";
import { type Build, wasm } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";
import { dijkstra } from "../oracle/dijkstra.js";
import { slowYen } from "../oracle/paths.js";
import { type Arc, bothWays, frozen, roads } from "./routes-helpers.js";

/** A mesh of the arcs one way, undirected. */
function meshOf(arcs: readonly Arc[], build: Build = "release"): Alm {
  const mesh = Alm.createSync({ directed: false, wasm: wasm("alm-mesh", build) });
  const column = (i: 0 | 1 | 2) => arcs.map((arc) => arc[i]);
  mesh.linkMany(column(0), column(1), { weights: column(2) });
  return mesh;
}

/** The links of the internet's autonomous systems with random weights; undefined where the data is not here. */
function systems(): Arc[] | undefined {
  if (!haveData("graphs/as-caida20070917.txt.gz")) return undefined;
  const random = new Random(51);
  const ids = new Map<string, number>();
  const idOf = (name: string) => {
    const id = ids.get(name) ?? ids.size;
    ids.set(name, id);
    return id;
  };
  const rows = readData("graphs/as-caida20070917.txt.gz").toString().split("\n");
  const pairs = rows.filter((row) => row !== "" && !row.startsWith("#")).map((row) => row.split("\t", 2).map(idOf));
  return pairs.filter(([a, b]) => a < b).map(([a, b]): Arc => [a, b, 1 + random.below(99)]);
}

describe("Live routes in real graphs", () => {
  it("are the cheapest on the internet, and so are the next ones", () => {
    const links = systems();
    if (links === undefined) return;
    const mesh = meshOf(links);
    const nodes = 1 + links.reduce((most, [a, b]) => Math.max(most, a, b), 0);
    const graph = frozen(nodes, bothWays(links));
    const random = new Random(52);
    for (let i = 0; i < 40; i++) {
      const [from, to] = [random.below(nodes), random.below(nodes)];
      const want = dijkstra(graph, from);
      expect(mesh.shortestPath(from, to)?.cost ?? Infinity).toBe(want[to]);
      expect(mesh.distances(from, [to])[0]).toBe(want[to]);
      if (i < 25) expect([...mesh.kShortestPaths(from, to, { k: 5 })].map(({ cost }) => cost)).toEqual(slowYen(graph, from, to, 5));
    }
  }, 60_000);

  it("are the cheapest in a city, with its coordinates and without", () => {
    const graph = roads("amsterdam");
    if (graph === undefined) return;
    const bytes = readData("roads/amsterdam.co.bin.gz");
    const places = new Int32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
    const mesh = Alm.createSync({ wasm: wasm("alm-mesh", "release") });
    const from = graph.targets.map(() => 0);
    for (let u = 0; u < graph.nodes; u++) from.fill(u, graph.offsets[u], graph.offsets[u + 1]);
    // A weight of 0 is none for a mesh.
    const weights = graph.weights.map((weight) => Math.max(weight, 0.01));
    mesh.linkMany(from, graph.targets, { weights });
    const column = (odd: 0 | 1) => Float64Array.from({ length: graph.nodes }, (_, i) => places[2 * i + odd]);
    mesh.setCoordinates(column(0), column(1));
    const best = new Map<number, number>();
    for (let i = 0; i < from.length; i++) {
      const name = from[i] * graph.nodes + graph.targets[i];
      best.set(name, weights[i]);
    }
    const kept = weights.map((_, i) => best.get(from[i] * graph.nodes + graph.targets[i]) as number);
    const random = new Random(53);
    for (let i = 0; i < 25; i++) {
      const [a, b] = [random.below(graph.nodes), random.below(graph.nodes)];
      const want = dijkstra(graph, a, kept)[b];
      for (const algorithm of ["astar", "bidirectional"] as const) {
        const got = mesh.shortestPath(a, b, { algorithm })?.cost ?? Infinity;
        expect(got === want || Math.abs(got - want) <= 1e-9 * want).toBe(true);
      }
    }
  }, 60_000);
});
