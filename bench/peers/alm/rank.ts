import type { Alm } from "mfn/alm";
import type { Bench } from "../../harness.js";
import type { Case } from "../../suites/alm/mesh.js";
import { epsilonFor, GOOD, K, quality, restarts, seedsOf } from "../../suites/alm/rank.js";
import type { Peer, PeerGraph } from "./peer.js";
import { pushWithArrays, pushWithMaps } from "./push.js";
import { slowly } from "./slowly.js";

/** Personalised PageRank, top 20, at the largest epsilon at which both sides have 99 % of the exact ones. */
export function rank(b: Bench, entry: Case, mesh: Alm, { label }: Peer, peer: PeerGraph): void {
  const { graph } = entry;
  const seeds = seedsOf(entry);
  const pushes = [{ how: "typed arrays", push: pushWithArrays(peer, graph.nodes) }];
  // On the larger graph it takes a second a seed.
  if (!graph.directed) pushes.push({ how: "Maps", push: pushWithMaps(peer, graph.nodes) });
  for (const restart of restarts(entry)) {
    const top = (seed: number, at: number) => mesh.personalizedPageRank([seed], { k: K, restart, epsilon: at }).ids;
    const epsilon = epsilonFor(entry, restart, top, (seed, at) => pushes[0].push(seed, K, restart, at));
    const good = (answers: ArrayLike<number>[]) => quality(entry, restart, (seed) => answers[seeds.indexOf(seed)]) >= GOOD;
    for (const { how, push } of pushes) {
      slowly(b, {
        case: `personalised PageRank, top ${K}, restart ${restart}, ${graph.name}`,
        n: seeds.length,
        unit: "us",
        peer: `${label}, forward push with ${how}`,
        ours: () => seeds.map((seed) => top(seed, epsilon)),
        theirs: () => seeds.map((seed) => push(seed, K, restart, epsilon)),
        check: (mine, other) => good(mine) && good(other),
        rounds: restart < 0.5 || graph.directed ? 1 : 3,
      });
    }
  }
}
