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

/** The graph that Alm is, as a Map of edges and the textbook form of every query. Weights are f32 when they are given. */
export class SlowGraph {
  readonly #held = new Map<string, Held>();
  readonly #halfLife: number;
  now = 0;

  constructor(halfLife = Infinity) {
    this.#halfLife = halfLife;
  }

  link(from: number, to: number, type: number, weight: number, at = this.now): boolean {
    this.now = Math.max(this.now, at);
    const isNew = !this.#held.has(`${from} ${to} ${type}`);
    this.#held.set(`${from} ${to} ${type}`, { from, to, type, weight: Math.fround(weight), at });
    return isNew;
  }

  reinforce(from: number, to: number, type: number, delta: number, at = this.now): number {
    const before = this.#held.get(`${from} ${to} ${type}`);
    if (before === undefined && delta < 1e-18) return 0;
    this.now = Math.max(this.now, at);
    const weight = Math.fround((before === undefined ? 0 : this.#aged(before)) + delta * 2 ** ((at - this.now) / this.#halfLife));
    if (weight < 1e-18) {
      this.#held.delete(`${from} ${to} ${type}`);
      return 0;
    }
    this.#held.set(`${from} ${to} ${type}`, { from, to, type, weight: Math.min(weight, Math.fround(1e18)), at: this.now });
    return Math.min(weight, Math.fround(1e18));
  }

  unlink(from: number, to: number, type?: number): number {
    return this.#drop((e) => e.from === from && e.to === to && (type === undefined || e.type === type));
  }

  removeNode(id: number): number {
    return this.#drop((e) => e.from === id || e.to === id);
  }

  weight(from: number, to: number, type: number): number | undefined {
    const held = this.#held.get(`${from} ${to} ${type}`);
    return held && this.#aged(held);
  }

  get size(): number {
    return this.#held.size;
  }

  /** Every edge as of now, in the order of Alm.edges(). */
  edges({ types, minWeight = 0 }: SlowQuery = {}): Edge[] {
    return [...this.#held.values()]
      .map((e) => ({ from: e.from, to: e.to, type: e.type, weight: this.#aged(e) }))
      .filter((e) => (types === undefined || types.includes(e.type)) && e.weight >= minWeight)
      .sort((a, b) => a.from - b.from || b.weight - a.weight || a.to - b.to || a.type - b.type);
  }

  nodes(): number[] {
    return [...new Set(this.edges().flatMap((e) => [e.from, e.to]))].sort((a, b) => a - b);
  }

  #drop(doomed: (e: Edge) => boolean): number {
    const before = this.#held.size;
    for (const [key, e] of this.#held) if (doomed(e)) this.#held.delete(key);
    return before - this.#held.size;
  }

  #aged(e: Held): number {
    return e.weight * 2 ** ((e.at - this.now) / this.#halfLife);
  }
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
