import type { Probability } from "../../types.js";

/** Kinds of evidence that one nomination may have: along a run, behind an access, by deltas, by events, and by the region of the id. */
export const KINDS = 5;
/** Evidence classes: 0 is none; 1 to 152 are those of `StridePredictor.ahead`. */
const EVENTS = 153;
const EVENT_CLASSES = 16;
const REGION = EVENTS + EVENT_CLASSES;
const REGION_CLASSES = 256;
const CLASSES = REGION + REGION_CLASSES;

/** Nominations that are remembered at once, a power of two. */
const RECORDS = 16_384;
/** Nominations of a class at which both its counts are halved, so that what was long ago fades. */
const MOST_COUNT = 256;
/** What a class is worth before it was tried: this share, with the weight of two nominations. */
const PRIOR = 0.1;
const PRIOR_WEIGHT = 2;
/** The step of the weights. */
const RATE = 0.01;

/** Evidence of the event model's saying that an id is next with some probability. */
export function eventEvidence(p: Probability): number {
  return EVENTS + Math.min(EVENT_CLASSES - 1, Math.floor(p * EVENT_CLASSES));
}

/** Evidence of where an id is: regions of 4096 ids, of which those that are 256 apart share a class. */
export function regionEvidence(id: number): number {
  return REGION + (Math.floor(id / 4096) % REGION_CLASSES);
}

/**
 * How likely an id that was nominated is to be asked for within the horizon, learned from what became of earlier nominations, whether they were
 * fetched or not. Each class of evidence counts how many of its nominations were used. The shares of the classes that speak for one id are
 * mixed by weights learned online, one set for each combination of kinds.
 *
 * A nomination counts at once, its use when it comes: classes are underestimated while answers are open, never overestimated.
 *
 * The mixture is linear in a domain where 0 and 1 are far away, as the logistic one is, but by a sigmoid of a square root: (1 + x / sqrt(1 + x^2)) / 2.
 * The update is the gradient of the matching loss of that sigmoid (Helmbold, Kivinen and Warmuth, "Worst-case loss bounds for single neurons",
 * NIPS 8, 1996). So no exponential is needed, in which engines differ.
 */
export class UsePolicy {
  readonly #horizon: number;
  readonly #nominated = new Float64Array(CLASSES);
  readonly #used = new Float64Array(CLASSES);
  readonly #weights = new Float64Array(2 ** KINDS * KINDS);
  /** The latest nomination of an id, by its number; earlier ones of the same id follow from there. */
  readonly #latest = new Map<number, number>();
  // A ring of nominations that wait for their end: numbers #first to #next - 1.
  readonly #ids = new Float64Array(RECORDS);
  readonly #times = new Float64Array(RECORDS);
  readonly #earlier = new Float64Array(RECORDS);
  readonly #open = new Uint8Array(RECORDS);
  readonly #evidence = new Uint16Array(RECORDS * KINDS);
  #first = 0;
  #next = 0;
  #now = 0;

  /** @param horizon requests after which a nomination that was not used will not be */
  constructor(horizon: number) {
    this.#horizon = horizon;
    for (let mask = 0; mask < 2 ** KINDS; mask++) {
      let kinds = 0;
      for (let kind = 0; kind < KINDS; kind++) kinds += (mask >> kind) & 1;
      this.#weights.fill(1 / Math.max(1, kinds), mask * KINDS, (mask + 1) * KINDS);
    }
  }

  /** An id is asked for: its nominations were right, and those whose time is over were not. O(1) amortised. */
  use(id: number): void {
    this.#now++;
    for (let n = this.#latest.get(id) ?? -1; n >= this.#first; ) {
      const slot = n % RECORDS;
      if (this.#ids[slot] !== id || this.#open[slot] === 0) break;
      this.#end(slot, 1);
      n = this.#earlier[slot]!;
    }
    this.#latest.delete(id);
    while (this.#first < this.#next && this.#times[this.#first % RECORDS]! + this.#horizon < this.#now) this.#drop();
  }

  /**
   * Notes a nomination.
   * @param evidence `KINDS` classes from `at` on, 0 for none
   * @returns the probability that it is used
   */
  nominate(id: number, evidence: Uint16Array, at: number): Probability {
    const p = this.#mix(evidence, at);
    if (this.#next - this.#first === RECORDS) this.#drop();
    const slot = this.#next % RECORDS;
    this.#ids[slot] = id;
    this.#times[slot] = this.#now;
    this.#earlier[slot] = this.#latest.get(id) ?? -1;
    this.#open[slot] = 1;
    for (let kind = 0; kind < KINDS; kind++) {
      const c = evidence[at + kind]!;
      this.#evidence[slot * KINDS + kind] = c;
      if (c !== 0 && ++this.#nominated[c]! >= MOST_COUNT) {
        this.#nominated[c]! /= 2;
        this.#used[c]! /= 2;
      }
    }
    this.#latest.set(id, this.#next++);
    return p;
  }

  /** The share of a class's nominations that were used. */
  share(c: number): Probability {
    // The counts of uses that belong to nominations before the last halving may lift it over what is possible.
    return Math.min(0.998, (this.#used[c]! + PRIOR * PRIOR_WEIGHT) / (this.#nominated[c]! + PRIOR_WEIGHT));
  }

  #mix(evidence: Uint16Array, at: number): Probability {
    let mask = 0;
    for (let kind = 0; kind < KINDS; kind++) if (evidence[at + kind] !== 0) mask |= 1 << kind;
    let sum = 0;
    for (let kind = 0; kind < KINDS; kind++) {
      if ((mask >> kind) & 1) sum += this.#weights[mask * KINDS + kind]! * stretch(this.share(evidence[at + kind]!));
    }
    return squash(sum);
  }

  /** Learns what became of a nomination. */
  #end(slot: number, used: 0 | 1): void {
    this.#open[slot] = 0;
    const from = slot * KINDS;
    let mask = 0;
    for (let kind = 0; kind < KINDS; kind++) if (this.#evidence[from + kind] !== 0) mask |= 1 << kind;
    const step = RATE * (used - this.#mix(this.#evidence, from));
    for (let kind = 0; kind < KINDS; kind++) {
      if (((mask >> kind) & 1) === 0) continue;
      const c = this.#evidence[from + kind]!;
      this.#weights[mask * KINDS + kind]! += step * stretch(this.share(c));
      this.#used[c]! += used;
    }
  }

  /** Forgets the oldest nomination. */
  #drop(): void {
    const slot = this.#first % RECORDS;
    if (this.#open[slot] !== 0) this.#end(slot, 0);
    const id = this.#ids[slot]!;
    if (this.#latest.get(id) === this.#first) this.#latest.delete(id);
    this.#first++;
  }
}

function stretch(p: Probability): number {
  const u = 2 * p - 1;
  return u / Math.sqrt(1 - u * u);
}

function squash(x: number): Probability {
  return (1 + x / Math.sqrt(1 + x * x)) / 2;
}
