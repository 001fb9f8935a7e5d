// Every index, by freeze(): the ways of the frozen mesh are those of Dijkstra's algorithm, and come from the index where it can answer.
import { describe, expect, it } from "vitest";
import { Alm, type FreezeOptions, type ShortestPathOptions } from "../../src/alm.js";
import { type Build, builds, wasm } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";
import { type Counter, expectRoutes, indexModules, kinds, near } from "./freeze-helpers.js";
import { randomFilter, randomMesh } from "./route-helpers.js";

/** Ids below n, and some without edges. */
const idsOf = (n: number) => [...Array.from({ length: n }, (_, i) => i), n + 1, 500_000];

/** Two parts, a loop that is alone, parallel edges of equal weight, ids between without edges. */
function parts(build: Build, directed: boolean): Alm {
  const mesh = Alm.createSync({ directed, wasm: wasm("alm-mesh", build) });
  mesh.linkMany([0, 2, 4, 0, 0, 10, 12, 12, 20], [2, 4, 0, 2, 2, 12, 10, 14, 20], {
    weights: [1, 2, 4, 1, 0.5, 1, 8, 1, 3],
    types: [0, 0, 0, 1, 2, 0, 0, 9, 0],
  });
  return mesh;
}

describe.each(builds)("freeze (%s)", (build) => {
  const rounds = build === "release" ? 80 : 8;

  describe.each([true, false])("directed: %s", (directed) => {
    it.each([...kinds, "auto"] as const)("%s: all ways of random graphs are exact", (index) => {
      const random = new Random(41);
      for (let round = 0; round < rounds; round++) {
        const n = 1 + random.below(18);
        const { mesh } = randomMesh(random, build, n, random.below(4 * n), { directed, halfLife: 1000 });
        const cost = random.pick(["weight", "weight", "hops"] as const);
        const types = random.pick([undefined, undefined, [0], [2, 1, 1], []]);
        const churn = random.pick(["none", "weights"] as const);
        const before = Buffer.from(mesh.image());
        const stats = mesh.freezeSync({ index, churn, cost, types, wasm: indexModules(build) });
        expect(stats.state).toBe("valid");
        if (index !== "auto") expect(stats.index).toBe(index);
        expect(mesh.frozen).toEqual(stats);
        expectRoutes(mesh, idsOf(n), { cost, types });
        // The questions that it was not made for, too.
        expectRoutes(mesh, idsOf(n), { cost: cost === "hops" ? "weight" : "hops", types: types === undefined ? [0] : undefined });
        expect(Buffer.compare(before, mesh.image())).toBe(0);
        mesh.dispose();
      }
    });

    it.each([...kinds, "auto"] as const)("%s: parts, loops, parallel edges, ids without edges, the empty graph", (index) => {
      const mesh = parts(build, directed);
      mesh.freezeSync({ index, wasm: indexModules(build) });
      expectRoutes(mesh, idsOf(22));
      const empty = Alm.createSync({ directed, wasm: wasm("alm-mesh", build) });
      expect(empty.freezeSync({ index, wasm: indexModules(build) }).state).toBe("valid");
      expectRoutes(empty, [0, 1]);
      expect(mesh.distances(0, [])).toEqual(new Float64Array(0));
      expect(mesh.distanceMatrix([], [0])).toEqual(new Float64Array(0));
      expect(mesh.distanceMatrix([2, 2], [4, 4, 2])).toEqual(Float64Array.of(2, 2, 0, 2, 2, 0));
    });

    it.each(kinds)("%s: other questions are asked of the live graph", (index) => {
      const random = new Random(43);
      for (let round = 0; round < rounds; round++) {
        const n = 2 + random.below(14);
        const { mesh } = randomMesh(random, build, n, 3 * n, { directed, halfLife: 1000 });
        const live = Alm.loadSync(mesh.snapshot(), { wasm: wasm("alm-mesh", build) });
        const { types, cost } = randomFilter(random, n);
        mesh.freezeSync({ index, types, cost, wasm: indexModules(build) });
        for (let i = 0; i < 25; i++) {
          const options: ShortestPathOptions = {
            ...randomFilter(random, n),
            algorithm: random.pick(["auto", "auto", "dijkstra", "bidirectional", "astar"] as const),
            maxCost: random.pick([undefined, Infinity, 0, 1, 2.5]),
            at: random.pick([undefined, 0, 700, 5000]),
          };
          const [from, to] = [random.below(n + 2), random.below(n + 2)];
          const [got, want] = [mesh.shortestPath(from, to, options), live.shortestPath(from, to, options)];
          if (!near(got?.cost, want?.cost))
            throw new Error(`${from} -> ${to}, ${JSON.stringify(options)}: ${got?.cost}, not ${want?.cost}`);
          const { algorithm: _, ...rest } = options;
          expect([...mesh.distances(from, [to, from], rest)].every((d, j) => near(d, live.distances(from, [to, from], rest)[j]))).toBe(
            true,
          );
        }
      }
    });
  });

  it.each(kinds)("%s answers itself what it can, and is not asked what it cannot", (index) => {
    const ask = (mesh: Alm, options: ShortestPathOptions, counter: Counter) => {
      const before = counter.calls;
      mesh.shortestPath(0, 4, options);
      return counter.calls - before > 0;
    };
    const frozen = (options: FreezeOptions): [Alm, Counter] => {
      const mesh = parts(build, true);
      const counter = { calls: 0 };
      mesh.freezeSync({ ...options, index, wasm: indexModules(build, counter) });
      return [mesh, counter];
    };
    const [all, a] = frozen({});
    for (const options of [{}, { avoid: [] }, { avoidEdges: [] }, { cost: "weight" }, { maxCost: 5 }, { at: 0 }] as ShortestPathOptions[]) {
      expect([options, ask(all, options, a)]).toEqual([options, true]);
    }
    const others: ShortestPathOptions[] = [
      { avoid: [9] },
      { avoidEdges: [[2, 4]] },
      { types: [0] },
      { types: [0, 1, 2, 9] },
      { cost: "hops" },
      { at: 1 },
      { algorithm: "dijkstra" },
      { algorithm: "bidirectional" },
    ];
    for (const options of others) expect([options, ask(all, options, a)]).toEqual([options, false]);
    const [some, b] = frozen({ types: [2, 0, 2], cost: "hops" });
    expect(ask(some, { types: [0, 2], cost: "hops" }, b)).toBe(true);
    expect(ask(some, { types: [0, 0, 2], cost: "hops" }, b)).toBe(true);
    for (const options of [
      {},
      { types: [0], cost: "hops" },
      { types: [0, 2] },
      { types: [0, 2, 1], cost: "hops" },
    ] as ShortestPathOptions[]) {
      expect([options, ask(some, options, b)]).toEqual([options, false]);
    }
    const before = a.calls;
    expect(all.distances(0, [4, 2])).toEqual(Float64Array.of(2.5, 0.5));
    expect(a.calls).toBeGreaterThan(before);
    all.thaw();
    const then = a.calls;
    expect(all.shortestPath(0, 4)?.cost).toBe(2.5);
    expect(a.calls).toBe(then);
  });

  it("keeps the index it has where another one is refused", () => {
    const n = 1500;
    const mesh = Alm.createSync({ wasm: wasm("alm-mesh", build) });
    const from = Array.from({ length: 3 * n }, (_, i) => i % n);
    mesh.linkMany(
      from,
      from.map((id, i) => (id * 7 + i) % n),
      { weights: from.map((_, i) => 1 + (i % 9)) },
    );
    const first = mesh.freezeSync({ index: "alt", wasm: indexModules(build) });
    for (const index of [...kinds, "auto"] as const) {
      expect(() => mesh.freezeSync({ index, maxBytes: 4096, wasm: indexModules(build) })).toThrow(
        expect.objectContaining({ code: "ERR_MEMORY" }),
      );
      expect(mesh.frozen).toEqual(first);
    }
    const bad: object[] = [
      { index: "x" },
      { churn: "x" },
      { cost: "x" },
      { types: 5 },
      { types: [256] },
      { types: null },
      { maxBytes: -1 },
    ];
    for (const options of bad) {
      expect(() => mesh.freezeSync(options)).toThrow(expect.objectContaining({ code: "ERR_ARGUMENT" }));
      expect(mesh.frozen).toEqual(first);
    }
    const second = mesh.freezeSync({ index: "labels", wasm: indexModules(build) });
    expect([second.index, mesh.frozen?.index]).toEqual(["labels", "labels"]);
    mesh.thaw();
    mesh.thaw();
    expect(mesh.frozen).toBeUndefined();
    mesh.freezeSync({ index: "ch", wasm: indexModules(build) });
    mesh.dispose();
    mesh.dispose();
    expect(() => mesh.shortestPath(0, 1)).toThrow(expect.objectContaining({ code: "ERR_DISPOSED" }));
    expect(() => mesh.freezeSync()).toThrow(expect.objectContaining({ code: "ERR_DISPOSED" }));
  });

  it("refuses what the live graph refuses", () => {
    const mesh = parts(build, true);
    mesh.freezeSync({ index: "ch", types: [0], wasm: indexModules(build) });
    const ask = (options: object) => mesh.shortestPath(0, 4, { types: [0], ...options });
    const bad: [string, object][] = [
      ["ERR_ARGUMENT", { at: -1 }],
      ["ERR_NOT_FINITE", { at: Number.NaN }],
      ["ERR_NOT_FINITE", { maxCost: "9" }],
      ["ERR_NOT_FINITE", { maxCost: Number.NaN }],
      ["ERR_ARGUMENT", { maxCost: -1 }],
      ["ERR_ARGUMENT", { avoid: null }],
      ["ERR_ARGUMENT", { avoid: [-1] }],
      ["ERR_ARGUMENT", { avoidEdges: null }],
      ["ERR_ARGUMENT", { types: 5 }],
      ["ERR_ARGUMENT", { types: [256] }],
      ["ERR_ARGUMENT", { cost: "time" }],
      ["ERR_ARGUMENT", { algorithm: "best" }],
    ];
    for (const [code, options] of bad) expect(() => ask(options), JSON.stringify(options)).toThrow(expect.objectContaining({ code }));
    expect(() => mesh.shortestPath(-1, 0)).toThrow(expect.objectContaining({ code: "ERR_ARGUMENT" }));
    expect(() => mesh.distances(0.5, [0])).toThrow(expect.objectContaining({ code: "ERR_ARGUMENT" }));
    expect(() => mesh.distances(0, [2 ** 31])).toThrow(expect.objectContaining({ code: "ERR_ARGUMENT" }));
  });
});
