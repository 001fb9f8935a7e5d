// A live graph beside searches over typed arrays, which cannot change, and over Maps, which can.
import { Alm } from "mfn/alm";
import { type Csr, type Graph, lattice, questions, rmat, toCsr } from "../../../../bench/graphs.js";
import { bfsOver, hopsOver, routeOver } from "../../../../bench/suites/alm/baseline/search.js";
import type { Work } from "../sample.js";

/** Questions in a stream: a sample goes on where the last one stopped. */
const PAIRS = 256;

function meshOf({ directed, from, to, weights }: Graph): Alm {
  const mesh = Alm.createSync({ directed });
  mesh.linkMany(from, to, { weights });
  return mesh;
}

/** Equal but for the order in which weights were added up. */
function near(a: number, z: number): boolean {
  return Math.abs(a - z) <= 1e-6 * Math.max(1, Math.abs(a), Math.abs(z));
}

const streets = () => lattice(80);

export function route(): Work {
  const graph = streets();
  const mesh = meshOf(graph);
  const csr = toCsr(graph);
  const { from, to } = questions(graph, csr, PAIRS);
  const dijkstra = routeOver(csr);
  const ours = (i: number) => mesh.shortestPath(from[i], to[i])?.cost ?? Infinity;
  let mine = 0;
  let other = 0;
  return {
    n: 1,
    check: () => from.every((u, i) => near(ours(i), dijkstra(u, to[i]))),
    ours: () => ours(mine++ % PAIRS),
    theirs: () => {
      const i = other++ % PAIRS;
      return dijkstra(from[i], to[i]);
    },
    dispose: () => mesh.dispose(),
  };
}

/** Breadth first over all streets from changing crossings, against a search of another kind. */
function breadthFirst(over: (csr: Csr) => (source: number) => ArrayLike<number>): Work {
  const graph = streets();
  const mesh = meshOf(graph);
  const csr = toCsr(graph);
  const plain = over(csr);
  const { from } = questions(graph, csr, PAIRS);
  let mine = 0;
  let other = 0;
  return {
    n: 1,
    check: () =>
      from.subarray(0, 8).every((source) => {
        const expected = plain(source);
        return mesh.bfs(source).depths.every((depth, u) => depth === expected[u]);
      }),
    ours: () => mesh.bfs(from[mine++ % PAIRS]).reached,
    theirs: () => plain(from[other++ % PAIRS])[0],
    dispose: () => mesh.dispose(),
  };
}

export const bfs = (): Work => breadthFirst(bfsOver);
export const bfsMap = (): Work => breadthFirst(bfsOverMap);

/** Breadth first over a Map of arrays of neighbours. */
function bfsOverMap({ nodes, offsets, to }: Csr): (source: number) => number[] {
  const neighbours = new Map(Array.from({ length: nodes }, (_, u) => [u, Array.from(to.subarray(offsets[u], offsets[u + 1]))]));
  return (source) => {
    const depths = new Array<number>(nodes).fill(-1);
    depths[source] = 0;
    const queue = [source];
    for (const u of queue) {
      for (const v of neighbours.get(u) ?? []) {
        if (depths[v] >= 0) continue;
        depths[v] = depths[u] + 1;
        queue.push(v);
      }
    }
    return depths;
  };
}

export function hops(): Work {
  const graph = rmat(10, 6000);
  const mesh = meshOf(graph);
  const csr = toCsr(graph);
  const plain = hopsOver(csr, 2);
  const { from } = questions(graph, csr, PAIRS);
  const ours = (seed: number) => mesh.kHop([seed], { hops: 2 }).ids.length;
  let mine = 0;
  let other = 0;
  return {
    n: 1,
    check: () => from.every((seed) => ours(seed) === plain(seed)),
    ours: () => ours(from[mine++ % PAIRS]),
    theirs: () => plain(from[other++ % PAIRS]),
    dispose: () => mesh.dispose(),
  };
}

export function link(): Work {
  const graph = rmat(11, 12_000);
  const { nodes, from, to, weights } = graph;
  const ours = () => {
    const mesh = meshOf(graph);
    const { edgeCount } = mesh;
    mesh.dispose();
    return edgeCount;
  };
  const build = () => {
    const out = new Map<number, Map<number, number>>();
    for (let i = 0; i < from.length; i++) {
      let edges = out.get(from[i]);
      if (edges === undefined) {
        edges = new Map();
        out.set(from[i], edges);
      }
      edges.set(to[i], weights[i]);
    }
    return out;
  };
  const check = () => {
    const mesh = meshOf(graph);
    const out = build();
    const same = Array.from({ length: nodes }, (_, u) => {
      const { ids, weights } = mesh.out(u);
      return ids.length === (out.get(u)?.size ?? 0) && ids.every((v, i) => out.get(u)?.get(v) === weights[i]);
    });
    mesh.dispose();
    return same.every(Boolean);
  };
  return { n: from.length, check, ours, theirs: () => build().size, dispose: () => undefined };
}
