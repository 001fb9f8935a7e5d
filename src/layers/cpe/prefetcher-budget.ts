import type { Probability } from "../../types.js";

/** Fetches that the account may be overdrawn by for what is nearly certain: without it, a stream of which nothing is cached could never start. */
const LOAN = 32;
/** The deepest debt that is remembered. */
const MOST_OWED = 256;
/** What an empty account pays for. One that is overdrawn as far as it may be pays for nothing. */
const SURE: Probability = 0.9;
/** What is saved is spent over so many requests to come. */
const OUTLOOK = 65_536;
/** What the requests to come will be like is told from about so many that were. */
const RECENT = 4096;
/** Requests between two looks at the price. */
const REVIEW = 64;
const KEPT = 1 - REVIEW / RECENT;
/** Classes of probabilities. */
const LEVELS = 32;

/**
 * Keeps the fetches of a backend below a number a request. Each request pays `maxTraffic` into an account and each fetch, of either kind, takes 1
 * out. A fetch ahead that is used replaces one that would be demanded, so what it costs is the chance that it is not.
 *
 * The account decides how probable the use of something must be for it to be fetched: as improbable as can be paid for, were the requests to
 * come like those that were, out of what they leave over and of what was saved. What was saved goes in equal parts to the next 65,536 requests, so
 * that it is not spent on trifles just before it is needed.
 */
export class TrafficBudget {
  readonly #maxTraffic: number;
  readonly #least: Probability;
  readonly #most: Probability;
  #balance = 0;
  #price: Probability;
  // Sums over the past, fading: what was named, by probability, what fetching all of it would have cost, and what there was to spend.
  readonly #costs = new Float64Array(LEVELS);
  #income = 0;
  #requests = 0;
  #untilReview = REVIEW;

  /** @param least what is less likely to be used than this is never fetched ahead */
  constructor(maxTraffic: number, least: Probability) {
    this.#maxTraffic = maxTraffic;
    this.#least = least;
    this.#most = Math.max(SURE, least);
    this.#price = least;
  }

  /** A request came. @param demanded whether it has to be fetched, or would have to be if it had not been fetched ahead */
  request(demanded: boolean): void {
    this.#balance += this.#maxTraffic;
    this.#requests++;
    this.#income += this.#maxTraffic - (demanded ? 1 : 0);
    if (--this.#untilReview === 0) this.#review();
  }

  /** Something is fetched. */
  fetch(): void {
    this.#balance = Math.max(-MOST_OWED, this.#balance - 1);
  }

  /** Whether to fetch what is used with this probability. Called for all that is named. */
  allows(p: Probability): boolean {
    this.#costs[Math.min(LEVELS - 1, Math.floor(p * LEVELS))]! += 1 - p;
    return p >= this.threshold;
  }

  /** How probable its use must be for something to be fetched ahead now; more than 1 if nothing may be. */
  get threshold(): Probability {
    const balance = this.#balance;
    if (balance - 1 < -LOAN) return 2;
    if (balance >= 1) return this.#price;
    return balance >= 0 ? this.#most : this.#most + ((1 - this.#most) * -balance) / LOAN;
  }

  /** Finds the price. O(levels). */
  #review(): void {
    this.#untilReview = REVIEW;
    let left = this.#income + (Math.max(0, this.#balance) * this.#requests) / OUTLOOK;
    let level = LEVELS;
    while (level > 0 && left > this.#costs[level - 1]!) left -= this.#costs[--level]!;
    const part = level === 0 ? 0 : Math.max(0, left) / this.#costs[level - 1]!;
    this.#price = Math.min(this.#most, Math.max(this.#least, (level - part) / LEVELS));
    for (let i = 0; i < LEVELS; i++) this.#costs[i]! *= KEPT;
    this.#income *= KEPT;
    this.#requests *= KEPT;
  }
}
