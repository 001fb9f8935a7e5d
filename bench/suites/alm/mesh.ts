// What the parts of the suite share: the graphs, a mesh of each, and questions in a stream.
import { Alm } from "mfn/alm";
import { clock } from "../../clock.js";
import { type Csr, type Graph, internet, lattice, type Questions, questions, rmat, roads, toCsr } from "../../graphs.js";
import type { Bench } from "../../harness.js";

/** A graph, its arcs in order, and what is asked of it. */
export interface Case {
  graph: Graph;
  csr: Csr;
  /** Distinct pairs. */
  ask: Questions;
}

/** Distinct questions to each graph; a sample goes on where the last one stopped. */
const PAIRS = 2048;
/** The scale-free graph: 2^17 nodes, a million edges. */
const BITS = 17;
const EDGES = 1_000_000;

const made = new Map<string, Case | undefined>();

/** A graph by name, made once; undefined, with a message, where its data is not here. */
function once(b: Bench, name: string, make: () => Graph | undefined): Case | undefined {
  if (!made.has(name)) {
    const graph = make();
    if (graph === undefined) b.log(`${name} skipped: its data is not here; see MFN_DATA in bench/files.ts`);
    made.set(name, graph && caseOf(graph));
  }
  return made.get(name);
}

function caseOf(graph: Graph): Case {
  const csr = toCsr(graph);
  return { graph, csr, ask: questions(graph, csr, Math.min(PAIRS, graph.nodes)) };
}

/** Streets; in a smoke run a small lattice. */
export function streets(b: Bench): Case | undefined {
  return b.quick ? once(b, "lattice", () => lattice(30)) : once(b, "Moscow roads", () => roads("moscow"));
}

/** The internet; in a smoke run a small generated graph, its edges taken both ways. */
export function systems(b: Bench): Case | undefined {
  return b.quick ? once(b, "links", links) : once(b, "internet AS", internet);
}

/** Few hubs and many leaves, directed. */
export function scaleFree(b: Bench): Case {
  return once(b, "scale-free", () => (b.quick ? rmat(10, 4000) : rmat(BITS, EDGES)))!;
}

/** A small undirected graph of few hubs; of two opposite edges one is taken. */
function links(): Graph {
  const graph = rmat(9, 1500, 5);
  const seen = new Set(Array.from(graph.from, (u, i) => u * graph.nodes + graph.to[i]));
  const kept = Array.from(graph.from.keys()).filter((i) => {
    const [u, v] = [graph.from[i], graph.to[i]];
    return u < v || !seen.has(v * graph.nodes + u);
  });
  const pick = (column: Int32Array | Float32Array) => kept.map((i) => column[i]);
  const columns = { from: Int32Array.from(pick(graph.from)), to: Int32Array.from(pick(graph.to)) };
  return { ...graph, ...columns, name: "links", directed: false, weights: Float32Array.from(pick(graph.weights)) };
}

/** A live mesh of a graph, built in the random order of its columns. */
export function meshOf({ directed, from, to, weights }: Graph): Alm {
  const mesh = Alm.createSync({ directed });
  mesh.linkMany(from, to, { weights });
  return mesh;
}

/** Work on the next `size` pairs, after the last one the first again. What `ask` returns is added up. */
export function stream({ from, to }: Questions, size: number, ask: (from: number, to: number) => number): () => number {
  let at = 0;
  return () => {
    let sum = 0;
    for (let i = 0; i < size; i++) {
      sum += ask(from[at], to[at]);
      at = at + 1 === from.length ? 0 : at + 1;
    }
    return sum;
  };
}

/** Whether `same` holds for the first `count` pairs. */
export function first({ from, to }: Questions, count: number, same: (from: number, to: number) => boolean): boolean {
  for (let i = 0; i < Math.min(count, from.length); i++) if (!same(from[i], to[i])) return false;
  return true;
}

/** Equal but for the order in which weights were added up. */
export function near(a: number, z: number): boolean {
  return a === z || Math.abs(a - z) <= 1e-6 * Math.max(Math.abs(a), Math.abs(z));
}

/** The sum of all that is finite. */
export function total(distances: Float64Array | Int32Array): number {
  let sum = 0;
  for (const distance of distances) if (distance > 0 && distance < Infinity) sum += distance;
  return sum;
}

/** Processor time that work takes, once, in milliseconds. */
export async function milliseconds(work: () => unknown): Promise<number> {
  const from = clock.now();
  await work();
  return (clock.now() - from) / 1e6;
}
