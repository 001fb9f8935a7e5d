import { badArgument, MfnError } from "../../../errors.js";
import type { Bytes } from "../../../types.js";
import { almCchModule } from "../../../wasm/generated/alm-cch.js";
import { asU32, checkList, Kernel, type KernelExports, limitBytes, NO_MEMORY } from "../../../wasm/kernel.js";
import { Layer } from "../../../wasm/layer.js";
import { instantiate, instantiateSync, type WasmSource } from "../../../wasm/source.js";
import { checkGraph, checkNodes, checkWeights } from "./check.js";
import type { FrozenGraph, RouteIndex } from "./types.js";

/** Options of a customisable contraction hierarchy. */
export interface CustomizableHierarchyOptions {
  /** Where the nodes are, in any plane: a hint for the order, which makes it better. One finite number a node in each. */
  coordinates?: { x: ArrayLike<number>; y: ArrayLike<number> };
  /** The most bytes the index may take; default: what WebAssembly can address (4 GiB). */
  maxBytes?: Bytes;
  /** Where the index's WebAssembly comes from; default: the binary embedded in the package. */
  wasm?: WasmSource;
}

/** What the module exports; see assembly/alm/cch/index.ts. */
export interface CchExports extends KernelExports {
  init(limit: number): number;
  input(nodes: number, arcs: number, coordinates: number): number;
  build(graph: number, nodes: number, coordinates: number): number;
  built(): number;
  builtWords(): number;
  settle(): number;
  weightsIn(): number;
  customise(given: number): number;
  distance(source: number, target: number): number;
  route(source: number, target: number): number;
  routed(): number;
  matrixIn(sources: number, targets: number): number;
  matrixAt(sources: number, targets: number): number;
  matrix(given: number, sources: number, targets: number): number;
  arcCount(): number;
  levelCount(): number;
  triangleCount(): number;
  rankList(): number;
}

/** What a hierarchy is like. */
export interface HierarchyStats {
  /** Arcs of the hierarchy, each for both directions. */
  arcs: number;
  /** Lower triangles: the work of `reweight`. */
  triangles: number;
  /** The most nodes on a way to a root of the elimination tree: the work of a query. */
  levels: number;
}

/**
 * A customisable contraction hierarchy: the nodes in an order that depends on the graph alone, and all the arcs that contraction in
 * this order can need. New weights change neither; `reweight` takes milliseconds where another index is built anew, and a query
 * climbs a tree from both ends. For graphs with small separators (roads, grids, meshes) of up to millions of arcs and for small
 * ones of any kind; a large graph of short ways between everything (social, web) fills in, and is refused.
 *
 * The metric is directed, the topology is not. Equal graphs and coordinates give equal bytes on every machine.
 *
 * Source: Dibbelt, Strasser, Wagner, "Customizable contraction hierarchies", ACM JEA 2016; orders by inertial flow (Schild, Sommer, SEA
 * 2015) and minimum degree.
 */
export class CustomizableHierarchy extends Layer<CchExports> implements RouteIndex {
  readonly kind = "cch";
  readonly #k: Kernel<CchExports>;
  readonly #nodes: number;
  readonly #arcs: number;

  private constructor(k: Kernel<CchExports>, graph: FrozenGraph) {
    super(k);
    this.#k = k;
    this.#nodes = graph.nodes;
    this.#arcs = graph.targets.length;
  }

  /**
   * The hierarchy of a graph, with its weights. O(n log n) and the flows that separate it; seconds for a million arcs.
   * @throws MfnError ERR_ARGUMENT, ERR_NOT_FINITE; ERR_FULL for a graph that fills in: its hierarchy would have about 2^28 lower
   *   triangles or more (found out after bounded work: use another index); ERR_MEMORY; ERR_WASM
   */
  static async create(graph: FrozenGraph, options: CustomizableHierarchyOptions = {}): Promise<CustomizableHierarchy> {
    check(graph, options);
    return CustomizableHierarchy.#over(await instantiate(almCchModule, options.wasm), graph, options);
  }

  /** The same at once, where the runtime allows to compile WebAssembly synchronously. */
  static createSync(graph: FrozenGraph, options: CustomizableHierarchyOptions = {}): CustomizableHierarchy {
    check(graph, options);
    return CustomizableHierarchy.#over(instantiateSync(almCchModule, options.wasm), graph, options);
  }

  static #over(instance: WebAssembly.Instance, graph: FrozenGraph, options: CustomizableHierarchyOptions): CustomizableHierarchy {
    const k = new Kernel<CchExports>("customisable hierarchy", instance, "customise");
    try {
      build(k, graph, options);
      const index = new CustomizableHierarchy(k, graph);
      index.#customise(graph.weights);
      return index;
    } catch (error) {
      throw k.fail(error);
    }
  }

  /** Bytes that the index keeps. */
  get stateBytes(): Bytes {
    return this.#k.stateSize;
  }

  /** The rank of each node: the order in which they are contracted, u32[nodes]. */
  order(): Uint32Array {
    const at = this.#k.x.rankList() >>> 2;
    return this.#k.u32.slice(at, at + this.#nodes);
  }

  /** What the hierarchy is like. O(nodes). */
  stats(): HierarchyStats {
    const { x } = this.#k;
    return { arcs: x.arcCount(), triangles: x.triangleCount(), levels: x.levelCount() };
  }

  /**
   * A cheapest path. O(arcs that the ways of both ends to the root meet, and the path).
   * @returns the arcs of the graph, in order; none where both ends are one; undefined where there is no path
   * @throws MfnError ERR_MEMORY
   */
  route(from: number, to: number): Uint32Array | undefined {
    if (from === to) return new Uint32Array(0);
    const k = this.#k;
    try {
      const count = k.x.route(from, to);
      if (count < 0) {
        if (count === NO_MEMORY) throw k.full();
        return undefined;
      }
      const at = k.x.routed() >>> 2;
      return k.u32.slice(at, at + count);
    } catch (error) {
      throw k.fail(error);
    }
  }

  /** What a cheapest path costs, Infinity where there is none. */
  distance(from: number, to: number): number {
    const k = this.#k;
    try {
      const cost = k.x.distance(from, to);
      if (Number.isNaN(cost)) throw k.full();
      return cost;
    } catch (error) {
      throw k.fail(error);
    }
  }

  /**
   * All distances from the sources to the targets, row by row: f64[sources * targets]. One search for each source and target, then
   * O(levels) for a pair.
   * @throws MfnError ERR_ARGUMENT, ERR_MEMORY
   */
  matrix(sources: ArrayLike<number>, targets: ArrayLike<number>): Float64Array {
    const k = this.#k;
    const rows = checkNodes("sources", sources, this.#nodes);
    const columns = checkNodes("targets", targets, this.#nodes);
    try {
      const pointer = k.x.matrixIn(rows, columns) >>> 0;
      if (pointer === 0) throw k.full(8 * rows * columns);
      k.u32.set(sources, pointer >>> 2);
      k.u32.set(targets, (pointer >>> 2) + rows);
      if (k.x.matrix(pointer, rows, columns) === NO_MEMORY) throw k.full();
      const at = (pointer + k.x.matrixAt(rows, columns)) >>> 3;
      return k.f64.slice(at, at + rows * columns);
    } catch (error) {
      throw k.fail(error);
    }
  }

  /**
   * Takes new weights of all arcs, in the order of the graph. O(lower triangles of the hierarchy).
   * @param weights finite, >= 0
   * @throws MfnError ERR_ARGUMENT, ERR_NOT_FINITE, ERR_MEMORY; then nothing has changed
   */
  reweight(weights: Float32Array): void {
    checkWeights("weights", weights, this.#arcs);
    try {
      this.#customise(weights);
    } catch (error) {
      throw this.#k.fail(error);
    }
  }

  #customise(weights: Float32Array): void {
    const k = this.#k;
    const pointer = k.x.weightsIn() >>> 0;
    if (pointer === 0) throw k.full();
    k.f32.set(weights, pointer >>> 2);
    k.x.customise(pointer);
  }
}

function check(graph: FrozenGraph, { coordinates }: CustomizableHierarchyOptions): void {
  checkGraph(graph);
  if (coordinates === undefined) return;
  for (const name of ["x", "y"] as const) {
    const list = coordinates?.[name];
    const n = checkList(`coordinates.${name}`, list);
    if (n !== graph.nodes) throw badArgument(`coordinates.${name}`, `${graph.nodes} of them`, n);
    for (let i = 0; i < n; i++) {
      if (!Number.isFinite(list[i])) throw badArgument(`coordinates.${name}[${i}]`, "a finite number", list[i], "ERR_NOT_FINITE");
    }
  }
}

/** Makes the topology, in the working space, and moves it to the state. */
function build(k: Kernel<CchExports>, graph: FrozenGraph, { coordinates, maxBytes }: CustomizableHierarchyOptions): void {
  const { nodes, offsets, targets } = graph;
  if (k.x.init(asU32(limitBytes(maxBytes))) === 0) throw k.full();
  const withPlaces = coordinates === undefined ? 0 : 1;
  const pointer = k.x.input(nodes, targets.length, withPlaces) >>> 0;
  if (pointer === 0) throw k.full(4 * (nodes + targets.length));
  const start = pointer >>> 2;
  k.u32.set(offsets, start);
  k.u32.set(targets, start + nodes + 1);
  if (coordinates !== undefined) {
    const at = (pointer >>> 3) + ((nodes + targets.length + 2) >>> 1);
    k.f64.set(coordinates.x, at);
    k.f64.set(coordinates.y, at + nodes);
  }
  const status = k.x.build(pointer, nodes, withPlaces);
  if (status === NO_MEMORY) throw k.full();
  if (status < 0) {
    throw new MfnError("ERR_FULL", "the graph fills in: its hierarchy would have about 2^28 lower triangles or more; use another index");
  }
  const at = k.x.built() >>> 2;
  const topology = k.u32.slice(at, at + (k.x.builtWords() >>> 0));
  const place = k.x.settle() >>> 0;
  if (place === 0) throw k.full(4 * topology.length);
  k.u32.set(topology, place >>> 2);
}
