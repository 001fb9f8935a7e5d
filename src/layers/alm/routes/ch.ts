import type { Bytes } from "../../../types.js";
import { almChModule } from "../../../wasm/generated/alm-ch.js";
import { Kernel, type KernelExports, type LayerOptions, limitBytes, NO_MEMORY, NOT_FOUND } from "../../../wasm/kernel.js";
import { instantiate, instantiateSync } from "../../../wasm/source.js";
import { checkGraph, checkNodes, checkWeights } from "./check.js";
import type { FrozenGraph, RouteIndex } from "./types.js";

/** What the module exports; see assembly/alm/ch/index.ts. */
interface ChExports extends KernelExports {
  init(limit: number): number;
  input(nodes: number, arcs: number): number;
  build(): number;
  route(from: number, to: number): number;
  routed(): number;
  distance(from: number, to: number): number;
  matrix(lists: number, sources: number, targets: number): number;
  arcCount(): number;
  coreCount(): number;
  shortcutCount(): number;
  readonly settled: WebAssembly.Global;
}

/** Options of a contraction hierarchy. */
export type ChOptions = Pick<LayerOptions, "maxBytes" | "wasm">;

/** What a contraction hierarchy is made of. */
export interface ChStatistics {
  /** Arcs kept: the cheapest between two nodes, and shortcuts; one that serves both ways alike counts once. */
  arcs: number;
  /** Shortcuts among them. */
  shortcuts: number;
  /** Nodes left uncontracted, because to contract them would have cost more than to cross them. */
  core: number;
  /** Nodes settled by the last query. */
  settled: number;
}

/**
 * A contraction hierarchy: shortcuts over the less important nodes of a graph, so that a search climbs past them.
 * For graphs whose cheapest paths run through few nodes, as roads do. A query of a road network settles a few hundred nodes.
 *
 * Source: Geisberger, Sanders, Schultes and Delling, "Contraction hierarchies", WEA 2008.
 */
export class ContractionHierarchy implements RouteIndex {
  readonly kind = "ch";
  readonly #kernel: Kernel<ChExports>;
  readonly #graph: FrozenGraph;

  private constructor(instance: WebAssembly.Instance, graph: FrozenGraph, limit: number) {
    this.#kernel = new Kernel<ChExports>("alm-ch", instance, "shortcutCount");
    this.#graph = graph;
    this.#call((x) => {
      if (x.init(limit) === 0) throw this.#kernel.full();
    });
    this.#build(graph.weights);
  }

  /**
   * Builds the index of a graph, which is kept for `reweight` and must not be changed.
   * @throws MfnError ERR_ARGUMENT or ERR_NOT_FINITE for what is not a graph; ERR_MEMORY; ERR_WASM
   */
  static async create(graph: FrozenGraph, options: ChOptions = {}): Promise<ContractionHierarchy> {
    checkGraph(graph);
    const limit = limitBytes(options.maxBytes);
    return new ContractionHierarchy(await instantiate(almChModule, options.wasm), graph, limit);
  }

  /** The same at once; browsers may refuse that on the main thread. */
  static createSync(graph: FrozenGraph, options: ChOptions = {}): ContractionHierarchy {
    checkGraph(graph);
    const limit = limitBytes(options.maxBytes);
    return new ContractionHierarchy(instantiateSync(almChModule, options.wasm), graph, limit);
  }

  get stateBytes(): Bytes {
    return this.#call(() => this.#kernel.stateSize);
  }

  /** Bytes of WebAssembly memory held: the index, and the working space in which it was built. */
  get memoryBytes(): Bytes {
    return this.#call(() => this.#kernel.memorySize);
  }

  /** What the index is made of. */
  get statistics(): ChStatistics {
    return this.#call((x) => ({
      arcs: x.arcCount(),
      shortcuts: x.shortcutCount(),
      core: x.coreCount(),
      settled: x.settled.value,
    }));
  }

  /** A copy of the whole index: equal for equal graphs. */
  image(): Uint8Array {
    return this.#call(() => this.#kernel.image());
  }

  route(from: number, to: number): Uint32Array | undefined {
    const k = this.#kernel;
    try {
      const n = k.x.route(from, to);
      if (n === NOT_FOUND) return undefined;
      if (n === NO_MEMORY) throw k.full();
      const p = k.x.routed() >>> 2;
      return k.u32.slice(p, p + n);
    } catch (error) {
      throw k.fail(error);
    }
  }

  distance(from: number, to: number): number {
    const k = this.#kernel;
    try {
      const distance = k.x.distance(from, to);
      if (Number.isNaN(distance)) throw k.full();
      return distance;
    } catch (error) {
      throw k.fail(error);
    }
  }

  /** O(searches from each source and each target + meetings in between), not sources times targets searches. */
  matrix(sources: ArrayLike<number>, targets: ArrayLike<number>): Float64Array {
    const { nodes } = this.#graph;
    const rows = checkNodes("sources", sources, nodes);
    const columns = checkNodes("targets", targets, nodes);
    if (rows === 0 || columns === 0) return new Float64Array(0);
    return this.#call((x) => {
      const k = this.#kernel;
      const lists = k.x.scratch(4 * (rows + columns)) >>> 0;
      if (lists === 0) throw k.full(4 * (rows + columns));
      k.u32.set(sources, lists >>> 2);
      k.u32.set(targets, (lists >>> 2) + rows);
      const table = x.matrix(lists, rows, columns) >>> 0;
      if (table === 0) throw k.full(8 * rows * columns);
      return k.f64.slice(table >>> 3, (table >>> 3) + rows * columns);
    });
  }

  /**
   * Takes new weights: builds the index anew, in the same memory. Without memory the old one stays.
   * @throws MfnError ERR_ARGUMENT or ERR_NOT_FINITE for bad weights; ERR_MEMORY
   */
  reweight(weights: Float32Array): void {
    checkWeights("weights", weights, this.#graph.targets.length);
    // The graph is the caller's: what has become of it since is not known.
    checkGraph(this.#graph);
    this.#build(weights);
  }

  dispose(): void {
    this.#kernel.dispose();
  }

  #build(weights: Float32Array): void {
    const { nodes, offsets, targets } = this.#graph;
    this.#call((x) => {
      const k = this.#kernel;
      const p = x.input(nodes, targets.length) >>> 0;
      if (p === 0) throw k.full(4 * (nodes + 1) + 8 * targets.length);
      k.u32.set(offsets, p >>> 2);
      k.u32.set(targets, (p >>> 2) + nodes + 1);
      k.f32.set(weights, (p >>> 2) + nodes + 1 + targets.length);
      if (x.build() === NO_MEMORY) throw k.full();
    });
  }

  #call<T>(body: (x: ChExports) => T): T {
    try {
      return body(this.#kernel.x);
    } catch (error) {
      throw this.#kernel.fail(error);
    }
  }
}
