import { describe, expect, it } from "vitest";
import { Alm, type Edge, type MfnError, type ShortestPathOptions } from "../../src/alm.js";
import { builds, wasm } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";
import { slowDijkstra } from "../oracle/graph.js";
import { stepsOf } from "../oracle/paths.js";
import { randomFilter, randomMesh, stepsIn } from "./route-helpers.js";

const ALGORITHMS = ["auto", "dijkstra", "bidirectional", "astar"] as const;
const HOUR = 3_600_000;

/** Compares all algorithms with the textbook's for one pair. */
function check(mesh: Alm, edges: readonly Edge[], from: number, to: number, options: ReturnType<typeof randomFilter>): void {
  const steps = stepsOf(edges, { directed: mesh.directed, ...options });
  const byHops = options.cost === "hops";
  const known = mesh.hasNode(from) && mesh.hasNode(to) && ![from, to].some((id) => options.avoid.includes(id));
  const want = known ? slowDijkstra(steps, from, byHops).get(to) : undefined;
  for (const algorithm of ALGORITHMS) {
    const got = mesh.shortestPath(from, to, { ...options, algorithm });
    if (want === undefined) {
      expect(got).toBeUndefined();
      continue;
    }
    expect(got!.cost).toBeCloseTo(want, 9);
    stepsIn(got!, steps, from, to, byHops);
    expect(mesh.shortestPath(from, to, { ...options, algorithm, maxCost: want * 1.0001 })!.cost).toBeCloseTo(want, 9);
    if (byHops) expect(mesh.shortestPath(from, to, { ...options, algorithm, maxCost: want })!.cost).toBe(want);
    if (want > 0) expect(mesh.shortestPath(from, to, { ...options, algorithm, maxCost: want * 0.9999 })).toBeUndefined();
  }
  expect(mesh.distances(from, [to], options)[0]).toBeCloseTo(want ?? Infinity, 9);
}

describe.each(builds)("Routes in a live mesh (%s)", (build) => {
  it.each([true, false])("are the cheapest, whatever the algorithm (directed: %s)", (directed) => {
    const random = new Random(directed ? 21 : 22);
    for (let i = 0; i < 60; i++) {
      const n = 2 + random.below(40);
      const { mesh, edges } = randomMesh(random, build, n, random.below(4 * n), { directed });
      if (random.next() < 0.7) {
        const column = () => Float64Array.from({ length: n }, () => random.next());
        mesh.setCoordinates(column(), column());
      }
      const before = mesh.image();
      for (let j = 0; j < 12; j++) check(mesh, edges, random.below(n + 1), random.below(n + 1), randomFilter(random, n));
      expect(Buffer.compare(mesh.image(), before)).toBe(0);
      mesh.dispose();
    }
  });

  it.each([true, false])("go by hubs (directed: %s)", (directed) => {
    const random = new Random(23);
    const n = 600;
    const mesh = Alm.createSync({ directed, wasm: wasm("alm-mesh", build) });
    for (let i = 0; i < 2600; i++) {
      const hub = random.below(3);
      const [a, b] = random.next() < 0.5 ? [hub, random.below(n)] : [random.below(n), hub];
      mesh.link(a, b, { weight: 0.1 + random.next(), type: random.next() < 0.9 ? 0 : 1 });
      if (i % 8 === 0) mesh.link(random.below(n), random.below(n), { weight: 0.1 + random.next() });
    }
    const edges = [...mesh.edges()];
    expect(mesh.outDegree(0)).toBeGreaterThan(256);
    for (let j = 0; j < 25; j++) {
      const options = { ...randomFilter(random, n), types: random.pick([undefined, [0]]) };
      options.avoidEdges = [[0, random.below(n)], [random.below(n), 1], ...options.avoidEdges];
      check(mesh, edges, random.below(n), random.below(n), options);
    }
  });

  it("stay the cheapest by coordinates, however the graph changes", () => {
    for (const directed of [true, false]) {
      const random = new Random(25);
      const n = 60;
      const mesh = Alm.createSync({ directed, halfLife: 24 * HOUR, wasm: wasm("alm-mesh", build) });
      const column = () => Float64Array.from({ length: n }, () => random.next());
      const [x, y] = [column(), column()];
      const straight = (a: number, b: number) => Math.sqrt((x[a] - x[b]) ** 2 + (y[a] - y[b]) ** 2);
      const some = (count: number) => Int32Array.from({ length: count }, () => random.below(n));
      mesh.setCoordinates(x, y);
      for (let step = 0; step < 400; step++) {
        const [from, to] = [random.below(n), random.below(n)];
        const weight = Math.max(1e-6, straight(from, to) * (0.8 + random.next()));
        const at = step * HOUR;
        const kind = random.below(20);
        if (kind < 12) mesh.link(from, to, { weight, at });
        else if (kind < 14) mesh.reinforce(from, to, 0.3 * (random.next() - 0.5), { at });
        else if (kind < 15) mesh.unlink(from, to);
        else if (kind < 16 && step % 5 === 0) mesh.removeNode(from);
        else if (kind < 17) mesh.linkMany(some(20), some(20), { weights: new Float32Array(20).fill(0.2 + random.next()), at });
        else if (kind < 18) {
          const rows = [...mesh.edges()].slice(0, 5);
          const weights = rows.map(() => 0.01 + random.next());
          mesh.updateMany(
            rows.map((e) => e.from),
            rows.map((e) => e.to),
            weights,
            { types: rows.map((e) => e.type) },
          );
        } else if (kind < 19) mesh.compact();
        else if (random.next() < 0.3)
          mesh.linkMany(some(2100), some(2100), { weights: new Float32Array(2100).fill(0.5 + random.next()), at });
        if (step === 200) mesh.setCoordinates(undefined);
        if (step === 210) mesh.setCoordinates(x, y);
        if (step % 4 !== 0) continue;
        const edges = [...mesh.edges()];
        const [a, b] = [random.below(n), random.below(n)];
        const want = slowDijkstra(stepsOf(edges, { directed }), a, false).get(b);
        const got = mesh.shortestPath(a, b, { algorithm: "astar" });
        if (want === undefined || !mesh.hasNode(a)) expect(got).toBeUndefined();
        else expect(Math.abs(got!.cost - want)).toBeLessThanOrEqual(1e-6 * want);
      }
      const copy = Alm.loadSync(mesh.snapshot(), { wasm: wasm("alm-mesh", build) });
      expect(copy.shortestPath(1, 2)).toEqual(mesh.shortestPath(1, 2));
      expect(Buffer.compare(copy.image(), mesh.image())).toBe(0);
    }
  });

  it("bear edges without coordinates, and coordinates in one place", () => {
    const mesh = Alm.createSync({ wasm: wasm("alm-mesh", build) });
    mesh.linkMany([0, 1, 0], [1, 2, 2], { weights: [1, 1, 3] });
    mesh.setCoordinates([5, 5, 5], [5, 5, 5]);
    expect(mesh.shortestPath(0, 2, { algorithm: "astar" })!.cost).toBe(2);
    mesh.setCoordinates([0, 1, 2], [0, 0, 0]);
    expect(mesh.shortestPath(0, 2)!.cost).toBe(2);
    mesh.link(2, 7, { weight: 1 });
    expect([...mesh.shortestPath(0, 7)!.path]).toEqual([0, 1, 2, 7]);
    mesh.setCoordinates([], []);
    expect([...mesh.shortestPath(0, 7)!.path]).toEqual([0, 1, 2, 7]);
  });

  it("tell distances to many, and between many", () => {
    const random = new Random(26);
    for (const directed of [true, false]) {
      const { mesh, edges } = randomMesh(random, build, 50, 140, { directed });
      const ids = () => Array.from({ length: 1 + random.below(8) }, () => random.below(53));
      for (let i = 0; i < 20; i++) {
        const [sources, targets] = [ids(), ids()];
        const options = randomFilter(random, 50);
        const steps = stepsOf(edges, { directed, ...options });
        const got = mesh.distanceMatrix(sources, targets, options);
        expect(got.length).toBe(sources.length * targets.length);
        for (const [r, source] of sources.entries()) {
          const known = mesh.hasNode(source) && !options.avoid.includes(source);
          const want = known ? slowDijkstra(steps, source, options.cost === "hops") : new Map<number, number>();
          expect(got.slice(r * targets.length, (r + 1) * targets.length)).toEqual(mesh.distances(source, targets, options));
          for (const [c, target] of targets.entries()) {
            expect(got[r * targets.length + c]).toBeCloseTo(want.get(target) ?? Infinity, 9);
          }
        }
        const all = mesh.distances(sources[0], targets, { ...options, maxCost: 1 });
        for (const [c, d] of all.entries()) expect(d).toBe(got[c] <= 1 ? got[c] : Infinity);
      }
      expect(mesh.distances(0, []).length).toBe(0);
      expect(mesh.distanceMatrix([], [1]).length).toBe(0);
    }
  });

  it("decay with the weights", () => {
    const mesh = Alm.createSync({ halfLife: 1000, wasm: wasm("alm-mesh", build) });
    mesh.linkMany([0, 1, 0], [1, 2, 2], { weights: [1, 1, 3], at: 0 });
    expect(mesh.shortestPath(0, 2, { at: 1000 })!.cost).toBe(1);
    expect(mesh.distances(0, [1, 2], { at: 2000 })).toEqual(Float64Array.of(0.25, 0.5));
    expect(mesh.shortestPath(0, 2, { at: 1000, maxCost: 0.9 })).toBeUndefined();
    expect(mesh.disjointPair(0, 2, { at: 1000 })!.map(({ cost }) => cost)).toEqual([1, 1.5]);
    expect([...mesh.kShortestPaths(0, 2, { at: 1000 })].map(({ cost }) => cost)).toEqual([1, 1.5]);
  });

  it("refuse what cannot be right", () => {
    const mesh = Alm.createSync({ wasm: wasm("alm-mesh", build) });
    mesh.linkMany([0, 1], [1, 2]);
    const before = mesh.image();
    const code = (run: () => unknown) => {
      try {
        run();
      } catch (error) {
        return (error as MfnError).code;
      }
      return undefined;
    };
    const bad: [string, ShortestPathOptions][] = [
      ["ERR_ARGUMENT", { algorithm: "alt" as "auto" }],
      ["ERR_ARGUMENT", { algorithm: "toString" as "auto" }],
      ["ERR_ARGUMENT", { cost: "time" as "hops" }],
      ["ERR_ARGUMENT", { avoid: [-1] }],
      ["ERR_ARGUMENT", { avoidEdges: [[0]] as unknown as [number, number][] }],
      ["ERR_ARGUMENT", { avoidEdges: [[0, Number.NaN]] }],
      ["ERR_ARGUMENT", { avoidEdges: [3] as unknown as [number, number][] }],
      ["ERR_ARGUMENT", { types: [256] }],
      ["ERR_NOT_FINITE", { maxCost: Number.NaN }],
      ["ERR_ARGUMENT", { maxCost: -1 }],
      ["ERR_NOT_FINITE", { at: Number.NaN }],
    ];
    for (const [want, options] of bad) {
      expect(code(() => mesh.shortestPath(0, 2, options))).toBe(want);
      if (options.algorithm !== undefined) continue;
      expect(code(() => mesh.distances(0, [2], options))).toBe(want);
      expect(code(() => mesh.distanceMatrix([0], [2], options))).toBe(want);
      expect(code(() => [...mesh.kShortestPaths(0, 2, options)])).toBe(want);
      expect(code(() => mesh.disjointPair(0, 2, options))).toBe(want);
    }
    expect(code(() => mesh.shortestPath(Number.NaN, 2))).toBe("ERR_ARGUMENT");
    expect(code(() => mesh.distances(0, [1, 2 ** 31]))).toBe("ERR_ARGUMENT");
    expect(code(() => mesh.distanceMatrix([0.5], [1]))).toBe("ERR_ARGUMENT");
    expect(code(() => mesh.disjointPair(0, 2, { by: "both" as "edge" }))).toBe("ERR_ARGUMENT");
    expect(code(() => [...mesh.kShortestPaths(0, 2, { k: -1 })])).toBe("ERR_ARGUMENT");
    expect(code(() => mesh.setCoordinates([1, 2], [1]))).toBe("ERR_ARGUMENT");
    expect(code(() => mesh.setCoordinates([1]))).toBe("ERR_ARGUMENT");
    expect(code(() => mesh.setCoordinates([1, Number.NaN], [1, 2]))).toBe("ERR_NOT_FINITE");
    expect(Buffer.compare(mesh.image(), before)).toBe(0);
  });
});
