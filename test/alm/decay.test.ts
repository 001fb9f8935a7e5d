import { describe, expect, it } from "vitest";
import { Alm } from "../../src/alm.js";
import { builds, wasm } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";
import { SlowGraph, slowDijkstra } from "../oracle/graph.js";

const HOUR = 3_600_000;

describe.each(builds)("Alm with a half-life (%s)", (build) => {
  const make = (halfLife: number) => Alm.createSync({ halfLife, wasm: wasm("alm-mesh", build) });

  it("halves a weight each half-life", () => {
    const graph = make(HOUR);
    graph.link(1, 2, { weight: 0.7, at: 1.7e12 });
    const weight = graph.weight(1, 2)!;
    expect(weight).toBeCloseTo(0.7, 6);
    for (let lives = 0; lives < 60; lives++) expect(graph.weight(1, 2, { at: 1.7e12 + lives * HOUR })).toBe(weight / 2 ** lives);
    expect(graph.weight(1, 2, { at: 1.7e12 + HOUR / 2 })).toBeCloseTo(weight * Math.SQRT1_2, 6);
    expect(graph.out(1, { at: 1.7e12 + 3 * HOUR }).weights[0]).toBe(weight / 8);
    expect(graph.now).toBe(1.7e12);
  });

  it("reads times before the largest seen as that, and takes late news at what they are still worth", () => {
    const graph = make(1000);
    graph.link(1, 2, { weight: 1, at: 5000 });
    expect(graph.weight(1, 2, { at: 0 })).toBe(1);
    graph.link(1, 3, { weight: 1, at: 3000 });
    expect(graph.weight(1, 3)).toBe(0.25);
    expect(graph.reinforce(1, 3, 1, { at: 4000 })).toBe(0.75);
    expect(graph.reinforce(1, 3, 1)).toBe(1.75);
    expect(graph.now).toBe(5000);
  });

  it("agrees with the formula through 20,000 operations and many rescalings", () => {
    const random = new Random(21);
    const graph = make(HOUR);
    const slow = new SlowGraph(HOUR);
    let at = 0;
    const near = (got: number | undefined, want: number | undefined) => {
      if (want === undefined) expect(got).toBeUndefined();
      else if (want > 1e-17) expect(Math.abs(got! - want)).toBeLessThan(1e-4 * want);
    };
    for (let step = 0; step < 20_000; step++) {
      at += random.next() * (step % 1000 === 0 ? 50 * HOUR : HOUR / 50);
      const when = random.next() < 0.1 ? Math.max(0, at - random.next() * 5 * HOUR) : at;
      const [from, to, type] = [random.below(12), random.below(12), random.below(2)];
      const kind = random.next();
      if (kind < 0.3) {
        const weight = random.next() + 0.01;
        expect(graph.link(from, to, { type, weight, at: when })).toBe(slow.link(from, to, type, weight, when));
      } else if (kind < 0.6) {
        near(graph.reinforce(from, to, 0.5, { type, at: when }), slow.reinforce(from, to, type, 0.5, when));
      } else if (kind < 0.65) {
        expect(graph.unlink(from, to)).toBe(slow.unlink(from, to));
      } else {
        near(graph.weight(from, to, { type }), slow.weight(from, to, type));
      }
      if (step % 2000 === 1999) {
        const costs = slowDijkstra(slow.edges(), 0, false);
        for (let id = 1; id < 12; id++) near(graph.shortestPath(0, id)?.cost, costs.get(id));
      }
    }
    expect(graph.size).toBe(slow.size);
  });

  it("keeps the bits of old weights when it rescales", () => {
    const graph = make(1);
    graph.link(1, 2, { weight: 0.1, at: 0 });
    const weight = graph.weight(1, 2)!;
    for (let at = 1; at <= 99; at++) {
      graph.link(3, 4, { at });
      expect(graph.weight(1, 2)).toBe(weight / 2 ** at);
    }
    // Far beyond what an f32 can hold an edge is still an edge, of no weight.
    graph.link(3, 4, { at: 1e12 });
    expect([graph.size, graph.weight(1, 2), graph.weight(3, 4)]).toEqual([2, Math.fround(2 ** -126), 1]);
    expect(graph.weight(1, 2, { at: 1e13 })).toBe(0);
    expect(graph.recall([1], { at: 1e13 })).toEqual([]);
    // Learning looks at it again, and drops what weighs nothing.
    expect(graph.reinforce(1, 2, 0)).toBe(0);
    expect(graph.size).toBe(1);
  });

  it("links many far ahead of the weights it has", () => {
    const graph = make(1000);
    graph.linkMany([1, 2], [2, 3], { at: 1000 });
    expect(graph.linkMany([2, 3], [3, 4], { weights: [5, 7], at: 1e9 })).toBe(1);
    expect([graph.weight(1, 2), graph.weight(2, 3), graph.weight(3, 4)]).toEqual([Math.fround(2 ** -126), 5, 7]);
    expect(graph.now).toBe(1e9);
  });

  it("does not let a weight rise without bound", () => {
    const graph = make(1000);
    for (let i = 0; i < 5; i++) graph.reinforce(1, 2, 9e17, { at: i });
    expect(graph.weight(1, 2)).toBeCloseTo(1e18, -12);
    graph.link(1, 3, { weight: 1e18, at: 31_000 });
    expect(graph.personalizedPageRank([1]).scores.every(Number.isFinite)).toBe(true);
  });

  it("ranks the same whenever it is asked, recalls less", () => {
    const graph = make(1000);
    graph.linkMany([1, 1, 2], [2, 3, 3], { weights: [0.5, 0.25, 0.5], at: 1000 });
    expect(graph.personalizedPageRank([1], { at: 9000 })).toEqual(graph.personalizedPageRank([1]));
    expect(graph.recall([1], { k: 1, hopDecay: 1 })[0].score).toBe(0.5);
    expect(graph.recall([1], { k: 1, hopDecay: 1, at: 2000 })[0].score).toBe(0.25);
    expect(graph.recall([1], { k: 1, hopDecay: 1, at: 2000, minWeight: 0.3 })).toEqual([]);
    expect(graph.kHop([1], { at: 2000, minWeight: 0.2 }).ids).toEqual(Int32Array.of(2, 3));
    expect(graph.shortestPath(1, 3, { at: 2000 })).toMatchObject({ cost: 0.125, weights: Float32Array.of(0.125) });
    expect(graph.shortestPath(1, 3, { at: 2000, maxCost: 0.12 })).toBeUndefined();
  });
});
