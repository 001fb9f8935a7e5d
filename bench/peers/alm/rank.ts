import type { Alm } from "mfn/alm";
import type { Bench } from "../../harness.js";
import { found, powerOver } from "../../suites/alm/baseline/rank.js";
import { type Case, stream } from "../../suites/alm/mesh.js";
import { epsilonFor } from "../../suites/alm/rank.js";
import type { Peer, PeerGraph } from "./peer.js";
import { pushWithArrays, pushWithMaps } from "./push.js";

const K = 20;
const CHECKED = 10;
/** A push over a library's iteration takes up to a second, and its first twenty are held against power iteration. */
const SEEDS = 4;

/** Personalised PageRank, top 20, at the largest epsilon at which the mesh has 99 % of the exact ones; the same epsilon on both sides. */
export async function rank(b: Bench, entry: Case, mesh: Alm, { label }: Peer, peer: PeerGraph): Promise<void> {
  const { graph, csr, ask } = entry;
  const power = powerOver(csr);
  const seeds = Array.from(ask.from.subarray(0, CHECKED));
  const pushes = [
    { how: "typed arrays", push: pushWithArrays(peer, graph.nodes) },
    { how: "Maps", push: pushWithMaps(peer, graph.nodes) },
  ];
  for (const restart of [0.5, 0.15]) {
    const ours = (seed: number, epsilon: number) => mesh.personalizedPageRank([seed], { k: K, restart, epsilon }).ids;
    const { epsilon, share } = epsilonFor(entry, restart, ours);
    const exact = seeds.map((seed) => power(seed, restart));
    for (const { how, push } of pushes) {
      await b.compare({
        case: `personalised PageRank, top ${K}, restart ${restart}, ${graph.name}`,
        n: SEEDS,
        unit: "us",
        peer: `${label}, forward push with ${how}`,
        check: () =>
          share >= 0.99 && seeds.reduce((sum, u, i) => sum + found(push(u, K, restart, epsilon), exact[i], K), 0) >= 0.99 * CHECKED,
        ours: stream(ask, SEEDS, (u) => ours(u, epsilon)[0]),
        theirs: stream(ask, SEEDS, (u) => push(u, K, restart, epsilon)[0]),
      });
    }
  }
}
