import type { Probability } from "../../types.js";

/** Kinds of evidence that one nomination may have: along a run, behind an access, by deltas, by events, and by the region of the id. */
export const KINDS = 5;
/** Evidence classes: 0 is none; 1 to 176 are those of `StridePredictor.ahead`. */
const BEHIND = 65;
const CONTEXT = 129;
const EVENTS = 177;
const EVENT_CLASSES = 16;
const REGION = EVENTS + EVENT_CLASSES;
const REGIONS = 256;
const CLASSES = REGION + (KINDS - 1) * REGIONS;
/** Groups of classes: those of each kind, and of regions those by each kind that names. */
const GROUPS = KINDS - 1 + KINDS - 1;

/** Nominations that are remembered at once, a power of two. */
const RECORDS = 16_384;
/** Nominations of a class at which both its counts are halved, so that what was long ago fades. */
const MOST_COUNT = 256;
/** A class that was not tried is worth what its group is, with the weight of two nominations; a group that was not, this share. */
const PRIOR = 0.3;
const PRIOR_WEIGHT = 2;
/** The most that a share may be. */
const MOST_SHARE = 0.998;
/** The step of the weights. */
const RATE = 0.01;

/** Evidence of the event model's saying that an id is next with some probability. */
export function eventEvidence(p: Probability): number {
  return EVENTS + Math.min(EVENT_CLASSES - 1, Math.floor(p * EVENT_CLASSES));
}

/**
 * Evidence of where an id is, for those that a kind of evidence names: regions of 4096 ids, of which those that are 256 apart share a class. Whole
 * files are read in one place, single records in another.
 * @param kind the first kind of evidence for the id
 */
export function regionEvidence(id: number, kind: number): number {
  return REGION + kind * REGIONS + (Math.floor(id / 4096) % REGIONS);
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
  #horizon: number;
  // By class, and after those by group.
  readonly #nominated = new Float64Array(CLASSES + GROUPS);
  readonly #used = new Float64Array(CLASSES + GROUPS);
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

  /** @param horizon see `horizon` */
  constructor(horizon: number) {
    this.#horizon = horizon;
    for (let mask = 0; mask < 2 ** KINDS; mask++) {
      let kinds = 0;
      for (let kind = 0; kind < KINDS; kind++) kinds += (mask >> kind) & 1;
      this.#weights.fill(1 / Math.max(1, kinds), mask * KINDS, (mask + 1) * KINDS);
    }
  }

  /** Requests after which a nomination that was not used is taken to be wrong. */
  set horizon(requests: number) {
    this.#horizon = requests;
  }

  /** An id is asked for: its nominations were right, and those whose time is over were not. O(1) amortised. */
  use(id: number): void {
    this.#now++;
    for (let n = this.#latest.get(id) ?? -1; n >= this.#first; ) {
      const slot = n % RECORDS;
      if (this.#ids[slot] !== id || this.#open[slot] === 0) break;
      this.#credit(slot);
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
      if (c === 0) continue;
      this.#count(c);
      this.#count(CLASSES + groupOf(c));
    }
    this.#latest.set(id, this.#next++);
    return p;
  }

  /** The share of a class's nominations that were used. */
  share(c: number): Probability {
    const group = CLASSES + groupOf(c);
    const prior = (this.#used[group]! + PRIOR * PRIOR_WEIGHT) / (this.#nominated[group]! + PRIOR_WEIGHT);
    // The counts of uses that belong to nominations before the last halving may lift it over what is possible.
    return Math.min(MOST_SHARE, (this.#used[c]! + Math.min(MOST_SHARE, prior) * PRIOR_WEIGHT) / (this.#nominated[c]! + PRIOR_WEIGHT));
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

  /** A nomination was right: its classes learn it at once. */
  #credit(slot: number): void {
    this.#open[slot] = 0;
    for (let kind = 0; kind < KINDS; kind++) {
      const c = this.#evidence[slot * KINDS + kind]!;
      if (c === 0) continue;
      this.#used[c]!++;
      this.#used[CLASSES + groupOf(c)]!++;
    }
  }

  /** Counts a nomination of a class or group. */
  #count(c: number): void {
    if (++this.#nominated[c]! < MOST_COUNT) return;
    this.#nominated[c]! /= 2;
    this.#used[c]! /= 2;
  }

  /**
   * Forgets the oldest nomination. Now the weights learn what became of it: if they learned from uses as soon as they come, they would for a while see
   * uses only.
   */
  #drop(): void {
    const slot = this.#first % RECORDS;
    const from = slot * KINDS;
    let mask = 0;
    for (let kind = 0; kind < KINDS; kind++) if (this.#evidence[from + kind] !== 0) mask |= 1 << kind;
    const step = RATE * (1 - this.#open[slot]! - this.#mix(this.#evidence, from));
    for (let kind = 0; kind < KINDS; kind++) {
      if ((mask >> kind) & 1) this.#weights[mask * KINDS + kind]! += step * stretch(this.share(this.#evidence[from + kind]!));
    }
    const id = this.#ids[slot]!;
    if (this.#latest.get(id) === this.#first) this.#latest.delete(id);
    this.#first++;
  }
}

function groupOf(c: number): number {
  if (c >= REGION) return KINDS - 1 + Math.floor((c - REGION) / REGIONS);
  return c >= EVENTS ? 3 : c >= CONTEXT ? 2 : c >= BEHIND ? 1 : 0;
}

function stretch(p: Probability): number {
  const u = 2 * p - 1;
  return u / Math.sqrt(1 - u * u);
}

function squash(x: number): Probability {
  return (1 + x / Math.sqrt(1 + x * x)) / 2;
}
