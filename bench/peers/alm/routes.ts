import type { Alm } from "mfn/alm";
import { clock } from "../../clock.js";
import type { Bench } from "../../harness.js";
import { type Case, first, near, stream } from "../../suites/alm/mesh.js";
import type { PeerGraph, PeerRoute } from "./peer.js";
import { slowly } from "./slowly.js";

/** What a call of the peer should take, in nanoseconds: enough pairs for a mean, few enough for many calls. */
const CALL = 300e6;
/** The most pairs in a call, and of those that are checked before anything is timed. */
const MOST = 32;
/** Time for the check, in nanoseconds. */
const CHECK = 3e9;

/** A mesh that answers, and in what state. */
export interface Mesh {
  how: string;
  mesh: Alm;
}

/** Routes by each of the library's ways to find them, against a mesh in each of its states. */
export async function routes(b: Bench, entry: Case, meshes: Mesh[], peer: PeerGraph): Promise<void> {
  const [fastest] = peer.routes;
  for (const { how, mesh } of meshes) {
    for (const way of peer.routes) {
      // The slower ways are measured once.
      if (way === fastest || mesh === meshes[0].mesh) await route(b, entry, mesh, how, way);
    }
  }
}

async function route(b: Bench, { graph, ask }: Case, mesh: Alm, how: string, way: PeerRoute): Promise<void> {
  const each =
    time(() => {
      for (let i = 0; i < 3; i++) way.find(ask.from[i], ask.to[i]);
    }) / 3;
  const name = `route with path, ${graph.name}, ${how}`;
  const ours = (u: number, v: number) => mesh.shortestPath(u, v)!.cost;
  const same = (u: number, v: number) => near(ours(u, v), way.cost(way.find(u, v)));
  if (each > CALL) {
    const size = 4;
    let from = 0;
    const next = stream(ask, size, ours);
    slowly(b, {
      case: name,
      n: size,
      unit: "us",
      peer: way.name,
      ours: next,
      theirs: () => {
        const found = Array.from({ length: size }, (_, i) => ({ at: from + i, path: way.find(ask.from[from + i], ask.to[from + i]) }));
        from += size;
        return found;
      },
      check: (_, found) => found.every(({ at, path }) => near(ours(ask.from[at], ask.to[at]), way.cost(path))),
    });
    return;
  }
  const size = Math.max(1, Math.min(MOST, Math.round(CALL / Math.max(1, each))));
  const checked = Math.max(3, Math.min(64, Math.round(CHECK / Math.max(1, each))));
  await b.compare({
    case: name,
    n: size,
    unit: "us",
    peer: way.name,
    check: () => first(ask, checked, same),
    ours: stream(ask, size, ours),
    // The path is what was asked for: its cost is not summed up on the peer's time.
    theirs: stream(ask, size, (u, v) => (way.find(u, v) === null ? 0 : 1)),
  });
}

function time(work: () => void): number {
  const from = clock.now();
  work();
  return clock.now() - from;
}
