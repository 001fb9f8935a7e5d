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
import { wasm } from "../helpers/modules.js";
import { normal } from "./helpers.js";

/** Processor time of a call in microseconds, the least of several. */
function costOf(run: () => unknown): number {
  let least = Infinity;
  for (let i = 0; i < 3; i++) {
    const from = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(from);
    least = Math.min(least, Math.max(1, user + system));
  }
  return least;
}

/** The exponent of the cost: the slope of log(cost) over log(size), by least squares. */
function exponent(sizes: number[], cost: (size: number) => number): number {
  const points = sizes.map((size) => [Math.log(size), Math.log(cost(size))]);
  const mean = (i: number) => points.reduce((sum, p) => sum + p[i], 0) / points.length;
  const [mx, my] = [mean(0), mean(1)];
  return points.reduce((sum, [x, y]) => sum + (x - mx) * (y - my), 0) / points.reduce((sum, [x]) => sum + (x - mx) ** 2, 0);
}

/** A graph of n edges between n / 4 nodes, with attributes and places. */
function large(n: number): GraphData {
  const nodes = n / 4;
  const ids = Int32Array.from({ length: n }, (_, i) => i);
  return {
    directed: true,
    nodes: Array.from({ length: nodes }, (_, i) => String(i)),
    from: ids.map((i) => i % nodes),
    to: ids.map((i) => (i * 7 + Math.floor(i / nodes) + 1) % nodes),
    weights: Float32Array.from(ids, (i) => ((i * 37) % 1000) / 7 + 0.01),
    types: Uint8Array.from(ids, (i) => i & 3),
    nodeAttributes: new Map([["name", { type: "string", values: Array.from({ length: nodes }, (_, i) => `node & ${i}`) }]]),
    edgeAttributes: new Map([["open", { type: "boolean", values: Array.from(ids, (i) => i % 3 === 0) }]]),
    coordinates: { x: Float64Array.from({ length: nodes }, (_, i) => i / 3), y: Float64Array.from({ length: nodes }, (_, i) => 1 - i) },
  };
}

const formats: [string, (data: GraphData) => GraphData][] = [
  ["GraphML", (data) => readGraphML(writeGraphML(data))],
  ["GEXF", (data) => readGexf(writeGexf(data))],
  ["graphology's format", (data) => readGraphology(JSON.stringify(writeGraphology(data)))],
];
const sizes = [12_000, 36_000, 100_000];

describe("The cost of an exchange", () => {
  it("is seen by this test where it grows", () => {
    const quadratic = (n: number) =>
      costOf(() => {
        let sum = 0;
        for (let i = 0; i < n / 16; i++) for (let j = 0; j < n / 16; j++) sum += Math.imul(i, j) & 7;
        return sum;
      });
    expect(exponent(sizes, quadratic)).toBeGreaterThan(1.5);
  });

  it.each(formats)("grows as the graph does: %s, to 100,000 edges", (_, through) => {
    const cost = (n: number) => {
      const data = large(n);
      if (n === 100_000) expect(normal(through(data))).toEqual(normal(data));
      return costOf(() => through(data));
    };
    expect(exponent(sizes, cost)).toBeLessThan(1.4);
  });

  it("grows as the mesh does", () => {
    const cost = (n: number) => {
      const data = large(n);
      return costOf(() => {
        const alm = Alm.createSync({ wasm: wasm("alm-mesh", "release") });
        expect(addTo(alm, data, { parallel: "sum" }).added).toBe(toGraph(alm).from.length);
        alm.dispose();
      });
    };
    expect(exponent(sizes, cost)).toBeLessThan(1.4);
  });

  it("grows as files do that are made to be slow", () => {
    const file = (body: string) => `<graphml><graph edgedefault="directed">${body}</graph></graphml>`;
    const parts = (n: number, part: (i: number) => string) => Array.from({ length: n }, (_, i) => part(i)).join("");
    // Very many keys, edges before their nodes, deep elements that are passed over, namespaces.
    const slow: ((n: number) => string)[] = [
      (n) => {
        const keys = parts(1000, (i) => `<key id="${i}" for="node"/>`);
        return file(parts(n, (i) => `<node id="${i}"><data key="${i % 1000}">v</data></node>`)).replace("<graph ", `${keys}<graph `);
      },
      (n) => file(parts(n, (i) => `<edge source="${i}" target="0"/>`) + parts(n, (i) => `<node id="${i}"/>`)),
      (n) => file(parts(n / 200, () => "<a>".repeat(200) + "</a>".repeat(200))),
      (n) => file(parts(n, (i) => `<a:b xmlns:a="urn:${i}"/>`)),
    ];
    for (const text of slow) {
      const cost = (n: number) => {
        const own = text(n);
        return costOf(() => readGraphML(own));
      };
      expect(exponent([4000, 12_000, 36_000], cost)).toBeLessThan(1.4);
    }
  });
});
