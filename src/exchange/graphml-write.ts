import { checkData } from "./check.js";
import { claimed, namesOf, typeNameOf, usesTypes, usesWeights } from "./names.js";
import type { Column, GraphData, NameOptions } from "./types.js";
import { printDouble, printFloat, printValue } from "./values.js";
import { escapeXml, joinLines } from "./xml-write.js";

/** A column as the file has it: its texts, row by row. */
interface Output {
  id: string;
  name: string;
  type: string;
  text(row: number): string | undefined;
}

/**
 * Writes a graph as GraphML, http://graphml.graphdrawing.org. Weights are printed as the shortest decimals that give the same f32 again; they are left out where all
 * are 1, as types are where all are 0 and have no names. Coordinates become attributes x, y and z. O(nodes, edges and their attributes).
 *
 * @throws MfnError `ERR_ARGUMENT` or `ERR_NOT_FINITE` if `data` is no graph, has a character that XML cannot hold, or an attribute with the name of another
 *   part; `ERR_MEMORY` if the file would be longer than a string can be
 *
 * @example
 * const graph = readGraphology({ nodes: [{ key: "tea" }, { key: "cup" }], edges: [{ source: "tea", target: "cup" }] });
 * readGraphML(writeGraphML(graph)).nodes; // ["tea", "cup"]
 */
export function writeGraphML(data: GraphData, options: NameOptions = {}): string {
  checkData(data);
  const names = namesOf(options, "type");
  const nodes = [...places(data), ...columns(data.nodeAttributes, "node")];
  const edges = [...links(data, names), ...columns(data.edgeAttributes, "edge")];
  claimed("nodeAttributes", nodes);
  claimed("edgeAttributes", edges);
  const lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">'];
  nodes.forEach((column, i) => {
    column.id = `n${i}`;
    lines.push(keyLine(column, "node"));
  });
  edges.forEach((column, i) => {
    column.id = `e${i}`;
    lines.push(keyLine(column, "edge"));
  });
  lines.push(`<graph edgedefault="${data.directed ? "directed" : "undirected"}">`);
  const keys = data.nodes.map((key) => escapeXml(key, "nodes"));
  keys.forEach((key, row) => void lines.push(element("node", `id="${key}"`, nodes, row)));
  for (let row = 0; row < data.from.length; row++) {
    const key = data.edgeKeys?.[row];
    const id = key === undefined ? "" : `id="${escapeXml(key, "edgeKeys")}" `;
    lines.push(element("edge", `${id}source="${keys[data.from[row]]}" target="${keys[data.to[row]]}"`, edges, row));
  }
  lines.push("</graph>", "</graphml>");
  return joinLines(lines);
}

function keyLine({ id, name, type }: Output, on: string): string {
  return `<key id="${id}" for="${on}" attr.name="${escapeXml(name, "attribute")}" attr.type="${type}"/>`;
}

function element(tag: string, attributes: string, outputs: readonly Output[], row: number): string {
  let body = "";
  for (const output of outputs) {
    const text = output.text(row);
    if (text !== undefined) body += `<data key="${output.id}">${text}</data>`;
  }
  return body === "" ? `<${tag} ${attributes}/>` : `<${tag} ${attributes}>${body}</${tag}>`;
}

function columns(attributes: ReadonlyMap<string, Column>, on: string): Output[] {
  return [...attributes].map(([name, { type, values }]) => ({
    id: "",
    name,
    type: type === "json" ? "string" : type,
    text: (row) => (values[row] === undefined ? undefined : escapeXml(printValue(type, values[row]), `${on} ${row}, ${name}`)),
  }));
}

function places({ coordinates }: GraphData): Output[] {
  if (coordinates === undefined) return [];
  return (["x", "y", "z"] as const).flatMap((name) => {
    const column = coordinates[name];
    if (column === undefined) return [];
    return [{ id: "", name, type: "double", text: (row: number) => (Number.isNaN(column[row]) ? undefined : printDouble(column[row])) }];
  });
}

function links(data: GraphData, names: Required<NameOptions>): Output[] {
  const result: Output[] = [];
  if (names.weight !== null && usesWeights(data)) {
    result.push({ id: "", name: names.weight, type: "float", text: (row) => printFloat(data.weights[row]) });
  }
  if (names.type !== null && usesTypes(data)) {
    const type = data.typeNames === undefined ? "int" : "string";
    result.push({ id: "", name: names.type, type, text: (row) => escapeXml(typeNameOf(data, row), "typeNames") });
  }
  return result;
}
