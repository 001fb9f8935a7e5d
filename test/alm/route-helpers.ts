import { expect } from "vitest";
import { Alm, type Edge, type MeshOptions, type Path } from "../../src/alm.js";
import { type Build, wasm } from "../helpers/modules.js";
import type { Random } from "../helpers/random.js";
import type { Step } from "../oracle/paths.js";

/** A random graph of about `n` nodes: weights repeat, so that there are ties; parallel edges of three types, loops, with luck hubs. */
export function randomMesh(random: Random, build: Build, n: number, m: number, options: MeshOptions = {}): { mesh: Alm; edges: Edge[] } {
  const mesh = Alm.createSync({ ...options, wasm: wasm("alm-mesh", build) });
  const hubs = random.next() < 0.5;
  for (let i = 0; i < m; i++) {
    const from = hubs ? random.below(random.below(n) + 1) : random.below(n);
    const weight = random.next() < 0.5 ? (1 + random.below(8)) / 8 : 0.05 + 1.5 * random.next();
    mesh.link(from, random.below(n), { weight, type: random.next() < 0.7 ? 0 : random.below(3) });
  }
  return { mesh, edges: [...mesh.edges()] };
}

/** Random options of a search for paths. */
export function randomFilter(random: Random, n: number) {
  const some = <T>(make: () => T) => Array.from({ length: random.below(4) }, make);
  return {
    types: random.pick([undefined, undefined, [0], [1, 2], [0, 1, 2], []]),
    avoid: random.next() < 0.6 ? [] : some(() => random.below(n + 2)),
    avoidEdges: random.next() < 0.5 ? [] : some(() => [random.below(n + 1), random.below(n + 1)] as const),
    cost: random.pick(["weight", "weight", "hops"] as const),
  };
}

/** The steps of a path, which must be among these; checks its form and cost. */
export function stepsIn(path: Path, steps: readonly Step[], from: number, to: number, byHops: boolean): Step[] {
  const ids = [...path.path];
  expect([ids[0], ids.at(-1), ids.length]).toEqual([from, to, path.weights.length + 1]);
  expect(path.types.length).toBe(path.weights.length);
  const found = ids.slice(1).map((end, i) => {
    const step = steps.find((s) => s.from === ids[i] && s.to === end && s.type === path.types[i]);
    if (step === undefined) throw new Error(`no edge ${ids[i]} -> ${end} of type ${path.types[i]} may be followed`);
    expect(path.weights[i]).toBe(step.weight);
    return step;
  });
  expect(path.cost).toBeCloseTo(byHops ? found.length : found.reduce((sum, { weight }) => sum + weight, 0), 9);
  return found;
}
