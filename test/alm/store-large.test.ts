// Ten million edges in one mesh. Takes a minute and 2 GB, so only where it is asked for: MFN_LARGE=1.
import { expect, test } from "vitest";
import { Alm } from "../../src/alm.js";
import { wasm } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";

const large = process.env["MFN_LARGE"] === "1";
if (!large) console.log("skipped: ten million edges (set MFN_LARGE=1)");

const NODES = 1_000_000;
const ROWS = 500_000;
const EDGES = 10_000_000;

/** Rows of a scale-free kind: one end anywhere, the other among the low ids more often. */
function draw(random: Random, n: number): [from: Int32Array, to: Int32Array, weights: Float32Array] {
  const [from, to, weights] = [new Int32Array(n), new Int32Array(n), new Float32Array(n)];
  for (let i = 0; i < n; i++) {
    from[i] = random.below(NODES);
    to[i] = Math.floor(NODES * random.next() ** 3);
    weights[i] = 0.1 + random.next();
  }
  return [from, to, weights];
}

test.runIf(large).each([true, false])("10,000,000 edges, directed: %s", { timeout: 600_000 }, (directed) => {
  const mesh = Alm.createSync({ directed, wasm: wasm("alm-mesh", "release") });
  const random = new Random(1);
  /** Rows to look at again: what the last of those with the same ends weighs. */
  const samples = new Map<string, [from: number, to: number, weight: number]>();
  const name = (from: number, to: number) => (directed || from < to ? `${from} ${to}` : `${to} ${from}`);
  let linking = 0;
  let added = 0;
  while (mesh.edgeCount < EDGES) {
    const [from, to, weights] = draw(random, ROWS);
    const start = performance.now();
    added += mesh.linkMany(from, to, { weights });
    linking += performance.now() - start;
    for (let i = 0; i < ROWS; i++) {
      const key = name(from[i], to[i]);
      if (i < 50 || samples.has(key)) samples.set(key, [from[i], to[i], weights[i]]);
    }
  }
  expect(mesh.edgeCount).toBe(added);
  const check = () => {
    for (const [from, to, weight] of samples.values()) expect(mesh.weight(from, to)).toBe(weight);
  };
  check();
  const live = mesh.stats();
  expect(live).toMatchObject({ edges: added, nodes: mesh.nodeCount });
  let degrees = 0;
  let loops = 0;
  for (let id = 0; id < NODES; id++) {
    degrees += mesh.outDegree(id);
    if (!directed && mesh.weight(id, id) !== undefined) loops++;
  }
  expect(degrees).toBe(directed ? added : 2 * added - loops);

  const compacting = performance.now();
  mesh.compact();
  const compacted = performance.now() - compacting;
  const least = mesh.stats();
  expect(least.stateBytes).toBeLessThanOrEqual(live.stateBytes);
  check();
  console.log(
    `${directed ? "directed" : "undirected"}, ${(added / 1e6).toFixed(1)}M edges of ${(live.nodes / 1e6).toFixed(2)}M nodes: made in ${(linking / 1000).toFixed(1)} s, ` +
      `${(live.stateBytes / added).toFixed(1)} bytes an edge, compact ${(least.stateBytes / added).toFixed(1)} (in ${(compacted / 1000).toFixed(1)} s), ` +
      `memory ${(least.memoryBytes / 2 ** 20).toFixed(0)} MiB`,
  );

  // The hub of all goes, and what it leaves is used again.
  const degree = mesh.outDegree(0) + (directed ? mesh.inDegree(0) : 0);
  expect(degree).toBeGreaterThan(10_000);
  const removed = mesh.removeNode(0);
  expect(removed).toBeGreaterThanOrEqual(degree - 1);
  expect([mesh.edgeCount, mesh.hasNode(0)]).toEqual([added - removed, false]);
  const back = new Int32Array(removed).fill(0);
  expect(
    mesh.linkMany(
      Int32Array.from(back, (_, i) => i + 1),
      back,
    ),
  ).toBe(removed);
  expect(mesh.edgeCount).toBe(added);

  const tree = mesh.bfs(7);
  const paths = mesh.shortestPaths(7);
  expect(tree.reached).toBeGreaterThan(NODES / 2);
  for (let id = 1; id < NODES; id += 99_991) {
    const path = mesh.shortestPath(7, id);
    expect(path?.cost ?? Infinity).toBeCloseTo(paths.distances[id], 6);
    expect(mesh.shortestPath(7, id, { cost: "hops" })?.cost ?? -1).toBe(tree.depths[id]);
  }
  mesh.dispose();
});
