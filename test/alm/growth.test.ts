import { describe, expect, it } from "vitest";
import { Alm } from "../../src/alm.js";
import { wasm } from "../helpers/modules.js";

/** Processor time of a call in microseconds, the least of several. */
function costOf(run: () => unknown): number {
  let least = Infinity;
  for (let i = 0; i < 5; i++) {
    const from = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(from);
    least = Math.min(least, Math.max(1, user + system));
  }
  return least;
}

/** The exponent of the cost: the slope of log(cost) over log(size), by least squares. */
function exponent(sizes: number[], cost: (size: number) => number): number {
  const points = sizes.map((size) => [Math.log(size), Math.log(cost(size))]);
  const mean = (i: number) => points.reduce((sum, p) => sum + p[i], 0) / points.length;
  const [mx, my] = [mean(0), mean(1)];
  return points.reduce((sum, [x, y]) => sum + (x - mx) * (y - my), 0) / points.reduce((sum, [x]) => sum + (x - mx) ** 2, 0);
}

/** Every one of `n` nodes linked to 200 hubs, both ways, and the hubs to each other. */
function hubs(n: number): Alm {
  const graph = Alm.createSync({ wasm: wasm("alm-mesh", "release") });
  const from: number[] = [];
  const to: number[] = [];
  for (let hub = 0; hub < 200; hub++) {
    for (let i = 0; i < n; i++) {
      const node = i < 200 ? i : 200 + ((i + hub * n) % 5000);
      from.push(hub, node);
      to.push(node, hub);
    }
  }
  graph.linkMany(from, to);
  return graph;
}

describe("The cost of Alm", () => {
  it("is seen by this test where it grows", () => {
    const quadratic = (n: number) =>
      costOf(() => {
        let sum = 0;
        for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) sum += Math.imul(i, j) & 7;
        return sum;
      });
    expect(exponent([500, 1000, 2000, 4000], quadratic)).toBeGreaterThan(1.5);
  });

  it("of an operation between two hubs does not grow with their degree", () => {
    const work = (n: number) => {
      const graph = hubs(n);
      expect(graph.outDegree(0)).toBeGreaterThanOrEqual(n);
      const cost = costOf(() => {
        for (let i = 0; i < 10_000; i++) graph.reinforce(i % 199, (i * 7) % 197, 0.01);
        for (let i = 0; i < 5000; i++) {
          graph.unlink(i % 199, (i * 7) % 197, { type: 0 });
          graph.link(i % 199, (i * 7) % 197);
        }
      });
      graph.dispose();
      return cost;
    };
    expect(exponent([250, 1000, 4000], work)).toBeLessThan(0.5);
  });

  it("of a query does not grow with the graph around what it meets", () => {
    const work = (n: number) => {
      const graph = Alm.createSync({ wasm: wasm("alm-mesh", "release") });
      const ids = Int32Array.from({ length: n }, (_, i) => i);
      for (const step of [1, 7, 31]) {
        graph.linkMany(
          ids,
          ids.map((i) => (i + step) % n),
          { weights: new Float32Array(n).fill(1 / step) },
        );
      }
      const cost = costOf(() => {
        for (let i = 0; i < 400; i++) {
          const seed = [(i * 7919) % n];
          graph.recall(seed);
          graph.kHop(seed);
          graph.personalizedPageRank(seed, { epsilon: 1e-3 });
          graph.shortestPath(seed[0], (seed[0] + 40) % n);
        }
      });
      graph.dispose();
      return cost;
    };
    expect(exponent([1000, 8000, 64_000], work)).toBeLessThan(0.5);
  });

  it("of a path through a hub does not grow with the number of times that a cheaper way to the hub was found", () => {
    const work = (n: number) => {
      const graph = Alm.createSync({ wasm: wasm("alm-mesh", "release") });
      const [source, target, hub, gate, first] = [0, 1, 2, 3, 10];
      const ids = Int32Array.from({ length: n }, (_, i) => first + i);
      // Every next node on the way to the hub is farther from the source and nearer to the hub, by more.
      graph.linkMany(new Int32Array(n).fill(source), ids, { weights: ids.map((_, i) => 1000 + i) });
      graph.linkMany(ids, new Int32Array(n).fill(hub), { weights: ids.map((_, i) => 100_000 - 4 * i) });
      graph.linkMany(
        new Int32Array(n).fill(hub),
        ids.map((id) => id + n),
        { weights: new Int32Array(n).fill(1_000_000) },
      );
      graph.link(hub, gate, { weight: 1_000_000 });
      graph.link(gate, target, { weight: 1_000_000 });
      const cost = costOf(() => expect(graph.shortestPath(source, target)?.path.length).toBe(5));
      graph.dispose();
      return cost;
    };
    expect(exponent([2000, 4000, 8000], work)).toBeLessThan(1.6);
  });
});
