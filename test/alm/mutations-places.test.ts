// Coordinates bound what a way costs from below. Whatever happens to the edges, the bound must hold: searches by it find what those without it find.
import { describe, expect, it } from "vitest";
import { Alm, type MeshOptions } from "../../src/alm.js";
import { builds, wasm } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";
import { near } from "./freeze-helpers.js";

const N = 160;

describe.each(builds)("Alm with coordinates, through mutations (%s)", (build) => {
  it.each<[string, MeshOptions]>([
    ["directed", { directed: true }],
    ["undirected", { directed: false }],
    ["directed, with decay", { directed: true, halfLife: 1000 }],
    ["undirected, with decay and a limit", { directed: false, halfLife: 1000, maxDegree: 9 }],
  ])("finds the cheapest ways: %s", (_, options) => {
    for (let seed = 1; seed <= (build === "release" ? 12 : 2); seed++) {
      const random = new Random(seed);
      const mesh = Alm.createSync({ ...options, wasm: wasm("alm-mesh", build) });
      const [x, y] = [Array.from({ length: N }, () => random.next()), Array.from({ length: N }, () => random.next())];
      const straight = (a: number, z: number) => Math.hypot(x[a] - x[z], y[a] - y[z]);
      // Ways along the straight line cost least; now and then one costs less.
      const weight = (a: number, z: number) =>
        Math.max(1e-3, straight(a, z) * (random.next() < 0.02 ? 0.3 * random.next() : 1 + 0.3 * random.next()));
      const end = (a: number) => {
        let best = random.below(N);
        for (let i = 0; i < 12; i++) {
          const z = random.below(N);
          if (z !== a && straight(a, z) < straight(a, best)) best = z;
        }
        return best;
      };
      const rows = (n: number) => {
        const from = Array.from({ length: n }, () => random.below(N));
        const to = from.map(end);
        return { from, to, weights: from.map((a, i) => weight(a, to[i])) };
      };
      const first = rows(600);
      mesh.linkMany(first.from, first.to, first);
      mesh.setCoordinates(x, y);
      let aided = 0;
      for (let step = 0; step < 40; step++) {
        const n = random.next() < 0.2 ? 2300 : 1 + random.below(30);
        const { from, to, weights } = rows(n);
        const at = options.halfLife === undefined ? undefined : mesh.now + (random.next() < 0.3 ? 1000 * random.below(25) : 0);
        const kind = random.next();
        if (kind < 0.2) mesh.linkMany(from, to, { weights, at });
        else if (kind < 0.3) mesh.link(from[0], to[0], { weight: weights[0], at });
        else if (kind < 0.4) mesh.reinforceMany(from, to, weights, { at });
        else if (kind < 0.45) mesh.reinforce(from[0], to[0], -weights[0] / 2);
        else if (kind < 0.55) {
          const all = mesh.columns();
          const ids = Array.from({ length: n }, () => random.below(mesh.edgeCount));
          const [a, z] = [ids.map((i) => all.from[i]), ids.map((i) => all.to[i])];
          mesh.updateMany(
            a,
            z,
            a.map((id, i) => weight(id, z[i])),
            { at },
          );
        } else if (kind < 0.6) mesh.unlinkMany(from, to);
        else if (kind < 0.65) mesh.removeNode(from[0]);
        else if (kind < 0.7) mesh.compact();
        else if (kind < 0.75) {
          const all = mesh.columns();
          mesh.reweight(Array.from(all.from, (a, i) => weight(a, all.to[i])));
        } else if (kind < 0.8) expect(() => mesh.updateMany([...from, 0], [...to, N + 9], [...weights.map((w) => w / 100), 1])).toThrow();
        else if (kind < 0.85) mesh.setCoordinates(x, y);
        else if (kind < 0.87) mesh.restore(mesh.snapshot());
        for (let i = 0; i < 12; i++) {
          const [a, z] = [random.below(N), random.below(N)];
          const want = mesh.shortestPath(a, z, { algorithm: "dijkstra" });
          for (const algorithm of ["astar", "auto", "bidirectional"] as const) {
            const got = mesh.shortestPath(a, z, { algorithm });
            if (!near(got?.cost, want?.cost, 1e-6))
              throw new Error(`seed ${seed}, step ${step}: ${a} -> ${z}, ${algorithm}: ${got?.cost}, not ${want?.cost}`);
            if (want !== undefined && algorithm === "astar") aided++;
          }
        }
      }
      expect(aided).toBeGreaterThan(100);
      mesh.dispose();
    }
  });
});
