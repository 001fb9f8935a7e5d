import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RidgeReadout } from "../../src/dsr.js";
import { Random } from "../helpers/random.js";
import { leftOutOracle, ridgeOracle } from "../oracle/ridge.js";
import { codeOf } from "./helpers.js";

/** Rows of features and of targets that depend on them, with noise. */
function problem(seed: number, rows: number, features: number, outputs: number) {
  const random = new Random(seed);
  const states = Float64Array.from({ length: rows * features }, (_, i) => 3 + (1 + (i % features)) * random.normal());
  const weights = Float64Array.from({ length: features * outputs }, () => random.normal());
  const targets = new Float64Array(rows * outputs);
  for (let r = 0; r < rows; r++) {
    for (let o = 0; o < outputs; o++) {
      let sum = 0.3 * random.normal() + o;
      for (let i = 0; i < features; i++) sum += weights[o * features + i] * states[r * features + i];
      targets[r * outputs + o] = sum;
    }
  }
  return { states, targets };
}

describe("RidgeReadout", () => {
  test("is ridge regression: both forms, against Gaussian elimination", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 25 }),
        fc.integer({ min: 1, max: 25 }),
        fc.integer({ min: 1, max: 3 }),
        fc.constantFrom(0.01, 1, 50),
        fc.integer(),
        (rows, features, outputs, ridge, seed) => {
          const { states, targets } = problem(seed, rows, features, outputs);
          const readout = new RidgeReadout({ features, outputs });
          expect(readout.fit(states, targets, { ridge })).toEqual({ rows, ridge, error: undefined });
          const want = ridgeOracle(states, targets, features, outputs, ridge);
          for (let r = 0; r < rows; r++) {
            const state = states.subarray(r * features, (r + 1) * features);
            const got = readout.predict(state);
            want(state).forEach((w, o) => {
              expect(Math.abs(got[o] - w)).toBeLessThan(1e-6 * (1 + Math.abs(w)));
            });
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  test.each([
    [180, 131],
    [131, 180],
  ])("blocks and what is left over of them (%i rows, %i features)", (rows, features) => {
    const { states, targets } = problem(2, rows, features, 2);
    const readout = new RidgeReadout({ features, outputs: 2 });
    readout.fit(states, targets, { ridge: 3 });
    const want = ridgeOracle(states, targets, features, 2, 3);
    for (const r of [0, 7, rows - 1]) {
      const state = states.subarray(r * features, (r + 1) * features);
      const got = readout.predict(state);
      want(state).forEach((w, o) => {
        expect(Math.abs(got[o] - w)).toBeLessThan(1e-8 * (1 + Math.abs(w)));
      });
    }
  });

  test.each([
    [30, 4],
    [12, 20],
  ])("the error it reports is that of fits to the other folds (%i rows, %i features)", (rows, features) => {
    const { states, targets } = problem(6, rows, features, 1);
    const readout = new RidgeReadout({ features, outputs: 1 });
    // As many folds as rows: each row is left out once, whatever the order.
    const report = readout.fit(states, targets, { folds: rows });
    const want = leftOutOracle(states, targets, features, report.ridge);
    expect(report.error).toBeGreaterThan((1 - 1e-7) * want);
    expect(report.error).toBeLessThan((1 + 1e-7) * want);
  });

  test.each([
    [200, 5],
    [40, 90],
  ])("chooses a ridge that does well on new rows (%i rows, %i features)", (rows, features) => {
    const { states, targets } = problem(1, rows + 200, features, 2);
    const readout = new RidgeReadout({ features, outputs: 2 });
    const errorWith = (ridge?: number) => {
      const report = readout.fit(states.subarray(0, rows * features), targets.subarray(0, rows * 2), { ridge });
      let sum = 0;
      for (let r = rows; r < rows + 200; r++) {
        const got = readout.predict(states.subarray(r * features, (r + 1) * features));
        for (let o = 0; o < 2; o++) sum += (got[o] - targets[r * 2 + o]) ** 2 / 400;
      }
      return { error: sum, report };
    };
    const chosen = errorWith();
    expect(chosen.report.error).toBeGreaterThan(0);
    for (const factor of [1e-6, 1e-3, 1, 100]) expect(chosen.error).toBeLessThan(1.3 * errorWith(factor * rows).error);
  });

  test("classes, and features that say nothing", () => {
    const random = new Random(3);
    const labels = Array.from({ length: 60 }, (_, i) => i % 3);
    const states = labels.flatMap((c) => [c === 0 ? 2 : 0, 5, c === 1 ? 1 : -1].map((x, i) => (i === 1 ? x : x + 0.1 * random.normal())));
    const readout = new RidgeReadout({ features: 3, outputs: 3 });
    const report = readout.fitClasses(states, labels, { folds: 3 });
    expect(report.rows).toBe(60);
    labels.forEach((c, r) => {
      expect(readout.classify(states.slice(3 * r, 3 * r + 3))).toBe(c);
    });
    // The constant feature has no weight.
    expect(readout.predict([1, 5, 1])).toEqual(readout.predict([1, 99, 1]));
  });

  test("bad input: the code says what, an earlier fit stays", () => {
    expect(codeOf(() => new RidgeReadout({ features: 0, outputs: 1 }))).toBe("ERR_ARGUMENT");
    expect(codeOf(() => new RidgeReadout({ features: 1, outputs: 5000 }))).toBe("ERR_ARGUMENT");
    const readout = new RidgeReadout({ features: 2, outputs: 1 });
    expect(codeOf(() => readout.predict([1, 2]))).toBe("ERR_ARGUMENT");
    readout.fit([1, 2, 3, 5, 6, 1], [1, 2, 3], { ridge: 0.1 });
    const before = readout.predict([4, 4]);
    const refused: [() => unknown, string][] = [
      [() => readout.fit([1, 2, 3], [1]), "ERR_DIMENSION"],
      [() => readout.fit([], []), "ERR_DIMENSION"],
      [() => readout.fit([1, 2], [1, 2]), "ERR_DIMENSION"],
      [() => readout.fit(3 as never, [1]), "ERR_ARGUMENT"],
      [() => readout.fit([1, 2], [1]), "ERR_ARGUMENT"],
      [() => readout.fit([1, Number.NaN], [1], { ridge: 1 }), "ERR_NOT_FINITE"],
      [() => readout.fit([1, 2], [Infinity], { ridge: 1 }), "ERR_NOT_FINITE"],
      // Squares and sums of these would be infinite, and a prediction NaN.
      [() => readout.fit([1, 2, 2, 4, 3, 7], [1.7e308, 1.7e308, 1.7e308], { ridge: 1 }), "ERR_ARGUMENT"],
      [() => readout.fit([1e200, 2, 2e200, 4, 3e200, 7], [1, 2, 3], { ridge: 1 }), "ERR_ARGUMENT"],
      [() => readout.predict([1, -1e300]), "ERR_ARGUMENT"],
      [() => readout.fit([1, 2], [1], { ridge: 0 }), "ERR_ARGUMENT"],
      [() => readout.fit([1, 2], [1], { ridge: -1 }), "ERR_ARGUMENT"],
      [() => readout.fit([1, 2], [1], { ridge: Number.NaN }), "ERR_NOT_FINITE"],
      [() => readout.fit([1, 2, 3, 4], [1, 2], { folds: 1 }), "ERR_ARGUMENT"],
      [() => readout.fit([1, 2, 2, 4, 3, 6], [1, 2, 3], { ridge: 1e-310 }), "ERR_ARGUMENT"],
      [() => readout.fitClasses([1, 2], [1]), "ERR_ARGUMENT"],
      [() => readout.fitClasses([1, 2], [0, 0]), "ERR_DIMENSION"],
      [() => readout.fitClasses([1, 2], 0 as never), "ERR_ARGUMENT"],
      [() => readout.predict([1]), "ERR_DIMENSION"],
      [() => readout.predict([1, Number.NaN]), "ERR_NOT_FINITE"],
    ];
    for (const [call, code] of refused) expect([codeOf(call), call.toString()]).toEqual([code, call.toString()]);
    expect(readout.predict([4, 4])).toEqual(before);
  });
});
