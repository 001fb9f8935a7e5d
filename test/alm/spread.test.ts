import { describe, expect, it } from "vitest";
import { Alm } from "../../src/alm.js";
import { builds, wasm } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";
import { slowPulls, slowSpread } from "../oracle/graph-spread.js";
import { followed, largeGraph, makeGraph, startsOf } from "./queries-helpers.js";

describe.each(builds)("Alm's spreading activation (%s)", (build) => {
  it("has the fan effect", () => {
    const graph = Alm.createSync({ wasm: wasm("alm-mesh", build) });
    // 0 has one edge, 1 has three: ACT-R's S_ji = S - ln(fan + 1).
    graph.linkMany([0, 1, 1, 1], [2, 3, 4, 5]);
    const { ids, scores, complete } = graph.spread([0, 1], { strength: 2, hops: 1 });
    expect([complete, [...ids]]).toEqual([true, [2, 3, 4, 5]]);
    expect(scores[0]).toBeCloseTo(0.5 * (2 - Math.log(2)), 6);
    expect(scores[1]).toBeCloseTo(0.5 * (2 - Math.log(4)), 6);
    // A fan beyond e^S passes nothing.
    expect([...graph.spread([0, 1], { strength: 1, hops: 1 }).ids]).toEqual([2]);
  });

  it("agrees with the formula, round by round, and explains itself", () => {
    const random = new Random(41);
    for (let i = 0; i < 60; i++) {
      const { graph, n, arcs } = makeGraph(random, build, { hub: i % 12 === 0, halfLife: i % 3 === 0 ? 1000 : Infinity });
      const before = graph.image();
      for (let j = 0; j < 4; j++) {
        const seeds = Array.from({ length: 1 + random.below(3) }, () => random.below(n + 2));
        const seedWeights = random.next() < 0.5 ? undefined : seeds.map(() => 0.5 + random.next());
        const types = random.pick([undefined, [0], [0, 1, 2], []]);
        const minWeight = random.pick([0, 0.3]);
        const how = {
          hops: 1 + random.below(4),
          decay: random.pick([0.5, 1]),
          strength: random.pick([2, 5, 7]),
          minActivation: random.pick([0, 0.05]),
        };
        const usable = followed(arcs, { types, minWeight });
        const { activation, passed } = slowSpread(usable, startsOf(graph, seeds, seedWeights), how);
        const pulls = new Map([...slowPulls(usable, how.strength)].map(([e, pull]) => [`${e.from} ${e.to} ${e.type}`, pull]));
        const want = new Map([...activation].filter(([id]) => !seeds.includes(id)));
        const got = graph.spread(seeds, { ...how, k: 1000, types, minWeight, seedWeights, explain: 1000 });
        // Weights are f32 and pulls differences: what hardly passes anything on may do so on one side only.
        const found = new Map([...got.ids].map((id, r) => [id, got.scores[r]]));
        for (const [id, whole] of want) expect(Math.abs((found.get(id) ?? 0) - whole)).toBeLessThanOrEqual(2e-6 * (1 + whole));
        for (const [r, id] of got.ids.entries()) {
          const whole = want.get(id)!;
          if (whole < 1e-3) continue;
          if (r > 0) expect(got.scores[r - 1] >= got.scores[r]).toBe(true);
          const { own, contributions, path } = got.explanations![r];
          expect([own, path]).toEqual([0, undefined]);
          expect(contributions.reduce((sum, c) => sum + c.share, 0)).toBeCloseTo(1, 4);
          for (const [c, { share, ...edge }] of contributions.entries()) {
            expect(usable).toContainEqual(edge);
            const part = passed.get(edge.from)! * pulls.get(`${edge.from} ${edge.to} ${edge.type}`)!;
            expect(Math.abs(share - part / whole)).toBeLessThanOrEqual(1e-5 + 4e-6 / whole);
            if (c > 0) expect(contributions[c - 1].share >= share).toBe(true);
          }
          const few = got.explanations![r].contributions.slice(0, 2);
          if (r === 0)
            expect(graph.spread(seeds, { ...how, k: 1, types, minWeight, seedWeights, explain: 2 }).explanations![0].contributions).toEqual(
              few,
            );
        }
      }
      expect(Buffer.compare(graph.image(), before)).toBe(0);
      graph.dispose();
    }
  });

  it("stops at the deadline with lower bounds", () => {
    const graph = largeGraph(build, false);
    const how = { hops: 12, k: 200_000, strength: 20 };
    const whole = graph.spread([0], how);
    const all = new Map([...whole.ids].map((id, i) => [id, whole.scores[i]]));
    const part = graph.spread([0], { ...how, deadlineMs: 0 });
    expect([whole.complete, part.complete]).toEqual([true, false]);
    expect(part.ids.length).toBeGreaterThan(0);
    for (const [i, id] of part.ids.entries()) expect(part.scores[i]).toBeLessThanOrEqual(all.get(id)! * 1.000001);
    expect(graph.spread([0], { ...how, deadlineMs: 60_000 })).toEqual(whole);
  });

  it("refuses what cannot be right", () => {
    const graph = Alm.createSync({ wasm: wasm("alm-mesh", build) });
    expect(graph.spread([1])).toEqual({ ids: new Int32Array(0), scores: new Float32Array(0), complete: true });
    const wrong = [
      { k: -1 },
      { hops: 0 },
      { hops: 256 },
      { decay: 0 },
      { decay: 2 },
      { strength: 0 },
      { minActivation: -1 },
      { minWeight: -1 },
    ];
    const others = [{ seedWeights: [1, 2] }, { seedWeights: [0] }, { explain: 0 }, { deadlineMs: -1 }, { types: [-1] }];
    for (const options of [...wrong, ...others]) {
      expect(() => graph.spread([1], options)).toThrow(expect.objectContaining({ code: "ERR_ARGUMENT" }));
    }
    expect(() => graph.spread([1], { strength: Number.NaN })).toThrow(expect.objectContaining({ code: "ERR_NOT_FINITE" }));
  });
});
