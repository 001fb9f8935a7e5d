import type { Alm } from "mfn/alm";
import type { Bench } from "../../harness.js";
import { type Case, stream } from "../../suites/alm/mesh.js";
import { epsilonFor, quality, restarts } from "../../suites/alm/rank.js";
import type { Peer, PeerGraph } from "./peer.js";
import { pushWithArrays, pushWithMaps } from "./push.js";
import { slowly } from "./slowly.js";

const K = 20;
const SEEDS = 4;

/** Personalised PageRank, top 20, at the largest epsilon at which the mesh has 99 % of the exact ones; the same epsilon on both sides. */
export async function rank(b: Bench, entry: Case, mesh: Alm, { label }: Peer, peer: PeerGraph): Promise<void> {
  const { graph, ask } = entry;
  const pushes = [{ how: "typed arrays", push: pushWithArrays(peer, graph.nodes) }];
  // On the larger graph it takes seconds.
  if (!graph.directed) pushes.push({ how: "Maps", push: pushWithMaps(peer, graph.nodes) });
  for (const restart of restarts(entry)) {
    const top = (seed: number, at: number) => mesh.personalizedPageRank([seed], { k: K, restart, epsilon: at }).ids;
    const epsilon = epsilonFor(entry, restart, top);
    const good = (answer: (seed: number) => ArrayLike<number>) => quality(entry, restart, answer) >= 0.99;
    for (const { how, push } of pushes) {
      const ours = stream(ask, SEEDS, (seed) => top(seed, epsilon)[0]);
      const theirs = stream(ask, SEEDS, (seed) => push(seed, K, restart, epsilon)[0]);
      const check = () => good((seed) => top(seed, epsilon)) && good((seed) => push(seed, K, restart, epsilon));
      const common = {
        case: `personalised PageRank, top ${K}, restart ${restart}, ${graph.name}`,
        n: SEEDS,
        unit: "us",
        peer: `${label}, forward push with ${how}`,
        ours,
        theirs,
      } as const;
      if (graph.directed) slowly(b, { ...common, check, rounds: 1 });
      else await b.compare({ ...common, check });
    }
  }
}
