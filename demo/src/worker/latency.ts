// Panel 5: how long calls take. A browser's clock goes in steps of 5 to 1000 microseconds, so many calls are timed as one sample.
import type { Frame, LatencyRow } from "../protocol.js";

/** Milliseconds, as performance.now gives them. */
type Clock = () => number;

/** A kind of call that is timed. */
export interface TimedCall {
  name: string;
  /** The goal, in microseconds. */
  target: number;
  /** Makes so many calls. */
  run(calls: number): void;
}

/** Bins: 16 to each tenfold, from 10 nanoseconds to 10 milliseconds. */
const BINS = 96;
const PER_DECADE = 16;
const LEAST = 0.01;
/** A sample lasts so many steps of the clock, within these bounds in milliseconds: the engine has to go on. */
const CLOCK_STEPS = 10;
const SHORTEST = 0.25;
const LONGEST = 4;
/** A sample of calls that take as long as their goal lasts so many times as long as it should, at most: a clock may be too coarse for all. */
const MOST_TIMES = 16;
/** After so many of the longest samples that were too short all the same, a kind is not timed any more. */
const TRIES = 3;

export class Latencies {
  readonly #now: Clock;
  /** How long a sample should last. */
  readonly #goal: number;
  readonly #rows: Array<TimedCall & { batch: number; settled: boolean; failed: number; counts: Uint32Array }>;
  readonly #edges = Float32Array.from({ length: BINS + 1 }, (_, i) => LEAST * 10 ** (i / PER_DECADE));
  #turn = 0;

  constructor(calls: readonly TimedCall[], now: Clock = () => performance.now()) {
    this.#now = now;
    this.#goal = Math.min(LONGEST, Math.max(SHORTEST, CLOCK_STEPS * clockStep(now)));
    this.#rows = calls.map((call) => ({
      ...call,
      run: call.run.bind(call),
      batch: 1,
      settled: false,
      failed: 0,
      counts: new Uint32Array(BINS),
    }));
  }

  /** Takes one sample of the next kind of call. A sample that was too short for the clock only tells how many calls the next one needs. */
  sample(): void {
    const row = this.#rows[this.#turn++ % this.#rows.length];
    if (row.failed === TRIES) return;
    const began = this.#now();
    row.run(row.batch);
    const elapsed = this.#now() - began;
    if (elapsed < this.#goal / 2) {
      const most = Math.ceil((MOST_TIMES * LONGEST * 1000) / row.target);
      if (row.batch === most) row.failed++;
      row.batch = Math.min(most, Math.ceil(row.batch * Math.min(8, this.#goal / Math.max(elapsed, this.#goal / 8))));
      row.settled = false;
      return;
    }
    // The first sample of a new length is the compiler's.
    if (!row.settled) row.settled = true;
    else row.counts[binOf((elapsed * 1000) / row.batch)]++;
    if (elapsed > 3 * this.#goal && row.batch > 1) row.batch = Math.ceil(row.batch / 2);
  }

  frame(): Frame["latency"] {
    const rows = this.#rows.map(({ name, batch, counts, target }): LatencyRow => {
      const [p50, p99] = [this.#quantile(counts, 0.5), this.#quantile(counts, 0.99)];
      return { name, batch, counts: counts.slice(), p50, p99, target };
    });
    return { edges: this.#edges.slice(), rows };
  }

  /** A quantile, between the ends of its bin; NaN without a sample. */
  #quantile(counts: Uint32Array, share: number): number {
    const all = counts.reduce((sum, count) => sum + count, 0);
    let left = share * all;
    for (let i = 0; i < BINS; i++) {
      if (counts[i] > 0 && left <= counts[i]) return this.#edges[i] * (this.#edges[i + 1] / this.#edges[i]) ** (left / counts[i]);
      left -= counts[i];
    }
    return Number.NaN;
  }
}

function binOf(microseconds: number): number {
  return Math.min(BINS - 1, Math.max(0, Math.floor(Math.log10(microseconds / LEAST) * PER_DECADE)));
}

/** The least by which a clock goes on, of a few times, in milliseconds; Infinity if it stands still. */
function clockStep(now: Clock): number {
  const start = now();
  let step = Number.POSITIVE_INFINITY;
  // A clock that stands still is asked a number of times, and then left.
  for (let seen = 0, asked = 0, before = start; seen < 5 && asked < 1e6 && before - start < 20; asked++) {
    const time = now();
    if (time === before) continue;
    step = Math.min(step, time - before);
    before = time;
    seen++;
  }
  return step;
}
