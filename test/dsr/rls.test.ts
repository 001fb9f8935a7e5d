import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RecursiveLeastSquares } from "../../src/dsr.js";
import { Random } from "../helpers/random.js";
import { rlsOracle } from "../oracle/rls.js";
import { codeOf } from "./helpers.js";

function stream(seed: number, rows: number, features: number, outputs: number) {
  const random = new Random(seed);
  const normals = (n: number) => Array.from({ length: n }, () => random.normal());
  const weights = Array.from({ length: outputs }, () => normals(features));
  const states = Array.from({ length: rows }, () => normals(features));
  const targets = states.map((x) => weights.map((w) => w.reduce((sum, wi, i) => sum + wi * x[i], 0.2 * random.normal())));
  return { states, targets, weights };
}

const near = (got: Float64Array, want: number[], within: number) => {
  got.forEach((w, i) => {
    expect(Math.abs(w - want[i])).toBeLessThan(within * (1 + Math.abs(want[i])));
  });
};

describe("RecursiveLeastSquares", () => {
  test("is ridge regression with penalty 1 / delta on all rows so far", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 3 }),
        fc.constantFrom(0.1, 1, 100),
        fc.integer(),
        (rows, features, outputs, delta, seed) => {
          const { states, targets } = stream(seed, rows, features, outputs);
          const filter = new RecursiveLeastSquares({ features, outputs, delta });
          states.forEach((x, r) => {
            const before = filter.predict(x);
            const error = filter.update(x, targets[r]);
            expect([...error]).toEqual(targets[r].map((t, o) => t - before[o]));
          });
          near(filter.weights(), rlsOracle(states, targets, 1, delta).flat(), 1e-7);
        },
      ),
      { numRuns: 80 },
    );
  });

  test.each([0.999, 0.98, 0.95])("with forgetting %d: rows count less the older they are", (forgetting) => {
    const { states, targets } = stream(5, 60, 8, 2);
    const filter = new RecursiveLeastSquares({ features: 8, outputs: 2, forgetting, delta: 1e8 });
    states.forEach((x, r) => {
      filter.update(x, targets[r]);
      // Once all directions were seen; before, the prior counts, which does not fade here.
      if (r >= 16) near(filter.weights(), rlsOracle(states.slice(0, r + 1), targets.slice(0, r + 1), forgetting, 1e8).flat(), 1e-6);
    });
  });

  test("forgets: follows weights that change, which a filter that forgets nothing cannot", () => {
    const a = stream(1, 500, 6, 1);
    const b = stream(2, 500, 6, 1);
    const errorAfter = (forgetting: number) => {
      const filter = new RecursiveLeastSquares({ features: 6, outputs: 1, forgetting });
      for (const { states, targets } of [a, b]) for (let r = 0; r < 500; r++) filter.update(states[r], targets[r]);
      return Math.max(...b.weights[0].map((w, i) => Math.abs(w - filter.weights()[i])));
    };
    expect(errorAfter(0.97)).toBeLessThan(0.25);
    expect(errorAfter(1)).toBeGreaterThan(0.5);
  });

  test.each([1, 0.999, 0.9])("stays right over 100,000 rows, forgetting %d", (forgetting) => {
    const features = 12;
    const random = new Random(9);
    const truth = Array.from({ length: features }, () => random.normal());
    const filter = new RecursiveLeastSquares({ features, outputs: 1, forgetting, delta: 1e4 });
    for (let r = 0; r < 100_000; r++) {
      // Features of very different size, strongly correlated; for half of the time only two of them move at all.
      const common = random.normal();
      const moving = r % 20_000 < 10_000;
      const x = truth.map((_, i) => (moving || i < 2 ? (common + 0.1 * random.normal()) * 10 ** ((i % 5) - 2) : 0));
      filter.update(x, [truth.reduce((sum, w, i) => sum + w * x[i], 0)]);
    }
    const weights = filter.weights();
    expect(weights.every(Number.isFinite)).toBe(true);
    for (let r = 0; r < 100; r++) {
      const x = truth.map((_, i) => random.normal() * 10 ** ((i % 5) - 2));
      const want = truth.reduce((sum, w, i) => sum + w * x[i], 0);
      expect(Math.abs(filter.predict(x)[0] - want)).toBeLessThan(1e-3 * Math.sqrt(x.reduce((sum, xi) => sum + xi * xi, 0)));
    }
  });

  test("does not wind up: silent directions stay as uncertain as at first, and take nothing from the others", () => {
    const filter = new RecursiveLeastSquares({ features: 3, outputs: 1, forgetting: 0.9, delta: 10 });
    // The third feature and the difference of the first two never move.
    for (let r = 0; r < 10_000; r++) filter.update([1 + (r % 3), 1 + (r % 3), 0], [2 + 2 * (r % 3)]);
    expect(filter.weights()[0] + filter.weights()[1]).toBeCloseTo(2, 9);
    filter.update([0, 0, 1e-3], [1]);
    // The gain is P x / (forgetting + xT P x), and P is at most delta.
    expect(Math.abs(filter.weights()[2])).toBeLessThanOrEqual((10 * 1e-3) / 0.9);
    filter.update([1e-3, -1e-3, 0], [1]);
    expect(Math.abs(filter.weights()[0] - 1)).toBeLessThan((4 * 10 * 1e-3) / 0.9);
    // And what moves is still followed.
    for (let r = 0; r < 200; r++) filter.update([1, 1, 0], [5]);
    expect(filter.predict([1, 1, 0])[0]).toBeCloseTo(5, 6);
  });

  test("reset forgets all; the largest numbers overflow nothing", () => {
    const filter = new RecursiveLeastSquares({ features: 2, outputs: 1, forgetting: 0.5, delta: 1e12 });
    for (let r = 0; r < 2000; r++) filter.update(r % 2 ? [1e9, -1e9] : [1e-300, 1e9], [r % 3 ? 1e9 : -1e9]);
    expect(filter.weights().every(Number.isFinite)).toBe(true);
    filter.reset();
    expect([...filter.predict([1, 1])]).toEqual([0]);
    const fresh = new RecursiveLeastSquares({ features: 2, outputs: 1, forgetting: 0.5, delta: 1e12 });
    filter.update([1, 2], [3]);
    fresh.update([1, 2], [3]);
    expect(filter.weights()).toEqual(fresh.weights());
  });

  test("bad input: the code says what, nothing changes", () => {
    const make = (options: object) => codeOf(() => new RecursiveLeastSquares(options as never));
    expect(make(undefined as never)).toBe("ERR_ARGUMENT");
    expect(make({ features: 0, outputs: 1 })).toBe("ERR_ARGUMENT");
    expect(make({ features: 5000, outputs: 1 })).toBe("ERR_ARGUMENT");
    expect(make({ features: 1, outputs: 1.5 })).toBe("ERR_ARGUMENT");
    expect(make({ features: 1, outputs: 1, forgetting: 0 })).toBe("ERR_ARGUMENT");
    expect(make({ features: 1, outputs: 1, forgetting: 1.1 })).toBe("ERR_ARGUMENT");
    expect(make({ features: 1, outputs: 1, delta: Number.NaN })).toBe("ERR_NOT_FINITE");
    expect(make({ features: 1, outputs: 1, delta: 0 })).toBe("ERR_ARGUMENT");
    const filter = new RecursiveLeastSquares({ features: 2, outputs: 1 });
    filter.update([1, 2], [3]);
    const before = filter.weights();
    const refused: [() => unknown, string][] = [
      [() => filter.update([1], [1]), "ERR_DIMENSION"],
      [() => filter.update([1, 2], [1, 2]), "ERR_DIMENSION"],
      [() => filter.update([1, Number.NaN], [1]), "ERR_NOT_FINITE"],
      [() => filter.update([1, 2], [Infinity]), "ERR_NOT_FINITE"],
      [() => filter.update([1, 2e9], [1]), "ERR_ARGUMENT"],
      [() => filter.update(undefined as never, [1]), "ERR_ARGUMENT"],
      [() => filter.update(["1", 2] as never, [1]), "ERR_NOT_FINITE"],
      [() => filter.predict([1]), "ERR_DIMENSION"],
      [() => filter.predict([1, -Infinity]), "ERR_NOT_FINITE"],
    ];
    for (const [call, code] of refused) expect([codeOf(call), call.toString()]).toEqual([code, call.toString()]);
    expect(filter.weights()).toEqual(before);
  });
});
