import { describe, expect, it } from "vitest";
import * as data from "../../bench/data.js";

describe("benchmark data", () => {
  it("is the same every time, and another for another seed", () => {
    const makers: ((seed: number) => unknown)[] = [
      (seed) => data.stringKeys(50, seed),
      (seed) => data.byteKeys(50, 16, seed),
      (seed) => data.permutation(50, seed),
      (seed) => data.clusteredVectors(50, 8, 4, seed),
      (seed) => data.scaleFreeArcs(8, 100, seed),
      (seed) => data.gridArcs(6, seed),
      (seed) => data.sequence(200, 20, seed),
      (seed) => data.demandSeries(200, 24, seed),
    ];
    for (const make of makers) {
      expect(make(3)).toEqual(make(3));
      expect(make(3)).not.toEqual(make(4));
    }
  });

  it("is pinned to its first values, so that figures of two versions compare", () => {
    const random = new data.Random(1);
    expect([random.u32(), random.u32(), random.u32()]).toMatchInlineSnapshot(`
      [
        1580013426,
        350525680,
        3524174333,
      ]
    `);
    expect(data.stringKeys(2)).toMatchInlineSnapshot(`
      [
        "u:5e2d1772f000000000",
        "u:d20ea1fd3900000001",
      ]
    `);
  });

  it("has distinct keys of 20 characters", () => {
    const keys = data.stringKeys(5000);
    expect(new Set(keys).size).toBe(5000);
    expect(keys.every((key) => key.length === 20)).toBe(true);
    expect(new Set([...keys, ...data.stringKeys(5000, 2)]).size).toBe(10_000);
    for (const text of ["abc", "", "a\u{1f600}\ud800z"]) expect(data.fresh(text)).toBe(text);
  });

  it("permutes", () => {
    expect([...data.permutation(100)].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i));
  });

  it("draws evenly and normally", () => {
    const random = new data.Random(5);
    const mean = (draw: () => number) => Array.from({ length: 20_000 }, draw).reduce((sum, x) => sum + x, 0) / 20_000;
    expect(mean(() => random.unit())).toBeCloseTo(0.5, 1);
    expect(mean(() => random.normal())).toBeCloseTo(0, 1);
    expect(mean(() => random.normal() ** 2)).toBeCloseTo(1, 1);
    expect(Array.from({ length: 1000 }, () => random.below(7)).every((x) => x >= 0 && x < 7 && Number.isInteger(x))).toBe(true);
  });

  it("has graphs of the shape it says", () => {
    const hubs = data.scaleFreeArcs(10, 8000);
    const degree = new Uint32Array(1024);
    for (const u of hubs.from) degree[u]++;
    expect(Math.max(...degree)).toBeGreaterThan(20 * (8000 / 1024));
    expect(hubs.from.every((u, i) => u !== hubs.to[i])).toBe(true);
    const grid = data.gridArcs(5);
    expect(grid.from.length).toBe(80);
    expect(grid.from.every((u, i) => [1, 5].includes(Math.abs(u - grid.to[i])))).toBe(true);
    for (const { weight } of [hubs, grid]) expect(weight.every((w) => w > 0 && w <= 1)).toBe(true);
  });

  it("has sequences and series in their domains", () => {
    expect(data.sequence(1000, 30).every((s) => s < 30)).toBe(true);
    expect(data.demandSeries(1000).every((x) => x >= 0 && Number.isFinite(x))).toBe(true);
  });
});
