// A frozen mesh that changes: its answers are those of the graph as it is, after whatever happened to it.
import { describe, expect, it } from "vitest";
import { Alm } from "../../src/alm.js";
import { type Build, builds, wasm } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";
import { expectRoutes, indexModules, kinds } from "./freeze-helpers.js";

const N = 12;
const ids = Array.from({ length: N + 1 }, (_, i) => i);

/** A graph of some edges of types 0 and 1, with parallel edges and a loop. */
function made(build: Build, directed: boolean, halfLife = 1000): Alm {
  const random = new Random(5);
  const mesh = Alm.createSync({ directed, halfLife, wasm: wasm("alm-mesh", build), maxBytes: 400_000 });
  for (let i = 0; i < 3 * N; i++) {
    mesh.link(random.below(N), random.below(N), { weight: (1 + random.below(20)) / 4, type: random.below(2), at: 1000 });
  }
  mesh.link(0, 1, { weight: 3 });
  mesh.link(1, 2, { weight: 3 });
  mesh.link(2, 2);
  return mesh;
}

/** Rows of a large batch: all over the edges 0 - 1 and 1 - 2. */
const many = (first: number, second: number) => Array.from({ length: 2500 }, (_, i) => (i % 2 === 0 ? first : second));
const ones = (weight: number) => new Float32Array(2500).fill(weight);

/** What may happen to a mesh, and what becomes of its index. */
const events: [name: string, run: (mesh: Alm) => unknown, state: "valid" | "stale" | "lost" | "stale or lost"][] = [
  ["an edge is made", (m) => m.link(3, 11, { type: 7, weight: 0.01 }), "lost"],
  ["an edge gets a weight", (m) => m.link(0, 1, { weight: 0.25 }), "stale"],
  ["an edge is updated", (m) => m.update(0, 1, 0.25), "stale"],
  ["an edge is learned", (m) => m.reinforce(0, 1, 5), "stale"],
  ["an edge is unlearned", (m) => m.reinforce(0, 1, -50), "lost"],
  ["an edge is learned anew", (m) => m.reinforce(9, 10, 0.25, { type: 3 }), "lost"],
  ["few edges get weights", (m) => m.linkMany([0, 1], [1, 2], { weights: [9, 0.25] }), "stale"],
  ["few edges are made", (m) => m.linkMany([0, 5], [1, 11], { types: [0, 4] }), "lost"],
  ["many edges get weights", (m) => m.linkMany(many(0, 1), many(1, 2), { weights: ones(0.25) }), "stale or lost"],
  ["many edges are made", (m) => m.linkMany(many(0, 4), many(1, 9), { types: new Uint8Array(2500).fill(5) }), "lost"],
  ["few edges are updated", (m) => m.updateMany([0, 1], [1, 2], [0.25, 9]), "stale"],
  ["many edges are updated", (m) => m.updateMany(many(0, 1), many(1, 2), ones(0.25)), "stale"],
  ["few edges are learned", (m) => m.reinforceMany([0, 1], [1, 2], [4, 4]), "stale"],
  ["many edges are learned", (m) => m.reinforceMany(many(0, 1), many(1, 2), ones(0.25)), "stale or lost"],
  ["an edge goes", (m) => m.unlink(0, 1, { type: 0 }), "lost"],
  ["edges of all types go", (m) => m.unlink(1, 2), "lost"],
  ["few edges go", (m) => m.unlinkMany([0, 1], [1, 2]), "lost"],
  ["many edges go", (m) => m.unlinkMany(many(0, 1), many(1, 2)), "lost"],
  ["a node goes", (m) => m.removeNode(1), "lost"],
  ["the graph is compacted", (m) => m.compact(), "lost"],
  ["time goes on", (m) => m.update(0, 1, 3, { at: 3000 }), "stale"],
  ["time goes far on", (m) => m.link(0, 1, { weight: 3, at: 90_000 }), "stale"],
  ["all weights are set", (m) => m.reweight(new Float32Array(m.edgeCount).fill(0.5)), "valid"],
  ["the index is brought up to date", (m) => m.reweight(), "valid"],
  ["an edge that is not there is updated", (m) => expect(() => m.update(500, 1, 3)).toThrow(), "valid"],
  ["edges that are not there are updated", (m) => expect(() => m.updateMany([0, 500], [1, 1], [9, 9])).toThrow(), "valid"],
  ["a batch does not fit", (m) => expect(() => m.linkMany([0, 1], [1, 2 ** 20], { weights: [9, 9] })).toThrow(), "valid"],
  ["nothing goes", (m) => [m.unlink(500, 1), m.removeNode(500), m.unlinkMany([500], [1]), m.reinforce(500, 1, -1)], "valid"],
  ["empty batches are done", (m) => [m.linkMany([], []), m.updateMany([], [], []), m.unlinkMany([], [])], "valid"],
  ["coordinates come", (m) => m.setCoordinates(new Float64Array(N), new Float64Array(N)), "valid"],
  ["it is asked", (m) => [m.recall([0]), m.personalizedPageRank([0]), m.kHop([1]), m.columns(), [...m.edges()]], "valid"],
];

describe.each(builds)("a frozen mesh (%s)", (build) => {
  describe.each([true, false])("directed: %s", (directed) => {
    it.each(events)("is never out of date: %s", (_, run, state) => {
      for (const index of kinds) {
        const mesh = made(build, directed);
        mesh.freezeSync({ index, wasm: indexModules(build) });
        run(mesh);
        const now = mesh.frozen?.state as string;
        // A batch may put arcs elsewhere.
        expect(state.split(" or "), index).toContain(now);
        expectRoutes(mesh, ids);
        if (now === "lost") {
          const before = Buffer.from(mesh.image());
          expect(() => mesh.reweight()).toThrow(expect.objectContaining({ code: "ERR_CHANGED" }));
          expect(() => mesh.reweight(new Float32Array(mesh.edgeCount).fill(1))).toThrow(expect.objectContaining({ code: "ERR_CHANGED" }));
          expect(Buffer.compare(before, mesh.image())).toBe(0);
          mesh.freezeSync({ index, wasm: indexModules(build) });
        } else mesh.reweight();
        expect(mesh.frozen?.state).toBe("valid");
        expectRoutes(mesh, ids);
        mesh.dispose();
      }
    });

    it("takes weights in the order of columns(), with and without an index", () => {
      const random = new Random(6);
      for (const index of [...kinds, undefined]) {
        for (const types of [undefined, [1]]) {
          const mesh = made(build, directed);
          if (index !== undefined) mesh.freezeSync({ index, types, wasm: indexModules(build) });
          for (let round = 0; round < 4; round++) {
            const { from, to, types: kind } = mesh.columns();
            const weights = Array.from(from, () => 0.05 + random.next());
            mesh.reweight(weights);
            for (const [i, id] of from.entries()) expect(mesh.weight(id, to[i], { type: kind[i] })).toBe(Math.fround(weights[i]));
            expect([...mesh.columns().weights]).toEqual([...Float32Array.from(weights)]);
            expectRoutes(mesh, ids, { types });
            expectRoutes(mesh, ids);
          }
          mesh.dispose();
        }
      }
    });

    it("takes weights through decay", () => {
      for (const index of kinds) {
        const mesh = made(build, directed);
        mesh.freezeSync({ index, wasm: indexModules(build) });
        for (const at of [2000, 5500, 40_250, 200_000]) {
          mesh.link(0, 1, { weight: 2, at });
          expect(mesh.frozen?.state).toBe("stale");
          mesh.reweight();
          expect(mesh.frozen?.state).toBe("valid");
          expectRoutes(mesh, ids, {}, 1e-6);
          mesh.reweight(new Float32Array(mesh.edgeCount).map((_, i) => 1 + i / 8));
          expect(mesh.frozen?.state).toBe("valid");
          expectRoutes(mesh, ids, {}, 1e-6);
        }
      }
    });

    it("refuses weights that it cannot take, and stays as it was", () => {
      const mesh = made(build, directed);
      for (const index of [undefined, ...kinds]) {
        if (index !== undefined) mesh.freezeSync({ index, wasm: indexModules(build) });
        const before = Buffer.from(mesh.image());
        const n = mesh.edgeCount;
        const with_ = (value: unknown) => [...new Array(n - 1).fill(1), value] as number[];
        const bad: [string, unknown][] = [
          ["ERR_ARGUMENT", new Float32Array(n - 1).fill(1)],
          ["ERR_ARGUMENT", new Float32Array(n + 1).fill(1)],
          ["ERR_ARGUMENT", []],
          ["ERR_ARGUMENT", null],
          ["ERR_ARGUMENT", 7],
          ["ERR_NOT_FINITE", with_(Number.NaN)],
          ["ERR_NOT_FINITE", with_(Infinity)],
          ["ERR_ARGUMENT", with_(-1)],
          ["ERR_ARGUMENT", with_(1e19)],
          ["ERR_ARGUMENT", with_("1")],
          ["ERR_ARGUMENT", with_(1n)],
        ];
        for (const [code, weights] of bad) {
          expect(() => mesh.reweight(weights as number[])).toThrow(expect.objectContaining({ code }));
          expect(Buffer.compare(before, mesh.image())).toBe(0);
          expect(mesh.frozen?.state).toBe(index === undefined ? undefined : "valid");
        }
        expectRoutes(mesh, ids);
      }
    });

    it("keeps an index by hops through new weights", () => {
      for (const index of kinds) {
        const mesh = made(build, directed);
        mesh.freezeSync({ index, cost: "hops", wasm: indexModules(build) });
        mesh.reweight(new Float32Array(mesh.edgeCount).fill(2));
        expect(mesh.frozen?.state).toBe("valid");
        expectRoutes(mesh, ids, { cost: "hops" });
        mesh.update(0, 1, 7);
        expectRoutes(mesh, ids, { cost: "hops" });
        mesh.reweight();
        expectRoutes(mesh, ids, { cost: "hops" });
        expect(mesh.shortestPath(0, 1, { cost: "hops" })?.weights[0]).toBe(mesh.weight(0, 1));
      }
    });

    it.each(kinds)("%s: random changes, brought up to date and frozen anew", (index) => {
      const random = new Random(7);
      const mesh = made(build, directed);
      mesh.freezeSync({ index, wasm: indexModules(build) });
      let states = "";
      for (let step = 0; step < (build === "release" ? 150 : 30); step++) {
        const [from, to, type] = [random.below(N), random.below(N), random.below(2)];
        const kind = random.next();
        const weight = (1 + random.below(30)) / 8;
        if (kind < 0.2) mesh.link(from, to, { weight, type });
        else if (kind < 0.4) mesh.unlink(from, to, { type });
        else if (kind < 0.7) {
          const edges = [...mesh.edges()];
          if (edges.length > 0) mesh.update(edges[0].from, edges[0].to, weight, { type: edges[0].type });
        } else if (mesh.frozen?.state === "lost") mesh.freezeSync({ index, wasm: indexModules(build) });
        else mesh.reweight();
        states += mesh.frozen?.state[0];
        expectRoutes(mesh, ids);
      }
      for (const state of "vsl") expect(states).toContain(state);
    });

    it.each(kinds)("%s: a graph with hubs, changed in batches of any size", (index) => {
      const random = new Random(8);
      const nodes = 250;
      const skewed = () => random.below(random.below(random.below(nodes) + 1) + 1);
      const rows = (n: number) => Array.from({ length: n }, skewed);
      const weights = (n: number) => Array.from({ length: n }, () => (1 + random.below(40)) / 8);
      const mesh = Alm.createSync({ directed, halfLife: 1000, wasm: wasm("alm-mesh", build) });
      mesh.linkMany(rows(2500), rows(2500), { weights: weights(2500), types: rows(2500).map((id) => id % 2) });
      expect(mesh.outDegree(0)).toBeGreaterThan(64);
      mesh.freezeSync({ index, wasm: indexModules(build) });
      let states = "";
      for (let step = 0; step < (build === "release" ? 40 : 15); step++) {
        const n = random.next() < 0.3 ? 2500 : random.below(60);
        const kind = random.next();
        const old = mesh.columns();
        const some = Array.from({ length: n }, () => random.below(mesh.edgeCount));
        const [from, to, types] = [some.map((i) => old.from[i]), some.map((i) => old.to[i]), some.map((i) => old.types[i])];
        if (kind < 0.1) mesh.linkMany(rows(n), rows(n), { weights: weights(n) });
        else if (kind < 0.25) mesh.linkMany(to, from, { weights: weights(n), types });
        else if (kind < 0.4) mesh.updateMany(from, to, weights(n), { types, at: mesh.now + 1000 * random.below(3) });
        else if (kind < 0.5) mesh.reinforceMany(from, to, weights(n), { types });
        else if (kind < 0.55) mesh.unlinkMany(rows(30), rows(30));
        else if (kind < 0.6) mesh.removeNode(1 + skewed());
        else if (kind < 0.65) mesh.compact();
        if (mesh.frozen?.state === "lost" && random.next() < 0.7) mesh.freezeSync({ index, wasm: indexModules(build) });
        else if (mesh.frozen?.state !== "lost" && random.next() < 0.4) mesh.reweight(weights(mesh.edgeCount));
        else if (mesh.frozen?.state !== "lost" && random.next() < 0.5) mesh.reweight();
        states += mesh.frozen?.state[0];
        expectRoutes(mesh, [0, 1, 2, skewed(), random.below(nodes), random.below(nodes)]);
      }
      for (const state of "vl") expect(states).toContain(state);
      mesh.dispose();
    });
  });

  it("that is changed, thawed or frozen again while an index is built", async () => {
    const mesh = made(build, false);
    const freezing = mesh.freeze({ index: "ch", wasm: indexModules(build) });
    mesh.update(0, 1, 0.125);
    expect((await freezing).state).toBe("stale");
    expectRoutes(mesh, ids);
    mesh.reweight();
    expect(mesh.frozen?.state).toBe("valid");
    expectRoutes(mesh, ids);
    const again = mesh.freeze({ index: "cch", wasm: indexModules(build) });
    mesh.link(0, 11, { type: 9 });
    expect(await again).toMatchObject({ index: "cch", state: "lost" });
    expectRoutes(mesh, ids);
    await Promise.all([
      mesh.freeze({ index: "alt", wasm: indexModules(build) }),
      mesh.freeze({ index: "labels", wasm: indexModules(build) }),
    ]);
    expect(mesh.frozen?.state).toBe("valid");
    expectRoutes(mesh, ids);
    await expect(mesh.freeze({ index: "best" as "ch" })).rejects.toMatchObject({ code: "ERR_ARGUMENT" });
    expect(mesh.frozen?.state).toBe("valid");
    const last = mesh.freeze({ index: "ch", wasm: indexModules(build) });
    mesh.dispose();
    await expect(last).rejects.toMatchObject({ code: "ERR_DISPOSED" });
  });
});
