/**
 * The event model's arithmetic, in plain double precision over Maps: the formulas of assembly/cpe/events/mixture.ts and learn.ts once more, without
 * lines, buckets of a table, or four numbers at a time. For few ids and one stream: nothing ages here.
 */
type Followers = { events: number; novelties: number; counts: Map<number, number> };
type Mix = { lambda: number; gain: number; gainSum: number };
type Step = { value: number; sum: number };
type Cell = { miss: number; missCount: number; fresh: number; freshCount: number };
type Part = { i: number; context: Followers; mix: Mix; steps: number; share: number };
type Evaluation = {
  p: Map<number, number>;
  linear: Map<number, number>;
  u: Map<number, number>;
  features: Map<Part, Map<number, number>>;
  parts: Part[];
  set: number;
  cell: Cell;
  again?: number;
  recent: number[];
};

const BAGS = 3;
const RATE = 0.02;
const GAIN_RATE = 0.06;

export class MixtureOracle {
  readonly counts = new Map<number, number>();
  readonly history: number[] = [];
  readonly #contexts = new Map<string, Followers>();
  readonly #mixes = new Map<string, Mix>();
  readonly #steps = new Map<string, Step>();
  readonly #zeros = new Map<number, number>();
  readonly #cells = new Map<string, Cell>();
  readonly #shared = { linear: 1, linearSum: 1, again: 0, recent: 0 };

  constructor(readonly orders: number) {}

  /** The distribution of the next event; the escape is under -1. */
  distribution(): Map<number, number> {
    return this.#spread(this.#evaluate());
  }

  /** Learns the next event; returns its bits. */
  observe(id: number): number {
    const e = this.#evaluate();
    const all = this.#spread(e);
    const bits = -Math.log2(all.get(id) ?? (all.get(-1) as number));
    this.#learn(e, id);
    for (const key of this.#keys()) {
      const context = this.#contexts.get(key) ?? { events: 0, novelties: 0, counts: new Map() };
      this.#contexts.set(key, context);
      context.events++;
      if (!context.counts.has(id)) context.novelties++;
      context.counts.set(id, (context.counts.get(id) ?? 0) + 1);
    }
    this.counts.set(id, (this.counts.get(id) ?? 0) + 1);
    this.history.push(id);
    return bits;
  }

  get #total(): number {
    return [...this.counts.values()].reduce((a, b) => a + b, 0);
  }

  /** Keys of the event's contexts: orders first, then bags; "" where there is none. */
  #keys(): string[] {
    const h = this.history;
    const orders = Array.from({ length: this.orders }, (_, i) => (h.length > i ? h.slice(-i - 1).join(",") : ""));
    const bags = Array.from({ length: BAGS }, (_, i) => (h.length > i ? `bag ${h[h.length - 1 - i]}` : ""));
    return [...orders, ...bags].filter((key) => key !== "");
  }

  #evaluate(): Evaluation {
    const known: { i: number; context: Followers }[] = [];
    const h = this.history;
    for (let i = 0; i < this.orders + BAGS; i++) {
      const lag = i - this.orders;
      const key = i < this.orders ? (h.length > i ? h.slice(-i - 1).join(",") : "") : h.length > lag ? `bag ${h[h.length - 1 - lag]}` : "";
      const context = this.#contexts.get(key);
      if (context !== undefined) known.push({ i, context });
    }
    const longest = known.filter(({ i }) => i < this.orders).at(-1);
    const set = longest === undefined ? 0 : (longest.i + 1) * 2 + (longest.context.counts.size === 1 ? 1 : 0);
    const first = known.find(({ i }) => i === 0)?.context;
    const news = first === undefined ? 0 : first.novelties / first.events;
    const cell = get(this.#cells, `${set} ${first === undefined ? 0 : news > 0.5 ? 3 : news > 0.15 ? 2 : news > 0.03 ? 1 : 0}`, () => ({
      miss: 0.2,
      missCount: 0,
      fresh: 0.5,
      freshCount: 0,
    }));
    const parts = known.map(({ i, context }) => {
      const n = bucketOf(context.events);
      const sure = context.counts.size * 2 > context.events ? 1 : 0;
      const start = i < this.orders ? 2 ** i : 0.7 / (i - this.orders + 1);
      const mix = get(this.#mixes, `${set} ${i} ${n} ${sure}`, () => ({ lambda: start * (1 - 0.6 ** n), gain: 0, gainSum: 1 }));
      return { i, context, mix, steps: n, share: 0 };
    });
    const zero = get(this.#zeros, set, () => 0.3);
    const sum = parts.reduce((s, { mix }) => s + mix.lambda, zero);
    for (const part of parts) part.share = part.mix.lambda / sum / (part.context.events + 0.2);

    // Few ids: all of them are candidates, by a context or by the list of the most frequent.
    const u = new Map<number, number>();
    for (const [id, count] of this.counts) u.set(id, (count + 0.5) / (this.#total + 0.5 * (this.counts.size + 1)));
    const linear = new Map<number, number>();
    const scores = new Map<number, number>();
    const features = new Map<Part, Map<number, number>>();
    for (const [id, ui] of u) {
      let mass = (zero / sum) * ui;
      let score = 0;
      for (const part of parts) {
        const c = part.context.counts.get(id);
        if (c === undefined) continue;
        mass += part.share * c;
        const x = Math.log(1 + Math.max(c - 0.5, 0.1 * c) / ((0.5 * part.context.novelties + 0.4) * ui));
        features.set(part, (features.get(part) ?? new Map<number, number>()).set(id, x));
        score += part.mix.gain * x + this.#step(part, c).value;
      }
      linear.set(id, mass);
      scores.set(id, score + this.#shared.linear * Math.log(mass));
    }
    const recent = [...new Set(h.slice(-5).reverse())].filter((id) => u.has(id));
    const again = recent.shift();
    if (again !== undefined) scores.set(again, (scores.get(again) as number) + this.#shared.again);
    for (const id of recent) scores.set(id, (scores.get(id) as number) + this.#shared.recent);
    const best = Math.max(...scores.values());
    const p = new Map([...scores].map(([id, s]) => [id, Math.exp(Math.max(s - best, -20))]));
    const z = [...p.values()].reduce((a, b) => a + b, 0);
    for (const [id, x] of p) p.set(id, x / z);
    return { p, linear, u, features, parts, set, cell, again, recent };
  }

  #step({ i, steps }: Part, c: number): Step {
    const bucket = Math.min(Math.floor(Math.log2(c + 0.5)) + 1, 9);
    return get(this.#steps, `${i} ${steps} ${bucket}`, () => ({ value: 0, sum: 1 }));
  }

  #spread({ p, cell }: Evaluation): Map<number, number> {
    const miss = p.size === 0 ? 1 : cell.miss;
    return new Map([...[...p].map(([id, x]): [number, number] => [id, (1 - miss) * x]), [-1, miss]]);
  }

  #learn({ p, linear, u, features, parts, set, cell, again, recent }: Evaluation, id: number): void {
    const missed = !p.has(id);
    if (p.size > 0) {
      cell.missCount = Math.min(cell.missCount + 1, 255);
      cell.miss = Math.min(Math.max(cell.miss + ((missed ? 1 : 0) - cell.miss) / (cell.missCount + 1.5), 1 / 8192), 1 - 1 / 8192);
    }
    if (missed) return;
    const mass = linear.get(id) as number;
    for (const { context, mix } of parts) {
      const f = Math.min((context.counts.get(id) ?? 0) / mass / (context.events + 0.2), 20);
      mix.lambda = Math.max(1e-4, Math.min(1e4, mix.lambda * (0.98 + 0.02 * f)));
    }
    const zero = this.#zeros.get(set) as number;
    this.#zeros.set(set, Math.max(1e-4, zero * (0.98 + 0.02 * Math.min((u.get(id) as number) / mass, 20))));
    if ((p.get(id) as number) > 0.98) return;
    const gradient = new Map([...p].map(([x, px]) => [x, (x === id ? 1 : 0) - px]));
    const g = (x: number) => gradient.get(x) as number;
    for (const part of parts) {
      let dot = 0;
      const sums = new Map<Step, number>();
      for (const [x, feature] of features.get(part) ?? []) {
        dot += g(x) * feature;
        const step = this.#step(part, part.context.counts.get(x) as number);
        sums.set(step, (sums.get(step) ?? 0) + g(x));
      }
      part.mix.gainSum += dot * dot;
      part.mix.gain += (GAIN_RATE * dot) / Math.sqrt(part.mix.gainSum);
      for (const [step, sum] of sums) {
        step.sum += sum * sum;
        step.value += (GAIN_RATE * sum) / Math.sqrt(step.sum);
      }
    }
    const dot = [...linear].reduce((s, [x, m]) => s + g(x) * Math.log(m), 0);
    const all = this.#shared;
    all.linearSum += dot * dot;
    all.linear += (RATE * dot) / Math.sqrt(all.linearSum);
    if (again !== undefined) all.again += RATE * g(again);
    for (const x of recent) all.recent += RATE * g(x);
  }
}

function get<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const had = map.get(key);
  if (had !== undefined) return had;
  const made = make();
  map.set(key, made);
  return made;
}

function bucketOf(n: number): number {
  if (n < 3.6) return Math.round(n);
  return Math.min(Math.floor(Math.log2(n - 1.5)) + 3, 9);
}
