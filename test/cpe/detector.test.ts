import { describe, expect, it } from "vitest";
import { MfnError } from "../../src/errors.js";
import { type DetectorOptions, SeriesDetector } from "../../src/layers/cpe/detector.js";
import { sameImage } from "../helpers/images.js";
import { builds, wasm } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";
import { SlowDetector, slowLog2 } from "../oracle/surprise.js";

/** Series of every kind: noise, steps, spikes, walks, constants, tiny and huge ranges. */
function streams(seed: number, n: number): Record<string, number[]> {
  const random = new Random(seed);
  const list = (f: (i: number) => number) => Array.from({ length: n }, (_, i) => f(i));
  let walk = 0;
  return {
    noise: list(() => random.normal()),
    steps: list((i) => Math.floor(i / 50) % 4),
    spikes: list(() => (random.below(97) === 0 ? 10 ** random.below(12) : random.next())),
    walk: list(() => {
      walk += random.normal();
      return walk;
    }),
    down: list((i) => -i * i),
    constant: list(() => 7.5),
    late: list((i) => (i < 500 ? 0 : random.next())),
    tiny: list(() => random.below(3) * 5e-324),
    huge: list(() => (random.next() - 0.5) * 2e100),
    day: list((i) => 100 + 40 * Math.sin(i / 20) + random.normal()),
  };
}

it("the logarithm that both sides use is one", () => {
  const random = new Random(6);
  for (let i = 0; i < 10_000; i++) {
    const x = random.next() * 2 ** (random.below(200) - 100);
    if (x > 0) expect(Math.abs(slowLog2(x) - Math.log2(x))).toBeLessThan(1e-11);
  }
  expect(slowLog2(1)).toBe(0);
});

describe.each(builds)("SeriesDetector (%s)", (build) => {
  const make = (options?: DetectorOptions) => SeriesDetector.createSync({ ...options, wasm: wasm("cpe-anomaly", build) });

  it("scores as the slow way does, to the last bit", () => {
    const options: [number, number, number, number, number][] = [
      [0.0005, 6, 200, 32_768, 256],
      [0.01, 2, 10, 1024, 0],
      [0.05, 16, 0, 1500, 100],
      [0.01, 9, 20, 2000, 32],
    ];
    for (const [falseAlarmRate, levels, restPeriod, horizon, warmUp] of options) {
      const detector = make({ falseAlarmRate, levels, restPeriod, horizon, warmUp });
      for (const [id, values] of Object.values(streams(3, 2500)).entries()) {
        const slow = new SlowDetector(falseAlarmRate, levels, restPeriod, horizon, warmUp);
        const got = values.map((x) => detector.observe(id, x));
        expect(got).toEqual(values.map((x) => slow.observe(x)));
      }
      expect(detector.size).toBe(10);
    }
  }, 60_000);

  it("takes a batch as it takes single values", () => {
    const [one, many] = [make(), make()];
    for (const [id, values] of Object.values(streams(5, 4500)).entries()) {
      const results = values.map((x) => one.observe(id, x));
      const { bits, score, alarm, resting, change } = many.observeMany(id, values);
      expect(bits).toEqual(Float64Array.from(results, (r) => r.bits));
      expect(score).toEqual(Float64Array.from(results, (r) => r.score));
      expect(alarm).toEqual(Uint8Array.from(results, (r) => Number(r.alarm)));
      expect(resting).toEqual(Uint8Array.from(results, (r) => Number(r.resting)));
      expect(change).toEqual(Uint8Array.from(results, (r) => Number(r.change)));
    }
    expect(many.observeMany(3, []).bits.length).toBe(0);
    sameImage(one, many);
  });

  it("finds a spike, a jump and a change of habit", () => {
    const random = new Random(1);
    const detector = make();
    const usual = (i: number) => 100 + 40 * Math.sin(i / 20) + random.normal();
    for (let i = 0; i < 3000; i++) detector.observe(1, usual(i));
    const spike = detector.observe(1, 400);
    expect(spike.alarm).toBe(true);
    expect(spike.score).toBeGreaterThan(9.9);
    expect(detector.observe(1, usual(3001)).resting).toBe(true);

    // Each value is a usual one, but they came one by one and now come in a row.
    for (let i = 0; i < 4000; i++) detector.observe(2, random.below(4));
    const stuck = Array.from({ length: 60 }, () => detector.observe(2, 2));
    expect(stuck.some(({ alarm }) => alarm)).toBe(false);
    expect(stuck.findIndex(({ change }) => change)).toBeGreaterThan(0);
  });

  it("keeps to the allowed rate of false alarms on streams of many kinds that it knows, over any length", () => {
    const known = 10_000;
    for (const falseAlarmRate of [0.01, 0.002, 0.001]) {
      const detector = make({ falseAlarmRate, restPeriod: 0 });
      for (const n of [2000, 10_000, 40_000]) {
        const random = new Random(n);
        const counted = { values: 0, alarms: 0, changes: 0 };
        for (let series = 0; series < 180_000 / n; series++) {
          let level = 0;
          const values = Array.from({ length: known + n }, () => {
            const e = random.normal();
            level = (series % 3 === 1 ? 0.9 : 0) * level + e;
            return series % 3 === 2 ? random.below(5) : level;
          });
          detector.observeMany(series, values.slice(0, known));
          const { alarm, change } = detector.observeMany(series, values.slice(known));
          counted.values += n;
          counted.alarms += alarm.reduce((a, b) => a + b, 0);
          counted.changes += change.reduce((a, b) => a + b, 0);
          detector.forgetSeries(series);
        }
        const bound = 2 * falseAlarmRate * counted.values;
        expect([falseAlarmRate, n, counted.alarms <= bound, counted.changes <= bound]).toEqual([falseAlarmRate, n, true, true]);
      }
    }
  }, 60_000);

  it("goes on from a snapshot as the original does", () => {
    const detector = make({ levels: 9 });
    const { noise, spikes } = streams(9, 3000);
    detector.observeMany(4, noise.slice(0, 1500));
    detector.observeMany(5, spikes.slice(0, 20));
    const file = detector.snapshot();
    const copy = SeriesDetector.loadSync(file, { wasm: wasm("cpe-anomaly", build) });
    const other = make();
    other.restore(file);
    for (const each of [detector, copy, other]) {
      each.observeMany(4, noise.slice(1500));
      each.observeMany(5, spikes.slice(20));
    }
    sameImage(copy, detector);
    sameImage(other, detector);
    expect(copy.seriesInfo(4)?.observations).toBe(3000);
  });

  it("forgets, and uses the room again", () => {
    const detector = make();
    for (let id = 0; id < 100; id++) detector.observeMany(id * 7, [1, 2, 3]);
    const bytes = detector.image().length;
    for (let id = 0; id < 100; id += 2) expect(detector.forgetSeries(id * 7)).toBe(true);
    expect(detector.forgetSeries(0)).toBe(false);
    expect([detector.size, detector.seriesInfo(0), detector.seriesInfo(7)?.observations]).toEqual([50, undefined, 3]);
    for (let id = 0; id < 50; id++) detector.observe(10_000 + id, 1);
    expect(detector.image().length).toBe(bytes);
    expect(detector.series(7).observe(4)).toEqual({ bits: 0, score: 0, alarm: false, resting: false, change: false });
  });

  it("knows no range before it has laid one", () => {
    const detector = make();
    for (let i = 0; i < 32; i++) detector.observe(0, 100 + i);
    expect(detector.seriesInfo(0)).toEqual({ observations: 32, least: NaN, most: NaN });
    detector.observe(0, 110);
    expect(detector.seriesInfo(0)).toEqual({ observations: 33, least: 100, most: 131 });
  });

  it("refuses bad input with a typed error and stays as it was", () => {
    const code = (f: () => unknown) => {
      try {
        f();
      } catch (error) {
        return error instanceof MfnError ? error.code : error;
      }
      return "none";
    };
    const small = make({ maxBytes: 30_000 });
    small.observe(1, 5);
    small.observe(2, 5);
    const before = small.image();
    expect(code(() => small.observe(3, 5))).toBe("ERR_MEMORY");
    expect(code(() => small.observeMany(3, new Float64Array(5000)))).toBe("ERR_MEMORY");
    expect(code(() => small.observe(-1, 5))).toBe("ERR_ARGUMENT");
    expect(code(() => small.observe(1, NaN))).toBe("ERR_NOT_FINITE");
    expect(code(() => small.observe(1, "5" as never))).toBe("ERR_NOT_FINITE");
    expect(code(() => small.observe(1, 1e101))).toBe("ERR_ARGUMENT");
    expect(code(() => small.observeMany(1, [1, 2, Infinity]))).toBe("ERR_NOT_FINITE");
    expect(code(() => small.observeMany(1, 5 as never))).toBe("ERR_ARGUMENT");
    expect(code(() => small.series(0.5))).toBe("ERR_ARGUMENT");
    expect(code(() => small.seriesInfo(2 ** 31))).toBe("ERR_ARGUMENT");
    expect(code(() => small.forgetSeries(1n as never))).toBe("ERR_ARGUMENT");
    expect(Buffer.compare(small.image(), before)).toBe(0);
    for (const options of [
      { levels: 1 },
      { levels: 17 },
      { falseAlarmRate: 0 },
      { falseAlarmRate: 0.6 },
      { restPeriod: -1 },
      { horizon: 10 },
    ]) {
      expect(code(() => make(options))).toBe("ERR_ARGUMENT");
    }
    expect(code(() => SeriesDetector.createSync(5 as never))).toBe("ERR_ARGUMENT");
    expect(code(() => make({ falseAlarmRate: NaN }))).toBe("ERR_NOT_FINITE");
    small.dispose();
    expect(code(() => small.observe(1, 5))).toBe("ERR_DISPOSED");
    expect(code(() => small.size)).toBe("ERR_DISPOSED");
  });
});
