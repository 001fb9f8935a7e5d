import { checkData } from "./check.js";
import { claimed, typeNameOf, usesTypes, usesWeights } from "./names.js";
import type { Column, GraphData } from "./types.js";
import { printDouble, printFloat, printValue } from "./values.js";
import { escapeXml, joinLines } from "./xml-write.js";

/** An attribute column with its number in the file. */
interface Output extends Column {
  id: number;
  name: string;
}

/**
 * Writes a graph as GEXF 1.3, https://gexf.net. An attribute "label" of type string becomes the label, coordinates become `viz:position`, types the edges' `kind`.
 * Weights are printed as the shortest decimals that give the same f32 again; they are left out where all are 1, as types are where all are 0 and have no names.
 * O(nodes, edges and their attributes).
 *
 * @throws MfnError `ERR_ARGUMENT` or `ERR_NOT_FINITE` if `data` is no graph, has a character that XML cannot hold, or an attribute with the name of another
 *   part; `ERR_MEMORY` if the file would be longer than a string can be
 *
 * @example
 * const graph = readGraphology({ nodes: [{ key: "tea" }, { key: "cup" }], edges: [{ source: "tea", target: "cup" }] });
 * readGexf(writeGexf(graph)).nodes; // ["tea", "cup"]
 */
export function writeGexf(data: GraphData): string {
  checkData(data);
  const { directed, nodes, from, to, edgeKeys, coordinates } = data;
  const weighted = usesWeights(data);
  const typed = usesTypes(data);
  const [nodeLabels, nodeColumns] = outputs(data.nodeAttributes);
  const [edgeLabels, edgeColumns] = outputs(data.edgeAttributes);
  claimed("edgeAttributes", [...edgeColumns, ...(weighted ? [{ name: "weight" }] : []), ...(typed ? [{ name: "kind" }] : [])]);
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<gexf xmlns="http://gexf.net/1.3" xmlns:viz="http://gexf.net/1.3/viz" version="1.3">',
    `<graph defaultedgetype="${directed ? "directed" : "undirected"}" mode="static">`,
    ...declarations("node", nodeColumns),
    ...declarations("edge", edgeColumns),
    "<nodes>",
  ];
  const keys = nodes.map((key) => escapeXml(key, "nodes"));
  keys.forEach((key, row) => {
    let place = "";
    for (const axis of ["x", "y", "z"] as const) {
      const value = coordinates?.[axis]?.[row] ?? Number.NaN;
      if (!Number.isNaN(value)) place += ` ${axis}="${printDouble(value)}"`;
    }
    const body = attvalues(nodeColumns, row) + (place === "" ? "" : `<viz:position${place}/>`);
    lines.push(element("node", `id="${key}"${label(nodeLabels, row)}`, body));
  });
  lines.push("</nodes>", "<edges>");
  for (let row = 0; row < from.length; row++) {
    const key = edgeKeys?.[row];
    const id = key === undefined ? "" : `id="${escapeXml(key, "edgeKeys")}" `;
    const weight = weighted ? ` weight="${printFloat(data.weights[row])}"` : "";
    const kind = typed ? ` kind="${escapeXml(typeNameOf(data, row), "typeNames")}"` : "";
    const ends = `source="${keys[from[row]]}" target="${keys[to[row]]}"`;
    lines.push(element("edge", `${id}${ends}${weight}${kind}${label(edgeLabels, row)}`, attvalues(edgeColumns, row)));
  }
  lines.push("</edges>", "</graph>", "</gexf>");
  return joinLines(lines);
}

/** The column of labels, and the others. */
function outputs(attributes: ReadonlyMap<string, Column>): [labels: Column | undefined, columns: Output[]] {
  const labels = attributes.get("label");
  const own = labels?.type === "string" ? labels : undefined;
  const columns = [...attributes].filter(([, column]) => column !== own);
  return [own, columns.map(([name, { type, values }], id) => ({ id, name, type, values }))];
}

function declarations(on: string, columns: readonly Output[]): string[] {
  if (columns.length === 0) return [];
  const lines = columns.map(({ id, name, type }) => {
    return `<attribute id="${id}" title="${escapeXml(name, "attribute")}" type="${type === "json" ? "string" : type}"/>`;
  });
  return [`<attributes class="${on}" mode="static">`, ...lines, "</attributes>"];
}

function attvalues(columns: readonly Output[], row: number): string {
  let body = "";
  for (const { id, name, type, values } of columns) {
    const value = values[row];
    if (value !== undefined) body += `<attvalue for="${id}" value="${escapeXml(printValue(type, value), name)}"/>`;
  }
  return body === "" ? "" : `<attvalues>${body}</attvalues>`;
}

function label(labels: Column | undefined, row: number): string {
  const text = labels?.values[row];
  return text === undefined ? "" : ` label="${escapeXml(String(text), "label")}"`;
}

function element(tag: string, attributes: string, body: string): string {
  return body === "" ? `<${tag} ${attributes}/>` : `<${tag} ${attributes}>${body}</${tag}>`;
}
