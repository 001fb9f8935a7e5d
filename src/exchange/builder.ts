import { MfnError, show } from "../errors.js";
import { MOST_WEIGHT } from "../layers/alm/kernel.js";
import type { Column, ColumnType, Coordinates, GraphData, NameOptions } from "./types.js";
import { commonType, parseNumber, parseValue, type Value } from "./values.js";

/** Values that defaults may fill in for each character of the file: keeps the work within a constant of the file's size. */
const FILLED_PER_CHARACTER = 8;
/** Attributes of nodes or of edges that are read: a column has a row for each node, so more would take work beyond the file's size. */
const MOST_COLUMNS = 1024;
/** Types that a mesh tells apart. */
const MOST_TYPES = 256;
const TYPE_NUMBER = /^(?:0|[1-9]\d{0,2})$/;

/** Whether an edge has a direction; "mutual": it stands for two, there and back. */
export type Direction = boolean | "mutual";
/** The place that is being read, as a message starts with it. */
export type Where = () => string;

/** A column while it is read. */
interface Draft extends Column {
  fallback?: Value;
}

/** What an edge is called in messages. */
export function edgeName(row: number, from: string, to: string): string {
  return `edge ${row} (${show(from)} -> ${show(to)})`;
}

/** Attributes of all nodes or of all edges, while they are read. */
export class Attributes {
  readonly columns = new Map<string, Draft>();

  /** Makes a column known before values come; two of one name become one that holds both. */
  declare(name: string, type: ColumnType, fallback?: string): Draft {
    const known = this.columns.get(name);
    if (known === undefined && this.columns.size === MOST_COLUMNS) throw new MfnError("ERR_INPUT", `more than ${MOST_COLUMNS} attributes`);
    const column = known ?? { type, values: [] };
    column.type = commonType(column.type, type);
    if (fallback !== undefined) column.fallback = fallback;
    this.columns.set(name, column);
    return column;
  }

  /** Takes a column out. */
  take(name: string | null): Draft | undefined {
    const column = name === null ? undefined : this.columns.get(name);
    if (name !== null) this.columns.delete(name);
    return column;
  }

  /** Fills in what is missing, and leaves out columns without values. */
  finish(rows: number, characters: number): Map<string, Column> {
    let filled = 0;
    const result = new Map<string, Column>();
    for (const [name, { type, values, fallback }] of this.columns) {
      if (fallback !== undefined) {
        filled += rows;
        if (filled > FILLED_PER_CHARACTER * characters)
          throw new MfnError("ERR_INPUT", "the defaults of attributes fill far more than the file holds");
        for (let i = 0; i < rows; i++) values[i] ??= fallback;
      }
      values.length = rows;
      if (!values.some((value) => value !== undefined)) continue;
      // Integers that came before the column turned out to hold other numbers, too.
      const large = type === "double" && values.some((value) => typeof value === "bigint");
      result.set(name, { type, values: large ? values.map((value) => (typeof value === "bigint" ? Number(value) : value)) : values });
    }
    return result;
  }
}

/** Collects a graph from a reader, element by element, and makes columns of it. */
export class GraphBuilder {
  readonly node = new Attributes();
  readonly edge = new Attributes();
  /** Places of the nodes, where the format keeps them apart from attributes: x, y, z. */
  readonly place = new Attributes();
  readonly #indices = new Map<string, number>();
  readonly #from: number[] = [];
  readonly #to: number[] = [];
  readonly #directions: Direction[] = [];
  readonly #edgeKeys: (string | undefined)[] = [];
  readonly #knownEdges = new Set<string>();
  /** Edges with a key; more than there are keys in NetworkX's files, which number the edges between two nodes. */
  #keyed = 0;
  /** Ends of edges whose nodes come later in the file. */
  readonly #awaited: { edge: number; end: number[]; key: string; where: string }[] = [];
  readonly #where: Where;

  constructor(where: Where) {
    this.#where = where;
  }

  #fail(message: string): MfnError {
    return new MfnError("ERR_INPUT", this.#where() + message);
  }

  addNode(key: string): number {
    const index = this.#indices.size;
    if (this.#indices.has(key)) throw this.#fail(`node ${show(key)} comes twice`);
    this.#indices.set(key, index);
    return index;
  }

  addEdge(source: string, target: string, direction: Direction, key?: string): number {
    const edge = this.#from.length;
    this.#addEnd(edge, this.#from, source);
    this.#addEnd(edge, this.#to, target);
    if (key !== undefined) {
      this.#knownEdges.add(key);
      this.#keyed++;
      this.#edgeKeys[edge] = key;
    }
    this.#directions.push(direction);
    return edge;
  }

  #addEnd(edge: number, end: number[], key: string): void {
    const index = this.#indices.get(key);
    if (index === undefined) this.#awaited.push({ edge, end, key, where: this.#where() });
    end.push(index ?? -1);
  }

  /** Gives a node or edge a value of a known column from its text; an empty text is a value of strings only. */
  setText(on: Attributes, attribute: string, row: number, text: string, name: string): void {
    const column = on.columns.get(attribute) as Draft;
    if (text === "" && column.type !== "string") return;
    let value = parseValue(column.type, text);
    if (value === undefined && column.type === "long") {
      // NetworkX declares the type of the first value that it meets.
      value = parseNumber(text);
      if (value !== undefined) column.type = "double";
    }
    if (value === undefined) throw this.#fail(`${name}, ${show(attribute)}: expected a value of type ${column.type}, got ${show(text)}`);
    const before = column.values[row];
    if (before !== undefined && !Object.is(before, value)) throw this.#fail(`${name}: ${show(attribute)} is given twice`);
    column.values[row] = value;
  }

  /**
   * The graph. One with edges of both kinds becomes directed, each undirected edge two, there and back.
   * @param directed what a graph without edges is
   * @param characters length of the file
   */
  build(directed: boolean, names: Required<NameOptions>, characters: number): GraphData {
    for (const { edge, end, key, where } of this.#awaited) {
      const index = this.#indices.get(key);
      if (index === undefined) throw new MfnError("ERR_INPUT", `${where}edge ${edge}: no node ${show(key)}`);
      end[edge] = index;
    }
    const nodes = [...this.#indices.keys()];
    const edges = this.#from.length;
    for (const attributes of [this.node, this.edge]) {
      for (const [name, column] of attributes.columns) {
        if (column.fallback === undefined) continue;
        const text = column.fallback as string;
        column.fallback = parseValue(column.type, text);
        if (column.fallback === undefined && text !== "")
          throw new MfnError("ERR_INPUT", `default of ${name}: expected a value of type ${column.type}`);
      }
    }
    const nameOf = (edge: number) => edgeName(edge, nodes[this.#from[edge]], nodes[this.#to[edge]]);
    const data: GraphData = {
      directed: edges === 0 ? directed : this.#directions.some((direction) => direction !== false),
      nodes,
      from: Int32Array.from(this.#from),
      to: Int32Array.from(this.#to),
      weights: weightsOf(this.edge.take(names.weight), edges, nameOf),
      ...typesOf(this.edge.take(names.type), edges, nameOf),
      nodeAttributes: this.node.finish(nodes.length, characters),
      edgeAttributes: this.edge.finish(edges, characters),
    };
    if (this.#knownEdges.size > 0 && this.#knownEdges.size === this.#keyed) {
      this.#edgeKeys.length = edges;
      data.edgeKeys = this.#edgeKeys;
    }
    const places = this.place.finish(nodes.length, characters);
    const coordinates = coordinatesOf(places.size > 0 ? places : data.nodeAttributes, nodes.length);
    if (coordinates !== undefined) data.coordinates = coordinates;
    else if (places.size > 0) throw new MfnError("ERR_INPUT", "positions of nodes: expected finite numbers, of each x and y");
    return data.directed ? bothWays(data, this.#directions) : data;
  }
}

function weightsOf(column: Draft | undefined, edges: number, nameOf: (edge: number) => string): Float32Array {
  const weights = new Float32Array(edges).fill(1);
  if (column === undefined) return weights;
  for (let i = 0; i < edges; i++) {
    const value = column.values[i] ?? column.fallback;
    if (value === undefined) continue;
    const weight = typeof value === "string" ? parseNumber(value) : Number(value);
    if (typeof value === "boolean" || typeof value === "object" || weight === undefined || !(weight >= 0 && weight <= MOST_WEIGHT)) {
      throw new MfnError("ERR_INPUT", `${nameOf(i)}: expected a weight in [0, ${MOST_WEIGHT}], got ${String(value).slice(0, 40)}`);
    }
    weights[i] = weight;
  }
  return weights;
}

/** The types: numbers where all are, else names numbered as they come; an edge without one has type 0, or the name "". */
function typesOf(column: Draft | undefined, edges: number, nameOf: (edge: number) => string): Pick<GraphData, "types" | "typeNames"> {
  const types = new Uint8Array(edges);
  if (column === undefined) return { types };
  const named: (string | undefined)[] = [];
  let numbers = true;
  for (let i = 0; i < edges; i++) {
    const value = column.values[i] ?? column.fallback;
    if (typeof value === "object")
      throw new MfnError("ERR_INPUT", `${nameOf(i)}: expected a type that is a string or number, got ${show(value)}`);
    const name = value === undefined ? undefined : String(value);
    named.push(name);
    numbers &&= name === undefined || (TYPE_NUMBER.test(name) && Number(name) < MOST_TYPES);
  }
  if (numbers) {
    for (let i = 0; i < edges; i++) types[i] = Number(named[i] ?? 0);
    return { types };
  }
  const known = new Map<string, number>();
  for (let i = 0; i < edges; i++) {
    const name = named[i] ?? "";
    const number = known.get(name) ?? known.size;
    if (number === MOST_TYPES) {
      throw new MfnError("ERR_INPUT", `more than ${MOST_TYPES} types of edges; with the option type: null the types stay an attribute`);
    }
    known.set(name, number);
    types[i] = number;
  }
  return { types, typeNames: [...known.keys()] };
}

/** Takes x, y and z from the attributes, where x and y are numbers of the same nodes. */
function coordinatesOf(attributes: Map<string, Column>, nodes: number): Coordinates | undefined {
  const columns = ["x", "y", "z"].map((name) => attributes.get(name));
  const numeric = columns.map((column) =>
    column !== undefined && (column.type === "long" || column.type === "double") ? column.values : undefined,
  );
  const [x, y] = numeric;
  if (x === undefined || y === undefined) return undefined;
  const fits = (values: Value[], among: Value[]) =>
    values.every((value, i) => value === undefined || (Number.isFinite(Number(value)) && among[i] !== undefined));
  if (!fits(x, y) || !fits(y, x)) return undefined;
  const z = numeric[2] !== undefined && fits(numeric[2], x) ? numeric[2] : undefined;
  const places = (values: Value[]) =>
    Float64Array.from({ length: nodes }, (_, i) => (values[i] === undefined ? Number.NaN : Number(values[i])));
  attributes.delete("x");
  attributes.delete("y");
  if (z === undefined) return { x: places(x), y: places(y) };
  attributes.delete("z");
  return { x: places(x), y: places(y), z: places(z) };
}

/** A directed graph in place of one with edges of both kinds: the edges back follow at the end. */
function bothWays(data: GraphData, directions: readonly Direction[]): GraphData {
  const again: number[] = [];
  for (let i = 0; i < directions.length; i++) if (directions[i] !== true && data.from[i] !== data.to[i]) again.push(i);
  if (again.length === 0) return data;
  const rows = directions.length;
  const from = new Int32Array(rows + again.length);
  const to = new Int32Array(rows + again.length);
  const weights = new Float32Array(rows + again.length);
  const types = new Uint8Array(rows + again.length);
  from.set(data.from);
  to.set(data.to);
  weights.set(data.weights);
  types.set(data.types);
  again.forEach((edge, i) => {
    from[rows + i] = data.to[edge];
    to[rows + i] = data.from[edge];
    weights[rows + i] = data.weights[edge];
    types[rows + i] = data.types[edge];
  });
  for (const { values } of data.edgeAttributes.values()) {
    values.length = rows + again.length;
    again.forEach((edge, i) => {
      if (values[edge] !== undefined) values[rows + i] = values[edge];
    });
  }
  if (data.edgeKeys !== undefined) data.edgeKeys.length = rows + again.length;
  return { ...data, from, to, weights, types };
}
