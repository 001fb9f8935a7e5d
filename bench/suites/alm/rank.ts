// What is associated with a node: personalised PageRank, best-first recall with paths.
import type { Alm } from "mfn/alm";
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
    for (const restart of [0.5, 0.15]) await pageRank(b, entry, mesh, restart);
    mesh.dispose();
    await bestFirst(b, entry);
  }
}

/** The largest epsilon at which the first twenty are as good as wanted, and how good they are. */
export function epsilonFor(
  entry: Case,
  restart: number,
  top: (seed: number, epsilon: number) => ArrayLike<number>,
): { epsilon: number; share: number } {
  const power = powerOver(entry.csr);
  const seeds = entry.ask.from.subarray(0, CHECKED);
  const exact = Array.from(seeds, (seed) => power(seed, restart));
  for (let epsilon = 1e-3; ; epsilon /= Math.sqrt(10)) {
    const share = exact.reduce((sum, scores, i) => sum + found(top(seeds[i], epsilon), scores, K), 0) / seeds.length;
    if (share >= GOOD || epsilon < 1e-9) return { epsilon, share };
  }
}

async function pageRank(b: Bench, entry: Case, mesh: Alm, restart: number): Promise<void> {
  const { graph, csr, ask } = entry;
  const top = (seed: number, epsilon: number) => mesh.personalizedPageRank([seed], { k: K, restart, epsilon }).ids;
  const push = pushOver(csr);
  const { epsilon, share } = epsilonFor(entry, restart, top);
  const seeds = Array.from(ask.from.subarray(0, CHECKED));
  const power = powerOver(csr);
  b.log(`restart ${restart}, ${graph.name}: epsilon ${epsilon.toExponential(1)} finds ${(100 * share).toFixed(1)} % of the exact top ${K}`);
  await b.compare({
    case: `personalised PageRank, top ${K}, restart ${restart}, ${graph.name}`,
    n: 4,
    unit: "us",
    peer: "forward push over typed arrays",
    check: () =>
      share >= GOOD && seeds.reduce((sum, u) => sum + found(push(u, K, restart, epsilon), power(u, restart), K), 0) >= GOOD * seeds.length,
    ours: stream(ask, 4, (u) => top(u, epsilon)[0]),
    theirs: stream(ask, 4, (u) => push(u, K, restart, epsilon)[0]),
  });
}

async function bestFirst(b: Bench, entry: Case): Promise<void> {
  const { graph, csr, ask } = entry;
  // Weights as strengths in (0, 1].
  const most = graph.weights.reduce((a, z) => Math.max(a, z), 0);
  const strengths = { ...graph, weights: graph.weights.map((weight) => weight / most) };
  const mesh = meshOf(strengths);
  const best = bestFirstOver({ ...csr, weights: csr.weights.map((weight) => weight / most) });
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
    case: `best-first, ${K} with their paths, ${graph.name}`,
    n: 16,
    unit: "us",
    peer: "best-first over typed arrays, the last score only",
    check: () => first(ask, 256, same),
    ours: stream(ask, 16, (seed) => recall(seed).length),
    theirs: stream(ask, 16, (seed) => best(seed, K, DECAY)),
  });
  mesh.dispose();
}

/** Scores are f32: products of many strengths agree to five digits. */
function near5(a: number, z: number): boolean {
  return near(a, z) || Math.abs(a - z) <= 1e-5 * Math.max(a, z);
}

export default rank;
