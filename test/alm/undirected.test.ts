// An undirected edge: one edge, known by either end.
import { describe, expect, it } from "vitest";
import { Alm } from "../../src/alm.js";
import { builds, wasm } from "../helpers/modules.js";

describe.each(builds)("an undirected Alm (%s)", (build) => {
  const make = () => Alm.createSync({ directed: false, wasm: wasm("alm-mesh", build) });

  it("has an edge at both ends, and a loop once", () => {
    const g = make();
    expect(g.directed).toBe(false);
    expect(g.link(5, 2, { weight: 0.5 })).toBe(true);
    expect(g.link(2, 5, { weight: 0.75 })).toBe(false);
    expect(g.link(2, 5, { type: 7, weight: 3 })).toBe(true);
    expect(g.link(2, 2)).toBe(true);
    expect([g.weight(5, 2), g.weight(2, 5), g.weight(5, 2, { type: 7 }), g.weight(2, 2)]).toEqual([0.75, 0.75, 3, 1]);
    expect([g.edgeCount, g.nodeCount]).toEqual([3, 2]);
    expect([g.outDegree(2), g.inDegree(2), g.outDegree(5), g.inDegree(5)]).toEqual([3, 3, 2, 2]);
    expect(g.out(5)).toEqual({ ids: Int32Array.of(2, 2), weights: Float32Array.of(3, 0.75), types: Uint8Array.of(7, 0) });
    expect(g.into(5)).toEqual(g.out(5));
    expect([...g.edges()]).toEqual([
      { from: 2, to: 5, type: 7, weight: 3 },
      { from: 2, to: 2, type: 0, weight: 1 },
      { from: 2, to: 5, type: 0, weight: 0.75 },
    ]);
    g.update(2, 5, 9);
    expect([g.weight(2, 5), g.weight(5, 2)]).toEqual([9, 9]);
    expect(g.reinforce(5, 2, 1)).toBe(10);
    expect(g.reinforce(2, 2, 1)).toBe(2);
    expect(g.reinforce(2, 5, -10)).toBe(0);
    expect([g.weight(5, 2), g.weight(2, 5)]).toEqual([undefined, undefined]);
    expect(g.unlink(5, 2)).toBe(1);
    expect([g.hasNode(5), g.hasNode(2), g.nodeCount]).toEqual([false, true, 1]);
    expect(g.removeNode(2)).toBe(1);
    expect([g.edgeCount, g.nodeCount]).toEqual([0, 0]);
  });

  it("takes all edges of a node with it, from the other ends too", () => {
    const g = make();
    for (let i = 1; i < 200; i++) for (const type of [0, 4]) g.link(i % 2 === 0 ? i : 0, i % 2 === 0 ? 0 : i, { type });
    g.link(0, 0);
    g.link(3, 4);
    expect([g.edgeCount, g.nodeCount, g.outDegree(0)]).toEqual([400, 200, 399]);
    expect(g.removeNode(0)).toBe(399);
    expect([g.edgeCount, g.nodeCount, g.outDegree(3), g.outDegree(5)]).toEqual([1, 2, 1, 0]);
  });

  it("is followed both ways by every query", () => {
    const g = make();
    g.linkMany([2, 2, 3], [1, 3, 4], { weights: [0.5, 0.25, 1] });
    for (const direction of ["out", "in", "both"] as const) {
      expect(g.kHop([1], { hops: 3, direction }).ids).toEqual(Int32Array.of(2, 3, 4));
      expect([...g.bfs(1, { direction }).depths.slice(0, 5)]).toEqual([-1, 0, 1, 2, 3]);
    }
    expect(g.recall([1], { hopDecay: 1 }).map((r) => [r.id, r.score])).toEqual([
      [2, 0.5],
      [3, 0.125],
      [4, 0.125],
    ]);
    expect(g.recall([4], { k: 1, hopDecay: 1 })[0].path).toEqual([{ from: 4, to: 3, type: 0, weight: 1 }]);
    for (const [from, to] of [
      [1, 4],
      [4, 1],
    ]) {
      expect(g.shortestPath(from, to)?.cost).toBe(1.75);
    }
    const ranks = g.personalizedPageRank([4], { epsilon: 1e-9 });
    expect([...ranks.ids].sort()).toEqual([1, 2, 3, 4]);
  });

  it("is a row of columns() at its lower end", () => {
    const g = make();
    g.linkMany([9, 3, 3, 4, 1], [3, 9, 3, 3, 0], { types: [0, 1, 0, 0, 2] });
    const { from, to, types } = g.columns();
    expect([...from].map((id, i) => [id, to[i], types[i]]).sort()).toEqual([
      [0, 1, 2],
      [3, 3, 0],
      [3, 4, 0],
      [3, 9, 0],
      [3, 9, 1],
    ]);
    g.reweight([1, 2, 3, 4, 5]);
    const after = g.columns();
    expect([...after.weights]).toEqual([1, 2, 3, 4, 5]);
    for (const [i, id] of after.from.entries()) expect(g.weight(after.to[i], id, { type: after.types[i] })).toBe(after.weights[i]);
  });
});
