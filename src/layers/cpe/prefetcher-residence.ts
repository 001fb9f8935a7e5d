import type { Probability } from "../../types.js";

/** One missed request in so many is followed up. */
const SAMPLE = 8;
/** The most that are followed up at once. */
const MOST_PROBES = 1024;
const FIRST = 1024;
const LEAST = 16;
const MOST = 2 ** 20;
/** By what share the estimate moves. */
const STEP = 1 / 16;
/** The same of how many are used. */
const RATE = 1 / 64;

/**
 * How many requests an entry stays in a cache if it is not used, for any cache: some entries that came in are looked for when they are that old. If
 * they are still there, the estimate rises, else it falls, so that it ends up where half of them are left. And what a place in the cache is worth: how
 * many of those entries were used in that time.
 */
export class Residence {
  /** Entries that are followed up, and the request they came with, oldest first. */
  readonly #probes = new Map<number, number>();
  #horizon = FIRST;
  #missed = 0;
  #worth = 0;

  /** The estimate, in requests. */
  get horizon(): number {
    return Math.ceil(this.#horizon);
  }

  /** The share of the entries that came in by a miss which are used while they stay. */
  get worth(): Probability {
    return this.#worth;
  }

  /**
   * Request number `now` is for `id`.
   * @param missed whether it came into the cache with this request
   * @param held whether an id is in the cache
   * @returns the estimate
   */
  request(id: number, now: number, missed: boolean, held: (id: number) => boolean): number {
    // One that is used stays for longer; one that had to be fetched again had gone unused.
    if (this.#probes.delete(id)) this.#worth += RATE * ((missed ? 0 : 1) - this.#worth);
    for (const [probe, since] of this.#probes) {
      if (now - since < this.#horizon) break;
      this.#probes.delete(probe);
      this.#worth -= RATE * this.#worth;
      this.#horizon = Math.min(MOST, Math.max(LEAST, this.#horizon * (held(probe) ? 1 + STEP : 1 - STEP)));
    }
    if (missed && this.#missed++ % SAMPLE === 0 && this.#probes.size < MOST_PROBES) this.#probes.set(id, now);
    return this.horizon;
  }
}
