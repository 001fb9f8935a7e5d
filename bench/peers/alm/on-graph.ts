// All that is asked of a library on one graph.
import type { Bench } from "../../harness.js";
import { type Case, meshOf } from "../../suites/alm/mesh.js";
import { build } from "./build.js";
import { changes } from "./changes.js";
import type { PeerMaker } from "./peer.js";
import { rank } from "./rank.js";
import { routes } from "./routes.js";
import { walks } from "./walks.js";

export interface Work {
  /** Also with the graph frozen, by the index that suits it; else live only. */
  frozen: boolean;
  /** Whether PageRank is asked of a library. */
  ranked: (label: string) => boolean;
  /** Share of the edges that changes go over; 0 for none. */
  changed: (label: string) => number;
}

/** Runs the peers one after the other, so that only one of them holds the graph. */
export async function onGraph(b: Bench, entry: Case | undefined, makers: PeerMaker[], work: Work): Promise<void> {
  if (entry === undefined) return;
  const { graph } = entry;
  const live = meshOf(graph);
  if (graph.coordinates !== undefined) live.setCoordinates(graph.coordinates.x, graph.coordinates.y);
  const meshes = [{ how: "live", mesh: live }];
  if (work.frozen) {
    const frozen = meshOf(graph);
    await frozen.freeze();
    meshes.unshift({ how: "frozen", mesh: frozen });
  }
  for (const make of makers) {
    const peer = await make(b);
    if (peer === undefined) continue;
    try {
      const built = await build(b, entry, peer);
      await routes(b, entry, meshes, built);
      await walks(b, entry, live, peer, built);
      if (work.ranked(peer.label)) rank(b, entry, live, peer, built);
      const share = work.changed(peer.label);
      if (share > 0) changes(b, entry, live, peer, built, share);
    } catch (error) {
      b.fail(`${peer.label} on ${graph.name}`, error);
    }
  }
  for (const { mesh } of meshes) mesh.dispose();
}
