// Markov with backoff from order 2 on Maps, which is what one writes without a library: the followers of the last two events, else of the last, else the most
// frequent. It only counts: no probabilities, no bound on its memory.

/** Ids below this make a key of two. */
const IDS = 2 ** 21;

export class MapMarkov {
  readonly #pairs = new Map<number, Map<number, number>>();
  readonly #singles = new Map<number, Map<number, number>>();
  readonly #all = new Map<number, number>();
  readonly #last = new Map<number, [number, number]>();

  observe(stream: number, id: number): void {
    const [before, last] = this.#last.get(stream) ?? [-1, -1];
    if (before >= 0) count(this.#pairs, before * IDS + last, id);
    if (last >= 0) count(this.#singles, last, id);
    this.#all.set(id, (this.#all.get(id) ?? 0) + 1);
    this.#last.set(stream, [last, id]);
  }

  endSession(stream: number): void {
    this.#last.delete(stream);
  }

  predict(stream: number, k: number): number[] {
    const [before, last] = this.#last.get(stream) ?? [-1, -1];
    return this.predictAfter(before, last, k);
  }

  predictAfter(before: number, last: number, k: number): number[] {
    const followers = this.#pairs.get(before * IDS + last) ?? this.#singles.get(last) ?? this.#all;
    return [...followers]
      .sort((x, y) => y[1] - x[1])
      .slice(0, k)
      .map(([id]) => id);
  }
}

function count(contexts: Map<number, Map<number, number>>, key: number, id: number): void {
  let followers = contexts.get(key);
  if (followers === undefined) {
    followers = new Map();
    contexts.set(key, followers);
  }
  followers.set(id, (followers.get(id) ?? 0) + 1);
}
