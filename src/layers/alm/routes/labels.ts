import { badArgument } from "../../../errors.js";
import type { Bytes } from "../../../types.js";
import { almLabelsModule } from "../../../wasm/generated/alm-labels.js";
import { asU32, checkList, Kernel, limitBytes, NO_MEMORY, NOT_FOUND } from "../../../wasm/kernel.js";
import { Layer } from "../../../wasm/layer.js";
import { instantiate, instantiateSync, type WasmSource } from "../../../wasm/source.js";
import { checkGraph, checkWeights } from "./check.js";
import { type LabelsExports, start, writeGraph } from "./labels-kernel.js";
import { degreeOrder } from "./labels-order.js";
import type { FrozenGraph, RouteIndex } from "./types.js";

/** Tables with no more cells than this are asked cell by cell. */
const FEW_CELLS = 64;

/** Options of HubLabels. */
export interface HubLabelsOptions {
  /**
   * How important each node is, a permutation of 0 .. nodes - 1: the most important node has the highest rank. It decides how long
   * the labels get, not what they answer. Default: by degree, which suits graphs with hubs, but not roads.
   */
  order?: Uint32Array;
  /** The most bytes that the index may take; default: what WebAssembly can address (4 GiB). Building stops where more are needed. */
  maxBytes?: Bytes;
  /** Where the WebAssembly comes from; default: the binary embedded in the package. */
  wasm?: WasmSource;
}

/**
 * Hub labels of a frozen graph: pruned landmark labelling (Akiba, Iwata and Yoshida, SIGMOD 2013; weighted, directed). Every node has a list of hubs
 * with its distances to them, and one of hubs with their distances to it, so made that two nodes with a path between them share a hub on a
 * cheapest one. A distance is a merge of two short lists: the fastest answer there is, for the longest building. Nodes of a symmetric graph, in
 * which every arc has a twin that leads back at the same cost, have one list for both.
 *
 * Twenty bytes an entry; how many entries a node has is a matter of the graph and the order: 8 in a network of some thousand nodes with hubs.
 */
export class HubLabels extends Layer<LabelsExports> implements RouteIndex {
  readonly kind = "labels";
  readonly #k: Kernel<LabelsExports>;
  readonly #graph: FrozenGraph;
  readonly #ranks: Uint32Array;
  #zeros = false;

  private constructor(instance: WebAssembly.Instance, graph: FrozenGraph, options: HubLabelsOptions) {
    const k = new Kernel<LabelsExports>("alm-labels", instance, "buildLabels");
    super(k);
    this.#k = k;
    this.#graph = graph;
    this.#ranks = hubNumbers(graph, options.order);
    start(k, limitBytes(options.maxBytes));
    this.#build(graph.weights);
  }

  /**
   * Labels a graph. The graph's arrays are kept, not copied: `reweight` and the routes of graphs with arcs of weight 0 read them.
   * @throws MfnError `ERR_ARGUMENT` or `ERR_NOT_FINITE` for what is no graph or order, `ERR_MEMORY` where labels outgrow `maxBytes`
   */
  static async create(graph: FrozenGraph, options: HubLabelsOptions = {}): Promise<HubLabels> {
    checkGraph(graph);
    return new HubLabels(await instantiate(almLabelsModule, options.wasm), graph, options);
  }

  /** The same at once, where the runtime allows it. */
  static createSync(graph: FrozenGraph, options: HubLabelsOptions = {}): HubLabels {
    checkGraph(graph);
    return new HubLabels(instantiateSync(almLabelsModule, options.wasm), graph, options);
  }

  get stateBytes(): Bytes {
    return this.#k.stateSize;
  }

  /** Entries of all labels: divided by the nodes, what a distance costs. */
  get entries(): number {
    return this.#k.x.labelEntries() >>> 0;
  }

  /** What a cheapest path costs, Infinity where there is none. O(entries of the two labels). */
  distance(from: number, to: number): number {
    try {
      return this.#k.x.labelDistance(from, to);
    } catch (e) {
      throw this.#k.fail(e);
    }
  }

  /** The arcs of a cheapest path, in order; undefined where there is none. O(entries of the two labels + arcs). */
  route(from: number, to: number): Uint32Array | undefined {
    const k = this.#k;
    try {
      const n = k.x.labelRoute(from, to);
      if (n >= 0) {
        const at = k.x.answered() >>> 2;
        const path = k.u32.slice(at, at + n);
        return this.#zeros ? this.#withoutCircles(from, path) : path;
      }
      if (n === NOT_FOUND) return undefined;
    } catch (e) {
      throw k.fail(e);
    }
    throw k.full();
  }

  /** All distances from the sources to the targets, row by row: f64[sources * targets]. */
  matrix(sources: ArrayLike<number>, targets: ArrayLike<number>): Float64Array {
    const k = this.#k;
    const [rows, columns] = [sources.length, targets.length];
    const all = new Float64Array(rows * columns);
    try {
      if (all.length <= FEW_CELLS) {
        for (let i = 0; i < all.length; i++) all[i] = k.x.labelDistance(sources[Math.floor(i / columns)], targets[i % columns]);
        return all;
      }
      const pointer = k.x.tableTargets(asU32(columns)) >>> 2;
      if (pointer === 0) throw k.full(4 * columns);
      k.u32.set(targets, pointer);
      const row = k.x.tableBegin() >>> 3;
      if (row === 0) throw k.full();
      const { f64 } = k;
      for (let i = 0; i < rows; i++) {
        k.x.tableRow(sources[i]);
        all.set(f64.subarray(row, row + columns), i * columns);
      }
      return all;
    } catch (e) {
      throw k.fail(e);
    }
  }

  /**
   * Takes new weights of all arcs and labels the graph again, in the same order of nodes.
   * @throws MfnError `ERR_ARGUMENT`, `ERR_NOT_FINITE` or `ERR_MEMORY`; the index is then as before
   */
  reweight(weights: Float32Array): void {
    checkWeights("weights", weights, this.#graph.targets.length);
    this.#build(weights);
  }

  #build(weights: Float32Array): void {
    const k = this.#k;
    try {
      writeGraph(k, this.#graph, weights, this.#ranks);
      if (k.x.buildLabels() === NO_MEMORY) throw k.full();
      this.#zeros = k.x.hasZeros() === 1;
    } catch (e) {
      throw k.fail(e);
    }
  }

  /** Cuts out of a path what leads from a node back to it, which arcs of weight 0 allow: such a path may go to its hub and back for nothing. */
  #withoutCircles(from: number, path: Uint32Array): Uint32Array {
    const { targets } = this.#graph;
    // How many arcs lead to each node of the path.
    const reached = new Map([[from, 0]]);
    const visited = [from];
    const kept: number[] = [];
    for (const arc of path) {
      const node = targets[arc];
      const before = reached.get(node);
      if (before === undefined) {
        kept.push(arc);
        visited.push(node);
        reached.set(node, kept.length);
        continue;
      }
      for (const passed of visited.splice(before + 1)) reached.delete(passed);
      kept.length = before;
    }
    return kept.length === path.length ? path : Uint32Array.from(kept);
  }
}

/** The nodes' numbers as hubs, 0 for the most important. */
function hubNumbers(graph: FrozenGraph, order: Uint32Array | undefined): Uint32Array {
  const { nodes } = graph;
  if (order === undefined) return degreeOrder(graph).map((rank) => nodes - 1 - rank);
  if (checkList("order", order) !== nodes) throw badArgument("order", `${nodes} ranks`, order);
  const numbers = new Uint32Array(nodes);
  const taken = new Uint8Array(nodes);
  for (let u = 0; u < nodes; u++) {
    const rank = order[u];
    if (!(Number.isInteger(rank) && rank >= 0 && rank < nodes) || taken[rank] === 1)
      throw badArgument(`order[${u}]`, `a rank below ${nodes} that no other node has`, rank);
    taken[rank] = 1;
    numbers[u] = nodes - 1 - rank;
  }
  return numbers;
}
