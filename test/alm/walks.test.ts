import { describe, expect, it } from "vitest";
import { Alm } from "../../src/alm.js";
import { builds, wasm } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";
import { slowDijkstra, slowHops } from "../oracle/graph.js";
import { followed, largeGraph, makeGraph, turned } from "./queries-helpers.js";

describe.each(builds)("Alm's walks through the whole graph (%s)", (build) => {
  const random = new Random(31);
  const graphs = Array.from({ length: 40 }, (_, i) =>
    makeGraph(random, build, { hub: i % 8 === 0, halfLife: i % 3 === 0 ? 1000 : Infinity }),
  );
  const options = () => ({
    types: random.pick([undefined, [0], [1, 2], []]),
    direction: random.pick(["out", "in", "both", undefined] as const),
  });

  it("finds depths", () => {
    for (const { graph, n, arcs } of graphs) {
      const before = graph.image();
      const largest = arcs.reduce((most, e) => Math.max(most, e.from, e.to), -1);
      for (let i = 0; i < 5; i++) {
        const { types, direction } = options();
        const maxDepth = random.pick([undefined, 0, 1, 3]);
        const from = random.below(n);
        const { depths, reached } = graph.bfs(from, { types, direction, maxDepth });
        expect(depths.length).toBe(largest + 1);
        const want = slowHops(turned(followed(arcs, { types }), direction), [from], maxDepth ?? n, "out");
        if (graph.hasNode(from)) want.set(from, 0);
        else want.clear();
        expect([...depths]).toEqual(Array.from(depths, (_, id) => want.get(id) ?? -1));
        expect(reached).toBe(want.size);
      }
      expect(Buffer.compare(graph.image(), before)).toBe(0);
    }
  });

  it("finds the cheapest ways to all nodes", () => {
    for (const { graph, n, arcs } of graphs) {
      const before = graph.image();
      for (let i = 0; i < 3; i++) {
        const { types, direction } = options();
        const cost = random.pick(["weight", "hops"] as const);
        const maxCost = random.pick([undefined, 0, 1.5]);
        const from = random.below(n);
        const { distances, parents } = graph.shortestPaths(from, { types, direction, cost, maxCost });
        const usable = turned(followed(arcs, { types }), direction);
        const want = graph.hasNode(from) ? slowDijkstra(usable, from, cost === "hops") : new Map<number, number>();
        for (const [id, distance] of distances.entries()) {
          const exact = want.get(id) ?? Infinity;
          if (exact === Infinity || exact > (maxCost ?? Infinity)) expect([distance, parents[id]]).toEqual([Infinity, -1]);
          else if (id === from) expect([distance, parents[id]]).toEqual([0, -1]);
          else {
            expect(Math.abs(distance - exact)).toBeLessThanOrEqual(1e-6 * exact);
            const steps = usable.filter((e) => e.from === parents[id] && e.to === id).map((e) => (cost === "hops" ? 1 : e.weight));
            expect(Math.abs(distances[parents[id]] + Math.min(...steps) - distance)).toBeLessThanOrEqual(1e-6 * distance);
          }
        }
      }
      expect(Buffer.compare(graph.image(), before)).toBe(0);
    }
  });

  it("weighs as of a later time", () => {
    const graph = Alm.createSync({ halfLife: 1000, wasm: wasm("alm-mesh", build) });
    graph.linkMany([0, 1, 0], [1, 2, 2], { weights: [1, 2, 4], at: 0 });
    expect(graph.shortestPaths(0, { at: 1000 })).toEqual({ distances: Float64Array.of(0, 0.5, 1.5), parents: Int32Array.of(-1, 0, 1) });
    expect(graph.shortestPaths(0, { at: 1000, maxCost: 0.5 }).distances).toEqual(Float64Array.of(0, 0.5, Infinity));
    expect(graph.shortestPaths(7)).toEqual({ distances: new Float64Array(3).fill(Infinity), parents: new Int32Array(3).fill(-1) });
    expect(graph.bfs(7)).toEqual({ depths: new Int32Array(3).fill(-1), reached: 0 });
  });

  it("answers an empty graph, and refuses what cannot be right", () => {
    const graph = Alm.createSync({ wasm: wasm("alm-mesh", build) });
    expect(graph.bfs(0)).toEqual({ depths: new Int32Array(0), reached: 0 });
    expect(graph.shortestPaths(0)).toEqual({ distances: new Float64Array(0), parents: new Int32Array(0) });
    const bad = expect.objectContaining({ code: "ERR_ARGUMENT" });
    expect(() => graph.bfs(-1)).toThrow(bad);
    expect(() => graph.bfs(0, { direction: "up" as "out" })).toThrow(bad);
    expect(() => graph.bfs(0, { maxDepth: 0.5 })).toThrow(bad);
    expect(() => graph.bfs(0, { types: [256] })).toThrow(bad);
    expect(() => graph.shortestPaths(0, { cost: "time" as "hops" })).toThrow(bad);
    expect(() => graph.shortestPaths(0, { maxCost: -1 })).toThrow(bad);
    expect(() => graph.shortestPaths(0, { maxCost: Number.NaN })).toThrow(expect.objectContaining({ code: "ERR_NOT_FINITE" }));
  });

  it("cuts a neighbourhood off at the deadline, and not before", () => {
    const graph = largeGraph(build);
    const before = graph.image();
    const whole = graph.kHop([0], { hops: 40 });
    expect(whole.complete).toBe(true);
    expect(graph.kHop([0], { hops: 40, deadlineMs: 60_000 })).toEqual(whole);
    const part = graph.kHop([0], { hops: 40, deadlineMs: 0 });
    expect(part.complete).toBe(false);
    expect(part.ids.length).toBeGreaterThan(0);
    expect(part.ids.length).toBeLessThan(whole.ids.length);
    expect(part.ids).toEqual(whole.ids.slice(0, part.ids.length));
    expect(part.hops).toEqual(whole.hops.slice(0, part.ids.length));
    // The next query has all the time again.
    expect(graph.kHop([0], { hops: 40 })).toEqual(whole);
    expect(() => graph.kHop([0], { deadlineMs: -1 })).toThrow(expect.objectContaining({ code: "ERR_ARGUMENT" }));
    expect(Buffer.compare(graph.image(), before)).toBe(0);
  });
});
