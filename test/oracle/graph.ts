import type { Edge } from "../../src/alm.js";

interface Held extends Edge {
  /** When the weight was given. */
  at: number;
}

/** What `SlowGraph`'s queries take. */
export interface SlowQuery {
  types?: readonly number[];
  minWeight?: number;
}

/** How a `SlowGraph` differs from a directed one without limits. */
export interface SlowOptions {
  directed?: boolean;
  maxDegree?: number;
}

/** Ids below this. */
const IDS = 2 ** 21;

/** The graph that Alm is, as a Map of edges and the textbook form of every query. Weights are f32 when they are given. */
export class SlowGraph {
  readonly #held = new Map<number, Held>();
  /** The edges at each node: of their keys those that leave it, or in an undirected graph all; and those that reach it. */
  readonly #out = new Map<number, Set<number>>();
  readonly #into = new Map<number, Set<number>>();
  readonly #halfLife: number;
  readonly #directed: boolean;
  readonly #maxDegree: number;
  now = 0;

  constructor(halfLife = Infinity, { directed = true, maxDegree = Infinity }: SlowOptions = {}) {
    this.#halfLife = halfLife;
    this.#directed = directed;
    this.#maxDegree = maxDegree;
  }

  link(from: number, to: number, type: number, weight: number, at = this.now): boolean {
    this.now = Math.max(this.now, at);
    return this.#put(from, to, type, Math.fround(weight), at);
  }

  /** Gives an edge a new weight. @returns whether it is there */
  update(from: number, to: number, type: number, weight: number, at = this.now): boolean {
    if (!this.#held.has(this.#key(from, to, type))) return false;
    this.link(from, to, type, weight, at);
    return true;
  }

  reinforce(from: number, to: number, type: number, delta: number, at = this.now): number {
    const key = this.#key(from, to, type);
    const before = this.#held.get(key);
    if (before === undefined && delta < 1e-18) return 0;
    this.now = Math.max(this.now, at);
    const weight = Math.fround((before === undefined ? 0 : this.#aged(before)) + delta * 2 ** ((at - this.now) / this.#halfLife));
    if (weight < 1e-18) {
      this.#drop(key);
      return 0;
    }
    this.#put(from, to, type, Math.min(weight, Math.fround(1e18)), this.now);
    return Math.min(weight, Math.fround(1e18));
  }

  unlink(from: number, to: number, type?: number): number {
    if (type !== undefined) return this.#drop(this.#key(from, to, type));
    let n = 0;
    for (let each = 0; each < 256; each++) n += this.#drop(this.#key(from, to, each));
    return n;
  }

  removeNode(id: number): number {
    let n = 0;
    for (const key of [...(this.#out.get(id) ?? []), ...(this.#into.get(id) ?? [])]) n += this.#drop(key);
    return n;
  }

  weight(from: number, to: number, type: number): number | undefined {
    const held = this.#held.get(this.#key(from, to, type));
    return held && this.#aged(held);
  }

  get size(): number {
    return this.#held.size;
  }

  get nodeCount(): number {
    let n = this.#out.size;
    for (const id of this.#into.keys()) if (!this.#out.has(id)) n++;
    return n;
  }

  outDegree(id: number): number {
    return this.#out.get(id)?.size ?? 0;
  }

  inDegree(id: number): number {
    return (this.#directed ? this.#into : this.#out).get(id)?.size ?? 0;
  }

  /** The edges that leave a node, or in an undirected graph are at it, in the order of Alm.out(): from the node to the other end. */
  out(id: number): Edge[] {
    return this.#at(this.#out.get(id), id, false);
  }

  /** The edges that reach a node, in the order of Alm.into(): from the other end to the node. */
  into(id: number): Edge[] {
    return this.#at((this.#directed ? this.#into : this.#out).get(id), id, true);
  }

  /** Every edge as of now, in the order of Alm.edges(). */
  edges({ types, minWeight = 0 }: SlowQuery = {}): Edge[] {
    return [...this.#held.values()]
      .map((e) => ({ from: e.from, to: e.to, type: e.type, weight: this.#aged(e) }))
      .filter((e) => (types === undefined || types.includes(e.type)) && e.weight >= minWeight)
      .sort((a, b) => a.from - b.from || b.weight - a.weight || a.to - b.to || a.type - b.type);
  }

  nodes(): number[] {
    return [...new Set([...this.#out.keys(), ...this.#into.keys()])].sort((a, b) => a - b);
  }

  /** The two ends of an undirected edge mean the same. */
  #key(from: number, to: number, type: number): number {
    const [a, z] = this.#directed || from < to ? [from, to] : [to, from];
    return (a * IDS + z) * 256 + type;
  }

  #put(from: number, to: number, type: number, weight: number, at: number): boolean {
    const key = this.#key(from, to, type);
    const held = this.#held.get(key);
    if (held !== undefined) {
      held.weight = weight;
      held.at = at;
      return false;
    }
    if (from >= IDS || to >= IDS) throw new Error(`SlowGraph: an id beyond ${IDS}`);
    const [a, z] = this.#directed || from < to ? [from, to] : [to, from];
    this.#held.set(key, { from: a, to: z, type, weight, at });
    noted(this.#out, from).add(key);
    noted(this.#directed ? this.#into : this.#out, to).add(key);
    this.#evict(from, key);
    if (!this.#directed) this.#evict(to, key);
    return true;
  }

  /** Where a node has more edges than the limit, the weakest but the new one gives way, of equal ones that to the largest id. */
  #evict(id: number, key: number): void {
    const edges = this.#out.get(id) as Set<number>;
    if (edges.size <= this.#maxDegree) return;
    const others = this.#at(edges, id, false).filter(({ from, to, type }) => this.#key(from, to, type) !== key);
    const { from, to, type } = others[others.length - 1];
    this.#drop(this.#key(from, to, type));
  }

  #at(keys: Set<number> = new Set(), id: number, reaching: boolean): Edge[] {
    const other = (e: Held) => (e.from === id ? e.to : e.from);
    return [...keys]
      .map((key) => this.#held.get(key) as Held)
      .map((e) => {
        const [from, to] = reaching ? [other(e), id] : [id, other(e)];
        return { from, to, type: e.type, weight: this.#aged(e) };
      })
      .sort((a, b) => b.weight - a.weight || a.from - b.from || a.to - b.to || a.type - b.type);
  }

  #drop(key: number): number {
    const held = this.#held.get(key);
    if (held === undefined) return 0;
    this.#held.delete(key);
    this.#leave(this.#out, held.from, key);
    this.#leave(this.#directed ? this.#into : this.#out, held.to, key);
    return 1;
  }

  #leave(lists: Map<number, Set<number>>, id: number, key: number): void {
    const list = lists.get(id);
    list?.delete(key);
    if (list?.size === 0) lists.delete(id);
  }

  #aged(e: Held): number {
    return e.weight * 2 ** ((e.at - this.now) / this.#halfLife);
  }
}

/** Both ways of undirected edges, as a search may follow them. */
export function bothWaysOf(edges: readonly Edge[]): Edge[] {
  return edges.flatMap((e) => (e.from === e.to ? [e] : [e, { ...e, from: e.to, to: e.from }]));
}

function noted(lists: Map<number, Set<number>>, id: number): Set<number> {
  let list = lists.get(id);
  if (list === undefined) {
    list = new Set();
    lists.set(id, list);
  }
  return list;
}

/** Hops from the nearest seed of every node within `hops`, seeds left out. */
export function slowHops(
  edges: readonly Edge[],
  seeds: readonly number[],
  hops: number,
  direction: "out" | "in" | "both",
): Map<number, number> {
  const found = new Map<number, number>();
  let level = new Set(seeds);
  for (let depth = 1; depth <= hops; depth++) {
    const next = new Set<number>();
    for (const e of edges) {
      if (direction !== "in" && level.has(e.from)) next.add(e.to);
      if (direction !== "out" && level.has(e.to)) next.add(e.from);
    }
    for (const id of next) if (seeds.includes(id) || found.has(id)) next.delete(id);
    for (const id of next) found.set(id, depth);
    level = next;
  }
  return found;
}

/** Worth of every node that some path of at most `maxHops` edges reaches: all paths, by dynamic programming over their lengths. */
export function slowRecall(
  edges: readonly Edge[],
  seeds: readonly number[],
  hopDecay: number,
  maxHops: number,
  byShare: boolean,
  sumOver = edges,
): Map<number, number> {
  const worth = new Map<number, number>();
  const sums = new Map<number, number>();
  for (const e of sumOver) sums.set(e.from, (sums.get(e.from) ?? 0) + e.weight);
  let ends = new Map(seeds.map((s) => [s, 1]));
  for (let hops = 1; hops <= maxHops; hops++) {
    const next = new Map<number, number>();
    for (const e of edges) {
      const before = ends.get(e.from);
      if (before === undefined) continue;
      const strength = Math.min(1, byShare ? e.weight * (1 / sums.get(e.from)!) : e.weight);
      const value = Math.fround(before * (strength * hopDecay));
      if (value > (next.get(e.to) ?? 0)) next.set(e.to, value);
    }
    for (const [id, value] of next) if (!seeds.includes(id) && value > (worth.get(id) ?? 0)) worth.set(id, value);
    ends = next;
  }
  return worth;
}

/** Dijkstra's algorithm with an array: cost from one node to every node it reaches. */
export function slowDijkstra(edges: readonly Edge[], from: number, byHops: boolean, avoid: readonly number[] = []): Map<number, number> {
  const costs = new Map<number, number>();
  if (avoid.includes(from)) return costs;
  const open = new Map([[from, 0]]);
  const out = new Map<number, Edge[]>();
  for (const e of edges) {
    if (!out.has(e.from)) out.set(e.from, []);
    out.get(e.from)!.push(e);
  }
  while (open.size > 0) {
    let node = -1;
    let cost = Infinity;
    for (const [id, c] of open) if (c < cost) [node, cost] = [id, c];
    open.delete(node);
    costs.set(node, cost);
    for (const e of out.get(node) ?? []) {
      if (costs.has(e.to) || avoid.includes(e.to)) continue;
      const next = cost + (byHops ? 1 : e.weight);
      if (next < (open.get(e.to) ?? Infinity)) open.set(e.to, next);
    }
  }
  return costs;
}

/** Personalised PageRank by power iteration over all nodes; where no edge leads on the walk starts again at the seeds. */
export function slowPageRank(edges: readonly Edge[], starts: ReadonlyMap<number, number>, restart: number): Map<number, number> {
  const sums = new Map<number, number>();
  for (const e of edges) sums.set(e.from, (sums.get(e.from) ?? 0) + e.weight);
  const total = [...starts.values()].reduce((a, b) => a + b, 0);
  const start = new Map([...starts].map(([id, w]) => [id, w / total]));
  let rank = new Map(start);
  for (let round = 0, change = 1; change > 1e-14 && round < 5000; round++) {
    const next = new Map<number, number>();
    let stuck = 0;
    for (const [id, r] of rank) if (!sums.has(id)) stuck += r;
    for (const [id, s] of start) next.set(id, (restart + (1 - restart) * stuck) * s);
    for (const e of edges) {
      const r = rank.get(e.from);
      if (r !== undefined) next.set(e.to, (next.get(e.to) ?? 0) + ((1 - restart) * r * e.weight) / sums.get(e.from)!);
    }
    change = 0;
    for (const id of new Set([...rank.keys(), ...next.keys()])) change += Math.abs((rank.get(id) ?? 0) - (next.get(id) ?? 0));
    rank = next;
  }
  return rank;
}
