// The monitor of peers written down plainly, with Maps and arrays. The order of the arithmetic is the kernel's, so that results agree to the last bit.

import { slowLog2 } from "./surprise.js";

const RING = 512;
const SLOTS = 16_384;
const DEPTH = 6;
const RUNS = 16;
const BINS = 256;
const WIDTH = 0.25;
const TOP = 100;

interface Counts {
  n: number[];
  sum: number;
}

const counts = (size: number): Counts => ({ n: new Array<number>(size).fill(0), sum: 0 });

function add(c: Counts, x: number, limit: number): void {
  c.n[x]++;
  c.sum++;
  if (c.sum < limit) return;
  c.n = c.n.map((n) => Math.floor(n / 2));
  c.sum = c.n.reduce((a, b) => a + b, 0);
}

/** What the counts say, over what is thought without them: escapes by the number of different events (Witten and Bell's). */
function over(c: Counts, x: number, lower: number): number {
  const distinct = c.n.filter((n) => n > 0).length;
  return distinct === 0 ? lower : (c.n[x] + distinct * lower) / (c.sum + distinct);
}

class SlowPeer {
  count = 0;
  alarms = 0;
  last = -1;
  readonly all: Counts;
  readonly rows: Counts[];
  recent: number[];
  sums = [0, 0, 0, 0];
  peaks = [0, 0, 0, 0];
  readonly history: number[] = [];
  match: { peer: number; at: number } | undefined;
  run = 0;
  own = 0.5;
  others = 0.4375;

  constructor(events: number) {
    this.all = counts(events);
    this.rows = Array.from({ length: events }, () => counts(events));
    this.recent = new Array<number>(events).fill(1 / events);
  }
}

export interface SlowSuspicion {
  bits: number;
  score: number;
  alarm: boolean;
  cause: string | undefined;
}

const causes = ["change", "cohort", "noise", "copy"];

export class SlowMonitor {
  readonly #peers = new Map<number, SlowPeer>();
  readonly #all: Counts;
  readonly #rows: Counts[];
  readonly #slots: ({ peer: number; at: number } | undefined)[] = new Array(SLOTS).fill(undefined);
  readonly #hits = new Array<number>(RUNS).fill(0);
  readonly #tries = new Array<number>(RUNS).fill(0);
  #seen = 0;
  #judged = 0;
  #alarms = 0;
  readonly #histogram = Array.from({ length: 4 }, () => new Array<number>(BINS).fill(0));
  readonly #censored = [0, 0, 0, 0];
  #thresholds: number[];

  constructor(
    readonly events: number,
    readonly rate = 0.0001,
    readonly memory = 1024,
    readonly warmUp = 200,
  ) {
    this.#all = counts(events);
    this.#rows = Array.from({ length: events }, () => counts(events));
    this.#thresholds = new Array(4).fill(-slowLog2(rate / 4));
  }

  observe(id: number, x: number): SlowSuspicion {
    let peer = this.#peers.get(id);
    if (peer === undefined) {
      peer = new SlowPeer(this.events);
      this.#peers.set(id, peer);
    }
    const { last } = peer;
    const flat = 1 / this.events;
    const cohort0 = over(this.#all, x, flat);
    const cohort = last < 0 ? cohort0 : over(this.#rows[last], x, cohort0);
    const own0 = over(peer.all, x, cohort0);
    const lower = 0.5 * cohort + 0.5 * own0;
    const own = last < 0 ? lower : over(peer.rows[last], x, lower);
    const copied = this.#predicted(peer);
    const run = Math.min(peer.run, RUNS - 1);
    const trust = (this.#hits[run] + 1) / (this.#tries[run] + 2);
    const habits = peer.own + peer.others;
    const without = (peer.own * own + peer.others * cohort) / habits;
    const copy = copied === undefined ? without : copied === x ? trust : (1 - trust) / (this.events - 1);
    const p = peer.own * own + peer.others * cohort + (1 - habits) * copy;
    const alternatives = [peer.recent[x], cohort, flat, copy];

    const known = peer.count >= this.warmUp;
    peer.count++;
    let worst = 0;
    let cause = -1;
    if (known) {
      this.#seen++;
      this.#judged++;
      alternatives.forEach((q, i) => {
        this.#step(peer, i, slowLog2(0.5 + (0.5 * q) / p));
        const share = peer.sums[i] / this.#thresholds[i];
        if (share <= worst) return;
        worst = share;
        cause = i;
      });
    }
    const alarm = worst >= 1;
    if (alarm) this.#alarm(peer);

    this.#learnMatch(id, peer, x, copied);
    peer.recent = peer.recent.map((share, e) => share * (1 - 1 / 16) + (e === x ? 1 / 16 : 0));
    if (last >= 0) {
      add(peer.rows[last], x, this.memory);
      add(this.#rows[last], x, 65_536);
    }
    add(peer.all, x, this.memory);
    add(this.#all, x, 65_536);
    peer.last = x;
    const trusted = (weight: number, times: number) => Math.min(15 / 16, Math.max(1 / 32, weight + (weight * times - weight) / 64));
    peer.own = trusted(peer.own, own / p);
    peer.others = trusted(peer.others, cohort / p);
    const both = peer.own + peer.others;
    if (both > 31 / 32) {
      peer.own *= 31 / 32 / both;
      peer.others *= 31 / 32 / both;
    }
    if (known && this.#seen % 256 === 0) this.#calibrate();
    return { bits: -slowLog2(p), score: worst * -slowLog2(this.rate), alarm, cause: causes[cause] };
  }

  forget(id: number): void {
    this.#peers.delete(id);
    for (const [i, slot] of this.#slots.entries()) if (slot?.peer === id) this.#slots[i] = undefined;
    for (const peer of this.#peers.values()) if (peer.match?.peer === id) peer.match = undefined;
  }

  /** The event after the place in a history that the last events have been following. */
  #predicted(peer: SlowPeer): number | undefined {
    if (peer.match === undefined) return undefined;
    const source = this.#peers.get(peer.match.peer);
    const { at } = peer.match;
    if (source === undefined || at >= source.count || source.count - at > RING) return undefined;
    return source.history[at];
  }

  #learnMatch(id: number, peer: SlowPeer, x: number, predicted: number | undefined): void {
    if (predicted !== undefined && peer.match !== undefined) {
      const run = Math.min(peer.run, RUNS - 1);
      this.#tries[run]++;
      if (predicted === x) this.#hits[run]++;
      if (this.#tries[run] === 4096) {
        this.#tries[run] /= 2;
        this.#hits[run] = Math.floor(this.#hits[run] / 2);
      }
    }
    peer.history.push(x);
    if (predicted !== undefined && peer.match !== undefined && predicted === x) {
      peer.run++;
      peer.match = { peer: peer.match.peer, at: peer.match.at + 1 };
    } else {
      peer.run = 0;
      peer.match = undefined;
    }
    if (peer.count < DEPTH) return;
    let hash = 0;
    for (const e of peer.history.slice(-DEPTH)) hash = (Math.imul(hash, 0x2c9277b5) + e + 1) | 0;
    const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
    if (peer.match === undefined) peer.match = this.#slots[slot];
    this.#slots[slot] = { peer: id, at: peer.count };
  }

  #step(peer: SlowPeer, i: number, evidence: number): void {
    peer.sums[i] += evidence;
    if (peer.sums[i] > 0) {
      peer.peaks[i] = Math.max(peer.peaks[i], peer.sums[i]);
      return;
    }
    this.#note(peer, i, false);
    peer.sums[i] = 0;
  }

  #note(peer: SlowPeer, i: number, censored: boolean): void {
    if (peer.peaks[i] > 1 && peer.alarms <= 2 + 2 * Math.max(this.rate, this.#alarms / this.#judged) * peer.count) {
      this.#histogram[i][Math.min(BINS - 1, Math.floor(peer.peaks[i] / WIDTH))]++;
      if (censored) this.#censored[i]++;
    }
    peer.peaks[i] = 0;
  }

  #alarm(peer: SlowPeer): void {
    for (let i = 0; i < 4; i++) {
      if (peer.sums[i] >= this.#thresholds[i]) this.#note(peer, i, true);
      peer.peaks[i] = 0;
      peer.sums[i] = 0;
    }
    peer.alarms++;
    this.#alarms++;
  }

  #calibrate(): void {
    for (let i = 0; i < 4; i++) {
      const rate = this.rate / 4;
      const want = Math.max(TOP, 2 * this.#seen * rate);
      let bin = BINS - 1;
      let n = 0;
      let sum = 0;
      for (; bin >= 4; bin--) {
        n += this.#histogram[i][bin];
        sum += this.#histogram[i][bin] * ((bin + 0.5) * WIDTH);
        if (n >= want) break;
      }
      const u = Math.max(bin, 4) * WIDTH;
      const mean = (sum - n * u + 10 * Math.LOG2E) / (Math.max(0, n - this.#censored[i]) + 10);
      const often = (n + 10) / (this.#seen * rate);
      const threshold = often > 1 ? u + (mean * slowLog2(often)) / Math.LOG2E : u;
      this.#thresholds[i] = this.#seen * rate < 1 ? Math.max(threshold, -slowLog2(rate)) : threshold;
    }
    if (this.#seen * this.rate < 32 || this.#seen < 65_536) return;
    this.#seen = Math.floor(this.#seen / 512) * 256;
    for (let i = 0; i < 4; i++) {
      this.#histogram[i] = this.#histogram[i].map((n) => n / 2);
      this.#censored[i] /= 2;
    }
  }
}
