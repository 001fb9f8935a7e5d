import { badArgument } from "../../errors.js";
import type { ItemId, Milliseconds } from "../../types.js";
import { checkId, checkInteger, checkNumber } from "../../wasm/kernel.js";
import { MeshEdges } from "./edges.js";
import { timeOf } from "./graph.js";
import { checkSeedWeights, checkWay, given, MOST, pairs, UNFINISHED, writeMask } from "./kernel.js";
import { explanationsOf, pathsOf } from "./queries-explain.js";
import type {
  BfsOptions,
  Depths,
  Explained,
  Explanation,
  Hood,
  HoodOptions,
  PathsOptions,
  PathTree,
  RankOptions,
  RecalledWithin,
  SpreadOptions,
} from "./query-types.js";
import type { Ranking, RecallOptions } from "./types.js";

/** Default of every options argument. */
const NONE = Object.freeze({});
/** Edges that a query with a deadline looks at between two looks at the clock: some 0.1 ms. */
const STRIDE = 20_000;

/** The most edges of a path that is recalled. */
const MOST_HOPS = 255;

/** Names of the kernels that go on with a query that stopped for the clock. */
type Next = "rankOn" | "recallOn" | "kHopOn" | "activateOn";

/** What the mesh recalls: the part of `Alm` that walks from seeds. */
export class MeshQueries extends MeshEdges {
  /** Of the query that is running, if it has a deadline. */
  #deadline: { until: Milliseconds; next: Next; complete: boolean } | undefined;

  /**
   * The nodes within some hops of the seeds, in breadth-first order, the seeds left out. O(edges of the nodes passed).
   * @param seeds ids; those without edges are passed over
   */
  kHop(seeds: ArrayLike<number>, options: HoodOptions = NONE): Hood {
    const { hops = 2, types, minWeight = 0, limit = MOST, direction, at, deadlineMs } = given(options);
    checkInteger("hops", hops, 0, MOST);
    checkInteger("limit", limit, 0, MOST);
    checkNumber("minWeight", minWeight, 0);
    const way = checkWay(direction);
    const time = timeOf(at);
    const [n, complete] = this.#within(deadlineMs, "kHopOn", () =>
      this.query(seeds, "seeds", types, (pointer, filter) =>
        this.k.x.kHop(pointer, seeds.length, hops, way, filter, minWeight, time, limit),
      ),
    );
    const [ids, depths] = pairs(this.k, this.k.x.found(), n);
    return { ids, hops: depths, complete };
  }

  /**
   * `recall` in a given time: where that is over, the best nodes of the whole answer, as many as were found.
   * @param deadlineMs milliseconds; the clock is looked at each few tens of thousands of edges
   */
  recallWithin(deadlineMs: Milliseconds, seeds: ArrayLike<number>, options: RecallOptions = NONE): RecalledWithin {
    const [results, complete] = this.#within(checkNumber("deadlineMs", deadlineMs, 0), "recallOn", () => this.recall(seeds, options));
    return { results, complete };
  }

  /**
   * The nodes a random walk from the seeds most often stops at, as `Graph` has it, with a deadline and explanations. A score is `restart` for a
   * start there, and what each edge from another node brings; `explain` asks for the largest of these parts, as shares, and for the way of the
   * most probable walk from a seed. O(1 / (restart * epsilon)) at most; an explanation O(edges that reach the result), and a recall.
   * @param seeds ids; those without edges are passed over
   */
  override personalizedPageRank(seeds: ArrayLike<number>, options: RankOptions = NONE): Explained {
    const { deadlineMs, explain, restart = 0.15, types, at, maxHops, minWeight } = given(options);
    checkExplain(explain);
    if (maxHops !== undefined) checkInteger("maxHops", maxHops, 1, MOST);
    const [ranking, complete] = this.#within(deadlineMs, "rankOn", () => this.rank(seeds, options, maxHops));
    if (explain === undefined) return { ...ranking, complete };
    const explanations = this.#explain(ranking, explain, at, restart);
    const recalled = (k: number) =>
      this.recall(seeds, {
        k,
        hopDecay: 1 - restart,
        maxHops: Math.min(maxHops ?? MOST_HOPS, MOST_HOPS),
        minWeight,
        types,
        at,
        normalize: "out",
      });
    pathsOf(ranking.ids, explanations, this.nodeCount, recalled);
    return { ...ranking, complete, explanations };
  }

  /**
   * Spreading activation with the fan effect of ACT-R: what the seeds bring to mind if a node with many edges passes less along each. An edge from
   * j passes S - ln(fan) of j's source activation, its fan being the number of j's edges plus one (more where the edge weighs less than the
   * mean of them, less where it weighs more), and nothing where that is negative; each edge after the first passes decay * (S - ln(fan)) / S of
   * what arrives. A node's activation is the sum over all ways of at most `hops` edges. Decay with time does not matter but to `minWeight`.
   * O(hops * edges of the nodes fewer than `hops` away). Source: Anderson and Lebiere, "The Atomic Components of Thought", 1998.
   * @param seeds ids; those without edges are passed over, and none is in the answer
   */
  spread(seeds: ArrayLike<number>, options: SpreadOptions = NONE): Explained {
    const { k = 10, hops = 2, decay = 0.5, strength = 5, minActivation = 0, minWeight = 0 } = given(options);
    const { seedWeights, types, at, deadlineMs, explain } = options;
    checkInteger("k", k, 0, MOST);
    checkInteger("hops", hops, 1, 255);
    if (checkNumber("decay", decay, 0, 1) === 0) throw badArgument("decay", "a number in (0, 1]", decay);
    if (checkNumber("strength", strength, 0, 100) < 1e-6) throw badArgument("strength", "a number in [1e-6, 100]", strength);
    checkNumber("minActivation", minActivation, 0);
    checkNumber("minWeight", minWeight, 0);
    checkExplain(explain);
    const time = timeOf(at);
    checkSeedWeights(seedWeights, seeds);
    const [n, complete] = this.#within(deadlineMs, "activateOn", () =>
      this.query(
        seeds,
        "seeds",
        types,
        (pointer, filter, shares) =>
          this.k.x.activate(pointer, seeds.length, shares, k, hops, decay, strength, minActivation, filter, minWeight, time),
        seedWeights,
      ),
    );
    const [ids, , scores] = pairs(this.k, this.k.x.topNodes(), n);
    const ranking = { ids, scores };
    return explain === undefined ? { ...ranking, complete } : { ...ranking, complete, explanations: this.#explain(ranking, explain, at) };
  }

  /** How many edges away every node is. O(nodes + edges). */
  bfs(from: ItemId, options: BfsOptions = NONE): Depths {
    const { types, direction, maxDepth = MOST } = given(options);
    checkId("from", from);
    checkInteger("maxDepth", maxDepth, 0, MOST);
    const way = checkWay(direction);
    const n = this.status(() => this.k.x.bfs(from, way, writeMask(this.k, types), maxDepth));
    const p = this.k.x.depthsAt() >>> 2;
    return { depths: this.k.i32.slice(p, p + n), reached: this.k.x.reachedCount() };
  }

  /** The cheapest way to every node, exactly. O(nodes + edges * log(edges)). */
  shortestPaths(from: ItemId, options: PathsOptions = NONE): PathTree {
    const { types, direction, cost = "weight", maxCost = Infinity, at } = given(options);
    checkId("from", from);
    if (cost !== "weight" && cost !== "hops") throw badArgument("cost", '"weight" or "hops"', cost);
    if (typeof maxCost !== "number" || Number.isNaN(maxCost)) throw badArgument("maxCost", "a number >= 0", maxCost, "ERR_NOT_FINITE");
    if (maxCost < 0) throw badArgument("maxCost", "a number >= 0", maxCost);
    const way = checkWay(direction);
    const time = timeOf(at);
    const byHops = cost === "hops" ? 1 : 0;
    const n = this.status(() => this.k.x.sssp(from, way, byHops, writeMask(this.k, types), maxCost, time));
    const d = this.k.x.treeDistances() >>> 3;
    const p = this.k.x.treeParents() >>> 2;
    return { distances: this.k.f64.slice(d, d + n), parents: this.k.i32.slice(p, p + n) };
  }

  protected override status(call: () => number): number {
    let status = super.status(call);
    while (status === UNFINISHED && this.#deadline !== undefined) {
      const deadline = this.#deadline;
      const late = performance.now() >= deadline.until;
      if (late) deadline.complete = false;
      this.k.x.allow(STRIDE);
      status = super.status(() => this.k.x[deadline.next](late ? 1 : 0));
    }
    return status;
  }

  /** Asks with a deadline, if there is one. @returns the answer, and whether it is complete */
  #within<T>(deadlineMs: Milliseconds | undefined, next: Next, ask: () => T): [answer: T, complete: boolean] {
    if (deadlineMs === undefined) return [ask(), true];
    checkNumber("deadlineMs", deadlineMs, 0);
    const deadline = { until: performance.now() + deadlineMs, next, complete: true };
    this.#deadline = deadline;
    try {
      this.k.x.allow(STRIDE);
      return [ask(), deadline.complete];
    } finally {
      this.#deadline = undefined;
      this.k.x.allow(0);
    }
  }

  /** Explains the ranking that was asked for last; without a restart it is one of activation. */
  #explain({ ids }: Ranking, wanted: number, at: Milliseconds | undefined, restart?: number): Explanation[] {
    const n = ids.length;
    // No result has more contributions than edges that reach it.
    const most = Math.min(
      wanted,
      ids.reduce((least, id) => Math.max(least, this.inDegree(id)), 1),
    );
    this.status(() => this.k.x.explain(n, restart === undefined ? 1 : 0, restart ?? 0, most, timeOf(at)));
    return explanationsOf(this.k, this.k.x.explanations(), ids);
  }
}

function checkExplain(explain: number | undefined): void {
  if (explain !== undefined) checkInteger("explain", explain, 1, 0xffff);
}
