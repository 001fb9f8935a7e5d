// What was found by reading, each once.
import { describe, expect, it } from "vitest";
import { Alm } from "../../src/alm.js";
import { MfnError } from "../../src/errors.js";
import { builds, wasm } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";

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

  it("goes on after a handle that found no memory, and compact()", () => {
    const graph = make({ maxBytes: 4096 });
    for (let i = 0; i < 15; i++) graph.link(i % 3, 10 + i);
    expect(() => graph.handle(0, 10)).toThrow(expect.objectContaining({ code: "ERR_MEMORY" }));
    for (let i = 1; i < 15; i++) graph.unlink(i % 3, 10 + i);
    graph.compact();
    const handle = graph.handle(0, 10) as number;
    for (let i = 0; i < 20; i++) graph.link(20 + (i % 5), 30 + i);
    expect(graph.handle(0, 10)).toBe(handle);
    expect(graph.edgeOf(handle)).toMatchObject({ from: 0, to: 10 });
    expect(graph.edgeCount).toBe(21);
  });

  it("takes no type but undefined for every type", () => {
    const graph = make();
    graph.linkMany([0, 0], [1, 1], { types: [1, 2] });
    for (const type of [null, "1", 1.5, 256]) {
      expect(() => graph.unlink(0, 1, { type: type as unknown as number })).toThrow(expect.objectContaining({ code: "ERR_ARGUMENT" }));
    }
    expect(graph.unlink(0, 1)).toBe(2);
  });

  it("freezes the graph that there is, whatever room was asked for", () => {
    const [few, roomy] = [{}, { capacity: 100_000 }].map((options) => {
      const graph = make({ directed: false, ...options });
      const cells = seq(400, (i) => i);
      graph.linkMany(
        cells.filter((i) => i % 20 < 19),
        cells.filter((i) => i % 20 < 19).map((i) => i + 1),
      );
      graph.linkMany(
        cells.filter((i) => i < 380),
        cells.filter((i) => i < 380).map((i) => i + 20),
      );
      return graph.freezeSync();
    });
    expect(roomy).toEqual(few);
    expect(few).toMatchObject({ index: "ch", nodes: 400, arcs: 4 * 380 });
  });

  it("refuses options that make no sense by name", () => {
    const wrong = expect.objectContaining({ name: "MfnError" });
    expect(() => Alm.createSync(null as never)).toThrow(wrong);
    for (const options of [{ halfLife: 1n }, { halfLife: "5" }, { directed: 1 }, { maxDegree: 0 }])
      expect(() => make(options)).toThrow(wrong);
    const graph = make();
    graph.link(0, 1);
    expect(() => graph.freezeSync({ maxBytes: 1n as never })).toThrow(wrong);
    graph.freezeSync({ types: { length: 1, 0: 0 } as never });
    expect(() => graph.shortestPath(0, 1, { types: [0], at: Symbol("now") as never })).toThrow(wrong);
    expect(() => graph.distances(-1, [0], { types: [0] })).toThrow(/^from/);
  });

  it("cuts circles out of an index's paths, where weights are so far apart that they cost nothing", () => {
    const random = new Random(4);
    for (let round = 0; round < 40; round++) {
      const graph = make({ directed: round % 2 === 0 });
      for (let i = 0; i < 120; i++) graph.link(random.below(30), random.below(30), { weight: 10 ** random.pick([-18, -9, 0, 9, 18]) });
      for (const index of ["labels", "ch", "cch", "alt"] as const) {
        graph.freezeSync({ index });
        for (let from = 0; from < 30; from += 3) {
          for (let to = 0; to < 30; to++) {
            const found = graph.shortestPath(from, to);
            const live = graph.shortestPath(from, to, { algorithm: "dijkstra" });
            expect(found === undefined).toBe(live === undefined);
            if (found === undefined || live === undefined) continue;
            expect(new Set(found.path).size).toBe(found.path.length);
            expect(found.path.at(-1)).toBe(to);
            expect(Math.abs(found.cost - live.cost)).toBeLessThanOrEqual(1e-12 * live.cost);
            for (let i = 0; i + 1 < found.path.length; i++) expect(graph.weight(found.path[i], found.path[i + 1])).toBe(found.weights[i]);
          }
        }
      }
    }
  });

  it("keeps the index of the freeze that was begun last", async () => {
    const graph = make();
    graph.linkMany([0, 1], [1, 2]);
    const early = graph.freeze({ index: "ch" });
    graph.link(5, 1);
    graph.freezeSync({ index: "cch" });
    expect(await early).toMatchObject({ index: "cch", state: "valid" });
    expect(graph.frozen).toMatchObject({ index: "cch", state: "valid" });
    const late = graph.freeze({ index: "ch" });
    graph.dispose();
    await expect(late).rejects.toMatchObject({ code: "ERR_DISPOSED" });
  });

  it("refuses matrices that cannot be, and paths between what are no ids, at once", () => {
    const graph = make();
    graph.link(0, 1);
    const many = new Int32Array(100_000);
    for (const freeze of [false, true]) {
      if (freeze) graph.freezeSync({ index: "alt" });
      expect(() => graph.distanceMatrix(many, many)).toThrow(expect.objectContaining({ code: "ERR_MEMORY" }));
    }
    expect(() => graph.kShortestPaths(-1, 1)).toThrow(/^from/);
  });

  it("refuses options that are no object in every call, by name", () => {
    const graph = make();
    graph.linkMany([0, 1], [1, 2]);
    const calls: ((options: never) => unknown)[] = [
      (o) => graph.link(0, 1, o),
      (o) => graph.linkMany([0], [1], o),
      (o) => graph.reinforce(0, 1, 1, o),
      (o) => graph.update(0, 1, 1, o),
      (o) => graph.unlink(0, 1, o),
      (o) => graph.weight(0, 1, o),
      (o) => graph.updateMany([0], [1], [1], o),
      (o) => graph.unlinkMany([0], [1], o),
      (o) => graph.reinforceMany([0], [1], [1], o),
      (o) => graph.handle(0, 1, o),
      (o) => graph.out(0, o),
      (o) => graph.into(1, o),
      (o) => graph.kHop([0], o),
      (o) => graph.recall([0], o),
      (o) => graph.recallWithin(1, [0], o),
      (o) => graph.personalizedPageRank([0], o),
      (o) => graph.spread([0], o),
      (o) => graph.bfs(0, o),
      (o) => graph.shortestPaths(0, o),
      (o) => graph.shortestPath(0, 1, o),
      (o) => graph.distances(0, [1], o),
      (o) => graph.distanceMatrix([0], [1], o),
      (o) => graph.kShortestPaths(0, 1, o),
      (o) => graph.disjointPair(0, 1, o),
      (o) => graph.freezeSync(o),
    ];
    for (const frozen of [false, true]) {
      if (frozen) graph.freezeSync({ index: "ch" });
      const before = Buffer.from(graph.image());
      for (const call of calls) {
        for (const options of [null, 5, "at"]) {
          expect(() => call(options as never), String(call)).toThrow(expect.objectContaining({ code: "ERR_ARGUMENT" }));
        }
      }
      expect(Buffer.compare(before, graph.image())).toBe(0);
    }
  });

  it("does a batch row by row where its rows do not fit into memory all at once", () => {
    const [from, to] = [seq(30_000, (i) => i % 300), seq(30_000, (i) => Math.floor(i / 100))];
    const whole = make();
    const narrow = make();
    const { k } = narrow as unknown as { k: { x: object } };
    k.x = { ...k.x, bulkRows: () => 0 };
    for (const graph of [whole, narrow]) {
      graph.linkMany(from, to, { weights: seq(30_000, (i) => 1 + (i % 7)) });
      expect(
        graph.updateMany(
          from,
          to,
          seq(30_000, () => 3),
        ),
      ).toBe(30_000);
      expect(graph.unlinkMany(from.slice(0, 20_000), to.slice(0, 20_000))).toBeGreaterThan(0);
    }
    expect(narrow.edgeCount).toBe(whole.edgeCount);
    expect(from.every((u, i) => narrow.weight(u, to[i]) === whole.weight(u, to[i]))).toBe(true);
  });
});
