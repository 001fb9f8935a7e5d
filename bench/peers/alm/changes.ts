import type { Alm } from "mfn/alm";
import { permutation } from "../../data.js";
import type { Bench } from "../../harness.js";
import type { Case } from "../../suites/alm/mesh.js";
import type { Peer, PeerGraph } from "./peer.js";
import { slowly } from "./slowly.js";

/** New weights, edges out and edges in, in random order, of a share of the edges; what the mesh gets is in columns. */
export function changes(b: Bench, { graph }: Case, mesh: Alm, { label }: Peer, peer: PeerGraph, share: number): void {
  const edges = graph.from.length;
  const rows = permutation(edges, 51).subarray(0, Math.ceil(share * edges));
  const n = rows.length;
  const pick = (column: Int32Array | Float32Array) => Array.from(rows, (row) => column[row]);
  const from = Int32Array.from(pick(graph.from));
  const to = Int32Array.from(pick(graph.to));
  const weights = Float32Array.from(pick(graph.weights));
  const turned = weights.toReversed();
  const what = (verb: string) => `${verb} in random order, batch, ${graph.name}, ${n} of ${edges} edges`;
  const common = { peer: label, n, unit: "ns" } as const;
  slowly(b, {
    ...common,
    case: what("set weights"),
    ours: () => mesh.updateMany(from, to, turned),
    theirs: () => peer.update(rows, turned),
    check: () => {
      const held = from.every((u, i) => mesh.weight(u, to[i]) === turned[i]) && weightIn(peer, from[0], to[0]) === turned[0];
      mesh.updateMany(from, to, weights);
      peer.update(rows, weights);
      return held;
    },
  });
  const enter = { ours: () => mesh.linkMany(from, to, { weights }), theirs: () => peer.insert(rows) };
  const remove = { ours: () => mesh.unlinkMany(from, to), theirs: () => peer.remove(rows) };
  const both = (count: number) => () => mesh.edgeCount === count && peer.edgeCount() === count;
  slowly(b, { ...common, case: what("take edges out"), prepare: whenLess(mesh, peer, edges, enter), ...remove, check: both(edges - n) });
  slowly(b, {
    ...common,
    case: what("enter edges"),
    prepare: whenLess(mesh, peer, edges - n + 1, remove, true),
    ...enter,
    check: both(edges),
  });
}

/** Preparations that act only where a side does not hold what its turn needs. */
function whenLess(mesh: Alm, peer: PeerGraph, count: number, act: { ours: () => unknown; theirs: () => unknown }, orMore = false) {
  const needed = (held: number) => (orMore ? held >= count : held < count);
  return {
    ours: () => {
      if (needed(mesh.edgeCount)) act.ours();
    },
    theirs: () => {
      if (needed(peer.edgeCount())) act.theirs();
    },
  };
}

function weightIn(peer: PeerGraph, from: number, to: number): number {
  let found = Number.NaN;
  peer.forEachOut(from, (other, weight) => {
    if (other === to) found = weight;
  });
  return found;
}
