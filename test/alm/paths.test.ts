import { describe, expect, it } from "vitest";
import { Alm, type MfnError } from "../../src/alm.js";
import { builds, wasm } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";
import { everyPath, slowYen, stepsOf } from "../oracle/paths.js";
import { randomFilter, randomMesh, stepsIn } from "./route-helpers.js";
import { type Arc, bothWays, frozen } from "./routes-helpers.js";

describe.each(builds)("The k shortest paths without a loop (%s)", (build) => {
  it.each([true, false])("are those of all paths (directed: %s)", (directed) => {
    const random = new Random(directed ? 31 : 32);
    for (let i = 0; i < 120; i++) {
      const n = 2 + random.below(7);
      const { mesh, edges } = randomMesh(random, build, n, random.below(3 * n), { directed });
      const before = mesh.image();
      for (let j = 0; j < 5; j++) {
        const [from, to] = [random.below(n + 1), random.below(n + 1)];
        const options = randomFilter(random, n);
        const byHops = options.cost === "hops";
        const steps = stepsOf(edges, { directed, ...options });
        const known = [from, to].every((id) => mesh.hasNode(id) && !options.avoid.includes(id));
        const all = known ? everyPath(steps, from, to, byHops) : [];
        const maxCost = all.length > 0 && random.next() < 0.3 ? random.pick(all).cost * 1.0001 : Infinity;
        const want = all.filter(({ cost }) => cost <= maxCost).map(({ cost }) => cost);
        const k = random.pick([undefined, 0, 1, 2, 4, 7]);
        const got = [...mesh.kShortestPaths(from, to, { k, maxCost, ...options })];
        expect(got.length).toBe(Math.min(k ?? Infinity, want.length));
        for (const [r, path] of got.entries()) {
          expect(path.cost).toBeCloseTo(want[r], 9);
          stepsIn(path, steps, from, to, byHops);
          expect(new Set(path.path).size).toBe(path.path.length);
        }
        expect(new Set(got.map(({ path }) => path.join())).size).toBe(got.length);
        if (got.length > 0) expect(mesh.shortestPath(from, to, { maxCost, ...options })!.cost).toBeCloseTo(got[0].cost, 9);
      }
      expect(Buffer.compare(mesh.image(), before)).toBe(0);
      mesh.dispose();
    }
  });

  it("are many in a lattice, by hubs too", () => {
    const random = new Random(33);
    const mesh = Alm.createSync({ directed: false, wasm: wasm("alm-mesh", build) });
    for (let x = 0; x < 4; x++) {
      for (let y = 0; y < 4; y++) {
        if (x < 3) mesh.link(4 * x + y, 4 * x + y + 4, { weight: 1 + random.below(3) });
        if (y < 3) mesh.link(4 * x + y, 4 * x + y + 1, { weight: 1 + random.below(3) });
      }
    }
    // Ends that no path goes by make two nodes hubs.
    for (let i = 0; i < 300; i++) {
      mesh.link(5, 100 + i, { weight: 0.5 + random.next() });
      mesh.link(10, 400 + i, { weight: 0.5 + random.next() });
    }
    const want = everyPath(stepsOf([...mesh.edges()], { directed: false }), 0, 15, false);
    expect(want.length).toBe(184);
    const got = [...mesh.kShortestPaths(0, 15)];
    expect(got.map(({ cost }) => cost)).toEqual(want.map(({ cost }) => cost));
    expect([...mesh.kShortestPaths(0, 15, { k: 50 })].map(({ cost }) => cost)).toEqual(want.slice(0, 50).map(({ cost }) => cost));
  });

  it.each([true, false])("are those of Yen's algorithm in larger graphs (directed: %s)", (directed) => {
    const random = new Random(directed ? 34 : 35);
    for (let i = 0; i < 6; i++) {
      const nodes = 100 * (i + 1);
      const mesh = Alm.createSync({ directed, wasm: wasm("alm-mesh", build) });
      for (let j = 0; j < 4 * nodes; j++) {
        // Some have hundreds of edges.
        const hub = random.below(1 + random.below(1 + random.below(nodes)));
        const [a, b] = random.next() < 0.5 ? [hub, random.below(nodes)] : [random.below(nodes), hub];
        mesh.link(a, b, { weight: 1 + random.below(30) });
      }
      const arcs = [...mesh.edges()].map(({ from, to, weight }): Arc => [from, to, weight]);
      const graph = frozen(nodes, directed ? arcs : bothWays(arcs));
      for (let j = 0; j < 12; j++) {
        const [from, to] = [random.below(nodes), random.below(nodes)];
        if (!mesh.hasNode(from) || !mesh.hasNode(to) || from === to) continue;
        const k = 1 + random.below(12);
        expect([...mesh.kShortestPaths(from, to, { k })].map(({ cost }) => cost)).toEqual(slowYen(graph, from, to, k));
      }
    }
  });

  it("are searched when they are asked for, in one state of the graph", () => {
    const mesh = Alm.createSync({ wasm: wasm("alm-mesh", build) });
    for (let i = 1; i <= 9; i++) mesh.linkMany([0, i], [i, 10], { weights: [i, 1] });
    const paths = mesh.kShortestPaths(0, 10);
    expect(paths.next().value!.cost).toBe(2);
    mesh.update(0, 1, 1);
    for (let i = 0; i < 3; i++) expect(paths.next().value!.cost).toBe(3 + i);
    let code: string | undefined;
    try {
      paths.next();
    } catch (error) {
      code = (error as MfnError).code;
    }
    expect(code).toBe("ERR_CHANGED");
    const some = [];
    for (const { cost } of mesh.kShortestPaths(0, 10)) {
      some.push(cost);
      mesh.shortestPath(0, 10);
      if (some.length === 6) break;
    }
    expect(some).toEqual([2, 3, 4, 5, 6, 7]);
    expect([...mesh.kShortestPaths(3, 3)].map(({ path, cost }) => [...path, cost])).toEqual([[3, 0]]);
    expect([...mesh.kShortestPaths(10, 0)]).toEqual([]);
    expect([...mesh.kShortestPaths(0, 77)]).toEqual([]);
  });
});
