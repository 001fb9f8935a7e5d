// A limit of edges a node: the weakest gives way, never the new one.
import { describe, expect, it } from "vitest";
import { Alm } from "../../src/alm.js";
import { builds, wasm } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";
import { SlowGraph } from "../oracle/graph.js";
import { LIFE, Twin } from "./mutation-helpers.js";

const range = (n: number, make: (i: number) => number) => Array.from({ length: n }, (_, i) => make(i));

describe.each(builds)("Alm with a limit of edges (%s)", (build) => {
  const make = (options = {}) => Alm.createSync({ ...options, wasm: wasm("alm-mesh", build) });
  const ends = (mesh: Alm, id = 0) => [...mesh.out(id).ids].sort((a, b) => a - b);

  it("lets the weakest give way, of equal ones that to the largest id, then of the largest type", () => {
    const mesh = make({ maxDegree: 3 });
    mesh.linkMany([0, 0, 0], [1, 2, 3], { weights: [5, 4, 6] });
    expect(mesh.link(0, 4, { weight: 1 })).toBe(true);
    expect(ends(mesh)).toEqual([1, 3, 4]);
    expect([mesh.edgeCount, mesh.nodeCount, mesh.hasNode(2)]).toEqual([3, 4, false]);
    // The new one was the weakest and stayed; now it is not new any more.
    mesh.link(0, 5, { weight: 0.5 });
    expect(ends(mesh)).toEqual([1, 3, 5]);
    mesh.linkMany([9, 9, 9], [7, 3, 3], { types: [0, 2, 1] });
    mesh.link(9, 1);
    expect(ends(mesh, 9)).toEqual([1, 3, 3]);
    mesh.link(9, 2);
    expect([...mesh.out(9).ids].map((id, i) => `${id}:${mesh.out(9).types[i]}`).sort()).toEqual(["1:0", "2:0", "3:1"]);
    // An edge that is there takes no other one's place; in-edges are not limited.
    expect(mesh.link(9, 1, { weight: 9 })).toBe(false);
    expect(mesh.reinforce(9, 2, 1)).toBe(2);
    expect(mesh.outDegree(9)).toBe(3);
    for (let i = 100; i < 120; i++) mesh.link(i, 1);
    expect(mesh.inDegree(1)).toBe(22);
  });

  it("counts at both ends of an undirected edge", () => {
    const mesh = make({ maxDegree: 2, directed: false });
    mesh.link(0, 1, { weight: 5 });
    mesh.link(0, 2, { weight: 4 });
    mesh.link(3, 4, { weight: 2 });
    mesh.link(3, 5, { weight: 1 });
    // Takes the place of 0 - 2 at one end and of 3 - 5 at the other.
    mesh.link(3, 0, { weight: 0.5 });
    expect([ends(mesh, 0), ends(mesh, 3), mesh.hasNode(2), mesh.hasNode(5)]).toEqual([[1, 3], [0, 4], false, false]);
    expect([mesh.edgeCount, mesh.nodeCount]).toEqual([3, 4]);
    mesh.link(0, 0, { weight: 9 });
    expect(ends(mesh, 0)).toEqual([0, 1]);
    mesh.link(0, 6, { weight: 9 });
    expect(ends(mesh, 0)).toEqual([0, 6]);
    expect(ends(mesh, 3)).toEqual([4]);
  });

  it.each([true, false])("is the graph that the oracle keeps, through singles and batches (directed: %s)", (directed) => {
    const random = new Random(12);
    for (const maxDegree of [1, 2, 5, 40, 90]) {
      for (const halfLife of [Infinity, LIFE]) {
        const twin = new Twin(build, { directed, maxDegree, halfLife });
        const nodes = maxDegree < 40 ? 12 : 200;
        const id = () => (random.next() < 0.3 ? random.below(3) : random.below(nodes));
        const type = () => (random.next() < 0.8 ? 0 : random.below(3));
        const weight = () => (1 + random.below(12)) / 4;
        for (let step = 0; step < (build === "release" ? 1500 : 300); step++) {
          const at = halfLife !== Infinity && step % 25 === 24 ? twin.slow.now + LIFE * random.below(4) : undefined;
          const kind = random.next();
          if (kind < 0.35) twin.link(id(), id(), type(), weight(), at);
          else if (kind < 0.5) twin.reinforce(id(), id(), type(), weight(), at);
          else if (kind < 0.55) twin.reinforce(id(), id(), type(), -weight());
          else if (kind < 0.65) twin.unlink(id(), id());
          else if (kind < 0.66) twin.removeNode(id());
          else if (kind < 0.7) twin.update(id(), id(), type(), weight());
          else {
            const n = random.next() < 0.005 ? 2500 : random.below(8);
            const rows = { from: range(n, id), to: range(n, id), types: range(n, type), weights: range(n, weight) };
            if (kind < 0.9) twin.linkMany(rows, at);
            else twin.unlinkMany(rows);
          }
          for (let each = 0; each < 3; each++) expect(twin.mesh.outDegree(each)).toBeLessThanOrEqual(maxDegree);
          if (step % 50 === 0) twin.askAll();
        }
        twin.askAll();
      }
    }
  });

  it.each([true, false])("learns in batches as in singles (directed: %s)", (directed) => {
    const random = new Random(13);
    for (let round = 0; round < 30; round++) {
      const options = { maxDegree: 1 + random.below(4), directed, halfLife: 1000 };
      const [one, many] = [make(options), make(options)];
      for (const at of [0, 500, 2000, 90_000, 91_000, 1e9]) {
        const n = round === 0 ? 2500 : 12;
        const rows = {
          from: range(n, () => random.below(6)),
          to: range(n, () => random.below(6)),
          deltas: range(n, () => (1 + random.below(8)) / 2),
        };
        for (const [i, from] of rows.from.entries()) one.reinforce(from, rows.to[i], rows.deltas[i], { at });
        many.reinforceMany(rows.from, rows.to, rows.deltas, { at });
        expect([...many.edges()]).toEqual([...one.edges()]);
        const more = { from: range(6, () => random.below(6)), to: range(6, () => random.below(6)) };
        for (const [i, from] of more.from.entries()) one.link(from, more.to[i], { at: at + 40_000 });
        many.linkMany(more.from, more.to, { at: at + 40_000 });
        expect([...many.edges()]).toEqual([...one.edges()]);
        expect([many.edgeCount, many.nodeCount, many.now]).toEqual([one.edgeCount, one.nodeCount, one.now]);
      }
    }
  });

  const n = 3000;
  const from = range(n, (i) => (i < 5 ? 0 : i));
  const to = range(n, (i) => (i < 5 ? 10 + i : i + 1));
  /** Does a batch that does not fit: the rows before the one without room stay done, as singles would have them. */
  const overfill = (directed: boolean, at: number | undefined, learn: boolean) => {
    const options = { maxDegree: 2, directed, halfLife: 10 };
    const mesh = make({ ...options, maxBytes: 20_000 });
    const slow = new SlowGraph(10, options);
    mesh.linkMany([0, 0, 7], [1, 2, 8], { weights: [5, 6, 1] });
    for (const [a, z, weight] of [
      [0, 1, 5],
      [0, 2, 6],
      [7, 8, 1],
    ]) {
      slow.link(a, z, 0, weight);
    }
    const weights = new Float32Array(n).fill(2);
    expect(() => (learn ? mesh.reinforceMany(from, to, weights, { at }) : mesh.linkMany(from, to, { weights, at }))).toThrow(
      expect.objectContaining({ code: "ERR_MEMORY" }),
    );
    // The last row that was done is there: the new one never gives way.
    let done = n;
    while (mesh.weight(from[done - 1], to[done - 1]) === undefined) done--;
    for (let i = 0; i < done; i++) {
      if (learn) slow.reinforce(from[i], to[i], 0, 2, at);
      else slow.link(from[i], to[i], 0, 2, at);
    }
    expect(done).toBeGreaterThan(100);
    expect([...mesh.edges()]).toEqual(slow.edges());
    expect([mesh.edgeCount, mesh.nodeCount, mesh.now]).toEqual([slow.size, slow.nodeCount, slow.now]);
    expect(mesh.link(0, 9, { weight: 7 })).toBe(true);
    expect([mesh.weight(0, 9), mesh.outDegree(0)]).toEqual([7, 2]);
  };

  it.each([true, false])("has the rows before stay where memory runs out (directed: %s)", (directed) => {
    for (const learn of [false, true]) overfill(directed, undefined, learn);
  });

  // The batch's time is not taken, so that its weights read too large.
  it.each([true, false])("has the rows before stay at their time where memory runs out (directed: %s)", (directed) => {
    for (const learn of [false, true]) for (const at of [50, 1e6]) overfill(directed, at, learn);
  });
});
