import { notFound } from "../../errors.js";
import type { ItemId, Milliseconds } from "../../types.js";
import { checkId } from "../../wasm/kernel.js";
import { Graph, IN, NONE, OUT, timeOf } from "./graph.js";
import { checkWeight, given, type MeshExports } from "./kernel.js";
import type { AlmStats, Edge, EdgeOptions, NeighbourOptions, Neighbours } from "./types.js";

/** What `Alm` tells and changes of single edges and nodes, beyond what the engine needs. */
export class MeshEdges extends Graph<MeshExports> {
  /** Edges in the graph. */
  get size(): number {
    return this.edgeCount;
  }

  /** Nodes with at least one edge. */
  get nodeCount(): number {
    return this.k.x.nodeCount();
  }

  /** The largest time seen, 0 at first. */
  get now(): Milliseconds {
    return this.k.x.now();
  }

  /** Gives an edge a new weight. O(1). @throws MfnError `ERR_NOT_FOUND` if there is none */
  update(from: ItemId, to: ItemId, weight: number, options: EdgeOptions = NONE): void {
    const { type = 0, at } = given(options);
    this.checkEdge(from, to, type);
    checkWeight("weight", weight);
    const time = timeOf(at);
    if (this.status(() => this.k.x.update(from, to, type, weight, time)) < 0) throw notFound("edge", `${from} -> ${to}, type ${type}`);
  }

  /** Removes an edge, or without a type those of every type. Amortised O(1). @returns how many */
  unlink(from: ItemId, to: ItemId, options: { type?: number } = NONE): number {
    const { type } = given(options);
    this.checkEdge(from, to, type === undefined ? 0 : type);
    try {
      return this.k.x.unlink(from, to, type === undefined ? -1 : type);
    } catch (e) {
      throw this.k.fail(e);
    }
  }

  /** Whether the node has an edge. */
  hasNode(id: ItemId): boolean {
    return this.outDegree(id) > 0 || this.inDegree(id) > 0;
  }

  /** How many edges leave the node, parallel ones counted each. */
  outDegree(id: ItemId): number {
    checkId("id", id);
    return this.k.x.degree(id, OUT);
  }

  /** The edges that reach a node, strongest first. O(degree * log(limit)). */
  into(id: ItemId, options: NeighbourOptions = NONE): Neighbours {
    return this.arcs(id, IN, options);
  }

  /**
   * Every edge, by ascending `from` (in an undirected graph its lower end), a node's edges strongest first. The edges of a node are read when the iterator comes to it, so
   * a graph changed meanwhile gives each node as it then is.
   */
  *edges(): IterableIterator<Edge> {
    let from = 0;
    while (true) {
      const next = this.status(() => this.k.x.nextNode(from, this.k.x.nodeCap()));
      if (next < 0) return;
      const { ids, weights, types } = this.out(next);
      for (let i = 0; i < ids.length; i++) {
        if (this.directed || ids[i] >= next) yield { from: next, to: ids[i], type: types[i], weight: weights[i] };
      }
      from = next + 1;
    }
  }

  /** What the graph holds. */
  override stats(): AlmStats {
    const { x } = this.k;
    return {
      nodes: x.nodeCount(),
      edges: x.edgeCount(),
      capacity: x.nodeCap() >>> 0,
      now: x.now(),
      stateBytes: this.k.stateSize,
      freeBytes: x.arenaFree() >>> 0,
      memoryBytes: this.k.memorySize,
    };
  }
}
