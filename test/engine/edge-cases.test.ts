import { type LayerName, Mfn, type MfnOptions } from "mfn";
import { afterEach, describe, expect, test, vi } from "vitest";
import { DIMENSIONS, randomOperation } from "../helpers/operations.js";
import { Random } from "../helpers/random.js";

afterEach(() => {
  vi.restoreAllMocks();
});

function walked(options: MfnOptions = {}): Mfn {
  const mfn = Mfn.createSync({ dimensions: 3, contextBytes: 1 << 16, clock: () => 0, ...options });
  mfn.link("a", "b", { weight: 5 });
  mfn.link("a", "c", { weight: 1 });
  mfn.link("b", "d");
  for (const key of ["b", "a"]) mfn.observe("s", key);
  return mfn;
}

describe("recall", () => {
  test("where IFR may not be asked, the exact thing is neither an answer nor evidence", () => {
    const mfn = walked();
    for (const strategy of ["sequential", "parallel", "adaptive"] as const) {
      const { results, layers } = mfn.recall("a", { layers: ["alm"], strategy });
      expect(results.map(({ key }) => key)).toEqual(["b", "c", "d"]);
      for (const { evidence } of results) expect(Object.keys(evidence)).toEqual(["alm"]);
      expect(layers.ifr.status).toBe("skipped");
    }
    mfn.dispose();
  });

  test("a layer that was slow once gets another chance within the same budget", () => {
    const mfn = walked();
    let now = 0;
    let step = 50;
    vi.spyOn(performance, "now").mockImplementation(() => {
      now += step;
      return now;
    });
    const ask = () => mfn.recall({ stream: "s" }, { strategy: "parallel", budgets: { cpe: 5 } });
    expect(ask().layers.cpe.status).toBe("late");
    step = 0.01;
    expect(ask()).toMatchObject({ partial: true, layers: { cpe: { status: "late", elapsed: 0 } } });
    let tries = 0;
    while (ask().layers.cpe.status === "late" && tries < 1000) tries++;
    expect(tries).toBeGreaterThan(10);
    expect(tries).toBeLessThan(200);
    expect(ask()).toMatchObject({ partial: false, layers: { cpe: { status: "done" } } });
    mfn.dispose();
  });

  test("parallel: the time of naming and of describing count together", () => {
    const mfn = walked();
    let now = 0;
    vi.spyOn(performance, "now").mockImplementation(() => now++);
    const { layers } = mfn.recall({ stream: "s" }, { strategy: "parallel", budgets: { alm: 1.5 } });
    expect(layers.alm).toMatchObject({ status: "late", elapsed: 2 });
    expect(layers.cpe).toMatchObject({ status: "done", elapsed: 2 });
    mfn.dispose();
  });

  test("adaptive: what layers take is learned with and without depth, so that single budgets hold", () => {
    const mfn = walked();
    for (const key of ["a", "b", "c", "d"]) mfn.remember(key, { vector: [1, key.charCodeAt(0) - 96, 1] });
    let now = 0;
    vi.spyOn(performance, "now").mockImplementation(() => now++);
    const ask = (layer: LayerName, budget: number) => mfn.recall({ stream: "s" }, { strategy: "adaptive", budgets: { [layer]: budget } });
    // Nothing is known of what a layer takes until it was asked: similarity in depth, the others before.
    const { layers } = ask("dsr", 0.5);
    expect(layers.dsr).toMatchObject({ status: "late" });
    expect(layers.dsr.elapsed).toBeGreaterThan(0);
    for (const layer of ["dsr", "alm", "cpe"] as const)
      expect(ask(layer, 0.5).layers[layer]).toEqual({ status: "late", elapsed: 0, named: 0 });
    expect(ask("alm", 1000).layers.alm.status).toBe("done");
    mfn.dispose();
  });

  test("adaptive: the time of naming in depth counts for the layer", () => {
    const mfn = walked();
    let now = 0;
    vi.spyOn(performance, "now").mockImplementation(() => now++);
    const { layers } = mfn.recall({ stream: "s" }, { strategy: "adaptive" });
    // To name, to describe, and both again in depth: from one tick of the clock to the next each.
    for (const layer of ["alm", "cpe"] as const) expect(layers[layer]).toMatchObject({ status: "done", elapsed: 4 });
    mfn.dispose();
  });

  test("where there is no time at all, nothing is forgotten of what layers take", () => {
    const mfn = walked();
    let now = 0;
    vi.spyOn(performance, "now").mockImplementation(() => now++);
    const ask = (budget: number) => mfn.recall({ stream: "s" }, { strategy: "parallel", budgets: { cpe: budget } }).layers.cpe;
    ask(1000);
    for (let i = 0; i < 1000; i++) expect(ask(0)).toMatchObject({ status: "late", elapsed: 0 });
    expect(ask(0.5)).toMatchObject({ status: "late", elapsed: 0 });
    mfn.dispose();
  });

  test("a history is in place of a stream, for every layer", () => {
    const mfn = walked();
    for (const strategy of ["sequential", "parallel", "adaptive"] as const) {
      const alone = mfn.recall({ history: ["b"] }, { strategy });
      const both = mfn.recall({ history: ["b"], stream: "s" }, { strategy });
      expect(both.results).toEqual(alone.results);
    }
    mfn.dispose();
  });

  test("one result: the exact thing, or the likeliest; none is refused", () => {
    const mfn = walked();
    for (const strategy of ["sequential", "parallel", "adaptive"] as const) {
      expect(mfn.recall("a", { k: 1, strategy }).results.map(({ key }) => key)).toEqual(["a"]);
      const all = mfn.recall({ stream: "s" }, { k: 100, strategy }).results;
      expect(mfn.recall({ stream: "s" }, { k: 1, strategy }).results).toEqual(all.slice(0, 1));
      expect(() => mfn.recall("a", { k: 0, strategy })).toThrow(expect.objectContaining({ code: "ERR_ARGUMENT" }) as Error);
    }
    mfn.dispose();
  });

  test("what comes beside an exact thing shares the rest, even where the exact one has nearly all", () => {
    const mfn = walked();
    for (let i = 0; i < 3000; i++) mfn.observe("t", "a");
    const { results, escape } = mfn.recall("a", { strategy: "parallel" });
    expect(results[0]).toMatchObject({ key: "a", probability: 1 });
    const others = results.slice(1).reduce((sum, { probability }) => sum + probability, 0);
    expect(others).toBeCloseTo(1 - escape, 9);
    mfn.dispose();
  });

  test("edges are told apart however far ahead the question is", () => {
    const mfn = walked({ halfLife: 1000 });
    const contributions = (at?: number) =>
      mfn.recall({ stream: "s" }, { strategy: "parallel", at }).results.map(({ key, evidence }) => [key, evidence.alm?.contribution]);
    const now = contributions();
    expect(contributions(1e7)).toEqual(now);
    const by = Object.fromEntries(now);
    expect(by["b"]).toBeGreaterThan(by["c"] as number);
    mfn.dispose();
  });

  test("a long history with a key after it", () => {
    const mfn = walked();
    const long = mfn.recall({ key: "c", history: new Array(200_000).fill("a") }, { strategy: "parallel" });
    const short = mfn.recall({ key: "c", history: new Array(20).fill("a") }, { strategy: "parallel" });
    expect(long.results).toEqual(short.results);
    mfn.dispose();
  });
});

test("what the fusion learns does not depend on the order in which the layers were named", () => {
  const lists: LayerName[][] = [
    ["ifr", "dsr", "alm", "cpe"],
    ["cpe", "alm", "ifr", "dsr", "cpe"],
  ];
  const learned = lists.map((layers) => {
    const mfn = Mfn.createSync({ dimensions: DIMENSIONS, contextBytes: 1 << 16, layers });
    const random = new Random(9);
    for (let step = 0; step < 400; step++) mfn.apply(randomOperation(random, step, 40));
    const { fusion } = mfn.stats();
    mfn.dispose();
    return fusion;
  });
  expect(learned[1]).toEqual(learned[0]);
});

test("an addition of long ago that has decayed to nothing is no new edge", () => {
  const mfn = Mfn.createSync({ dimensions: 3, halfLife: 1000 });
  mfn.link("a", "b", { at: 1e6 });
  expect(mfn.link("a", "c", { reinforce: true, at: 0 })).toBe(false);
  expect(mfn.stats().edges).toBe(1);
  expect(mfn.link("a", "c", { reinforce: true, at: 1e6 })).toBe(true);
  expect(mfn.link("a", "c", { reinforce: true, at: 1e6 })).toBe(false);
  mfn.dispose();
});

test("an id that is used again has neither the key nor the recency of the thing before", () => {
  const mfn = Mfn.createSync({ dimensions: 3, contextBytes: 1 << 16, clock: () => 0 });
  for (const key of ["x", "old", "y"]) mfn.observe("s", key);
  const { id } = mfn.recall({ stream: "s" }, { k: 100 }).results.find(({ key }) => key === "old") as { id: number };
  mfn.forget("old");
  const weights = () => mfn.recall({ stream: "s" }, { k: 100, strategy: "parallel", layers: ["ifr", "alm"] }).results;
  mfn.link("y", "unseen");
  expect(mfn.recall("unseen").results[0]).toMatchObject({ id, key: "unseen" });
  mfn.link("y", "never seen");
  const [one, other] = ["unseen", "never seen"].map((key) => weights().find((result) => result.key === key)?.probability);
  expect(one).toBeGreaterThan(0);
  expect(one).toBe(other);
  mfn.dispose();
});

describe("explain", () => {
  test("says where a result stands, why, and what each length of history says of it", () => {
    const mfn = walked();
    const { results } = mfn.recall({ stream: "s" }, { k: 100, strategy: "parallel" });
    results.forEach((result, i) => {
      const { rank, contexts, ...rest } = mfn.explain({ stream: "s" }, result.key) ?? { rank: 0, contexts: [] };
      expect(rank).toBe(i + 1);
      expect(rest).toEqual(result);
      expect(contexts.map(({ after }) => after)).toEqual([[], ["a"], ["b", "a"]]);
      for (const { after, probability } of contexts) {
        const predicted = mfn.predict(after, { k: 100 }).results.find(({ key }) => key === result.key);
        expect(probability).toBeCloseTo(predicted?.probability ?? 0, 6);
      }
    });
    expect(mfn.explain("a", "a")).toMatchObject({ rank: 1, probability: 1 });
    mfn.dispose();
  });

  test("of what is no candidate, or not known, there is nothing to say", () => {
    const mfn = walked();
    mfn.remember("far");
    expect(mfn.explain({ stream: "s" }, "far")).toBeUndefined();
    expect(mfn.explain({ stream: "s" }, "nobody")).toBeUndefined();
    expect(() => mfn.explain({ stream: "s" }, "")).toThrow(expect.objectContaining({ code: "ERR_KEY" }) as Error);
    mfn.dispose();
    expect(() => mfn.explain({ stream: "s" }, "a")).toThrow(expect.objectContaining({ code: "ERR_DISPOSED" }) as Error);
  });
});

test("engines made at the same time compile each module once", async () => {
  vi.resetModules();
  const fresh = await import("mfn");
  const compile = vi.spyOn(WebAssembly, "compile");
  const made = await Promise.all([fresh.Mfn.create(), fresh.Mfn.create()]);
  expect(compile).toHaveBeenCalledTimes(5);
  for (const mfn of made) mfn.dispose();
});

test("evidence of similarity names only what has a vector", () => {
  const mfn = Mfn.createSync({ dimensions: 3, contextBytes: 1 << 16, clock: () => 0 });
  mfn.remember("before", { vector: [1, 0, 0] });
  mfn.remember("like it", { vector: [1, 0.1, 0] });
  for (const key of ["like it", "before", "bare"]) mfn.observe("s", key);
  const found = mfn.recall({ stream: "s" }, { strategy: "parallel" }).results.find(({ key }) => key === "like it");
  expect(found?.evidence.dsr).toMatchObject({ similarity: 0, to: undefined });
  expect(found?.evidence.dsr?.contribution).not.toBe(0);
  mfn.dispose();
});
