import { calibrate, ScoreSum } from "mfn/node";
import { describe, expect, test } from "vitest";
import { Random } from "../helpers/random.js";

describe("scores", () => {
  test("hits, reciprocal ranks and bits are means over all predictions", () => {
    const sum = new ScoreSum();
    sum.add({ rank: 1, probability: 0.5, first: 0.5 });
    sum.add({ rank: 3, probability: 0.125, first: 0.75 });
    sum.add({ rank: 0, probability: 2 ** -10, first: 0.25 });
    sum.add({ rank: 8, probability: 0.25, first: 0.5 });
    const score = sum.score("four");
    expect(score).toMatchObject({ method: "four", n: 4, hitAt1: 0.25, hitAt3: 0.5, hitAt5: 0.5, hitAt10: 0.75 });
    expect(score.meanReciprocalRank).toBeCloseTo((1 + 1 / 3 + 1 / 8) / 4, 12);
    expect(score.bits).toBeCloseTo((1 + 3 + 10 + 2) / 4, 12);
    expect(score.calibration?.equalWidth.reduce((n, bin) => n + bin.n, 0)).toBe(4);
  });

  test("what was held impossible and came costs 30 bits", () => {
    const sum = new ScoreSum();
    sum.add({ rank: 0, probability: 0 });
    expect(sum.score("sure")).toMatchObject({ bits: 30 });
  });

  test("a method that gives no probability, or not to all, has no bits", () => {
    const sum = new ScoreSum();
    sum.add({ rank: 1 });
    expect(sum.score("ranks")).not.toHaveProperty("bits");
    expect(sum.score("ranks")).not.toHaveProperty("calibration");
    sum.add({ rank: 1, probability: 1 });
    expect(sum.score("ranks")).not.toHaveProperty("bits");
    expect(new ScoreSum().score("none")).toMatchObject({ n: 0, meanReciprocalRank: 0 });
  });
});

describe("calibration", () => {
  test("of four predictions, by hand", () => {
    // Bins of equal width: .1 and .2 hold one each, .9 to 1 two.
    const { error, equalWidth, equalMass, errorEqualMass } = calibrate([
      [0.05, false],
      [0.2, true],
      [0.95, true],
      [1, false],
    ]);
    expect(equalWidth.map(({ from, to, n }) => [from, to, n])).toEqual([
      [0, 0.1, 1],
      [0.1, 0.2, 1],
      [0.9, 1, 2],
    ]);
    expect(equalWidth[2].confidence).toBeCloseTo(0.975, 12);
    expect(equalWidth[2].accuracy).toBe(0.5);
    expect(error).toBeCloseTo(0.25 * 0.05 + 0.25 * 0.8 + 0.5 * 0.475, 12);
    expect(equalMass.map(({ n }) => n)).toEqual([1, 1, 1, 1]);
    expect(errorEqualMass).toBeCloseTo((0.05 + 0.8 + 0.05 + 1) / 4, 12);
  });

  test("is near 0 where probabilities are true, and not where they are not", () => {
    const random = new Random(5);
    const probabilities = Array.from({ length: 20_000 }, () => random.next());
    const honest = calibrate(probabilities.map((p) => [p, random.next() < p]));
    expect(honest.error).toBeLessThan(0.02);
    expect(honest.errorEqualMass).toBeLessThan(0.02);
    expect(honest.equalMass.map(({ n }) => n)).toEqual(new Array(10).fill(2000));
    const bold = calibrate(probabilities.map((p) => [p, random.next() < p * p]));
    // The mean of p - p^2 is 1/6.
    expect(bold.error).toBeGreaterThan(0.15);
    expect(bold.error).toBeLessThan(0.18);
  });

  test("of nothing is 0", () => {
    expect(calibrate([])).toEqual({ error: 0, errorEqualMass: 0, equalWidth: [], equalMass: [] });
  });
});
