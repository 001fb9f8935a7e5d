import { readFileSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import { Forecaster } from "../../src/layers/cpe/forecaster.js";
import { builds, wasm } from "../helpers/modules.js";
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
