import { badArgument, MfnError } from "../../errors.js";
import type { ItemId } from "../../types.js";
import { checkId, checkIds, checkList, limitBytes } from "../../wasm/kernel.js";
import { type ArcColumns, type EdgeColumns, edgeOfArc, edgesOf, readArcs, writeWeights } from "./columns.js";
import { buildIndex, buildIndexSync } from "./freeze-choice.js";
import type { FreezeOptions, FrozenStats } from "./freeze-options.js";
import { checkType, checkWeight, given, LEAST_WEIGHT, MOST_WEIGHT } from "./kernel.js";
import type { ShortestPathOptions, WayOptions } from "./route-options.js";
import type { FrozenGraph, RouteIndex } from "./routes/types.js";
import { MeshRoutes, MOST_DISTANCES } from "./routes.js";
import type { Path } from "./types.js";

/** Default of every options argument. */
const NONE = Object.freeze({});
const KINDS: readonly unknown[] = ["auto", "labels", "ch", "cch", "alt"];

/** An index, and what of the mesh it is about. */
interface Frozen {
  index: RouteIndex;
  /** All arcs, with their weights when the index was last brought up to date. */
  arcs: ArcColumns;
  graph: FrozenGraph;
  /** For each arc of the graph its place among all arcs; undefined where it is the same. */
  places: Uint32Array | undefined;
  /** The types that it follows, ascending; undefined for all. */
  types: readonly number[] | undefined;
  byHops: boolean;
  restores: number;
  shapes: number;
  changes: number;
  now: number;
  /** For each arc the row of its edge; made when it is first needed. */
  edges: Uint32Array | undefined;
  /** For each node the number of the last path that came to it, and its place there; see `simple`. */
  seen: Uint32Array;
  place: Uint32Array;
  asked: number;
}

/**
 * Routes by an index: the part of `Alm` that freezes. An index is about the graph as it was; as soon as the graph has changed, routes are
 * searched in the live graph again, so that no answer is ever out of date.
 */
export class MeshFrozen extends MeshRoutes {
  #frozen: Frozen | undefined;
  /** Freezes begun, and which of them the index there is comes from. */
  #begun = 0;
  #kept = 0;

  /**
   * Builds an index of routes. From then on `shortestPath`, `distances` and `distanceMatrix` use it as long as it is valid and the question is one that it can
   * answer: without nodes or edges to avoid, with the same `types` and `cost`, and no particular `algorithm`. Takes the place of an index that was built before.
   * The graph may be changed while it is built: then the index is stale or lost from the beginning.
   * @throws MfnError `ERR_MEMORY` where the index outgrows its limit or refuses the graph, `ERR_ARGUMENT`; then everything is as before
   */
  async freeze(options: FreezeOptions = NONE): Promise<FrozenStats> {
    const frozen = this.#columns(options);
    const turn = ++this.#begun;
    const index = await buildIndex(frozen.graph, options);
    // A freeze that was begun later is about a newer graph.
    if (this.#frozen === undefined || this.#kept < turn) return this.#keep(frozen, index, turn);
    index.dispose();
    return this.frozen as FrozenStats;
  }

  /** The same at once, where the runtime allows it. */
  freezeSync(options: FreezeOptions = NONE): FrozenStats {
    const frozen = this.#columns(options);
    return this.#keep(frozen, buildIndexSync(frozen.graph, options), ++this.#begun);
  }

  /** Lets go of the index. Idempotent. */
  thaw(): void {
    this.#frozen?.index.dispose();
    this.#frozen = undefined;
  }

  /** The index there is, or undefined. */
  get frozen(): FrozenStats | undefined {
    const frozen = this.#frozen;
    if (frozen === undefined) return undefined;
    const { index, graph } = frozen;
    const state = this.#isLost(frozen) ? "lost" : this.#isValid(frozen) ? "valid" : "stale";
    return { index: index.kind, state, nodes: graph.nodes, arcs: graph.targets.length, stateBytes: index.stateBytes };
  }

  /**
   * All edges as columns, in the order that `reweight` takes weights in; it stays until an edge is made or removed or `compact()` is called.
   * O(nodes + edges).
   */
  columns(): EdgeColumns {
    try {
      return edgesOf(readArcs(this.k), this.directed);
    } catch (e) {
      throw this.k.fail(e);
    }
  }

  /**
   * Brings the index up to date with the weights; with an argument gives all edges new weights first, in the order of `columns()`. A "cch" takes them in
   * milliseconds, other indices are built anew with what can be kept. Without an index only the weights are set.
   * @param weights in [0, 1e18], as of the largest time seen; less than 1e-18 counts as that
   * @throws MfnError `ERR_CHANGED` where edges were made or removed since `freeze()`; for bad weights; then nothing has changed
   */
  reweight(weights?: ArrayLike<number>): void {
    const frozen = this.#frozen;
    try {
      if (frozen !== undefined && this.#isLost(frozen)) {
        throw new MfnError("ERR_CHANGED", "reweight: edges were made or removed since freeze(); freeze anew");
      }
      if (weights === undefined) {
        if (frozen === undefined) return;
        frozen.arcs = readArcs(this.k);
      } else {
        const arcs = frozen?.arcs ?? readArcs(this.k);
        const given = this.#arcWeights(weights, arcs, frozen);
        writeWeights(this.k, given);
        if (frozen === undefined) return;
        // Where weights decay, what is stored and read again may differ in the last bit.
        frozen.arcs = this.k.x.decays() ? readArcs(this.k) : { ...arcs, weights: given };
      }
      this.#refresh(frozen);
    } catch (e) {
      throw this.k.fail(e);
    }
  }

  override shortestPath(from: ItemId, to: ItemId, options: ShortestPathOptions = NONE): Path | undefined {
    const frozen = this.#answers(options);
    const { algorithm = "auto", maxCost = Infinity } = options;
    if (frozen === undefined || algorithm !== "auto" || from === to) return super.shortestPath(from, to, options);
    if (typeof maxCost !== "number" || !(maxCost >= 0)) return super.shortestPath(from, to, options);
    checkId("from", from);
    checkId("to", to);
    const { index, graph, arcs, places, byHops } = frozen;
    if (from >= graph.nodes || to >= graph.nodes) return undefined;
    const found = index.route(from, to);
    if (found === undefined) return undefined;
    const route = simple(frozen, from, found);
    const n = route.length;
    const path: Path = { cost: 0, path: new Int32Array(n + 1), types: new Uint8Array(n), weights: new Float32Array(n) };
    path.path[0] = from;
    let cost = 0;
    for (let i = 0; i < n; i++) {
      const arc = places === undefined ? route[i] : places[route[i]];
      const weight = arcs.weights[arc];
      path.path[i + 1] = arcs.targets[arc];
      path.weights[i] = weight;
      cost += weight;
    }
    if (arcs.types !== undefined)
      for (let i = 0; i < n; i++) path.types[i] = arcs.types[places === undefined ? route[i] : places[route[i]]];
    path.cost = byHops ? n : cost;
    return path.cost <= maxCost ? path : undefined;
  }

  override distances(from: ItemId, targets: ArrayLike<ItemId>, options: WayOptions = NONE): Float64Array {
    checkId("from", from);
    return this.#matrix([from], targets, options) ?? super.distances(from, targets, options);
  }

  override distanceMatrix(sources: ArrayLike<ItemId>, targets: ArrayLike<ItemId>, options: WayOptions = NONE): Float64Array {
    return this.#matrix(sources, targets, options) ?? super.distanceMatrix(sources, targets, options);
  }

  override dispose(): void {
    this.thaw();
    super.dispose();
  }

  /** The distances by the index, or undefined where it cannot answer. */
  #matrix(sources: ArrayLike<ItemId>, targets: ArrayLike<ItemId>, options: WayOptions): Float64Array | undefined {
    const frozen = this.#answers(options);
    if (frozen === undefined || options.maxCost !== undefined) return undefined;
    checkIds("sources", sources);
    checkIds("targets", targets);
    if (sources.length * targets.length > MOST_DISTANCES) return undefined;
    const { nodes } = frozen.graph;
    // Ids without edges are no nodes, not even their own.
    for (const ids of [sources, targets])
      for (let i = 0; i < ids.length; i++) if (ids[i] >= nodes || !this.hasNode(ids[i])) return undefined;
    return frozen.index.matrix(sources, targets);
  }

  /** The index, if it is valid and can answer such a question; what makes no sense is for the live graph to refuse. */
  #answers(options: WayOptions): Frozen | undefined {
    const { types, cost = "weight", avoid, avoidEdges, at } = given(options);
    const frozen = this.#frozen;
    if (frozen === undefined || !this.#isValid(frozen) || !isNothing(avoid) || !isNothing(avoidEdges)) return undefined;
    if (cost !== (frozen.byHops ? "hops" : "weight") || (at !== undefined && !(typeof at === "number" && at >= 0 && at <= frozen.now)))
      return undefined;
    if (types === undefined || frozen.types === undefined) return types === frozen.types ? frozen : undefined;
    if (!Array.isArray(types)) return undefined;
    const asked = [...new Set(types)].sort((a, b) => a - b);
    return asked.length === frozen.types.length && asked.every((type, i) => type === frozen.types?.[i]) ? frozen : undefined;
  }

  /** Whether the graph's arcs are others now, or in another order. */
  #isLost({ restores, shapes }: Frozen): boolean {
    return restores !== this.restores || this.k.x.shapes() !== shapes;
  }

  #isValid({ restores, changes, now }: Frozen): boolean {
    return restores === this.restores && this.k.x.changes() === changes && this.now === now;
  }

  /** Checks the options and takes down the graph. */
  #columns(options: FreezeOptions): Omit<Frozen, "index"> {
    const { index = "auto", churn = "none", cost = "weight", types } = given(options);
    limitBytes(options.maxBytes);
    if (!KINDS.includes(index)) throw badArgument("index", '"auto", "labels", "ch", "cch" or "alt"', index);
    if (churn !== "none" && churn !== "weights") throw badArgument("churn", '"none" or "weights"', churn);
    if (cost !== "weight" && cost !== "hops") throw badArgument("cost", '"weight" or "hops"', cost);
    if (types !== undefined) {
      checkList("types", types);
      for (let i = 0; i < types.length; i++) checkType(`types[${i}]`, types[i]);
    }
    try {
      const arcs = readArcs(this.k);
      const followed = types && [...new Set(Array.from(types))].sort((a, b) => a - b);
      const { graph, places } = followedGraph(arcs, followed);
      const byHops = cost === "hops";
      if (byHops) graph.weights = new Float32Array(graph.targets.length).fill(1);
      const { x } = this.k;
      return {
        arcs,
        graph,
        places,
        types: followed,
        byHops,
        restores: this.restores,
        shapes: x.shapes(),
        changes: x.changes(),
        now: this.now,
        edges: undefined,
        ...stamps(graph.nodes),
      };
    } catch (e) {
      throw this.k.fail(e);
    }
  }

  #keep(frozen: Omit<Frozen, "index">, index: RouteIndex, turn: number): FrozenStats {
    try {
      // Disposed of meanwhile, it has no place for an index.
      this.k.x.changes();
    } catch (e) {
      index.dispose();
      throw this.k.fail(e);
    }
    this.thaw();
    this.#frozen = { ...frozen, index };
    this.#kept = turn;
    return this.frozen as FrozenStats;
  }

  /** Weights of all arcs from those of the edges, checked. */
  #arcWeights(weights: ArrayLike<number>, arcs: ArcColumns, frozen: Frozen | undefined): Float32Array {
    checkList("weights", weights);
    for (let i = 0; i < weights.length; i++) {
      const weight = weights[i];
      // What has decayed below the least weight is taken as that: `columns()` gives such weights.
      if (!(typeof weight === "number" && weight >= 0 && weight <= MOST_WEIGHT)) checkWeight(`weights[${i}]`, weight);
    }
    const m = arcs.targets.length;
    if (weights.length !== this.edgeCount) throw badArgument("weights", `${this.edgeCount} weights, one for each edge`, weights);
    if (this.directed) return Float32Array.from(weights, (weight) => Math.max(weight, LEAST_WEIGHT));
    const edges = frozen?.edges ?? edgeOfArc(arcs);
    if (frozen !== undefined) frozen.edges = edges;
    const given = new Float32Array(m);
    for (let a = 0; a < m; a++) given[a] = Math.max(weights[edges[a]], LEAST_WEIGHT);
    return given;
  }

  /** Hands the weights on to the index. */
  #refresh(frozen: Frozen): void {
    const { index, arcs, graph, places, byHops } = frozen;
    if (!byHops) {
      graph.weights = places === undefined ? arcs.weights : Float32Array.from(places, (place) => arcs.weights[place]);
      try {
        index.reweight(graph.weights);
      } catch (e) {
        // An index that could not take the weights is of no use any more.
        this.thaw();
        throw e;
      }
    }
    frozen.changes = this.k.x.changes();
    frozen.now = this.now;
  }
}

function stamps(nodes: number): Pick<Frozen, "seen" | "place" | "asked"> {
  return { seen: new Uint32Array(nodes), place: new Uint32Array(nodes), asked: 0 };
}

/** A path without the circles that cost nothing in f64: beside 1e18 an edge of 1 weighs nothing. O(arcs). */
function simple(frozen: Frozen, from: ItemId, route: Uint32Array): Uint32Array {
  const { seen, place, graph } = frozen;
  const stamp = ++frozen.asked;
  if (stamp === 0xffff_ffff) {
    seen.fill(0);
    frozen.asked = 0;
  }
  seen[from] = stamp;
  place[from] = 0;
  let n = 0;
  let kept = route;
  for (let i = 0; i < route.length; i++) {
    const node = graph.targets[route[i]];
    if (seen[node] === stamp && place[node] <= n && (place[node] === 0 ? node === from : graph.targets[kept[place[node] - 1]] === node)) {
      // Back at a node of the path: what came since is a circle.
      n = place[node];
      if (kept === route) kept = route.slice();
      continue;
    }
    if (kept !== route) kept[n] = route[i];
    n++;
    seen[node] = stamp;
    place[node] = n;
  }
  return kept === route ? route : kept.subarray(0, n);
}

/** Whether a list of what is to be avoided is none. */
function isNothing(list: ArrayLike<unknown> | undefined): boolean {
  return list === undefined || (typeof list === "object" && list !== null && list.length === 0);
}

/** The arcs of some types as a graph, and where they are among all arcs. */
function followedGraph(arcs: ArcColumns, types: readonly number[] | undefined): { graph: FrozenGraph; places: Uint32Array | undefined } {
  const { nodes, offsets, targets, weights } = arcs;
  if (types === undefined) return { graph: { nodes, offsets, targets, weights }, places: undefined };
  const follows = new Uint8Array(256);
  for (const type of types) follows[type] = 1;
  const places: number[] = [];
  const kept = new Uint32Array(nodes + 1);
  for (let u = 0; u < nodes; u++) {
    for (let a = offsets[u]; a < offsets[u + 1]; a++) if (follows[arcs.types === undefined ? 0 : arcs.types[a]] === 1) places.push(a);
    kept[u + 1] = places.length;
  }
  const list = Uint32Array.from(places);
  return {
    graph: {
      nodes,
      offsets: kept,
      targets: Uint32Array.from(list, (place) => targets[place]),
      weights: Float32Array.from(list, (place) => weights[place]),
    },
    places: list,
  };
}
