// The stride expert in plain JavaScript: objects and arrays, everything searched from front to back, hashes in BigInt. What it must have in common
// with assembly/cpe/stride is every probability, to the last bit.
import { hashPair, mix64 } from "./hash.js";

const MOST_ID = Number.MAX_SAFE_INTEGER;

interface Line {
  tag: bigint;
  deltas: number[];
  counts: number[];
}

interface Cursor {
  at: number;
  delta: number;
  before: number;
  next: number;
  span: number;
  run: number;
  deltas: number;
  joined: boolean;
}

interface Stream {
  id: number;
  stamp: number;
  last: number;
  /** Newest first. */
  deltas: number[];
  /** Latest first. */
  cursors: Cursor[];
}

/** What an expert says: ids with probabilities, and the rest. */
interface Opinion {
  ids: [id: number, p: number][];
  escape: number;
}

export interface SlowOptions {
  streams?: number;
  cursors?: number;
  reach?: number;
  contextBytes?: number;
  seed?: number;
}

function bitsOf(x: number): bigint {
  return new BigUint64Array(Float64Array.of(x).buffer)[0]!;
}

/** The table of contexts. */
class SlowContexts {
  readonly #buckets: (Line | undefined)[][];
  readonly #seed: bigint;

  constructor(bytes: number, seed: bigint) {
    this.#buckets = Array.from({ length: bytes / 256 }, () => Array.from({ length: 4 }, () => undefined));
    this.#seed = seed;
  }

  #place(kind: number, deltas: readonly number[]): [bucket: (Line | undefined)[], tag: bigint] {
    const seed = (this.#seed + BigInt(kind)) & 0xffff_ffff_ffff_ffffn;
    const [a, b, c] = [0, 1, 2].map((i) => bitsOf(deltas[i] ?? 0));
    const hash = hashPair(hashPair(a!, b!, seed), c!, seed);
    const tag = hash >> 32n;
    return [this.#buckets[Number((hash & 0xffff_ffffn) % BigInt(this.#buckets.length))]!, tag === 0n ? 1n : tag];
  }

  find(kind: number, deltas: readonly number[]): Line | undefined {
    const [bucket, tag] = this.#place(kind, deltas);
    return bucket.find((line) => line?.tag === tag);
  }

  learn(kind: number, deltas: readonly number[], delta: number): void {
    const [bucket, tag] = this.#place(kind, deltas);
    let line = bucket.find((known) => known?.tag === tag);
    if (line === undefined) {
      const totals = bucket.map((other) => (other === undefined ? 0 : total(other)));
      const weakest = totals.indexOf(Math.min(...totals));
      if (totals[weakest]! > 1) {
        halve(bucket[weakest]!);
        return;
      }
      line = bucket[weakest] = { tag, deltas: [0, 0, 0, 0, 0], counts: [0, 0, 0, 0, 0] };
    }
    let at = line.deltas.findLastIndex((known, i) => known === delta && line.counts[i]! > 0);
    if (at < 0) {
      at = line.counts.indexOf(Math.min(...line.counts));
      if (line.counts[at]! > 1) {
        line.counts[at]! >>= 1;
        return;
      }
      line.counts[at] = 0;
      line.deltas[at] = delta;
    }
    if (++line.counts[at]! === 255) halve(line);
  }
}

function total(line: Line): number {
  return line.counts.reduce((sum, count) => sum + count, 0);
}

function halve(line: Line): void {
  line.counts = line.counts.map((count) => count >> 1);
}

/** The class of a number by bounds: how many of them it has reached. */
function classOf(x: number, bounds: readonly number[]): number {
  return bounds.filter((bound) => x >= bound).length;
}

const runClass = (run: number) => classOf(run, [1, 2, 3, 4, 8, 16, 64]);
const rankClass = (rank: number) => classOf(rank, [1, 2, 3, 4, 6, 9, 17]);
const stepClass = (step: number) => classOf(step, [2, 3, 4, 5, 7, 13, 25]);
const isId = (x: number) => x >= 0 && x <= MOST_ID;

export class SlowStride {
  readonly #contexts: SlowContexts;
  readonly #sets: (Stream | undefined)[][];
  readonly #seed: bigint;
  readonly #cursors: number;
  readonly #reach: number;
  readonly #weights = Array.from({ length: 5 }, () => Array.from({ length: 5 }, () => 0.2));
  readonly #chances = Array.from({ length: 64 }, () => ({ p: 0.1, n: 0 }));
  #clock = 0;

  constructor({ streams = 64, cursors = 16, reach = 16_384, contextBytes = 262_144, seed = 0 }: SlowOptions = {}) {
    this.#seed = BigInt.asUintN(64, BigInt(seed));
    this.#contexts = new SlowContexts(contextBytes, this.#seed);
    this.#sets = Array.from({ length: streams / 8 }, () => Array.from({ length: 8 }, () => undefined));
    this.#cursors = cursors;
    this.#reach = reach;
  }

  /** The probability that the id had. */
  observe(id: number, at: number, span = 1): number {
    const stream = this.#touch(id);
    const { opinions, row } = this.#ask(stream);
    const p = this.#mixed(opinions, row, at);
    this.#learnWeights(opinions, row, at, p);
    const right = stream.cursors.findIndex((c) => c.next === at);
    for (const [rank, c] of stream.cursors.entries()) {
      const chance = this.#chanceOf(c, rank);
      chance.p += ((rank === right ? 1 : 0) - chance.p) / (chance.n + 2);
      if (chance.n < 254) chance.n++;
    }
    if (stream.stamp !== 0) {
      const delta = at - stream.last;
      for (let order = 0; order <= stream.deltas.length; order++) this.#contexts.learn(order, stream.deltas.slice(0, order), delta);
      stream.deltas = [delta, ...stream.deltas].slice(0, 3);
    }
    this.#move(stream, at, span);
    stream.stamp = ++this.#clock;
    stream.last = at;
    return p;
  }

  probability(id: number, at: number): number {
    const { opinions, row } = this.#ask(this.#find(id));
    return this.#mixed(opinions, row, at);
  }

  predict(id: number): { ids: number[]; probabilities: number[]; escape: number } {
    const { opinions, row } = this.#ask(this.#find(id));
    const all = this.#awake(opinions, row);
    const named = new Map<number, number>();
    let sum = 0;
    for (const [e, opinion] of opinions.entries()) {
      for (const [next, p] of opinion?.ids ?? []) {
        const weighed = (row[e]! / all) * p;
        sum += weighed;
        named.set(next, (named.get(next) ?? 0) + weighed);
      }
    }
    const ranked = [...named].sort((x, y) => y[1] - x[1] || x[0] - y[0]);
    return { ids: ranked.map(([next]) => next), probabilities: ranked.map(([, p]) => p), escape: Math.max(0, 1 - sum) };
  }

  /** Ids with the classes of the three kinds of evidence. */
  ahead(id: number, depth: number): [id: number, evidence: number[]][] {
    const stream = this.#find(id);
    const rows = new Map<number, number[]>();
    if (stream === undefined) return [];
    const put = (next: number, kind: number, evidence: number) => {
      if (!isId(next)) return;
      const row = rows.get(next) ?? [0, 0, 0];
      row[kind] ||= evidence;
      rows.set(next, row);
    };
    const c = stream.cursors[0]!;
    let [at, history] = [c.at, [c.delta, c.before].slice(0, c.deltas)];
    for (let step = 1; step <= Math.min(depth, c.run + 1); step++) {
      const delta = step === 1 ? c.next - at : this.#nextDelta(history, c.span, c.joined);
      history = [delta, ...history].slice(0, 2);
      at += delta;
      put(at, 0, 1 + runClass(c.run) * 8 + stepClass(step));
    }
    put(c.at + c.span, 1, 65 + (c.run === 0 ? 0 : 32) + Number(mix64(bitsOf(c.span)) & 31n));
    for (let order = 3; order > 0; order--) {
      const line = stream.deltas.length < order ? undefined : this.#contexts.find(order, stream.deltas.slice(0, order));
      if (line === undefined) continue;
      const most = Math.max(...line.counts);
      const delta = line.deltas[line.counts.indexOf(most)]!;
      if (delta === 0 || most === 0) continue;
      const far = Math.abs(delta) > this.#reach ? 24 : 0;
      put(stream.last + delta, 2, 129 + far + (order - 1) * 8 + Math.floor((8 * (2 * most - 1)) / (2 * total(line))));
    }
    return [...rows];
  }

  forgetStream(id: number): boolean {
    const set = this.#setOf(id);
    const i = set.findIndex((stream) => stream?.id === id);
    if (i >= 0) set[i] = undefined;
    return i >= 0;
  }

  #setOf(id: number): (Stream | undefined)[] {
    return this.#sets[Number((mix64(BigInt(id) ^ this.#seed) & 0xffff_ffffn) % BigInt(this.#sets.length))]!;
  }

  #find(id: number): Stream | undefined {
    return this.#setOf(id).find((stream) => stream?.id === id);
  }

  #touch(id: number): Stream {
    const known = this.#find(id);
    if (known !== undefined) return known;
    const set = this.#setOf(id);
    const ages = set.map((stream) => stream?.stamp ?? -1);
    const stream: Stream = { id, stamp: 0, last: 0, deltas: [], cursors: [] };
    set[ages.indexOf(Math.min(...ages))] = stream;
    return stream;
  }

  #chanceOf(c: Cursor, rank: number): { p: number; n: number } {
    return this.#chances[runClass(c.run) * 8 + rankClass(rank)]!;
  }

  #nextDelta(history: readonly number[], span: number, joined: boolean): number {
    if (history.length === 2) {
      const line = this.#contexts.find(4, history);
      if (line !== undefined) {
        const most = Math.max(...line.counts);
        if (most >= 2 && most > total(line) >> 1) return line.deltas[line.counts.indexOf(most)]!;
      }
    }
    return joined || history.length === 0 ? span : history[0]!;
  }

  #look(c: Cursor, span: number): void {
    c.span = span;
    c.next = c.at + this.#nextDelta([c.delta, c.before].slice(0, c.deltas), span, c.joined);
  }

  #move(stream: Stream, at: number, span: number): void {
    const { cursors } = stream;
    let i = cursors.findIndex((c) => c.next === at);
    const expected = i >= 0;
    if (!expected) {
      const distances = cursors.map((c) => Math.abs(at - c.at));
      const least = Math.min(...distances.filter((distance) => distance <= this.#reach));
      i = distances.indexOf(least);
    }
    let c: Cursor;
    if (i < 0) {
      c = { at, delta: 0, before: 0, next: 0, span: 0, run: 0, deltas: 0, joined: false };
      if (cursors.length === this.#cursors) cursors.pop();
      cursors.unshift(c);
      this.#look(c, span);
      return;
    }
    c = cursors[i]!;
    if (!expected && (c.run !== 0 || c.deltas === 0) && c.at !== at) {
      if (cursors.length === this.#cursors) cursors.pop();
      c = { ...c };
    } else cursors.splice(i, 1);
    cursors.unshift(c);
    const delta = at - c.at;
    if (delta !== 0) {
      if (c.deltas === 2) this.#contexts.learn(4, [c.delta, c.before], delta);
      c.joined = delta === c.span;
      Object.assign(c, { before: c.delta, delta, at, deltas: Math.min(2, c.deltas + 1), run: expected ? c.run + 1 : 0 });
    }
    this.#look(c, span);
  }

  #ask(stream: Stream | undefined): { opinions: (Opinion | undefined)[]; row: number[] } {
    const chances = (stream?.cursors ?? []).map((c, rank) => this.#chanceOf(c, rank).p);
    const sum = chances.reduce((all, p) => all + p, 0);
    const scale = sum > 0.98 ? 0.98 / sum : 1;
    const opinions: (Opinion | undefined)[] = [opinionOf((stream?.cursors ?? []).map((c, rank) => [c.next, scale * chances[rank]!]))];
    let longest = 0;
    for (let order = 0; order <= 3; order++) {
      const known = stream !== undefined && stream.stamp !== 0 && stream.deltas.length >= order;
      const line = known ? this.#contexts.find(order, stream.deltas.slice(0, order)) : undefined;
      if (line === undefined) opinions.push(undefined);
      else {
        const all = total(line);
        const counted = [...line.deltas.entries()].filter(([i]) => line.counts[i]! > 0);
        opinions.push(opinionOf(counted.map(([i, delta]) => [stream!.last + delta, (line.counts[i]! - 0.5) / all])));
        longest = order + 1;
      }
    }
    return { opinions, row: this.#weights[longest]! };
  }

  #awake(opinions: (Opinion | undefined)[], row: number[]): number {
    return opinions.reduce((sum, opinion, e) => (opinion === undefined ? sum : sum + row[e]!), 0);
  }

  #mixed(opinions: (Opinion | undefined)[], row: number[], at: number): number {
    const all = this.#awake(opinions, row);
    let [own, escape] = [0, 0];
    for (const [e, opinion] of opinions.entries()) {
      if (opinion === undefined) continue;
      own += (row[e]! / all) * said(opinion, at);
      escape += (row[e]! / all) * opinion.escape;
    }
    return own > 0 ? own : escape;
  }

  #learnWeights(opinions: (Opinion | undefined)[], row: number[], at: number, p: number): void {
    const all = this.#awake(opinions, row);
    const awake = opinions.filter((opinion) => opinion !== undefined);
    const known = awake.some((opinion) => said(opinion, at) > 0);
    for (const [e, opinion] of opinions.entries()) {
      if (opinion === undefined) continue;
      const likelihood = known ? said(opinion, at) : opinion.escape;
      row[e] = all * ((1 - 1 / 64) * (((row[e]! / all) * likelihood) / p) + 1 / 64 / awake.length);
    }
  }
}

function opinionOf(named: [number, number][]): Opinion {
  const ids = named.filter(([id]) => isId(id));
  return { ids, escape: 1 - ids.reduce((sum, [, p]) => sum + p, 0) };
}

function said({ ids }: Opinion, at: number): number {
  return ids.reduce((sum, [id, p]) => (id === at ? sum + p : sum), 0);
}
