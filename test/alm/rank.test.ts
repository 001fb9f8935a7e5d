import { describe, expect, it } from "vitest";
import { Alm } from "../../src/alm.js";
import { builds, wasm } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";
import { slowPageRank } from "../oracle/graph.js";
import { slowRankWithin } from "../oracle/graph-rank.js";
import { followed, largeGraph, makeGraph, startsOf } from "./queries-helpers.js";

const EPSILON = 1e-9;

describe.each(builds)("Alm's personalised PageRank (%s)", (build) => {
  const random = new Random(51);
  const graphs = Array.from({ length: 30 }, (_, i) =>
    makeGraph(random, build, { hub: i % 8 === 0, halfLife: i % 3 === 0 ? 1000 : Infinity }),
  );
  const questions = (n: number) => {
    const seeds = Array.from({ length: 1 + random.below(3) }, () => random.below(n + 2));
    return {
      seeds,
      seedWeights: random.next() < 0.5 ? undefined : seeds.map(() => 0.5 + random.next()),
      types: random.pick([undefined, [0], [0, 1, 2], []]),
      minWeight: random.pick([0, 0.3]),
      restart: random.pick([0.15, 0.5, 0.9, 1]),
    };
  };

  it("leaves light edges and far walks out, scores from below", () => {
    for (const { graph, n, arcs } of graphs) {
      const before = graph.image();
      for (let i = 0; i < 4; i++) {
        const { seeds, ...options } = questions(n);
        const maxHops = random.pick([undefined, 1, 2, 5]);
        const { ids, scores } = graph.personalizedPageRank(seeds, { ...options, k: 1000, epsilon: EPSILON, maxHops });
        const usable = followed(arcs, options);
        const starts = startsOf(graph, seeds, options.seedWeights);
        const want =
          maxHops === undefined ? slowPageRank(usable, starts, options.restart) : slowRankWithin(usable, starts, options.restart, maxHops);
        const got = new Map([...ids].map((id, r) => [id, scores[r]]));
        // What is left unwalked is less than epsilon an arc or node, and restart makes at most 1 / restart of it.
        const bound = (2 * EPSILON * (arcs.length + n)) / options.restart;
        if (starts.size === 0) expect(got.size).toBe(0);
        else
          for (const [id, score] of want) {
            expect(got.get(id) ?? 0).toBeLessThanOrEqual(score * (1 + 1e-6) + 1e-12);
            expect(got.get(id) ?? 0).toBeGreaterThanOrEqual(score * (1 - 1e-6) - bound);
          }
        for (const id of got.keys()) expect(want.has(id)).toBe(true);
      }
      expect(Buffer.compare(graph.image(), before)).toBe(0);
    }
  });

  it("explains each score by parts that add up to it, whatever epsilon leaves out", () => {
    for (const { graph, n, arcs } of graphs) {
      const before = graph.image();
      for (let i = 0; i < 4; i++) {
        const { seeds, ...options } = questions(n);
        const maxHops = random.pick([undefined, 1, 3]);
        const epsilon = random.pick([0.1, 1e-3, EPSILON]);
        const ask = { ...options, maxHops, epsilon, k: 1000 };
        const { ids, scores, explanations } = graph.personalizedPageRank(seeds, { ...ask, explain: 1000 });
        expect(graph.personalizedPageRank(seeds, ask)).toEqual({ ids, scores, complete: true });
        const usable = followed(arcs, options);
        const starts = startsOf(graph, seeds, options.seedWeights);
        for (const [r, { own, contributions, path }] of explanations!.entries()) {
          expect(own + contributions.reduce((sum, c) => sum + c.share, 0)).toBeCloseTo(1, 4);
          expect(own > 0).toBe(starts.has(ids[r]));
          for (const [c, { share, ...edge }] of contributions.entries()) {
            expect(usable).toContainEqual(edge);
            expect(edge.to).toBe(ids[r]);
            if (c > 0) expect(contributions[c - 1].share >= share).toBe(true);
          }
          if (own > 0) expect(path).toEqual([]);
          else {
            expect(starts.has(path![0].from)).toBe(true);
            expect(path!.at(-1)!.to).toBe(ids[r]);
            for (const [j, edge] of path!.entries()) {
              expect(usable).toContainEqual(edge);
              if (j > 0) expect(edge.from).toBe(path![j - 1].to);
            }
            expect(path!.length).toBeLessThanOrEqual(maxHops ?? 255);
          }
          if (epsilon !== EPSILON || maxHops !== undefined) continue;
          // All is walked: the parts are those of the exact scores.
          const exact = slowPageRank(usable, starts, options.restart);
          expect(
            Math.abs(own * exact.get(ids[r])! - options.restart * (starts.get(ids[r]) ?? 0) * scale(exact, usable, options.restart)),
          ).toBeLessThan(1e-4);
        }
        const few = graph.personalizedPageRank(seeds, { ...ask, k: 2, explain: 1 }).explanations!;
        expect(few.map((e) => e.contributions)).toEqual(explanations!.slice(0, 2).map((e) => e.contributions.slice(0, 1)));
      }
      expect(Buffer.compare(graph.image(), before)).toBe(0);
    }
  });

  /** What restarts where no edge leads on make of all scores. */
  function scale(exact: Map<number, number>, arcs: readonly { from: number }[], restart: number): number {
    let stuck = 0;
    for (const [id, score] of exact) if (!arcs.some((e) => e.from === id)) stuck += score;
    return (restart + (1 - restart) * stuck) / restart;
  }

  it("stops at the deadline with lower bounds that are explained all the same", () => {
    const graph = largeGraph(build);
    const before = graph.image();
    const ask = { k: 100_000, epsilon: 1e-7 };
    const whole = graph.personalizedPageRank([0], ask);
    const all = new Map([...whole.ids].map((id, i) => [id, whole.scores[i]]));
    const part = graph.personalizedPageRank([0], { ...ask, deadlineMs: 0 });
    expect([whole.complete, part.complete]).toEqual([true, false]);
    expect(part.ids.length).toBeGreaterThan(0);
    for (const [i, id] of part.ids.entries()) expect(part.scores[i]).toBeLessThanOrEqual(all.get(id)! * 1.000001);
    const { explanations } = graph.personalizedPageRank([0], { ...ask, k: 20, deadlineMs: 0, explain: 50 });
    for (const { own, contributions } of explanations!) expect(own + contributions.reduce((sum, c) => sum + c.share, 0)).toBeCloseTo(1, 4);
    expect(graph.personalizedPageRank([0], { ...ask, deadlineMs: 60_000 })).toEqual(whole);
    expect(Buffer.compare(graph.image(), before)).toBe(0);
  });

  it("refuses what cannot be right", () => {
    const graph = Alm.createSync({ wasm: wasm("alm-mesh", build) });
    for (const options of [{ minWeight: -1 }, { maxHops: 0 }, { maxHops: 1.5 }, { explain: 0 }, { explain: 70_000 }, { deadlineMs: -1 }]) {
      expect(() => graph.personalizedPageRank([1], options)).toThrow(expect.objectContaining({ code: "ERR_ARGUMENT" }));
    }
    expect(graph.personalizedPageRank([1], { explain: 3 })).toEqual({
      ids: new Int32Array(0),
      scores: new Float32Array(0),
      complete: true,
      explanations: [],
    });
  });
});
