import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Alm } from "../../src/alm.js";
import {
  addTo,
  type GraphData,
  readGexf,
  readGraphML,
  readGraphology,
  toGraph,
  writeGexf,
  writeGraphML,
  writeGraphology,
} from "../../src/exchange.js";
import { builds, wasm } from "../helpers/modules.js";
import { expectError, graph, normal } from "./helpers.js";

const through: [string, (data: GraphData) => GraphData][] = [
  ["GraphML", (data) => readGraphML(writeGraphML(data))],
  ["GEXF", (data) => readGexf(writeGexf(data))],
  ["graphology", (data) => readGraphology(JSON.stringify(writeGraphology(data)))],
];

const weight = fc.float({ min: Math.fround(1e-17), max: Math.fround(1e18), noNaN: true });
const rows = fc.array(fc.tuple(fc.nat({ max: 9 }), fc.nat({ max: 9 }), weight, fc.nat({ max: 255 })), { maxLength: 30 });

describe.each(builds)("A mesh, %s", (build) => {
  const mesh = (directed = true) => Alm.createSync({ wasm: wasm("alm-mesh", build), directed });
  const edges = (alm: Alm) => [...alm.edges()].map(({ from, to, type, weight }) => `${from} ${to} ${type} ${weight}`).sort();

  it.each(through)("comes back from %s", (_, way) => {
    fc.assert(
      fc.property(rows, fc.boolean(), (rows, directed) => {
        const alm = mesh(directed);
        for (const [from, to, weight, type] of rows) alm.link(from, to, { weight, type });
        const data = way(toGraph(alm));
        // A file without edges says nothing of nodes, and a mesh without edges has none.
        expect([data.directed, data.nodes.length, data.from.length]).toEqual([directed, alm.nodeCount, alm.edgeCount]);
        const again = mesh(directed);
        expect(addTo(again, data)).toEqual({ ids: Int32Array.from(data.nodes, Number), added: alm.edgeCount });
        expect(edges(again)).toEqual(edges(alm));
        alm.dispose();
        again.dispose();
      }),
      { numRuns: build === "debug" ? 15 : 50 },
    );
  });

  it("goes by names of nodes and types", () => {
    const names = new Map([
      ["ada", 7],
      ["bob", 3],
    ]);
    const relations = ["knows", "likes"];
    const data = graph(
      ["ada", "bob", "alone"],
      [
        [0, 1, 0.5, 1],
        [0, 1, 2, 0],
        [1, 1, 3, 1],
      ],
      { typeNames: ["likes", "knows"] },
    );
    const alm = mesh();
    const id = (name: string) => names.get(name) ?? 9;
    expect(addTo(alm, data, { id, type: (name) => relations.indexOf(name) })).toEqual({ ids: Int32Array.of(7, 3, 9), added: 3 });
    expect(edges(alm)).toEqual(["3 3 0 3", "7 3 0 0.5", "7 3 1 2"]);
    const back = toGraph(alm, { key: (id) => (id === 7 ? "ada" : "bob"), typeName: (type) => relations[type] });
    expect(back).toMatchObject({ nodes: ["bob", "ada"], typeNames: ["knows", "likes"] });
    expect(normal(back).edges).toEqual([
      [0, 0, 3, "knows"],
      [1, 0, 2, "likes"],
      [1, 0, 0.5, "knows"],
    ]);
    // Again: all are there.
    expect(addTo(alm, data, { id, type: (name) => relations.indexOf(name) }).added).toBe(0);
  });

  it("takes undirected edges as two, and refuses to lose directions", () => {
    const data = graph(
      ["1", "2"],
      [
        [0, 1, 2],
        [1, 1, 3],
      ],
      { directed: false },
    );
    const directed = mesh();
    expect(addTo(directed, data).added).toBe(3);
    expect(edges(directed)).toEqual(["1 2 0 2", "2 1 0 2", "2 2 0 3"]);
    const undirected = mesh(false);
    expect(addTo(undirected, data).added).toBe(2);
    expect(toGraph(undirected).directed).toBe(false);
    expect(edges(undirected)).toEqual(["1 2 0 2", "2 2 0 3"]);
    expectError(() => addTo(undirected, { ...data, directed: true }), "ERR_ARGUMENT", /lose the directions/);
  });

  it("has one place for edges of the same ends and type", () => {
    const data = graph(
      ["1", "2"],
      [
        [0, 1, 2],
        [0, 1, 5, 1],
        [1, 0, 3],
        [0, 1, 0.5],
        [1, 1, 1],
        [1, 1, 4],
      ],
    );
    const merged = (parallel: "sum" | "min" | "max", directed: boolean) => {
      const alm = mesh(directed);
      addTo(alm, { ...data, directed }, { parallel });
      return edges(alm);
    };
    expect(merged("sum", true)).toEqual(["1 2 0 2.5", "1 2 1 5", "2 1 0 3", "2 2 0 5"]);
    expect(merged("min", true)).toEqual(["1 2 0 0.5", "1 2 1 5", "2 1 0 3", "2 2 0 1"]);
    expect(merged("max", true)).toEqual(["1 2 0 2", "1 2 1 5", "2 1 0 3", "2 2 0 4"]);
    expect(merged("sum", false)).toEqual(["1 2 0 5.5", "1 2 1 5", "2 2 0 5"]);
    const alm = mesh();
    expectError(() => addTo(alm, data), "ERR_ARGUMENT", /^edge 3 \("1" -> "2"\) has the ends and type of edge 0; /);
    expectError(() => addTo(alm, { ...data, directed: false }), "ERR_ARGUMENT", /^edge 2 \("2" -> "1"\) has the ends and type of edge 0; /);
    expect(alm.edgeCount).toBe(0);
  });

  it("finds parallel edges as the obvious way does", () => {
    const any = fc.array(fc.tuple(fc.nat({ max: 4 }), fc.nat({ max: 4 }), fc.integer({ min: 1, max: 9 }), fc.nat({ max: 2 })), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(any, fc.boolean(), (rows, directed) => {
        const sums = new Map<string, number>();
        for (const [from, to, weight, type] of rows) {
          const ends = directed || from <= to ? `${from} ${to}` : `${to} ${from}`;
          sums.set(`${ends} ${type}`, (sums.get(`${ends} ${type}`) ?? 0) + weight);
        }
        const alm = mesh(directed);
        const data = graph(["0", "1", "2", "3", "4"], rows, { directed });
        expect(addTo(alm, data, { parallel: "sum" }).added).toBe(sums.size);
        expect(edges(alm)).toEqual([...sums].map(([edge, sum]) => `${edge} ${sum}`).sort());
        const pairs = new Set([...sums.keys()].map((edge) => edge.replace(/ \d+$/, "")));
        expect(writeGraphology(data).options?.multi).toBe(rows.length > pairs.size);
        alm.dispose();
      }),
      { numRuns: build === "debug" ? 15 : 60 },
    );
  });

  it("is left alone by what it does not take", () => {
    const alm = mesh();
    alm.link(1, 2, { weight: 0.25 });
    const refuse = (data: GraphData, options: Parameters<typeof addTo>[2], code: string, message: RegExp) => {
      expectError(() => addTo(alm, data, options), code, message);
      expect(edges(alm)).toEqual(["1 2 0 0.25"]);
    };
    const two = (weight: number) =>
      graph(
        ["1", "2"],
        [
          [0, 1, 9],
          [1, 0, weight],
        ],
      );
    refuse(two(0), {}, "ERR_ARGUMENT", /^weight of edge 1 \("2" -> "1"\): /);
    refuse(two(-1), {}, "ERR_ARGUMENT", /^weight of edge 1 \("2" -> "1"\): /);
    refuse(two(Number.NaN), {}, "ERR_NOT_FINITE", /^weight of edge 1 /);
    refuse(two(2e18), {}, "ERR_ARGUMENT", /^weight of edge 1 /);
    const sum = graph(
      ["1", "2"],
      [
        [0, 1, 8e17],
        [0, 1, 8e17],
      ],
    );
    refuse(sum, { parallel: "sum" }, "ERR_ARGUMENT", /^weight of edge 0 \("1" -> "2"\): /);
    refuse(sum, { parallel: "most" as never }, "ERR_ARGUMENT", /^parallel: /);
    refuse(graph(["1", "x"], [[0, 1]]), {}, "ERR_ARGUMENT", /^key "x" is no id; the option id/);
    refuse(graph(["1", "2147483648"], [[0, 1]]), {}, "ERR_ARGUMENT", /^key "2147483648" is no id/);
    refuse(graph(["1", "01"], [[0, 1]]), {}, "ERR_ARGUMENT", /^key "01" is no id/);
    refuse(graph(["1", "2"], [[0, 1]]), { id: () => 1 }, "ERR_ARGUMENT", /^nodes "1" and "2" have the same id, 1/);
    refuse(graph(["1", "2"], [[0, 1]]), { id: () => -1 }, "ERR_ARGUMENT", /^id of "1": /);
    refuse(graph(["1", "2"], [[0, 1]]), { type: () => 256 }, "ERR_ARGUMENT", /^type of "0": /);
    refuse({ ...two(1), to: Int32Array.of(1) }, {}, "ERR_ARGUMENT", /^to: /);
    expectError(() => addTo(undefined as never, two(1)), "ERR_ARGUMENT", /^mesh: /);
    expectError(() => toGraph({} as never), "ERR_ARGUMENT", /^mesh: /);
    expectError(() => toGraph(alm, { key: () => "same" }), "ERR_ARGUMENT", /^nodes\[1\]: "same" comes twice/);
    expectError(() => toGraph(alm, { key: () => 5 as never }), "ERR_ARGUMENT", /^nodes\[0\]: /);
    expectError(() => toGraph(alm, { typeName: () => undefined as never }), "ERR_ARGUMENT", /^typeNames\[0\]: /);
  });

  it("is left alone where memory runs out", () => {
    const alm = Alm.createSync({ wasm: wasm("alm-mesh", build), maxBytes: 20_000 });
    alm.link(1, 2, { weight: 0.25 });
    const keys = Array.from({ length: 3000 }, (_, i) => String(i));
    const data = graph(
      keys,
      keys.slice(1).map((_, i) => [i, i + 1]),
    );
    expectError(() => addTo(alm, data), "ERR_MEMORY", /memory/);
    expect(edges(alm)).toEqual(["1 2 0 0.25"]);
  });
});
