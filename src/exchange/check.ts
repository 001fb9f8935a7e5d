import { badArgument, MfnError, show } from "../errors.js";
import { MOST_WEIGHT } from "../layers/alm/kernel.js";
import { edgeName } from "./builder.js";
import type { Column, GraphData } from "./types.js";
import { isValue } from "./values.js";

/**
 * Refuses what is no graph.
 * @throws MfnError `ERR_ARGUMENT`, or `ERR_NOT_FINITE` for a weight or place that is no finite number, with the row named
 */
export function checkData(data: GraphData): void {
  if (typeof data !== "object" || data === null) throw badArgument("data", "a graph", data);
  const { directed, nodes, from, to, weights, types, typeNames, edgeKeys, coordinates } = data;
  if (typeof directed !== "boolean") throw badArgument("directed", "a boolean", directed);
  if (!Array.isArray(nodes)) throw badArgument("nodes", "an array of keys", nodes);
  checkUnique("nodes", nodes);
  const edges = checkTyped("from", from, Int32Array).length;
  for (const [name, column] of [
    ["to", checkTyped("to", to, Int32Array)],
    ["weights", checkTyped("weights", weights, Float32Array)],
    ["types", checkTyped("types", types, Uint8Array)],
  ] as const) {
    if (column.length !== edges) throw badArgument(name, `${edges} values, as in from`, column);
  }
  if (typeNames !== undefined) {
    if (!Array.isArray(typeNames)) throw badArgument("typeNames", "an array of names", typeNames);
    checkUnique("typeNames", typeNames);
  }
  const numbers = typeNames?.length ?? 256;
  for (let i = 0; i < edges; i++) {
    if (from[i] < 0 || from[i] >= nodes.length) throw badArgument(`from[${i}]`, `an integer in [0, ${nodes.length})`, from[i]);
    if (to[i] < 0 || to[i] >= nodes.length) throw badArgument(`to[${i}]`, `an integer in [0, ${nodes.length})`, to[i]);
    if (!(weights[i] >= 0 && weights[i] <= MOST_WEIGHT)) throw badWeight(data, i);
    if (types[i] >= numbers) throw badArgument(`types[${i}]`, `an integer in [0, ${numbers}), as there are names`, types[i]);
  }
  if (edgeKeys !== undefined) {
    if (!Array.isArray(edgeKeys) || edgeKeys.length !== edges) throw badArgument("edgeKeys", `an array of ${edges} keys`, edgeKeys);
    checkUnique(
      "edgeKeys",
      edgeKeys.filter((key) => key !== undefined),
    );
  }
  checkColumns("nodeAttributes", data.nodeAttributes, nodes.length);
  checkColumns("edgeAttributes", data.edgeAttributes, edges);
  if (coordinates === undefined) return;
  for (const axis of ["x", "y", "z"] as const) {
    const column = coordinates[axis];
    if (axis === "z" && column === undefined) continue;
    if (checkTyped(`coordinates.${axis}`, column, Float64Array).length !== nodes.length) {
      throw badArgument(`coordinates.${axis}`, `${nodes.length} numbers`, column);
    }
    for (let i = 0; i < nodes.length; i++) {
      const value = (column as Float64Array)[i];
      if (Math.abs(value) === Infinity) throw badArgument(`coordinates.${axis}[${i}]`, "a finite number or NaN", value, "ERR_NOT_FINITE");
    }
  }
}

/** The error for a weight that an exchange or a mesh does not take. */
export function badWeight({ nodes, from, to, weights }: GraphData, edge: number, least = 0): MfnError {
  const name = edgeName(edge, nodes[from[edge]], nodes[to[edge]]);
  const code = Number.isFinite(weights[edge]) ? "ERR_ARGUMENT" : "ERR_NOT_FINITE";
  return badArgument(`weight of ${name}`, `a number in [${least}, ${MOST_WEIGHT}]`, weights[edge], code);
}

function checkTyped<T extends Int32Array | Float32Array | Float64Array | Uint8Array>(
  name: string,
  value: T | undefined,
  type: abstract new (...args: never[]) => T,
): T {
  if (!(value instanceof type)) throw badArgument(name, `a ${type.name}`, value);
  return value;
}

function checkUnique(name: string, keys: readonly string[]): void {
  const known = new Set<string>();
  for (let i = 0; i < keys.length; i++) {
    if (typeof keys[i] !== "string") throw badArgument(`${name}[${i}]`, "a string", keys[i]);
    if (known.has(keys[i])) throw new MfnError("ERR_ARGUMENT", `${name}[${i}]: ${show(keys[i])} comes twice`);
    known.add(keys[i]);
  }
}

function checkColumns(name: string, columns: ReadonlyMap<string, Column>, rows: number): void {
  if (!(columns instanceof Map)) throw badArgument(name, "a Map of columns", columns);
  for (const [key, { type, values }] of columns) {
    const full = `${name} ${show(key)}`;
    if (typeof key !== "string") throw badArgument(name, "names that are strings", key);
    if (!["string", "boolean", "long", "double", "json"].includes(type)) throw badArgument(full, "a known type of column", type);
    if (!Array.isArray(values) || values.length !== rows) throw badArgument(full, `${rows} values`, values);
    values.forEach((value, i) => {
      if (value !== undefined && !isValue(type, value)) throw badArgument(`${full}[${i}]`, `a value of type ${type}`, value);
    });
  }
}
