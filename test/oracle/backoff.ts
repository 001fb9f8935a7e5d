/**
 * Backoff Markov prediction with Maps, what most people would write: the follower seen most often after the longest context that was seen before.
 * Ties go to the one that got there first.
 */
export class BackoffMarkov {
  readonly #contexts = new Map<string, { counts: Map<number, number>; best: number; most: number }>();
  #history: number[] = [];

  constructor(readonly order: number) {}

  endSession(): void {
    this.#history = [];
  }

  /** The next event, or -1. */
  predict(): number {
    for (let n = Math.min(this.order, this.#history.length); n >= 0; n--) {
      const context = this.#contexts.get(this.#key(n));
      if (context !== undefined) return context.best;
    }
    return -1;
  }

  observe(id: number): void {
    for (let n = 0; n <= Math.min(this.order, this.#history.length); n++) {
      const key = this.#key(n);
      const context = this.#contexts.get(key) ?? { counts: new Map<number, number>(), best: -1, most: 0 };
      this.#contexts.set(key, context);
      const count = (context.counts.get(id) ?? 0) + 1;
      context.counts.set(id, count);
      if (count > context.most) {
        context.most = count;
        context.best = id;
      }
    }
    this.#history.push(id);
    if (this.#history.length > this.order) this.#history.shift();
  }

  #key(n: number): string {
    return this.#history.slice(this.#history.length - n).join(",");
  }
}
