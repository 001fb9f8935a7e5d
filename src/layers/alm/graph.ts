import { badArgument } from "../../errors.js";
import type { Bytes, ItemId, Milliseconds } from "../../types.js";
import {
  checkId,
  checkIds,
  checkInteger,
  checkNumber,
  Kernel,
  limitBytes,
  NO_MEMORY,
  seedHalves,
  WINDOW,
  WINDOW_BYTES,
} from "../../wasm/kernel.js";
import { Layer } from "../../wasm/layer.js";
import { checkRows, linkRows, type Rows } from "./batch.js";
import {
  type AlmExports,
  checkSeedWeights,
  checkTime,
  checkType,
  checkWeight,
  given,
  MASK_BYTES,
  MOST,
  MOST_WEIGHT,
  pairs,
  writeMask,
} from "./kernel.js";
import type {
  AlmOptions,
  EdgeOptions,
  LinkManyOptions,
  LinkOptions,
  MeshOptions,
  NeighbourOptions,
  Neighbours,
  PageRankOptions,
  Path,
  PathOptions,
  Ranking,
  Recalled,
  RecallOptions,
} from "./types.js";

export type * from "./types.js";

export const OUT = 0;
export const IN = 1;
/** Default of every options argument: one object, so that a call without options makes none. */
export const NONE = Object.freeze({});

/** A time as the kernels take it: -1 stands for the largest seen. */
export function timeOf(at: Milliseconds | undefined): number {
  if (at === undefined) return -1;
  checkTime(at);
  return at;
}

/** The kernel of a new, empty graph. @throws MfnError `ERR_WASM`, `ERR_MEMORY`, or for an option outside its domain */
export function startGraph<X extends AlmExports>(
  name: string,
  instance: WebAssembly.Instance,
  mark: keyof X,
  options: MeshOptions,
): Kernel<X> {
  const k = new Kernel<X>(name, instance, mark);
  const { capacity = 0, edges = 0, halfLife = Infinity, directed = true, maxDegree } = given(options);
  checkInteger("capacity", capacity, 0, MOST);
  checkInteger("edges", edges, 0, MOST);
  if (typeof directed !== "boolean") throw badArgument("directed", "a boolean", directed);
  if (maxDegree !== undefined) checkInteger("maxDegree", maxDegree, 1, MOST);
  if (!(typeof halfLife === "number" && halfLife >= 1)) throw badArgument("halfLife", "a number of milliseconds >= 1", halfLife);
  const limit = limitBytes(options.maxBytes);
  const [low, high] = seedHalves(options.seed);
  try {
    if (!k.x.init(limit, capacity, halfLife, low, high, directed ? 0 : 1, maxDegree ?? 0)) throw k.full(capacity * (directed ? 36 : 24));
    // Arcs of 8 bytes, and of 4 more or another 8 at the other end; a quarter for what blocks leave free.
    const bytes = edges * (directed ? 15 : 20);
    if (edges > 0 && (bytes > 0xffff_0000 || !k.x.reserve(bytes))) throw k.full(bytes);
    return k;
  } catch (e) {
    throw k.fail(e);
  }
}

/**
 * A live weighted typed graph over ids, the third layer: what `AlmCore`, which the engine carries, and `Alm` have in common. An edge is
 * known by its two ends and its type; loops are allowed. Ids are any integers in [0, 2^31); a node exists as long as it has an edge, and
 * costs 36 bytes (24 in an undirected graph) for each id up to the largest.
 *
 * With a `halfLife` every weight halves in that time; times count in milliseconds from any moment the caller likes.
 * Queries about ids without edges find nothing; they throw only for arguments that cannot be right.
 *
 * Every method throws `ERR_DISPOSED` after `dispose()`, `ERR_POISONED` after a trap, `ERR_ARGUMENT` or `ERR_NOT_FINITE` for what is outside its
 * domain and `ERR_MEMORY` where memory runs out; the graph is then as before the call.
 */
export class Graph<X extends AlmExports = AlmExports> extends Layer<X> {
  protected readonly k: Kernel<X>;
  /** Whether edges have a direction. In an undirected graph `from` and `to` of an edge mean the same. */
  readonly directed: boolean;
  /** How often another state was taken in: counts in the state say nothing of that. */
  protected restores = 0;

  protected constructor(k: Kernel<X>, { directed = true }: AlmOptions) {
    super(k);
    this.k = k;
    this.directed = directed;
  }

  /** Edges in the graph. */
  get edgeCount(): number {
    return this.k.x.edgeCount();
  }

  /** Makes an edge, or gives the one that is there a new weight. Amortised O(1). @returns whether it is new */
  link(from: ItemId, to: ItemId, options: LinkOptions = NONE): boolean {
    const { type = 0, weight = 1, at } = given(options);
    this.checkEdge(from, to, type);
    checkWeight("weight", weight);
    const time = timeOf(at);
    try {
      const status = this.k.x.link(from, to, type, weight, time);
      if (status >= 0) return status === 1;
    } catch (e) {
      throw this.k.fail(e);
    }
    throw this.k.full();
  }

  /**
   * Makes many edges, all or none; the fast path. Of rows with the same ends and type the last counts.
   * @param from the edges' first nodes
   * @param to the edges' second nodes, as many
   * @returns how many are new
   */
  linkMany(from: ArrayLike<number>, to: ArrayLike<number>, options: LinkManyOptions = NONE): number {
    return this.linkRows(checkRows(from, to, options), options.at);
  }

  /** `linkMany` of rows that have been checked, row by row. */
  protected linkRows(rows: Rows, at: Milliseconds | undefined, limited = false): number {
    const { x } = this.k;
    try {
      const time = at === undefined ? x.now() : timeOf(at);
      // A time far ahead rescales all weights, which cannot be undone: then the edges are made first, and get their weights in a second pass.
      const added = linkRows(this.k, rows, x.leads(time) ? x.now() : time, limited);
      const again = x.leads(time);
      x.advance(time);
      if (again) linkRows(this.k, rows, time, limited);
      return added;
    } catch (e) {
      throw this.k.fail(e);
    }
  }

  /**
   * Adds to an edge's weight, the learning step; makes the edge if it is not there. A weight that falls to 0 (below 1e-18) removes it, one
   * above 1e18 stays at 1e18. Amortised O(1).
   * @param delta any finite number up to 1e18 in size
   * @returns the weight at the largest time seen, 0 if there is no edge now
   */
  reinforce(from: ItemId, to: ItemId, delta: number, options: EdgeOptions = NONE): number {
    const { type = 0, at } = given(options);
    this.checkEdge(from, to, type);
    checkNumber("delta", delta, -MOST_WEIGHT, MOST_WEIGHT);
    const time = timeOf(at);
    try {
      const now = this.k.x.reinforce(from, to, type, delta, time);
      if (now >= 0) return now;
    } catch (e) {
      throw this.k.fail(e);
    }
    throw this.k.full();
  }

  /** Removes every edge of a node, in both directions, and gives back their memory. O(degree). @returns how many */
  removeNode(id: ItemId): number {
    checkId("id", id);
    return this.status(() => this.k.x.removeNode(id));
  }

  /** An edge's weight, or undefined without one. O(1). */
  weight(from: ItemId, to: ItemId, options: EdgeOptions = NONE): number | undefined {
    const { type = 0, at } = given(options);
    this.checkEdge(from, to, type);
    const time = timeOf(at);
    try {
      const weight = this.k.x.weightOf(from, to, type, time);
      return weight < 0 ? undefined : weight;
    } catch (e) {
      throw this.k.fail(e);
    }
  }

  /** How many edges reach the node, parallel ones counted each. */
  inDegree(id: ItemId): number {
    checkId("id", id);
    return this.k.x.degree(id, IN);
  }

  /** The edges that leave a node, strongest first. O(degree * log(limit)). */
  out(id: ItemId, options: NeighbourOptions = NONE): Neighbours {
    return this.arcs(id, OUT, options);
  }

  /**
   * What the seeds bring to mind: the nodes whose best path from a seed is worth most, with that path. A path is worth the product of its
   * strengths and of `hopDecay` for each hop. Best first; among equals the order depends on the graph's history only.
   * O(a log a) for the a edges of the nodes that are worth more than the last one.
   * @param seeds ids; those without edges are passed over, and none is in the answer
   */
  recall(seeds: ArrayLike<number>, options: RecallOptions = NONE): Recalled[] {
    const { k = 10, hopDecay = 0.8, maxHops = 4, types, minWeight = 0, at, normalize = "none" } = given(options);
    checkInteger("k", k, 0, MOST);
    if (checkNumber("hopDecay", hopDecay, 0, 1) === 0) throw badArgument("hopDecay", "a number in (0, 1]", hopDecay);
    checkInteger("maxHops", maxHops, 1, 255);
    checkNumber("minWeight", minWeight, 0);
    if (normalize !== "none" && normalize !== "out") throw badArgument("normalize", '"none" or "out"', normalize);
    const time = timeOf(at);
    const n = this.query(seeds, "seeds", types, (pointer, filter) =>
      this.k.x.recall(pointer, seeds.length, k, hopDecay, maxHops, filter, minWeight, time, normalize === "out" ? 1 : 0),
    );
    const { i32, f32 } = this.k;
    const result: Recalled[] = [];
    let p = n > 0 ? this.k.x.recalled() >>> 2 : 0;
    for (let i = 0; i < n; i++) {
      const item: Recalled = { id: i32[p], score: f32[p + 1], path: [] };
      const end = p + 3 + 4 * i32[p + 2];
      for (p += 3; p < end; p += 4) item.path.push({ from: i32[p], to: i32[p + 1], type: i32[p + 3], weight: f32[p + 2] });
      result.push(item);
    }
    return result;
  }

  /**
   * The cheapest path from one node to another, exactly; undefined if there is none. Of parallel edges the cheapest is taken.
   * O(a log a) for the a edges of the nodes that are nearer to either end than about half the path.
   */
  shortestPath(from: ItemId, to: ItemId, options: PathOptions = NONE): Path | undefined {
    checkId("from", from);
    checkId("to", to);
    const { cost = "weight", types, avoid = [], maxCost = Infinity, at } = given(options);
    if (cost !== "weight" && cost !== "hops") throw badArgument("cost", '"weight" or "hops"', cost);
    if (typeof maxCost !== "number" || Number.isNaN(maxCost)) throw badArgument("maxCost", "a number >= 0", maxCost, "ERR_NOT_FINITE");
    if (maxCost < 0) throw badArgument("maxCost", "a number >= 0", maxCost);
    const time = timeOf(at);
    const n = this.query(avoid, "avoid", types, (pointer, filter) =>
      this.k.x.route(from, to, cost === "hops" ? 1 : 0, filter, pointer, avoid.length, maxCost, time),
    );
    if (n === 0) return undefined;
    const k = this.k;
    const p = k.x.routed() >>> 0;
    const ids = (p + 8) >>> 2;
    return {
      cost: k.f64[p >>> 3],
      path: k.i32.slice(ids, ids + n),
      weights: k.f32.slice(ids + n, ids + 2 * n - 1),
      types: Uint8Array.from(k.u32.subarray(ids + 2 * n - 1, ids + 3 * n - 2)),
    };
  }

  /**
   * The nodes a random walk from the seeds most often stops at. It follows edges by weight, stops after each step with probability
   * `restart`, and starts again where no edge leads on. Scores are lower bounds, short of the exact ones by what `epsilon` leaves
   * unwalked. Decay changes all weights alike and so does not matter but to `minWeight`.
   * O(1 / (restart * epsilon)) at most, whatever the size of the graph.
   * @param seeds ids; those without edges are passed over
   */
  personalizedPageRank(seeds: ArrayLike<number>, options: PageRankOptions = NONE): Ranking {
    return this.rank(seeds, options);
  }

  /** `personalizedPageRank`, in the full module with a limit of hops. */
  protected rank(seeds: ArrayLike<number>, options: PageRankOptions, maxHops = 0): Ranking {
    const { k = 10, restart = 0.15, epsilon = 1e-6, seedWeights, types, at, excludeSeeds = false, minWeight = 0 } = given(options);
    checkInteger("k", k, 0, MOST);
    if (checkNumber("restart", restart, 0, 1) < 1e-6) throw badArgument("restart", "a number in [1e-6, 1]", restart);
    checkNumber("epsilon", epsilon, 1e-12, 1);
    checkNumber("minWeight", minWeight, 0);
    const time = timeOf(at);
    const skip = excludeSeeds ? 1 : 0;
    checkSeedWeights(seedWeights, seeds);
    const n = this.query(
      seeds,
      "seeds",
      types,
      (pointer, filter, shares) =>
        this.k.x.pageRank(pointer, seeds.length, shares, k, restart, epsilon, filter, skip, minWeight, time, maxHops),
      seedWeights,
    );
    const [ids, , scores] = pairs(this.k, this.k.x.topNodes(), n);
    return { ids, scores };
  }

  /** Bytes of the state, and of WebAssembly memory. */
  stats(): { stateBytes: Bytes; memoryBytes: Bytes } {
    return { stateBytes: this.k.stateSize, memoryBytes: this.k.memorySize };
  }

  protected checkEdge(from: ItemId, to: ItemId, type: number): void {
    checkId("from", from);
    checkId("to", to);
    checkType("type", type);
  }

  /** Calls the kernel and throws for a lack of memory; other statuses are returned. */
  protected status(call: () => number): number {
    let status: number;
    try {
      status = call();
    } catch (e) {
      throw this.k.fail(e);
    }
    if (status === NO_MEMORY) throw this.k.full();
    return status;
  }

  /** Hands ids, a type filter and weights of the ids to a kernel: in the window after the filter's mask, or in scratch. */
  protected query(
    ids: ArrayLike<number>,
    name: string,
    types: readonly number[] | undefined,
    call: (pointer: number, filter: number, shares: number) => number,
    shares?: ArrayLike<number>,
  ): number {
    const n = checkIds(name, ids);
    const k = this.k;
    const idBytes = (n * 4 + 7) & ~7;
    const bytes = idBytes + (shares === undefined ? 0 : n * 8);
    return this.status(() => {
      const filter = writeMask(k, types);
      const pointer = bytes <= WINDOW_BYTES - MASK_BYTES ? WINDOW + MASK_BYTES : k.x.scratch(bytes) >>> 0;
      if (pointer === 0) return NO_MEMORY;
      k.i32.set(ids, pointer >>> 2);
      if (shares === undefined) return call(pointer, filter, 0);
      k.f64.set(shares, (pointer + idBytes) >>> 3);
      return call(pointer, filter, pointer + idBytes);
    });
  }

  protected arcs(id: ItemId, direction: number, options: NeighbourOptions): Neighbours {
    checkId("id", id);
    const { at, types, limit = MOST } = given(options);
    checkInteger("limit", limit, 0, MOST);
    const time = timeOf(at);
    const n = this.status(() => this.k.x.arcs(id, direction, writeMask(this.k, types), limit, time));
    const result: Neighbours = { ids: new Int32Array(n), weights: new Float32Array(n), types: new Uint8Array(n) };
    const { i32, f32 } = this.k;
    let p = this.k.x.arcList() >>> 2;
    for (let i = 0; i < n; i++, p += 3) {
      result.ids[i] = i32[p];
      result.weights[i] = f32[p + 1];
      result.types[i] = i32[p + 2];
    }
    return result;
  }
}
