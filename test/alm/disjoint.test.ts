import { describe, expect, it } from "vitest";
import { Alm } from "../../src/alm.js";
import { builds, wasm } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";
import { areApart, cheapestPair, stepsOf } from "../oracle/paths.js";
import { randomFilter, randomMesh, stepsIn } from "./route-helpers.js";

describe.each(builds)("Two paths that share nothing (%s)", (build) => {
  it.each([
    [true, "edge"],
    [true, "node"],
    [false, "edge"],
    [false, "node"],
  ] as const)("are the cheapest such pair (directed: %s, by %s)", (directed, by) => {
    const random = new Random(41);
    let pairs = 0;
    for (let i = 0; i < 150; i++) {
      const n = 2 + random.below(7);
      const { mesh, edges } = randomMesh(random, build, n, random.below(4 * n), { directed });
      const before = mesh.image();
      for (let j = 0; j < 4; j++) {
        const [from, to] = [random.below(n + 1), random.below(n + 1)];
        const options = { ...randomFilter(random, n), by };
        const byHops = options.cost === "hops";
        const steps = stepsOf(edges, { directed, ...options });
        const known = [from, to].every((id) => mesh.hasNode(id) && !options.avoid.includes(id));
        const want = !known ? Infinity : from === to ? 0 : cheapestPair(steps, from, to, byHops, by === "node");
        const got = mesh.disjointPair(from, to, options);
        if (want === Infinity) {
          expect(got).toBeUndefined();
          continue;
        }
        pairs++;
        const [a, z] = got!;
        expect(a.cost + z.cost).toBeCloseTo(want, 9);
        expect(a.cost).toBeLessThanOrEqual(z.cost);
        const [first, second] = [stepsIn(a, steps, from, to, byHops), stepsIn(z, steps, from, to, byHops)];
        expect(areApart(first, second, by === "node")).toBe(true);
        expect(mesh.disjointPair(from, to, { ...options, maxCost: want * 1.0001 })).toEqual(got);
        if (byHops) expect(mesh.disjointPair(from, to, { ...options, maxCost: want })).toEqual(got);
        if (want > 0) expect(mesh.disjointPair(from, to, { ...options, maxCost: want * 0.9999 })).toBeUndefined();
      }
      expect(Buffer.compare(mesh.image(), before)).toBe(0);
      mesh.dispose();
    }
    expect(pairs).toBeGreaterThan(60);
  });

  it("take back what the cheapest path alone would take", () => {
    // The path 0 -> 1 -> 2 -> 3 costs 3 and cuts both others: the pair goes by 0 -> 1 -> 3 and 0 -> 2 -> 3.
    for (const directed of [true, false]) {
      for (const by of ["edge", "node"] as const) {
        const mesh = Alm.createSync({ directed, wasm: wasm("alm-mesh", build) });
        mesh.linkMany([0, 1, 2, 0, 1], [1, 2, 3, 2, 3], { weights: [1, 1, 1, 3, 4] });
        expect([...mesh.shortestPath(0, 3)!.path]).toEqual([0, 1, 2, 3]);
        expect(mesh.disjointPair(0, 3, { by })!.map(({ path }) => [...path])).toEqual([
          [0, 2, 3],
          [0, 1, 3],
        ]);
      }
    }
  });

  it("differ by the types of parallel edges, and go by hubs", () => {
    const mesh = Alm.createSync({ directed: false, wasm: wasm("alm-mesh", build) });
    mesh.link(0, 1, { weight: 1, type: 3 });
    expect(mesh.disjointPair(0, 1)).toBeUndefined();
    mesh.link(1, 0, { weight: 2, type: 4 });
    for (const by of ["edge", "node"] as const) {
      expect(mesh.disjointPair(0, 1, { by })!.map(({ types, cost }) => [...types, cost])).toEqual([
        [3, 1],
        [4, 2],
      ]);
    }
    expect(mesh.disjointPair(0, 1, { types: [3] })).toBeUndefined();
    for (let i = 2; i < 400; i++) mesh.linkMany([0, i], [i, 1], { weights: [i, 0.5] });
    expect(mesh.disjointPair(0, 1)!.map(({ cost }) => cost)).toEqual([1, 2]);
    expect(mesh.disjointPair(0, 1, { avoidEdges: [[0, 1]] })!.map(({ cost }) => cost)).toEqual([2.5, 3.5]);
    expect(mesh.disjointPair(0, 1, { types: [0], avoid: [3] })!.map(({ path }) => [...path])).toEqual([
      [0, 2, 1],
      [0, 4, 1],
    ]);
  });
});
