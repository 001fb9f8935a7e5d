import { describe, expect, it } from "vitest";
import { Alm } from "../../src/alm.js";
import { builds, wasm } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";
import { slowRecall } from "../oracle/graph.js";
import { followed, largeGraph, makeGraph } from "./queries-helpers.js";

describe.each(builds)("Alm's recall (%s)", (build) => {
  it("finds the best of hubs, in directed and undirected graphs, whatever their weights have become", () => {
    const random = new Random(61);
    for (let i = 0; i < 40; i++) {
      const { graph, n, arcs } = makeGraph(random, build, { hub: i % 4 === 0, halfLife: i % 3 === 0 ? 1000 : Infinity });
      const before = graph.image();
      for (let j = 0; j < 4; j++) {
        const seeds = Array.from({ length: 1 + random.below(2) }, () => random.below(n + 2));
        const types = random.pick([undefined, [0], [1, 2], []]);
        const minWeight = random.pick([0, 0.3]);
        const hopDecay = random.pick([1, 0.8]);
        const maxHops = 1 + random.below(5);
        const normalize = random.pick(["none", "out"] as const);
        const k = random.pick([1, 5, 20, 1000]);
        const allowed = followed(arcs, { types });
        const want = slowRecall(followed(arcs, { types, minWeight }), seeds, hopDecay, maxHops, normalize === "out", allowed);
        const got = graph.recall(seeds, { k, hopDecay, maxHops, types, minWeight, normalize });
        const scores = [...want.values()].filter((score) => score > 0).sort((a, b) => b - a);
        expect(got.length).toBe(Math.min(k, scores.length));
        for (const [r, { id, score, path }] of got.entries()) {
          expect(Math.abs(score - scores[r])).toBeLessThanOrEqual(1e-6 * score);
          expect(Math.abs(score - want.get(id)!)).toBeLessThanOrEqual(1e-6 * score);
          for (const edge of path) expect(allowed).toContainEqual(edge);
        }
        expect(graph.recallWithin(60_000, seeds, { k, hopDecay, maxHops, types, minWeight, normalize })).toEqual({
          results: got,
          complete: true,
        });
      }
      expect(Buffer.compare(graph.image(), before)).toBe(0);
      graph.dispose();
    }
  });

  it("tells strengths apart that an f32 hardly can", () => {
    const graph = Alm.createSync({ halfLife: 1000, wasm: wasm("alm-mesh", build) });
    // 500 edges of one hub, the strongest by a last bit, then so faint that products are denormal or 0.
    const ids = Int32Array.from({ length: 500 }, (_, i) => i + 1);
    const weights = Float32Array.from(ids, (id) => Math.fround(0.5 + ((id * 377) % 500) * 2 ** -24));
    graph.linkMany(new Int32Array(500), ids, { weights, at: 0 });
    for (const at of [0, 60_000, 140_000, 147_000, 148_500]) {
      const want = [...graph.out(0, { at }).weights].filter((w) => Math.fround(w * 0.9) > 0).map((w) => Math.fround(w * 0.9));
      const got = graph.recall([0], { at, k: 7, hopDecay: 0.9 });
      expect(got.map(({ path }) => path[0].weight)).toEqual([...graph.out(0, { at, limit: Math.min(7, want.length) }).weights]);
    }
  });

  it("stops at the deadline with the first of the whole answer", () => {
    const graph = largeGraph(build);
    const ask = { k: 50_000, maxHops: 255 };
    const whole = graph.recall([0], ask);
    const { results, complete } = graph.recallWithin(0, [0], ask);
    expect(complete).toBe(false);
    expect(results.length).toBeGreaterThan(0);
    expect(results.length).toBeLessThan(whole.length);
    expect(results).toEqual(whole.slice(0, results.length));
    expect(graph.recall([0], ask).length).toBe(whole.length);
    expect(() => graph.recallWithin(-1, [0])).toThrow(expect.objectContaining({ code: "ERR_ARGUMENT" }));
    expect(() => graph.recallWithin(Number.NaN, [0])).toThrow(expect.objectContaining({ code: "ERR_NOT_FINITE" }));
  });
});
