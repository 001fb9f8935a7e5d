/** What followed one context. */
interface Context {
  /** Its number, which with one symbol more makes the key of a longer one. */
  number: number;
  /** The follower seen most often, and how often. Ties go to the one that got there first. */
  best: number;
  most: number;
  /** Every follower; not kept while there is but one. */
  counts?: Map<number, number>;
}

/** Ids below this fit into a key beside the number of a context. */
const IDS = 2 ** 21;

/**
 * Backoff Markov prediction with Maps, what most people would write: the follower seen most often after the longest context that was seen before.
 * It counts all orders up to the highest, so that one run answers for each of them.
 */
export class BackoffMarkov {
  readonly #contexts = new Map<number, Context>();
  readonly #empty: Context = { number: 0, best: -1, most: 0 };
  /** Newest first. */
  #history: number[] = [];

  constructor(readonly order: number) {}

  endSession(): void {
    this.#history = [];
  }

  /** The next event, or -1 before the first. */
  predict(order = this.order): number {
    let { best } = this.#empty;
    for (let n = 0, number = 0; n < Math.min(order, this.#history.length); n++) {
      const context = this.#contexts.get(number * IDS + this.#history[n]);
      if (context === undefined) break;
      best = context.best;
      number = context.number;
    }
    return best;
  }

  observe(id: number): void {
    count(this.#empty, id);
    let number = 0;
    for (const before of this.#history) {
      const key = number * IDS + before;
      let context = this.#contexts.get(key);
      if (context === undefined) {
        context = { number: this.#contexts.size + 1, best: -1, most: 0 };
        this.#contexts.set(key, context);
      }
      count(context, id);
      number = context.number;
    }
    this.#history.unshift(id);
    if (this.#history.length > this.order) this.#history.pop();
  }
}

function count(context: Context, id: number): void {
  if (context.counts === undefined) {
    if (context.most === 0 || context.best === id) {
      context.best = id;
      context.most++;
      return;
    }
    context.counts = new Map([[context.best, context.most]]);
  }
  const n = (context.counts.get(id) ?? 0) + 1;
  context.counts.set(id, n);
  if (n > context.most) {
    context.most = n;
    context.best = id;
  }
}
