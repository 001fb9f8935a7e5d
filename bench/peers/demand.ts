import { Forecaster } from "mfn/cpe";
import { demandSeries } from "../data.js";
import { dataFile } from "../files.js";
import type { Bench } from "../harness.js";
import { label, peer } from "./load.js";

interface Zodiac {
  HoltWintersSmoothing: new (
    data: number[],
    alpha: number,
    gamma: number,
    delta: number,
    season: number,
    multiplicative: boolean,
  ) => { optimizeParameters(steps: number): unknown; predict(): number[] };
}
type Arima = new (options: object) => { train(values: number[]): { predict(steps: number): [number[], number[]] } };

const hour = 3_600_000;
const day = 24;

interface Series {
  past: number[];
  future: number[];
}

type Forecasting = (past: number[], steps: number) => ArrayLike<number>;

export default async function (b: Bench): Promise<void> {
  const made = Array.from({ length: 4 }, (_, i) => [...demandSeries(b.quick ? 360 : 700, day, i + 1)]);
  await forecasts(b, "made hours", made.map(split));
  const hourly = b.quick ? undefined : m4Hourly(40);
  if (hourly === undefined) b.log("M4 hourly skipped: a smoke run, or its files are not here (MFN_DATA)");
  else {
    // One of the peers forecasts a season, no more.
    const days = hourly.map(({ past, future }) => ({ past, future: future.slice(0, day) }));
    await forecasts(b, "M4 hourly, every 40th", days);
    await automatic(
      b,
      "M4 hourly, every 120th",
      hourly.filter((_, i) => i % 3 === 0),
    );
  }
}

function split(values: number[]): Series {
  return { past: values.slice(0, -day), future: values.slice(-day) };
}

function m4Hourly(every: number): Series[] | undefined {
  const read = (name: string) => {
    const file = dataFile(`demand/m4/Hourly-${name}.csv.gz`);
    return file === undefined ? undefined : new TextDecoder().decode(file).trim().split("\n").slice(1);
  };
  const train = read("train");
  const test = read("test");
  if (train === undefined || test === undefined) return undefined;
  const numbers = (line: string) =>
    line
      .replaceAll('"', "")
      .split(",")
      .slice(1)
      .filter((field) => field !== "" && field !== "NA")
      .map(Number);
  return train.flatMap((line, i) => (i % every === 0 ? [{ past: numbers(line), future: numbers(test[i]) }] : []));
}

/** Everything that has to be done from a series' past to its next steps. */
function forecaster(cpe: Forecaster): Forecasting {
  return (past, steps) => {
    const series = cpe.series(0, { interval: hour, period: day });
    past.forEach((value, i) => {
      series.record(i * hour, value);
    });
    const { mean } = series.forecast({ horizon: steps });
    series.forget();
    return mean;
  };
}

async function forecasts(b: Bench, name: string, all: Series[]): Promise<void> {
  const peers: [version: string, forecast: Forecasting][] = [];
  const zodiac = await peer<Zodiac>(b, "zodiac-ts");
  if (zodiac !== undefined) {
    const holtWinters: Forecasting = (past, steps) => {
      const model = new zodiac.HoltWintersSmoothing(past, 0.3, 0.1, 0.3, day, false);
      model.optimizeParameters(5);
      return model.predict().slice(past.length, past.length + steps);
    };
    peers.push([label("zodiac-ts"), holtWinters]);
  }
  const arima = await peer<{ default: Arima }>(b, "arima");
  if (arima !== undefined) {
    // A seasonal model that suits hourly data; its automatic choice of one takes half a minute a series.
    const options = { p: 2, d: 0, q: 0, P: 1, D: 1, Q: 0, s: day, verbose: false };
    peers.push([`${label("arima")} seasonal`, (past, steps) => new arima.default(options).train(past).predict(steps)[0]]);
  }
  for (const [version, theirs] of peers) await against(b, name, all, version, theirs);
}

/** The automatic choice of an ARIMA model, without a season. */
async function automatic(b: Bench, name: string, all: Series[]): Promise<void> {
  const arima = await peer<{ default: Arima }>(b, "arima");
  if (arima === undefined) return;
  const theirs: Forecasting = (past, steps) => new arima.default({ auto: true, verbose: false }).train(past).predict(steps)[0];
  await against(b, name, all, `${label("arima")} auto, no season`, theirs);
}

async function against(b: Bench, name: string, all: Series[], version: string, theirs: Forecasting): Promise<void> {
  const cpe = Forecaster.createSync();
  const ours = forecaster(cpe);
  const mine = meanError(all, ours);
  const other = meanError(all, theirs);
  const turns = (forecast: Forecasting) => {
    let next = 0;
    return () => {
      const { past, future } = all[next++ % all.length];
      return forecast(past, future.length);
    };
  };
  await b.compare({
    case: `fit and forecast ${all[0].future.length} steps, ${name}`,
    n: 1,
    unit: "us",
    peer: version,
    // Seasonal series: whoever is not near the naive forecast has not forecast at all. The peers are held to less.
    check: () => mine < 2 && Number.isFinite(other),
    ours: turns(ours),
    theirs: turns(theirs),
  });
  b.score({
    case: `error, ${name}, ${all.length} series`,
    unit: "MASE",
    ours: mine,
    peer: version,
    peerValue: other,
    higherIsBetter: false,
    n: all.length,
  });
  cpe.dispose();
}

/** Mean absolute scaled error: 1 is the error, within the past, of saying what was a day before. Source: Hyndman and Koehler (2006). */
function meanError(all: Series[], forecast: Forecasting): number {
  let sum = 0;
  for (const { past, future } of all) {
    let naive = 0;
    for (let i = day; i < past.length; i++) naive += Math.abs(past[i] - past[i - day]);
    naive /= past.length - day;
    const said = forecast(past, future.length);
    sum += future.reduce((total, value, i) => total + Math.abs(value - said[i]), 0) / future.length / naive;
  }
  return sum / all.length;
}
