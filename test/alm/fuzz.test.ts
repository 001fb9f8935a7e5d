import { describe, expect, it } from "vitest";
import { Alm, MfnError } from "../../src/alm.js";
import { builds, wasm } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";
import { SlowGraph } from "../oracle/graph.js";

const TYPES = [0, 1, 2, 3, 62, 63, 64, 65, 127, 128, 191, 192, 193, 200, 254, 255];

/** An id below n, low ones much more often: the low ones become hubs. */
const skewed = (random: Random, n: number) => random.below(random.below(random.below(n) + 1) + 1);

describe.each(builds)("Alm against a Map of edges (%s)", (build) => {
  const same = (graph: Alm, slow: SlowGraph) => {
    const edges = slow.edges();
    expect([...graph.edges()]).toEqual(edges);
    const nodes = slow.nodes();
    expect([graph.edgeCount, graph.nodeCount]).toEqual([edges.length, nodes.length]);
    for (const id of nodes) {
      expect(graph.hasNode(id)).toBe(true);
      const into = edges.filter((e) => e.to === id).sort((a, b) => b.weight - a.weight || a.from - b.from || a.type - b.type);
      const got = graph.into(id);
      expect([...got.ids]).toEqual(into.map((e) => e.from));
      expect([...got.weights]).toEqual(into.map((e) => e.weight));
      expect([...got.types]).toEqual(into.map((e) => e.type));
      expect([graph.outDegree(id), graph.inDegree(id)]).toEqual([edges.filter((e) => e.from === id).length, into.length]);
    }
  };

  it("agrees through 25,000 random operations that let hubs come and go", () => {
    const random = new Random(1);
    const graph = Alm.createSync({ seed: 5, wasm: wasm("alm-mesh", build) });
    const slow = new SlowGraph();
    let hubs = 0;
    for (let step = 0; step < 25_000; step++) {
      const n = 200;
      const from = skewed(random, n);
      const to = skewed(random, n);
      const type = random.pick(TYPES);
      const weight = 0.1 + random.next();
      // The share of operations that add goes up and down, so that blocks grow and shrink.
      const adding = Math.floor(step / 5000) % 2 === 0 ? 0.75 : 0.15;
      const kind = random.next();
      if (kind < adding) {
        if (random.next() < 0.7) expect(graph.link(from, to, { type, weight })).toBe(slow.link(from, to, type, weight));
        else expect(graph.reinforce(from, to, weight, { type })).toBe(slow.reinforce(from, to, type, weight));
      } else if (kind < adding + 0.05) {
        expect(graph.reinforce(from, to, -weight, { type })).toBe(slow.reinforce(from, to, type, -weight));
      } else if (kind < adding + 0.1) {
        expect(graph.weight(from, to, { type })).toBe(slow.weight(from, to, type));
      } else if (kind < adding + 0.15) {
        if (slow.weight(from, to, type) === undefined) {
          expect(() => graph.update(from, to, weight, { type })).toThrow(MfnError);
        } else {
          graph.update(from, to, weight, { type });
          slow.link(from, to, type, weight);
        }
      } else if (kind < 0.97) {
        const known = slow.size > 0 && random.next() < 0.7 ? [...graph.out(from).ids] : [];
        const end = known.length > 0 ? random.pick(known) : to;
        const only = random.next() < 0.6 ? undefined : type;
        expect(graph.unlink(from, end, { type: only })).toBe(slow.unlink(from, end, only));
      } else if (kind < 0.975) {
        const id = random.below(n);
        expect(graph.removeNode(id)).toBe(slow.removeNode(id));
      } else {
        expect(graph.weight(to, from, { type })).toBe(slow.weight(to, from, type));
      }
      hubs = Math.max(hubs, graph.outDegree(0), graph.inDegree(0));
      if (step % 1000 === 999) same(graph, slow);
    }
    // Then its block is a hash table.
    expect(hubs).toBeGreaterThan(128);
    for (let id = 0; id < 200; id++) expect(graph.removeNode(id)).toBe(slow.removeNode(id));
    expect(graph.stats()).toMatchObject({ nodes: 0, edges: 0 });
    graph.compact();
    expect(graph.stats()).toMatchObject({ nodes: 0, edges: 0, capacity: 0, freeBytes: 0 });
  });

  it("links many as it links one by one", () => {
    const random = new Random(2);
    const many = Alm.createSync({ wasm: wasm("alm-mesh", build) });
    const slow = new SlowGraph();
    for (const n of [0, 1, 7, 5040, 5041, 12_000]) {
      const from = Int32Array.from({ length: n }, () => random.below(300));
      const to = Int32Array.from({ length: n }, () => random.below(300));
      const weights = Float32Array.from({ length: n }, () => 0.5 + random.next());
      const types = Uint8Array.from({ length: n }, () => random.below(3));
      let added = 0;
      for (let i = 0; i < n; i++) if (slow.link(from[i], to[i], types[i], weights[i])) added++;
      expect(many.linkMany(from, to, { weights, types })).toBe(added);
    }
    expect([...many.edges()]).toEqual(slow.edges());
    expect(many.linkMany([1000, 1000], [1001, 1001])).toBe(1);
    expect(many.weight(1000, 1001)).toBe(1);
  });

  it("lists edges by strength, type and limit", () => {
    const random = new Random(3);
    const graph = Alm.createSync({ wasm: wasm("alm-mesh", build) });
    const slow = new SlowGraph();
    for (let i = 0; i < 400; i++) {
      const [to, type, weight] = [random.below(80), random.below(4), 1 + random.below(5)];
      graph.link(0, to, { type, weight });
      slow.link(0, to, type, weight);
    }
    for (const types of [undefined, [0], [1, 3], [], [9]]) {
      for (const limit of [undefined, 0, 1, 5, 17, 1000]) {
        const want = slow.edges({ types }).slice(0, limit);
        const got = graph.out(0, { types, limit });
        expect([...got.ids].map((to, i) => ({ from: 0, to, type: got.types[i], weight: got.weights[i] }))).toEqual(want);
      }
    }
  });

  it("lets edges be changed while they are listed", () => {
    const graph = Alm.createSync({ wasm: wasm("alm-mesh", build) });
    graph.linkMany([0, 1, 2], [1, 2, 3]);
    const seen = [];
    for (const e of graph.edges()) {
      seen.push(e.from);
      graph.removeNode(2);
    }
    expect(seen).toEqual([0]);
  });
});
