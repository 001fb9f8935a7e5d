import { badArgument, MfnError, show } from "../errors.js";
import { type Attributes, GraphBuilder } from "./builder.js";
import { jsonFault } from "./json-fault.js";
import { namesOf } from "./names.js";
import type { ColumnType, GraphData, Json, NameOptions } from "./types.js";
import type { Value } from "./values.js";
import { placeOf } from "./xml-read.js";

/** A graph as graphology's `export()` gives it and its `import()` takes it. */
export interface SerializedGraph {
  /** Attributes of the graph itself; not read. */
  attributes?: { [name: string]: unknown };
  /** What kind of graph it is. */
  options?: {
    /** Default "mixed": each edge says whether it has a direction. */
    type?: "directed" | "undirected" | "mixed";
    /** Whether edges may have the same ends; not read. */
    multi?: boolean;
    /** Whether an edge may lead back to its node; not read. */
    allowSelfLoops?: boolean;
  };
  /** The nodes, no two with the same key. */
  nodes: {
    /** Name of the node; a number counts as its decimal digits. */
    key: string | number;
    /** Values by name. */
    attributes?: { [name: string]: unknown };
  }[];
  /** The edges. */
  edges: {
    /** Name of the edge. */
    key?: string | number;
    /** Key of the node that it leaves. */
    source: string | number;
    /** Key of the node that it leads to. */
    target: string | number;
    /** Values by name; two of them may be the weight and the type, see {@link NameOptions}. */
    attributes?: { [name: string]: unknown };
    /** Whether it has no direction; default false. */
    undirected?: boolean;
  }[];
}

/**
 * Reads a graph in the serialised format of graphology, https://graphology.github.io/serialization.html, from its object or its JSON text. O(size).
 *
 * Attributes named x and y (and z) that are numbers become coordinates; an attribute that is null counts as absent. Lists and objects are kept, by reference, in columns of
 * type json.
 *
 * @throws MfnError `ERR_INPUT`, with the node or edge that is to blame: no JSON, no such format, or no graph that `GraphData` can hold; `ERR_ARGUMENT` if
 *   `source` is neither a string nor an object
 *
 * @example
 * const graph = readGraphology({
 *   nodes: [{ key: "tea" }, { key: "cup" }],
 *   edges: [{ source: "tea", target: "cup", attributes: { weight: 0.5 } }],
 * });
 * graph.nodes; // ["tea", "cup"]
 * graph.weights; // [0.5]
 */
export function readGraphology(source: string | SerializedGraph, options: NameOptions = {}): GraphData {
  const names = namesOf(options, "type");
  const graph = typeof source === "string" ? parse(source) : (source as unknown);
  if (typeof graph !== "object" && typeof source !== "string") throw badArgument("source", "a serialised graph or its text", source);
  let place = "";
  const fail = (message: string) => new MfnError("ERR_INPUT", place + message);
  const builder = new GraphBuilder(() => place);
  if (!isObject(graph)) throw fail(`expected a serialised graph, got ${show(graph)}`);
  const { options: own = {}, nodes, edges } = graph;
  if (!isObject(own)) throw fail(`options: expected an object, got ${show(own)}`);
  const kind = own.type ?? "mixed";
  if (kind !== "directed" && kind !== "undirected" && kind !== "mixed") throw fail(`options.type: got ${show(kind)}`);
  if (!Array.isArray(nodes)) throw fail(`nodes: expected an array, got ${show(nodes)}`);
  if (!Array.isArray(edges)) throw fail(`edges: expected an array, got ${show(edges)}`);
  const key = (name: string, value: unknown): string => {
    if (typeof value === "string") return value;
    if (typeof value === "number" && Number.isFinite(value)) return String(value);
    throw fail(`${name}: expected a string or number, got ${show(value)}`);
  };
  nodes.forEach((node: unknown, i) => {
    place = `nodes[${i}]: `;
    if (!isObject(node)) throw fail(`expected an object, got ${show(node)}`);
    addValues(builder.node, builder.addNode(key("key", node.key)), node.attributes, fail);
  });
  edges.forEach((edge: unknown, i) => {
    place = `edges[${i}]: `;
    if (!isObject(edge)) throw fail(`expected an object, got ${show(edge)}`);
    const { undirected = false } = edge;
    if (typeof undirected !== "boolean") throw fail(`undirected: expected a boolean, got ${show(undirected)}`);
    const own = edge.key === undefined || edge.key === null ? undefined : key("key", edge.key);
    const row = builder.addEdge(key("source", edge.source), key("target", edge.target), kind !== "undirected" && !undirected, own);
    addValues(builder.edge, row, edge.attributes, fail);
  });
  place = "";
  for (const { columns } of [builder.node, builder.edge]) for (const column of columns.values()) column.type = typeOf(column.values);
  return builder.build(kind !== "undirected", names, 0);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const before = text.slice(0, jsonFault(text)).split("\n");
    const place = placeOf({ line: before.length, column: before[before.length - 1].length + 1 });
    throw new MfnError("ERR_INPUT", `${place}${(error as Error).message}`, { cause: error });
  }
}

function isObject(value: unknown): value is { [name: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function addValues(on: Attributes, row: number, attributes: unknown, fail: (message: string) => MfnError): void {
  if (attributes === undefined || attributes === null) return;
  if (!isObject(attributes)) throw fail(`attributes: expected an object, got ${show(attributes)}`);
  for (const name of Object.keys(attributes)) {
    const value = attributes[name];
    if (value === null || value === undefined) continue;
    if (typeof value === "function" || typeof value === "symbol")
      throw fail(`${show(name)}: expected what JSON can hold, got a ${typeof value}`);
    on.declare(name, "json").values[row] = value as Json;
  }
}

/** The narrowest type that holds all values. */
function typeOf(values: readonly Value[]): ColumnType {
  const kinds = new Set<ColumnType>();
  for (const value of values) if (value !== undefined) kinds.add(kindOf(value));
  if (kinds.size === 1) return [...kinds][0];
  return [...kinds].every((kind) => kind === "long" || kind === "double") && !values.some((value) => typeof value === "bigint")
    ? "double"
    : "json";
}

function kindOf(value: Value): ColumnType {
  switch (typeof value) {
    case "string":
      return "string";
    case "boolean":
      return "boolean";
    case "number":
      return Number.isSafeInteger(value) && !Object.is(value, -0) ? "long" : "double";
    case "bigint":
      return BigInt.asIntN(64, value) === value ? "long" : "json";
    default:
      return "json";
  }
}
