import { describe, expect, it } from "vitest";
import { Alm, type Edge } from "../../src/alm.js";
import { builds, wasm } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";
import { slowDijkstra, slowHops, slowPageRank, slowRecall } from "../oracle/graph.js";

const EPSILON = 1e-7;

/** A random graph: uniform, or with hubs. Weights repeat, so that there are ties. */
function randomGraph(random: Random, build: (typeof builds)[number]): { graph: Alm; edges: Edge[]; n: number } {
  const n = 2 + random.below(60);
  const m = random.below(4 * n);
  const graph = Alm.createSync({ wasm: wasm("alm-mesh", build) });
  const hubs = random.next() < 0.5;
  for (let i = 0; i < m; i++) {
    const from = hubs ? random.below(random.below(n) + 1) : random.below(n);
    const weight = random.next() < 0.5 ? (1 + random.below(8)) / 8 : 0.05 + 1.5 * random.next();
    graph.link(from, random.below(n), { weight, type: random.below(3) });
  }
  return { graph, edges: [...graph.edges()], n };
}

describe.each(builds)("Alm queries against the textbook (%s)", (build) => {
  const each = (seed: number, count: number, run: (random: Random, g: ReturnType<typeof randomGraph>, seeds: number[]) => void) => {
    const random = new Random(seed);
    for (let i = 0; i < count; i++) {
      const g = randomGraph(random, build);
      const before = g.graph.image();
      for (let j = 0; j < 8; j++) {
        // Some seeds come twice, some are not in the graph.
        run(
          random,
          g,
          Array.from({ length: 1 + random.below(3) }, () => random.below(g.n + 2)),
        );
      }
      expect(Buffer.compare(g.graph.image(), before)).toBe(0);
      g.graph.dispose();
    }
  };
  const filter = (random: Random) => random.pick([undefined, [0], [1, 2], [0, 1, 2], []]);
  const kept = (edges: Edge[], types?: readonly number[], minWeight = 0) =>
    edges.filter((e) => (types === undefined || types.includes(e.type)) && e.weight >= minWeight);

  it("walks neighbourhoods", () => {
    each(11, 150, (random, { graph, edges }, seeds) => {
      const types = filter(random);
      const minWeight = random.pick([0, 0.5, 2]);
      const hops = random.below(5);
      const direction = random.pick(["out", "in", "both"] as const);
      const want = slowHops(kept(edges, types, minWeight), seeds, hops, direction);
      const got = graph.kHop(seeds, { hops, types, minWeight, direction });
      expect(new Map([...got.ids].map((id, i) => [id, got.hops[i]]))).toEqual(want);
      expect([...got.hops]).toEqual([...got.hops].sort((a, b) => a - b));
      const limit = random.below(want.size + 1);
      const few = graph.kHop(seeds, { hops, types, minWeight, direction, limit });
      expect(few.ids).toEqual(got.ids.slice(0, limit));
    });
  });

  it("recalls the best with their best paths", () => {
    each(12, 250, (random, { graph, edges }, seeds) => {
      const types = filter(random);
      const minWeight = random.pick([0, 0.3]);
      const hopDecay = random.pick([1, 0.8, 0.3]);
      const maxHops = 1 + random.below(6);
      const normalize = random.pick(["none", "out"] as const);
      const k = random.pick([0, 1, 3, 10, 1000]);
      const allowed = kept(edges, types);
      const usable = kept(edges, types, minWeight);
      const want = slowRecall(usable, seeds, hopDecay, maxHops, normalize === "out", allowed);
      const got = graph.recall(seeds, { k, hopDecay, maxHops, types, minWeight, normalize });
      expect(got.length).toBe(Math.min(k, want.size));
      // With shares, the sums over the out-edges may differ in the last bits; else scores are equal bit by bit.
      const equal = (a: number, b: number) =>
        normalize === "none" ? expect(a).toBe(b) : expect(Math.abs(a - b)).toBeLessThanOrEqual(1e-6 * b);
      const scores = [...want.values()].sort((a, b) => b - a);
      for (const [i, { id, score, path }] of got.entries()) {
        equal(score, scores[i]);
        equal(score, want.get(id)!);
        expect(seeds).toContain(path[0].from);
        expect(path[path.length - 1].to).toBe(id);
        expect(path.length).toBeLessThanOrEqual(maxHops);
        let worth = 1;
        for (const [j, e] of path.entries()) {
          if (j > 0) expect(e.from).toBe(path[j - 1].to);
          expect(usable).toContainEqual(e);
          const sum = allowed.filter((x) => x.from === e.from).reduce((a, x) => a + x.weight, 0);
          worth = Math.fround(worth * (Math.min(1, normalize === "out" ? e.weight * (1 / sum) : e.weight) * hopDecay));
        }
        equal(worth, score);
      }
      expect(new Set(got.map((r) => r.id)).size).toBe(got.length);
    });
  });

  it("finds cheapest paths", () => {
    each(13, 250, (random, { graph, edges, n }, avoid) => {
      const types = filter(random);
      const cost = random.pick(["weight", "hops"] as const);
      const from = random.below(n);
      const to = random.below(n);
      const avoided = random.next() < 0.5 ? avoid : [];
      const usable = kept(edges, types);
      const want = slowDijkstra(usable, from, cost === "hops", avoided).get(to);
      const got = graph.shortestPath(from, to, { types, cost, avoid: avoided });
      if (want === undefined || !graph.hasNode(from)) {
        expect(got).toBeUndefined();
        return;
      }
      expect(got!.cost).toBeCloseTo(want, 10);
      const path = [...got!.path];
      expect([path[0], path[path.length - 1], path.length]).toEqual([from, to, got!.types.length + 1]);
      let sum = 0;
      for (let i = 0; i + 1 < path.length; i++) {
        expect(usable).toContainEqual({ from: path[i], to: path[i + 1], type: got!.types[i], weight: got!.weights[i] });
        sum += cost === "hops" ? 1 : got!.weights[i];
      }
      expect(sum).toBeCloseTo(want, 10);
      expect(path.some((id) => avoided.includes(id))).toBe(false);
      expect(graph.shortestPath(from, to, { types, cost, avoid: avoided, maxCost: want * 1.0001 })?.cost).toBeCloseTo(want, 10);
      if (want > 0) expect(graph.shortestPath(from, to, { types, cost, avoid: avoided, maxCost: want * 0.9999 })).toBeUndefined();
    });
  });

  it("ranks by personalised PageRank, from below and to within what epsilon leaves", () => {
    each(14, 60, (random, { graph, edges, n }, seeds) => {
      const types = filter(random);
      const restart = random.pick([0.15, 0.5, 0.9, 1]);
      const weights = random.next() < 0.5 ? undefined : seeds.map(() => 0.5 + random.next());
      const known = seeds.filter((id) => graph.hasNode(id));
      const got = graph.personalizedPageRank(seeds, { k: 1000, restart, epsilon: EPSILON, seedWeights: weights, types });
      if (known.length === 0) {
        expect(got.ids.length).toBe(0);
        return;
      }
      const starts = new Map<number, number>();
      for (const [i, id] of seeds.entries()) if (graph.hasNode(id)) starts.set(id, (starts.get(id) ?? 0) + (weights?.[i] ?? 1));
      const want = slowPageRank(kept(edges, types), starts, restart);
      // What is left unwalked is less than epsilon an edge or node, and restart makes at most 1 / restart of it.
      const bound = (2 * EPSILON * (edges.length + n)) / restart;
      const scores = new Map([...got.ids].map((id, i) => [id, got.scores[i]]));
      for (const [id, score] of want) {
        expect(scores.get(id) ?? 0).toBeLessThanOrEqual(score * (1 + 1e-6) + 1e-12);
        expect(scores.get(id) ?? 0).toBeGreaterThanOrEqual(score * (1 - 1e-6) - bound);
      }
      for (const id of scores.keys()) expect(want.has(id)).toBe(true);
      for (let i = 1; i < got.ids.length; i++) {
        const [before, here] = [got.scores[i - 1], got.scores[i]];
        expect(before > here || (before === here && got.ids[i - 1] < got.ids[i])).toBe(true);
      }
      const k = random.below(6);
      const few = graph.personalizedPageRank(seeds, { k, restart, epsilon: EPSILON, seedWeights: weights, types });
      expect(few).toEqual({ ids: got.ids.slice(0, k), scores: got.scores.slice(0, k), complete: true });
      const others = graph.personalizedPageRank(seeds, {
        k: 1000,
        restart,
        epsilon: EPSILON,
        seedWeights: weights,
        types,
        excludeSeeds: true,
      });
      expect([...others.ids]).toEqual([...got.ids].filter((id) => !seeds.includes(id)));
    });
  });

  it("goes on by a worse but shorter path where the hops are counted", () => {
    const graph = Alm.createSync({ wasm: wasm("alm-mesh", build) });
    graph.linkMany([0, 1, 0, 2, 3], [1, 2, 2, 3, 4], { weights: [1, 1, 0.5, 1, 1] });
    const got = graph.recall([0], { hopDecay: 1, maxHops: 3 });
    expect(got.map((r) => [r.id, r.score, r.path.length])).toEqual([
      [1, 1, 1],
      [2, 1, 2],
      [3, 1, 3],
      [4, 0.5, 3],
    ]);
  });

  it("takes seeds and avoided nodes by the ten thousand, and reaches far", () => {
    const n = 30_000;
    const graph = Alm.createSync({ wasm: wasm("alm-mesh", build) });
    const ids = Int32Array.from({ length: n }, (_, i) => i);
    graph.linkMany(ids.subarray(0, n - 1), ids.subarray(1));
    const before = graph.image();
    const same = (a: Int32Array, b: Int32Array) => expect(a.length === b.length && a.every((id, i) => id === b[i])).toBe(true);
    same(graph.kHop([0], { hops: n }).hops, ids.subarray(1));
    same(graph.shortestPath(0, n - 1)!.path, ids);
    expect(graph.shortestPath(0, n - 1, { avoid: ids.subarray(1, n - 1) })).toBeUndefined();
    expect(graph.kHop(ids.subarray(0, n - 1), { hops: 1 }).ids).toEqual(Int32Array.of(n - 1));
    expect(graph.recall(ids.subarray(0, n - 1))).toHaveLength(1);
    expect(graph.recall([0], { k: 300, hopDecay: 1, maxHops: 255 }).map((r) => r.id)).toEqual([...ids.subarray(1, 256)]);
    const seedWeights = new Float64Array(n).fill(2);
    const rank = graph.personalizedPageRank(ids, { seedWeights, restart: 1, k: n });
    same(rank.ids, ids);
    expect(rank.scores[0]).toBe(Math.fround(1 / n));
    expect(Buffer.compare(graph.image(), before)).toBe(0);
  });
});
