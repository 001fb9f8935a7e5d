import { Alm, type Edge, type MeshOptions, MfnError } from "../../src/alm.js";
import { type Build, wasm } from "../helpers/modules.js";
import { bothWaysOf, SlowGraph, slowDijkstra, slowHops, slowRecall } from "../oracle/graph.js";

/** A half-life in which whole numbers of half-lives are exact: the oracle's powers of two are then those of the kernel. */
export const LIFE = 1000;

/** Rows of a batch. */
export interface Batch {
  from: number[];
  to: number[];
  types: number[];
  weights: number[];
}

/** A mesh and its oracle, changed together; every answer on the way is compared, and what differs ends the test. */
export class Twin {
  readonly mesh: Alm;
  readonly slow: SlowGraph;
  /** Mutations and queries so far, a row of a batch each. */
  operations = 0;
  readonly #directed: boolean;

  constructor(build: Build, options: MeshOptions) {
    this.#directed = options.directed ?? true;
    this.mesh = Alm.createSync({ ...options, wasm: wasm("alm-mesh", build) });
    this.slow = new SlowGraph(options.halfLife, options);
  }

  link(from: number, to: number, type: number, weight: number, at?: number): void {
    this.same("link", this.mesh.link(from, to, { type, weight, at }), this.slow.link(from, to, type, weight, at));
  }

  reinforce(from: number, to: number, type: number, delta: number, at?: number): void {
    this.same("reinforce", this.mesh.reinforce(from, to, delta, { type, at }), this.slow.reinforce(from, to, type, delta, at));
  }

  update(from: number, to: number, type: number, weight: number, at?: number): void {
    const done = wasFound(() => this.mesh.update(from, to, weight, { type, at }));
    this.same("update", done, this.slow.update(from, to, type, weight, at));
  }

  unlink(from: number, to: number, type?: number): void {
    this.same("unlink", this.mesh.unlink(from, to, { type }), this.slow.unlink(from, to, type));
  }

  removeNode(id: number): void {
    this.same("removeNode", this.mesh.removeNode(id), this.slow.removeNode(id));
  }

  linkMany({ from, to, types, weights }: Batch, at?: number): void {
    const time = at ?? this.slow.now;
    let added = 0;
    for (let i = 0; i < from.length; i++) if (this.slow.link(from[i], to[i], types[i], weights[i], time)) added++;
    this.slow.now = Math.max(this.slow.now, time);
    this.same("linkMany", this.mesh.linkMany(from, to, { types, weights, at }), added, from.length);
  }

  reinforceMany({ from, to, types, weights }: Batch, at?: number): void {
    const time = at ?? this.slow.now;
    const before = this.slow.size;
    for (let i = 0; i < from.length; i++) this.slow.reinforce(from[i], to[i], types[i], weights[i], time);
    this.slow.now = Math.max(this.slow.now, time);
    // Without a limit of edges none is removed meanwhile.
    this.same("reinforceMany", this.mesh.reinforceMany(from, to, weights, { types, at }), this.slow.size - before, from.length);
  }

  updateMany({ from, to, types, weights }: Batch, at?: number): void {
    const time = at ?? this.slow.now;
    const there = from.every((id, i) => this.slow.weight(id, to[i], types[i]) !== undefined);
    const done = wasFound(() => this.same("updateMany", this.mesh.updateMany(from, to, weights, { types, at }), from.length));
    this.same("updateMany finds", done, there, from.length);
    if (there) this.slow.now = Math.max(this.slow.now, time);
    if (there) for (let i = 0; i < from.length; i++) this.slow.update(from[i], to[i], types[i], weights[i], time);
  }

  unlinkMany({ from, to, types }: Batch): void {
    let removed = 0;
    for (let i = 0; i < from.length; i++) removed += this.slow.unlink(from[i], to[i], types[i]);
    this.same("unlinkMany", this.mesh.unlinkMany(from, to, { types }), removed, from.length);
  }

  /** What the mesh says of an edge and of the nodes at it. */
  ask(from: number, to: number, type: number): void {
    this.same("weight", this.mesh.weight(from, to, { type }), this.slow.weight(from, to, type));
    this.same("outDegree", this.mesh.outDegree(from), this.slow.outDegree(from));
    this.same("inDegree", this.mesh.inDegree(to), this.slow.inDegree(to));
  }

  /** All edges at a node. */
  askNode(id: number): void {
    const out = this.mesh.out(id);
    const into = this.mesh.into(id);
    this.same(
      "out",
      list(out.ids, out),
      list(
        this.slow.out(id).map((e) => e.to),
        columns(this.slow.out(id)),
      ),
    );
    this.same(
      "into",
      list(into.ids, into),
      list(
        this.slow.into(id).map((e) => e.from),
        columns(this.slow.into(id)),
      ),
    );
    this.same("hasNode", this.mesh.hasNode(id), out.ids.length + into.ids.length > 0);
  }

  /** All edges, as they are listed and as columns. */
  askAll(): Edge[] {
    const edges = this.slow.edges();
    this.same("edges", JSON.stringify([...this.mesh.edges()]), JSON.stringify(edges));
    this.same("edgeCount", this.mesh.edgeCount, edges.length);
    this.same("nodeCount", this.mesh.nodeCount, this.slow.nodeCount);
    this.same("now", this.mesh.now, this.slow.now);
    const { from, to, types, weights } = this.mesh.columns();
    const rows = Array.from(from, (id, i) => `${id} ${to[i]} ${types[i]} ${weights[i]}`);
    this.same(
      "columns",
      rows.sort().join(),
      edges
        .map((e) => `${e.from} ${e.to} ${e.type} ${e.weight}`)
        .sort()
        .join(),
    );
    return edges;
  }

  /** Searches from a node against the textbook. */
  search(edges: readonly Edge[], from: number, to: number, byHops: boolean): void {
    const steps = this.#directed ? edges : bothWaysOf(edges);
    const hood = this.mesh.kHop([from], { hops: 2, minWeight: 0.25 });
    const wanted = slowHops(
      steps.filter((e) => e.weight >= 0.25),
      [from],
      2,
      "out",
    );
    this.same("kHop", pairsOf([...hood.ids].map((id, i) => [id, hood.hops[i]])), pairsOf([...wanted]));
    const cost = this.mesh.shortestPath(from, to, { cost: byHops ? "hops" : "weight" })?.cost;
    const want = this.slow.outDegree(to) + this.slow.inDegree(to) === 0 ? undefined : slowDijkstra(steps, from, byHops).get(to);
    const isNode = this.slow.outDegree(from) + this.slow.inDegree(from) > 0;
    if (!near(cost, isNode ? want : undefined)) throw new Error(`shortestPath ${from} -> ${to}: ${cost}, not ${want}`);
    const strong = steps.filter((e) => e.weight >= 0.25);
    const recalled = this.mesh.recall([from], { k: 10_000, maxHops: 2, hopDecay: 0.5, minWeight: 0.25 });
    const worth = slowRecall(strong, [from], 0.5, 2, false);
    this.same("recall", pairsOf(recalled.map(({ id, score }) => [id, score])), pairsOf([...worth]));
  }

  /** Fails unless two answers are the same. */
  same(what: string, got: unknown, want: unknown, operations = 1): void {
    this.operations += operations;
    if (!Object.is(got, want)) throw new Error(`after ${this.operations} operations, ${what}: ${got}, not ${want}`);
  }
}

/** False where the call throws that there is no such edge. */
function wasFound(call: () => void): boolean {
  try {
    call();
    return true;
  } catch (e) {
    if (e instanceof MfnError && e.code === "ERR_NOT_FOUND") return false;
    throw e;
  }
}

function list(ids: ArrayLike<number>, { weights, types }: { weights: ArrayLike<number>; types: ArrayLike<number> }): string {
  return Array.from(ids, (id, i) => `${id} ${types[i]} ${weights[i]}`).join();
}

function columns(edges: readonly { weight: number; type: number }[]): { weights: number[]; types: number[] } {
  return { weights: edges.map((e) => e.weight), types: edges.map((e) => e.type) };
}

function pairsOf(pairs: (readonly [number, number])[]): string {
  return pairs
    .map(([id, value]) => `${id}: ${value}`)
    .sort()
    .join();
}

function near(a: number | undefined, b: number | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && Math.abs(a - b) <= 1e-12 * b);
}
