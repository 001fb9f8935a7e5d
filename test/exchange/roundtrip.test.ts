import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { printFloat } from "../../src/exchange/values.js";
import { joinLines } from "../../src/exchange/xml-write.js";
import { type GraphData, readGexf, readGraphML, readGraphology, writeGexf, writeGraphML, writeGraphology } from "../../src/exchange.js";
import { anyGraph, expectError, graph, normal } from "./helpers.js";

const formats: [string, (data: GraphData) => GraphData][] = [
  ["GraphML", (data) => readGraphML(writeGraphML(data))],
  ["GEXF", (data) => readGexf(writeGexf(data))],
];
/** The same graph as graphology's format has it: types of columns follow from the values, and JSON has no number larger than a double. */
function asJson(data: GraphData): GraphData {
  return readGraphology(writeGraphology(data));
}

describe("A graph comes back as it went", () => {
  it.each(formats)("through %s", (_, through) => {
    fc.assert(
      fc.property(anyGraph, (data) => {
        expect(normal(through(data))).toEqual(normal(data));
      }),
      { numRuns: 300 },
    );
  });

  it("through graphology's format, but for integers beyond the safe ones", () => {
    fc.assert(
      fc.property(anyGraph, (data) => {
        const back = asJson(data);
        const values = (graph: GraphData) => {
          const { nodeAttributes, edgeAttributes, ...rest } = normal(graph);
          const plain = (columns: typeof nodeAttributes) =>
            columns.map(([name, { values }]) => [name, values.map((value) => (typeof value === "bigint" ? String(value) : value))]);
          return { ...rest, nodeAttributes: plain(nodeAttributes), edgeAttributes: plain(edgeAttributes) };
        };
        expect(values(back)).toEqual(values(data));
        // From then on nothing changes any more.
        expect(normal(asJson(back))).toEqual(normal(back));
      }),
      { numRuns: 300 },
    );
  });

  it("through all formats in a row", () => {
    fc.assert(
      fc.property(anyGraph, (data) => {
        const once = asJson(data);
        for (const { type } of [...once.nodeAttributes.values(), ...once.edgeAttributes.values()]) fc.pre(type !== "json");
        expect(normal(asJson(readGexf(writeGexf(readGraphML(writeGraphML(once))))))).toEqual(normal(once));
      }),
      { numRuns: 200 },
    );
  });

  it("through the text of graphology's format, but for the sign of zero and numbers that are not finite", () => {
    fc.assert(
      fc.property(anyGraph, (data) => {
        const once = readGraphology(JSON.stringify(writeGraphology(data)));
        const twice = readGraphology(JSON.stringify(writeGraphology(once)));
        expect(normal(twice)).toEqual(normal(once));
        expect(once.weights).toEqual(data.weights);
      }),
      { numRuns: 200 },
    );
  });

  it("with every weight to the last bit, in the fewest digits", () => {
    fc.assert(
      fc.property(fc.float({ min: Math.fround(1e-18), max: Math.fround(1e18), noNaN: true }), (weight) => {
        const text = printFloat(weight);
        expect(Math.fround(Number(text))).toBe(weight);
        // The obvious way: the first precision that is exact.
        let digits = 1;
        while (Math.fround(Number(weight.toPrecision(digits))) !== weight) digits++;
        const count = (text: string) =>
          text
            .replace(/e.*/, "")
            .replace(/^0+|\./g, "")
            .replace(/^0+|0+$/g, "").length;
        if (!Number.isInteger(weight)) expect(count(text)).toBe(digits);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("Writers refuse", () => {
  const a = graph(["a", "b"], [[0, 1, 2, 1]]);
  const writers: [string, (data: GraphData) => unknown][] = [
    ["GraphML", (data) => writeGraphML(data)],
    ["GEXF", (data) => writeGexf(data)],
    ["graphology", (data) => writeGraphology(data)],
  ];
  const column = (type: "string" | "long" | "double", ...values: (string | number | bigint)[]) => ({ type, values });

  it.each(writers)("what is no graph: %s", (_, write) => {
    expectError(() => write(undefined as never), "ERR_ARGUMENT", /^data: /);
    expectError(() => write({ ...a, directed: 1 as never }), "ERR_ARGUMENT", /^directed: /);
    expectError(() => write({ ...a, nodes: ["a", "a"] }), "ERR_ARGUMENT", /^nodes\[1\]: "a" comes twice/);
    expectError(() => write({ ...a, nodes: ["a", 5 as never] }), "ERR_ARGUMENT", /^nodes\[1\]: /);
    expectError(() => write({ ...a, from: Int32Array.of(2) }), "ERR_ARGUMENT", /^from\[0\]: /);
    expectError(() => write({ ...a, to: Int32Array.of(-1) }), "ERR_ARGUMENT", /^to\[0\]: /);
    expectError(() => write({ ...a, to: new Int32Array(2) }), "ERR_ARGUMENT", /^to: /);
    expectError(() => write({ ...a, to: [1] as never }), "ERR_ARGUMENT", /^to: /);
    expectError(() => write({ ...a, weights: Float32Array.of(-1) }), "ERR_ARGUMENT", /^weight of edge 0 \("a" -> "b"\): /);
    expectError(() => write({ ...a, weights: Float32Array.of(Number.NaN) }), "ERR_NOT_FINITE", /^weight of edge 0 \("a" -> "b"\): /);
    expectError(() => write({ ...a, weights: Float32Array.of(2e18) }), "ERR_ARGUMENT", /^weight of edge 0 /);
    expectError(() => write({ ...a, typeNames: ["one"] }), "ERR_ARGUMENT", /^types\[0\]: /);
    expectError(() => write({ ...a, edgeKeys: ["a", "b"] }), "ERR_ARGUMENT", /^edgeKeys: /);
    expectError(() => write({ ...a, nodeAttributes: {} as never }), "ERR_ARGUMENT", /^nodeAttributes: /);
    expectError(() => write({ ...a, nodeAttributes: new Map([["n", column("long", 1)]]) }), "ERR_ARGUMENT", /^nodeAttributes "n": /);
    expectError(() => write({ ...a, edgeAttributes: new Map([["n", column("long", 1.5)]]) }), "ERR_ARGUMENT", /^edgeAttributes "n"\[0\]: /);
    expectError(
      () => write({ ...a, edgeAttributes: new Map([["n", column("long", 2n ** 63n)]]) }),
      "ERR_ARGUMENT",
      /^edgeAttributes "n"\[0\]: /,
    );
    expectError(() => write({ ...a, coordinates: { x: new Float64Array(1), y: new Float64Array(2) } }), "ERR_ARGUMENT", /^coordinates.x: /);
    expectError(
      () => write({ ...a, coordinates: { x: Float64Array.of(0, Infinity), y: new Float64Array(2) } }),
      "ERR_NOT_FINITE",
      /^coordinates.x\[1\]: /,
    );
    expectError(
      () => write({ ...a, edgeAttributes: new Map([["weight", column("string", "w")]]) }),
      "ERR_ARGUMENT",
      /^edgeAttributes: .*"weight"/,
    );
  });

  it.each(writers.slice(0, 2))("characters that XML has not: %s", (_, write) => {
    for (const bad of ["\0", "\u0008", "\u000b", "\ufffe", "\uffff", "\ud800", "a\udc00b"]) {
      expectError(() => write({ ...a, nodes: ["a", bad] }), "ERR_ARGUMENT", /^nodes: .* XML cannot hold/);
      expectError(() => write({ ...a, typeNames: ["", bad] }), "ERR_ARGUMENT", /XML cannot hold/);
      expectError(() => write({ ...a, edgeKeys: [bad] }), "ERR_ARGUMENT", /XML cannot hold/);
      expectError(() => write({ ...a, nodeAttributes: new Map([[bad, column("string", "", "")]]) }), "ERR_ARGUMENT", /XML cannot hold/);
      expectError(() => write({ ...a, edgeAttributes: new Map([["k", column("string", bad)]]) }), "ERR_ARGUMENT", /XML cannot hold/);
    }
  });
});

it("A file longer than a string can be is refused", () => {
  expectError(() => joinLines(new Array(1100).fill("x".repeat(2 ** 20))), "ERR_MEMORY", /longer than a string/);
});

it("The names of weight and type are free", () => {
  const data = graph(["a", "b"], [[0, 1, 0.5, 3]]);
  const names = { weight: "strength", type: "relation" };
  expect(writeGraphML(data, names)).toContain('attr.name="strength"');
  expect(normal(readGraphML(writeGraphML(data, names), names))).toEqual(normal(data));
  expect(writeGraphology(data, names).edges[0].attributes).toEqual({ strength: 0.5, relation: 3 });
  expect(normal(readGraphology(writeGraphology(data, names), names))).toEqual(normal(data));
  const plain = readGexf(writeGexf(data), { weight: null, type: null });
  expect([...plain.edgeAttributes]).toEqual([
    ["weight", { type: "double", values: [0.5] }],
    ["kind", { type: "string", values: ["3"] }],
  ]);
  expect([plain.weights[0], plain.types[0]]).toEqual([1, 0]);
  expectError(() => readGraphML("", { weight: 5 as never }), "ERR_ARGUMENT", /^weight: /);
  expectError(() => readGexf("", { weight: "kind" }), "ERR_ARGUMENT", /^type: /);
});
