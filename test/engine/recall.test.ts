import { type LayerName, Mfn } from "mfn";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

/** A small world: tea and coffee are alike, tea leads to cup and cup to saucer, and people go from tea to cup. */
function world(options = {}): Mfn {
  const mfn = Mfn.createSync({ dimensions: 3, clock: () => 0, ...options });
  mfn.remember("tea", { vector: [1, 0, 0], value: { hot: true }, links: [{ to: "cup", type: "in" }] });
  mfn.remember("coffee", { vector: [0.95, 0.05, 0] });
  mfn.remember("juice", { vector: [0, 1, 0] });
  mfn.remember("cup", { links: [{ to: "saucer", type: "on", weight: 0.5 }] });
  for (let i = 0; i < 12; i++) for (const key of ["tea", "cup", "juice"]) mfn.observe(`visitor ${i}`, key);
  mfn.observe("guest", "tea");
  return mfn;
}

describe("recall", () => {
  let mfn: Mfn;
  beforeAll(() => {
    mfn = world();
  });
  afterAll(() => mfn.dispose());

  test("an exact key ends the flow early", () => {
    for (const strategy of ["sequential", "adaptive"] as const) {
      const { results, layers, partial } = mfn.recall("tea", { strategy });
      expect(results).toEqual([
        { key: "tea", id: 0, value: { hot: true }, probability: 1, evidence: { ifr: { contribution: 0, exact: true } } },
      ]);
      expect(layers.ifr.status).toBe("done");
      for (const layer of ["dsr", "alm", "cpe"] as const) expect(layers[layer].status).toBe("skipped");
      expect(partial).toBe(false);
    }
  });

  test("parallel asks every layer, the exact thing first, and every result says why it is there", () => {
    const { results, layers, escape } = mfn.recall("tea", { strategy: "parallel" });
    expect(results[0]).toMatchObject({ key: "tea", probability: 1 });
    const keys = results.map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys).toEqual(expect.arrayContaining(["cup", "coffee"]));
    for (const layer of ["ifr", "dsr", "alm", "cpe"] as const) expect(layers[layer].status).toBe("done");
    const cup = results.find(({ key }) => key === "cup");
    expect(cup?.evidence.alm?.path).toEqual([{ from: "tea", to: "cup", type: "in", weight: 1 }]);
    expect(cup?.evidence.cpe?.probability).toBeGreaterThan(0.3);
    const coffee = results.find(({ key }) => key === "coffee");
    expect(coffee?.evidence.dsr).toMatchObject({ to: "tea" });
    expect(coffee?.evidence.dsr?.similarity).toBeCloseTo(0.9986, 3);
    const mass = results.slice(1).reduce((sum, { probability }) => sum + probability, 0);
    expect(mass).toBeCloseTo(1 - escape, 9);
  });

  test("a stream is asked for what comes next", () => {
    const { results } = mfn.recall({ stream: "guest" }, { k: 3, strategy: "parallel" });
    expect(results[0].key).toBe("cup");
    expect(results[0].probability).toBeGreaterThan(0.5);
    expect(results.length).toBe(3);
  });

  test("hand-over: an unknown vector finds similar things, and through their edges and sequences what belongs to them", () => {
    const { results, layers } = mfn.recall({ vector: [1, 0.01, 0] }, { strategy: "parallel" });
    expect(layers.dsr.named).toBe(3);
    const cup = results.find(({ key }) => key === "cup");
    expect(cup?.evidence.alm?.path).toEqual([{ from: "tea", to: "cup", type: "in", weight: 1 }]);
    const saucer = results.find(({ key }) => key === "saucer");
    expect(saucer?.evidence.alm?.path.map(({ from, to }) => [from, to])).toEqual([
      ["tea", "cup"],
      ["cup", "saucer"],
    ]);
    expect(layers.cpe.status).toBe("done");
  });

  test("a history stands for a stream, and unknown keys in it are passed over", () => {
    const known = mfn.recall({ history: ["tea"] }, { strategy: "parallel" });
    const mixed = mfn.recall({ history: ["nobody", "tea"] }, { strategy: "parallel" });
    expect(mixed.results).toEqual(known.results);
    expect(known.results[0].key).toBe("cup");
  });

  test("a key asked about within a stream is as if it came next there", () => {
    const { results } = mfn.recall({ stream: "guest", key: "cup" }, { strategy: "parallel" });
    expect(results[0].key).toBe("juice");
  });

  test("what is not known gives an empty answer, not an error", () => {
    const { results, layers, escape } = mfn.recall("nothing like it");
    expect(results).toEqual([]);
    expect(escape).toBe(1);
    expect(layers.ifr.status).toBe("empty");
    expect(mfn.recall({ stream: "nobody" }, { layers: ["ifr", "alm"] }).results).toEqual([]);
  });

  test("sequential stops at the first layer that is confident", () => {
    const { layers, results } = mfn.recall({ stream: "guest" }, { strategy: "sequential", confidence: 0.01 });
    expect(layers.ifr.status).toBe("done");
    expect(results.length).toBeGreaterThan(0);
    expect(layers.cpe.status).toBe("skipped");
    const sure = mfn.recall({ stream: "guest" }, { strategy: "sequential", confidence: 1 });
    expect(sure.layers.cpe.status).toBe("done");
  });

  test("adaptive asks first the layer that has brought most for its time, and stops when the answer is good", () => {
    const { layers, results } = mfn.recall({ stream: "guest" }, { strategy: "adaptive", confidence: 0.5 });
    expect(results[0].key).toBe("cup");
    const asked = Object.values(layers).filter(({ status }) => status === "done").length;
    expect(asked).toBeLessThan(4);
  });

  test("no time: the layers are left out, the answer is partial and says which were late", () => {
    const { results, partial, layers } = mfn.recall({ stream: "guest" }, { strategy: "parallel", budget: 0 });
    expect(results).toEqual([]);
    expect(partial).toBe(true);
    for (const report of Object.values(layers)) expect(report.status).toBe("late");
  });

  test("no time for one layer: the others answer", () => {
    const { results, partial, layers } = mfn.recall({ stream: "guest" }, { strategy: "parallel", budgets: { cpe: 0 } });
    expect(partial).toBe(true);
    expect(layers.cpe.status).toBe("late");
    expect(layers.alm.status).toBe("done");
    expect(results[0].key).toBe("cup");
    expect(results[0].evidence.cpe).toBeUndefined();
  });

  test.each([["ifr"], ["dsr"], ["alm"], ["cpe"]] as LayerName[][])("%s alone gives only its own evidence", (layer) => {
    const { results } = mfn.recall({ history: ["cup", "tea"] }, { layers: [layer], strategy: "parallel" });
    for (const { evidence } of results) {
      for (const name of Object.keys(evidence)) expect(name).toBe(layer);
    }
    expect(results.length).toBeGreaterThan(0);
  });

  test("without evidence the ranking is the same", () => {
    const full = mfn.recall({ stream: "guest" }, { strategy: "parallel" });
    const bare = mfn.recall({ stream: "guest" }, { strategy: "parallel", evidence: false });
    expect(bare.results.map(({ key, probability }) => [key, probability])).toEqual(
      full.results.map(({ key, probability }) => [key, probability]),
    );
    expect(bare.results[0].evidence).toEqual({});
  });
});

describe("the single questions", () => {
  let mfn: Mfn;
  beforeAll(() => {
    mfn = world();
  });
  afterAll(() => mfn.dispose());

  test("similar, by key and by vector", () => {
    expect(mfn.similar("tea", { k: 1 })).toEqual([
      { key: "coffee", id: mfn.recall("coffee").results[0].id, score: expect.closeTo(0.9986, 3) },
    ]);
    expect(mfn.similar([0, 2, 0], { k: 1 })[0]).toMatchObject({ key: "juice", score: expect.closeTo(1, 5) });
    expect(mfn.similar("cup")).toEqual([]);
  });

  test("associate, by strength with paths and by PageRank", () => {
    const reached = mfn.associate("tea");
    expect(reached.map(({ key }) => key)).toEqual(["cup", "saucer"]);
    expect(reached[1].path.map(({ type, weight }) => [type, weight])).toEqual([
      ["in", 1],
      ["on", 0.5],
    ]);
    expect(mfn.associate("tea", { types: ["on"] })).toEqual([]);
    expect(mfn.associate("tea", { types: ["never used"] })).toEqual([]);
    const ranked = mfn.associate(["tea", "coffee"], { by: "pagerank" });
    expect(ranked.map(({ key }) => key)).toEqual(["cup", "saucer"]);
    expect(ranked[0].score).toBeGreaterThan(ranked[1].score);
  });

  test("route", () => {
    expect(mfn.route("tea", "saucer")).toEqual({
      cost: 1.5,
      keys: ["tea", "cup", "saucer"],
      steps: [
        { from: "tea", to: "cup", type: "in", weight: 1 },
        { from: "cup", to: "saucer", type: "on", weight: 0.5 },
      ],
    });
    expect(mfn.route("tea", "saucer", { cost: "hops" })?.cost).toBe(2);
    expect(mfn.route("tea", "saucer", { avoid: ["cup"] })).toBeUndefined();
    expect(mfn.route("tea", "saucer", { types: ["in"] })).toBeUndefined();
    expect(mfn.route("saucer", "tea")).toBeUndefined();
    expect(mfn.route("tea", "tea")).toMatchObject({ cost: 0, keys: ["tea"], steps: [] });
  });

  test("predict, in a stream and after keys", () => {
    const { results, escape } = mfn.predict("guest", { k: 100 });
    expect(results[0].key).toBe("cup");
    const mass = results.reduce((sum, { probability }) => sum + probability, escape);
    expect(mass).toBeCloseTo(1, 2);
    expect(mfn.predict(["tea", "cup"]).results[0].key).toBe("juice");
    expect(mfn.predict("nobody").results.length).toBeGreaterThan(0);
  });

  test("forecast of what was recorded, and of what was observed with values", () => {
    for (let day = 0; day < 60; day++) {
      const at = day * 86_400_000;
      mfn.record("visits", day % 7 < 5 ? 10 : 2, { at, interval: 86_400_000 });
      mfn.observe("till", "juice", { at, value: 4 });
    }
    const { mean, lower, upper, expectedWape } = mfn.forecast("visits", { horizon: 7 });
    expect(Array.from(mean, Math.round)).toEqual([10, 10, 10, 10, 10, 2, 2].map((_, i) => ((60 + i) % 7 < 5 ? 10 : 2)));
    mean.forEach((m, i) => {
      expect(lower[i]).toBeLessThanOrEqual(m);
      expect(upper[i]).toBeGreaterThanOrEqual(m);
    });
    expect(expectedWape).toBeLessThan(0.05);
    expect(mfn.forecast("juice").mean[0]).toBeCloseTo(4, 3);
    expect([...mfn.series()]).toEqual(["visits", "juice"]);
  });

  test("stats count what is there", () => {
    const { things, vectors, edges, streams, bytes, fusion } = mfn.stats();
    expect({ things, vectors, edges, streams }).toEqual({ things: 5, vectors: 3, edges: 2, streams: 14 });
    for (const { state, memory } of Object.values(bytes)) expect(memory).toBeGreaterThanOrEqual(state);
    expect(fusion.lessons).toBeGreaterThan(30);
    expect(Object.keys(fusion.gain)).toEqual(["ifr", "dsr", "alm", "cpe"]);
  });
});

test("what is left out of remember stays as it was", () => {
  const mfn = world();
  mfn.remember("tea", { links: [{ to: "pot" }] });
  expect(mfn.get("tea")).toEqual({ hot: true });
  expect(mfn.similar("tea", { k: 1 })[0].key).toBe("coffee");
  expect(
    mfn
      .associate("tea", { k: 2 })
      .map(({ key }) => key)
      .sort(),
  ).toEqual(["cup", "pot"]);
  mfn.remember("tea", { vector: [0, 1, 0.1], value: 0 });
  expect(mfn.get("tea")).toBe(0);
  expect(mfn.similar("tea", { k: 1 })[0].key).toBe("juice");
  mfn.dispose();
});

test("edges fade by their half-life", () => {
  const mfn = Mfn.createSync({ halfLife: 1000, clock: () => 0 });
  mfn.link("a", "b", { weight: 1, at: 0 });
  mfn.link("a", "c", { weight: 1, at: 3000 });
  const weights = Object.fromEntries(mfn.associate("a", { at: 3000 }).map(({ key, path }) => [key, path[0].weight]));
  expect(weights["c"]).toBeCloseTo(1, 5);
  expect(weights["b"]).toBeCloseTo(1 / 8, 5);
  mfn.link("a", "b", { weight: 1, reinforce: true, at: 3000 });
  expect(mfn.associate("a", { at: 3000, k: 1 })[0]).toMatchObject({ key: "b" });
  mfn.dispose();
});

test("forget removes a thing from all four layers", () => {
  const mfn = world();
  mfn.record("tea", 5, { at: 0, interval: 1000 });
  expect(mfn.forget("tea")).toBe(true);
  expect(mfn.has("tea")).toBe(false);
  expect(mfn.get("tea")).toBeUndefined();
  expect(mfn.similar([1, 0, 0]).map(({ key }) => key)).not.toContain("tea");
  expect(mfn.stats()).toMatchObject({ things: 4, vectors: 2, edges: 1 });
  expect(mfn.predict("visitor 1", { k: 100 }).results.map(({ key }) => key)).not.toContain("tea");
  expect([...mfn.series()]).toEqual([]);
  expect(mfn.recall({ stream: "guest" }, { strategy: "parallel" }).results.map(({ key }) => key)).not.toContain("tea");
  expect(mfn.forget("tea")).toBe(false);
  mfn.dispose();
});

test("a failure of one layer's time is not an error; create works without blocking and with Symbol.dispose", async () => {
  const mfn = await Mfn.create({ dimensions: 3 });
  mfn.observe("s", "a");
  expect(mfn.has("a")).toBe(true);
  mfn[Symbol.dispose]();
  expect(() => mfn.has("a")).toThrow(/after dispose/);
});
