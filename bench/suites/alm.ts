// ALM against graphs of Maps and against typed arrays with the same algorithm, on the shapes that real graphs have: few hubs and many
// leaves, and streets.
import { Alm } from "mfn/alm";
import { gridArcs, Random, scaleFreeArcs } from "../data.js";
import type { Bench } from "../harness.js";

/** A graph as one writes it without a library: per node a Map from neighbour to weight. */
type MapGraph = Map<number, Map<number, number>>;

/** Compressed sparse rows: what a graph that never changes is stored as. */
interface Csr {
  offsets: Int32Array;
  to: Int32Array;
  weights: Float32Array;
}

interface Graph {
  name: string;
  nodes: number;
  from: Int32Array;
  to: Int32Array;
  weights: Float32Array;
}

/** So many that they do not matter: where they do, the baseline's answer is not the best. */
const HOPS = 100;
/** Operations on single edges in one call. */
const OPERATIONS = 4096;

export default async function alm(b: Bench): Promise<void> {
  const bits = b.quick ? 10 : 15;
  const web = scaleFreeArcs(bits, 8 << bits, 1);
  await onGraph(b, distinct(`scale-free 2^${bits}`, 1 << bits, Int32Array.from(web.from), Int32Array.from(web.to), web.weight));
  const side = b.quick ? 30 : 180;
  const streets = gridArcs(side, 2);
  await onGraph(
    b,
    distinct(`grid ${side} x ${side}`, side * side, Int32Array.from(streets.from), Int32Array.from(streets.to), streets.weight),
  );
}

/** Each arc once, in random order of the first, so that building is not helped by the order. */
function distinct(name: string, nodes: number, from: Int32Array, to: Int32Array, weights: Float32Array): Graph {
  const random = new Random(4);
  const seen = new Set<number>();
  const order = Array.from(from.keys()).filter((i) => {
    const key = from[i] * nodes + to[i];
    return !seen.has(key) && seen.add(key);
  });
  for (let i = order.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [order[i], order[j]] = [order[j], order[i]];
  }
  return {
    name,
    nodes,
    from: Int32Array.from(order, (i) => from[i]),
    to: Int32Array.from(order, (i) => to[i]),
    weights: Float32Array.from(order, (i) => weights[i]),
  };
}

async function onGraph(b: Bench, graph: Graph): Promise<void> {
  const { name, nodes, from, to, weights } = graph;
  const count = from.length;
  const build = () => {
    const alm = Alm.createSync();
    alm.linkMany(from, to, { weights });
    return alm;
  };
  const buildMaps = () => {
    const maps: MapGraph = new Map();
    for (let i = 0; i < count; i++) {
      let out = maps.get(from[i]);
      if (out === undefined) {
        out = new Map();
        maps.set(from[i], out);
      }
      out.set(to[i], weights[i]);
    }
    return maps;
  };
  const alm = build();
  const maps = buildMaps();
  const csr = toCsr(graph);

  await b.compare({
    case: `build, ${name}, ${count} edges`,
    n: count,
    peer: "Map of Maps, out only",
    check: () => alm.edgeCount === count && from.every((u, i) => alm.weight(u, to[i]) === maps.get(u)!.get(to[i])),
    ours: () => build().dispose(),
    theirs: buildMaps,
  });
  await changes(b, graph, alm, maps);
  b.score({ case: `bytes an edge, both ways, ${name}`, unit: "B", ours: alm.stats().stateBytes / count, higherIsBetter: false, n: count });

  const random = new Random(5);
  const seeds = Array.from({ length: 64 }, () => from[random.below(count)]);
  const turns = <T>(ask: (seed: number, other: number) => T) => {
    let next = 0;
    return () => ask(seeds[next % 64], seeds[(next++ * 7 + 13) % 64]);
  };

  const twoHops = (seed: number) => alm.kHop([seed]).ids.length;
  const twoHopsOfMaps = (seed: number) => {
    const seen = new Set<number>([seed]);
    for (const near of maps.get(seed)!.keys()) {
      seen.add(near);
      for (const far of maps.get(near)?.keys() ?? []) seen.add(far);
    }
    return seen.size - 1;
  };
  await b.compare({
    case: `two hops, ${name}`,
    n: 1,
    unit: "us",
    peer: "Map of Maps, Set",
    check: () => seeds.every((seed) => twoHops(seed) === twoHopsOfMaps(seed)),
    ours: turns(twoHops),
    theirs: turns(twoHopsOfMaps),
  });

  const cost = (a: number, z: number) => alm.shortestPath(a, z)?.cost ?? Infinity;
  const dijkstra = dijkstraOver(csr, nodes);
  await b.compare({
    case: `shortest path, ${name}`,
    n: 1,
    unit: "us",
    peer: "Dijkstra over typed arrays",
    check: () => seeds.every((a, i) => near(cost(a, seeds[63 - i]), dijkstra(a, seeds[63 - i]))),
    ours: turns(cost),
    theirs: turns(dijkstra),
  });

  const rank = (seed: number) => alm.personalizedPageRank([seed], { k: 20, epsilon: 1e-5 }).ids;
  const push = pushOver(csr, nodes);
  await b.compare({
    case: `personalised PageRank, top 20, ${name}`,
    n: 1,
    unit: "us",
    peer: "forward push over typed arrays",
    // Both stop at the same epsilon but push in another order, so a node or two at the end of the twenty may differ.
    check: () => seeds.reduce((sum, seed) => sum + overlap(rank(seed), push(seed, 20)), 0) / seeds.length >= 0.95,
    ours: turns((seed) => rank(seed)[0]),
    theirs: turns((seed) => push(seed, 20)[0]),
  });

  const recall = (seed: number) => alm.recall([seed], { k: 20, maxHops: HOPS });
  const best = recallOver(csr, nodes);
  await b.compare({
    case: `recall, 20 with their paths, ${name}`,
    n: 1,
    unit: "us",
    peer: "best-first over typed arrays, ids only",
    check: () => seeds.every((seed) => near(recall(seed).at(-1)?.score ?? 0, best(seed, 20, HOPS))),
    ours: turns((seed) => recall(seed).length),
    theirs: turns((seed) => best(seed, 20, HOPS)),
  });
  alm.dispose();
}

/** Reads and changes of single edges. */
async function changes(b: Bench, { name, from, to }: Graph, alm: Alm, maps: MapGraph): Promise<void> {
  const n = Math.min(OPERATIONS, from.length);
  const f = from.slice(0, n);
  const t = to.slice(0, n);
  const every = (work: (u: number, v: number) => unknown) => () => {
    for (let i = 0; i < n; i++) work(f[i], t[i]);
  };
  const same = () => f.every((u, i) => near(alm.weight(u, t[i]) ?? -1, maps.get(u)?.get(t[i]) ?? -1));
  let sum = 0;
  await b.compare({
    case: `read weights, ${name}`,
    n,
    peer: "Map of Maps",
    check: same,
    ours: every((u, v) => (sum += alm.weight(u, v)!)),
    theirs: every((u, v) => (sum += maps.get(u)!.get(v)!)),
  });
  const batch = () => alm.linkMany(f, t);
  const one = every((u, v) => maps.get(u)!.set(v, 1));
  const check = () => {
    batch();
    one();
    return same();
  };
  await b.compare({ case: `set weights, batch, ${name}`, n, peer: "Map of Maps, out only", check, ours: batch, theirs: one });
  await b.compare({
    case: `reinforce, single, ${name}`,
    n,
    peer: "Map of Maps, out only",
    check,
    ours: every((u, v) => alm.reinforce(u, v, 0.001)),
    theirs: every((u, v) => {
      const out = maps.get(u)!;
      return out.set(v, out.get(v)! + 0.001);
    }),
  });
  await b.compare({
    case: `unlink and link, single, ${name}`,
    n: 2 * n,
    peer: "Map of Maps, out only",
    check,
    ours: every((u, v) => {
      alm.unlink(u, v, { type: 0 });
      alm.link(u, v);
    }),
    theirs: every((u, v) => {
      const out = maps.get(u)!;
      out.delete(v);
      out.set(v, 1);
    }),
  });
}

function toCsr({ nodes, from, to, weights }: Graph): Csr {
  const offsets = new Int32Array(nodes + 1);
  for (const u of from) offsets[u + 1]++;
  for (let u = 0; u < nodes; u++) offsets[u + 1] += offsets[u];
  const at = offsets.slice();
  const csr = { offsets, to: new Int32Array(to.length), weights: new Float32Array(to.length) };
  for (let i = 0; i < from.length; i++) {
    const slot = at[from[i]]++;
    csr.to[slot] = to[i];
    // The weights that `changes` leaves behind: its first edges have 1.
    csr.weights[slot] = i < OPERATIONS ? 1 : weights[i];
  }
  return csr;
}

/** A binary heap of numbers by keys; an entry may be pushed again with a smaller key. */
class Heap {
  readonly #keys: number[] = [];
  readonly #ids: number[] = [];

  get size(): number {
    return this.#ids.length;
  }

  clear(): void {
    this.#keys.length = 0;
    this.#ids.length = 0;
  }

  push(key: number, id: number): void {
    const keys = this.#keys;
    const ids = this.#ids;
    let i = ids.length;
    keys.push(key);
    ids.push(id);
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (keys[parent] <= key) break;
      keys[i] = keys[parent];
      ids[i] = ids[parent];
      i = parent;
    }
    keys[i] = key;
    ids[i] = id;
  }

  /** The id of the least key, which is left in `key`. */
  key = 0;
  pop(): number {
    const keys = this.#keys;
    const ids = this.#ids;
    this.key = keys[0];
    const top = ids[0];
    const key = keys.pop()!;
    const id = ids.pop()!;
    const n = ids.length;
    if (n === 0) return top;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= n) break;
      if (child + 1 < n && keys[child + 1] < keys[child]) child++;
      if (keys[child] >= key) break;
      keys[i] = keys[child];
      ids[i] = ids[child];
      i = child;
    }
    keys[i] = key;
    ids[i] = id;
    return top;
  }
}

function dijkstraOver({ offsets, to, weights }: Csr, nodes: number): (from: number, to: number) => number {
  const costs = new Float64Array(nodes).fill(Infinity);
  const touched: number[] = [];
  const heap = new Heap();
  return (a, z) => {
    heap.clear();
    heap.push(0, a);
    costs[a] = 0;
    touched.push(a);
    let found = Infinity;
    while (heap.size > 0) {
      const u = heap.pop();
      const cost = heap.key;
      if (u === z) {
        found = cost;
        break;
      }
      if (cost > costs[u]) continue;
      for (let e = offsets[u]; e < offsets[u + 1]; e++) {
        const v = to[e];
        const next = cost + weights[e];
        if (next >= costs[v]) continue;
        if (costs[v] === Infinity) touched.push(v);
        costs[v] = next;
        heap.push(next, v);
      }
    }
    for (const u of touched) costs[u] = Infinity;
    touched.length = 0;
    return found;
  };
}

function pushOver({ offsets, to, weights }: Csr, nodes: number): (seed: number, k: number) => number[] {
  const reserve = new Float64Array(nodes);
  const residual = new Float64Array(nodes);
  const queued = new Uint8Array(nodes);
  return (seed, k) => {
    const met = [seed];
    const queue = [seed];
    residual[seed] = 1;
    for (let i = 0; i < queue.length; i++) {
      const u = queue[i];
      queued[u] = 0;
      const r = residual[u];
      residual[u] = 0;
      reserve[u] += 0.15 * r;
      let sum = 0;
      for (let e = offsets[u]; e < offsets[u + 1]; e++) sum += weights[e];
      for (let e = offsets[u]; e < offsets[u + 1]; e++) {
        const v = to[e];
        if (residual[v] === 0 && reserve[v] === 0) met.push(v);
        residual[v] += (0.85 * r * weights[e]) / sum;
        if (queued[v] === 0 && residual[v] > 1e-5 * Math.max(1, offsets[v + 1] - offsets[v])) {
          queued[v] = 1;
          queue.push(v);
        }
      }
    }
    const top = met
      .filter((v) => reserve[v] > 0)
      .sort((a, z) => reserve[z] - reserve[a] || a - z)
      .slice(0, k);
    for (const v of met) reserve[v] = residual[v] = 0;
    return top;
  };
}

/** The worth of the k-th best node: the same search as ALM's, without paths and without its care for the number of hops. */
function recallOver({ offsets, to, weights }: Csr, nodes: number): (seed: number, k: number, maxHops: number) => number {
  const worth = new Float64Array(nodes);
  const hops = new Uint8Array(nodes);
  const done = new Uint8Array(nodes);
  const heap = new Heap();
  const met: number[] = [];
  return (seed, k, maxHops) => {
    heap.clear();
    heap.push(-1, seed);
    worth[seed] = 1;
    met.push(seed);
    let found = -1;
    let last = 0;
    while (heap.size > 0 && found < k) {
      const u = heap.pop();
      if (done[u] === 1) continue;
      done[u] = 1;
      if (++found > 0) last = -heap.key;
      if (hops[u] === maxHops) continue;
      for (let e = offsets[u]; e < offsets[u + 1]; e++) {
        const v = to[e];
        const next = worth[u] * Math.min(1, weights[e]) * 0.8;
        if (next <= worth[v]) continue;
        if (worth[v] === 0) met.push(v);
        worth[v] = next;
        hops[v] = hops[u] + 1;
        heap.push(-next, v);
      }
    }
    for (const u of met) worth[u] = hops[u] = done[u] = 0;
    met.length = 0;
    return last;
  };
}

function near(a: number, b: number): boolean {
  return a === b || Math.abs(a - b) <= 1e-5 * Math.max(Math.abs(a), Math.abs(b));
}

function overlap(a: ArrayLike<number>, b: readonly number[]): number {
  if (b.length === 0) return 1;
  const other = new Set(b);
  return Array.from(a).filter((id) => other.has(id)).length / b.length;
}
