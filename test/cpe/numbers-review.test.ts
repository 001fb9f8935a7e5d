import { readFileSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import { LruMap } from "../../bench/cache-trace.js";
import { SeriesDetector } from "../../src/layers/cpe/detector.js";
import { Forecaster } from "../../src/layers/cpe/forecaster.js";
import { PeerMonitor } from "../../src/layers/cpe/peer-monitor.js";
import { prefetcher } from "../../src/layers/cpe/prefetcher.js";
import { builds, wasm } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";
import { codeOf, feed, forecasterOn, hour, seasonal } from "./demand-helper.js";

describe.each(builds)("the forecaster, %s", (build) => {
  it("is after a load what it was: all nine models, the same answers", () => {
    const f = forecasterOn(build);
    feed(f, 0, seasonal(700, 24, { noise: 3 }));
    const other = Forecaster.loadSync(f.snapshot(), { wasm: wasm("cpe-demand", build) });
    expect(other.forecast(0, { horizon: 48 })).toEqual(f.forecast(0, { horizon: 48 }));
    expect(other.exceedance(0, 110, { horizon: 48 })).toEqual(f.exceedance(0, 110, { horizon: 48 }));
  });

  it("tells the time of each step that may exceed a limit, also before the interval is settled", () => {
    const f = forecasterOn(build);
    feed(f, 0, [10, 12, 11, 10, 12, 11, 10, 12, 11]);
    expect(f.exceedance(0, 11, { horizon: 3 }).at).toEqual(f.forecast(0, { horizon: 3 }).at);
  });

  it("has no member that says another time's value: a period longer than the memory of what is kept current", () => {
    const f = forecasterOn(build);
    const period = 100;
    const series = f.series(0, { interval: hour, period, bins: 64, online: true });
    const shape = seasonal(period, period, { size: 100, level: 1000 });
    for (let t = 0; t < 10 * period; t++) series.record(t * hour, shape[t % period]);
    // Values repeat exactly: a naive forecast by the season is right, or there is none.
    expect(series.forecast().backtest.wape["seasonal-naive"] ?? 0).toBeLessThan(1e-9);
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

  it("says what is wrong with settings before it looks for memory", () => {
    const f = forecasterOn(build, 40_000);
    f.configure(0, { interval: hour });
    feed(f, 0, [1, 2, 3]);
    expect(codeOf(() => f.configure(0, { aggregate: "mean", online: 500 }))).toBe("ERR_ARGUMENT");
  });
});

it("keeps a series current over any gap of time: bins whose numbers are beyond 2^53", async () => {
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

describe("the detector", () => {
  it("knows no range before it has laid one", () => {
    const detector = SeriesDetector.createSync();
    for (let i = 0; i < 10; i++) detector.observe(0, 100 + i);
    expect(detector.seriesInfo(0)).toEqual({ observations: 10, least: Number.NaN, most: Number.NaN });
    detector.dispose();
  });
});

describe.each(builds)("the monitor of peers, %s", (build) => {
  it("stays a probability what it says, when one begins to copy after a long time in which no copy was worth following", () => {
    const kinds = 24;
    for (const seed of build === "release" ? [9, 12, 21] : [9]) {
      const random = new Random(seed);
      const monitor = PeerMonitor.createSync({ events: kinds, memory: 65_535, wasm: wasm("cpe-anomaly", build) });
      const last = [0, 0, 0];
      const observe = (peer: number, event: number) => {
        const { bits, score } = monitor.observe(peer, event);
        if (!(bits >= 0 && bits < 60 && score >= 0 && score < 1000)) expect({ seed, bits, score }).toBe("bits and a score");
      };
      const slip = [0.02, 0.05, 0.1][seed % 3];
      for (let t = 0; t < 20_000; t++) {
        for (const peer of last.keys()) {
          const slips = random.next() >= 1 - slip;
          last[peer] = slips ? random.below(kinds) : (last[peer] * 5 + (random.next() < 0.5 ? 1 : 7)) % kinds;
          observe(peer, last[peer]);
        }
      }
      const sent = Array.from({ length: 300 }, () => random.below(kinds));
      for (const [t, event] of sent.entries()) {
        observe(9, event);
        if (t >= 20) for (const peer of last.keys()) observe(peer, sent[t - 20]);
      }
      monitor.dispose();
    }
  });
});

describe("the prefetcher", () => {
  it("calls useful only what was still there when it was asked for", () => {
    // A cache that takes nothing: every request is a miss, so nothing that was fetched ahead was of use.
    const refusing = { has: () => false, get: () => undefined, set: () => undefined };
    const p = prefetcher<number, number>(refusing, { fetch: (id) => id, maxTraffic: 1.2 });
    for (let i = 0; i < 5000; i++) p.get(i * 8, { span: 8 });
    const { misses, useful, issued } = p.stats();
    expect(issued).toBeGreaterThan(0);
    expect(misses).toBe(5000);
    expect(useful).toBe(0);
    p.dispose();
  });

  it("never has fewer hits than it calls useful: in a small cache", () => {
    const random = new Random(3);
    const p = prefetcher(new LruMap(30), { fetch: (id) => id, maxTraffic: 3, depth: 16 });
    let hits = 0;
    const runs = Array.from({ length: 12 }, () => 0);
    for (let i = 0; i < 20_000; i++) {
      const run = random.below(runs.length);
      if (random.below(10) === 0) runs[run] = random.below(1e9) * 1000;
      const before = p.stats().misses;
      p.get(runs[run]++, { stream: run });
      if (p.stats().misses === before) hits++;
    }
    // Hits by what was asked for before count as well, so this is the least that must hold.
    expect(p.stats().useful).toBeLessThanOrEqual(hits);
    p.dispose();
  });

  it("leaves no rejection behind that nobody can catch", async () => {
    const seen: unknown[] = [];
    const note = (error: unknown) => seen.push(error);
    process.on("unhandledRejection", note);
    let fetches = 0;
    const p = prefetcher(new Map<number, number>(), {
      fetch: () => {
        fetches++;
        return Promise.reject(new Error("offline"));
      },
      maxTraffic: 1,
    });
    p.dispose();
    expect(codeOf(() => p.get(1))).toBe("ERR_DISPOSED");
    await new Promise((done) => setTimeout(done, 10));
    process.off("unhandledRejection", note);
    expect(seen).toEqual([]);
    expect(fetches).toBe(0);
  });

  it("does not put an older value over one that was set while it was on its way", async () => {
    const cache = new Map<number, string>();
    let arrive = (_: string) => {};
    const p = prefetcher(cache, {
      fetch: () =>
        new Promise<string>((done) => {
          arrive = done;
        }),
      maxTraffic: 1,
    });
    const value = p.get(5);
    cache.set(5, "newer");
    arrive("older");
    await value;
    expect(cache.get(5)).toBe("newer");
    p.dispose();
  });

  it("adds no more than 32 fetches where misses alone are more than the cap, as the page says", () => {
    const random = new Random(1);
    const requests: number[] = Array.from({ length: 10_000 }, () => random.below(2 ** 31));
    for (let i = 0, at = 2 ** 40; i < 20_000; i++) {
      if (i % 10 < 7) requests.push(i % 20);
      else {
        at += random.below(10) < 3 ? 1000 + random.below(1e5) : 1;
        requests.push(at);
      }
    }
    const plain = new LruMap(100);
    let misses = 0;
    for (const id of requests) {
      if (plain.get(id) !== undefined) continue;
      plain.set(id, 1);
      misses++;
    }
    let fetches = 0;
    const maxTraffic = 0.5;
    const p = prefetcher(new LruMap(100), { fetch: () => ++fetches, maxTraffic });
    for (const id of requests) p.get(id);
    p.dispose();
    expect(fetches).toBeLessThanOrEqual(Math.max(misses, maxTraffic * requests.length) + 32);
  });
});
