import type { ItemId } from "../types.js";

/** What JSON can hold. */
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/**
 * Kind of a column's values. `long`: integers, as numbers where they are safe integers and else as bigints. `json`: what only
 * graphology's format can hold, lists and objects and values of several kinds; the XML formats carry their JSON text, as strings.
 */
export type ColumnType = "string" | "boolean" | "long" | "double" | "json";

/** One attribute of all nodes or of all edges. */
export interface Column {
  /** Kind of all its values. */
  type: ColumnType;
  /** A value for each node or edge, undefined where there is none. */
  values: (string | boolean | number | bigint | Json | undefined)[];
}

/** Places of the nodes, NaN where a node has none. In any unit. */
export interface Coordinates {
  /** One number a node. */
  x: Float64Array;
  /** One number a node. */
  y: Float64Array;
  /** One number a node; absent in the plane. */
  z?: Float64Array;
}

/** A graph as columns: what the exchange formats and the mesh have in common. */
export interface GraphData {
  /** Whether the edges have a direction. */
  directed: boolean;
  /** The nodes' keys, no two alike. */
  nodes: string[];
  /** Where each edge starts, an index into `nodes`. In an undirected graph the order of the two ends says nothing. */
  from: Int32Array;
  /** Where each edge ends. */
  to: Int32Array;
  /** Weight of each edge, in [0, 1e18]. */
  weights: Float32Array;
  /** Type of each edge. */
  types: Uint8Array;
  /** Names of the types by number, no two alike; without it a type's number is its name. */
  typeNames?: string[];
  /** Keys that edges have in the file, no two alike; absent where a file has the same key twice. */
  edgeKeys?: (string | undefined)[];
  /** Attributes of the nodes by name. */
  nodeAttributes: Map<string, Column>;
  /** Attributes of the edges by name; weight and type are not among them. */
  edgeAttributes: Map<string, Column>;
  /** Where the nodes are, if the file says. */
  coordinates?: Coordinates;
}

/** Which attributes of edges are their weight and their type. */
export interface NameOptions {
  /** Name of the attribute that is the weight; default "weight". null: none is, and every weight is 1. */
  weight?: string | null;
  /** Name of the attribute that is the type; default "type", in GEXF "kind". null: none is, and every type is 0. */
  type?: string | null;
}

/** What `toGraph` and `addTo` need of a mesh; an `Alm` has it. */
export interface Mesh {
  /** Whether an edge has a direction; default true. */
  readonly directed?: boolean;
  /** Every edge once, in an undirected mesh from either of its ends. */
  edges(): Iterable<{
    /** Node that it leaves. */
    from: ItemId;
    /** Node that it leads to. */
    to: ItemId;
    /** In [0, 255]. */
    type: number;
    /** A positive number. */
    weight: number;
  }>;
  /** Makes or overwrites the edge `from[i]` -> `to[i]` for every i. @returns how many are new */
  linkMany(from: ArrayLike<number>, to: ArrayLike<number>, options: { weights: ArrayLike<number>; types: ArrayLike<number> }): number;
}

/** How to take a graph out of a mesh. */
export interface ToGraphOptions {
  /** Key of a node; default: its id in decimal. */
  key?: (id: ItemId) => string;
  /** Name of a type of edges; default: its number. */
  typeName?: (type: number) => string;
}

/** How to bring a graph into a mesh. */
export interface AddToOptions {
  /** Id of a node, in [0, 2^31); default: the number that the key is, in decimal. */
  id?: (key: string) => ItemId;
  /** Number of a type of edges by its name; default: its number in `types`. */
  type?: (name: string) => number;
  /** What to do with edges of the same ends and type, for which a mesh has one place. Default "refuse". */
  parallel?: "refuse" | "sum" | "min" | "max";
}

/** What `addTo` did. */
export interface Added {
  /** Id of each node of the data. */
  ids: Int32Array;
  /** Edges that are new in the mesh; the others were there and have a new weight. */
  added: number;
}
