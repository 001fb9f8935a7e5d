import { describe, expect, it } from "vitest";
import type { Aggregate } from "../../src/layers/cpe/demand.js";
import { builds } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";
import { SlowBins } from "../oracle/demand.js";
import { codeOf, day, demandOn, feed, hour, seasonal } from "./demand-helper.js";

describe.each(builds)("demand series (%s)", (build) => {
  it("bins as the slow way does: late records, gaps, evictions, all aggregates", () => {
    const { demand } = demandOn(build);
    const random = new Random(11);
    const aggregates: Aggregate[] = ["sum", "mean", "last"];
    for (let id = 0; id < 30; id++) {
      const aggregate = aggregates[id % 3];
      const bins = random.pick([16, 40, 100]);
      const slow = new SlowBins(hour, aggregate, bins);
      demand.configure(id, { interval: hour, aggregate, bins });
      let clock = 1.7e12 + random.below(day);
      for (let i = 0; i < 300; i++) {
        clock += random.below(i % 50 === 49 ? 12 * hour : hour);
        const at = clock - (random.below(4) === 0 ? random.below(random.pick([1, 10, 120]) * hour) : 0);
        const value = random.below(100);
        const taken = slow.add(at, value);
        expect(codeOf(() => demand.record(id, at, value))).toBe(taken ? "none" : "ERR_ARGUMENT");
        if (i % 10 !== 9) continue;
        // What is open or not is another test's matter: `now` after the newest bin closes them all.
        const values = slow.values();
        const now = (slow.oldest + values.length) * hour;
        const info = demand.seriesInfo(id);
        expect([info?.count, info?.first, info?.last]).toEqual([values.length, slow.oldest * hour, now - hour]);
        const f = demand.forecast(id, { models: ["naive"], now });
        expect([f.at[0], f.mean[0], f.backtest.values]).toEqual([now, values[values.length - 1], values.length]);
        // The other values: their forecast is that of a second series which got the slow way's values.
        demand.configure(1000, { interval: hour, bins, period: 1, aggregate: "last" });
        feed(demand, 1000, values);
        demand.configure(id, { period: 1 });
        const a = demand.forecast(id, { horizon: 3, now });
        const b = demand.forecast(1000, { horizon: 3 });
        expect([a.mean, a.lower, a.upper, a.weights]).toEqual([b.mean, b.lower, b.upper, b.weights]);
        demand.forgetSeries(1000);
      }
    }
  });

  it("finds the interval as the median spacing of the first records", () => {
    const { demand } = demandOn(build);
    // Regular, in any order, with a gap: exactly the spacing.
    const times = Array.from({ length: 33 }, (_, i) => (i < 20 ? i : i + 3) * 61_000);
    for (const at of [...times].reverse()) demand.record(1, at, 1);
    expect(demand.seriesInfo(1)).toMatchObject({ interval: 61_000, count: 36, records: 33, first: 0, last: 35 * 61_000 });
    // The same before there are enough records to settle.
    for (const at of times.slice(0, 10)) demand.record(2, at, 1);
    expect(demand.seriesInfo(2)).toMatchObject({ interval: 0, count: 10 });
    const f = demand.forecast(2, { horizon: 2 });
    expect([f.interval, ...f.at, ...f.mean]).toEqual([61_000, 610_000, 671_000, 1, 1]);
    // Jitter: the usual length near the median; every record in a bin of its own.
    const random = new Random(5);
    for (let i = 0; i < 40; i++) demand.record(3, i * 60_000 + (i > 0 ? random.below(4001) - 2000 : 0), 5);
    expect(demand.seriesInfo(3)).toMatchObject({ interval: 60_000, count: 40, first: 0 });
    expect(demand.forecast(3).mean[0]).toBe(5);
    // Neither regular nor near a usual length.
    let at = 0;
    for (let i = 0; i < 33; i++) {
      demand.record(4, at, 1);
      at += 700 + 10 * i;
    }
    expect(demand.seriesInfo(4)?.interval).toBe(850);
  });

  it("merges records at the same time while the interval is unknown", () => {
    const { demand } = demandOn(build);
    for (const [id, aggregate] of (["sum", "mean", "last"] as const).entries()) {
      demand.configure(id, { aggregate });
      for (let i = 0; i < 3; i++) {
        demand.record(id, 0, i);
        demand.record(id, hour, 2 * i);
      }
      expect(demand.seriesInfo(id)).toMatchObject({ count: 2, records: 6, aggregate });
      expect(demand.forecast(id, { now: 10 * day }).backtest.values).toBeGreaterThan(2);
    }
    const last = (id: number) => demand.forecast(id, { models: ["naive"], now: 2 * hour - 1 }).mean[0];
    expect([last(1), last(2)]).toEqual([2, 4]);
  });

  it("lets an interval be configured after the first records, but not another one later", () => {
    const { demand } = demandOn(build);
    for (let i = 0; i < 6; i++) demand.record(1, i * 600_000 + 7, 1);
    demand.configure(1, { interval: hour });
    expect(demand.seriesInfo(1)).toMatchObject({ interval: hour, count: 1, first: 0 });
    demand.configure(1, { interval: hour, period: 24 });
    const image = JSON.stringify(demand.seriesInfo(1));
    expect(codeOf(() => demand.configure(1, { interval: day, period: 7 }))).toBe("ERR_ARGUMENT");
    expect(codeOf(() => demand.configure(1, { aggregate: "mean", bins: 99 }))).toBe("ERR_ARGUMENT");
    expect(JSON.stringify(demand.seriesInfo(1))).toBe(image);
    // Without records everything may change.
    demand.configure(2, { interval: hour });
    demand.configure(2, { interval: day, aggregate: "last" });
    expect(demand.seriesInfo(2)).toMatchObject({ interval: day, aggregate: "last", count: 0, records: 0, first: NaN, last: NaN });
    demand.record(3, 0, 1);
    expect(codeOf(() => demand.configure(3, { aggregate: "mean" }))).toBe("ERR_ARGUMENT");
  });

  it("leaves an open bin of counts out, unless told that it has ended", () => {
    const { demand } = demandOn(build);
    demand.configure(1, { interval: hour });
    for (let h = 0; h < 30; h++) for (let i = 0; i < 10; i++) demand.record(1, h * hour + i, 1);
    demand.record(1, 30 * hour, 1);
    const open = demand.forecast(1, { horizon: 2 });
    expect([...open.at, ...open.mean]).toEqual([30 * hour, 31 * hour, 10, 10]);
    expect(demand.forecast(1, { now: 30.5 * hour }).at[0]).toBe(30 * hour);
    const closed = demand.forecast(1, { now: 31 * hour, models: ["naive"] });
    expect([closed.at[0], closed.mean[0]]).toEqual([31 * hour, 1]);
    const idle = demand.forecast(1, { now: 40 * hour, models: ["naive"] });
    expect([idle.at[0], idle.mean[0], idle.backtest.values]).toEqual([40 * hour, 0, 40]);
    // One record a bin: a measurement, complete at once.
    demand.configure(2, { interval: hour });
    feed(demand, 2, [1, 2, 3, 4]);
    expect(demand.forecast(2, { models: ["naive"] })).toMatchObject({ mean: Float64Array.of(4), at: Float64Array.of(4 * hour) });
    // A level is carried on; far beyond its memory too.
    demand.configure(3, { interval: hour, aggregate: "last" });
    feed(demand, 3, [1, 2, 7]);
    expect(demand.forecast(3, { now: 10 * hour, models: ["naive"] })).toMatchObject({
      mean: Float64Array.of(7),
      at: Float64Array.of(10 * hour),
    });
    expect(demand.forecast(3, { now: 1e6 * day })).toMatchObject({ mean: Float64Array.of(7), at: Float64Array.of(1e6 * day) });
  });

  it("finds the season", () => {
    const { demand } = demandOn(build);
    for (const period of [4, 7, 12, 24, 48, 96, 168]) {
      feed(demand, period, seasonal(Math.min(1000, 8 * period + 100), period, { noise: 2, slope: 0.05, seed: period }));
      expect(demand.seriesInfo(period)?.period).toBe(period);
      expect(demand.forecast(period).period).toBe(period);
    }
    const random = new Random(1);
    feed(
      demand,
      1,
      Array.from({ length: 500 }, () => random.normal()),
    );
    expect(demand.seriesInfo(1)?.period).toBe(0);
    demand.configure(24, { period: 1 });
    expect(demand.forecast(24).period).toBe(0);
    demand.configure(24, { period: 0 });
    expect(demand.forecast(24).period).toBe(24);
  });

  it("forecasts from one value on", () => {
    const { demand } = demandOn(build);
    demand.configure(1, { interval: hour });
    expect(codeOf(() => demand.forecast(1))).toBe("ERR_NOT_FOUND");
    demand.record(1, 0, 5);
    const one = demand.forecast(1, { horizon: 2 });
    expect(one).toMatchObject({
      model: "naive",
      weights: { naive: 1 },
      expectedWape: NaN,
      backtest: { origins: 0, horizon: 0, values: 1 },
    });
    expect([...one.mean, ...one.lower, ...one.upper]).toEqual([5, 5, 0, 0, Infinity, Infinity]);
    demand.record(1, hour, -3);
    const two = demand.forecast(1);
    expect([two.mean[0], two.lower[0], two.upper[0], two.backtest.origins]).toEqual([-3, -11, 5, 1]);
    // Records at one time do not tell an interval.
    demand.record(2, 0, 5);
    demand.record(2, 0, 6);
    expect(codeOf(() => demand.forecast(2))).toBe("ERR_NOT_FOUND");
    for (let n = 2; n < 40; n++) {
      demand.record(3, n * hour, (n * 7) % 11);
      if (n > 2) for (const h of [1, 3, 50]) expect(demand.forecast(3, { horizon: h }).mean.every(Number.isFinite)).toBe(true);
    }
    // All values 0 in the back-test, but not before.
    feed(demand, 4, [9, 9, ...new Array(60).fill(0)]);
    expect(demand.forecast(4, { models: ["naive"] }).expectedWape).toBe(0);
    demand.configure(5, { period: 31 });
    feed(demand, 5, [...new Array(31).fill(9), ...new Array(31).fill(0)]);
    expect(demand.forecast(5, { models: ["seasonal-naive"] }).expectedWape).toBe(Infinity);
  });

  it("changes how much a series remembers", () => {
    const { demand } = demandOn(build);
    feed(demand, 1, seasonal(200, 5));
    demand.configure(1, { bins: 50 });
    expect(demand.forecast(1).backtest.values).toBe(50);
    expect(demand.seriesInfo(1)).toMatchObject({ count: 200, bins: 50 });
    expect(codeOf(() => demand.record(1, -hour, 1))).toBe("ERR_ARGUMENT");
    demand.record(1, 200 * hour, 1);
    expect(demand.seriesInfo(1)).toMatchObject({ count: 50, last: 200 * hour, first: 151 * hour, bins: 50 });
    demand.configure(1, { bins: 80 });
    for (let i = 201; i < 300; i++) demand.record(1, i * hour, 1);
    expect(demand.seriesInfo(1)).toMatchObject({ count: 80, last: 299 * hour });
    // A jump over the whole memory leaves only the new record.
    demand.record(1, 1000 * hour, 4);
    expect(demand.seriesInfo(1)).toMatchObject({ count: 80, last: 1000 * hour });
    expect(codeOf(() => demand.record(1, 900 * hour, 4))).toBe("ERR_ARGUMENT");
  });

  it("forecasts a series that was told to remember far less than it holds", () => {
    const { demand } = demandOn(build);
    const values = seasonal(65_536, 5);
    demand.configure(1, { bins: 65_536 });
    feed(demand, 1, values);
    demand.configure(1, { bins: 16 });
    demand.configure(2, { bins: 16, interval: hour });
    feed(demand, 2, values.slice(-16));
    // The interval was given to one of them and found for the other: their bins are reported under different times.
    const { at: _one, ...one } = demand.forecast(1, { horizon: 3 });
    const { at: _two, ...two } = demand.forecast(2, { horizon: 3 });
    expect(one).toEqual(two);
  });

  it("takes thousands of raw records while there is no room for the bins, and changes nothing else", () => {
    const { demand, kernel } = demandOn(build, kernelBytes(build) + 950_000);
    feed(demand, 7, seasonal(40, 4));
    const before = demand.seriesInfo(7);
    demand.configure(1, { bins: 65_536 });
    // A first record far from the others: their bins would take 1 MiB.
    demand.record(1, -1e12, 1);
    for (let i = 0; i < 9000; i++) demand.record(1, i * 1000, 1);
    expect(demand.seriesInfo(1)).toMatchObject({ records: 9001, count: 9001, interval: 0 });
    expect(demand.forecast(1).interval).toBe(1000);
    expect(demand.size).toBe(2);
    expect(demand.seriesInfo(7)).toEqual(before);
    expect(kernel.image().length).toBe(kernel.stateSize);
    demand.configure(1, { bins: 16 });
    demand.record(1, 9000 * 1000, 1);
    expect(demand.seriesInfo(1)).toMatchObject({ records: 9002, interval: 1000, count: 16 });
  });

  it("keeps a record within the ring where its bin's number has no f64 of its own", () => {
    const { demand } = demandOn(build);
    for (let i = 0; i < 31; i++) demand.record(1, -8.64e15 + i, 1);
    // Bin number 1.728e16: 1023 less than that is no f64.
    demand.record(1, 8.64e15, 7);
    expect(demand.seriesInfo(1)).toMatchObject({ records: 32, count: 1024, interval: 1 });
    expect(demand.forecast(1, { models: ["naive"] }).mean[0]).toBe(7);
  });

  it("refuses bad input and stays as before", () => {
    const { demand, kernel } = demandOn(build);
    feed(demand, 1, seasonal(60, 6));
    const image = kernel.image();
    const cases: [string, () => unknown][] = [
      ["ERR_NOT_FINITE", () => demand.record(1, 0, NaN)],
      ["ERR_NOT_FINITE", () => demand.record(1, 0, -Infinity)],
      ["ERR_NOT_FINITE", () => demand.record(1, NaN, 0)],
      ["ERR_ARGUMENT", () => demand.record(1, 1e16, 0)],
      ["ERR_ARGUMENT", () => demand.record(1, 0, 1e101)],
      ["ERR_ARGUMENT", () => demand.record(-1, 0, 0)],
      ["ERR_ARGUMENT", () => demand.record(2 ** 31, 0, 0)],
      ["ERR_ARGUMENT", () => demand.record(0.5, 0, 0)],
      ["ERR_NOT_FINITE", () => demand.record(1, 0, "7" as unknown as number)],
      ["ERR_ARGUMENT", () => demand.record(1, -2000 * hour, 0)],
      ["ERR_ARGUMENT", () => demand.forecast(1, { horizon: 0 })],
      ["ERR_ARGUMENT", () => demand.forecast(1, { horizon: 4097 })],
      ["ERR_ARGUMENT", () => demand.forecast(1, { horizon: 1.5 })],
      ["ERR_ARGUMENT", () => demand.forecast(1, { coverage: 1 })],
      ["ERR_ARGUMENT", () => demand.forecast(1, { coverage: 0 })],
      ["ERR_NOT_FINITE", () => demand.forecast(1, { coverage: NaN })],
      ["ERR_NOT_FINITE", () => demand.forecast(1, { now: NaN })],
      ["ERR_ARGUMENT", () => demand.forecast(1, { models: ["oracle" as "naive"] })],
      ["ERR_NOT_FOUND", () => demand.forecast(2)],
      ["ERR_ARGUMENT", () => demand.configure(1, { interval: 0.5 })],
      ["ERR_ARGUMENT", () => demand.configure(1, { period: -1 })],
      ["ERR_ARGUMENT", () => demand.configure(1, { bins: 3 })],
      ["ERR_ARGUMENT", () => demand.configure(1, { aggregate: "max" as "sum" })],
      ["ERR_ARGUMENT", () => demand.seriesInfo(NaN)],
      ["ERR_ARGUMENT", () => demand.forgetSeries(-3)],
    ];
    for (const [i, [code, f]] of cases.entries()) expect(codeOf(f), `case ${i}`).toBe(code);
    expect(demand.seriesInfo(2)).toBeUndefined();
    expect(demand.forgetSeries(2)).toBe(false);
    expect(Buffer.compare(kernel.image(), image)).toBe(0);
  });

  it("keeps many series apart and forgets them", () => {
    const { demand } = demandOn(build);
    const random = new Random(2);
    const live = new Map<number, number>();
    for (let i = 0; i < 5000; i++) {
      const id = random.below(800) * 7919;
      if (random.below(3) === 0) {
        expect(demand.forgetSeries(id)).toBe(live.delete(id));
      } else {
        demand.record(id, i * hour, i);
        live.set(id, (live.get(id) ?? 0) + 1);
      }
    }
    expect(demand.size).toBe(live.size);
    for (let i = 0; i < 800; i++) expect(demand.seriesInfo(i * 7919)?.records).toBe(live.get(i * 7919));
  });

  it("gives memory back for reuse", () => {
    const { demand, kernel } = demandOn(build);
    const round = () => {
      for (let id = 0; id < 50; id++) feed(demand, id, seasonal(300, 5, { seed: id }));
      for (let id = 0; id < 50; id++) demand.forgetSeries(id);
      return kernel.stateSize;
    };
    round();
    const size = round();
    for (let i = 0; i < 5; i++) expect(round()).toBe(size);
  });

  it("says when memory is full, and goes on with what it has", () => {
    const { demand, kernel } = demandOn(build, kernelBytes(build) + 20_000);
    let failures = 0;
    for (let i = 0; i < 4000; i++) {
      const id = i % 9;
      const before = demand.seriesInfo(id);
      const size = demand.size;
      const code = codeOf(() => demand.record(id, Math.floor(i / 9) * hour, i));
      if (code === "none") continue;
      expect(code).toBe("ERR_MEMORY");
      expect(demand.seriesInfo(id)).toEqual(before);
      expect(demand.size).toBe(size);
      failures++;
    }
    expect(failures).toBeGreaterThan(0);
    expect(codeOf(() => feed(demand, 100, seasonal(2000, 5)))).toBe("ERR_MEMORY");
    const known = demand.seriesInfo(3);
    // Known series still forecast, and take what falls into the bins they have.
    expect(demand.forecast(3, { horizon: 24 }).mean.every(Number.isFinite)).toBe(true);
    demand.record(3, known?.last ?? 0, 1);
    const fresh = Array.from({ length: 400 }, (_, i) => codeOf(() => demand.configure(500 + i, { interval: hour, bins: 999 })));
    expect(fresh[399]).toBe("ERR_MEMORY");
    expect(demand.seriesInfo(899)).toBeUndefined();
    demand.forgetSeries(3);
    expect(codeOf(() => demand.record(2000, 0, 1))).toBe("none");
    expect(kernel.stateSize).toBeLessThanOrEqual(kernelBytes(build) + 20_000);
  });

  it("cannot be used after the module is disposed", () => {
    const { demand, kernel } = demandOn(build);
    kernel.dispose();
    kernel.dispose();
    const calls = [
      () => demand.record(1, 0, 1),
      () => demand.forecast(1),
      () => demand.seriesInfo(1),
      () => demand.forgetSeries(1),
      () => demand.configure(1, {}),
      () => demand.size,
    ];
    for (const call of calls) expect(codeOf(call)).toBe("ERR_DISPOSED");
  });

  it("costs a forecast in proportion to the values", () => {
    const { demand } = demandOn(build);
    const time = (n: number) => {
      demand.configure(n, { interval: hour, period: 24, bins: 16_384 });
      feed(demand, n, seasonal(n, 24, { noise: 1 }));
      let best = Infinity;
      for (let i = 0; i < 5; i++) {
        // Processor time: other work on the machine does not count.
        const start = process.cpuUsage();
        for (let j = 0; j < 32_000 / n; j++) demand.forecast(n, { horizon: 24 });
        best = Math.min(best, (process.cpuUsage(start).user * n) / 32_000);
      }
      return best;
    };
    time(2000);
    const exponent = Math.log(time(16_000) / time(2000)) / Math.log(8);
    expect(exponent).toBeLessThan(1.4);
  });
});

function kernelBytes(build: (typeof builds)[number]): number {
  return demandOn(build).kernel.stateSize;
}

describe("demand determinism", () => {
  it("gives equal images in both builds, whatever is asked in between", () => {
    const images = builds.map((build) => {
      const { demand, kernel } = demandOn(build);
      const random = new Random(9);
      let clock = 0;
      for (let i = 0; i < 4000; i++) {
        const id = random.below(20);
        clock += random.below(3 * 60_000);
        const late = random.below(hour);
        const bins = 16 + random.below(200);
        const period = random.below(30);
        const value = random.normal();
        const what = random.below(100);
        if (what === 0) demand.forgetSeries(id);
        else if (what === 1)
          codeOf(() => demand.configure(id, { interval: 600_000, aggregate: (["sum", "mean", "last"] as const)[period % 3] }));
        else if (what === 2) demand.configure(id, { period, bins });
        else codeOf(() => demand.record(id, clock - late, value));
        // Queries between the operations, in one of the builds only.
        if (build === "release" && i % 20 === 0) {
          const image = kernel.image();
          codeOf(() => demand.forecast(id, { horizon: 1 + (i % 200) }));
          demand.seriesInfo(id);
          expect(Buffer.compare(kernel.image(), image)).toBe(0);
        }
      }
      return kernel.image();
    });
    expect(Buffer.compare(images[0], images[1])).toBe(0);
  });

  it("gives equal forecasts in both builds, to the bit", () => {
    const results = builds.map((build) => {
      const { demand } = demandOn(build);
      return Array.from({ length: 12 }, (_, id) => {
        feed(demand, id, seasonal(100 + 50 * id, [7, 24, 12][id % 3], { noise: 2, seed: id }));
        return demand.forecast(id, { horizon: 30 });
      });
    });
    expect(results[0]).toEqual(results[1]);
  });
});
