// Simulated peers: what they send is drawn from a generator, not taken from a network. A message is one of eight types with one of three latency classes, 24
// kinds of events. Honest peers are Markov sources around a common habit, each with its own, which drifts. Faulty ones are honest until they begin.
import { Random } from "../../data.js";

const TYPES = 8;
const LATENCIES = 3;
/** Kinds of events. */
export const EVENTS = TYPES * LATENCIES;
/** Two types that are votes for and against. */
const FOR = 2;
const AGAINST = 3;

export const faults = ["equivocate", "delay", "flip", "mimic", "replay", "random"] as const;
export type Fault = (typeof faults)[number];

/** A peer that sends one event a call. */
export class Peer {
  readonly #random: Random;
  readonly #habit: number[][];
  readonly #latency: number[][];
  #type = 0;
  #owed: number | undefined;
  /** All that it has sent. */
  readonly sent: number[] = [];
  #began = -1;

  constructor(
    seed: number,
    common: number[][],
    readonly fault?: Fault,
    /** Whose stream a mimic copies. */
    readonly model?: Peer,
  ) {
    this.#random = new Random(seed);
    this.#habit = common.map((row) => mixed(this.#random, row, 0.3));
    this.#latency = Array.from({ length: TYPES }, () => mixed(this.#random, [0.7, 0.25, 0.05], 0.2));
  }

  /** The next event. @param faulty whether the fault, if it has one, is on */
  next(faulty: boolean): number {
    if (this.sent.length % 500 === 499) this.#drift();
    const event = faulty && this.fault !== undefined ? this.#wrong(this.fault) : this.#honest();
    this.sent.push(event);
    return event;
  }

  #honest(): number {
    this.#type = draw(this.#random, this.#habit[this.#type]);
    return this.#type * LATENCIES + draw(this.#random, this.#latency[this.#type]);
  }

  #wrong(fault: Fault): number {
    const random = this.#random;
    if (this.#began < 0) this.#began = this.sent.length;
    const since = this.sent.length - this.#began;
    switch (fault) {
      case "equivocate": {
        // After half of its votes it sends the opposite one to somebody else.
        if (this.#owed !== undefined) {
          const event = this.#owed;
          this.#owed = undefined;
          return event;
        }
        const event = this.#honest();
        const type = Math.floor(event / LATENCIES);
        if ((type === FOR || type === AGAINST) && random.unit() < 0.5)
          this.#owed = (FOR + AGAINST - type) * LATENCIES + (event % LATENCIES);
        return event;
      }
      case "delay": {
        // Every second message is late by a class.
        const event = this.#honest();
        return random.unit() < 0.5 ? event - (event % LATENCIES) + Math.min(LATENCIES - 1, (event % LATENCIES) + 1) : event;
      }
      case "flip": {
        // Nine votes of ten are turned round, after the honest habit.
        const event = this.#honest();
        const type = Math.floor(event / LATENCIES);
        const vote = type === FOR || type === AGAINST;
        return vote && random.unit() < 0.9 ? (FOR + AGAINST - type) * LATENCIES + (event % LATENCIES) : event;
      }
      case "mimic": {
        // What another one has sent three events ago.
        const { model } = this;
        return model === undefined || model.sent.length < 4 ? this.#honest() : model.sent[model.sent.length - 4];
      }
      case "replay":
        // Its own last 200 events before it began, again and again.
        return this.sent[this.#began - 200 + (since % 200)];
      case "random":
        return random.below(EVENTS);
    }
  }

  #drift(): void {
    for (const rows of [this.#habit, this.#latency]) {
      rows.forEach((row, i) => {
        rows[i] = mixed(this.#random, row, 0.05);
      });
    }
  }
}

/** A habit that all peers start from: from each type mostly to few others. */
export function commonHabit(seed: number): number[][] {
  const random = new Random(seed);
  return Array.from({ length: TYPES }, () => {
    const row = Array.from({ length: TYPES }, () => random.unit() ** 4 + 0.01);
    const sum = row.reduce((a, b) => a + b, 0);
    return row.map((p) => p / sum);
  });
}

/** A distribution with a share of another one, that is drawn, in it. */
function mixed(random: Random, row: readonly number[], share: number): number[] {
  const other = row.map((p) => p * random.unit() ** 2 * 4 + 0.001);
  const sum = other.reduce((a, b) => a + b, 0);
  return row.map((p, i) => (1 - share) * p + (share * other[i]) / sum);
}

function draw(random: Random, row: readonly number[]): number {
  let left = random.unit();
  for (let i = 0; i < row.length - 1; i++) {
    left -= row[i];
    if (left < 0) return i;
  }
  return row.length - 1;
}
