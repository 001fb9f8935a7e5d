import { readFileSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import { Forecaster } from "../../src/layers/cpe/forecaster.js";
import { builds, wasm } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";
import { codeOf, feed, forecasterOn, hour, seasonal } from "./demand-helper.js";

describe.each(builds)("the forecaster's state (%s)", (build) => {
  it("is after a load what it was: all nine models, the same answers", () => {
    const f = forecasterOn(build);
    feed(f, 0, seasonal(700, 24, { noise: 3 }));
    const other = Forecaster.loadSync(f.snapshot(), { wasm: wasm("cpe-demand", build) });
    expect(other.forecast(0, { horizon: 48 })).toEqual(f.forecast(0, { horizon: 48 }));
    expect(other.exceedance(0, 110, { horizon: 48 })).toEqual(f.exceedance(0, 110, { horizon: 48 }));
  });

  it("leaves the image alone when settings are refused, also such as take memory", () => {
    const f = forecasterOn(build);
    f.configure(0, { interval: hour });
    feed(f, 0, seasonal(100, 24));
    // A place that one with the same settings has left: taking it again, and giving it back, would show.
    f.configure(1, { interval: hour, period: 24, online: 24 });
    feed(f, 1, seasonal(100, 24));
    f.configure(2, { interval: hour, online: 3 });
    f.forgetSeries(1);
    const image = f.image();
    for (const options of [{ aggregate: "mean" }, { interval: 2 * hour }] as const) {
      expect(codeOf(() => f.configure(0, { ...options, online: 24 }))).toBe("ERR_ARGUMENT");
      expect(Buffer.compare(f.image(), image)).toBe(0);
    }
  });

  it("changes nothing when a new series finds no memory", () => {
    const f = forecasterOn(build, 60_000);
    for (let id = 0; id < 12; id++) f.record(id, 0, 1);
    const image = f.image();
    expect(codeOf(() => f.configure(12, { interval: hour, online: 100 }))).toBe("ERR_MEMORY");
    expect(f.size).toBe(12);
    expect(Buffer.compare(f.image(), image)).toBe(0);
  });

  it("changes nothing when settings find no memory, and finds what is there: random operations near the limit", () => {
    const random = new Random(4);
    const outcomes = { failed: 0, done: 0 };
    for (let round = 0; round < 6; round++) {
      const f = forecasterOn(build, 60_000 + 20_000 * round);
      for (let i = 0; i < 400; i++) {
        const id = random.below(24);
        if (random.below(4) === 0) f.forgetSeries(id);
        if (random.below(2) === 0) codeOf(() => feed(f, id, [1, 2, 3, 4], hour, i * 5 * hour));
        const image = f.image();
        const settings = {
          online: random.below(3) === 0 ? false : 1 + random.below(60),
          ...(random.below(2) === 0 ? { interval: hour } : {}),
          ...(random.below(3) === 0 ? { bins: 16 << random.below(8) } : {}),
        };
        const code = codeOf(() => f.configure(id, settings));
        if (code === "none") {
          outcomes.done++;
          continue;
        }
        expect(code).toBe("ERR_MEMORY");
        expect(Buffer.compare(f.image(), image)).toBe(0);
        outcomes.failed++;
      }
    }
    for (const count of Object.values(outcomes)) expect(count).toBeGreaterThan(100);
  });

  it("gives the place of a series that is forgotten to one with the same settings", () => {
    const f = forecasterOn(build, 200_000);
    const settings = { interval: hour, online: 10 } as const;
    let id = 0;
    while (codeOf(() => f.configure(id, settings)) === "none") id++;
    expect(id).toBeGreaterThan(3);
    for (let gone = 0; gone < id; gone++) {
      f.forgetSeries(gone);
      f.configure(1000 + gone, settings);
    }
    expect(f.size).toBe(id);
  });

  it("says what is wrong with settings before it looks for memory", () => {
    const f = forecasterOn(build, 40_000);
    f.configure(0, { interval: hour });
    feed(f, 0, [1, 2, 3]);
    expect(codeOf(() => f.configure(0, { aggregate: "mean", online: 500 }))).toBe("ERR_ARGUMENT");
  });

  it("takes records as far apart as times can be", () => {
    for (const online of [false, true]) {
      const f = forecasterOn(build);
      f.configure(0, { interval: 1, bins: 16, online });
      for (const at of [-8.64e15, 8.64e15 - 1000, 8.64e15 - 4, 8.64e15]) f.record(0, at, 7);
      const image = f.image();
      const forecast = f.forecast(0, { horizon: 3 });
      for (const row of [forecast.mean, forecast.lower, forecast.upper]) expect(row.every(Number.isFinite)).toBe(true);
      expect(f.seriesInfo(0)).toMatchObject({ records: 4, count: 16 });
      expect(Buffer.compare(f.image(), image)).toBe(0);
    }
  });
});

it("keeps a series current over any gap of time: numbers of bins beyond 2^53", async () => {
  // In a worker, since what does not end can be ended from outside only.
  const worker = new Worker(
    `const { parentPort, workerData } = require("node:worker_threads");
     const x = new WebAssembly.Instance(new WebAssembly.Module(workerData)).exports;
     x.init(0);
     parentPort.postMessage([x.demandConfigure(0, 1, -1, 0, -1, 16, 2), x.demandRecord(0, -8.64e15, 1), x.demandRecord(0, 8.64e15 - 1000, 1)]);`,
    { eval: true, workerData: readFileSync(new URL("../../build/release/cpe-demand.wasm", import.meta.url)) },
  );
  const result = await new Promise((done, fail) => {
    const timer = setTimeout(() => done("never returned"), 3000);
    worker.once("error", fail);
    worker.once("message", (message) => {
      clearTimeout(timer);
      done(message);
    });
  });
  await worker.terminate();
  expect(result).toEqual([0, 0, 0]);
});
