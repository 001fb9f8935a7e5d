// The demand forecaster: its cost beside plain JavaScript, its error on the M4 competition's hourly series and on public loads.
import { Forecaster } from "mfn/cpe";
import { demandSeries } from "../data.js";
import { dataFile } from "../files.js";
import type { Bench } from "../harness.js";
import { type M4Forecast, m4Horizon, readM4, scoreM4, seasonalNaive } from "../m4.js";

const hour = 3_600_000;

export default async function demand(b: Bench): Promise<void> {
  await records(b);
  await forecasts(b);
  m4(b);
  loads(b);
}

async function records(b: Bench): Promise<void> {
  const cpe = Forecaster.createSync();
  const n = 1000;
  const series = 100;
  const bins = Array.from({ length: series }, () => new Map<number, number>());
  for (let s = 0; s < series; s++) cpe.configure(s, { interval: hour });
  let ours = 0;
  let theirs = 0;
  await b.compare({
    case: "record, 100 series in turn, 10 records a bin",
    n,
    peer: "Map of sums by bin, all kept",
    check: () => {
      const other = Forecaster.createSync();
      other.configure(0, { interval: hour });
      for (let i = 0; i < 100; i++) other.record(0, (i * hour) / 10, i);
      const last = other.forecast(0, { models: ["naive"], now: 10 * hour }).mean[0];
      other.dispose();
      return last === 945;
    },
    ours: () => {
      for (let i = 0; i < n; i++, ours++) cpe.record(ours % series, (ours * hour) / (10 * series), 1);
      return ours;
    },
    theirs: () => {
      for (let i = 0; i < n; i++, theirs++) {
        const map = bins[theirs % series];
        const bin = Math.floor(theirs / (10 * series));
        map.set(bin, (map.get(bin) ?? 0) + 1);
      }
      return theirs;
    },
  });
  cpe.dispose();
}

async function forecasts(b: Bench): Promise<void> {
  const cpe = Forecaster.createSync();
  const y = [...demandSeries(700)];
  cpe.configure(0, { interval: hour, period: 24 });
  y.forEach((value, t) => {
    cpe.record(0, t * hour, value);
  });
  const same = (mean: ArrayLike<number>, other: ArrayLike<number>) => Array.from(mean).every((v, h) => Math.abs(v - other[h]) < 0.3 * v);
  for (const horizon of [1, 48]) {
    await b.compare({
      case: `forecast ${horizon} of 700 values: all models, back-test, interval`,
      n: 1,
      unit: "us",
      peer: "one Holt-Winters on a grid of 12, no back-test, in JavaScript",
      check: () => same(cpe.forecast(0, { horizon }).mean, holtWinters(y, 24, horizon)),
      ours: () => cpe.forecast(0, { horizon }).mean[0],
      theirs: () => holtWinters(y, 24, horizon)[0],
    });
    await b.compare({
      case: `forecast ${horizon} of 700 values, seasonal naive alone with its back-test and interval`,
      n: 1,
      unit: "us",
      peer: "slice",
      check: () => same(cpe.forecast(0, { horizon, models: ["seasonal-naive"] }).mean, seasonalNaive(y, horizon).mean),
      ours: () => cpe.forecast(0, { horizon, models: ["seasonal-naive"] }).mean[0],
      theirs: () => seasonalNaive(y, horizon).mean[0],
    });
  }
  cpe.dispose();
}

/** Additive Holt-Winters without a trend, its two gains the best of a grid by one-step errors. */
function holtWinters(y: number[], season: number, horizon: number): number[] {
  let least = Infinity;
  let best: number[] = [];
  for (const alpha of [0.02, 0.1, 0.3, 0.6]) {
    for (const gamma of [0.05, 0.2, 0.4]) {
      const s = y.slice(0, season);
      let level = 0;
      let errors = 0;
      for (let t = season; t < y.length; t++) {
        const error = y[t] - level - s[t % season];
        errors += Math.abs(error);
        level += alpha * error;
        s[t % season] += gamma * error;
      }
      if (errors < least) {
        least = errors;
        best = Array.from({ length: horizon }, (_, h) => level + s[(y.length + h) % season]);
      }
    }
  }
  return best;
}

function m4(b: Bench): void {
  const [train, test] = ["train", "test"].map((name) => dataFile(`demand/m4/Hourly-${name}.csv.gz`));
  if (train === undefined || test === undefined) {
    b.log("M4 hourly skipped: its files are not here (MFN_DATA)");
    return;
  }
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  const all = readM4(text(train), text(test)).filter((_, i) => !b.quick || i % 40 === 0);
  const naive = scoreM4(all, (past) => seasonalNaive(past));
  const cpe = Forecaster.createSync();
  const wapes: { expected: number; real: number }[] = [];
  const score = (period: number, coverage: number) => {
    let series = 0;
    return scoreM4(
      all,
      (past): M4Forecast => {
        cpe.configure(0, { interval: hour, period });
        past.forEach((value, t) => {
          cpe.record(0, t * hour, value);
        });
        const f = cpe.forecast(0, { horizon: m4Horizon, coverage });
        cpe.forgetSeries(0);
        const { future } = all[series++];
        const sum = future.reduce((s, y) => s + y, 0);
        wapes.push({ expected: f.expectedWape, real: future.reduce((s, y, h) => s + Math.abs(y - f.mean[h]), 0) / sum });
        return f;
      },
      coverage,
    );
  };
  const given = score(24, 0.95);
  const share = wapes.filter(({ real }) => real <= 0.05).length / wapes.length;
  const told = wapes.filter(({ expected, real }) => expected <= 0.05 === real <= 0.05).length / wapes.length;
  const found = score(0, 0.95);
  const narrow = score(24, 0.8);
  cpe.dispose();
  const n = all.length;
  const row = (name: string, unit: string, ours: number, peerValue?: number, higherIsBetter = false) => {
    const peer = peerValue === undefined ? undefined : "seasonal naive";
    b.score({ case: `M4 hourly, ${name}`, unit, ours, peer, peerValue, higherIsBetter, n });
  };
  row("season given", "MASE", given.mase, naive.mase);
  row("season given", "sMAPE %", given.smape, naive.smape);
  row("season given", "OWA", given.owa, naive.owa);
  row("season found", "OWA", found.owa, naive.owa);
  row("95 % intervals", "MSIS", given.msis);
  row("95 % intervals", "coverage", given.coverage, undefined, true);
  row("80 % intervals", "coverage", narrow.coverage, undefined, true);
  row("series with WAPE <= 5 %", "share", share, undefined, true);
  row("expectedWape on the right side of 5 %", "share", told, undefined, true);
}

/** Public loads: file, column, steps in a season, the function that undoes what the file did to its values. */
const publicLoads: [name: string, file: string, column: number, season: number, undo?: (v: number) => number][] = [
  ["electricity of Victoria, half hours", "vic_electricity", 1, 48],
  ["building 1, hours", "bdg2_hourly_sample", 1, 24],
  ["building 2, hours", "bdg2_hourly_sample", 2, 24],
  ["shared bicycles, hours", "bike_sharing_dataset_clean", 8, 24],
  ["public transport of Madrid, days", "public-transport-madrid", 5, 7],
  ["views of a page, days", "wikipedia_visits", 1, 7, Math.exp],
];

/** 1 - WAPE of forecasts one step and one season ahead, from 60 points of time in the last 60 % of each series. */
function loads(b: Bench): void {
  if (b.quick) return;
  for (const [name, file, column, season, undo = (v: number) => v] of publicLoads) {
    const bytes = dataFile(`demand/${file}.csv.gz`);
    if (bytes === undefined) {
      b.log(`${name} skipped: its file is not here (MFN_DATA)`);
      continue;
    }
    const lines = new TextDecoder().decode(bytes).trim().split("\n").slice(1);
    const y = lines.map((line) => undo(Number(line.split(",")[column].replaceAll('"', "")))).filter(Number.isFinite);
    const cpe = Forecaster.createSync();
    cpe.configure(0, { interval: hour, period: season });
    // An odd distance visits all places of the season.
    const every = Math.floor((0.6 * y.length - season) / 60) | 1;
    const start = y.length - season - 60 * every;
    const total = { near: 0, far: 0, nearNaive: 0, farNaive: 0, one: 0, all: 0 };
    for (let t = 0; t < y.length - season; t++) {
      cpe.record(0, t * hour, y[t]);
      if (t + 1 < start || (t + 1 - start) % every !== 0) continue;
      const { mean } = cpe.forecast(0, { horizon: season });
      total.near += Math.abs(cpe.forecast(0).mean[0] - y[t + 1]);
      total.nearNaive += Math.abs(y[t] - y[t + 1]);
      total.one += Math.abs(y[t + 1]);
      for (let h = 0; h < season; h++) {
        total.far += Math.abs(mean[h] - y[t + 1 + h]);
        total.farNaive += Math.abs(y[t + 1 + h - season] - y[t + 1 + h]);
        total.all += Math.abs(y[t + 1 + h]);
      }
    }
    cpe.dispose();
    const row = (what: string, peer: string, ours: number, peerValue: number, of: number) =>
      b.score({ case: `${name}, ${what}`, unit: "1 - WAPE", ours: 1 - ours / of, peer, peerValue: 1 - peerValue / of, n: 60 });
    row("1 step ahead", "naive", total.near, total.nearNaive, total.one);
    row("1 season ahead", "seasonal naive", total.far, total.farNaive, total.all);
  }
}
