import { checkData } from "./check.js";
import type { SerializedGraph } from "./graphology-read.js";
import { claimed, namesOf, typeNameOf, usesTypes, usesWeights } from "./names.js";
import { parallelEdges } from "./parallel.js";
import type { Column, GraphData, NameOptions } from "./types.js";
import { printFloat, type Value } from "./values.js";

/** A column as the format has it. */
interface Output {
  name: string;
  value(row: number): Value;
}

/**
 * A graph in the serialised format of graphology (https://graphology.github.io/serialization.html), for `Graph.from(...)` or `JSON.stringify`. Weights are
 * left out where all are 1, types where all are 0 and have no names; a type without a name is a number. Coordinates become attributes x, y and z; integers that are
 * no safe integers become strings. O(nodes, edges and their attributes).
 *
 * @throws MfnError `ERR_ARGUMENT` or `ERR_NOT_FINITE` if `data` is no graph, or has an attribute with the name of another part
 *
 * @example
 * import { Alm } from "mfn/alm";
 * const mesh = Alm.createSync();
 * mesh.link(1, 2, { weight: 0.5 });
 * const { nodes, edges } = writeGraphology(toGraph(mesh, { key: (id) => `thing ${id}` }));
 * nodes.map(({ key }) => key); // ["thing 1", "thing 2"]
 * edges[0].attributes; // { weight: 0.5 }
 */
export function writeGraphology(data: GraphData, options: NameOptions = {}): SerializedGraph {
  checkData(data);
  const names = namesOf(options, "type");
  const { directed, nodes, from, to, edgeKeys } = data;
  const nodeColumns = [...places(data), ...columns(data.nodeAttributes)];
  const edgeColumns = [...links(data, names), ...columns(data.edgeAttributes)];
  claimed("nodeAttributes", nodeColumns);
  claimed("edgeAttributes", edgeColumns);
  const serializedEdges: SerializedGraph["edges"] = [];
  for (let row = 0; row < from.length; row++) {
    const key = edgeKeys?.[row];
    serializedEdges.push({
      ...(key === undefined ? {} : { key }),
      source: nodes[from[row]],
      target: nodes[to[row]],
      attributes: attributesOf(edgeColumns, row),
      ...(directed ? {} : { undirected: true }),
    });
  }
  return {
    attributes: {},
    options: { type: directed ? "directed" : "undirected", multi: parallelEdges(data, false) !== undefined, allowSelfLoops: true },
    nodes: nodes.map((key, row) => ({ key, attributes: attributesOf(nodeColumns, row) })),
    edges: serializedEdges,
  };
}

function attributesOf(outputs: readonly Output[], row: number): { [name: string]: unknown } {
  const result: { [name: string]: unknown } = {};
  for (const output of outputs) {
    const value = output.value(row);
    if (value === undefined) continue;
    // Set in the plain way this name would change what the object inherits.
    if (output.name === "__proto__")
      Object.defineProperty(result, output.name, { value, enumerable: true, configurable: true, writable: true });
    else result[output.name] = value;
  }
  return result;
}

function columns(attributes: ReadonlyMap<string, Column>): Output[] {
  return [...attributes].map(([name, { values }]) => ({
    name,
    value: (row) => (typeof values[row] === "bigint" ? String(values[row]) : values[row]),
  }));
}

function places({ coordinates }: GraphData): Output[] {
  if (coordinates === undefined) return [];
  return (["x", "y", "z"] as const).flatMap((name) => {
    const column = coordinates[name];
    return column === undefined ? [] : [{ name, value: (row: number) => (Number.isNaN(column[row]) ? undefined : column[row]) }];
  });
}

function links(data: GraphData, names: Required<NameOptions>): Output[] {
  const result: Output[] = [];
  if (names.weight !== null && usesWeights(data))
    result.push({ name: names.weight, value: (row) => Number(printFloat(data.weights[row])) });
  if (names.type !== null && usesTypes(data)) {
    result.push({ name: names.type, value: (row) => (data.typeNames === undefined ? data.types[row] : typeNameOf(data, row)) });
  }
  return result;
}
