import type { Alm } from "mfn/alm";
import type { Bench } from "../../harness.js";
import { type Case, first, near, stream, total } from "../../suites/alm/mesh.js";
import type { Peer, PeerGraph } from "./peer.js";
import { slowly } from "./slowly.js";

/** Breadth-first search and shortest paths from one source to all nodes, and two hops. */
export async function walks(b: Bench, { graph, ask }: Case, mesh: Alm, { label }: Peer, peer: PeerGraph): Promise<void> {
  for (const bfs of peer.bfs) {
    slowly(b, {
      case: `breadth-first search, ${graph.name}`,
      peer: bfs.name,
      n: 1,
      unit: "ms",
      ours: () => mesh.bfs(ask.hub),
      theirs: () => bfs.run(ask.hub),
      check: ({ depths, reached }, result) => {
        const theirs = bfs.read(result);
        return reached === ask.reached && depths.every((depth, u) => depth === theirs[u]);
      },
      rounds: 5,
    });
  }
  for (const sssp of peer.sssp) {
    slowly(b, {
      case: `shortest paths to all nodes, ${graph.name}`,
      peer: sssp.name,
      n: 1,
      unit: "ms",
      ours: () => mesh.shortestPaths(ask.hub),
      theirs: () => sssp.run(ask.hub),
      check: ({ distances }, result) => {
        const theirs = sssp.read(result);
        return distances.every((distance, u) => near(distance, theirs[u])) && near(total(distances), total(theirs));
      },
      rounds: 2,
    });
  }
  const hops = (u: number) => mesh.kHop([u], { hops: 2 }).ids.length;
  await b.compare({
    case: `two hops, ${graph.name}`,
    n: 8,
    unit: "us",
    peer: label,
    check: () => first(ask, 32, (u) => hops(u) === peer.twoHops(u)),
    ours: stream(ask, 8, hops),
    theirs: stream(ask, 8, (u) => peer.twoHops(u)),
  });
}
