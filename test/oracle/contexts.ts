/**
 * What the event model counts, with Maps and without any limit on their number: the histories of streams, how often each id was seen, and what followed each
 * context. Contexts are told apart by the *births* of their ids, since what is learned about a forgotten id is not for the next one.
 */
export class ContextOracle {
  readonly counts = new Map<number, number>();
  readonly #births = new Map<number, number>();
  readonly #histories = new Map<number, number[]>();
  readonly #contexts = new Map<string, Map<number, number>>();
  #born = 0;

  constructor(
    readonly orders: number,
    readonly ring = 32,
  ) {}

  get total(): number {
    return [...this.counts.values()].reduce((a, b) => a + b, 0);
  }

  observe(stream: number, id: number): void {
    if (!this.#births.has(id)) this.#births.set(id, ++this.#born);
    const history = this.#histories.get(stream) ?? [];
    this.#histories.set(stream, history);
    const keys = Array.from({ length: Math.min(this.orders, history.length) }, (_, i) => this.#key(history.slice(-i - 1)) as string);
    const known = keys.map((key) => this.#contexts.has(key));
    for (const [i, key] of keys.entries()) {
      const order = i + 1;
      // A long context is only counted if it is known, or what it begins with was.
      if (order > 2 && !known[i] && !known[i - 2]) continue;
      const followers = this.#contexts.get(key) ?? new Map<number, number>();
      this.#contexts.set(key, followers);
      followers.set(id, (followers.get(id) ?? 0) + 1);
      // Counts are kept in sixteenths; once one comes to the limit all are halved.
      if ((followers.get(id) as number) < (order > 2 ? 30 : 60)) continue;
      for (const [other, count] of followers) followers.set(other, Math.floor(count * 8) / 16);
    }
    this.counts.set(id, (this.counts.get(id) ?? 0) + 1);
    history.push(id);
    if (history.length > this.ring) history.shift();
  }

  /** What followed a context and how often; forgotten ids are gone from it. */
  countsAfter(context: number[]): Map<number, number> {
    const key = this.#key(context);
    return new Map(key === undefined ? [] : this.#contexts.get(key));
  }

  history(stream: number): number[] {
    return this.#histories.get(stream) ?? [];
  }

  endSession(stream: number): boolean {
    const known = this.#histories.has(stream);
    if (known) this.#histories.set(stream, []);
    return known;
  }

  forgetStream(stream: number): boolean {
    return this.#histories.delete(stream);
  }

  forget(id: number): boolean {
    if (!this.#births.delete(id)) return false;
    this.counts.delete(id);
    for (const followers of this.#contexts.values()) followers.delete(id);
    for (const [stream, history] of this.#histories)
      this.#histories.set(
        stream,
        history.filter((x) => x !== id),
      );
    return true;
  }

  #key(context: number[]): string | undefined {
    const births = context.map((id) => this.#births.get(id));
    return births.includes(undefined) ? undefined : births.join(",");
  }
}
