import { describe, expect, it } from "vitest";
import { Alm, type Edge } from "../../src/alm.js";
import { readGraphology } from "../../src/exchange.js";
import { builds, wasm } from "../helpers/modules.js";

const list = (n: number, at: (i: number) => number) => Array.from({ length: n }, (_, i) => at(i));
const name = ({ from, to, type, weight }: Edge) => `${from} ${to} ${type} ${weight}`;
const all = (graph: Alm) => [...graph.edges()].map(name).sort();

describe.each(builds)("Found in review (%s)", (build) => {
  const make = (options = {}) => Alm.createSync({ ...options, wasm: wasm("alm-mesh", build) });

  it.each([true, false])("a large batch of a new type fits beside blocks that are mostly empty (directed: %s)", (directed) => {
    const graphs = [make({ directed }), make({ directed })];
    for (const graph of graphs) {
      for (let i = 0; i < 200; i++) for (let j = directed ? 0 : i + 1; j < 200; j++) graph.link(i, j);
      for (let i = 0; i < 200; i++) for (let j = directed ? 0 : i + 1; j < 200; j++) if (((j - i + 200) % 200) % 7 > 1) graph.unlink(i, j);
    }
    const from = list(2100, (i) => i % 200);
    const to = list(2100, (i) => (i * 7 + 3 * Math.floor(i / 200)) % 200);
    graphs[0].linkMany(from, to, { types: list(2100, () => 1) });
    for (let i = 0; i < 2100; i++) graphs[1].link(from[i], to[i], { type: 1 });
    expect(all(graphs[0])).toEqual(all(graphs[1]));
  });

  it("a large batch fits beside blocks that batches of one edge left", () => {
    const graph = make();
    for (let i = 0; i < 20; i++)
      graph.linkMany(
        list(4000, () => i),
        list(4000, () => 1000 + i),
      );
    graph.linkMany(
      list(2100, (i) => i % 20),
      list(2100, (i) => 2000 + Math.floor(i / 20)),
      { types: list(2100, () => 1) },
    );
    const expected = list(20, (i) => i).map((i) => `${i} ${1000 + i} 0 1`);
    for (let i = 0; i < 2100; i++) expected.push(`${i % 20} ${2000 + Math.floor(i / 20)} 1 1`);
    expect(all(graph)).toEqual(expected.sort());
  });

  it("a batch of one edge many times takes no more room than the edge", () => {
    const graph = make();
    graph.link(0, 1);
    const bytes = graph.stats().stateBytes;
    graph.linkMany(
      list(4000, () => 0),
      list(4000, () => 1),
    );
    expect(graph.stats().stateBytes - graph.stats().freeBytes).toBeLessThanOrEqual(bytes + 1024);
  });

  it("k shortest paths do not depend on what a query left in the working space", () => {
    const graph = make();
    graph.linkMany([0, 1, 1, 3], [1, 2, 3, 2]);
    graph.linkMany(
      list(3000, () => 2),
      list(3000, () => 9),
    );
    for (const id of [0, 1, 2, 3, 4, 0x7fff_ffff]) {
      graph.kHop(list(20000, () => id));
      expect([...graph.kShortestPaths(0, 9)].map(({ path }) => [...path])).toEqual([
        [0, 1, 2, 9],
        [0, 1, 3, 2, 9],
      ]);
    }
  });

  it("a list of a negative length is refused, and the graph goes on", () => {
    const graph = make();
    graph.link(0, 1);
    const wrong = { length: -1 };
    const refused = expect.objectContaining({ code: "ERR_ARGUMENT" });
    for (const call of [
      () => graph.recall(wrong),
      () => graph.kHop(wrong),
      () => graph.personalizedPageRank(wrong),
      () => graph.shortestPath(0, 1, { avoid: wrong as unknown as number[] }),
      () => graph.distances(0, wrong),
      () => graph.distanceMatrix(wrong, wrong),
      () => graph.linkMany(wrong, wrong),
      () => graph.updateMany(wrong, wrong, wrong),
      () => graph.setCoordinates(wrong, wrong),
      () => graph.out(0, { types: wrong as unknown as number[] }),
    ]) {
      let thrown: unknown;
      try {
        call();
      } catch (error) {
        thrown = error;
      }
      expect(thrown).toEqual(refused);
    }
    expect(graph.size).toBe(1);
  });

  it.each([1e-162, 1e-154, 1e-100, 1e100, 8e153, 1e307])("coordinates %s apart lose no path, or are refused", (step) => {
    const graph = make();
    graph.linkMany([0, 1, 2, 0, 5], [1, 2, 3, 3, 6], { weights: [1, 1, 1, 10, 1] });
    try {
      graph.setCoordinates([0, step, 2 * step, 3 * step, 0, 0, step * 10], [0, 0, 0, 0, 0, 0, 0]);
    } catch (error) {
      expect(error).toMatchObject({ code: expect.stringMatching(/^ERR_/) });
    }
    expect(graph.shortestPath(0, 3)?.cost).toBe(3);
  });

  it("a handle that found no memory leaves nothing behind that compact() would lose", () => {
    const graph = make({ maxBytes: 4096 });
    for (let i = 0; i < 15; i++) graph.link(i % 3, 10 + i);
    expect(() => graph.handle(0, 10)).toThrow(expect.objectContaining({ code: "ERR_MEMORY" }));
    for (let i = 1; i < 15; i++) graph.unlink(i % 3, 10 + i);
    graph.compact();
    const handle = graph.handle(0, 10) as number;
    // What is kept beside the state is not in a snapshot.
    const again = Alm.loadSync(graph.snapshot(), { wasm: wasm("alm-mesh", build) });
    expect(again.handle(0, 10)).toBe(handle);
    expect(again.edgeOf(handle)).toEqual({ from: 0, to: 10, type: 0, weight: 1 });
  });

  it("unlink refuses a type that is null", () => {
    const graph = make();
    graph.linkMany([0, 0], [1, 1], { types: [0, 1] });
    expect(() => graph.unlink(0, 1, { type: null as unknown as number })).toThrow(expect.objectContaining({ code: "ERR_ARGUMENT" }));
    expect(graph.size).toBe(2);
  });

  it("the index that auto takes does not depend on unused ids", () => {
    const side = 40;
    const from: number[] = [];
    const to: number[] = [];
    for (let y = 0; y < side; y++)
      for (let x = 0; x < side; x++) {
        const u = y * side + x;
        if (x + 1 < side) from.push(u) && to.push(u + 1);
        if (y + 1 < side) from.push(u) && to.push(u + side);
      }
    const weights = from.map((u, i) => 1 + ((u * 7 + i * 5) % 13));
    const frozen = [0, 100_000].map((offset) => {
      const graph = make({ directed: false });
      graph.linkMany(
        from.map((u) => u + offset),
        to.map((u) => u + offset),
        { weights },
      );
      return graph.freezeSync().index;
    });
    expect(frozen[1]).toBe(frozen[0]);
  });

  it.each(["ch", "cch", "labels", "alt"] as const)(
    "a frozen path comes to no node twice, whatever is absorbed in its cost (%s)",
    (index) => {
      for (const [from, to, weights] of [
        [
          [2, 0, 3, 1, 2, 2, 1, 2],
          [1, 1, 2, 0, 2, 0, 1, 2],
          [1e18, 1e-18, 1e18, 1, 1e18, 1, 1e18, 1],
        ],
        [
          [3, 0, 2, 1, 2, 1, 1, 0],
          [0, 1, 3, 2, 3, 0, 0, 1],
          [1e18, 1e-18, 1e18, 1, 1e18, 1e18, 1e-18, 1e-18],
        ],
      ]) {
        const graph = make();
        graph.linkMany(from, to, { weights });
        graph.freezeSync({ index });
        for (let a = 0; a < 4; a++)
          for (let b = 0; b < 4; b++) {
            const path = graph.shortestPath(a, b)?.path ?? [];
            expect(new Set(path).size).toBe(path.length);
          }
      }
    },
  );

  it("an index that was begun before does not take the place of a valid one", async () => {
    const graph = make();
    graph.linkMany(
      list(500, (i) => i),
      list(500, (i) => i + 1),
    );
    const early = graph.freeze({ index: "ch" });
    graph.link(600, 1);
    graph.freezeSync({ index: "cch" });
    await early;
    expect(graph.frozen).toMatchObject({ index: "cch", state: "valid" });
  });

  it("reweight takes the weights that columns gives, also decayed ones", () => {
    const graph = make({ halfLife: 1000 });
    graph.link(0, 1);
    graph.link(2, 3, { at: 1e6 });
    graph.link(3, 4, { at: 1e6 + 31_500 });
    graph.reweight(graph.columns().weights);
    expect(graph.weight(3, 4)).toBe(1);
  });
});

it("a number that is none takes time by its length, not its square", () => {
  const time = (digits: number) => {
    const weight = `${"1".repeat(digits)}x`;
    const start = performance.now();
    for (let i = 0; i < 3; i++)
      expect(() => readGraphology({ nodes: [{ key: "a" }], edges: [{ source: "a", target: "a", attributes: { weight } }] })).toThrow();
    return performance.now() - start;
  };
  time(1000);
  // Sixteen times the length: 16 times the time and noise, not 256 times.
  expect(time(48_000)).toBeLessThan(100 * Math.max(time(3000), 1));
});
