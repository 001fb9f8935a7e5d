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
