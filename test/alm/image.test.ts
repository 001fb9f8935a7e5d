import { describe, expect, it } from "vitest";
import { Alm } from "../../src/alm.js";
import { builds, wasm } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";

const HOUR = 3_600_000;

/** A graph after random operations, with random queries in between if `asking`. */
function lived(build: (typeof builds)[number], asking: boolean, seed = 3): Alm {
  const random = new Random(7);
  const graph = Alm.createSync({ seed, halfLife: 24 * HOUR, wasm: wasm("alm-mesh", build) });
  const questions = new Random(8);
  for (let step = 0; step < 6000; step++) {
    const at = step * HOUR;
    const skewed = () => random.below(random.below(random.below(150) + 1) + 1);
    const [from, to, type] = [skewed(), skewed(), random.below(12)];
    const kind = random.next();
    if (kind < 0.7) graph.link(from, to, { type, weight: 0.1 + random.next(), at });
    else if (kind < 0.9) graph.reinforce(from, to, random.next() - 0.2, { type, at });
    else if (kind < 0.995) graph.unlink(from, to, { type });
    else graph.removeNode(random.below(150));
    if (!asking || step % 10 !== 0) continue;
    const seeds = [questions.below(150), questions.below(150)];
    graph.recall(seeds, { k: 50, normalize: questions.pick(["none", "out"]) });
    graph.kHop(seeds, { direction: "both", hops: 3 });
    graph.personalizedPageRank(seeds, { types: [0, 2] });
    graph.shortestPath(seeds[0], seeds[1], { avoid: [questions.below(150)] });
    graph.out(seeds[0]);
    graph.weight(seeds[0], seeds[1], { at: at + 1e9 });
  }
  return graph;
}

describe("The image of Alm", () => {
  const first = lived("release", false);

  it.each(builds)("is a function of the operations alone (%s)", (build) => {
    for (const asking of [false, true]) expect(Buffer.compare(lived(build, asking).image(), first.image())).toBe(0);
    expect(Math.max(first.outDegree(0), first.inDegree(0))).toBeGreaterThan(128);
  });

  it("differs by the seed, which changes no answer", () => {
    const other = lived("release", false, 4);
    expect(Buffer.compare(other.image(), first.image())).not.toBe(0);
    expect([...other.edges()]).toEqual([...first.edges()]);
  });

  it("is the same through singles and a batch of few rows into an empty graph", () => {
    const random = new Random(9);
    const from = Int32Array.from({ length: 2000 }, () => random.below(100));
    const to = Int32Array.from({ length: 2000 }, () => random.below(100));
    const one = Alm.createSync({ wasm: wasm("alm-mesh", "release") });
    const many = Alm.createSync({ wasm: wasm("alm-mesh", "debug") });
    for (let i = 0; i < from.length; i++) one.link(from[i], to[i]);
    many.linkMany(from, to);
    expect(Buffer.compare(one.image(), many.image())).toBe(0);
  });
});
