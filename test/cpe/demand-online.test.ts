import { describe, expect, it } from "vitest";
import { Forecaster } from "../../src/layers/cpe/forecaster.js";
import { builds, wasm } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";
import { SlowOnline } from "../oracle/forecast-online.js";
import { codeOf, expectClose, feed, forecasterOn, hour, seasonal } from "./demand-helper.js";

/** Values that change their level half-way, with a season, a longer one, and noise. */
function made(n: number, period: number, long: number, seed: number): number[] {
  const random = new Random(seed);
  const week = Array.from({ length: Math.max(1, long) }, () => 5 * random.normal());
  return seasonal(n, period, { noise: 3, seed }).map((v, t) => v + week[t % week.length] + (t > n / 2 ? 10 : 0));
}

describe.each(builds)("forecasts that are kept current (%s)", (build) => {
  it.each([
    { steps: 1, period: 12, long: 0, n: 300, level: 0 },
    { steps: 12, period: 12, long: 0, n: 420, level: 0 },
    { steps: 30, period: 8, long: 40, n: 300, level: 0 },
    { steps: 3, period: 1, long: 0, n: 200, level: 0 },
    { steps: 5, period: 7, long: 0, n: 300, level: -100 },
  ])("are those of the oracle: $steps steps, season $period $long", ({ steps, period, long, n, level }) => {
    const f = forecasterOn(build);
    const y = made(n, period, long, steps).map((v) => v + level);
    f.configure(1, { interval: hour, periods: long > 0 ? [period, long] : [period], online: steps, bins: 256 });
    const slow = new SlowOnline(steps, period, long, 256);
    let compared = 0;
    y.forEach((value, t) => {
      f.record(1, t * hour, value);
      if (t > 0) slow.take(y[t - 1]);
      if (t % 17 !== 0 || t < 40 || !slow.judged(steps)) return;
      const coverage = [0.5, 0.8, 0.95, 0.999][t % 4];
      const horizon = 1 + (t % steps);
      const got = f.forecast(1, { horizon, coverage });
      const want = slow.forecast(horizon, coverage, value);
      expect(got.backtest.horizon).toBe(horizon);
      expect(Object.keys(got.weights).sort()).toEqual(Object.keys(want.weights).sort());
      for (const [name, weight] of Object.entries(want.weights)) expect(got.weights[name as "naive"]).toBeCloseTo(weight as number, 5);
      expectClose(got.mean, want.mean, 1e-6);
      expectClose(got.lower, want.lower, 1e-6);
      expectClose(got.upper, want.upper, 1e-6);
      expectClose([got.expectedWape], [want.expectedWape], 1e-6);
      expect(got.at[0]).toBe((t + 1) * hour);
      compared++;
    });
    expect(compared).toBeGreaterThan(3);
  });

  it("wait for a bin of counts to end, and take gaps as what they are", () => {
    const f = forecasterOn(build);
    const random = new Random(3);
    for (const [id, aggregate] of (["sum", "mean", "last"] as const).entries()) {
      f.configure(id, { interval: hour, period: 6, online: 2, aggregate });
      const slow = new SlowOnline(2, 6, 0, 1024);
      let compared = 0;
      for (let t = 0; t < 260; t++) {
        // Now and then nothing happens for some bins; the first and the newest have records.
        const empty = t > 0 && t < 259 && random.below(12) === 0;
        const values = empty ? [] : Array.from({ length: 3 }, () => 10 + 4 * (t % 6) + random.normal());
        for (const [i, value] of values.entries()) f.record(id, t * hour + i * 1000, value);
        const total = values.reduce((a, b) => a + b, 0);
        const value = aggregate === "sum" ? total : empty ? undefined : aggregate === "mean" ? total / 3 : values[2];
        // The kernel takes a bin in when the next record comes in a later one; so does this, one bin late.
        if (values.length > 0 && slow.judged(2) && t > 100) {
          const got = f.forecast(id, { horizon: 2, coverage: 0.9 });
          const want = slow.forecast(2, 0.9, aggregate === "sum" ? undefined : (value as number));
          expectClose([...got.mean, ...got.lower, ...got.upper], [...want.mean, ...want.lower, ...want.upper], 1e-6);
          expect(got.at[0]).toBe((aggregate === "sum" ? t : t + 1) * hour);
          // Told that the bin has ended, its value is known.
          const closed = f.forecast(id, { horizon: 1, coverage: 0.9, now: (t + 1) * hour });
          expectClose(closed.mean, slow.forecast(1, 0.9, value as number).mean, 1e-6);
          compared++;
        }
        slow.take(value);
      }
      expect(compared).toBeGreaterThan(50);
    }
  });

  it("have no member that says another time's value: a period longer than the memory of what is kept current", () => {
    const f = forecasterOn(build);
    const period = 100;
    const series = f.series(0, { interval: hour, period, bins: 64, online: true });
    const shape = seasonal(period, period, { size: 100, level: 1000 });
    for (let t = 0; t < 10 * period; t++) series.record(t * hour, shape[t % period]);
    // Values repeat exactly: a naive forecast by the season is right, or there is none.
    expect(series.forecast().backtest.wape["seasonal-naive"] ?? 0).toBeLessThan(1e-9);
  });

  it("tell of no error where all values are 0", () => {
    const series = forecasterOn(build).series(0, { interval: hour, period: 6, online: true });
    for (let t = 0; t < 200; t++) series.record(t * hour, 0);
    const { backtest, expectedWape } = series.forecast();
    expect(backtest.origins).toBeGreaterThan(100);
    expect(expectedWape).toBe(0);
    expect(new Set(Object.values(backtest.wape))).toEqual(new Set([0]));
  });

  it("leave the answer to the back-test where they cannot give one", () => {
    const f = forecasterOn(build);
    const plain = forecasterOn(build);
    const y = seasonal(400, 12, { noise: 2 });
    f.configure(1, { interval: hour, period: 12, online: 4 });
    plain.configure(1, { interval: hour, period: 12 });
    for (const [t, value] of y.entries()) {
      for (const one of [f, plain]) one.record(1, t * hour, value);
      // Not judged often enough.
      if (t === 30) expect(f.forecast(1)).toEqual(plain.forecast(1));
    }
    const cases = [{ horizon: 5 }, { models: ["naive", "trend"] as const }, { now: 405 * hour }];
    for (const options of cases) expect(f.forecast(1, options)).toEqual(plain.forecast(1, options));
    expect(f.forecast(1)).not.toEqual(plain.forecast(1));
    f.configure(1, { online: false });
    expect(f.forecast(1)).toEqual(plain.forecast(1));
    expect(Buffer.compare(f.image().subarray(-1), plain.image().subarray(-1))).toBe(0);
  });

  it("start with what a series remembers, and start anew after a jump beyond it", () => {
    const late = forecasterOn(build);
    const early = forecasterOn(build);
    const y = seasonal(300, 12, { noise: 2 });
    early.configure(1, { interval: hour, period: 12, online: 3 });
    late.configure(1, { interval: hour, period: 12 });
    for (const one of [early, late]) feed(one, 1, y);
    late.configure(1, { online: 3 });
    expect(late.forecast(1, { horizon: 3 })).toEqual(early.forecast(1, { horizon: 3 }));
    feed(early, 1, y, hour, 1e6 * hour);
    const fresh = forecasterOn(build);
    fresh.configure(1, { interval: hour, period: 12, online: 3 });
    feed(fresh, 1, y);
    expect(early.seriesInfo(1)?.records).toBe(600);
    expect(early.forecast(1, { horizon: 3 }).mean.every(Number.isFinite)).toBe(true);
  });

  it("survive late records, other settings, constants and bursts", () => {
    const f = forecasterOn(build);
    const random = new Random(8);
    for (let id = 0; id < 12; id++) {
      f.configure(id, { online: 1 + random.below(20), bins: random.pick([16, 100, 1024]), period: random.pick([0, 1, 7, 24]) });
      let clock = 0;
      for (let i = 0; i < 500; i++) {
        clock += random.below(30) === 0 ? random.below(100) * hour : hour;
        const value = id % 3 === 0 ? 5 : id % 3 === 1 ? (random.below(20) === 0 ? 1e9 : 0) : random.normal();
        codeOf(() => f.record(id, clock - (random.below(10) === 0 ? 5 * hour : 0), value));
        if (random.below(60) === 0) f.configure(id, { period: random.pick([0, 1, 5, 24]), bins: 16 + random.below(300) });
        if (random.below(100) === 0) f.configure(id, { online: random.below(5) });
        if (i < 2 || i % 25 !== 0) continue;
        const { mean, lower, upper } = f.forecast(id, { horizon: 1 + (i % 3) });
        mean.forEach((m, h) => {
          expect(Number.isFinite(m) && lower[h] <= m && m <= upper[h]).toBe(true);
        });
      }
      if (id % 3 === 0)
        expectClose(f.forecast(id, { now: clock + hour }).mean, [f.forecast(id, { models: ["naive"], now: clock + hour }).mean[0]], 6);
    }
    for (let id = 0; id < 12; id++) f.forgetSeries(id);
    expect(f.size).toBe(0);
  });

  it("say when memory is full, and change nothing then", () => {
    const f = forecasterOn(build, 60_000);
    feed(f, 1, seasonal(300, 12));
    const image = f.image();
    expect(codeOf(() => f.configure(1, { online: 100, period: 7, bins: 99 }))).toBe("ERR_MEMORY");
    expect(codeOf(() => f.configure(1, { online: 1, aggregate: "mean" }))).toBe("ERR_ARGUMENT");
    expect(Buffer.compare(f.image(), image)).toBe(0);
    expect(codeOf(() => f.configure(2, { online: 100 }))).toBe("ERR_MEMORY");
    expect(f.size).toBe(1);
    f.configure(1, { online: 1 });
    feed(f, 1, seasonal(200, 12), hour, 300 * hour);
    expect(f.forecast(1).mean.every(Number.isFinite)).toBe(true);
  });

  it("give back their memory", () => {
    const f = forecasterOn(build);
    const round = () => {
      for (let id = 0; id < 5; id++) {
        f.configure(id, { interval: hour, period: 24, online: 24 });
        feed(f, id, seasonal(600, 24, { seed: id }));
        f.configure(id, { online: 6 });
      }
      for (let id = 0; id < 5; id++) f.forgetSeries(id);
      return f.image().length;
    };
    round();
    const size = round();
    for (let i = 0; i < 3; i++) expect(round()).toBe(size);
  });

  it("go on from a snapshot as if nothing had happened, and questions leave no trace", () => {
    const f = forecasterOn(build);
    const y = made(500, 12, 0, 4);
    f.configure(1, { interval: hour, period: 12, online: 6 });
    feed(f, 1, y.slice(0, 333));
    const file = f.snapshot();
    const other = Forecaster.loadSync(file, { wasm: wasm("cpe-demand", build) });
    const third = forecasterOn(build);
    feed(third, 9, y);
    third.restore(file);
    y.slice(333).forEach((value, i) => {
      for (const one of [f, other, third]) one.record(1, (333 + i) * hour, value);
      const image = f.image();
      f.forecast(1, { horizon: 1 + (i % 6) });
      f.exceedance(1, 100);
      expect(Buffer.compare(f.image(), image)).toBe(0);
    });
    for (const one of [other, third]) {
      expect(Buffer.compare(one.image(), f.image())).toBe(0);
      expect(one.forecast(1, { horizon: 6 })).toEqual(f.forecast(1, { horizon: 6 }));
    }
    const damaged = file.slice();
    damaged[damaged.length - 5] ^= 1;
    expect(codeOf(() => other.restore(damaged))).toBe("ERR_SNAPSHOT");
    expect(codeOf(() => Forecaster.loadSync(damaged))).toBe("ERR_SNAPSHOT");
    expect(Buffer.compare(other.image(), f.image())).toBe(0);
  });
});

describe("forecasts that are kept current", () => {
  it("have equal images and answers in both builds", () => {
    const results = builds.map((build) => {
      const f = forecasterOn(build);
      for (let id = 0; id < 6; id++) {
        f.configure(id, { interval: hour, period: [0, 24, 7][id % 3], online: [1, 24, 8][id % 3] });
        feed(f, id, made(700, [12, 24, 7][id % 3], 0, id));
      }
      return { image: f.image(), answers: [0, 1, 2, 3, 4, 5].map((id) => f.forecast(id)) };
    });
    expect(Buffer.compare(results[0].image, results[1].image)).toBe(0);
    expect(results[0].answers).toEqual(results[1].answers);
  });

  it("cover what they promise over a long series, and know their error", () => {
    const f = forecasterOn("release");
    const y = made(6000, 24, 168, 1);
    const horizon = 24;
    f.configure(1, { interval: hour, period: 24, online: horizon });
    const hits = { 0.8: 0, 0.95: 0 };
    let steps = 0;
    const total = { expected: 0, error: 0, value: 0, forecasts: 0 };
    for (let t = 0; t < y.length - horizon - 1; t++) {
      f.record(1, t * hour, y[t]);
      if (t < 1000 || t % 3 !== 0) continue;
      for (const coverage of [0.8, 0.95] as const) {
        const { mean, lower, upper, expectedWape } = f.forecast(1, { horizon, coverage });
        for (let h = 0; h < horizon; h++) {
          const truth = y[t + 1 + h];
          if (truth >= lower[h] && truth <= upper[h]) hits[coverage]++;
          if (coverage === 0.8) continue;
          total.error += Math.abs(truth - mean[h]);
          total.value += truth;
          steps++;
        }
        total.expected += expectedWape / 2;
      }
      total.forecasts++;
    }
    expect(hits[0.8] / steps).toBeGreaterThan(0.77);
    expect(hits[0.8] / steps).toBeLessThan(0.83);
    expect(hits[0.95] / steps).toBeGreaterThan(0.935);
    expect(hits[0.95] / steps).toBeLessThan(0.965);
    expect(total.expected / total.forecasts / (total.error / total.value)).toBeGreaterThan(0.9);
    expect(total.expected / total.forecasts / (total.error / total.value)).toBeLessThan(1.1);
  });
});
