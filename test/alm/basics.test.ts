import { describe, expect, it } from "vitest";
import { Alm } from "../../src/alm.js";
import { builds, wasm } from "../helpers/modules.js";

describe.each(builds)("Alm (%s)", (build) => {
  const make = (options = {}) => Alm.createSync({ ...options, wasm: wasm("alm-mesh", build) });

  it("links, reweights, reinforces and unlinks", () => {
    const g = make();
    expect(g.link(1, 2, { weight: 0.5 })).toBe(true);
    expect(g.link(1, 2, { weight: 0.75 })).toBe(false);
    expect(g.link(1, 2, { type: 7, weight: 3 })).toBe(true);
    expect(g.link(2, 2)).toBe(true);
    expect(g.weight(1, 2)).toBe(0.75);
    expect(g.weight(1, 2, { type: 7 })).toBe(3);
    expect(g.weight(2, 1)).toBeUndefined();
    expect([g.size, g.edgeCount, g.nodeCount]).toEqual([3, 3, 2]);
    expect([g.outDegree(1), g.inDegree(1), g.outDegree(2), g.inDegree(2)]).toEqual([2, 0, 1, 3]);
    g.update(1, 2, 9);
    expect(g.weight(1, 2)).toBe(9);
    expect(g.reinforce(1, 2, 1)).toBe(10);
    expect(g.reinforce(5, 6, 0.25)).toBe(0.25);
    expect(g.reinforce(5, 6, -0.25)).toBe(0);
    expect(g.hasNode(5)).toBe(false);
    expect(g.out(1)).toEqual({ ids: Int32Array.of(2, 2), weights: Float32Array.of(10, 3), types: Uint8Array.of(0, 7) });
    expect(g.into(2).ids).toEqual(Int32Array.of(1, 1, 2));
    expect(g.out(1, { types: [7] }).weights).toEqual(Float32Array.of(3));
    expect(g.out(1, { limit: 1 }).types).toEqual(Uint8Array.of(0));
    expect([...g.edges()]).toEqual([
      { from: 1, to: 2, type: 0, weight: 10 },
      { from: 1, to: 2, type: 7, weight: 3 },
      { from: 2, to: 2, type: 0, weight: 1 },
    ]);
    expect(g.unlink(1, 2)).toBe(2);
    expect(g.unlink(1, 2)).toBe(0);
    expect(g.removeNode(2)).toBe(1);
    expect([g.edgeCount, g.nodeCount]).toEqual([0, 0]);
  });

  it("answers the queries of a small graph", () => {
    const g = make();
    g.linkMany([1, 2, 1, 3, 4], [2, 3, 4, 5, 5], { weights: [0.75, 0.5, 0.25, 1, 1] });
    expect(g.kHop([1])).toEqual({ ids: Int32Array.of(2, 4, 3, 5), hops: Int32Array.of(1, 1, 2, 2), complete: true });
    expect(g.kHop([5], { direction: "in", hops: 1 }).ids).toEqual(Int32Array.of(3, 4));
    expect(g.recall([1], { k: 2 })).toEqual([
      { id: 2, score: Math.fround(0.6), path: [{ from: 1, to: 2, type: 0, weight: 0.75 }] },
      {
        id: 3,
        score: Math.fround(Math.fround(0.6) * 0.4),
        path: [
          { from: 1, to: 2, type: 0, weight: 0.75 },
          { from: 2, to: 3, type: 0, weight: 0.5 },
        ],
      },
    ]);
    expect(g.shortestPath(1, 5)).toEqual({
      cost: 1.25,
      path: Int32Array.of(1, 4, 5),
      weights: Float32Array.of(0.25, 1),
      types: Uint8Array.of(0, 0),
    });
    expect(g.shortestPath(1, 5, { avoid: [4] })?.path).toEqual(Int32Array.of(1, 2, 3, 5));
    expect(g.shortestPath(5, 1)).toBeUndefined();
    expect(g.shortestPath(1, 1)).toEqual({ cost: 0, path: Int32Array.of(1), weights: new Float32Array(0), types: new Uint8Array(0) });
    expect(g.shortestPath(1, 5, { maxCost: 1.24 })).toBeUndefined();
    expect(g.shortestPath(1, 5, { maxCost: 1.25 })?.cost).toBe(1.25);
    expect(g.shortestPath(1, 5, { cost: "hops" })?.cost).toBe(2);
    const rank = g.personalizedPageRank([1], { epsilon: 1e-9 });
    expect(rank.ids[0]).toBe(1);
    expect(rank.scores.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
    expect(g.personalizedPageRank([1], { excludeSeeds: true, k: 1 }).ids).toHaveLength(1);
  });
});
