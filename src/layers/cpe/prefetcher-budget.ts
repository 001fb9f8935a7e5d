import type { Probability } from "../../types.js";

/** Fetches that the account may be overdrawn by for what is nearly certain: without it, a stream of which nothing is cached could never start. */
const LOAN = 32;
/** From this balance on, all that is worth its place is fetched. */
const PLENTY = 128;
/** The most that is saved up, and the deepest debt that is remembered. */
const MOST_SAVED = 4096;
const MOST_OWED = 256;
/** What an empty account, or one that is overdrawn, pays for. */
const SURE: Probability = 0.9;

/**
 * Keeps the fetches of a backend below a number a request. Each request pays `maxTraffic` into an account and each fetch, of either kind, takes 1
 * out. How probable the use of what is fetched ahead must be follows from the balance: the less there is, the surer it must be. The balance is
 * the integral of what the traffic is below its cap, so this is an integral controller.
 */
export class TrafficBudget {
  readonly #maxTraffic: number;
  readonly #least: Probability;
  #balance = 0;

  /** @param least what is less likely to be used than this is never fetched ahead */
  constructor(maxTraffic: number, least: Probability) {
    this.#maxTraffic = maxTraffic;
    this.#least = least;
  }

  /** A request came. */
  request(): void {
    this.#balance = Math.min(MOST_SAVED, this.#balance + this.#maxTraffic);
  }

  /** Something is fetched. */
  fetch(): void {
    this.#balance = Math.max(-MOST_OWED, this.#balance - 1);
  }

  /** How probable its use must be for something to be fetched ahead now; more than 1 if nothing may be. */
  get threshold(): Probability {
    const balance = this.#balance;
    if (balance - 1 < -LOAN) return 2;
    if (balance < 1) return Math.max(SURE, this.#least);
    if (this.#least >= SURE) return this.#least;
    return this.#least + (SURE - this.#least) * Math.max(0, 1 - balance / PLENTY);
  }
}
