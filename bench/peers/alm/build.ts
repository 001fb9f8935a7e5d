import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { clock } from "../../clock.js";
import type { Bench } from "../../harness.js";
import { median } from "../../statistics.js";
import { type Case, meshOf, milliseconds } from "../../suites/alm/mesh.js";
import { all, type Peer, type PeerGraph } from "./peer.js";

/** Enters a graph's edges into a library, in random order, and tells what that takes of time and of memory. */
export async function build(b: Bench, { graph }: Case, peer: Peer): Promise<PeerGraph> {
  const edges = graph.from.length;
  // First, while no peer's graph is in the heap: a new WebAssembly memory makes the engine collect garbage there.
  const times: number[] = [];
  for (let i = 0; i < 5; i++) times.push(await milliseconds(() => meshOf(graph).dispose()));
  const mesh = meshOf(graph);
  const { stateBytes, memoryBytes, edges: count } = mesh.stats();
  mesh.dispose();
  if (count !== edges) throw new Error(`a mesh holds ${count} edges of ${edges}`);

  const before = held();
  const built = peer.build(graph, false);
  const from = clock.now();
  built.insert(all(edges));
  const theirs = clock.now() - from;
  const bytes = held() - before;
  if (built.edgeCount() !== edges) throw new Error(`${peer.label} holds ${built.edgeCount()} edges of ${edges}`);
  const common = { peer: peer.label, higherIsBetter: false, n: edges };
  const ours = (median(times) * 1e6) / edges;
  b.score({ case: `enter all edges in random order, ${graph.name}`, unit: "ns", ours, peerValue: theirs / edges, ...common });
  b.log(`${graph.name}: the mesh holds ${stateBytes} bytes; its WebAssembly memory is ${memoryBytes}, with room to grow and to work in`);
  b.score({
    case: `bytes an edge, live, ${graph.name}`,
    unit: "B",
    ours: stateBytes / edges,
    peerValue: bytes / edges,
    ...common,
  });
  return built;
}

/** Bytes that the process holds, after a collection of all garbage. */
function held(): number {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  collect();
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
