import { badArgument, MfnError, show } from "../errors.js";
import { LEAST_WEIGHT, MOST_WEIGHT } from "../layers/alm/kernel.js";
import type { ItemId } from "../types.js";
import { checkId, checkInteger } from "../wasm/kernel.js";
import { edgeName } from "./builder.js";
import { badWeight, checkData } from "./check.js";
import { parallelEdges } from "./parallel.js";
import type { Added, AddToOptions, GraphData, Mesh, ToGraphOptions } from "./types.js";

const ID = /^(?:0|[1-9]\d{0,9})$/;

/**
 * A mesh's edges, and the nodes that have any, by ascending id. Weights are as of the mesh's largest time. O(e log n) for e edges and n nodes.
 * @throws MfnError `ERR_ARGUMENT` if `key` or `typeName` gives no string, or the same one twice
 *
 * @example
 * import { Alm } from "mfn/alm";
 * const mesh = Alm.createSync();
 * mesh.link(1, 2, { weight: 0.5 });
 * const { nodes, from, to } = toGraph(mesh);
 * nodes; // ["1", "2"]
 * [nodes[from[0]], nodes[to[0]]]; // ["1", "2"]
 */
export function toGraph(mesh: Mesh, options: ToGraphOptions = {}): GraphData {
  checkMesh(mesh);
  const { key = String, typeName } = options;
  const froms: number[] = [];
  const tos: number[] = [];
  const weights: number[] = [];
  const types: number[] = [];
  for (const { from, to, weight, type } of mesh.edges()) {
    froms.push(from);
    tos.push(to);
    // What has decayed below the least weight would not be taken in again; as an f32 that itself is a little less.
    weights.push(Math.max(weight, 1.000001 * LEAST_WEIGHT));
    types.push(type);
  }
  const from = Int32Array.from(froms);
  const to = Int32Array.from(tos);
  const ids = distinct(from, to);
  for (let i = 0; i < from.length; i++) {
    from[i] = indexOf(ids, from[i]);
    to[i] = indexOf(ids, to[i]);
  }
  const data: GraphData = {
    directed: mesh.directed ?? true,
    nodes: Array.from(ids, (id) => key(id)),
    from,
    to,
    weights: Float32Array.from(weights),
    types: Uint8Array.from(types),
    nodeAttributes: new Map(),
    edgeAttributes: new Map(),
  };
  if (typeName !== undefined) {
    const used = [...new Set(types)].sort((a, b) => a - b);
    data.typeNames = used.map((type) => typeName(type));
    data.types = Uint8Array.from(types, (type) => used.indexOf(type));
  }
  checkData(data);
  return data;
}

/**
 * Makes a graph's edges in a mesh, all or none, as `linkMany` does: an edge that is there already gets the new weight. Undirected edges become two in a directed
 * mesh, there and back. A mesh keeps neither attributes nor nodes without edges.
 *
 * O(e + n log n) for e edges and n nodes, and what `linkMany` costs.
 *
 * @throws MfnError `ERR_ARGUMENT` if `data` is no graph, is directed and the mesh is not, has a weight below 1e-18, or parallel edges of one type, unless `parallel` says
 *   what to do with them, or if `id` or `type` gives no number or one id twice; `ERR_NOT_FINITE` for such a weight; `ERR_MEMORY` if there is no room
 *
 * @example
 * import { Alm } from "mfn/alm";
 * const mesh = Alm.createSync();
 * const graph = readGraphology({ nodes: [{ key: "7" }, { key: "9" }], edges: [{ source: "7", target: "9" }] });
 * addTo(mesh, graph).added; // 1
 * mesh.out(7).ids; // [9]
 */
export function addTo(mesh: Mesh, data: GraphData, options: AddToOptions = {}): Added {
  checkMesh(mesh);
  checkData(data);
  const { parallel = "refuse" } = options;
  if (!["refuse", "sum", "min", "max"].includes(parallel)) throw badArgument("parallel", '"refuse", "sum", "min" or "max"', parallel);
  const bothWays = !data.directed && mesh.directed !== false;
  if (data.directed && mesh.directed === false) {
    throw new MfnError("ERR_ARGUMENT", "data: a directed graph cannot go into an undirected mesh, which would lose the directions");
  }
  const ids = idsOf(data, options.id ?? decimal);
  const types = numbersOf(data, options.type);
  const { weights, rows } = merged({ ...data, types }, parallel);
  const from: number[] = [];
  const to: number[] = [];
  const chosen: number[] = [];
  for (const i of rows) {
    if (!(weights[i] >= LEAST_WEIGHT && weights[i] <= MOST_WEIGHT)) throw badWeight({ ...data, weights }, i, LEAST_WEIGHT);
    const [a, b] = [ids[data.from[i]], ids[data.to[i]]];
    from.push(a);
    to.push(b);
    chosen.push(i);
    if (!bothWays || a === b) continue;
    from.push(b);
    to.push(a);
    chosen.push(i);
  }
  const added = mesh.linkMany(Int32Array.from(from), Int32Array.from(to), {
    weights: Float32Array.from(chosen, (i) => weights[i]),
    types: Uint8Array.from(chosen, (i) => types[i]),
  });
  return { ids, added };
}

function checkMesh(mesh: Mesh): void {
  if (typeof mesh?.edges !== "function" || typeof mesh.linkMany !== "function") throw badArgument("mesh", "an Alm", mesh);
}

/** The ids in both columns, ascending. */
function distinct(a: Int32Array, b: Int32Array): Int32Array {
  const all = new Int32Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  all.sort();
  return all.filter((id, i) => i === 0 || id !== all[i - 1]);
}

/** Place of an id that is in an ascending list. */
function indexOf(ids: Int32Array, id: ItemId): number {
  let low = 0;
  let high = ids.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ids[middle] < id) low = middle + 1;
    else high = middle;
  }
  return low;
}

function decimal(key: string): ItemId {
  if (ID.test(key) && Number(key) <= 0x7fff_ffff) return Number(key);
  throw new MfnError("ERR_ARGUMENT", `key ${show(key)} is no id; the option id gives keys their ids`);
}

function idsOf({ nodes }: GraphData, id: (key: string) => ItemId): Int32Array {
  const ids = new Int32Array(nodes.length);
  for (let i = 0; i < nodes.length; i++) {
    const own = id(nodes[i]);
    if (typeof own !== "number" || (own | 0) !== own || own < 0) checkId(`id of ${show(nodes[i])}`, own);
    ids[i] = own;
  }
  const sorted = ids.slice().sort();
  for (let i = 1; i < sorted.length; i++) {
    if (sorted[i] !== sorted[i - 1]) continue;
    const first = ids.indexOf(sorted[i]);
    const second = ids.indexOf(sorted[i], first + 1);
    throw new MfnError("ERR_ARGUMENT", `nodes ${show(nodes[first])} and ${show(nodes[second])} have the same id, ${sorted[i]}`);
  }
  return ids;
}

/** The types as the mesh numbers them. */
function numbersOf({ types, typeNames }: GraphData, number: ((name: string) => number) | undefined): Uint8Array {
  if (number === undefined) return types;
  const numbers = new Map<number, number>();
  for (const type of new Set(types)) {
    const name = typeNames?.[type] ?? String(type);
    numbers.set(type, checkInteger(`type of ${show(name)}`, number(name), 0, 255));
  }
  return types.map((type) => numbers.get(type) as number);
}

/** The rows to be made, and the weights, where several edges are one in the mesh. */
function merged(data: GraphData, parallel: NonNullable<AddToOptions["parallel"]>): { weights: Float32Array; rows: Iterable<number> } {
  const { nodes, from, to, weights } = data;
  const first = parallelEdges(data, true);
  if (first === undefined) return { weights, rows: from.keys() };
  const sums = Float64Array.from(weights);
  const rows: number[] = [];
  for (let i = 0; i < first.length; i++) {
    const at = first[i];
    if (at === i) rows.push(i);
    else if (parallel === "sum") sums[at] += weights[i];
    else if (parallel === "min") sums[at] = Math.min(sums[at], weights[i]);
    else if (parallel === "max") sums[at] = Math.max(sums[at], weights[i]);
    else {
      const name = edgeName(i, nodes[from[i]], nodes[to[i]]);
      throw new MfnError(
        "ERR_ARGUMENT",
        `${name} has the ends and type of edge ${at}; the option parallel says what becomes of such edges`,
      );
    }
  }
  return { weights: Float32Array.from(sums), rows };
}
