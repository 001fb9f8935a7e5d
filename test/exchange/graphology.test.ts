import fc from "fast-check";
import graphology from "graphology";
import gexf from "graphology-gexf";
import graphml from "graphology-graphml";
import type { AbstractGraph, GraphConstructor } from "graphology-types";
import { describe, expect, it } from "vitest";
import { jsonFault } from "../../src/exchange/json-fault.js";
import {
  type GraphData,
  readGexf,
  readGraphML,
  readGraphology,
  type SerializedGraph,
  writeGexf,
  writeGraphML,
  writeGraphology,
} from "../../src/exchange.js";
import { anyGraph, expectError, graph, normal } from "./helpers.js";

// Its types say that the module is the class, which under Node's rules is its default export.
const Graph = graphology as unknown as GraphConstructor & { from(data: SerializedGraph): AbstractGraph };

/** What the library makes of a graph, whatever way it came. */
function contents(graph: AbstractGraph) {
  return {
    nodes: graph.mapNodes((key, attributes) => [key, attributes]),
    edges: graph.mapEdges((_, attributes, source, target, _a, _b, undirected) => [source, target, undirected, attributes]),
  };
}

describe("graphology itself", () => {
  it("takes what is written, and gives it back", () => {
    fc.assert(
      fc.property(anyGraph, (data) => {
        // The library loses an attribute of this name.
        fc.pre(!data.nodeAttributes.has("__proto__") && !data.edgeAttributes.has("__proto__"));
        const written = writeGraphology(data);
        const taken = Graph.from(written);
        expect(taken.type).toBe(data.directed ? "directed" : "undirected");
        expect([taken.order, taken.size]).toEqual([data.nodes.length, data.from.length]);
        const back = readGraphology(taken.export() as SerializedGraph);
        // The library gives each edge a key of its own if it has none.
        const expected = normal(readGraphology(written));
        const unkeyed = ({ edgeKeys, ...rest }: ReturnType<typeof normal>) => (data.edgeKeys === undefined ? rest : { ...rest, edgeKeys });
        expect(unkeyed(normal(back))).toEqual(unkeyed(expected));
      }),
      { numRuns: 200 },
    );
  });

  const data: GraphData = graph(
    ["a", "ü", "c"],
    [
      [0, 1, 0.1],
      [1, 2, 2.5],
      [2, 2, 1],
    ],
    {
      nodeAttributes: new Map([
        ["name", { type: "string", values: ["x & y", "<z>", undefined] }],
        ["rank", { type: "long", values: [1, 2, 3] }],
      ]),
      edgeAttributes: new Map([["open", { type: "boolean", values: [true, false, true] }]]),
      coordinates: { x: Float64Array.of(0.5, 1, -2.25), y: Float64Array.of(3, 4, 5) },
    },
  );

  it.each([true, false])("reads what is written as GraphML and GEXF, directed: %s", (directed) => {
    const own = { ...data, directed };
    const expected = contents(Graph.from(writeGraphology(own)));
    expect(contents(graphml.parse(Graph, writeGraphML(own)))).toEqual(expected);
    const parsed = contents(gexf.parse(Graph, writeGexf(own)));
    expect(parsed).toEqual(expected);
  });

  it.each(["1.2", "1.3"])("writes GEXF %s that is read", (version) => {
    for (const directed of [true, false]) {
      const own = { ...data, directed };
      const text = gexf.write(Graph.from(writeGraphology(own)), { version: version as "1.2" });
      expect({ ...normal(readGexf(text)), edgeKeys: undefined }).toEqual(normal(own));
    }
  });

  it("writes mixed graphs, as JSON and as GEXF, that become directed", () => {
    const mixed = new Graph({ type: "mixed", multi: true });
    for (const key of ["a", "b"]) mixed.addNode(key);
    mixed.addDirectedEdgeWithKey("1", "a", "b", { weight: 2 });
    mixed.addUndirectedEdgeWithKey("2", "a", "b", { weight: 3 });
    mixed.addUndirectedEdgeWithKey("3", "b", "b");
    const expected = graph(
      ["a", "b"],
      [
        [0, 1, 2],
        [0, 1, 3],
        [1, 1],
        [1, 0, 3],
      ],
      { edgeKeys: ["1", "2", "3", undefined] },
    );
    expect(normal(readGraphology(mixed.export() as SerializedGraph))).toEqual(normal(expected));
    expect(normal(readGexf(gexf.write(mixed)))).toEqual(normal(expected));
    expect(normal(readGraphML(writeGraphML(expected)))).toEqual(normal(expected));
  });
});

/** The text with some characters taken out, put in or changed. */
const damaged = fc
  .tuple(
    fc.json({ maxDepth: 3 }),
    fc.nat(),
    fc.nat({ max: 2 }),
    fc.constantFrom("", ",", "}", "]", '"', "{", "[", ":", "0", "\\", "\n", "tru", "-", "e"),
  )
  .map(([text, at, gone, put]) => text.slice(0, at % (text.length + 1)) + put + text.slice((at % (text.length + 1)) + gone));

it("The place where a text stops being JSON is the engine's, where that names one", () => {
  const fails = (text: string) => {
    try {
      JSON.parse(text);
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  };
  fc.assert(
    fc.property(damaged, (text) => {
      const message = fails(text);
      const fault = jsonFault(text);
      if (message === undefined) return void expect(fault).toBe(text.length);
      // The engine's own place, where it names one; of a word, number or escape it is the character, here the start.
      const position = /at position (\d+)/.exec(message)?.[1];
      const ended = /end of JSON|Unterminated string/.test(message);
      if (position === undefined && !ended) return;
      expect(text.slice(fault, ended ? undefined : Number(position))).toMatch(/^(?:[a-z\d.+-]*|\\u?[\da-f]{0,4})$/i);
      expect(fault).toBeLessThanOrEqual(ended ? text.length : Number(position));
    }),
    { numRuns: 3000 },
  );
});

describe("graphology's format", () => {
  it("keeps lists, objects and mixed values, which the XML formats carry as JSON", () => {
    const text = JSON.stringify({
      options: { type: "directed" },
      nodes: [
        { key: "a", attributes: { tags: ["x", 1], mixed: "one", none: null } },
        { key: 2, attributes: { tags: { deep: [true] }, mixed: 5 } },
      ],
      edges: [{ source: "a", target: 2 }],
    });
    const data = readGraphology(text);
    expect(data.nodes).toEqual(["a", "2"]);
    expect(Object.fromEntries(data.nodeAttributes)).toEqual({
      tags: { type: "json", values: [["x", 1], { deep: [true] }] },
      mixed: { type: "json", values: ["one", 5] },
    });
    expect(writeGraphology(data).nodes).toEqual([
      { key: "a", attributes: { tags: ["x", 1], mixed: "one" } },
      { key: "2", attributes: { tags: { deep: [true] }, mixed: 5 } },
    ]);
    for (const through of [readGraphML(writeGraphML(data)), readGexf(writeGexf(data))]) {
      expect(through.nodeAttributes.get("tags")).toEqual({ type: "string", values: ['["x",1]', '{"deep":[true]}'] });
      expect(through.nodeAttributes.get("mixed")).toEqual({ type: "string", values: ['"one"', "5"] });
    }
  });

  it("is refused as XML where a value has no text", () => {
    const loop: { [name: string]: unknown } = {};
    loop.self = loop;
    const data = readGraphology({ nodes: [{ key: "a", attributes: { loop } }], edges: [] });
    for (const write of [writeGraphML, writeGexf]) expectError(() => write(data), "ERR_ARGUMENT", /has no text/);
  });

  it("with names that objects inherit changes no object", () => {
    const text = '{"nodes":[{"key":"a","attributes":{"__proto__":{"p":1},"constructor":2}}],"edges":[]}';
    const data = readGraphology(text);
    expect([...data.nodeAttributes.keys()]).toEqual(["__proto__", "constructor"]);
    const [{ attributes }] = writeGraphology(data).nodes;
    expect(Object.getPrototypeOf(attributes)).toBe(Object.prototype);
    expect(JSON.stringify(attributes)).toBe('{"__proto__":{"p":1},"constructor":2}');
    expect(({} as { p?: number }).p).toBeUndefined();
  });

  const cases: [string, unknown, RegExp][] = [
    ["text that is no JSON", '{\n"nodes": [}', /^line 2, column 11: /],
    ["another value", "5", /expected a serialised graph, got 5/],
    ["no nodes", {}, /^nodes: /],
    ["no edges", { nodes: [] }, /^edges: /],
    ["another type of graph", { options: { type: "up" }, nodes: [], edges: [] }, /^options\.type: .*"up"/],
    ["a node without key", { nodes: [{}], edges: [] }, /^nodes\[0\]: key: /],
    ["a node that is none", { nodes: [null], edges: [] }, /^nodes\[0\]: /],
    ["a node twice", { nodes: [{ key: 1 }, { key: "1" }], edges: [] }, /^nodes\[1\]: node "1" comes twice/],
    ["attributes that are none", { nodes: [{ key: "a", attributes: [1] }], edges: [] }, /^nodes\[0\]: attributes: /],
    ["an attribute that is a function", { nodes: [{ key: "a", attributes: { f: () => 1 } }], edges: [] }, /^nodes\[0\]: "f": /],
    ["an unknown node", { nodes: [{ key: "a" }], edges: [{ source: "a", target: "b" }] }, /^edges\[0\]: edge 0: no node "b"/],
    ["an edge without ends", { nodes: [], edges: [{}] }, /^edges\[0\]: source: /],
    [
      "a direction that is none",
      { nodes: [{ key: "a" }], edges: [{ source: "a", target: "a", undirected: 1 }] },
      /^edges\[0\]: undirected: /,
    ],
    [
      "a weight below 0",
      { nodes: [{ key: "a" }], edges: [{ source: "a", target: "a", attributes: { weight: -1 } }] },
      /^edge 0 \("a" -> "a"\): /,
    ],
    [
      "a weight of another kind",
      { nodes: [{ key: "a" }], edges: [{ source: "a", target: "a", attributes: { weight: true } }] },
      /^edge 0 /,
    ],
    [
      "a type that is an object",
      { nodes: [{ key: "a" }], edges: [{ source: "a", target: "a", attributes: { type: {} } }] },
      /^edge 0 .*type/,
    ],
    [
      "NaN as a weight",
      { nodes: [{ key: "a" }], edges: [{ source: "a", target: "a", attributes: { weight: Number.NaN } }] },
      /^edge 0 .*NaN/,
    ],
  ];
  it.each(cases)("is refused: %s", (_, source, message) => {
    expectError(() => readGraphology(source as string), "ERR_INPUT", message);
  });

  it("is refused: neither text nor object", () => {
    expectError(() => readGraphology(undefined as never), "ERR_ARGUMENT", /^source: /);
  });
});
