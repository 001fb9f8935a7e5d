import { badArgument, MfnError } from "../../errors.js";
import type { ItemId } from "../../types.js";
import { checkId, checkIds, checkInteger, checkList, checkNumber, NO_MEMORY } from "../../wasm/kernel.js";
import { given } from "./kernel.js";
import { MeshQueries } from "./queries.js";
import { readPath, readPaths, type WayInput, writeInput } from "./route-input.js";
import type { DisjointPairOptions, KShortestPathsOptions, PathPair, ShortestPathOptions, WayOptions } from "./route-options.js";
import type { Path } from "./types.js";

export type * from "./route-options.js";

/** Default of every options argument. */
const NONE = Object.freeze({});
/** See assembly/alm/mesh/way.ts. */
const ALGORITHMS = { dijkstra: 0, bidirectional: 1, astar: 2, auto: 3 };
/** How many paths are searched at first. */
const FIRST_PATHS = 4;
const MOST_PATHS = 0x2000_0000;
/** The most distances of a matrix: 2 GiB. */
export const MOST_DISTANCES = 0x1000_0000;

/**
 * The ways between nodes of a live mesh: the part of `Alm` that routes. All answers are exact and of the graph as it is: costs are sums
 * of the edges' weights in f64. Of parallel edges the cheapest is taken; loops are in no path. From a node to itself leads a
 * path without edges. To or from a node without edges, or one to be avoided, there is none.
 */
export class MeshRoutes extends MeshQueries {
  /**
   * Says where nodes lie, so that searches go straight for their end: coordinates of the ids from 0 on. Weights need not be distances: what an edge
   * weighs at least for the distance of its ends is measured, and kept right with every change. Where weights rise, or a short edge goes, the bound is not raised
   * before the next call, `compact()` or large batch; answers are exact all the same. Coordinates are part of the state and of snapshots, 16 bytes an id.
   * O(nodes + edges).
   * @param x numbers in any unit: 0, or between 1e-130 and 1e150 in size, so that squares of differences are exact enough; undefined ends the use of
   *   coordinates
   * @param y as many
   */
  setCoordinates(x: ArrayLike<number> | undefined, y?: ArrayLike<number>): void {
    const n = x === undefined ? 0 : checkList("x", x);
    if ((y === undefined ? 0 : checkList("y", y)) !== n) throw badArgument("y", `${n} numbers, as in x`, y);
    for (let i = 0; i < n; i++) {
      checkCoordinate(`x[${i}]`, (x as ArrayLike<number>)[i]);
      checkCoordinate(`y[${i}]`, (y as ArrayLike<number>)[i]);
    }
    try {
      const pointer = this.k.x.placeRoom(n) >>> 0;
      if (n === 0) return;
      if (pointer === 0) throw this.k.full(n * 16);
      const view = this.k.f64;
      for (let i = 0, p = pointer >>> 3; i < n; i++, p += 2) {
        view[p] = (x as ArrayLike<number>)[i];
        view[p + 1] = (y as ArrayLike<number>)[i];
      }
      this.k.x.measure();
    } catch (e) {
      throw this.k.fail(e);
    }
  }

  /**
   * The cheapest path from one node to another, exactly; undefined if there is none.
   * O(a log a) for the a edges of the nodes that are nearer to either end than about half the path; with coordinates mostly far fewer.
   */
  override shortestPath(from: ItemId, to: ItemId, options: ShortestPathOptions = NONE): Path | undefined {
    const { algorithm = "auto" } = given(options);
    if (!Object.hasOwn(ALGORITHMS, algorithm)) throw badArgument("algorithm", '"auto", "dijkstra", "bidirectional" or "astar"', algorithm);
    return this.#ask(from, to, options, ({ byHops, filter, pointer, avoid, bar, maxCost, at }) => {
      const n = this.k.x.way(from, to, ALGORITHMS[algorithm], byHops, filter, pointer, avoid, bar, maxCost, at);
      if (n < 0) throw this.k.full();
      return n === 0 ? undefined : readPath(this.k, this.k.x.routed() >>> 0, 8, n);
    });
  }

  /**
   * What the cheapest paths from a node to others cost, in their order; Infinity where there is none. The search ends when it has come to all of
   * them. O(a log a) for the a edges of the nodes that are no farther than the farthest of these.
   */
  distances(from: ItemId, targets: ArrayLike<ItemId>, options: WayOptions = NONE): Float64Array {
    checkId("from", from);
    checkIds("targets", targets);
    return this.#distances(from, targets, options);
  }

  /**
   * What the cheapest paths from each source to each target cost, Infinity where there is none, row by row: from `sources[i]` to `targets[j]` it is
   * in place `i * targets.length + j`.
   */
  distanceMatrix(sources: ArrayLike<ItemId>, targets: ArrayLike<ItemId>, options: WayOptions = NONE): Float64Array {
    const rows = checkIds("sources", sources);
    const columns = checkIds("targets", targets);
    if (rows * columns > MOST_DISTANCES) throw this.k.full(rows * columns * 8);
    const matrix = new Float64Array(rows * columns);
    for (let i = 0; i < rows; i++) matrix.set(this.#distances(sources[i], targets, options), i * columns);
    return matrix;
  }

  /**
   * The paths from one node to another that come to no node twice, the cheapest first. Paths are the same if they have the same nodes: of parallel edges the
   * cheapest is taken. Paths are searched when they are asked for, a few at first and then twice as many each time; a path of n nodes costs up to n
   * searches.
   * @throws MfnError `ERR_CHANGED` from the iterator, if the graph was changed since the first path and more have to be searched
   */
  kShortestPaths(from: ItemId, to: ItemId, options: KShortestPathsOptions = NONE): Generator<Path, void, undefined> {
    const { k = MOST_PATHS } = given(options);
    checkId("from", from);
    checkId("to", to);
    checkInteger("k", k, 0, MOST_PATHS);
    return this.#cheapest(from, to, k, options);
  }

  *#cheapest(from: ItemId, to: ItemId, k: number, options: WayOptions): Generator<Path, void, undefined> {
    const given = new Set<string>();
    let version: string | undefined;
    for (let wanted = Math.min(k, FIRST_PATHS); given.size < k; wanted = Math.min(k, 2 * wanted)) {
      const now = `${this.restores} ${this.k.x.changes()} ${options.at === undefined ? this.now : ""}`;
      if (now !== (version ?? now)) throw new MfnError("ERR_CHANGED", "kShortestPaths: the graph was changed; ask anew");
      version = now;
      const paths = this.#paths(from, to, wanted, options);
      // Among equals, other ones may have come first when fewer were wanted.
      for (const path of paths) {
        const name = wanted === k && given.size === 0 ? "" : path.path.join();
        if (name !== "" && given.has(name)) continue;
        given.add(name === "" ? `${given.size}` : name);
        yield path;
      }
      if (paths.length < wanted || wanted === k) return;
    }
  }

  /**
   * Two paths from one node to another that share no edge, or no node but their ends, of least total cost; undefined if there is no such pair. Both directions of an
   * undirected edge are one edge; parallel edges of different types are different edges. From a node to itself lead two paths without edges.
   * O(a log a) for the a edges of the nodes that are no farther than the end, twice.
   */
  disjointPair(from: ItemId, to: ItemId, options: DisjointPairOptions = NONE): PathPair | undefined {
    const { by = "edge" } = given(options);
    if (by !== "edge" && by !== "node") throw badArgument("by", '"edge" or "node"', by);
    return this.#ask(from, to, options, ({ byHops, filter, pointer, avoid, bar, maxCost, at }) => {
      const n = this.k.x.disjointPair(from, to, by === "node" ? 1 : 0, byHops, filter, pointer, avoid, bar, maxCost, at);
      if (n < 0) throw this.k.full();
      return n === 0 ? undefined : (readPaths(this.k, this.k.x.disjointPairAt() >>> 0, n) as PathPair);
    });
  }

  #paths(from: ItemId, to: ItemId, k: number, options: WayOptions): Path[] {
    return this.#ask(from, to, options, ({ byHops, filter, pointer, avoid, bar, maxCost, at }) => {
      const n = this.k.x.kPaths(from, to, k, byHops, filter, pointer, avoid, bar, maxCost, at);
      if (n < 0) throw this.k.full();
      return readPaths(this.k, this.k.x.kPathsAt() >>> 0, n);
    });
  }

  #distances(from: ItemId, targets: ArrayLike<ItemId>, options: WayOptions): Float64Array {
    try {
      const { byHops, filter, pointer, avoid, bar, maxCost, at } = writeInput(this.k, options, targets);
      const n = this.k.x.distances(from, byHops, filter, pointer, avoid, bar, targets.length, maxCost, at);
      if (n === NO_MEMORY) throw this.k.full();
      const place = this.k.x.distancesAt() >>> 3;
      return this.k.f64.slice(place, place + n);
    } catch (e) {
      throw this.k.fail(e);
    }
  }

  #ask<T>(from: ItemId, to: ItemId, options: WayOptions, call: (input: WayInput) => T): T {
    checkId("from", from);
    checkId("to", to);
    try {
      return call(writeInput(this.k, options));
    } catch (e) {
      throw this.k.fail(e);
    }
  }
}

/** Refuses coordinates whose differences, squared, would leave an f64. */
function checkCoordinate(name: string, value: number): void {
  checkNumber(name, value);
  const size = Math.abs(value);
  if (size !== 0 && !(size >= 1e-130 && size <= 1e150)) throw badArgument(name, "0, or a number between 1e-130 and 1e150 in size", value);
}
