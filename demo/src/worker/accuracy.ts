// Panel 4, first half: how often the engine's ranking had what came, beside a first-order Markov tally of the same stream.
import type { CpeFrame } from "../protocol.js";

/** Followers named by the tally. */
const NAMED = 5;
/** Scored events that a point of the history is the mean of, and the most points. */
const WINDOW = 200;
const MOST_POINTS = 240;

/** The most frequent followers of each key: first-order Markov. */
export class MarkovTally {
  readonly #followers = new Map<string, Map<string, number>>();

  /** The five most frequent followers, equal ones in the order of their first time. O(followers). */
  after(key: string): string[] {
    const followers = this.#followers.get(key);
    if (followers === undefined) return [];
    const best: Array<[string, number]> = [];
    for (const [follower, count] of followers) {
      let at = best.length;
      while (at > 0 && best[at - 1][1] < count) at--;
      if (at >= NAMED) continue;
      best.splice(at, 0, [follower, count]);
      if (best.length > NAMED) best.pop();
    }
    return best.map(([follower]) => follower);
  }

  learn(key: string, follower: string): void {
    let followers = this.#followers.get(key);
    if (followers === undefined) {
      followers = new Map();
      this.#followers.set(key, followers);
    }
    followers.set(follower, (followers.get(follower) ?? 0) + 1);
  }
}

/** Hits of one method. */
class Hits {
  first = 0;
  five = 0;
  readonly #last = new Uint8Array(WINDOW);
  #inWindow = 0;

  /** @param rank from 1; 0 for a miss */
  add(rank: number, n: number): void {
    const five = rank >= 1 && rank <= 5 ? 1 : 0;
    if (rank === 1) this.first++;
    this.five += five;
    this.#inWindow += five - this.#last[n % WINDOW];
    this.#last[n % WINDOW] = five;
  }

  rates(n: number) {
    return { hitAt1: n === 0 ? 0 : this.first / n, hitAt5: n === 0 ? 0 : this.five / n };
  }

  /** Of the last 200. */
  recent(n: number): number {
    return this.#inWindow / Math.min(n, WINDOW);
  }
}

/** Scores both. */
export class Accuracy {
  readonly #ours = new Hits();
  readonly #naive = new Hits();
  #scored = 0;
  /** Points of the history, one in so many events. */
  #points: Array<[ours: number, naive: number]> = [];
  #stride = 8;

  /** Ranks from 1; 0 for a miss. O(1), amortised. */
  add(ours: number, naive: number): void {
    this.#ours.add(ours, this.#scored);
    this.#naive.add(naive, this.#scored);
    if (++this.#scored % this.#stride !== 0) return;
    this.#points.push([this.#ours.recent(this.#scored), this.#naive.recent(this.#scored)]);
    if (this.#points.length < MOST_POINTS) return;
    // Every other point, the newer one of two, stays.
    this.#points = this.#points.filter((_, i) => i % 2 === 1);
    this.#stride *= 2;
  }

  frame(): Pick<CpeFrame, "ours" | "naive" | "scored" | "history"> {
    return {
      ours: this.#ours.rates(this.#scored),
      naive: this.#naive.rates(this.#scored),
      scored: this.#scored,
      history: { ours: Float32Array.from(this.#points, ([ours]) => ours), naive: Float32Array.from(this.#points, ([, naive]) => naive) },
    };
  }
}
