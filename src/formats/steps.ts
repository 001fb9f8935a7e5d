import type { Operation } from "../engine/operations.js";
import type { Milliseconds } from "../types.js";

/** Zeros recorded for one gap at most: a forecaster has forgotten everything before that many steps. */
const longestGap = 4096;

/**
 * Counts events into steps of equal length and gives a finished step out as a `record` operation, steps without events included.
 * Time only goes forward: an event of an earlier step than the open one is counted into the open one if it is at most
 * `tolerance` late, and left out of the series otherwise.
 *
 * @example
 * import type { Operation } from "mfn";
 * const counter = new StepCounter("requests", 1000, 0);
 * const records: Operation[] = [];
 * for (const at of [100, 900, 2500]) counter.add(at, records);
 * counter.end(records);
 * records.map((record) => (record.op === "record" ? record.value : 0)); // [2, 0, 1]
 */
export class StepCounter {
  /** Events left out because they were too late. */
  late = 0;
  /** Steps without events that were not recorded because the gap was longer than 4,096 of them. */
  skipped = 0;
  readonly #series: string;
  readonly #interval: Milliseconds;
  readonly #tolerance: Milliseconds;
  /** Number of the open step, counted from the epoch; NaN before the first event. */
  #step = Number.NaN;
  #count = 0;

  /**
   * A counter before its first event.
   * @param series name of the series that is recorded
   * @param interval length of a step, > 0
   * @param tolerance how late an event may be to count for the open step
   */
  constructor(series: string, interval: Milliseconds, tolerance: Milliseconds) {
    this.#series = series;
    this.#interval = interval;
    this.#tolerance = tolerance;
  }

  /** Counts an event; the steps that it ends are appended to `into`. */
  add(at: Milliseconds, into: Operation[]): void {
    const step = Math.floor(at / this.#interval);
    if (step > this.#step) {
      this.end(into);
      const from = Math.max(this.#step + 1, step - longestGap);
      this.skipped += from - (this.#step + 1);
      for (let empty = from; empty < step; empty++) into.push(this.#record(empty, 0));
    }
    if (!(step <= this.#step)) {
      this.#step = step;
      this.#count = 0;
    } else if (step < this.#step && this.#step * this.#interval - at > this.#tolerance) {
      this.late++;
      return;
    }
    this.#count++;
  }

  /** Appends the open step, as far as it was counted. */
  end(into: Operation[]): void {
    if (!Number.isNaN(this.#step)) into.push(this.#record(this.#step, this.#count));
  }

  #record(step: number, value: number): Operation {
    return { op: "record", series: this.#series, value, at: step * this.#interval, interval: this.#interval };
  }
}
