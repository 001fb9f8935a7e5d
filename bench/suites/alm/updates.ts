// A graph that changes: a million edges entered, given new weights and taken out in random order, by columns and one by one, and what is
// left of speed and space after that.
import { Alm } from "mfn/alm";
import { permutation } from "../../data.js";
import type { Graph } from "../../graphs.js";
import type { Bench } from "../../harness.js";
import { arrayBytes } from "./memory.js";
import { type Case, meshOf, scaleFree, streets, total } from "./mesh.js";

/** A graph as one writes it without a library: per node a Map from neighbour to weight. */
type Maps = Map<number, Map<number, number>>;

/** Columns of some of a graph's edges. */
export interface Columns {
  from: Int32Array;
  to: Int32Array;
  weights: Float32Array;
}

/** Operations on single edges in one call. */
const SINGLE = 4096;

/** The rows of changes. */
export async function updates(b: Bench): Promise<void> {
  const entry = scaleFree(b);
  await batches(b, entry.graph);
  await singles(b, entry.graph);
  for (const each of [streets(b), entry]) if (each !== undefined) await afterChurn(b, each);
}

/** A share of the graph's edges, in an order of their own. */
export function some({ from, to, weights }: Graph, share: number, seed: number): Columns {
  const order = permutation(from.length, seed).subarray(0, Math.ceil(share * from.length));
  const pick = (column: Int32Array | Float32Array) => Array.from(order, (i) => column[i]);
  return { from: Int32Array.from(pick(from)), to: Int32Array.from(pick(to)), weights: Float32Array.from(pick(weights)) };
}

async function batches(b: Bench, graph: Graph): Promise<void> {
  const n = graph.from.length;
  const label = `${graph.name}, ${n} edges`;
  const peer = "Map of Maps, out only";
  await b.compare({
    case: `enter edges in random order, batch, ${label}`,
    n,
    peer,
    check: () => {
      const mesh = meshOf(graph);
      const held = agree(mesh, mapsOf(graph), graph);
      mesh.dispose();
      return held;
    },
    ours: () => meshOf(graph).dispose(),
    theirs: () => mapsOf(graph),
  });
  const roomy = () => {
    const mesh = Alm.createSync({ capacity: graph.nodes, edges: n });
    const count = mesh.linkMany(graph.from, graph.to, { weights: graph.weights });
    mesh.dispose();
    return count;
  };
  await b.measure({ case: `the same with room made for them, ${label}`, n, check: () => roomy() === n, ours: roomy });

  const mesh = meshOf(graph);
  const maps = mapsOf(graph);
  const every = some(graph, 1, 21);
  const turned = every.weights.toReversed();
  let turn = 0;
  await b.compare({
    case: `set weights in random order, batch, ${label}`,
    n,
    peer,
    check: () => {
      mesh.updateMany(every.from, every.to, turned);
      putAll(maps, { ...every, weights: turned });
      return mesh.weight(every.from[0], every.to[0]) === turned[0] && agree(mesh, maps, graph);
    },
    ours: () => mesh.updateMany(every.from, every.to, turn++ % 2 === 0 ? every.weights : turned),
    theirs: () => putAll(maps, { ...every, weights: turn++ % 2 === 0 ? every.weights : turned }),
  });
  mesh.updateMany(every.from, every.to, every.weights);
  putAll(maps, every);

  // Half of the edges, so that the graph stays one.
  const half = some(graph, 0.5, 22);
  const again = some({ ...graph, ...half }, 1, 23);
  const enter = { ours: () => mesh.linkMany(again.from, again.to, { weights: again.weights }), theirs: () => putAll(maps, again) };
  const remove = { ours: () => mesh.unlinkMany(half.from, half.to), theirs: () => takeAll(maps, half) };
  await b.compare({
    case: `take edges out in random order, batch, ${label}`,
    n: half.from.length,
    peer,
    check: () => {
      const gone = remove.ours();
      remove.theirs();
      return gone === half.from.length && mesh.edgeCount === n - gone && agree(mesh, maps, graph);
    },
    prepare: enter,
    ...remove,
  });
  await b.compare({
    case: `enter them again, batch, ${label}`,
    n: half.from.length,
    peer,
    check: () => {
      enter.ours();
      enter.theirs();
      return mesh.edgeCount === n && agree(mesh, maps, graph);
    },
    prepare: remove,
    ...enter,
  });
  mesh.dispose();
}

async function singles(b: Bench, graph: Graph): Promise<void> {
  const mesh = meshOf(graph);
  const maps = mapsOf(graph);
  const n = Math.min(SINGLE, graph.from.length);
  const all = some(graph, 1, 24);
  let at = 0;
  /** Calls `work` for the next edges of the random order. */
  const every = (work: (u: number, v: number, weight: number) => unknown) => () => {
    for (let i = 0; i < n; i++) {
      work(all.from[at], all.to[at], all.weights[at]);
      at = at + 1 === all.from.length ? 0 : at + 1;
    }
    return at;
  };
  const peer = "Map of Maps, out only";
  const check = () => agree(mesh, maps, graph);
  let sum = 0;
  await b.compare({
    case: `read weights, one by one, ${graph.name}`,
    n,
    peer,
    check,
    ours: every((u, v) => (sum += mesh.weight(u, v)!)),
    theirs: every((u, v) => (sum += maps.get(u)!.get(v)!)),
  });
  await b.compare({
    case: `set weights, one by one, ${graph.name}`,
    n,
    peer,
    check,
    ours: every((u, v, weight) => mesh.update(u, v, weight)),
    theirs: every((u, v, weight) => maps.get(u)!.set(v, weight)),
  });
  await b.compare({
    case: `reinforce, one by one, ${graph.name}`,
    n,
    peer,
    check,
    ours: every((u, v) => mesh.reinforce(u, v, 0.001)),
    theirs: every((u, v) => {
      const out = maps.get(u)!;
      return out.set(v, out.get(v)! + 0.001);
    }),
  });
  await b.compare({
    case: `take out and enter, one by one, ${graph.name}`,
    n: 2 * n,
    peer,
    check: () => mesh.edgeCount === graph.from.length,
    ours: every((u, v, weight) => {
      mesh.unlink(u, v, { type: 0 });
      mesh.link(u, v, { weight });
    }),
    theirs: every((u, v, weight) => {
      const out = maps.get(u)!;
      out.delete(v);
      out.set(v, weight);
    }),
  });
  mesh.dispose();
}

/** Half of the edges out and in again, three times, each in another random order. */
export function churn(mesh: Alm, graph: Graph): void {
  for (let round = 0; round < 3; round++) {
    const half = some(graph, 0.5, 30 + round);
    mesh.unlinkMany(half.from, half.to);
    const back = some({ ...graph, ...half }, 1, 40 + round);
    mesh.linkMany(back.from, back.to, { weights: back.weights });
  }
}

async function afterChurn(b: Bench, { graph, ask }: Case): Promise<void> {
  const mesh = meshOf(graph);
  churn(mesh, graph);
  const compact = meshOf(graph);
  churn(compact, graph);
  compact.compact();
  const n = graph.from.length;
  const { name } = graph;
  const sameEdges = () => mesh.edgeCount === n && compact.edgeCount === n;
  const peer = "the same after compact()";
  await b.compare({
    case: `breadth-first search after churn, ${name}`,
    n: 1,
    unit: "ms",
    peer,
    check: () => sameEdges() && total(mesh.bfs(ask.hub).depths) === total(compact.bfs(ask.hub).depths),
    ours: () => mesh.bfs(ask.hub).reached,
    theirs: () => compact.bfs(ask.hub).reached,
  });
  await b.compare({
    case: `shortest paths to all nodes after churn, ${name}`,
    n: 1,
    unit: "ms",
    peer,
    check: () => sameEdges() && total(mesh.shortestPaths(ask.hub).distances) === total(compact.shortestPaths(ask.hub).distances),
    ours: () => mesh.shortestPaths(ask.hub).distances[0],
    theirs: () => compact.shortestPaths(ask.hub).distances[0],
  });
  const bytes = { unit: "B", ours: mesh.stats().stateBytes / n, higherIsBetter: false, n };
  b.score({ case: `bytes an edge after churn, ${name}`, ...bytes, peer, peerValue: compact.stats().stateBytes / n });
  b.score({
    case: `bytes an edge after churn, ${name}`,
    ...bytes,
    peer: "typed arrays that cannot change",
    peerValue: arrayBytes(graph) / n,
  });
  mesh.dispose();
  compact.dispose();
}

function mapsOf(columns: Columns): Maps {
  const maps: Maps = new Map();
  putAll(maps, columns);
  return maps;
}

function putAll(maps: Maps, { from, to, weights }: Columns): number {
  for (let i = 0; i < from.length; i++) {
    let out = maps.get(from[i]);
    if (out === undefined) {
      out = new Map();
      maps.set(from[i], out);
    }
    out.set(to[i], weights[i]);
  }
  return maps.size;
}

function takeAll(maps: Maps, { from, to }: Columns): number {
  for (let i = 0; i < from.length; i++) maps.get(from[i])!.delete(to[i]);
  return maps.size;
}

/** Whether both hold the same edges. */
function agree(mesh: Alm, maps: Maps, { from, to }: Graph): boolean {
  return from.every((u, i) => mesh.weight(u, to[i]) === maps.get(u)?.get(to[i]));
}

export default updates;
