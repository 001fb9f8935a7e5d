// What was found by reading, each once.
import { describe, expect, it } from "vitest";
import { Alm } from "../../src/alm.js";
import { MfnError } from "../../src/errors.js";
import { builds, wasm } from "../helpers/modules.js";

const seq = (n: number, f: (i: number) => number) => Array.from({ length: n }, (_, i) => f(i));

describe.each(builds)("Alm (%s)", (build) => {
  const make = (options = {}) => Alm.createSync({ ...options, wasm: wasm("alm-mesh", build) });

  it("does not make blocks over the rows of the batch that they are for", () => {
    const typed = make();
    for (let i = 0; i < 100; i++)
      typed.linkMany(
        seq(4000, () => i),
        seq(4000, () => 1000 + i),
      );
    const [from, to] = [seq(2100, (i) => i % 100), seq(2100, (i) => 2000 + Math.floor(i / 100))];
    expect(typed.linkMany(from, to, { types: seq(2100, () => 1) })).toBe(2100);
    expect(from.every((u, i) => typed.weight(u, to[i], { type: 1 }) === 1)).toBe(true);

    const pairs = seq(200 * 200, (i) => i).filter((i) => i % 200 > Math.floor(i / 200));
    const [lower, upper] = [pairs.map((i) => Math.floor(i / 200)), pairs.map((i) => i % 200)];
    const thinned = make({ directed: false });
    thinned.linkMany(lower, upper);
    const gone = pairs.filter((i) => (((i % 200) - Math.floor(i / 200) + 200) % 200) % 7 > 1);
    thinned.unlinkMany(
      gone.map((i) => Math.floor(i / 200)),
      gone.map((i) => i % 200),
    );
    expect(thinned.linkMany(lower.slice(0, 2100), upper.slice(0, 2100), { types: seq(2100, () => 1) })).toBe(2100);
    expect(thinned.edgeCount).toBe(pairs.length - gone.length + 2100);
  });

  it("keeps no more room for an edge that comes a thousand times than for one", () => {
    const graph = make();
    graph.linkMany(
      seq(20_000, () => 1),
      seq(20_000, (i) => 2 + (i % 2)),
    );
    const { stateBytes, freeBytes } = graph.stats();
    expect(stateBytes - freeBytes).toBeLessThan(4000);
  });

  it("finds all paths past a hub's block with one arc in it, whatever was asked before", () => {
    const graph = make();
    graph.linkMany([0, 1, 1, 3], [1, 2, 3, 2]);
    graph.linkMany(
      seq(3000, () => 2),
      seq(3000, () => 9),
    );
    for (let i = 20; i < 220; i++) graph.link(i, 9);
    graph.link(2, 9);
    for (let i = 20; i < 220; i++) graph.unlink(i, 9);
    graph.kHop(seq(20_000, () => 1));
    expect([...graph.kShortestPaths(0, 9)]).toHaveLength(2);
  });

  it("refuses lists without a length that can be", () => {
    const graph = make();
    graph.link(0, 1);
    for (const list of [{ length: -1 }, { length: 0.5 }, { length: Number.NaN }]) {
      expect(() => graph.recall(list)).toThrow(MfnError);
      expect(() => graph.kHop(list)).toThrow(MfnError);
      expect(() => graph.shortestPath(0, 1, { avoid: list })).toThrow(MfnError);
      expect(() => graph.distances(0, list)).toThrow(MfnError);
    }
    expect(graph.shortestPath(0, 1)?.cost).toBe(1);
  });

  it("refuses coordinates whose differences have no squares", () => {
    const graph = make();
    graph.linkMany([0, 1], [1, 2]);
    for (const bad of [1e154, 1e-140, Number.NaN, Infinity]) expect(() => graph.setCoordinates([0, bad, 1], [0, 0, 0])).toThrow(/^x\[1\]/);
    graph.setCoordinates([0, 1e-130, 1e150], [0, 0, 0]);
    expect(graph.shortestPath(0, 2)?.cost).toBe(2);
  });

  it("takes back the weights that it gives, however far they have decayed", () => {
    const graph = make({ halfLife: 1000 });
    graph.link(0, 1);
    graph.link(2, 3, { at: 1e6 });
    graph.link(4, 5, { at: 1e6 + 31_000 });
    expect(graph.weight(0, 1)).toBeLessThan(1e-18);
    graph.reweight(graph.columns().weights);
    expect(graph.edgeCount).toBe(3);
  });
});
