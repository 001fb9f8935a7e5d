import fc from "fast-check";
import { expect } from "vitest";
import { type Column, type GraphData, MfnError } from "../../src/exchange.js";

/** Columns of a graph that the tests do not care about. */
export function graph(nodes: string[], edges: [number, number, number?, number?][], rest: Partial<GraphData> = {}): GraphData {
  return {
    directed: true,
    nodes,
    from: Int32Array.from(edges, ([from]) => from),
    to: Int32Array.from(edges, ([, to]) => to),
    weights: Float32Array.from(edges, ([, , weight]) => weight ?? 1),
    types: Uint8Array.from(edges, ([, , , type]) => type ?? 0),
    nodeAttributes: new Map(),
    edgeAttributes: new Map(),
    ...rest,
  };
}

/** The graph without what may differ between equal ones: numbers of types that have names, columns without values, the order of columns. */
export function normal(data: GraphData) {
  const columns = (attributes: Map<string, Column>) =>
    [...attributes]
      .filter(([, { values }]) => values.some((value) => value !== undefined))
      .map(([name, { type, values }]) => [name, { type, values: Array.from(values) }] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    directed: data.directed,
    nodes: data.nodes,
    edges: Array.from(data.from, (from, i) => [
      from,
      data.to[i],
      data.weights[i],
      data.typeNames?.[data.types[i]] ?? String(data.types[i]),
    ]),
    edgeKeys: data.edgeKeys?.some((key) => key !== undefined) ? Array.from(data.edgeKeys) : undefined,
    nodeAttributes: columns(data.nodeAttributes),
    edgeAttributes: columns(data.edgeAttributes),
    coordinates:
      data.coordinates && Array.from(data.nodes, (_, i) => [data.coordinates?.x[i], data.coordinates?.y[i], data.coordinates?.z?.[i]]),
  };
}

/** Expects the call to throw a MfnError of this code, whose message matches. */
export function expectError(call: () => unknown, code: string, message: RegExp): void {
  let error: unknown;
  try {
    call();
  } catch (e) {
    error = e;
  }
  expect(error).toBeInstanceOf(MfnError);
  expect((error as MfnError).code).toBe(code);
  expect((error as MfnError).message).toMatch(message);
}

/** Characters that XML can hold, the awkward ones often. */
const character = fc.oneof(
  {
    weight: 1,
    arbitrary: fc.constantFrom("&", "<", ">", '"', "'", "\n", "\t", "\r", " ", "]]>", "\u0085", "\u2028", "é", "𝒳", "\ufffd", "&amp;"),
  },
  { weight: 2, arbitrary: fc.string({ unit: "grapheme-ascii", minLength: 1, maxLength: 1 }) },
);
export const text = fc.array(character, { maxLength: 8 }).map((parts) => parts.join(""));
const name = fc
  .oneof(text, fc.constantFrom("label", "__proto__", "constructor", "hasOwnProperty", "toString", "id"))
  .filter((name) => !["weight", "type", "kind", "x", "y", "z"].includes(name));

const long = fc.oneof(
  fc.maxSafeInteger(),
  fc.integer({ min: -9, max: 9 }),
  fc.bigInt({ min: 2n ** 53n, max: 2n ** 63n - 1n }),
  fc.bigInt({ min: -(2n ** 63n), max: -(2n ** 53n) }),
);
const values = { string: text, boolean: fc.boolean(), long, double: fc.double() };

function columns(rows: number): fc.Arbitrary<Map<string, Column>> {
  const column = fc.constantFrom("string", "boolean", "long", "double").chain((type) =>
    fc.record({
      type: fc.constant(type as Column["type"]),
      values: fc.array(fc.option(values[type as keyof typeof values] as fc.Arbitrary<string>, { nil: undefined }), {
        minLength: rows,
        maxLength: rows,
      }),
    }),
  );
  return fc.uniqueArray(fc.tuple(name, column), { selector: ([name]) => name, maxLength: 3 }).map((entries) => new Map(entries));
}

const weight = fc.oneof(
  fc.constantFrom(0, 1, 0.1, 1e18, 1e-18, 16_777_216, 0.3333333).map(Math.fround),
  fc.float({ min: 0, max: Math.fround(1e18), noNaN: true }).map(Math.abs),
);
const place = fc.double({ noNaN: true, noDefaultInfinity: true });

/** Any graph that all formats can hold. */
export const anyGraph: fc.Arbitrary<GraphData> = fc.uniqueArray(text, { maxLength: 6 }).chain((nodes) => {
  const node = fc.nat({ max: Math.max(0, nodes.length - 1) });
  return fc.array(fc.tuple(node, node), { maxLength: nodes.length === 0 ? 0 : 8 }).chain((ends) => {
    const rows = { minLength: ends.length, maxLength: ends.length };
    return fc
      .record({
        directed: fc.boolean(),
        weights: fc.oneof(fc.array(weight, rows), fc.constant(ends.map(() => 1))),
        types: fc.array(fc.nat({ max: 3 }), rows),
        typeNames: fc.option(fc.uniqueArray(text, { minLength: 4, maxLength: 4 }), { nil: undefined }),
        edgeKeys: fc.option(fc.uniqueArray(text, rows), { nil: undefined }),
        nodeAttributes: columns(nodes.length),
        edgeAttributes: columns(ends.length),
        places: fc.option(fc.array(fc.option(fc.tuple(place, place, place)), { minLength: nodes.length, maxLength: nodes.length })),
      })
      .map(({ weights, types, typeNames, edgeKeys, places, ...rest }) => {
        const data: GraphData = {
          nodes,
          from: Int32Array.from(ends, ([from]) => from),
          to: Int32Array.from(ends, ([, to]) => to),
          weights: Float32Array.from(weights),
          types: Uint8Array.from(types),
          ...rest,
        };
        if (typeNames !== undefined) data.typeNames = typeNames;
        if (edgeKeys !== undefined) data.edgeKeys = edgeKeys;
        if (places?.some((place) => place !== null)) {
          const axis = (i: number) => Float64Array.from(places, (place) => place?.[i] ?? Number.NaN);
          data.coordinates = { x: axis(0), y: axis(1), z: axis(2) };
        }
        return data;
      });
  });
});
