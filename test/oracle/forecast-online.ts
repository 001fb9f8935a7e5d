// What the forecaster keeps current with every value, the obvious slow way: arrays that keep everything, and each regression solved from
// all its rows, weighted by their age.
import { lagsOf } from "./demand.js";
import { eliminate } from "./ridge.js";

const range = (n: number) => Array.from({ length: n }, (_, i) => i);
const sum = (a: number[]) => a.reduce((s, v) => s + v, 0);
const levels = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975, 0.99, 0.995];
const stretch = (u: number) => (u < 0.5 ? Math.log(2 * u) : -Math.log(2 * (1 - u)));
const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

/** The members, in the kernel's order. */
export const members = ["naive", "seasonal-naive", "seasonal-mean", "regression", "log-regression", "double-seasonal"] as const;

/** Judgements of one number of steps ahead. */
interface Track {
  visits: number;
  error: number;
  value: number;
  count: number;
  sums: number[];
  counts: number[];
  quantiles: number[];
}

interface Layout {
  season: number;
  cycle: number;
  lags: number[];
  begun: number;
  centre: number;
  spread: number;
  offset: number;
}

interface Regression {
  /** One row a value: lagged values, 1. */
  rows: number[][];
  targets: number[];
  weights?: number[];
}

export class SlowOnline {
  readonly y: number[] = [];
  readonly #tracks: Track[];
  #paths: { born: number; rows: (number[] | undefined)[]; mixed: number[] }[] = [];
  #laid?: Layout;
  #plain: Regression = { rows: [], targets: [] };
  #twin: Regression = { rows: [], targets: [] };
  #level = 0;
  #error = 0;
  #short: number[] = [];
  #long: number[] = [];
  #profile: number[] = [];
  #stride = 1;
  #fade = 1;
  #forget = 1;

  constructor(
    readonly steps: number,
    readonly period: number,
    readonly long: number,
    readonly room: number,
  ) {
    this.#tracks = range(steps).map(() => ({
      visits: 0,
      error: 0,
      value: 0,
      count: 0,
      sums: members.map(() => 0),
      counts: members.map(() => 0),
      quantiles: levels.map(stretch),
    }));
  }

  /** A value whose bin has ended; undefined for a gap of a level, which holds the last value and teaches nothing. */
  take(value: number | undefined): void {
    const t = this.y.length;
    if (value !== undefined) this.#judge(t, value);
    this.y.push(value ?? this.y[t - 1]);
    if (value !== undefined && this.#laid !== undefined) this.#learn(t, false);
    const taken = t + 1;
    if (taken >= 16 && Number.isInteger(Math.log2(taken))) this.#layOut();
    if (this.#laid === undefined || taken % this.#stride !== 0) return;
    const { rows, mixed } = this.look(this.steps);
    this.#paths = [...this.#paths, { born: taken, rows, mixed }].slice(-16);
  }

  #judge(t: number, truth: number): void {
    for (const { born, rows, mixed } of this.#paths) {
      const h = t - born;
      if (h >= this.steps) continue;
      const track = this.#tracks[h];
      const error = truth - mixed[h];
      const before = track.count > 0 ? track.error / track.count : 0;
      if (before > 0) {
        const x = error / before;
        track.quantiles = track.quantiles.map((q, k) => q + 0.05 * (levels[k] - (x < q ? 1 : 0)) * Math.max(1, Math.abs(q)));
      }
      track.visits++;
      track.error = this.#forget * track.error + Math.abs(error);
      track.value = this.#forget * track.value + Math.abs(truth);
      track.count = this.#forget * track.count + 1;
      const scale = track.error / track.count;
      rows.forEach((row, i) => {
        if (row === undefined) return;
        const off = Math.abs(row[h] - truth);
        track.sums[i] = this.#fade * track.sums[i] + (scale > 0 ? off / scale : off);
        track.counts[i] = this.#fade * track.counts[i] + 1;
      });
    }
  }

  #layOut(): void {
    const count = Math.min(this.y.length, this.room);
    const begun = this.y.length - count;
    const past = this.y.slice(begun);
    const centre = sum(past) / count;
    const season = this.period > 1 ? this.period : 0;
    const week = season > 0 && season % 7 !== 0 && season <= Math.floor(count / 21) ? 7 * season : 0;
    const cycle = season > 0 ? this.long || week : 0;
    const near = lagsOf({ first: count, season, cycle }, true);
    const old = this.#laid;
    const drifted = old && (Math.abs(centre) > 2 * Math.abs(old.centre) || 2 * Math.abs(centre) < Math.abs(old.centre));
    if (old && !drifted && old.season === season && old.cycle === cycle && old.lags.length === near.length) return;
    const spread = Math.sqrt(sum(past.map((v) => (v - centre) ** 2)) / count) || 1;
    const offset = Math.min(...this.y) >= 0 && centre > 1e-280 ? 0.01 * centre : 0;
    this.#laid = { season, cycle, lags: near, begun, centre, spread, offset };
    this.#plain = { rows: [], targets: [] };
    this.#twin = { rows: [], targets: [] };
    this.#level = past[0];
    this.#error = 0;
    this.#short = new Array(season).fill(0);
    this.#long = new Array(cycle).fill(0);
    this.#profile = new Array(cycle || season).fill(0);
    for (let t = begun; t < this.y.length; t++) this.#learn(t, true);
    if (this.#plain.rows.length > 0) {
      this.#solve(this.#plain);
      if (offset > 0) this.#solve(this.#twin);
    }
    let stride = Math.ceil(this.steps / 16);
    while ((season > 1 && gcd(stride, season) > 1) || (cycle > 1 && gcd(stride, cycle) > 1)) stride++;
    if (stride !== this.#stride) this.#paths = [];
    this.#stride = stride;
    this.#fade = 0.995 ** stride;
    this.#forget = 1 - Math.min(stride, 8) / (33 + 3 * this.steps);
  }

  #log(value: number): number {
    const { centre, offset } = this.#laid as Layout;
    return Math.log((Math.max(0, value) + offset) / (centre + offset));
  }

  #learn(t: number, replay: boolean): void {
    const laid = this.#laid;
    if (laid === undefined) return;
    const { season, cycle, lags, begun, centre, spread, offset } = laid;
    const value = this.y[t];
    const age = t - begun;
    if (season > 1) {
      const base = this.#level + this.#short[t % season] + (cycle > 1 ? this.#long[t % cycle] : 0);
      const error = value - base - 0.7 * this.#error;
      this.#error = value - base;
      this.#level += (age < 2 * season ? 0.05 : 0.02) * error;
      this.#short[t % season] += (age < season ? 1 : 0.1) * error;
      if (cycle > 1) this.#long[t % cycle] += 0.2 * error;
      const length = cycle || season;
      this.#profile[t % length] = age < length ? value : 0.6 * this.#profile[t % length] + 0.4 * value;
    }
    if (lags.length === 0 || age < lags[lags.length - 1]) return;
    const seen = (lag: number) => this.y[t - lag];
    this.#plain.rows.push([...lags.map((lag) => (seen(lag) - centre) / spread), 1]);
    this.#plain.targets.push((value - centre) / spread);
    if (offset > 0) {
      this.#twin.rows.push([...lags.map((lag) => this.#log(seen(lag))), 1]);
      this.#twin.targets.push(this.#log(value));
    }
    if (replay) return;
    if (this.#plain.rows.length % 8 === 0) this.#solve(this.#plain);
    else if (this.#plain.rows.length % 8 === 4 && offset > 0) this.#solve(this.#twin);
  }

  #solve(regression: Regression): void {
    const { rows, targets } = regression;
    const weight = rows.map((_, r) => 0.9995 ** (rows.length - 1 - r));
    const total = sum(weight);
    const mean = sum(rows.map((x, r) => weight[r] * x[0])) / total;
    const penalty = 0.00002 * sum(rows.map((x, r) => weight[r] * (x[0] - mean) ** 2));
    const p = rows[0].length;
    const normal = range(p).map((i) => [
      ...range(p).map((j) => sum(rows.map((x, r) => weight[r] * x[i] * x[j])) + (i === j && i < p - 1 ? penalty : 0)),
      sum(rows.map((x, r) => weight[r] * x[i] * targets[r])),
    ]);
    regression.weights = eliminate(normal);
  }

  /** What the members and the mixture say of the next steps. @param known the first of them, where it is known but not learned */
  look(count: number, known?: number): { rows: (number[] | undefined)[]; mixed: number[] } {
    const laid = this.#laid as Layout;
    const { season, cycle, lags, begun, centre, spread, offset } = laid;
    const n = this.y.length;
    const given = known === undefined ? [] : [known];
    const positive = Math.min(...this.y) >= 0 && !((known ?? 0) < 0);
    const clamp = (row: number[]) => row.map((v, h) => (positive && h >= given.length ? Math.max(0, v) : v));
    const repeated = (period: number) => {
      const all = [...this.y, ...given];
      while (all.length < n + count) all.push(all[all.length - period]);
      return all.slice(n);
    };
    const regressed = (weights: number[], view: (v: number) => number, leeway: number) => {
      const seen = this.y.slice(begun).map(view);
      const [low, high] = [Math.min(...seen) - leeway, Math.max(...seen) + leeway];
      const all = [...this.y, ...given].map(view);
      while (all.length < n + count) {
        const s = sum(lags.map((lag, i) => weights[i] * all[all.length - lag])) + weights[lags.length];
        all.push(Math.max(low, Math.min(high, s)));
      }
      return all.slice(n);
    };
    const smoothed = () => {
      let error = this.#error;
      return range(count).map((h) => {
        const base = this.#level + this.#short[(n + h) % season] + (cycle > 1 ? this.#long[(n + h) % cycle] : 0);
        if (h < given.length) {
          error = given[h] - base;
          return given[h];
        }
        error *= 0.7;
        return base + error;
      });
    };
    const length = cycle || season;
    const rows = [
      repeated(1),
      season > 1 && n >= season ? repeated(season) : undefined,
      season > 1 && n - begun >= length ? range(count).map((h) => given[h] ?? this.#profile[(n + h) % length]) : undefined,
      this.#plain.weights && regressed(this.#plain.weights, (v) => (v - centre) / spread, 3).map((v) => v * spread + centre),
      this.#twin.weights && Math.min(...this.y) >= 0
        ? regressed(this.#twin.weights, (v) => this.#log(v), 1).map((v) => Math.exp(v) * (centre + offset) - offset)
        : undefined,
      season > 1 && n - begun >= 2 * season ? smoothed() : undefined,
    ].map((row) => row && clamp(row));
    const mixed = range(count).map((h) => {
      if (h < given.length) return given[h];
      const weights = this.#weights(h - given.length, rows);
      return sum(rows.map((row, i) => (row === undefined ? 0 : weights[i] * row[h])));
    });
    return { rows, mixed };
  }

  #weights(step: number, rows: (number[] | undefined)[]): number[] {
    const track = this.#tracks[step];
    const errors = rows.map((row, i) => (row !== undefined && track.counts[i] > 0 ? track.sums[i] / track.counts[i] : Infinity));
    const least = Math.min(...errors);
    const raw = errors.map((e, i) => {
      if (rows[i] === undefined) return 0;
      if (least === Infinity || e === least) return 1;
      return e === Infinity ? 0 : (least / e) ** 4;
    });
    return raw.map((w) => w / sum(raw));
  }

  /** Whether each of these steps was judged often enough. */
  judged(horizon: number): boolean {
    return this.#tracks.slice(0, horizon).every((track) => track.visits >= 20);
  }

  forecast(horizon: number, coverage: number, known?: number) {
    const skip = known === undefined ? 0 : 1;
    const { rows, mixed } = this.look(horizon + skip, known);
    const mean = mixed.slice(skip);
    const positive = Math.min(...this.y) >= 0 && !((known ?? 0) < 0);
    const floor = (v: number) => (positive ? Math.max(0, v) : v);
    const end = (h: number, u: number) => {
      const { quantiles, error, count } = this.#tracks[h];
      const found = levels.findIndex((level) => level >= u);
      const k = Math.min(levels.length - 2, Math.max(0, (found < 0 ? levels.length : found) - 1));
      const share = (stretch(u) - stretch(levels[k])) / (stretch(levels[k + 1]) - stretch(levels[k]));
      return mean[h] + (quantiles[k] + share * Math.max(0, quantiles[k + 1] - quantiles[k])) * (error / count);
    };
    const tracks = this.#tracks.slice(0, horizon);
    const weights = this.#weights(
      0,
      rows.map((row) => row?.slice(skip)),
    );
    return {
      mean,
      lower: mean.map((m, h) => floor(Math.min(m, end(h, (1 - coverage) / 2)))),
      upper: mean.map((m, h) => Math.max(m, end(h, 1 - (1 - coverage) / 2))),
      expectedWape: sum(tracks.map((t) => t.error / t.count)) / sum(tracks.map((t) => t.value / t.count)),
      weights: Object.fromEntries(members.flatMap((name, i) => (rows[i] === undefined ? [] : [[name, weights[i]]]))),
    };
  }
}
