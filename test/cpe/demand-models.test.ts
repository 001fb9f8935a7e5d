import { describe, expect, it } from "vitest";
import { type DemandModel, demandModels } from "../../src/layers/cpe/demand.js";
import { builds } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";
import { forecast, models, planOf } from "../oracle/demand.js";
import { demandOn, expectClose, feed, hour, seasonal } from "./demand-helper.js";

describe.each(builds)("demand models (%s)", (build) => {
  it("names its models as the oracle does", () => {
    expect([...demandModels]).toEqual(Object.keys(models));
  });

  it.each(demandModels)("forecasts as the oracle does: %s", (model: DemandModel) => {
    const { demand } = demandOn(build);
    let id = 0;
    for (const [n, period, horizon] of [
      [500, 24, 48],
      [700, 24, 30],
      [90, 12, 7],
      [40, 7, 10],
      [60, 1, 3],
    ]) {
      const y = seasonal(n, period, { noise: 3, slope: 0.02, seed: n });
      demand.configure(++id, { interval: hour, period });
      feed(demand, id, y);
      const want = forecast(y, horizon, 0.8, period, [model]);
      const got = demand.forecast(id, { horizon, coverage: 0.8, models: [model] });
      if (Object.keys(want.weights).length === 0) {
        // The oracle has no such model for this series: the naive one has to do.
        expect(got.weights).toEqual({ naive: 1 });
        expect([...got.mean]).toEqual(new Array(horizon).fill(y[n - 1]));
        continue;
      }
      expect(got.weights).toEqual({ [model]: 1 });
      expectClose(got.mean, want.mean);
      expectClose(got.lower, want.lower);
      expectClose(got.upper, want.upper);
      expectClose([got.expectedWape], [want.expectedWape]);
    }
  });

  it("mixes them as the oracle does", () => {
    const { demand } = demandOn(build);
    const random = new Random(7);
    for (let id = 0; id < 40; id++) {
      const n = 2 + random.below(id % 4 === 0 ? 600 : 120);
      const period = random.pick([1, 2, 5, 7, 12, 24]);
      const horizon = 1 + random.below(40);
      const coverage = random.pick([0.5, 0.9, 0.99]);
      const level = random.pick([0, 20, 100]);
      const y = seasonal(n, period, { noise: 1 + 5 * random.next(), slope: random.normal() / 50, level, seed: id });
      demand.configure(id, { interval: hour, period });
      feed(demand, id, y);
      const want = forecast(y, horizon, coverage, period);
      const got = demand.forecast(id, { horizon, coverage });
      expect(Object.keys(got.weights)).toEqual(Object.keys(want.weights));
      expectClose(Object.values(got.weights), Object.values(want.weights));
      expectClose(got.mean, want.mean);
      expectClose(got.lower, want.lower, 1e-8);
      expectClose(got.upper, want.upper, 1e-8);
      expectClose([got.expectedWape], [want.expectedWape]);
      const plan = planOf(n, horizon, period > 1 ? period : 0, 0);
      expect(got.backtest.horizon).toBe(plan.back);
      expect(got.backtest.values).toBe(n);
    }
  });

  it("forecasts a season without noise exactly", () => {
    const { demand } = demandOn(build);
    for (const period of [2, 7, 12, 24, 48]) {
      const y = seasonal(6 * period + 5 + 40, period);
      demand.configure(period, { interval: hour, period });
      feed(demand, period, y.slice(0, -40));
      const f = demand.forecast(period, { horizon: 40 });
      expectClose(f.mean, y.slice(-40), 1e-9);
      expectClose(f.upper, y.slice(-40), 1e-6);
      expect(f.expectedWape).toBeLessThan(1e-9);
    }
  });

  it("forecasts a line, and a line with a season, exactly", () => {
    const { demand } = demandOn(build);
    const line = Array.from({ length: 80 }, (_, t) => 5 + 0.25 * t);
    feed(demand, 1, line.slice(0, 60));
    const f = demand.forecast(1, { horizon: 20 });
    expectClose(f.mean, line.slice(60), 1e-9);
    expect(f.model).toBe("trend");
    const both = seasonal(150, 12, { slope: 0.5 });
    demand.configure(2, { interval: hour, period: 12 });
    feed(demand, 2, both.slice(0, 120));
    const g = demand.forecast(2, { horizon: 30 });
    expectClose(g.mean, both.slice(120), 1e-9);
    expect(g.model).toBe("holt-winters");
  });

  it("forecasts a constant exactly, with an interval of no width", () => {
    const { demand } = demandOn(build);
    for (const [id, value] of [0, 3.5, -2].entries()) {
      feed(demand, id, new Array(50).fill(value));
      const f = demand.forecast(id, { horizon: 5 });
      expectClose(f.mean, new Array(5).fill(value), 1e-12);
      expectClose(f.lower, new Array(5).fill(value), 1e-12);
      expectClose(f.upper, new Array(5).fill(value), 1e-12);
      expect(f.expectedWape).toBeLessThan(1e-12);
    }
  });

  it("is hardly worse than the last value on random walks", () => {
    const { demand } = demandOn(build);
    let ours = 0;
    let naive = 0;
    for (let id = 0; id < 60; id++) {
      const random = new Random(id);
      let level = 1000;
      const y = Array.from({ length: 220 }, () => {
        level += random.normal();
        return level;
      });
      feed(demand, id, y.slice(0, 200));
      const f = demand.forecast(id, { horizon: 20 });
      for (let h = 0; h < 20; h++) {
        ours += Math.abs(f.mean[h] - y[200 + h]);
        naive += Math.abs(y[199] - y[200 + h]);
      }
    }
    expect(ours / naive).toBeLessThan(1.1);
  });

  it("never forecasts less than nothing where nothing negative was seen", () => {
    const { demand } = demandOn(build);
    const random = new Random(3);
    for (let id = 0; id < 20; id++) {
      const y = Array.from({ length: 100 }, (_, t) => Math.max(0, 20 - 0.25 * t + 3 * random.normal()));
      feed(demand, id, y);
      const f = demand.forecast(id, { horizon: 30, coverage: 0.99 });
      for (const row of [f.mean, f.lower]) expect(Math.min(...row)).toBeGreaterThanOrEqual(0);
      for (let h = 0; h < 30; h++) expect(f.upper[h]).toBeGreaterThanOrEqual(f.mean[h]);
    }
  });
});

describe("demand intervals", () => {
  it("cover what they promise, over many series with a season and noise", () => {
    const { demand } = demandOn("release");
    const rates = new Map<number, number>();
    for (const coverage of [0.8, 0.9]) {
      let hits = 0;
      let steps = 0;
      for (let id = 0; id < 300; id++) {
        const period = [7, 12, 24][id % 3];
        const n = 120 + (id % 5) * 60;
        const y = seasonal(n + 12, period, { noise: 4, slope: (id % 4) / 100, seed: 1000 + id });
        demand.configure(id, { interval: hour, period });
        feed(demand, id, y.slice(0, n));
        const f = demand.forecast(id, { horizon: 12, coverage });
        for (let h = 0; h < 12; h++) if (y[n + h] >= f.lower[h] && y[n + h] <= f.upper[h]) hits++;
        steps += 12;
        demand.forgetSeries(id);
      }
      rates.set(coverage, hits / steps);
    }
    expect(rates.get(0.9)).toBeGreaterThan(0.85);
    expect(rates.get(0.9)).toBeLessThan(0.95);
    expect(rates.get(0.8)).toBeGreaterThan(0.75);
    expect(rates.get(0.8)).toBeLessThan(0.86);
  });

  it("widen beyond the back-tested steps with the root of the step", () => {
    const { demand } = demandOn("release");
    feed(demand, 1, seasonal(60, 1, { noise: 5, level: 1e4 }));
    const f = demand.forecast(1, { horizon: 48 });
    expect(f.backtest.horizon).toBe(12);
    const width = (h: number) => f.upper[h] - f.lower[h];
    expect(width(47) / width(11)).toBeCloseTo(2, 9);
  });
});
