/**
 * The event model's arithmetic in plain double precision over Maps and arrays: the formulas of assembly/cpe/events/{known,gather,mixture,calibrate,learn}.ts
 * once more, without hashes, buckets of a table, or four numbers at a time. For one stream and at most 32 ids; contexts never give way here.
 */
import { ContextList } from "./context-list.js";

type Mix = { lambda: number; gain: number; gainSum: number };
type Step = { value: number; sum: number };
type Rest = { bias: number; biasSum: number; fresh: number; freshCount: number };
type Part = { i: number; context: ContextList; n: number; mix: Mix; share: number; base: number };
/** One candidate: what is known of it before the event. */
type Candidate = { id: number; linear: number; rarity: number; score: number; p: number };
type Evaluation = {
  parts: Part[];
  candidates: Candidate[];
  set: number;
  zeroShare: number;
  rest: Rest;
  restLog: number;
  restP: number;
  escape: number;
  restShare: number;
  again?: Candidate;
  recent: Candidate[];
  /** Calibration: the likeliest candidate, its probability before, the first knot, how far from it, what the knots say, the others' factor. */
  likeliest?: Candidate;
  before: number;
  knot: number;
  part: number;
  said: number;
  factor: number;
};

const BAGS = 3;
const FEW = 16;
const KNOTS = 17;
/** Logarithm of a count less the discount, by bucket: one below 1, then one a doubling. */
const NETS = [-1.6, -0.6, 0.8, 1.6, 2.35, 3.05, 3.75, 4.45, 5.15, 5.85, 6.5, 7.2, 8, 8, 8, 8];

export class MixtureOracle {
  readonly counts = new Map<number, number>();
  readonly history: number[] = [];
  /** Ids, most frequent first; equally frequent ones as they came to their count. */
  readonly #top: number[] = [];
  readonly #contexts = new Map<string, ContextList>();
  readonly #mixes = new Map<string, Mix>();
  readonly #steps = new Map<string, Step>();
  readonly #zeros = new Map<number, number>();
  readonly #rests = new Map<string, Rest>();
  readonly #knots = Array.from({ length: KNOTS }, (_, i) => ({ share: 1 / (1 + Math.exp(8 - i)), weight: 0 }));
  readonly #shared = { linear: 1, linearSum: 0, again: 0, recent: 0 };

  constructor(readonly orders: number) {}

  /** The distribution of the next event; the escape is under -1. */
  distribution(): Map<number, number> {
    const e = this.#evaluate();
    return new Map([...[...this.counts.keys()].map((id): [number, number] => [id, this.#probability(e, id)]), [-1, e.escape]]);
  }

  /** Learns the next event, which counts for `units` sixteenths of one; returns its bits. */
  observe(id: number, units = 16): number {
    const e = this.#evaluate();
    const bits = -Math.log2(this.counts.has(id) ? this.#probability(e, id) : e.escape);
    this.#learn(e, id);
    const keys = this.#keys();
    const before = new Set([...keys.keys()].filter((i) => this.#contexts.has(keys.get(i) as string)));
    // Bags first: two distances may be one context, which then counts twice.
    for (const i of [...keys.keys()].sort((a, b) => a - b).sort((a, b) => Number(a < this.orders) - Number(b < this.orders))) {
      const key = keys.get(i) as string;
      // A long context is only counted if it is known, or what it begins with was.
      if (i > 1 && i < this.orders && !before.has(i) && !before.has(i - 2)) continue;
      const context = this.#contexts.get(key) ?? new ContextList(linesOf(i, this.orders), i >= this.orders || i < 2 ? 60 : 30);
      this.#contexts.set(key, context);
      context.count(id, units);
    }
    this.#count(id, Math.max(1, Math.floor((units + 8) / 16)));
    this.history.push(id);
    return bits;
  }

  #count(id: number, times: number): void {
    const count = (this.counts.get(id) ?? 0) + times;
    this.counts.set(id, count);
    let at = this.#top.indexOf(id);
    if (at < 0) at = this.#top.push(id) - 1;
    for (; at > 0 && (this.counts.get(this.#top[at - 1]) as number) < count; at--) {
      [this.#top[at - 1], this.#top[at]] = [id, this.#top[at - 1]];
    }
  }

  get #total(): number {
    return [...this.counts.values()].reduce((a, b) => a + b, 0);
  }

  /** Keys of the event's contexts by their numbers: orders first, then bags. */
  #keys(): Map<number, string> {
    const h = this.history;
    const keys = new Map<number, string>();
    for (let i = 0; i < Math.min(this.orders, h.length); i++) keys.set(i, h.slice(-i - 1).join(","));
    for (let lag = 0; lag < Math.min(BAGS, h.length); lag++) keys.set(this.orders + lag, `bag ${h[h.length - 1 - lag]}`);
    return keys;
  }

  #evaluate(): Evaluation {
    const known = [...this.#keys()].flatMap(([i, key]) => {
      const context = this.#contexts.get(key);
      return context === undefined ? [] : [{ i, context }];
    });
    const longest = known.filter(({ i }) => i < this.orders).at(-1);
    const set = longest === undefined ? 0 : (longest.i + 1) * 2 + (longest.context.entries.length === 1 ? 1 : 0);
    const first = known[0]?.i === 0 ? known[0].context : undefined;
    const news = first === undefined ? 0 : first.novelties / first.events;
    const novelty = news > 0.5 ? 3 : news > 0.15 ? 2 : news > 0.03 ? 1 : 0;
    const rest = get(this.#rests, `${set} ${novelty}`, () => ({ bias: 0, biasSum: 0, fresh: 0.5, freshCount: 0 }));
    const mixed = known.map(({ i, context }) => {
      const n = bucketOf(context.events);
      const start = i < this.orders ? 2 ** i : 0.7 / (i - this.orders + 1);
      const sure = context.used * 2 > context.events;
      const mix = get(this.#mixes, `${set} ${i} ${n} ${sure}`, () => ({ lambda: start * (1 - 0.6 ** n), gain: 0, gainSum: 0 }));
      return { i, context, n, mix, base: -Math.log(0.8 * context.novelties + 0.4) };
    });
    const zero = get(this.#zeros, set, () => 0.3);
    const sum = mixed.reduce((s, { mix }) => s + mix.lambda, zero);
    const parts = mixed.map((part) => ({ ...part, share: part.mix.lambda / sum / (part.context.events + 0.2) }));
    const e: Evaluation = {
      ...{ parts, candidates: [], set, zeroShare: zero / sum, rest, restLog: 0, restP: 1, escape: 1, restShare: 0 },
      ...{ recent: [], before: 0, knot: 0, part: 0, said: 0, factor: 1 },
    };
    this.#gather(e);
    this.#normalise(e);
    return e;
  }

  /** Candidates: what the contexts have seen, filled up with the most frequent. */
  #gather(e: Evaluation): void {
    const all = new Map<number, Candidate>();
    const total = this.#total;
    const add = (id: number) =>
      get(all, id, () => {
        const count = this.counts.get(id) as number;
        const rarity = Math.log(total + 0.5 * (this.counts.size + 1)) - Math.log(count + 0.5);
        return { id, linear: (e.zeroShare * count) / total, rarity, score: 0, p: 0 };
      });
    for (const part of e.parts) {
      const { context, mix, share, base } = part;
      for (const { id, units } of context.entries) {
        const candidate = add(id);
        const bucket = stepOf(units);
        candidate.linear += (share * units) / 16;
        candidate.score += this.#step(part, bucket).value + mix.gain * (base + NETS[bucket] + candidate.rarity);
        if (id === context.last) candidate.score += this.#step(part, bucket, "last").value;
      }
    }
    for (const id of this.#top) if (all.size < FEW) add(id);
    e.candidates = [...all.values()];
    const recent = [...new Set(this.history.slice(-5).reverse())].map((id) => [id, all.get(id)] as const);
    for (const [id, candidate] of recent) {
      if (candidate === undefined) continue;
      if (id === this.history.at(-1)) e.again = candidate;
      else e.recent.push(candidate);
    }
    if (e.again !== undefined) e.again.score += this.#shared.again;
    for (const candidate of e.recent) candidate.score += this.#shared.recent;
    for (const candidate of e.candidates) candidate.score += this.#shared.linear * Math.log(candidate.linear);
  }

  /** Softmax over candidates and the rest, then the calibration of the likeliest. */
  #normalise(e: Evaluation): void {
    const { candidates, rest } = e;
    const total = this.#total;
    const others = total - candidates.reduce((s, { id }) => s + (this.counts.get(id) as number), 0);
    e.restLog = Math.log((total === 0 ? 0 : (e.zeroShare * others) / total) + 1e-5);
    const restScore = this.#shared.linear * e.restLog + rest.bias;
    const best = Math.max(restScore, ...candidates.map(({ score }) => score));
    const exp = (score: number) => Math.exp(Math.max(score - best, -20));
    const sum = candidates.reduce((s, { score }) => s + exp(score), exp(restScore));
    for (const candidate of candidates) candidate.p = exp(candidate.score) / sum;
    this.#calibrate(e);
    e.restP = (exp(restScore) / sum) * e.factor;
    e.escape = others === 0 ? e.restP : e.restP * rest.fresh;
    e.restShare = others === 0 ? 0 : (e.restP - e.escape) / others;
  }

  #calibrate(e: Evaluation): void {
    const likeliest = e.candidates.reduce<Candidate | undefined>((a, b) => (a === undefined || b.p > a.p ? b : a), undefined);
    if (likeliest === undefined) return;
    const before = likeliest.p;
    const left = Math.max(1 - before, 1e-6);
    const x = Math.min(Math.max(Math.log(before / left) + 8, 0), KNOTS - 1 - 0.001);
    const knot = Math.floor(x);
    const part = x - knot;
    const said = this.#knots[knot].share * (1 - part) + this.#knots[knot + 1].share * part;
    const refined = Math.min(Math.max(said, before / 4), 1 - left / 4);
    const factor = (1 - refined) / left;
    for (const candidate of e.candidates) candidate.p *= factor;
    likeliest.p = refined;
    Object.assign(e, { likeliest, before, knot, part, said, factor });
  }

  /** Of an id that was seen. */
  #probability(e: Evaluation, id: number): number {
    return e.candidates.find((candidate) => candidate.id === id)?.p ?? e.restShare * (this.counts.get(id) as number);
  }

  #step({ i, n }: Part, bucket: number, kind = ""): Step {
    return get(this.#steps, `${i} ${n} ${bucket} ${kind}`, () => ({ value: 0, sum: 0 }));
  }

  #learn(e: Evaluation, id: number): void {
    const target = e.candidates.find((candidate) => candidate.id === id);
    const count = this.counts.get(id);
    if (target === undefined) {
      e.rest.freshCount = Math.min(e.rest.freshCount + 1, 255);
      const share = e.rest.fresh + ((count === undefined ? 1 : 0) - e.rest.fresh) / (e.rest.freshCount + 1.5);
      e.rest.fresh = Math.min(Math.max(share, 1 / 8192), 8191 / 8192);
    }
    if (count !== undefined) this.#learnLambda(e, target?.linear ?? (e.zeroShare * count) / this.#total, id, count);
    this.#learnCalibration(e, target);
    const others = e.restP / e.factor;
    if ((target?.p ?? others) <= 0.98) this.#learnGains(e, target, others);
  }

  #learnLambda({ parts, set }: Evaluation, linear: number, id: number, count: number): void {
    const moved = (lambda: number, due: number) => Math.max(1e-4, Math.min(1e4, lambda * (0.99 + 0.01 * Math.min(due, 20))));
    for (const { context, mix } of parts) mix.lambda = moved(mix.lambda, context.countOf(id) / linear / (context.events + 0.2));
    this.#zeros.set(set, moved(this.#zeros.get(set) as number, count / this.#total / linear));
  }

  /** Moves two knots, and takes the calibration back: what follows learns from what the mixture said. */
  #learnCalibration(e: Evaluation, target: Candidate | undefined): void {
    if (e.likeliest === undefined) return;
    const error = (target === e.likeliest ? 1 : 0) - e.said;
    const weights = [1 - e.part, e.part];
    for (const [i, weight] of weights.entries()) {
      const knot = this.#knots[e.knot + i];
      knot.weight = Math.min(knot.weight + weight, 1000);
      knot.share += (error * weight) / (knot.weight + 50);
    }
    for (const candidate of e.candidates) candidate.p /= e.factor;
    e.likeliest.p = e.before;
  }

  #learnGains(e: Evaluation, target: Candidate | undefined, others: number): void {
    const gradient = (candidate: Candidate) => (candidate === target ? 1 : 0) - candidate.p;
    const r = (target === undefined ? 1 : 0) - others;
    const all = this.#shared;
    const dot = e.candidates.reduce((s, candidate) => s + gradient(candidate) * Math.log(candidate.linear), r * e.restLog);
    all.linearSum += dot * dot;
    all.linear += (0.05 * dot) / Math.sqrt(1 + all.linearSum);
    e.rest.biasSum += r * r;
    e.rest.bias += (0.5 * r) / Math.sqrt(1 + e.rest.biasSum);
    if (e.again !== undefined) all.again += 0.05 * gradient(e.again);
    for (const candidate of e.recent) all.recent += 0.05 * gradient(candidate);
    for (const part of e.parts) this.#learnContext(e, part, gradient);
  }

  #learnContext({ candidates }: Evaluation, part: Part, gradient: (candidate: Candidate) => number): void {
    const sums = new Map<Step, number>();
    let gain = 0;
    for (const { id, units } of part.context.entries) {
      const candidate = candidates.find((c) => c.id === id) as Candidate;
      const bucket = stepOf(units);
      const g = gradient(candidate);
      gain += g * (part.base + NETS[bucket] + candidate.rarity);
      const step = this.#step(part, bucket);
      sums.set(step, (sums.get(step) ?? 0) + g);
      if (id === part.context.last) sums.set(this.#step(part, bucket, "last"), g);
    }
    for (const [step, g] of sums) {
      step.sum += g * g;
      step.value += (0.08 * g) / Math.sqrt(1 + step.sum);
    }
    part.mix.gainSum += gain * gain;
    part.mix.gain += (0.08 * gain) / Math.sqrt(1 + part.mix.gainSum);
  }
}

function get<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const had = map.get(key);
  if (had !== undefined) return had;
  const made = make();
  map.set(key, made);
  return made;
}

function linesOf(i: number, orders: number): number {
  if (i >= orders || i === 0) return 4;
  return i === 1 ? 2 : 1;
}

/** Bucket of a number of events. */
function bucketOf(n: number): number {
  if (n < 3.6) return n < 0.6 ? 0 : n < 1.6 ? 1 : n < 2.6 ? 2 : 3;
  return Math.min(Math.floor(Math.log2(n - 1.5)) + 3, 9);
}

/** Bucket of a count. */
function stepOf(units: number): number {
  return units < 16 ? 0 : Math.min(Math.floor(Math.log2(units / 16)) + 1, 15);
}
