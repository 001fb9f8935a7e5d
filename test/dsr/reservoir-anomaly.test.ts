import { describe, expect, test } from "vitest";
import { AnomalyDetector } from "../../src/dsr.js";
import { builds } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";
import { codeOf, makeReservoir } from "./helpers.js";

/** The chance that a row of the first kind scores above one of the second. */
function auc(positive: readonly number[], negative: readonly number[]): number {
  let wins = 0;
  for (const p of positive) for (const q of negative) wins += p > q ? 1 : p === q ? 0.5 : 0;
  return wins / (positive.length * negative.length);
}

const LEARNED = 800;
/** Rows after a surprise in which the reservoir remembers it. */
const ECHO = 20;

/** A periodic stream with noise, in which some rows are taken from another phase: values that come often, at the wrong time. */
function periodic(seed: number): { rows: number[]; wrong: Set<number> } {
  const random = new Random(seed);
  const value = (t: number) => Math.sin((2 * Math.PI * t) / 25) + 0.5 * Math.sin((2 * Math.PI * t) / 10 + 1);
  const rows = Array.from({ length: 3000 }, (_, t) => value(t) + 0.02 * random.normal());
  const wrong = new Set<number>();
  for (let t = LEARNED; t < rows.length - ECHO; t += 40 + random.below(40)) {
    const other = value(t + 8 + random.below(9));
    if (Math.abs(other - value(t)) < 0.3) continue;
    rows[t] = other;
    wrong.add(t);
  }
  return { rows, wrong };
}

/** The scores of wrong rows, and of those that no wrong row is shortly before. */
function split(scores: readonly number[], wrong: ReadonlySet<number>): [number[], number[]] {
  const near = (t: number) => Array.from({ length: ECHO }, (_, i) => t - i).some((s) => wrong.has(s));
  return [scores.filter((_, t) => wrong.has(t)), scores.filter((_, t) => t >= LEARNED && !near(t))];
}

test("anomalies in a periodic stream are found where their values alone tell nothing", () => {
  for (const seed of [1, 2, 3]) {
    const { rows, wrong } = periodic(seed);
    const reservoir = makeReservoir("release", { kind: "rate", inputs: 1, neurons: 60, spectralRadius: 0.9, inputScale: 0.5, seed });
    const detector = new AnomalyDetector(reservoir);
    const results = rows.map((x) => detector.observe([x]));
    const [positive, negative] = split(
      results.map(({ score }) => score),
      wrong,
    );
    expect(positive.length).toBeGreaterThan(20);
    const found = auc(positive, negative);
    const byValue = auc(...split(rows.map(Math.abs), wrong));
    console.log(`anomalies of a periodic stream, AUC: ${found.toFixed(4)}, by the value alone ${byValue.toFixed(3)}`);
    expect(found).toBeGreaterThan(0.99);
    expect(byValue).toBeLessThan(0.7);
    const ranks = results.map(({ rank }) => rank);
    expect(auc(...split(ranks, wrong))).toBeGreaterThan(0.98);
    expect(ranks.every((rank) => rank >= 0 && rank <= 1)).toBe(true);
    // Nobody cries wolf: of usual rows few are beyond ten deviations.
    expect(negative.filter((score) => score > 10).length).toBeLessThan(0.01 * negative.length);
    expect(positive.filter((score) => score > 10).length).toBeGreaterThan(0.9 * positive.length);
    reservoir.dispose();
  }
});

test("what becomes usual stops to surprise", () => {
  const reservoir = makeReservoir("release", { kind: "rate", inputs: 1, neurons: 40, inputScale: 0.5 });
  const detector = new AnomalyDetector(reservoir, { window: 100, forgetting: 0.99 });
  const random = new Random(5);
  const observe = (period: number, n: number) =>
    Array.from({ length: n }, (_, t) => detector.observe([Math.sin((2 * Math.PI * t) / period) + 0.02 * random.normal()]).score);
  observe(20, 600);
  const change = observe(7, 600);
  expect(Math.max(...change.slice(0, 20))).toBeGreaterThan(10);
  expect(Math.max(...change.slice(500))).toBeLessThan(10);
  expect(Math.abs(detector.predict()[0])).toBeLessThan(1.3);
});

describe.each(builds)("AnomalyDetector (%s)", (build) => {
  test("scores are those of the window's median and deviation, rank is the share below", () => {
    const reservoir = makeReservoir(build, { inputs: 2, neurons: 20, inputScale: 20 });
    const detector = new AnomalyDetector(reservoir, { window: 15, steps: 2 });
    const random = new Random(3);
    const errors: number[] = [];
    for (let t = 0; t < 60; t++) {
      const { score, rank, error } = detector.observe([random.below(3), 100 * random.normal()]);
      const window = errors.slice(-15).sort((a, b) => a - b);
      errors.push(error);
      if (window.length < 8) {
        expect([score, rank]).toEqual([0, 0]);
        continue;
      }
      const median = window[window.length >> 1];
      const distances = window.map((x) => Math.abs(x - median)).sort((a, b) => a - b);
      expect(score).toBe((error - median) / Math.max(1.4826 * distances[window.length >> 1], 1e-6));
      expect(rank).toBe(window.filter((x) => x < error).length / window.length);
    }
  });

  test("a constant stream is no surprise, and the first change is one", () => {
    const reservoir = makeReservoir(build, { kind: "rate", inputs: 1, neurons: 30 });
    const detector = new AnomalyDetector(reservoir, { window: 64 });
    let last = 0;
    for (let t = 0; t < 500; t++) last = detector.observe([3]).score;
    expect(last).toBeLessThan(3);
    expect(detector.observe([3.5]).score).toBeGreaterThan(10);
  });

  test("bad arguments: the code says what, nothing is changed", () => {
    const reservoir = makeReservoir(build, { kind: "rate", inputs: 2, neurons: 30 });
    const bad: [() => unknown, string][] = [
      [() => new AnomalyDetector({} as never), "ERR_ARGUMENT"],
      [() => new AnomalyDetector(reservoir, { window: 7 }), "ERR_ARGUMENT"],
      [() => new AnomalyDetector(reservoir, { forgetting: 0 }), "ERR_ARGUMENT"],
      [() => new AnomalyDetector(reservoir, { steps: 0 }), "ERR_ARGUMENT"],
      [() => new AnomalyDetector(makeReservoir(build, { kind: "rate", inputs: 2, neurons: 4094, topology: "cycle" })), "ERR_ARGUMENT"],
    ];
    for (const [call, code] of bad) expect([codeOf(call), call.toString()]).toEqual([code, call.toString()]);
    const detector = new AnomalyDetector(reservoir);
    for (let t = 0; t < 40; t++) detector.observe([t % 3, 1]);
    const before = [reservoir.image(), detector.predict()];
    const refused: [() => unknown, string][] = [
      [() => detector.observe([1]), "ERR_DIMENSION"],
      [() => detector.observe([1, Number.NaN]), "ERR_NOT_FINITE"],
      [() => detector.observe([1, "1"] as never), "ERR_NOT_FINITE"],
      [() => detector.observe([1, 1e10]), "ERR_ARGUMENT"],
      [() => detector.observe(null as never), "ERR_ARGUMENT"],
    ];
    for (const [call, code] of refused) expect([codeOf(call), call.toString()]).toEqual([code, call.toString()]);
    expect([reservoir.image(), detector.predict()]).toEqual(before);
    reservoir.dispose();
    expect(codeOf(() => detector.observe([1, 1]))).toBe("ERR_DISPOSED");
  });
});
