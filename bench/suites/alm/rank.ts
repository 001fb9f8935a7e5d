// What is associated with a node: personalised PageRank, best-first recall with paths.
import type { Alm } from "mfn/alm";
import { type Graph, toCsr } from "../../graphs.js";
import type { Bench } from "../../harness.js";
import { bestFirstOver, found, powerOver, pushOver, spreadOver } from "./baseline/rank.js";
import { type Case, first, meshOf, near, scaleFree, stream, systems } from "./mesh.js";

/** Results that are wanted. */
export const K = 20;
/** Seeds whose answer is held against power iteration. */
const CHECKED = 10;
/** Share of the exact first twenty that an answer must have. */
export const GOOD = 0.99;
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
    await spread(b, entry);
    for (const how of ["any strength", "shares"] as const) await bestFirst(b, entry, how);
  }
}

/** Probabilities to stop. With many edges the second one takes a third of a second a question, on either side. */
export function restarts({ graph }: Case): number[] {
  return graph.directed ? [0.5] : [0.5, 0.15];
}

/** The seeds whose answers are held against power iteration. */
export function seedsOf({ ask }: Case): number[] {
  return Array.from(ask.from.subarray(0, CHECKED));
}

const exact = new Map<string, Float64Array[]>();

/** The share of the exact first twenty that answers have, the mean of all seeds. */
export function quality(entry: Case, restart: number, top: (seed: number) => ArrayLike<number>): number {
  const seeds = seedsOf(entry);
  const key = `${entry.graph.name} ${restart}`;
  let scores = exact.get(key);
  if (scores === undefined) {
    const power = powerOver(entry.csr);
    scores = seeds.map((seed) => power(seed, restart));
    exact.set(key, scores);
  }
  return scores.reduce((sum, each, i) => sum + found(top(seeds[i]), each, K), 0) / seeds.length;
}

/** From one epsilon to the next. */
export const STEP = 10 ** (1 / 8);

/** Answers at an epsilon. */
type Top = (seed: number, epsilon: number) => ArrayLike<number>;

/** The largest of many epsilons, eight a decade and at most `from`, at which one side's first twenty are as good as wanted. */
export function epsilonFor(entry: Case, restart: number, top: Top, from = 1e-4): number {
  for (let epsilon = from; epsilon > 1e-10; epsilon /= STEP) {
    if (quality(entry, restart, (seed) => top(seed, epsilon)) >= GOOD) return epsilon;
  }
  throw new Error(`no epsilon finds ${GOOD} of the exact top ${K}`);
}

/** Epsilons of our side and of forward push as it is written down, which counts what was pushed and not what is left. */
export function epsilonsFor(b: Bench, entry: Case, restart: number, mesh: Alm): { ours: number; theirs: number } {
  const top = (seed: number, epsilon: number) => mesh.personalizedPageRank([seed], { k: K, restart, epsilon }).ids;
  const push = pushOver(entry.csr);
  const plain = (seed: number, epsilon: number) => push(seed, K, restart, epsilon);
  const [ours, theirs] = [top, plain].map((side) => epsilonFor(entry, restart, side));
  const told = [
    { side: "ours", at: ours, answers: top },
    { side: "theirs", at: theirs, answers: plain },
    { side: "theirs", at: ours, answers: plain },
  ].map(({ side, at, answers }) => {
    const share = quality(entry, restart, (seed) => answers(seed, at));
    return `${side} at epsilon ${at.toExponential(1)} ${(100 * share).toFixed(1)} %`;
  });
  b.log(`restart ${restart}, ${entry.graph.name}, share of the exact top ${K}: ${told.join(", ")}`);
  return { ours, theirs };
}

async function pageRank(b: Bench, entry: Case, mesh: Alm, restart: number): Promise<void> {
  const { graph, csr, ask } = entry;
  const push = pushOver(csr);
  const { ours, theirs } = epsilonsFor(b, entry, restart, mesh);
  const top = (seed: number) => mesh.personalizedPageRank([seed], { k: K, restart, epsilon: ours }).ids;
  const plain = (seed: number) => push(seed, K, restart, theirs);
  const good = (answer: (seed: number) => ArrayLike<number>) => quality(entry, restart, answer) >= GOOD;
  await b.compare({
    case: `personalised PageRank, top ${K}, restart ${restart}, ${graph.name}`,
    n: 4,
    unit: "us",
    peer: "forward push over typed arrays",
    check: () => good(top) && good(plain),
    ours: stream(ask, 4, (u) => top(u)[0]),
    theirs: stream(ask, 4, (u) => plain(u)[0]),
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

/** Spreading activation over edges of equal weight. */
async function spread(b: Bench, { graph, csr, ask }: Case): Promise<void> {
  const mesh = meshOf({ ...graph, weights: graph.weights.map(() => 1) });
  const [hops, decay, strength] = [2, 0.5, 5];
  const activate = spreadOver(csr);
  const ours = (seed: number) => mesh.spread([seed], { k: K, hops, decay, strength });
  // Many nodes are as active as the last of the twenty: which of them come is a matter of rounding, how active they are is not.
  const same = (seed: number) => {
    const { ids, scores } = ours(seed);
    const all = activate(seed, graph.nodes, hops, decay, strength);
    const first = new Map(all.slice(0, K).map((id, i) => [id, i]));
    return (
      ids.length === first.size &&
      (ids.every((id) => first.has(id)) ||
        near5(
          scores[ids.length - 1],
          scores[
            Math.max(
              0,
              ids.findIndex((id) => !first.has(id)),
            )
          ],
        ))
    );
  };
  await b.compare({
    case: `spreading activation, top ${K}, ${graph.name}`,
    n: 16,
    unit: "us",
    peer: "typed arrays",
    check: () => first(ask, 128, same),
    ours: stream(ask, 16, (seed) => ours(seed).ids.length),
    theirs: stream(ask, 16, (seed) => activate(seed, K, hops, decay, strength).length),
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
