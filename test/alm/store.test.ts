// What the store does with its memory: freed blocks are used again, compact() leaves the least, and the bytes are a function of the operations.
import { describe, expect, it } from "vitest";
import { Alm, type MeshOptions } from "../../src/alm.js";
import { sameImage } from "../helpers/images.js";
import { type Build, builds, wasm } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";
import { indexModules } from "./freeze-helpers.js";

const range = (n: number, make: (i: number) => number) => Array.from({ length: n }, (_, i) => make(i));
const forms: [string, MeshOptions][] = [
  ["directed", { directed: true }],
  ["undirected", { directed: false }],
];

/** Rows with hubs, types and loops. */
function rowsOf(random: Random, n: number, nodes: number) {
  const id = () => (random.next() < 0.4 ? random.below(random.below(random.below(nodes) + 1) + 1) : random.below(nodes));
  return {
    from: range(n, id),
    to: range(n, id),
    types: range(n, () => (random.next() < 0.8 ? 0 : random.below(250))),
    weights: range(n, () => Math.fround(0.1 + random.next())),
  };
}

describe.each(builds)("the memory of Alm (%s)", (build) => {
  const make = (options: MeshOptions = {}) => Alm.createSync({ ...options, wasm: wasm("alm-mesh", build) });

  describe.each(forms)("%s", (_, form) => {
    const fills: [string, (mesh: Alm, round: number) => void, (mesh: Alm) => void][] = [
      [
        "singles and removed nodes",
        (mesh) => {
          const { from, to, types, weights } = rowsOf(new Random(5), 6000, 300);
          for (const [i, id] of from.entries()) mesh.link(id, to[i], { type: types[i], weight: weights[i] });
        },
        (mesh) => {
          for (let id = 0; id < 300; id++) mesh.removeNode(id);
        },
      ],
      [
        "large batches",
        (mesh) => {
          const rows = rowsOf(new Random(6), 6000, 300);
          mesh.linkMany(rows.from, rows.to, rows);
        },
        (mesh) => {
          const { from, to, types } = mesh.columns();
          mesh.unlinkMany(from, to, { types });
        },
      ],
      [
        "other edges each time, one by one",
        (mesh, round) => {
          const { from, to, types, weights } = rowsOf(new Random(7 + round), 5000, 250);
          for (const [i, id] of from.entries()) mesh.reinforce(id, to[i], weights[i], { type: types[i] });
        },
        (mesh) => {
          for (const { from, to, type } of [...mesh.edges()]) mesh.unlink(from, to, { type });
        },
      ],
    ];
    it.each(fills)("is used again: %s", (_, fill, empty) => {
      const mesh = make(form);
      let most = 0;
      for (let round = 0; round < 12; round++) {
        fill(mesh, round);
        const { stateBytes, freeBytes } = mesh.stats();
        if (round === 3) most = stateBytes;
        if (round > 3) expect(stateBytes).toBeLessThanOrEqual(most * 1.1);
        expect(freeBytes).toBeLessThan(stateBytes);
        empty(mesh);
        expect(mesh.stats()).toMatchObject({ nodes: 0, edges: 0 });
      }
      // All but the records is free.
      const { stateBytes, freeBytes, capacity } = mesh.stats();
      const record = form.directed ? 36 : 24;
      expect(stateBytes - freeBytes - capacity * record).toBeLessThan(2048 + capacity * record);
      mesh.compact();
      expect(mesh.stats()).toMatchObject({ capacity: 0, freeBytes: 0 });
      expect(mesh.stats().stateBytes).toBeLessThan(1200);
    });

    it("is the least after compact(), which changes no answer and can be told twice", () => {
      const random = new Random(8);
      const mesh = make({ ...form, halfLife: 1000 });
      for (let round = 0; round < 4; round++) {
        const rows = rowsOf(random, 7000, 400);
        mesh.linkMany(rows.from, rows.to, { ...rows, at: round * 1500 });
        for (let i = 0; i < 5000; i++) mesh.unlink(rows.from[i], rows.to[i], { type: rows.types[i] });
        for (let id = 300; id < 400; id++) mesh.removeNode(id);
        const edges = JSON.stringify([...mesh.edges()]);
        const before = mesh.stats();
        mesh.compact();
        const after = mesh.stats();
        expect(after.stateBytes).toBeLessThan(before.stateBytes);
        expect(after).toMatchObject({ nodes: before.nodes, edges: before.edges, now: before.now, freeBytes: 0 });
        expect(after.capacity).toBeLessThanOrEqual(300);
        expect(JSON.stringify([...mesh.edges()])).toBe(edges);
        mesh.compact();
        expect(mesh.stats().stateBytes).toBe(after.stateBytes);
        expect(JSON.stringify([...mesh.edges()])).toBe(edges);
        // What a fresh graph takes that is given these edges at once and is compacted.
        const fresh = make({ ...form, halfLife: 1000 });
        const { from, to, types, weights } = mesh.columns();
        fresh.linkMany(from, to, { types, weights, at: mesh.now });
        fresh.compact();
        expect(fresh.stats().stateBytes).toBe(after.stateBytes);
        expect(mesh.link(from[0], to[0], { type: types[0] })).toBe(false);
        expect(mesh.link(299, 350, { type: 251 })).toBe(true);
      }
    });

    it("is the same for equal operations on both builds, whatever is asked in between", () => {
      const lived = (on: Build, asking: boolean) => {
        const random = new Random(9);
        const questions = new Random(10);
        const mesh = Alm.createSync({ ...form, seed: 77, halfLife: 1000, wasm: wasm("alm-mesh", on) });
        mesh.setCoordinates(
          range(200, (i) => i % 14),
          range(200, (i) => i / 14),
        );
        for (let step = 0; step < 60; step++) {
          const at = step * 900;
          const rows = rowsOf(random, step % 6 === 0 ? 2500 : 60, 200);
          const kind = step % 5;
          if (kind === 0) mesh.linkMany(rows.from, rows.to, { ...rows, at });
          else if (kind === 1) mesh.reinforceMany(rows.from, rows.to, rows.weights, { types: rows.types, at });
          else if (kind === 2) mesh.unlinkMany(rows.from, rows.to, rows);
          else if (kind === 3) {
            const all = mesh.columns();
            const some = <T>(list: ArrayLike<T>) => Array.from(list).filter((_, i) => i % 3 === 0);
            const n = some(all.from).length;
            mesh.updateMany(
              some(all.from),
              some(all.to),
              range(n, () => Math.fround(random.next() + 0.01)),
              { types: some(all.types), at },
            );
          } else mesh.removeNode(random.below(200));
          if (step === 30) mesh.compact();
          if (step === 45) mesh.thaw();
          if (step === 45) mesh.reweight(range(mesh.edgeCount, (i) => 1 + (i % 50)));
          if (!asking) continue;
          const [a, z] = [questions.below(200), questions.below(200)];
          if (step % 10 === 3) mesh.freezeSync({ index: questions.pick(["ch", "alt", "labels"] as const), wasm: indexModules(on) });
          mesh.recall([a, z], { k: 40 });
          mesh.personalizedPageRank([a], { explain: 3 });
          mesh.spread([z]);
          mesh.kHop([a], { direction: "both" });
          mesh.shortestPath(a, z, { avoid: [questions.below(200)] });
          mesh.distances(a, [z, 3]);
          [...mesh.kShortestPaths(a, z, { k: 3 })];
          mesh.disjointPair(a, z);
          mesh.bfs(a);
          mesh.shortestPaths(a);
          mesh.columns();
          mesh.snapshot();
          expect(() => mesh.update(a, 5000, 1)).toThrow();
        }
        return mesh;
      };
      const first = lived("release", false);
      expect(first.edgeCount).toBeGreaterThan(1000);
      sameImage(lived(build, true), first);
      sameImage(lived(build, false), first);
    });
  });

  it("takes an edge with a type but 0 out of the record, and brings few arcs back into it", () => {
    const mesh = make({ capacity: 100 });
    const { stateBytes } = mesh.stats();
    for (let i = 0; i < 100; i++) for (let d = 1; d <= 3; d++) mesh.link(i, (i + d) % 100);
    expect(mesh.stats().stateBytes).toBe(stateBytes);
    for (let i = 0; i < 100; i++) mesh.link(i, (i + 4) % 100);
    const grown = mesh.stats().stateBytes;
    expect(grown).toBeGreaterThan(stateBytes);
    for (let i = 0; i < 100; i++) for (let d = 1; d <= 2; d++) mesh.unlink(i, (i + d) % 100);
    const { stateBytes: now, freeBytes } = mesh.stats();
    expect(now - freeBytes).toBe(stateBytes);
    expect([...mesh.out(7).ids].sort()).toEqual([10, 11]);
    mesh.link(7, 8, { type: 3 });
    expect(mesh.stats().stateBytes - mesh.stats().freeBytes).toBeGreaterThan(stateBytes);
    mesh.unlink(7, 8);
    // The block that had types stays until the node has no arcs, or for compact().
    expect(mesh.stats().stateBytes - mesh.stats().freeBytes).toBeGreaterThan(stateBytes);
    mesh.compact();
    expect(mesh.stats().stateBytes).toBe(stateBytes);
  });

  it("keeps a hub's arcs through every size of its block, up and down", () => {
    for (const directed of [true, false]) {
      const mesh = make({ directed, seed: 5 });
      const ids = range(700, (i) => 1 + ((i * 7919) % 100_003));
      const has = (n: number) => {
        expect([mesh.outDegree(0), mesh.edgeCount]).toEqual([n, n]);
        for (const [i, id] of ids.entries()) {
          const weight = i < n ? i + 1 : undefined;
          if (mesh.weight(0, id) !== weight) throw new Error(`${n} arcs: that to ${id} weighs ${mesh.weight(0, id)}, not ${weight}`);
        }
      };
      for (const [i, id] of ids.entries()) {
        mesh.link(0, id, { weight: i + 1 });
        if (i < 140 || i % 50 === 0) has(i + 1);
      }
      for (let i = ids.length - 1; i >= 0; i--) {
        expect(mesh.unlink(0, ids[i])).toBe(1);
        if (i < 140 || i % 50 === 0) has(i);
      }
    }
  });
});
