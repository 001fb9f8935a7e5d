// The demand forecaster the obvious slow way: every model fits anew for every origin, on plain arrays.

interface Plan {
  n: number;
  first: number;
  back: number;
  origins: number[];
  season: number;
  cycle: number;
}

/** Forecasts `steps` values after y[0..known), with parameters chosen on y[0..fitted). Undefined if the model does not fit the plan. */
type Model = (y: number[], plan: Plan, fitted: number, known: number, steps: number) => number[] | undefined;

const range = (n: number) => Array.from({ length: n }, (_, i) => i);
const sum = (a: number[]) => a.reduce((s, v) => s + v, 0);
const mean = (a: number[]) => sum(a) / a.length;

const repeated = (y: number[], known: number, period: number, steps: number) => range(steps).map((h) => y[known - period + (h % period)]);

const naive: Model = (y, _plan, _fitted, known, steps) => repeated(y, known, 1, steps);

const seasonalNaive: Model = (y, { season, first }, _fitted, known, steps) =>
  season < 2 || first < season ? undefined : repeated(y, known, season, steps);

const seasonalMean: Model = (y, { season, cycle, first }, _fitted, known, steps) => {
  const period = cycle || season;
  if (period < 2 || first < 2 * period) return undefined;
  return range(steps).map((h) => {
    const past = range(6)
      .map((j) => known - (j + 1) * period + (h % period))
      .filter((i) => i >= 0);
    return sum(past.map((i, j) => 0.6 ** j * y[i])) / sum(past.map((_, j) => 0.6 ** j));
  });
};

const trends = [
  [0, 0],
  [0.1, 0.95],
  [0.1, 1],
];

/** The combination with the least sum of absolute one-step errors before `fitted`; then its forecasts after `known`. */
function searched<P>(
  grid: P[],
  fitted: number,
  known: number,
  run: (p: P, upTo: number) => { error: number; forecast: () => number[] },
): number[] {
  let best = grid[0];
  let least = Infinity;
  for (const p of grid) {
    const { error } = run(p, fitted);
    if (error < least) [least, best] = [error, p];
  }
  return run(best, known).forecast();
}

const trend: Model = (y, { first }, fitted, known, steps) => {
  if (first < 5) return undefined;
  const grid = [0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1].flatMap((alpha) => trends.map(([beta, phi]) => ({ alpha, beta, phi })));
  return searched(grid, fitted, known, ({ alpha, beta, phi }, upTo) => {
    const lead = Math.min(first - 1, 8);
    let slope = phi === 0 ? 0 : (y[lead] - y[0]) / lead;
    let level = y[0] - slope;
    let error = 0;
    for (let t = 0; t < upTo; t++) {
      const f = level + phi * slope;
      const e = y[t] - f;
      if (t > 0) error += Math.abs(e);
      level = f + alpha * e;
      slope = phi * slope + alpha * beta * e;
    }
    const forecast = () =>
      range(steps).map(() => {
        slope *= phi;
        level += slope;
        return level;
      });
    return { error, forecast };
  });
};

const holtWinters: Model = (y, { first, season }, fitted, known, steps) => {
  if (season < 2 || first < 2 * season) return undefined;
  const grid = [0.02, 0.1, 0.3, 0.6].flatMap((alpha) =>
    [0.05, 0.2, 0.4].flatMap((gamma) => trends.map(([beta, phi]) => ({ alpha, gamma, beta, phi }))),
  );
  const [mean0, mean1] = [mean(y.slice(0, season)), mean(y.slice(season, 2 * season))];
  return searched(grid, fitted, known, ({ alpha, gamma, beta, phi }, upTo) => {
    let slope = phi === 0 ? 0 : (mean1 - mean0) / season;
    const s = range(season).map((i) => {
      if (phi === 0) return (y[i] + y[season + i] - (mean1 - mean0)) / 2;
      return (y[i] - slope * (i + 1) + y[season + i] - slope * (season + i + 1)) / 2;
    });
    let level = 0;
    let error = 0;
    for (let t = 0; t < upTo; t++) {
      const base = level + phi * slope;
      const e = y[t] - base - s[t % season];
      if (t >= season) error += Math.abs(e);
      level = base + alpha * e;
      slope = phi * slope + alpha * beta * e;
      s[t % season] += gamma * e;
    }
    const forecast = () =>
      range(steps).map((h) => {
        slope *= phi;
        level += slope;
        return level + s[(upTo + h) % season];
      });
    return { error, forecast };
  });
};

/** The lags of the regression. */
export function lagsOf({ first, season, cycle }: Pick<Plan, "first" | "season" | "cycle">, far = false): number[] {
  const wanted = [1, 2, 3, 4];
  if (season > 1) {
    wanted.push(...[-1, 0, 1, 2].map((i) => season + i), ...[-1, 0, 1].map((i) => 2 * season + i));
    if (cycle > 1) wanted.push(...[-1, 0, 1, 2].map((i) => cycle + i));
    for (let j = 3; j < (cycle > 1 ? Math.min(Math.floor(cycle / season), 7) : 4); j++) wanted.push(j * season, j * season + 1);
  }
  if (far && cycle > 1) wanted.push(2 * cycle, 2 * cycle + 1);
  const lags = [...new Set(wanted.filter((lag) => lag >= 1 && lag <= Math.floor(first / 2)))].sort((a, b) => a - b);
  while (lags.length > 0 && first - lags[lags.length - 1] < 3 * (lags.length + 1)) lags.pop();
  return lags;
}

/** Gaussian elimination with pivoting: not the kernel's method on purpose. */
function solve(a: number[][], b: number[]): number[] {
  const n = b.length;
  const m = a.map((row, i) => [...row, b[i]]);
  for (let i = 0; i < n; i++) {
    let p = i;
    for (let r = i; r < n; r++) if (Math.abs(m[r][i]) > Math.abs(m[p][i])) p = r;
    [m[i], m[p]] = [m[p], m[i]];
    for (let r = i + 1; r < n; r++) {
      const f = m[r][i] / m[i][i];
      for (let c = i; c <= n; c++) m[r][c] -= f * m[i][c];
    }
  }
  const x = new Array<number>(n).fill(0);
  for (let i = n - 1; i >= 0; i--) x[i] = (m[i][n] - sum(range(n - i - 1).map((j) => m[i][i + 1 + j] * x[i + 1 + j]))) / m[i][i];
  return x;
}

const regression: Model = (y, plan, _fitted, known, steps) => {
  const { first, origins, n } = plan;
  const lags = lagsOf(plan);
  if (lags.length === 0) return undefined;
  const mu = mean(y.slice(0, first));
  const sd = Math.sqrt(mean(y.slice(0, first).map((v) => (v - mu) ** 2)));
  if (!(sd > 1e-12 * Math.abs(mu))) return undefined;
  const z = y.map((v) => (v - mu) / sd);
  // Fits are made at every few origins and at the end.
  const every = Math.max(1, Math.ceil(origins.length / 6));
  const fitAt = known === n ? n : origins[Math.floor(origins.indexOf(known) / every) * every];
  const longest = lags[lags.length - 1];
  const p = lags.length + 1;
  const gram = range(p).map(() => new Array<number>(p).fill(0));
  const right = new Array<number>(p).fill(0);
  for (let t = longest; t < fitAt; t++) {
    const x = [...lags.map((lag) => z[t - lag]), 1];
    for (let i = 0; i < p; i++) {
      right[i] += x[i] * z[t];
      for (let j = 0; j < p; j++) gram[i][j] += x[i] * x[j];
    }
  }
  for (let i = 0; i < p - 1; i++) gram[i][i] += 0.00002 * (fitAt - longest);
  const w = solve(gram, right);
  const seen = z.slice(0, first);
  const [low, high] = [Math.min(...seen) - 3, Math.max(...seen) + 3];
  const out = z.slice(0, known);
  for (let h = 0; h < steps; h++) {
    const s = w[p - 1] + sum(lags.map((lag, i) => w[i] * out[out.length - lag]));
    out.push(Math.max(low, Math.min(high, s)));
  }
  return out.slice(known).map((v) => v * sd + mu);
};

/** The models by name, in the order of the lean kernel's. */
export const models: Record<string, Model> = {
  naive,
  "seasonal-naive": seasonalNaive,
  "seasonal-mean": seasonalMean,
  trend,
  "holt-winters": holtWinters,
  regression,
};

const logRegression: Model = (y, plan, fitted, known, steps) => {
  const level = mean(y.slice(0, plan.first));
  if (y.some((v) => v < 0) || !(level > 1e-280)) return undefined;
  const offset = 0.01 * level;
  const logs = y.map((v) => Math.log(v + offset));
  return regression(logs, plan, fitted, known, steps)?.map((v) => Math.exp(v) - offset);
};

const theta: Model = (y, { first, season }, fitted, known, steps) => {
  if (first < 8) return undefined;
  const period = season > 1 && first >= 2 * season ? season : 1;
  const past = y.slice(0, fitted);
  const seasons = Math.floor(fitted / period);
  const place = (i: number) => mean(range(seasons).map((s) => past[s * period + i] - mean(past.slice(s * period, (s + 1) * period))));
  const index = period > 1 ? range(period).map(place) : [0];
  const plain = y.map((v, t) => v - index[t % period]);
  // Half the slope of the least-squares line.
  const middle = (fitted - 1) / 2;
  const line = sum(past.map((_, t) => (t - middle) * plain[t])) / sum(past.map((_, t) => (t - middle) ** 2));
  const drift = line / 2;
  return searched(
    range(9).map((i) => (i + 1) / 10),
    fitted,
    known,
    (alpha, upTo) => {
      let level = plain[0];
      let error = 0;
      for (let t = 0; t < upTo; t++) {
        const e = plain[t] - level - drift;
        if (t > 0) error += Math.abs(e);
        level += drift + alpha * e;
      }
      return { error, forecast: () => range(steps).map((h) => level + (h + 1) * drift + index[(upTo + h) % period]) };
    },
  );
};

const doubleSeasonal: Model = (y, { first, season, cycle }, fitted, known, steps) => {
  if (cycle < 2 || season < 2 || first < 2 * cycle) return undefined;
  const base = mean(y.slice(0, 2 * cycle));
  const seasons = Math.floor((2 * cycle) / season);
  const short0 = range(season).map((i) => sum(range(seasons).map((s) => y[s * season + i] - base)) / seasons);
  const long0 = range(cycle).map((i) => 0.7 * ((y[i] + y[cycle + i]) / 2 - base - short0[i % season]));
  const grid = range(16).map((c) => ({
    alpha: c & 1 ? 0.02 : 0.002,
    delta: c & 2 ? 0.2 : 0.05,
    omega: c & 4 ? 0.3 : 0.1,
    phi: c & 8 ? 0.9 : 0.6,
  }));
  return searched(grid, fitted, known, ({ alpha, delta, omega, phi }, upTo) => {
    const [short, long] = [[...short0], [...long0]];
    let [level, last, error] = [base, 0, 0];
    for (let t = 0; t < upTo; t++) {
      const plain = y[t] - level - short[t % season] - long[t % cycle];
      const e = plain - phi * last;
      if (t >= cycle) error += Math.abs(e);
      last = plain;
      level += alpha * e;
      short[t % season] += delta * e;
      long[t % cycle] += omega * e;
    }
    const at = (t: number) => level + short[t % season] + long[t % cycle];
    return { error, forecast: () => range(steps).map((h) => at(upTo + h) + last * phi ** (h + 1)) };
  });
};

/** Those of the full kernel. */
export const allModels: Record<string, Model> = {
  ...models,
  "log-regression": logRegression,
  theta,
  "double-seasonal": doubleSeasonal,
};

/** The back-test of a series of n values. */
export function planOf(n: number, horizon: number, season: number, cycle: number): Plan {
  const back = n < 2 ? 0 : Math.min(horizon, Math.max(1, Math.floor(n / 5)));
  if (back === 0) return { n, first: n, back, origins: [], season, cycle };
  let length = Math.min(Math.floor((2 * n) / 5), Math.max(4 * back, 2 * season, 128) + back);
  for (const needed of [2 * season, 2 * cycle]) if (n - needed < length && n - needed >= back + 8) length = n - needed;
  length = Math.max(length, back);
  const count = Math.min(length - back + 1, 192, Math.max(8, Math.floor(1536 / back)));
  const stride = count > 1 ? Math.floor((length - back) / (count - 1)) : 1;
  const first = n - back - (count - 1) * stride;
  return { n, first, back, origins: range(count).map((o) => first + o * stride), season, cycle };
}

export interface OracleForecast {
  mean: number[];
  lower: number[];
  upper: number[];
  weights: Record<string, number>;
  expectedWape: number;
}

function weightsOf(errors: Map<string, number>): Map<string, number> {
  const least = Math.min(...errors.values());
  const raw = new Map([...errors].map(([name, e]) => [name, e === least ? 1 : (least / e) ** 4]));
  const total = sum([...raw.values()]);
  return new Map([...raw].map(([name, w]) => [name, w / total]));
}

/** The mixture of a plain series: its forecasts from the end, and its signed errors over the back-test. @param long the long season, if it was given */
export function mixture(y: number[], horizon: number, season: number, names: string[], long = 0) {
  const n = y.length;
  const short = season > 1 ? season : 0;
  const week = short > 0 && short % 7 !== 0 && short <= Math.floor(n / 21) ? short * 7 : 0;
  const plan = planOf(n, horizon, short, long || week);
  const { back, origins, first } = plan;
  const positive = y.every((v) => v >= 0);
  const clamp = (row: number[]) => (positive ? row.map((v) => Math.max(0, v)) : row);
  const ends = new Map<string, number[]>();
  const rows = new Map<string, number[][]>();
  for (const name of names) {
    const end = allModels[name](y, plan, n, n, horizon);
    if (end === undefined) continue;
    ends.set(name, clamp(end));
    rows.set(
      name,
      origins.map((known) => clamp(allModels[name](y, plan, first, known, back) as number[])),
    );
  }
  const errorAt = (row: number[], o: number) => sum(row.map((v, h) => Math.abs(v - y[origins[o] + h])));
  const used = [...ends.keys()];
  const totals = new Map(used.map((name) => [name, sum((rows.get(name) as number[][]).map(errorAt))]));
  const mixed = (weights: Map<string, number>, of: (name: string) => number[], steps: number) =>
    range(steps).map((h) => sum(used.map((name) => (weights.get(name) as number) * of(name)[h])));
  const rowOf = (name: string, o: number) => (rows.get(name) as number[][])[o];
  const errors = origins.map((known, o) => {
    const without = new Map([...totals].map(([name, total]) => [name, Math.max(0, total - errorAt(rowOf(name, o), o))]));
    return mixed(weightsOf(without), (name) => rowOf(name, o), back).map((v, h) => y[known + h] - v);
  });
  const weights = weightsOf(totals);
  return { plan, weights, errors, clamp, middle: mixed(weights, (name) => ends.get(name) as number[], horizon) };
}

/** Mean absolute error of each step over its neighbours. */
export function scalesOf(errors: number[][], back: number): number[] {
  const byStep = range(back).map((h) => mean(errors.map((row) => Math.abs(row[h]))));
  const reach = back >> 3;
  return range(back).map((h) => mean(byStep.slice(Math.max(0, h - reach), h + reach + 1)));
}

/**
 * How much larger than their step's scale the errors at value number t's place of the season are, drawn towards 1 by 64 errors; of a value of the
 * back-test without the errors of this value.
 */
export function placeFactor(t: number, signed: number[][], scale: number[], { n, origins, season }: Plan): number {
  const seen = signed.flatMap((row, o) => row.map((e, h) => ({ at: origins[o] + h, ratio: Math.abs(e) / scale[h], scale: scale[h] })));
  const there = seen.filter((s) => s.scale > 0 && s.at % season === t % season && (t >= n || s.at !== t));
  return (64 + sum(there.map((s) => s.ratio))) / (64 + there.length);
}

/** The whole forecast of a plain series. @param full as the full module does it, and with a long season if it was given */
export function forecast(
  y: number[],
  horizon: number,
  coverage: number,
  season: number,
  names = Object.keys(models),
  full?: { long: number },
): OracleForecast {
  const { plan, weights, errors: signed, clamp, middle } = mixture(y, horizon, season, names, full?.long);
  const { back, origins } = plan;
  const errors = signed.map((row) => row.map(Math.abs));
  let half = range(horizon).map(() => Infinity);
  if (back > 0) {
    const scale = scalesOf(signed, back);
    const placed = full !== undefined && season > 1;
    const factors = new Map<number, number>();
    const factor = (t: number) => {
      if (!placed) return 1;
      if (!factors.has(t)) factors.set(t, placeFactor(t, signed, scale, plan));
      return factors.get(t) as number;
    };
    const size = (o: number, h: number) => scale[h] * factor(origins[o] + h);
    const ratios = errors.flatMap((row, o) => row.map((e, h) => (size(o, h) > 0 ? e / size(o, h) : 0))).sort((a, b) => a - b);
    const level = Math.min(1, (coverage * (origins.length + 1)) / origins.length);
    const ratio = ratios[Math.min(ratios.length - 1, Math.max(0, Math.ceil(level * ratios.length) - 1))];
    half = range(horizon).map((h) => ratio * factor(y.length + h) * (h < back ? scale[h] : scale[back - 1] * Math.sqrt((h + 1) / back)));
  }
  return {
    mean: middle,
    lower: clamp(middle.map((v, h) => v - half[h])),
    upper: middle.map((v, h) => v + half[h]),
    weights: Object.fromEntries(weights),
    expectedWape: sum(errors.map(sum)) / sum(origins.flatMap((known) => range(back).map((h) => Math.abs(y[known + h])))),
  };
}

type Aggregate = "sum" | "mean" | "last";

/** A series' bins the slow way: a map from bin number to the records in it. */
export class SlowBins {
  readonly #bins = new Map<number, { at: number; value: number }[]>();

  constructor(
    readonly interval: number,
    readonly aggregate: Aggregate,
    readonly most: number,
  ) {}

  get oldest(): number {
    return Math.min(...this.#bins.keys());
  }

  /** Newest bin ever less what is in memory; bins in between without records exist too. */
  add(at: number, value: number): boolean {
    const number = Math.floor(at / this.interval);
    const known = [...this.#bins.keys()];
    const newest = Math.max(number, ...known);
    if (newest - number >= this.most) return false;
    // An older one than all is only taken while there is room for all bins from it on.
    this.#bins.set(number, [...(this.#bins.get(number) ?? []), { at, value }]);
    for (const old of known) if (old <= newest - this.most) this.#bins.delete(old);
    const from = Math.max(newest - this.most + 1, Math.min(number, ...known));
    if (!this.#bins.has(from)) this.#bins.set(from, []);
    return true;
  }

  /** The values of all bins, oldest first, gaps filled. */
  values(): number[] {
    const numbers = [...this.#bins.keys()];
    const from = Math.min(...numbers);
    const known = range(Math.max(...numbers) - from + 1).map((i) => this.#value(this.#bins.get(from + i) ?? []));
    if (this.aggregate === "sum") return known.map((v) => v ?? 0);
    return known.map((v, i) => {
      if (v !== undefined) return v;
      const left = known.findLastIndex((w, j) => j < i && w !== undefined);
      const right = known.findIndex((w, j) => j > i && w !== undefined);
      const [a, b] = [known[left] as number, known[right] as number];
      return left < 0 ? b : a + ((b - a) * (i - left)) / (right - left);
    });
  }

  #value(records: { at: number; value: number }[]): number | undefined {
    if (records.length === 0) return undefined;
    if (this.aggregate === "last") return records.reduce((a, b) => (b.at >= a.at ? b : a)).value;
    const total = sum(records.map((r) => r.value));
    return this.aggregate === "mean" ? total / records.length : total;
  }
}
