import type { Alm } from "mfn/alm";
import type { Bench } from "../../harness.js";
import type { Case } from "../../suites/alm/mesh.js";
import { epsilonFor, epsilonsFor, GOOD, K, quality, restarts, STEP, seedsOf } from "../../suites/alm/rank.js";
import type { Peer, PeerGraph } from "./peer.js";
import { pushWithArrays, pushWithMaps } from "./push.js";
import { slowly } from "./slowly.js";

/** Personalised PageRank, top 20, each side at the largest epsilon at which it has 99 % of the exact ones. */
export function rank(b: Bench, entry: Case, mesh: Alm, { label }: Peer, peer: PeerGraph): void {
  const { graph } = entry;
  const seeds = seedsOf(entry);
  const pushes = [{ how: "typed arrays", push: pushWithArrays(peer, graph.nodes) }];
  // On the larger graph it takes a second a seed.
  if (!graph.directed) pushes.push({ how: "Maps", push: pushWithMaps(peer, graph.nodes) });
  for (const restart of restarts(entry)) {
    // Theirs is near that of the push over typed arrays, which takes less time to find it: arcs come in another order, and so do pushes.
    const { ours, theirs: near } = epsilonsFor(b, entry, restart, mesh);
    const theirs = epsilonFor(entry, restart, (seed, epsilon) => pushes[0].push(seed, K, restart, epsilon), near * STEP ** 2);
    b.log(`${label} at epsilon ${theirs.toExponential(1)}`);
    const good = (answers: ArrayLike<number>[]) => quality(entry, restart, (seed) => answers[seeds.indexOf(seed)]) >= GOOD;
    for (const { how, push } of pushes) {
      slowly(b, {
        case: `personalised PageRank, top ${K}, restart ${restart}, ${graph.name}`,
        n: seeds.length,
        unit: "us",
        peer: `${label}, forward push with ${how}`,
        ours: () => seeds.map((seed) => mesh.personalizedPageRank([seed], { k: K, restart, epsilon: ours }).ids),
        theirs: () => seeds.map((seed) => push(seed, K, restart, theirs)),
        check: (mine, other) => good(mine) && good(other),
        rounds: restart < 0.5 || graph.directed ? 1 : 3,
      });
    }
  }
}
