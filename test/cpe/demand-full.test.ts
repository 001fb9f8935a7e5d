import { describe, expect, it } from "vitest";
import { type DemandModel, forecastModels } from "../../src/layers/cpe/demand.js";
import { builds } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";
import { allModels, forecast } from "../oracle/demand.js";
import { exceedance } from "../oracle/forecast-exceed.js";
import { codeOf, day, expectClose, feed, forecasterOn, hour, seasonal } from "./demand-helper.js";

/** Hours with a day, a week and noise that grow with their level. */
function weekly(n: number, seed: number): number[] {
  const random = new Random(seed);
  const shape = Array.from({ length: 168 }, () => 0.2 * random.normal());
  return Array.from({ length: n }, (_, t) =>
    Math.exp(5 + 0.4 * Math.sin((2 * Math.PI * t) / 24) + shape[t % 168] + 0.0003 * t + 0.05 * random.normal()),
  );
}

describe.each(builds)("the full forecaster's models (%s)", (build) => {
  it("has the names of the oracle", () => {
    expect([...forecastModels]).toEqual(Object.keys(allModels));
  });

  it.each(forecastModels)("forecasts as the oracle does: %s", (model: DemandModel) => {
    const f = forecasterOn(build);
    const cases = [
      [weekly(700, 1), 24, 48],
      [weekly(560, 2), 24, 5],
      [seasonal(90, 12, { noise: 3, slope: 0.02 }), 12, 7],
      [seasonal(200, 7, { noise: 3 }), 7, 14],
      [seasonal(60, 1, { noise: 3, level: 10 }), 1, 3],
    ] as const;
    for (const [id, [y, period, horizon]] of cases.entries()) {
      f.configure(id, { interval: hour, period });
      feed(f, id, y);
      const want = forecast([...y], horizon, 0.8, period, [model], { long: 0 });
      const got = f.forecast(id, { horizon, coverage: 0.8, models: [model] });
      if (Object.keys(want.weights).length === 0) {
        expect(got.weights).toEqual({ naive: 1 });
        continue;
      }
      expect(got.weights).toEqual({ [model]: 1 });
      expectClose(got.mean, want.mean, 1e-8);
      expectClose(got.lower, want.lower, 1e-8);
      expectClose(got.upper, want.upper, 1e-8);
      expectClose([got.expectedWape], [want.expectedWape]);
    }
  });

  it("mixes them as the oracle does, with two periods given too", () => {
    const f = forecasterOn(build);
    const random = new Random(5);
    for (let id = 0; id < 25; id++) {
      const n = 2 + random.below(id % 3 === 0 ? 700 : 120);
      const period = random.pick([1, 2, 5, 7, 12, 24]);
      const long = period > 1 && random.below(2) === 0 ? period * (2 + random.below(4)) : 0;
      const horizon = 1 + random.below(40);
      const y = id % 2 === 0 ? weekly(n, id) : seasonal(n, period, { noise: 3, level: random.pick([0, 20, 100]), seed: id });
      f.configure(id, { interval: hour, periods: long > 0 ? [period, long] : [period] });
      feed(f, id, y);
      const want = forecast(y, horizon, 0.9, period, Object.keys(allModels), { long });
      const got = f.forecast(id, { horizon, coverage: 0.9 });
      expect(Object.keys(got.weights)).toEqual(Object.keys(want.weights));
      expectClose(Object.values(got.weights), Object.values(want.weights), 1e-7);
      expectClose(got.mean, want.mean, 1e-7);
      expectClose(got.lower, want.lower, 1e-7);
      expectClose(got.upper, want.upper, 1e-7);
      expectClose([got.expectedWape], [want.expectedWape], 1e-7);
    }
  });

  it("tells the probability of exceeding a limit as the oracle does", () => {
    const f = forecasterOn(build);
    const random = new Random(6);
    for (let id = 0; id < 20; id++) {
      const n = 10 + random.below(id % 3 === 0 ? 600 : 100);
      const period = random.pick([1, 7, 24]);
      const horizon = 1 + random.below(30);
      const y = seasonal(n, period, { noise: 4, seed: id });
      f.configure(id, { interval: hour, period });
      feed(f, id, y);
      for (const limit of [70, 95, 105, 120, 160]) {
        const want = exceedance(y, limit, horizon, period);
        const got = f.exceedance(id, limit, { horizon });
        expectClose([got.probability, ...got.steps], [want.probability, ...want.steps], 1e-6);
        expect(got.at[0]).toBe(n * hour);
        expect(got.probability).toBeGreaterThanOrEqual(Math.max(...got.steps));
      }
      const rising = [60, 80, 100, 120, 140].map((limit) => f.exceedance(id, limit, { horizon }).probability);
      expect([...rising].sort((a, b) => b - a)).toEqual(rising);
    }
  });

  it("tells the time of each step that may exceed a limit, also before the interval is settled", () => {
    const f = forecasterOn(build);
    feed(f, 0, [10, 12, 11, 10, 12, 11, 10, 12, 11]);
    expect(f.exceedance(0, 11, { horizon: 3 }).at).toEqual(f.forecast(0, { horizon: 3 }).at);
  });

  it("refuses bad input and stays as before", () => {
    const f = forecasterOn(build);
    feed(f, 1, seasonal(60, 6));
    const image = f.image();
    type Options = { period: number };
    const cases: [string, () => unknown][] = [
      ["ERR_ARGUMENT", () => f.configure(1, { periods: [] })],
      ["ERR_ARGUMENT", () => f.configure(1, { periods: [24, 30] })],
      ["ERR_ARGUMENT", () => f.configure(1, { periods: [24, 168, 336] })],
      ["ERR_ARGUMENT", () => f.configure(1, { periods: [1, 24] })],
      ["ERR_ARGUMENT", () => f.configure(1, { periods: 24 as unknown as number[] })],
      ["ERR_ARGUMENT", () => f.configure(1, { period: 24, periods: [24] })],
      ["ERR_ARGUMENT", () => f.configure(1, { online: 513 })],
      ["ERR_ARGUMENT", () => f.configure(1, { online: -1 })],
      ["ERR_ARGUMENT", () => f.configure(1, { online: "yes" as unknown as boolean })],
      ["ERR_ARGUMENT", () => f.configure(1, 7 as unknown as Options)],
      ["ERR_ARGUMENT", () => f.forecast(1, null as unknown as object)],
      ["ERR_ARGUMENT", () => f.exceedance(1, 5, "x" as unknown as object)],
      ["ERR_NOT_FINITE", () => f.exceedance(1, NaN)],
      ["ERR_ARGUMENT", () => f.exceedance(1, 1e101)],
      ["ERR_ARGUMENT", () => f.exceedance(1, 5, { horizon: 0 })],
      ["ERR_NOT_FOUND", () => f.exceedance(2, 5)],
      ["ERR_ARGUMENT", () => f.series(-1)],
      ["ERR_ARGUMENT", () => f.series(1, { period: -4 })],
      ["ERR_NOT_FOUND", () => f.series(2).forecast()],
    ];
    for (const [i, [code, call]] of cases.entries()) expect(codeOf(call), `case ${i}`).toBe(code);
    expect(Buffer.compare(f.image(), image)).toBe(0);
    expect(f.exceedance(1, 5).steps.length).toBe(1);
    f.record(3, 0, 5);
    f.configure(3, { interval: hour });
    expect(f.exceedance(3, 5, { horizon: 2 })).toEqual({
      probability: NaN,
      steps: Float64Array.of(NaN, NaN),
      at: Float64Array.of(hour, 2 * hour),
    });
  });

  it("says more often that a limit is exceeded where it is: probabilities hold on the average", () => {
    const f = forecasterOn(build);
    let expected = 0;
    let seen = 0;
    let any = 0;
    let anySeen = 0;
    const count = build === "debug" ? 60 : 200;
    for (let id = 0; id < count; id++) {
      const y = seasonal(212, 12, { noise: 6, size: 5, seed: id });
      f.configure(id, { interval: hour, period: 12 });
      feed(f, id, y.slice(0, 200));
      const { probability, steps } = f.exceedance(id, 112, { horizon: 12 });
      const hits = y.slice(200).filter((v) => v > 112).length;
      expected += steps.reduce((a, b) => a + b, 0);
      seen += hits;
      any += probability;
      anySeen += hits > 0 ? 1 : 0;
      f.forgetSeries(id);
    }
    // 5 standard errors of a binomial, and a share for what the errors within one series have in common.
    expect(Math.abs(expected - seen) / (12 * count)).toBeLessThan(5 * Math.sqrt(0.1 / (12 * count)) + 0.01);
    expect(Math.abs(any - anySeen) / count).toBeLessThan(5 * Math.sqrt(0.25 / count));
  });
});

describe("a series' handle", () => {
  it("does what the forecaster does", () => {
    const f = forecasterOn("release");
    const series = f.series(4, { interval: day, periods: [7] });
    seasonal(60, 7, { noise: 1 }).forEach((v, t) => {
      series.record(t * day, v);
    });
    expect(series.forecast({ horizon: 3 })).toEqual(f.forecast(4, { horizon: 3 }));
    expect(series.exceedance(100, { horizon: 3 })).toEqual(f.exceedance(4, 100, { horizon: 3 }));
    expect(series.info()).toEqual(f.seriesInfo(4));
    series.configure({ bins: 40 });
    expect(series.info()?.bins).toBe(40);
    expect([series.id, series.forget(), series.forget(), f.size]).toEqual([4, true, false, 0]);
  });
});
