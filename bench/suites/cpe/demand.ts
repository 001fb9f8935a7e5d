// What the forecaster costs: a record, a forecast with all its models, and an update with what is kept current, beside plain JavaScript. The JavaScript forecasts
// less well (one model, no back-test, no interval), and wins where that is what is paid for.
import { Forecaster } from "mfn/cpe";
import { demandSeries } from "../../data.js";
import type { Bench } from "../../harness.js";
import { seasonalNaive } from "../../m4.js";

const hour = 3_600_000;
const day = 24;

export async function demand(b: Bench): Promise<void> {
  await records(b);
  await forecasts(b);
  await updates(b);
}

export default demand;

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
  const same = (mean: ArrayLike<number>, other: ArrayLike<number>) => Array.from(mean).every((v, h) => Math.abs(v - other[h]) < 0.3 * v);
  for (const values of [700, 960]) {
    const y = [...demandSeries(values)];
    cpe.configure(values, { interval: hour, period: day });
    y.forEach((value, t) => {
      cpe.record(values, t * hour, value);
    });
    for (const horizon of [1, 48]) {
      await b.compare({
        case: `fit and forecast ${horizon} of ${values} values: all models, back-test, interval`,
        n: 1,
        unit: "us",
        peer: "one Holt-Winters on a grid of 12, no back-test, in JavaScript",
        check: () => same(cpe.forecast(values, { horizon }).mean, holtWinters(y, day, horizon)),
        ours: () => cpe.forecast(values, { horizon }).mean[0],
        theirs: () => holtWinters(y, day, horizon)[0],
      });
    }
    if (values !== 700) continue;
    await b.compare({
      case: "forecast 48 of 700 values, seasonal naive alone with its back-test and interval",
      n: 1,
      unit: "us",
      peer: "slice",
      check: () => same(cpe.forecast(values, { horizon: 48, models: ["seasonal-naive"] }).mean, seasonalNaive(y).mean),
      ours: () => cpe.forecast(values, { horizon: 48, models: ["seasonal-naive"] }).mean[0],
      theirs: () => seasonalNaive(y).mean[0],
    });
    await b.measure({
      case: "probability of exceeding a limit within 48 steps, 700 values",
      n: 1,
      unit: "us",
      check: () =>
        cpe.exceedance(values, 60, { horizon: 48 }).probability > 0.9 && cpe.exceedance(values, 400, { horizon: 48 }).probability < 0.1,
      ours: () => cpe.exceedance(values, 150, { horizon: 48 }).probability,
    });
  }
  cpe.dispose();
}

/** Values go round and round; a call takes a hundred of them in. */
async function updates(b: Bench): Promise<void> {
  const n = 100;
  const y = demandSeries(7 * day * 60);
  for (const steps of [1, day]) {
    const cpe = Forecaster.createSync();
    const series = cpe.series(0, { interval: hour, periods: [day, 7 * day], online: steps });
    const peer = new LeastSquares();
    let ours = 0;
    let theirs = 0;
    const update = () => {
      series.record(ours * hour, y[ours++ % y.length]);
      return series.forecast({ horizon: steps, coverage: 0.95 });
    };
    const other = () => peer.update(y[theirs++ % y.length], steps);
    await b.compare({
      case: `update: record, then ${steps === 1 ? "one step" : `${steps} steps`} with a 95 % interval`,
      n,
      unit: "us",
      peer: "recursive least squares on 25 lags in JavaScript, no interval",
      check: () => {
        const errors = { ours: 0, theirs: 0, all: 0, inside: 0 };
        for (let t = 0; t < 3000; t++) {
          const { mean, lower, upper } = update();
          const said = other();
          const truth = y[ours % y.length];
          if (t < 1500) continue;
          errors.ours += Math.abs(mean[0] - truth);
          errors.theirs += Math.abs(said[0] - truth);
          errors.all += truth;
          errors.inside += truth >= lower[0] && truth <= upper[0] ? 1 : 0;
        }
        const { inside, all } = errors;
        return errors.ours <= 1.02 * errors.theirs && errors.ours < 0.1 * all && inside / 1500 > 0.92 && inside / 1500 < 0.98;
      },
      ours: () => {
        let sum = 0;
        for (let i = 0; i < n; i++) sum += update().mean[0];
        return sum;
      },
      theirs: () => {
        let sum = 0;
        for (let i = 0; i < n; i++) sum += other()[0];
        return sum;
      },
    });
    cpe.dispose();
  }
}

/** Recursive least squares on the lags that the forecaster takes for hours of a day and of a week. */
class LeastSquares {
  readonly #lags = [1, 2, 3, 4, 23, 24, 25, 26, 47, 48, 49, 72, 73, 96, 97, 120, 121, 144, 145, 167, 168, 169, 170, 336, 337];
  readonly #p = this.#lags.length + 1;
  readonly #weights = new Float64Array(this.#p);
  readonly #inverse = new Float64Array(this.#p * this.#p);
  readonly #x = new Float64Array(this.#p);
  readonly #gain = new Float64Array(this.#p);
  #past: number[] = [];

  constructor() {
    for (let i = 0; i < this.#p; i++) this.#inverse[i * this.#p + i] = 10;
  }

  /** Learns a value and forecasts the next ones. */
  update(value: number, steps: number): number[] {
    const z = value / 100;
    if (this.#past.length >= 337) this.#learn(z);
    this.#past.push(z);
    if (this.#past.length > 2000) this.#past = this.#past.slice(-337);
    if (this.#past.length < 337) return new Array(steps).fill(value);
    const all = this.#past;
    const n = all.length;
    for (let h = 0; h < steps; h++) {
      let sum = this.#weights[this.#p - 1];
      for (let i = 0; i < this.#lags.length; i++) sum += this.#weights[i] * all[n + h - this.#lags[i]];
      all.push(sum);
    }
    return all.splice(n).map((v) => v * 100);
  }

  #learn(z: number): void {
    const p = this.#p;
    const [x, gain, inverse] = [this.#x, this.#gain, this.#inverse];
    for (let i = 0; i < p - 1; i++) x[i] = this.#past[this.#past.length - this.#lags[i]];
    x[p - 1] = 1;
    let scale = 0.9995;
    let error = z;
    for (let i = 0; i < p; i++) {
      let sum = 0;
      for (let j = 0; j < p; j++) sum += inverse[i * p + j] * x[j];
      gain[i] = sum;
      scale += sum * x[i];
      error -= this.#weights[i] * x[i];
    }
    for (let i = 0; i < p; i++) {
      this.#weights[i] += (gain[i] / scale) * error;
      for (let j = 0; j < p; j++) inverse[i * p + j] = (inverse[i * p + j] - (gain[i] * gain[j]) / scale) / 0.9995;
    }
  }
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
