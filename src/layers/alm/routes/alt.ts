import type { Bytes } from "../../../types.js";
import { almLabelsModule } from "../../../wasm/generated/alm-labels.js";
import { asU32, checkInteger, Kernel, limitBytes, NO_MEMORY, NOT_FOUND } from "../../../wasm/kernel.js";
import { Layer } from "../../../wasm/layer.js";
import { instantiate, instantiateSync, type WasmSource } from "../../../wasm/source.js";
import { checkGraph, checkWeights } from "./check.js";
import { type LabelsExports, start, writeGraph } from "./labels-kernel.js";
import { walkOrder } from "./labels-order.js";
import type { FrozenGraph, RouteIndex } from "./types.js";

/** From so many targets on, a search from a source to all of them is cheaper than one to each. */
const MANY_TARGETS = 24;

/** Options of Landmarks. */
export interface LandmarksOptions {
  /** How many landmarks, 1 to 32; default 16. A graph with less nodes has fewer. */
  landmarks?: number;
  /** The most bytes that the index may take; default: what WebAssembly can address (4 GiB). */
  maxBytes?: Bytes;
  /** Where the WebAssembly comes from; default: the binary embedded in the package. */
  wasm?: WasmSource;
}

/**
 * Landmarks of a frozen graph: A* whose bounds come from the triangle inequality with the distances of a few nodes (ALT; Goldberg and Harrelson, SODA
 * 2005). Of all indices the one that is built the soonest, at a search a landmark, two where the graph is not symmetric, and the slowest to answer.
 *
 * Two bytes a landmark and node, four where the graph is not symmetric, and a copy of the graph, 12 bytes an arc and 8 a node.
 */
export class Landmarks extends Layer<LabelsExports> implements RouteIndex {
  readonly kind = "alt";
  readonly #k: Kernel<LabelsExports>;
  readonly #graph: FrozenGraph;
  readonly #ranks: Uint32Array;

  private constructor(instance: WebAssembly.Instance, graph: FrozenGraph, options: LandmarksOptions) {
    const k = new Kernel<LabelsExports>("alm-labels", instance, "buildLandmarks");
    super(k);
    this.#k = k;
    this.#graph = graph;
    const count = checkInteger("landmarks", options.landmarks ?? 16, 1, 32);
    start(k, limitBytes(options.maxBytes));
    this.#ranks = walkOrder(graph);
    this.#build(graph.weights, count, false);
  }

  /**
   * Picks landmarks and finds their distances. The graph's arrays of offsets and targets are kept for `reweight`, not copied.
   * @throws MfnError `ERR_ARGUMENT` or `ERR_NOT_FINITE` for what is no graph, `ERR_MEMORY`
   */
  static async create(graph: FrozenGraph, options: LandmarksOptions = {}): Promise<Landmarks> {
    checkGraph(graph);
    return new Landmarks(await instantiate(almLabelsModule, options.wasm), graph, options);
  }

  /** The same at once, where the runtime allows it. */
  static createSync(graph: FrozenGraph, options: LandmarksOptions = {}): Landmarks {
    checkGraph(graph);
    return new Landmarks(instantiateSync(almLabelsModule, options.wasm), graph, options);
  }

  get stateBytes(): Bytes {
    return this.#k.stateSize;
  }

  /** Nodes that the last search for a route or distance looked at. */
  get searched(): number {
    return this.#k.x.searched() >>> 0;
  }

  /** What a cheapest path costs, Infinity where there is none. */
  distance(from: number, to: number): number {
    const k = this.#k;
    try {
      const distance = k.x.landmarkDistance(from, to);
      if (distance >= 0) return distance;
    } catch (e) {
      throw k.fail(e);
    }
    throw k.full();
  }

  /** The arcs of a cheapest path, in order; undefined where there is none. */
  route(from: number, to: number): Uint32Array | undefined {
    const k = this.#k;
    try {
      const n = k.x.landmarkRoute(from, to);
      if (n >= 0) {
        const at = k.x.found() >>> 2;
        return k.u32.slice(at, at + n);
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
    if (columns < MANY_TARGETS) {
      for (let i = 0; i < all.length; i++) all[i] = this.distance(sources[Math.floor(i / columns)], targets[i % columns]);
      return all;
    }
    try {
      const pointer = k.x.spanTargets(asU32(columns)) >>> 2;
      if (pointer === 0) throw k.full(4 * columns);
      k.u32.set(targets, pointer);
      for (let i = 0; i < rows; i++) {
        const row = k.x.spanRow(sources[i], columns) >>> 3;
        if (row === 0) throw k.full();
        all.set(k.f64.subarray(row, row + columns), i * columns);
      }
      return all;
    } catch (e) {
      throw k.fail(e);
    }
  }

  /**
   * Takes new weights of all arcs. The landmarks stay, their distances are found again.
   * @throws MfnError `ERR_ARGUMENT`, `ERR_NOT_FINITE` or `ERR_MEMORY`; the index is then as before
   */
  reweight(weights: Float32Array): void {
    checkWeights("weights", weights, this.#graph.targets.length);
    this.#build(weights, 0, true);
  }

  #build(weights: Float32Array, count: number, keep: boolean): void {
    const k = this.#k;
    try {
      writeGraph(k, this.#graph, weights, this.#ranks);
      if (k.x.buildLandmarks(count, keep ? 1 : 0) === NO_MEMORY) throw k.full();
    } catch (e) {
      throw k.fail(e);
    }
  }
}
