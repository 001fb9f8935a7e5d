// Panel 4, second half: events by step of time, what was expected of each step before it began, and what is expected of those to come.
import type { Milliseconds } from "mfn";
import { Forecaster } from "mfn/cpe";
import type { CpeFrame } from "../protocol.js";

/** Steps shown, and steps ahead. */
const SHOWN = 96;
const AHEAD = 12;
const COVERAGE = 0.8;
/** Steps without events that are shown of one gap. */
const LONGEST_GAP = SHOWN;

/** A closed step. */
interface Step {
  value: number;
  mean: number;
  lower: number;
  upper: number;
}

export class Demand {
  readonly #forecaster = Forecaster.createSync();
  readonly #interval: Milliseconds;
  /** The last closed steps. */
  #closed: Step[] = [];
  /** Number of the open step since the epoch; -1 before the first event. */
  #open = -1;
  #count = 0;
  /** Expected of the open step and of those after it. */
  #ahead: Omit<Step, "value">[] = [];

  constructor(interval: Milliseconds) {
    this.#interval = interval;
    this.#forecaster.configure(0, { interval, bins: 512, online: AHEAD });
  }

  /** An event; one of an earlier step counts for the open one. */
  add(at: Milliseconds): void {
    const step = Math.max(this.#open, Math.floor(at / this.#interval));
    if (this.#open < 0) this.#open = step;
    // Of a long gap the end counts.
    if (step - this.#open > LONGEST_GAP) {
      this.#close();
      this.#open = step - LONGEST_GAP + 1;
    }
    while (this.#open < step) this.#close();
    this.#count++;
  }

  frame(): CpeFrame["demand"] {
    if (this.#open < 0) return undefined;
    const steps = [...this.#closed, ...this.#ahead];
    return {
      interval: this.#interval,
      from: (this.#open - this.#closed.length) * this.#interval,
      values: Float32Array.from(this.#closed, ({ value }) => value),
      mean: Float32Array.from(steps, ({ mean }) => mean),
      lower: Float32Array.from(steps, ({ lower }) => lower),
      upper: Float32Array.from(steps, ({ upper }) => upper),
      coverage: COVERAGE,
    };
  }

  dispose(): void {
    this.#forecaster.dispose();
  }

  /** The open step ends, and the next one begins. */
  #close(): void {
    const unknown = { mean: Number.NaN, lower: Number.NaN, upper: Number.NaN };
    this.#closed.push({ value: this.#count, ...(this.#ahead[0] ?? unknown) });
    if (this.#closed.length > SHOWN) this.#closed.shift();
    this.#forecaster.record(0, this.#open * this.#interval, this.#count);
    this.#open++;
    this.#count = 0;
    const { mean, lower, upper } = this.#forecaster.forecast(0, {
      horizon: AHEAD,
      coverage: COVERAGE,
      now: this.#open * this.#interval,
    });
    // Counts are never below 0. A band without an end is none.
    this.#ahead = Array.from(mean, (value, i) =>
      Number.isFinite(upper[i]) ? { mean: Math.max(0, value), lower: Math.max(0, lower[i]), upper: upper[i] } : unknown,
    );
  }
}
