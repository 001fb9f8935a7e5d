// Times two ways of doing the same work against each other. Nothing here needs Node: it also runs in a browser.
import { Bench as Tinybench } from "tinybench";
import { clock } from "./clock.js";
import { ratioOf, type Summary, summarise } from "./statistics.js";

/** Unit of a timed row; always per operation. */
export type TimeUnit = "ns" | "us" | "ms";

/** Nanoseconds in each unit. */
const nanoseconds: Record<TimeUnit, number> = { ns: 1, us: 1e3, ms: 1e6 };

/** One result, as `--json` prints it. `ratio` > 1 means that ours wins; null where there is no peer or the row failed. */
export interface Row {
  suite: string;
  case: string;
  /** Median over the samples, in `unit` per operation; or a score. */
  ours: number | null;
  unit: string;
  peer: string | null;
  peerValue: number | null;
  ratio: number | null;
  /** Operations in one call of the timed function; for a score, how many things were scored. */
  n: number;
  /** How the samples spread, in `unit`; timed rows only. */
  spread?: { samples: number; min: number; p99: number; peerMin?: number; peerP99?: number };
  /** Why there is no result: the check did not hold, or something threw. */
  failed?: string;
}

/** Work to be timed against a peer's. */
export interface CompareSpec {
  case: string;
  /** Operations in one call of `ours` and of `theirs`. Below 1 us an operation take at least 100, or the call of the function is what is timed. */
  n: number;
  /** Default `ns`. */
  unit?: TimeUnit;
  /** What ours is compared with. */
  peer: string;
  /** Must return true before anything is timed: that both sides do the work, and the same work. */
  check: () => boolean | Promise<boolean>;
  /**
   * What runs before each sample of a side, untimed: it makes what a call uses up, such as strings that no one has asked the hash of.
   * A sample of that side is then a single call, which should take 100 us or more.
   */
  prepare?: { ours?: () => void; theirs?: () => void };
  /** One side. Returns something that depends on the work, so that it cannot be optimised away; not a promise. */
  ours: () => unknown;
  theirs: () => unknown;
}

/** Work to be timed without a peer; `ours` may return a promise, which is awaited. */
export type MeasureSpec = Omit<CompareSpec, "peer" | "theirs" | "prepare">;

/** A result that is not a time: accuracy, recall, bytes. */
export interface ScoreSpec {
  case: string;
  unit: string;
  ours: number;
  peer?: string;
  peerValue?: number;
  /** Default true. */
  higherIsBetter?: boolean;
  /** How many things were scored. */
  n: number;
}

export interface BenchOptions {
  /** A smoke run: every check, few and short samples. */
  quick?: boolean;
  /** Called with each row as it is done. */
  onRow?: (row: Row) => void;
  onLog?: (text: string) => void;
}

/** How long a side is sampled. Times in nanoseconds. */
interface Effort {
  /** A sample calls the function often enough to take this long. */
  slice: number;
  warmUp: number;
  /** Pairs of samples: at least `pairs`, more until `time` is spent; work so slow that `limit` is spent first stops at `least`. */
  pairs: number;
  most: number;
  time: number;
  limit: number;
  least: number;
}

const thorough: Effort = { slice: 1.5e6, warmUp: 60e6, pairs: 15, most: 101, time: 400e6, limit: 20e9, least: 5 };
const quickly: Effort = { slice: 2e5, warmUp: 8e6, pairs: 5, most: 5, time: 1e6, limit: 1e9, least: 1 };

/** What a function returned last. Being reachable from outside, it keeps the work from being optimised away. */
export const sink: { value: unknown } = { value: undefined };

/** Gathers the rows of one suite. A suite is `export default async function (b: Bench): Promise<void>`. */
export class Bench {
  readonly rows: Row[] = [];
  readonly #effort: Effort;

  constructor(
    readonly suite: string,
    readonly options: BenchOptions = {},
  ) {
    this.#effort = options.quick ? quickly : thorough;
  }

  /** Whether this is a smoke run: a suite then takes less data. */
  get quick(): boolean {
    return this.options.quick ?? false;
  }

  /** How many rows failed. */
  get failures(): number {
    return this.rows.filter((row) => row.failed !== undefined).length;
  }

  /** Says something beside the rows: what was skipped, how the data was made. */
  log(text: string): void {
    this.options.onLog?.(text);
  }

  /** Times `ours` against `theirs`: checked first, then sampled in turn, so that what else the machine does falls on both. */
  async compare(spec: CompareSpec): Promise<void> {
    const { unit = "ns", n } = spec;
    await this.#row({ case: spec.case, unit, peer: spec.peer, n }, async () => {
      await requireTrue(spec.check);
      const scale = n * nanoseconds[unit];
      const [ours, theirs] = sampleInTurn([spec.ours, spec.theirs], this.#effort, [spec.prepare?.ours, spec.prepare?.theirs]);
      const mine = summarise(ours, scale);
      const other = summarise(theirs, scale);
      return {
        ours: mine.median,
        peerValue: other.median,
        ratio: ratioOf(mine.median, other.median, false),
        spread: { samples: ours.length, min: mine.min, p99: mine.p99, peerMin: other.min, peerP99: other.p99 },
      };
    });
  }

  /** Times `ours` alone. */
  async measure(spec: MeasureSpec): Promise<void> {
    const { unit = "ns", n } = spec;
    await this.#row({ case: spec.case, unit, peer: null, n }, async () => {
      await requireTrue(spec.check);
      const took = await timeOnce(spec.ours);
      const scale = n * nanoseconds[unit];
      // A call well above the clock's resolution, or one that waits, is tinybench's; below, calls are batched here.
      const alone = took.waits || took.nanoseconds > 1e5;
      const mine = alone ? await withTinybench(spec.ours, this.#effort, scale, took.waits) : this.#batched(spec.ours, scale);
      return { ours: mine.median, peerValue: null, ratio: null, spread: { samples: mine.samples, min: mine.min, p99: mine.p99 } };
    });
  }

  #batched(work: () => unknown, scale: number): Summary {
    return summarise(sampleInTurn([work], this.#effort)[0], scale);
  }

  /** Notes a result that is not a time. */
  score(spec: ScoreSpec): void {
    const { ours, peer = null, peerValue = null, n, unit } = spec;
    const row: Row = { suite: this.suite, case: spec.case, ours, unit, peer, peerValue, ratio: null, n };
    if (!Number.isFinite(ours) || (peerValue !== null && !Number.isFinite(peerValue)))
      row.failed = `not a number: ${ours} and ${peerValue}`;
    else if (peerValue !== null) row.ratio = ratioOf(ours, peerValue, spec.higherIsBetter ?? true);
    this.#add(row);
  }

  /** Notes work that could not be done at all. */
  fail(what: string, error: unknown): void {
    const failed = error instanceof Error ? error.message : String(error);
    this.#add({ suite: this.suite, case: what, ours: null, unit: "", peer: null, peerValue: null, ratio: null, n: 0, failed });
  }

  async #row(head: Pick<Row, "case" | "unit" | "peer" | "n">, work: () => Promise<Partial<Row>>): Promise<void> {
    const empty = {
      suite: this.suite,
      case: head.case,
      ours: null,
      unit: head.unit,
      peer: head.peer,
      peerValue: null,
      ratio: null,
      n: head.n,
    };
    try {
      if (!(head.n > 0)) throw new Error(`n must be positive, got ${head.n}`);
      this.#add({ ...empty, ...(await work()) });
    } catch (error) {
      this.#add({ ...empty, failed: error instanceof Error ? error.message : String(error) });
    }
  }

  #add(row: Row): void {
    this.rows.push(row);
    this.options.onRow?.(row);
  }
}

async function requireTrue(check: () => boolean | Promise<boolean>): Promise<void> {
  const held = await check();
  if (held !== true) throw new Error(`the check returned ${held}`);
}

/** Runs work once, and says how long it took and whether it returned a promise. */
async function timeOnce(work: () => unknown): Promise<{ nanoseconds: number; waits: boolean }> {
  const from = clock.now();
  const result = work();
  const waits = result instanceof Promise;
  sink.value = await result;
  return { nanoseconds: clock.now() - from, waits };
}

/** Calls of `work` in one go, in nanoseconds. */
function slice(work: () => unknown, calls: number): number {
  const from = clock.now();
  for (let i = 0; i < calls; i++) sink.value = work();
  return clock.now() - from;
}

/** Warms `work` up and finds how many calls fill a sample, one if each needs its own preparation, and what a call takes. */
function calibrate(work: () => unknown, effort: Effort, prepare?: () => void): { calls: number; each: number } {
  let calls = 1;
  let spent = 0;
  for (;;) {
    prepare?.();
    const took = slice(work, calls);
    if (sink.value instanceof Promise) throw new Error("this work returns a promise: only measure() waits for it");
    spent += took;
    if (prepare !== undefined) {
      if (spent >= effort.warmUp) return { calls: 1, each: took };
    } else if (took < effort.slice / 2) calls *= 2;
    else if (spent >= effort.warmUp) return { calls: Math.max(1, Math.ceil((calls * effort.slice) / took)), each: took / calls };
  }
}

/** Samples each function in turn, the order turned round each time; nanoseconds per call. */
function sampleInTurn(works: (() => unknown)[], effort: Effort, prepare: ((() => void) | undefined)[] = []): number[][] {
  const sides = works.map((work, side) => calibrate(work, effort, prepare[side]));
  // Beside a side that is prepared for each call the others take as long: each begins with caches that the other has filled.
  const longest = Math.max(0, ...sides.filter((_, side) => prepare[side] !== undefined).map(({ each }) => each));
  const calls = sides.map(({ calls, each }, side) => (prepare[side] === undefined ? Math.max(calls, Math.ceil(longest / each)) : calls));
  const samples = works.map((): number[] => []);
  let spent = 0;
  const one = (side: number) => {
    prepare[side]?.();
    const took = slice(works[side], calls[side]);
    spent += took;
    samples[side].push(took / calls[side]);
  };
  for (let pair = 0; pair < effort.most; pair++) {
    if (pair >= effort.pairs && spent >= effort.time * works.length) break;
    if (pair >= effort.least && spent >= effort.limit) break;
    for (let i = 0; i < works.length; i++) one(pair % 2 === 0 ? i : works.length - 1 - i);
  }
  return samples;
}

/** Samples single calls with tinybench: by processor time, or, where the work waits, by the wall. */
async function withTinybench(work: () => unknown, effort: Effort, scale: number, waits: boolean): Promise<Summary> {
  const now = waits ? () => performance.now() : () => clock.now() / 1e6;
  const bench = new Tinybench({
    now,
    time: effort.time / 1e6,
    iterations: effort.pairs,
    warmupTime: effort.warmUp / 1e6,
    warmupIterations: 1,
    retainSamples: true,
    throws: true,
  });
  const waiting = async () => {
    sink.value = await work();
  };
  const plain = () => {
    sink.value = work();
  };
  bench.add("ours", waits ? waiting : plain);
  const [task] = await bench.run();
  if (task.result.state !== "completed") throw new Error(`the measurement was ${task.result.state}`);
  const samples = task.result.latency.samples ?? [];
  return summarise(
    samples.map((milliseconds) => milliseconds * 1e6),
    scale,
  );
}
