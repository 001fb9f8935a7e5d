import type { Alm } from "mfn/alm";
import type { Bench } from "../../harness.js";
import type { Case } from "../../suites/alm/mesh.js";
import { epsilonsFor, GOOD, K, quality, restarts, seedsOf } from "../../suites/alm/rank.js";
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
    // Their push is the one over typed arrays, which finds its epsilon in less time; the check tells if it does not suit.
    const epsilon = epsilonsFor(b, entry, restart, mesh);
    const good = (answers: ArrayLike<number>[]) => quality(entry, restart, (seed) => answers[seeds.indexOf(seed)]) >= GOOD;
    for (const { how, push } of pushes) {
      slowly(b, {
        case: `personalised PageRank, top ${K}, restart ${restart}, ${graph.name}`,
        n: seeds.length,
        unit: "us",
        peer: `${label}, forward push with ${how}`,
        ours: () => seeds.map((seed) => mesh.personalizedPageRank([seed], { k: K, restart, epsilon: epsilon.ours }).ids),
        theirs: () => seeds.map((seed) => push(seed, K, restart, epsilon.theirs)),
        check: (mine, other) => good(mine) && good(other),
        rounds: restart < 0.5 || graph.directed ? 1 : 3,
      });
    }
  }
}
