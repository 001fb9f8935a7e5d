import { describe, expect, it } from "vitest";
import { type Graph, internet, lattice, questions, reachable, rmat, roads, toCsr } from "../../bench/graphs.js";

/** What every graph must be: edges between its nodes, none a loop, none twice, all of a weight above 0. */
function expectSound(graph: Graph): void {
  const { directed, nodes, from, to, weights, coordinates } = graph;
  expect([to.length, weights.length]).toEqual([from.length, from.length]);
  const seen = new Set<number>();
  for (let i = 0; i < from.length; i++) {
    const [u, v] = directed || from[i] < to[i] ? [from[i], to[i]] : [to[i], from[i]];
    if (u === v || u < 0 || v < 0 || u >= nodes || v >= nodes || !(weights[i] > 0)) throw new Error(`edge ${i}: ${u} ${v} ${weights[i]}`);
    seen.add(u * nodes + v);
    if (coordinates === undefined) continue;
    const { x, y } = coordinates;
    const straight = Math.sqrt((x[u] - x[v]) ** 2 + (y[u] - y[v]) ** 2);
    // Weights are f32.
    if (straight > weights[i] * (1 + 1e-7)) throw new Error(`edge ${i} is shorter than the straight line`);
  }
  expect(seen.size).toBe(from.length);
}

describe("graphs of benchmarks", () => {
  it("are the same every time, and others for other seeds", () => {
    for (const make of [(seed: number) => rmat(8, 900, seed), (seed: number) => lattice(9, seed)]) {
      expect(make(3)).toEqual(make(3));
      expect(make(3)).not.toEqual(make(4));
    }
  });

  it("are pinned to their first edges, so that figures of two versions compare", () => {
    const graph = rmat(17, 1000);
    expect([graph.from.slice(0, 3), graph.to.slice(0, 3), graph.weights.slice(0, 3)].map((part) => [...part])).toMatchInlineSnapshot(`
      [
        [
          35047,
          94373,
          65041,
        ],
        [
          6434,
          104865,
          28178,
        ],
        [
          250,
          76,
          208,
        ],
      ]
    `);
  });

  it("have sound edges", () => {
    for (const graph of [rmat(10, 4000), rmat(6, 500), lattice(20)]) expectSound(graph);
    expect(rmat(10, 4000).from.length).toBe(4000);
  });

  it("have hubs or crossings", () => {
    const degrees = (graph: Graph) => {
      const { offsets } = toCsr(graph);
      return Array.from({ length: graph.nodes }, (_, u) => offsets[u + 1] - offsets[u]);
    };
    expect(Math.max(...degrees(rmat(10, 4000)))).toBeGreaterThan(20 * 4);
    expect(Math.max(...degrees(lattice(20)))).toBe(4);
  });

  it.each([rmat(7, 400), lattice(8)])("are laid out by their nodes: $name", (graph) => {
    for (const reverse of [false, true]) {
      const { offsets, to, weights, edges } = toCsr(graph, reverse);
      const arcs: string[] = [];
      for (let u = 0; u < graph.nodes; u++)
        for (let a = offsets[u]; a < offsets[u + 1]; a++) arcs.push(`${u} ${to[a]} ${weights[a]} ${edges[a]}`);
      const expected = Array.from(graph.from.keys()).flatMap((i) => {
        const [u, v] = reverse ? [graph.to[i], graph.from[i]] : [graph.from[i], graph.to[i]];
        const arc = `${u} ${v} ${graph.weights[i]} ${i}`;
        return graph.directed ? [arc] : [arc, `${v} ${u} ${graph.weights[i]} ${i}`];
      });
      expect(arcs.sort()).toEqual(expected.sort());
    }
  });

  it.each([rmat(8, 600), lattice(12)])("are asked distinct pairs with a path: $name", (graph) => {
    const csr = toCsr(graph);
    const { hub, reached, from, to } = questions(graph, csr, 150);
    expect(reached).toBe(reachable(csr, hub).length);
    expect(reached).toBeGreaterThan(graph.nodes / 4);
    expect(new Set(Array.from(from, (u, i) => `${u} ${to[i]}`)).size).toBe(150);
    for (const [i, u] of from.entries()) {
      expect(u).not.toBe(to[i]);
      expect(reachable(csr, u)).toContain(to[i]);
    }
  });

  it("hold the public data as it is", ({ skip }) => {
    const [city, systems] = [roads("amsterdam"), internet()];
    if (city === undefined || systems === undefined) skip("the public data is not here; see bench/files.ts");
    expect([city!.nodes, city!.from.length, systems!.nodes, systems!.from.length]).toEqual([68_213, 76_712, 8020, 18_203]);
    for (const graph of [city!, systems!]) expectSound(graph);
  });
});
