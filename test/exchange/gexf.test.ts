import { describe, expect, it } from "vitest";
import { readGexf, writeGexf } from "../../src/exchange.js";
import { expectError, graph, normal } from "./helpers.js";

/** As Gephi writes: GEXF 1.3, attributes with defaults, kinds of edges, drawing beside them. */
const GEPHI = `<?xml version='1.0' encoding='UTF-8'?>
<gexf xmlns="http://gexf.net/1.3" version="1.3" xmlns:viz="http://gexf.net/1.3/viz" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://gexf.net/1.3 http://gexf.net/1.3/gexf.xsd">
  <meta lastmodifieddate="2023-04-01">
    <creator>Gephi 0.10.1</creator>
    <title></title>
  </meta>
  <graph defaultedgetype="directed" mode="static">
    <attributes class="node" mode="static">
      <attribute id="modularity_class" title="Modularity Class" type="integer">
        <default>0</default>
      </attribute>
      <attribute id="score" title="score" type="double"/>
      <attribute id="tags" title="tags" type="liststring"/>
    </attributes>
    <attributes class="edge" mode="static">
      <attribute id="since" title="since" type="long"/>
    </attributes>
    <nodes count="3">
      <node id="11" label="Valjean">
        <attvalues>
          <attvalue for="modularity_class" value="8"/>
          <attvalue for="score" value="0.5"/>
          <attvalue for="tags" value="[a, b]"/>
        </attvalues>
        <viz:size value="100.0"/>
        <viz:position x="-87.93029" y="6.8120565" z="0.0"/>
        <viz:color r="245" g="91" b="91" hex="#f55b5b"/>
      </node>
      <node id="48" label="Gavroche">
        <viz:position x="387.89572" y="-110.462326"/>
      </node>
      <node id="55" label="Marius" start="2001" end="2002"><spells><spell start="2001" end="2002"/></spells></node>
    </nodes>
    <edges count="4">
      <edge id="0" source="11" target="48" type="directed" kind="friend" weight="0.1"></edge>
      <edge id="1" source="11" target="48" kind="foe" label="vs">
        <attvalues><attvalue for="since" value="1815"/></attvalues>
        <viz:thickness value="2.0"/>
      </edge>
      <edge id="2" source="55" target="55" weight="3"/>
    </edges>
  </graph>
</gexf>
`;

/** As NetworkX 3.6 writes a MultiDiGraph: the type of the first value is that of all, and an attribute "type" comes where the direction belongs. */
const NETWORKX = `<?xml version='1.0' encoding='utf-8'?>
<gexf xmlns:viz="http://www.gexf.net/1.2draft/viz" xmlns="http://www.gexf.net/1.2draft" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://www.gexf.net/1.2draft http://www.gexf.net/1.2draft/gexf.xsd" version="1.2">
  <meta lastmodifieddate="2026-11-20">
    <creator>NetworkX 3.6.1</creator>
  </meta>
  <graph defaultedgetype="directed" mode="static" name="example">
    <attributes mode="static" class="edge">
      <attribute id="3" title="since" type="long" />
      <attribute id="4" title="networkx_key" type="long" />
      <attribute id="5" title="ratio" type="double" />
    </attributes>
    <attributes mode="static" class="node">
      <attribute id="0" title="size" type="long" />
      <attribute id="1" title="flag" type="boolean" />
      <attribute id="2" title="big" type="long" />
    </attributes>
    <nodes>
      <node id="a" label="Zürich">
        <viz:color r="1" g="2" b="3" a="1.0" />
        <viz:size value="4.0" />
        <viz:position x="1.5" y="-2.0" z="0.0" />
        <attvalues>
          <attvalue for="0" value="3" />
          <attvalue for="1" value="true" />
        </attvalues>
      </node>
      <node id="b" label="b">
        <attvalues>
          <attvalue for="0" value="2.5" />
          <attvalue for="2" value="12345678901234567" />
        </attvalues>
      </node>
    </nodes>
    <edges>
      <edge source="a" target="b" id="0" weight="0.1" type="knows">
        <attvalues>
          <attvalue for="3" value="1999" />
          <attvalue for="4" value="0" />
        </attvalues>
      </edge>
      <edge source="a" target="b" id="1" weight="2.5" type="likes">
        <attvalues>
          <attvalue for="5" value="NaN" />
          <attvalue for="4" value="1" />
        </attvalues>
      </edge>
    </edges>
  </graph>
</gexf>
`;

const file = (nodes: string, edges = "", attributes = "") =>
  `<gexf xmlns="http://www.gexf.net/1.1draft" version="1.1"><graph>${attributes}<nodes>${nodes}</nodes><edges>${edges}</edges></graph></gexf>`;
const AB = '<node id="a"/><node id="b"/>';

describe("GEXF is read", () => {
  it("as Gephi writes it", () => {
    const data = readGexf(GEPHI);
    expect(data).toMatchObject({ directed: true, nodes: ["11", "48", "55"], typeNames: ["friend", "foe", ""], edgeKeys: ["0", "1", "2"] });
    expect([...data.weights]).toEqual([0.1, 1, 3].map(Math.fround));
    expect(Object.fromEntries(data.nodeAttributes)).toEqual({
      "Modularity Class": { type: "long", values: [8, 0, 0] },
      score: { type: "double", values: [0.5, undefined, undefined] },
      tags: { type: "string", values: ["[a, b]", undefined, undefined] },
      label: { type: "string", values: ["Valjean", "Gavroche", "Marius"] },
    });
    expect(Object.fromEntries(data.edgeAttributes)).toEqual({
      since: { type: "long", values: [undefined, 1815, undefined] },
      label: { type: "string", values: [undefined, "vs", undefined] },
    });
    expect(data.coordinates).toEqual({
      x: Float64Array.of(-87.93029, 387.89572, Number.NaN),
      y: Float64Array.of(6.8120565, -110.462326, Number.NaN),
      z: Float64Array.of(0, Number.NaN, Number.NaN),
    });
    expect(normal(readGexf(writeGexf(data)))).toEqual(normal(data));
  });

  it("as NetworkX writes it", () => {
    const data = readGexf(NETWORKX);
    expect(data).toMatchObject({ directed: true, nodes: ["a", "b"], typeNames: ["knows", "likes"] });
    expect(data.nodeAttributes.get("size")).toEqual({ type: "double", values: [3, 2.5] });
    expect(data.nodeAttributes.get("big")).toEqual({ type: "long", values: [undefined, 12345678901234567n] });
    expect(data.edgeAttributes.get("ratio")).toEqual({ type: "double", values: [undefined, Number.NaN] });
  });

  it("of version 1.1, undirected unless it says otherwise, the older name of an attribute's reference", () => {
    const attributes = '<attributes class="node"><attribute id="0" title="url" type="anyURI"/></attributes>';
    const data = readGexf(file('<node id="a"><attvalues><attvalue id="0" value="urn:a"/></attvalues></node>', "", attributes));
    expect(data.directed).toBe(false);
    expect(data.nodeAttributes.get("url")).toEqual({ type: "string", values: ["urn:a"] });
  });

  it("mixed and mutual: then an edge without a direction is two", () => {
    const edges =
      '<edge source="a" target="b" type="directed"/><edge source="a" target="b" weight="2" kind="1"/><edge source="b" target="b" type="mutual" kind="2"/>';
    const expected = graph(
      ["a", "b"],
      [
        [0, 1],
        [0, 1, 2, 1],
        [1, 1, 1, 2],
        [1, 0, 2, 1],
      ],
    );
    expect(normal(readGexf(file(AB, edges)))).toEqual(normal(expected));
    expect(readGexf(file(AB, '<edge source="a" target="b" type="mutual"/>'))).toMatchObject({ directed: true, from: Int32Array.of(0, 1) });
  });

  it("with attributes x and y beside positions, and without", () => {
    const attributes =
      '<attributes class="node"><attribute id="0" title="x" type="float"/><attribute id="1" title="y" type="float"/></attributes>';
    const values = '<attvalues><attvalue for="0" value="1"/><attvalue for="1" value="2"/></attvalues>';
    expect(readGexf(file(`<node id="a">${values}</node>`, "", attributes))).toMatchObject({
      coordinates: { x: Float64Array.of(1), y: Float64Array.of(2) },
      nodeAttributes: new Map(),
    });
    // A prefix that nobody declared is what it is everywhere.
    const both = readGexf(file(`<node id="a">${values}<viz:position x="3" y="4"/></node>`, "", attributes));
    expect(both.coordinates).toEqual({ x: Float64Array.of(3), y: Float64Array.of(4) });
    expect([...both.nodeAttributes.keys()]).toEqual(["x", "y"]);
    expect(normal(readGexf(writeGexf(both)))).toEqual(normal(both));
  });

  it("with labels that are no text", () => {
    const data = graph(["a", "b"], [], { nodeAttributes: new Map([["label", { type: "long", values: [5, undefined] }]]) });
    expect(normal(readGexf(writeGexf(data)))).toEqual(normal(data));
  });
});

describe("GEXF is refused", () => {
  const attribute = '<attributes class="node"><attribute id="0" title="n" type="long"/></attributes>';
  const cases: [string, string, RegExp][] = [
    ["no GEXF", "<graphml/>", /expected <gexf>/],
    ["no graph", '<gexf version="1.3"/>', /the file has no <graph>/],
    ["two graphs", "<gexf><graph/><graph/></gexf>", /more than one graph/],
    ["a direction", '<gexf><graph defaultedgetype="up"/></gexf>', /^line 1, .*defaultedgetype: .*"up"/],
    ["nodes in a node", file('<node id="a"><nodes/></node>'), /hierarchies/],
    ["nodes of a node", file('<node id="a"/><node id="b" pid="a"/>'), /hierarchies/],
    ["a node in a node", file('<node id="a"><node id="b"/></node>'), /<node> stands in another node/],
    ["a node outside", '<gexf><nodes><node id="a"/></nodes></gexf>', /<node> stands outside of <graph>/],
    ["attributes in time", file("", "", '<attributes class="node" mode="dynamic"/>'), /change in time/],
    [
      "values in time",
      file('<node id="a"><attvalues><attvalue for="0" value="1"/>\n<attvalue for="0" value="2"/></attvalues></node>', "", attribute),
      /^line 2, .*node "a": "n" is given twice/,
    ],
    ["an attribute twice", file("", "", attribute + attribute), /attribute "0" comes twice/],
    [
      "an unknown attribute",
      file('<node id="a"><attvalues><attvalue for="7" value="1"/></attvalues></node>'),
      /no <attribute> declares "7"/,
    ],
    [
      "a value of another type",
      file('<node id="a"><attvalues><attvalue for="0" value="x"/></attvalues></node>', "", attribute),
      /"n": .*long/,
    ],
    ["a weight below 0", file(AB, '<edge source="a" target="b" weight="-0.5"/>'), /^edge 0 \("a" -> "b"\): .*weight/],
    ["a weight in words", file(AB, '<edge source="a" target="b" weight="x"/>'), /^line 1, .*edge 0 \("a" -> "b"\), "weight"/],
    ["a position without y", file('<node id="a"><viz:position x="1"/></node>'), /position> has no attribute y/],
    ["a position that is no number", file('<node id="a"><viz:position x="1" y="INF"/></node>'), /positions of nodes/],
    ["an unknown node", file(AB, '<edge source="a" target="c"/>'), /edge 0: no node "c"/],
  ];

  it.each(cases)("%s", (_, text, message) => {
    expectError(() => readGexf(text), "ERR_INPUT", message);
  });
});
