// Graphs for benchmarks: street networks and the internet's autonomous systems where the public data is, and generated ones that
// are the same on every machine. Each edge comes once and in random order, so that no side is helped by the order of building.
import { permutation, Random, scaleFreeArcs } from "./data.js";
import { dataFile } from "./files.js";

/** Edges as three columns of equal length, without loops and duplicates. */
export interface Graph {
  name: string;
  /** Whether an edge may be followed one way only. */
  directed: boolean;
  /** Nodes are 0 to nodes - 1. */
  nodes: number;
  from: Int32Array;
  to: Int32Array;
  /** Greater than 0. */
  weights: Float32Array;
  /** Where the nodes lie, in the unit of the weights: no edge weighs less than the straight line between its ends. */
  coordinates?: { x: Float64Array; y: Float64Array };
}

/** Arcs as compressed sparse rows: those of node u are `offsets[u]` to `offsets[u + 1] - 1`. An undirected edge is two arcs. */
export interface Csr {
  nodes: number;
  offsets: Int32Array;
  to: Int32Array;
  weights: Float32Array;
  /** Edge that each arc belongs to: its row in the graph's columns. */
  edges: Int32Array;
}

/**
 * A city's streets, undirected; a weight is the straight distance of the ends, at least 1, in the unit of the coordinates. Undefined
 * where the data is not here. Data: OpenStreetMap contributors (ODbL), as extracted for the demo of ngraph.path.
 */
export function roads(city: "amsterdam" | "moscow"): Graph | undefined {
  const places = integers(`roads/${city}.co.bin.gz`);
  const links = integers(`roads/${city}.gr.bin.gz`);
  if (places === undefined || links === undefined) return undefined;
  const nodes = places.length / 2;
  const x = Float64Array.from({ length: nodes }, (_, i) => places[2 * i]);
  const y = Float64Array.from({ length: nodes }, (_, i) => places[2 * i + 1]);
  const count = links.length / 2;
  // Its nodes count from 1.
  const from = Int32Array.from({ length: count }, (_, i) => links[2 * i] - 1);
  const to = Int32Array.from({ length: count }, (_, i) => links[2 * i + 1] - 1);
  const weights = Float32Array.from(from, (u, i) => straight(x, y, u, to[i]));
  const name = `${city[0].toUpperCase()}${city.slice(1)} roads`;
  return { ...distinct({ name, directed: false, nodes, from, to, weights }), coordinates: { x, y } };
}

/**
 * The internet's autonomous systems of September 2007 and their links, undirected, with random delays of 1 to 99. Undefined where the
 * data is not here. Data: CAIDA, from SNAP; Leskovec, Kleinberg and Faloutsos, "Graphs over time", KDD 2005.
 */
export function internet(): Graph | undefined {
  const file = dataFile("graphs/as-caida20070917.txt.gz");
  if (file === undefined) return undefined;
  const rows = new TextDecoder()
    .decode(file)
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => line.split("\t", 2).map(Number));
  const ids = new Map([...new Set(rows.flat())].sort((a, b) => a - b).map((name, id) => [name, id]));
  const from = Int32Array.from(rows, ([u]) => ids.get(u)!);
  const to = Int32Array.from(rows, ([, v]) => ids.get(v)!);
  const random = new Random(11);
  const weights = Float32Array.from(from, () => 1 + random.below(99));
  return distinct({ name: "internet AS", directed: false, nodes: ids.size, from, to, weights });
}

/**
 * A directed graph of few hubs and many leaves: R-MAT with the parameters, the weights (1 to 255) and the shuffled numbering of the GAP
 * benchmark suite. Source: Beamer, Asanovic and Patterson, "The GAP benchmark suite" (2015).
 * @param bits the graph has 2^bits nodes
 * @param edges distinct edges, at most 2^(bits + 3)
 */
export function rmat(bits: number, edges: number, seed = 1): Graph {
  const nodes = 1 << bits;
  const number = permutation(nodes, seed + 1);
  const random = new Random(seed + 2);
  // One in twenty comes twice; a second helping takes what is still missing.
  for (let drawn = Math.ceil(edges * 1.25); ; drawn *= 2) {
    const arcs = scaleFreeArcs(bits, drawn, seed);
    const all = distinct({
      name: "scale-free",
      directed: true,
      nodes,
      from: Int32Array.from(arcs.from, (u) => number[u]),
      to: Int32Array.from(arcs.to, (v) => number[v]),
      weights: Float32Array.from(arcs.from, () => 1 + random.below(255)),
    });
    if (all.from.length < edges) continue;
    const [from, to] = [all.from.slice(0, edges), all.to.slice(0, edges)];
    return { ...all, from, to, weights: all.weights.slice(0, edges) };
  }
}

/** Streets of a made-up city for smoke runs: a lattice of `side` x `side` crossings that lie a little askew; one street in ten is missing. */
export function lattice(side: number, seed = 1): Graph {
  const random = new Random(seed);
  const nodes = side * side;
  const x = new Float64Array(nodes);
  const y = new Float64Array(nodes);
  for (let u = 0; u < nodes; u++) {
    x[u] = Math.round(100 * ((u % side) + 0.6 * random.unit()));
    y[u] = Math.round(100 * (Math.floor(u / side) + 0.6 * random.unit()));
  }
  const from: number[] = [];
  const to: number[] = [];
  for (let u = 0; u < nodes; u++) {
    for (const [v, there] of [
      [u + 1, (u + 1) % side > 0],
      [u + side, u + side < nodes],
    ] as const) {
      if (!there || random.unit() < 0.1) continue;
      from.push(u);
      to.push(v);
    }
  }
  const weights = Float32Array.from(from, (u, i) => straight(x, y, u, to[i]));
  const columns = { from: Int32Array.from(from), to: Int32Array.from(to), weights };
  return { ...distinct({ name: `lattice ${side} x ${side}`, directed: false, nodes, ...columns }), coordinates: { x, y } };
}

/** The arcs of a graph by the node they leave, or, with `reverse`, by the node they lead to. */
export function toCsr({ directed, nodes, from, to, weights }: Graph, reverse = false): Csr {
  const [tails, heads] = reverse ? [to, from] : [from, to];
  const offsets = new Int32Array(nodes + 1);
  for (let i = 0; i < from.length; i++) {
    offsets[tails[i] + 1]++;
    if (!directed) offsets[heads[i] + 1]++;
  }
  for (let u = 0; u < nodes; u++) offsets[u + 1] += offsets[u];
  const next = offsets.slice();
  const arcs = offsets[nodes];
  const csr = { nodes, offsets, to: new Int32Array(arcs), weights: new Float32Array(arcs), edges: new Int32Array(arcs) };
  const put = (u: number, v: number, edge: number) => {
    const at = next[u]++;
    csr.to[at] = v;
    csr.weights[at] = weights[edge];
    csr.edges[at] = edge;
  };
  for (let i = 0; i < from.length; i++) {
    put(tails[i], heads[i], i);
    if (!directed) put(heads[i], tails[i], i);
  }
  return csr;
}

/** The nodes that can be reached from `source`, itself among them, in the order of a breadth-first search. */
export function reachable({ nodes, offsets, to }: Csr, source: number): Int32Array {
  const seen = new Uint8Array(nodes);
  const queue = new Int32Array(nodes);
  queue[0] = source;
  seen[source] = 1;
  let count = 1;
  for (let i = 0; i < count; i++) {
    const u = queue[i];
    for (let a = offsets[u]; a < offsets[u + 1]; a++) {
      if (seen[to[a]] === 1) continue;
      seen[to[a]] = 1;
      queue[count++] = to[a];
    }
  }
  return queue.subarray(0, count);
}

/** Distinct questions to a graph, all with an answer. */
export interface Questions {
  /** A node from which many can be reached, and back. */
  hub: number;
  /** How many nodes can be reached from the hub, itself among them. */
  reached: number;
  /** Pairs of different nodes of the big component, random and distinct: from `from[i]` to `to[i]` there is a path. */
  from: Int32Array;
  to: Int32Array;
}

/**
 * Draws `count` pairs of nodes which reach each other through the hub: of twenty random nodes the one that lies between most pairs.
 * Throws where there are hardly so many pairs.
 */
export function questions(graph: Graph, csr: Csr, count: number, seed = 7): Questions {
  const random = new Random(seed);
  const back = graph.directed ? toCsr(graph, true) : csr;
  let hub = 0;
  let targets = reachable(csr, 0);
  let sources = reachable(back, 0);
  for (let i = 0; i < 20; i++) {
    const node = random.below(graph.nodes);
    const next = reachable(csr, node);
    const before = graph.directed ? reachable(back, node) : next;
    if (next.length * before.length > targets.length * sources.length) [hub, targets, sources] = [node, next, before];
  }
  if (sources.length * targets.length < 2 * count) throw new Error(`${graph.name} has no ${count} pairs with a path`);
  const seen = new Set<number>();
  const from = new Int32Array(count);
  const to = new Int32Array(count);
  for (let i = 0; i < count; ) {
    const u = sources[random.below(sources.length)];
    const v = targets[random.below(targets.length)];
    const key = u * graph.nodes + v;
    if (u === v || seen.has(key)) continue;
    seen.add(key);
    from[i] = u;
    to[i++] = v;
  }
  return { hub, reached: targets.length, from, to };
}

/** Leaves out loops and, undirected, the second of two opposite edges; keeps the first weight; shuffles. */
function distinct(graph: Graph): Graph {
  const { directed, nodes, from, to, weights } = graph;
  const seen = new Set<number>();
  const kept: number[] = [];
  for (const i of permutation(from.length, 3)) {
    const [u, v] = directed || from[i] < to[i] ? [from[i], to[i]] : [to[i], from[i]];
    const key = u * nodes + v;
    if (u === v || seen.has(key)) continue;
    seen.add(key);
    kept.push(i);
  }
  const pick = (column: Int32Array | Float32Array) => kept.map((i) => column[i]);
  return { ...graph, from: Int32Array.from(pick(from)), to: Int32Array.from(pick(to)), weights: Float32Array.from(pick(weights)) };
}

function straight(x: Float64Array, y: Float64Array, u: number, v: number): number {
  return Math.max(1, Math.sqrt((x[u] - x[v]) ** 2 + (y[u] - y[v]) ** 2));
}

/** A file of 32-bit integers. */
function integers(name: string): Int32Array | undefined {
  const bytes = dataFile(name);
  return bytes && new Int32Array(bytes.slice().buffer);
}
