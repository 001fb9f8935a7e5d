import { describe, expect, it } from "vitest";
import { Alm, type ErrorCode, MfnError } from "../../src/alm.js";
import { builds, wasm } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";
import { SlowGraph } from "../oracle/graph.js";

function codeOf(run: () => unknown): ErrorCode | undefined {
  try {
    run();
  } catch (error) {
    if (error instanceof MfnError) return error.code;
    throw error;
  }
  return undefined;
}

describe.each(builds)("Alm at its limits (%s)", (build) => {
  const make = (options = {}) => Alm.createSync({ ...options, wasm: wasm("alm-mesh", build) });

  it("refuses what is outside its domain and stays as it was", () => {
    const graph = make();
    graph.linkMany([0, 1, 2], [1, 2, 0], { types: [0, 1, 2] });
    const before = graph.image();
    const bigints = new BigInt64Array(2).fill(1n) as unknown as number[];
    // More rows than go through the window at once: a bad one at the end must not come after good ones were done.
    const many = Array.from({ length: 12_000 }, (_, i) => i);
    const bad: [ErrorCode, () => unknown][] = [
      ["ERR_NOT_FINITE", () => graph.link(0, 1, { weight: Number.NaN })],
      ["ERR_NOT_FINITE", () => graph.link(0, 1, { weight: Infinity })],
      ["ERR_ARGUMENT", () => graph.link(0, 1, { weight: 0 })],
      ["ERR_ARGUMENT", () => graph.link(0, 1, { weight: -1 })],
      ["ERR_ARGUMENT", () => graph.link(0, 1, { weight: 1e19 })],
      ["ERR_ARGUMENT", () => graph.link(0, 1, { weight: "1" as unknown as number })],
      ["ERR_ARGUMENT", () => graph.link(-1, 1)],
      ["ERR_ARGUMENT", () => graph.link(0, 2 ** 31)],
      ["ERR_ARGUMENT", () => graph.link(0.5, 1)],
      ["ERR_ARGUMENT", () => graph.link(0, 1, { type: 256 })],
      ["ERR_ARGUMENT", () => graph.link(0, 1, { type: -1 })],
      ["ERR_ARGUMENT", () => graph.link(0, 1, { at: -1 })],
      ["ERR_NOT_FINITE", () => graph.link(0, 1, { at: Number.NaN })],
      ["ERR_MEMORY", () => graph.link(0, 2 ** 31 - 1)],
      ["ERR_ARGUMENT", () => graph.linkMany([0], [])],
      ["ERR_ARGUMENT", () => graph.linkMany([0, 1], [1, -2])],
      ["ERR_ARGUMENT", () => graph.linkMany([0, 1], [1, 2], { weights: [1] })],
      ["ERR_NOT_FINITE", () => graph.linkMany([0, 1], [1, 2], { weights: [1, Number.NaN] })],
      ["ERR_ARGUMENT", () => graph.linkMany([0, 1], [1, 2], { types: [1] })],
      ["ERR_ARGUMENT", () => graph.linkMany([0, 1], [1, 2], { types: [1, 300] })],
      ["ERR_MEMORY", () => graph.linkMany([0, 2 ** 31 - 1], [1, 2])],
      ["ERR_NOT_FINITE", () => graph.reinforce(0, 1, Number.NaN)],
      ["ERR_ARGUMENT", () => graph.reinforce(0, 1, 1e30)],
      ["ERR_NOT_FOUND", () => graph.update(0, 2, 1)],
      ["ERR_NOT_FOUND", () => graph.update(0, 999, 1)],
      ["ERR_ARGUMENT", () => graph.update(0, 1, 0)],
      ["ERR_ARGUMENT", () => graph.unlink(0, 1, { type: 999 })],
      ["ERR_ARGUMENT", () => graph.removeNode(-3)],
      ["ERR_ARGUMENT", () => graph.weight(0, Number.NaN)],
      ["ERR_ARGUMENT", () => graph.out(-1)],
      ["ERR_ARGUMENT", () => graph.out(0, { limit: -1 })],
      ["ERR_ARGUMENT", () => graph.out(0, { types: [256] })],
      ["ERR_ARGUMENT", () => graph.kHop([0, -1])],
      ["ERR_ARGUMENT", () => graph.kHop(0 as unknown as number[])],
      ["ERR_ARGUMENT", () => graph.kHop([0], { hops: -1 })],
      ["ERR_ARGUMENT", () => graph.kHop([0], { direction: "up" as "out" })],
      ["ERR_NOT_FINITE", () => graph.kHop([0], { minWeight: Number.NaN })],
      ["ERR_ARGUMENT", () => graph.recall([0], { k: -1 })],
      ["ERR_ARGUMENT", () => graph.recall([0], { hopDecay: 0 })],
      ["ERR_ARGUMENT", () => graph.recall([0], { maxHops: 256 })],
      ["ERR_ARGUMENT", () => graph.recall([0], { normalize: "in" as "out" })],
      ["ERR_ARGUMENT", () => graph.shortestPath(0, -1)],
      ["ERR_ARGUMENT", () => graph.shortestPath(0, 1, { cost: "time" as "hops" })],
      ["ERR_ARGUMENT", () => graph.shortestPath(0, 1, { maxCost: -1 })],
      ["ERR_NOT_FINITE", () => graph.shortestPath(0, 1, { maxCost: Number.NaN })],
      ["ERR_ARGUMENT", () => graph.shortestPath(0, 1, { avoid: [1.5] })],
      ["ERR_ARGUMENT", () => graph.personalizedPageRank([0], { restart: 0 })],
      ["ERR_ARGUMENT", () => graph.personalizedPageRank([0], { epsilon: 0 })],
      ["ERR_ARGUMENT", () => graph.personalizedPageRank([0], { seedWeights: [] })],
      ["ERR_ARGUMENT", () => graph.personalizedPageRank([0], { seedWeights: [0] })],
      ["ERR_ARGUMENT", () => graph.personalizedPageRank([0], { seedWeights: null as unknown as number[] })],
      ["ERR_ARGUMENT", () => graph.link(1n as unknown as number, 2)],
      ["ERR_ARGUMENT", () => graph.link(1, 2, { type: 1n as unknown as number })],
      ["ERR_ARGUMENT", () => graph.linkMany(bigints, [1, 2])],
      ["ERR_ARGUMENT", () => graph.linkMany([0, 1], [1, 2], { weights: bigints })],
      ["ERR_ARGUMENT", () => graph.linkMany([0, 1], [1, 2], { types: bigints })],
      ["ERR_ARGUMENT", () => graph.linkMany([0], [1], { weights: ["2"] as unknown as number[] })],
      ["ERR_ARGUMENT", () => graph.linkMany([0], [1], { weights: null as unknown as number[] })],
      ["ERR_ARGUMENT", () => graph.linkMany([0], [1], { types: null as unknown as number[] })],
      ["ERR_ARGUMENT", () => graph.linkMany(many, many, { weights: many.map((i) => (i === 11_999 ? 1n : 1)) as number[] })],
      ["ERR_ARGUMENT", () => graph.recall(bigints)],
      ["ERR_ARGUMENT", () => graph.recall([0], { types: 5 as unknown as number[] })],
      ["ERR_ARGUMENT", () => graph.recall([0], { types: null as unknown as number[] })],
    ];
    for (const [code, run] of bad) {
      expect([run.toString(), codeOf(run)]).toEqual([run.toString(), code]);
      expect(Buffer.compare(graph.image(), before)).toBe(0);
    }
    expect(codeOf(() => make({ halfLife: 0 }))).toBe("ERR_ARGUMENT");
    expect(codeOf(() => make({ halfLife: Number.NaN }))).toBe("ERR_ARGUMENT");
    expect(codeOf(() => make({ capacity: -1 }))).toBe("ERR_ARGUMENT");
    expect(codeOf(() => make({ maxBytes: 8192, capacity: 1000 }))).toBe("ERR_MEMORY");
    expect(codeOf(() => make({ maxBytes: 8192, edges: 1000 }))).toBe("ERR_MEMORY");
  });

  it("finds nothing about nodes it does not know", () => {
    const graph = make();
    for (let round = 0; round < 2; round++) {
      expect(graph.hasNode(7)).toBe(false);
      expect(graph.out(7).ids.length + graph.into(2 ** 31 - 1).ids.length).toBe(0);
      expect(graph.kHop([7, 9]).ids.length).toBe(0);
      expect(graph.recall([7])).toEqual([]);
      expect(graph.recall([])).toEqual([]);
      expect(graph.shortestPath(7, 0)).toBeUndefined();
      expect(graph.shortestPath(7, 7)).toBeUndefined();
      expect(graph.personalizedPageRank([7]).ids.length).toBe(0);
      expect([graph.weight(7, 8), graph.unlink(7, 8), graph.removeNode(7), graph.reinforce(7, 8, -1)]).toEqual([undefined, 0, 0, 0]);
      graph.link(0, 1);
    }
  });

  it("makes room when told to", () => {
    const graph = make({ capacity: 1000, edges: 100_000 });
    const { memoryBytes, capacity } = graph.stats();
    expect(capacity).toBe(1000);
    expect(memoryBytes).toBeGreaterThan(100_000 * 15);
    graph.linkMany([5], [6]);
    expect(graph.stats().memoryBytes).toBe(memoryBytes);
  });

  it("keeps its answers when memory is full, and goes on once there is room", () => {
    // The last has few nodes and many types: nearly every edge is between two hubs.
    for (const [maxBytes, nodes, types] of [
      [8192, 150, 4],
      [12_000, 150, 4],
      [40_000, 150, 4],
      [60_000, 6, 256],
    ]) {
      const random = new Random(maxBytes);
      const graph = make({ maxBytes, halfLife: 1000 });
      const slow = new SlowGraph(1000);
      let full = 0;
      let hubs = 0;
      for (let step = 0; step < 6000; step++) {
        const at = Math.floor(step / 100) * 1000;
        const [from, to] = [random.below(random.below(nodes) + 1), random.below(random.below(nodes) + 1)];
        const type = random.below(types);
        const kind = random.next();
        if (kind < 0.55) {
          const code = codeOf(() => graph.link(from, to, { type, at }));
          if (code === undefined) slow.link(from, to, type, 1, at);
          else full++;
          expect([undefined, "ERR_MEMORY"]).toContain(code);
        } else if (kind < 0.7) {
          const code = codeOf(() => graph.reinforce(from, to, 1, { type, at }));
          if (code === undefined) slow.reinforce(from, to, type, 1, at);
        } else if (kind < 0.8) {
          const rows = Array.from({ length: 1 + random.below(50) }, () => [random.below(nodes), random.below(nodes), random.below(types)]);
          const code = codeOf(() =>
            graph.linkMany(
              rows.map((r) => r[0]),
              rows.map((r) => r[1]),
              { types: rows.map((r) => r[2]), at },
            ),
          );
          if (code === undefined) for (const [a, b, t] of rows) slow.link(a, b, t, 1, at);
        } else if (kind < 0.99) {
          expect(graph.unlink(from, to, { type })).toBe(slow.unlink(from, to, type));
        } else {
          expect(graph.removeNode(from)).toBe(slow.removeNode(from));
        }
        hubs = Math.max(hubs, graph.outDegree(from));
        expect(graph.size).toBe(slow.size);
        if (step % 500 === 499) {
          for (const e of slow.edges()) {
            const weight = graph.weight(e.from, e.to, { type: e.type })!;
            expect(Math.abs(weight - e.weight)).toBeLessThanOrEqual(1e-4 * e.weight + 1e-25);
          }
        }
      }
      expect(full).toBeGreaterThan(100);
      if (types === 256) expect(hubs).toBeGreaterThan(128);
      expect(graph.stats().stateBytes).toBeLessThanOrEqual(maxBytes);
    }
  });

  it("undoes a long batch that does not fit", () => {
    const graph = make({ maxBytes: 400_000, halfLife: 1000 });
    graph.linkMany([0, 1], [1, 2], { weights: [3, 4], at: 1000 });
    const edges = [...graph.edges()];
    const n = 40_000;
    const from = Int32Array.from({ length: n }, (_, i) => (i * 7) % 300);
    const to = Int32Array.from({ length: n }, (_, i) => (i * 11) % 299);
    for (const at of [1000, 2000, 1e9]) {
      expect(codeOf(() => graph.linkMany(from, to, { at }))).toBe("ERR_MEMORY");
      expect([...graph.edges()]).toEqual(edges);
      expect(graph.now).toBe(1000);
    }
    expect(graph.linkMany(from.subarray(0, 3000), to.subarray(0, 3000))).toBeGreaterThan(2000);
  });

  it("gives memory back: a graph that is emptied and filled again does not grow", () => {
    const graph = make();
    const random = new Random(5);
    let most = 0;
    for (let round = 0; round < 6; round++) {
      for (let i = 0; i < 5000; i++) graph.link(random.below(random.below(200) + 1), random.below(200), { type: random.below(3) });
      if (round === 2) most = graph.stats().stateBytes;
      for (let id = 0; id < 200; id++) graph.removeNode(id);
      expect(graph.stats().freeBytes).toBeLessThan(graph.stats().stateBytes);
    }
    expect(graph.stats().stateBytes).toBeLessThanOrEqual(most * 1.1);
  });

  it("throws after dispose, which may be called twice", async () => {
    const graph = await Alm.create({ wasm: wasm("alm-mesh", build) });
    graph.link(0, 1);
    graph.dispose();
    graph.dispose();
    graph[Symbol.dispose]();
    const calls = [
      () => graph.link(0, 1),
      () => graph.linkMany([0], [1]),
      () => graph.reinforce(0, 1, 1),
      () => graph.update(0, 1, 1),
      () => graph.unlink(0, 1),
      () => graph.removeNode(0),
      () => graph.weight(0, 1),
      () => graph.hasNode(0),
      () => graph.out(0),
      () => [...graph.edges()],
      () => graph.kHop([0]),
      () => graph.recall([0]),
      () => graph.shortestPath(0, 1),
      () => graph.personalizedPageRank([0]),
      () => graph.size,
      () => graph.stats(),
      () => graph.image(),
    ];
    for (const call of calls) expect([call.toString(), codeOf(call)]).toEqual([call.toString(), "ERR_DISPOSED"]);
  });

  it("is poisoned by a trap", () => {
    const trap = () => {
      throw new WebAssembly.RuntimeError("unreachable");
    };
    /** A graph on a fresh instance of which some exports trap. */
    const broken = (exports: object) => {
      const instance = wasm("alm-mesh", build);
      const real = instance instanceof WebAssembly.Module ? new WebAssembly.Instance(instance) : instance;
      return Alm.createSync({ wasm: Object.create(real, { exports: { value: { ...real.exports, ...exports } } }) });
    };
    const graph = broken({ link: trap });
    expect(codeOf(() => graph.link(0, 1))).toBe("ERR_POISONED");
    expect(codeOf(() => graph.size)).toBe("ERR_POISONED");
    const other = broken({ linkMany: trap });
    expect(codeOf(() => other.linkMany([0], [1]))).toBe("ERR_POISONED");
  });
});
