import { describe, expect, it } from "vitest";
import { readGraphML, writeGraphML } from "../../src/exchange.js";
import { expectError, graph, normal } from "./helpers.js";

/** As NetworkX 3.6 writes a MultiDiGraph: one name with two types, edges numbered pair by pair, booleans and NaN as Python has them. */
const NETWORKX = `<?xml version='1.0' encoding='utf-8'?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">
  <key id="d11" for="edge" attr.name="ratio" attr.type="double" />
  <key id="d10" for="edge" attr.name="since" attr.type="long" />
  <key id="d9" for="edge" attr.name="type" attr.type="string" />
  <key id="d8" for="edge" attr.name="weight" attr.type="double" />
  <key id="d7" for="node" attr.name="big" attr.type="long" />
  <key id="d6" for="node" attr.name="size" attr.type="double" />
  <key id="d5" for="node" attr.name="y" attr.type="double" />
  <key id="d4" for="node" attr.name="x" attr.type="double" />
  <key id="d3" for="node" attr.name="flag" attr.type="boolean" />
  <key id="d2" for="node" attr.name="size" attr.type="long" />
  <key id="d1" for="node" attr.name="label" attr.type="string" />
  <key id="d0" for="graph" attr.name="name" attr.type="string" />
  <graph edgedefault="directed">
    <node id="a">
      <data key="d1">Zürich</data>
      <data key="d2">3</data>
      <data key="d3">True</data>
      <data key="d4">1.5</data>
      <data key="d5">-2.0</data>
    </node>
    <node id="b">
      <data key="d6">2.5</data>
      <data key="d7">12345678901234567</data>
      <data key="d4">0.25</data>
      <data key="d5">7.0</data>
    </node>
    <node id="c" />
    <edge source="a" target="b" id="0">
      <data key="d8">0.1</data>
      <data key="d9">knows</data>
      <data key="d10">1999</data>
    </edge>
    <edge source="a" target="b" id="1">
      <data key="d8">2.5</data>
      <data key="d9">likes</data>
      <data key="d11">nan</data>
    </edge>
    <edge source="b" target="b" id="0">
      <data key="d9">knows</data>
    </edge>
    <data key="d0">example</data>
  </graph>
</graphml>
`;

/** As yEd writes: shapes in a namespace of their own, labels and places only there, keys with a type of their own. */
const YED = `<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:java="http://www.yworks.com/xml/yfiles-common/1.0/java" xmlns:y="http://www.yworks.com/xml/graphml" xmlns:yed="http://www.yworks.com/xml/yed/3">
  <!--Created by yEd 3.22-->
  <key attr.name="Description" attr.type="string" for="graph" id="d0"/>
  <key for="port" id="d1" yfiles.type="portgraphics"/>
  <key for="node" id="d5" attr.name="description" attr.type="string"/>
  <key for="node" id="d6" yfiles.type="nodegraphics"/>
  <key for="graphml" id="d7" yfiles.type="resources"/>
  <key attr.name="url" attr.type="string" for="edge" id="d8"/>
  <key for="edge" id="d10" yfiles.type="edgegraphics"/>
  <graph edgedefault="directed" id="G">
    <data key="d0" xml:space="preserve"/>
    <node id="n0">
      <data key="d5" xml:space="preserve"><![CDATA[first <one>]]></data>
      <data key="d6">
        <y:ShapeNode>
          <y:Geometry height="30.0" width="30.0" x="100.0" y="50.0"/>
          <y:NodeLabel alignment="center">A<y:LabelModel><y:SmartNodeLabelModel distance="4.0"/></y:LabelModel></y:NodeLabel>
          <y:Shape type="rectangle"/>
        </y:ShapeNode>
      </data>
      <port name="north"/>
    </node>
    <node id="n1"><data key="d6"><y:ShapeNode/></data></node>
    <edge id="e0" source="n0" target="n1" sourceport="north">
      <data key="d8">http://example.org/?a=1&amp;b=2</data>
      <data key="d10"><y:PolyLineEdge><y:Arrows source="none" target="standard"/></y:PolyLineEdge></data>
    </edge>
  </graph>
  <data key="d7"><y:Resources/></data>
</graphml>
`;

const file = (body: string, keys = "", kind = "directed") =>
  `<graphml xmlns="http://graphml.graphdrawing.org/xmlns">${keys}<graph edgedefault="${kind}">${body}</graph></graphml>`;
const AB = '<node id="a"/><node id="b"/>';
const WEIGHT = '<key id="w" for="edge" attr.name="weight" attr.type="double"/>';

describe("GraphML is read", () => {
  it("as NetworkX writes it", () => {
    const data = readGraphML(NETWORKX);
    expect(data).toMatchObject({ directed: true, nodes: ["a", "b", "c"], typeNames: ["knows", "likes"] });
    expect([...data.from, ...data.to, ...data.types]).toEqual([0, 0, 1, 1, 1, 1, 0, 1, 0]);
    expect([...data.weights]).toEqual([0.1, 2.5, 1].map(Math.fround));
    expect(data.edgeKeys).toBeUndefined();
    expect(Object.fromEntries(data.nodeAttributes)).toEqual({
      big: { type: "long", values: [undefined, 12345678901234567n, undefined] },
      size: { type: "double", values: [3, 2.5, undefined] },
      flag: { type: "boolean", values: [true, undefined, undefined] },
      label: { type: "string", values: ["Zürich", undefined, undefined] },
    });
    expect(Object.fromEntries(data.edgeAttributes)).toEqual({
      ratio: { type: "double", values: [undefined, Number.NaN, undefined] },
      since: { type: "long", values: [1999, undefined, undefined] },
    });
    expect(data.coordinates).toEqual({ x: Float64Array.of(1.5, 0.25, Number.NaN), y: Float64Array.of(-2, 7, Number.NaN) });
    expect(normal(readGraphML(writeGraphML(data)))).toEqual(normal(data));
  });

  it("as yEd writes it, without the drawing", () => {
    const data = readGraphML(YED);
    expect(data).toMatchObject({ directed: true, nodes: ["n0", "n1"], edgeKeys: ["e0"] });
    expect(Object.fromEntries(data.nodeAttributes)).toEqual({ description: { type: "string", values: ["first <one>", undefined] } });
    expect(Object.fromEntries(data.edgeAttributes)).toEqual({ url: { type: "string", values: ["http://example.org/?a=1&b=2"] } });
    expect(data.coordinates).toBeUndefined();
  });

  it("with prefixes, without a namespace, with a document type, with a mark of byte order", () => {
    const plain = normal(graph(["a", "b"], [[0, 1]]));
    const edge = '<edge source="a" target="b"/>';
    expect(normal(readGraphML(file(AB + edge)))).toEqual(plain);
    expect(normal(readGraphML(file(AB + edge).replace(/ xmlns="[^"]*"/, "")))).toEqual(plain);
    expect(normal(readGraphML(`\ufeff${file(AB + edge)}`))).toEqual(plain);
    const prefixed = file(AB + edge)
      .replace("xmlns=", "xmlns:g=")
      .replace(/<(\/?)(?=\w)/g, "<$1g:");
    expect(normal(readGraphML(prefixed))).toEqual(plain);
    const typed = `<!DOCTYPE graphml SYSTEM "http://graphml.graphdrawing.org/dtds/graphml.dtd">${file(AB + edge)}`;
    expect(normal(readGraphML(typed))).toEqual(plain);
    // Elements of other namespaces are none of the graph's.
    expect(normal(readGraphML(file(`${AB}${edge}<o:node xmlns:o="urn:other" id="c"/>`)))).toEqual(plain);
  });

  it("with edges before their nodes", () => {
    expect(normal(readGraphML(file(`<edge source="b" target="a"/>${AB}`)))).toEqual(normal(graph(["a", "b"], [[1, 0]])));
  });

  it("with defaults, and keys for all", () => {
    const keys =
      '<key id="c" for="all" attr.name="colour" attr.type="string"><default>red</default></key>' +
      '<key id="w" for="edge" attr.name="weight" attr.type="double"><default>0.5</default></key>' +
      '<key id="t" for="edge" attr.name="type"><default>road</default></key>' +
      '<key id="k"/>';
    const data = readGraphML(
      file(
        '<node id="a"><data key="c">blue</data></node><node id="b"><data key="k"> kept </data></node>' +
          '<edge source="a" target="b"/><edge source="b" target="a"><data key="w">2</data><data key="t">rail</data></edge>',
        keys,
      ),
    );
    expect(Object.fromEntries(data.nodeAttributes)).toEqual({
      colour: { type: "string", values: ["blue", "red"] },
      k: { type: "string", values: [undefined, " kept "] },
    });
    expect(data.edgeAttributes.get("colour")).toEqual({ type: "string", values: ["red", "red"] });
    expect([...data.weights]).toEqual([0.5, 2]);
    expect(data.typeNames).toEqual(["road", "rail"]);
  });

  it("undirected and mixed: then an undirected edge is two", () => {
    const edges = '<edge source="a" target="b" directed="false"/><edge source="b" target="b" directed="false"/>';
    expect(normal(readGraphML(file(AB + edges)))).toEqual(
      normal(
        graph(
          ["a", "b"],
          [
            [0, 1],
            [1, 1],
          ],
          { directed: false },
        ),
      ),
    );
    const key = '<key id="n" for="edge" attr.name="note"/>';
    const mixed = readGraphML(
      file(
        `${AB}<edge id="1" source="a" target="b"><data key="n">x</data></edge><edge source="b" target="b"/><edge source="b" target="a" directed="true"/>`,
        key,
        "undirected",
      ),
    );
    const expected = graph(
      ["a", "b"],
      [
        [0, 1],
        [1, 1],
        [1, 0],
        [1, 0],
      ],
    );
    expected.edgeKeys = ["1", undefined, undefined, undefined];
    expected.edgeAttributes.set("note", { type: "string", values: ["x", undefined, undefined, "x"] });
    expect(normal(mixed)).toEqual(normal(expected));
    expect(readGraphML(file("", "", "undirected")).directed).toBe(false);
  });

  it("with numbers as types, and absent ones as 0", () => {
    const keys = '<key id="t" for="edge" attr.name="type" attr.type="int"/>';
    const data = readGraphML(file(`${AB}<edge source="a" target="b"><data key="t">255</data></edge><edge source="b" target="a"/>`, keys));
    expect([[...data.types], data.typeNames]).toEqual([[255, 0], undefined]);
    const more = readGraphML(file(`${AB}<edge source="a" target="b"><data key="t">256</data></edge><edge source="b" target="a"/>`, keys));
    expect([[...more.types], more.typeNames]).toEqual([
      [0, 1],
      ["256", ""],
    ]);
  });

  it("with x and y that are no places as attributes", () => {
    const keys = '<key id="x" for="node" attr.name="x" attr.type="double"/><key id="y" for="node" attr.name="y" attr.type="double"/>';
    const data = readGraphML(file('<node id="a"><data key="x">1</data></node><node id="b"><data key="y">1</data></node>', keys));
    expect([...data.nodeAttributes.keys()]).toEqual(["x", "y"]);
    expect(data.coordinates).toBeUndefined();
  });

  it("with names that objects inherit", () => {
    const keys = '<key id="__proto__" for="node" attr.name="__proto__"/><key id="constructor" for="node"/>';
    const data = readGraphML(file('<node id="__proto__"><data key="__proto__">p</data><data key="constructor">c</data></node>', keys));
    expect(data.nodes).toEqual(["__proto__"]);
    expect([...data.nodeAttributes.keys()]).toEqual(["__proto__", "constructor"]);
    expect(({} as { p?: string }).p).toBeUndefined();
  });
});

describe("GraphML is refused", () => {
  const cases: [string, string, RegExp][] = [
    ["nothing", "", /^line 1, column 1: /],
    ["no XML", "graph", /^line 1, column 6: /],
    ["an element that does not end", "<graphml>\n<desc>", /^line 2, column 7: unclosed tag: desc/],
    ["another format", "<gexf/>", /^line 1, column 8: expected <graphml>, got <gexf>/],
    ["no graph", "<graphml/>", /the file has no <graph>/],
    ["two graphs", '<graphml><graph edgedefault="directed"/>\n<graph edgedefault="directed"/></graphml>', /^line 2, .*more than one graph/],
    ["no direction", "<graphml><graph/></graphml>", /edgedefault/],
    ["another direction", file("", "", "up"), /edgedefault: .*"up"/],
    ["a direction of an edge", file(`${AB}<edge source="a" target="b" directed="yes"/>`), /directed: .*"yes"/],
    ["a nested graph", file('<node id="a"><graph edgedefault="directed"/></node>'), /^line 1, .*nested graphs are not read/],
    ["a hyperedge", file('\n<hyperedge><endpoint node="a"/></hyperedge>'), /^line 2, column 12: hyperedges are not read/],
    ["a node in a node", file('<node id="a"><node id="b"/></node>'), /<node> stands in another node/],
    ["a node outside", '<graphml><node id="a"/></graphml>', /<node> stands outside of <graph>/],
    ["a node twice", file('<node id="a"/>\n<node id="a"/>'), /^line 2, column 15: node "a" comes twice/],
    ["a node without id", file("<node/>"), /<node> has no attribute id/],
    ["an edge without an end", file('<node id="a"/><edge source="a"/>'), /<edge> has no attribute target/],
    ["an unknown node", file(`${AB}\n<edge source="a" target="c"/>`), /^line 2, column 30: edge 0: no node "c"/],
    ["a key twice", file("", '<key id="a"/><key id="a"/>'), /key "a" comes twice/],
    ["an unknown key", file('<node id="a"><data key="k"/></node>'), /no <key> declares "k"/],
    [
      "a weight below 0",
      file(`${AB}<edge source="a" target="b"><data key="w">-1</data></edge>`, WEIGHT),
      /^edge 0 \("a" -> "b"\): .*weight.*-1/,
    ],
    [
      "a weight that is no number",
      file(`${AB}<edge source="a" target="b"><data key="w">NaN</data></edge>`, WEIGHT),
      /^edge 0 .*weight.*NaN/,
    ],
    [
      "a weight without end",
      file(`${AB}<edge source="a" target="b"><data key="w">INF</data></edge>`, WEIGHT),
      /^edge 0 .*weight.*Infinity/,
    ],
    ["a weight too large", file(`${AB}<edge source="a" target="b"><data key="w">1e19</data></edge>`, WEIGHT), /^edge 0 .*weight/],
    [
      "a weight in words",
      file(`${AB}<edge source="a" target="b"><data key="w">much</data></edge>`, WEIGHT),
      /edge 0 \("a" -> "b"\), "weight": .*double, got "much"/,
    ],
    [
      "a value of another type",
      file('<node id="a"><data key="b">maybe</data></node>', '<key id="b" for="node" attr.type="boolean"/>'),
      /node "a", "b": .*boolean/,
    ],
    [
      "a default of another type",
      file('<node id="a"/>', '<key id="b" for="node" attr.type="int"><default>x</default></key>'),
      /default of b: .*long/,
    ],
    [
      "a value twice",
      file('<node id="a"><data key="k">1</data><data key="k">2</data></node>', '<key id="k"/>'),
      /node "a": "k" is given twice/,
    ],
    ["entities of its own", `<!DOCTYPE graphml [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>${file("")}`, /^line 1, .*declarations of its own/],
    ["unknown entities", file('<node id="&nbsp;"/>'), /^line 1, .*undefined entity/],
    ["entities that objects inherit", file('<node id="&constructor;"/>'), /undefined entity/],
    ["characters that XML has not", file('<node id="&#0;"/>'), /character entity/],
    ["an end before its time", file('<node id="a"/>', '<key id="k">'), /unexpected close tag|unclosed tag/],
    ["elements too deep", file("<a>".repeat(300)), /256 deep/],
  ];

  it.each(cases)("%s", (_, text, message) => {
    expectError(() => readGraphML(text), "ERR_INPUT", message);
  });

  it("more types than a mesh has", () => {
    const edges = Array.from({ length: 257 }, (_, i) => `<edge source="a" target="b"><data key="t">t${i}</data></edge>`).join("");
    const text = file(AB + edges, '<key id="t" for="edge" attr.name="type"/>');
    expectError(() => readGraphML(text), "ERR_INPUT", /more than 256 types.*type: null/);
    expect(readGraphML(text, { type: null }).edgeAttributes.get("type")?.values).toHaveLength(257);
  });

  it("more attributes than columns can be had", () => {
    const keys = Array.from({ length: 1025 }, (_, i) => `<key id="${i}" for="node"/>`).join("");
    expectError(() => readGraphML(file("", keys)), "ERR_INPUT", /more than 1024 attributes/);
  });

  it("defaults that fill far more than the file holds", () => {
    const keys = Array.from({ length: 1000 }, (_, i) => `<key id="${i}" for="node"><default>1</default></key>`).join("");
    const nodes = Array.from({ length: 2000 }, (_, i) => `<node id="${i}"/>`).join("");
    expectError(() => readGraphML(file(nodes, keys)), "ERR_INPUT", /defaults/);
  });

  it("what is no text", () => {
    expectError(() => readGraphML(undefined as never), "ERR_ARGUMENT", /^text: /);
    expectError(() => readGraphML(new Uint8Array(3) as never), "ERR_ARGUMENT", /^text: /);
  });
});
