import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { median, percentile, ratioOf, summarise } from "../../bench/statistics.js";

const values = fc.array(fc.double({ min: 0, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 60 });

describe("statistics", () => {
  it("knows percentiles", () => {
    expect(percentile([1, 2, 3, 4, 5], 0.5)).toBe(3);
    expect(percentile([1, 2], 0.5)).toBe(1.5);
    expect(percentile([10, 20, 30], 0.25)).toBe(15);
    expect(percentile([7], 0.99)).toBe(7);
    expect(() => percentile([], 0.5)).toThrow();
    expect(median([9, 1, 5])).toBe(5);
  });

  it("keeps min <= median <= p99 <= max, at any order of the samples", () => {
    fc.assert(
      fc.property(values, (samples) => {
        const { min, median: middle, p99, samples: count } = summarise(samples, 1);
        const largest = Math.max(...samples);
        expect(count).toBe(samples.length);
        expect(min).toBe(Math.min(...samples));
        expect(middle).toBeGreaterThanOrEqual(min);
        expect(p99).toBeGreaterThanOrEqual(middle * (1 - 1e-12));
        expect(p99).toBeLessThanOrEqual(largest * (1 + 1e-12));
        expect(summarise(samples.toReversed(), 1)).toEqual(summarise(samples, 1));
      }),
    );
  });

  it("scales to the unit and does not touch what it is given", () => {
    const samples = [3000, 1000, 2000];
    expect(summarise(samples, 1000)).toMatchObject({ median: 2, min: 1 });
    expect(samples).toEqual([3000, 1000, 2000]);
  });

  it("has no ratio where a division says nothing", () => {
    expect(ratioOf(2, 6, false)).toBe(3);
    expect(ratioOf(6, 2, true)).toBe(3);
    expect(ratioOf(0, 2, false)).toBeNull();
    expect(ratioOf(2, 0, true)).toBeNull();
    expect(ratioOf(0, 0, true)).toBeNull();
  });
});
