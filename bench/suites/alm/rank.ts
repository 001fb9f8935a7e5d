// What is associated with a node: personalised PageRank, best-first recall with paths.
import type { Alm } from "mfn/alm";
import { type Graph, toCsr } from "../../graphs.js";
import type { Bench } from "../../harness.js";
import { bestFirstOver, found, powerOver, pushOver } from "./baseline/rank.js";
import { type Case, first, meshOf, near, scaleFree, stream, systems } from "./mesh.js";

/** Results that are wanted. */
const K = 20;
/** Seeds whose answer is held against power iteration. */
const CHECKED = 10;
/** Share of the exact first twenty that an answer must have. */
const GOOD = 0.99;
/** So many that they do not matter: where they do, the baseline's answer is not the best. */
const HOPS = 100;
const DECAY = 0.8;

/** The rows of ranking. */
export async function rank(b: Bench): Promise<void> {
  for (const entry of [systems(b), scaleFree(b)]) {
    if (entry === undefined) continue;
    const mesh = meshOf(entry.graph);
    for (const restart of restarts(entry)) await pageRank(b, entry, mesh, restart);
    mesh.dispose();
    for (const how of ["any strength", "shares"] as const) await bestFirst(b, entry, how);
  }
}

/** Probabilities to stop. With many edges the second one takes a third of a second a question, on either side. */
export function restarts({ graph }: Case): number[] {
  return graph.directed ? [0.5] : [0.5, 0.15];
}

const exact = new Map<string, Float64Array[]>();

/** The share of the exact first twenty that answers have, the mean of ten seeds. */
export function quality({ graph, csr, ask }: Case, restart: number, top: (seed: number) => ArrayLike<number>): number {
  const seeds = Array.from(ask.from.subarray(0, CHECKED));
  const key = `${graph.name} ${restart}`;
  if (!exact.has(key)) {
    const power = powerOver(csr);
    exact.set(
      key,
      seeds.map((seed) => power(seed, restart)),
    );
  }
  return exact.get(key)!.reduce((sum, scores, i) => sum + found(top(seeds[i]), scores, K), 0) / seeds.length;
}

/** The largest of some epsilons at which the first twenty are as good as wanted. */
export function epsilonFor(entry: Case, restart: number, top: (seed: number, epsilon: number) => ArrayLike<number>): number {
  let epsilon = 1e-5;
  while (epsilon > 1e-10 && quality(entry, restart, (seed) => top(seed, epsilon)) < GOOD) epsilon /= Math.sqrt(10);
  return epsilon;
}

async function pageRank(b: Bench, entry: Case, mesh: Alm, restart: number): Promise<void> {
  const { graph, csr, ask } = entry;
  const top = (seed: number, epsilon: number) => mesh.personalizedPageRank([seed], { k: K, restart, epsilon }).ids;
  const push = pushOver(csr);
  const epsilon = epsilonFor(entry, restart, top);
  const good = (answer: (seed: number) => ArrayLike<number>) => quality(entry, restart, answer) >= GOOD;
  const share = quality(entry, restart, (seed) => top(seed, epsilon));
  b.log(`restart ${restart}, ${graph.name}: epsilon ${epsilon.toExponential(1)} finds ${(100 * share).toFixed(1)} % of the exact top ${K}`);
  await b.compare({
    case: `personalised PageRank, top ${K}, restart ${restart}, ${graph.name}`,
    n: 4,
    unit: "us",
    peer: "forward push over typed arrays",
    check: () => good((seed) => top(seed, epsilon)) && good((seed) => push(seed, K, restart, epsilon)),
    ours: stream(ask, 4, (u) => top(u, epsilon)[0]),
    theirs: stream(ask, 4, (u) => push(u, K, restart, epsilon)[0]),
  });
}

/** Recall by strengths that are weights over the largest one, or over all that leave the node. */
async function bestFirst(b: Bench, entry: Case, how: "any strength" | "shares"): Promise<void> {
  const { graph, ask } = entry;
  const strengths = { ...graph, directed: true, ...(how === "shares" ? shares(entry) : scaled(entry)) };
  const mesh = meshOf(strengths);
  const best = bestFirstOver(toCsr(strengths));
  const recall = (seed: number) => mesh.recall([seed], { k: K, hopDecay: DECAY, maxHops: HOPS });
  const same = (seed: number) => {
    const results = recall(seed);
    const proved = results.every(({ score, path }) =>
      near5(
        path.reduce((product, { weight }) => product * weight * DECAY, 1),
        score,
      ),
    );
    return proved && near5(results.at(-1)?.score ?? 0, best(seed, K, DECAY));
  };
  await b.compare({
    case: `best-first, ${K} with their paths, ${how}, ${graph.name}`,
    n: 16,
    unit: "us",
    peer: "best-first over typed arrays, the last score only",
    check: () => first(ask, 256, same),
    ours: stream(ask, 16, (seed) => recall(seed).length),
    theirs: stream(ask, 16, (seed) => best(seed, K, DECAY)),
  });
  mesh.dispose();
}

/** The arcs of a graph, so that both directions of an edge may differ. */
function arcs({ csr }: Case): Pick<Graph, "from" | "to" | "weights"> {
  const from = new Int32Array(csr.to.length);
  for (let u = 0; u < csr.nodes; u++) from.fill(u, csr.offsets[u], csr.offsets[u + 1]);
  return { from, to: csr.to, weights: csr.weights };
}

function scaled(entry: Case): Pick<Graph, "from" | "to" | "weights"> {
  const columns = arcs(entry);
  const most = columns.weights.reduce((a, z) => Math.max(a, z), 0);
  return { ...columns, weights: columns.weights.map((weight) => weight / most) };
}

function shares(entry: Case): Pick<Graph, "from" | "to" | "weights"> {
  const columns = arcs(entry);
  const sums = new Float64Array(entry.csr.nodes);
  for (const [i, u] of columns.from.entries()) sums[u] += columns.weights[i];
  return { ...columns, weights: columns.weights.map((weight, i) => weight / sums[columns.from[i]]) };
}

/** Scores are f32: products of many strengths agree to five digits. */
function near5(a: number, z: number): boolean {
  return near(a, z) || Math.abs(a - z) <= 1e-5 * Math.max(a, z);
}

export default rank;
