// Least recently used, in plain JavaScript: a Map keeps the order of insertion, so what is used is put in anew.

export class Lru {
  readonly #sizes = new Map<string, number>();
  #total = 0;

  constructor(
    readonly maxEntries = Infinity,
    readonly maxSize = Infinity,
  ) {}

  /** Whether the key was there; it is used now. */
  get(key: string): boolean {
    const size = this.#sizes.get(key);
    if (size === undefined) return false;
    this.#sizes.delete(key);
    this.#sizes.set(key, size);
    return true;
  }

  /** Puts in a key that is not there. */
  set(key: string, size = 1): void {
    if (size > this.maxSize) return;
    this.#sizes.set(key, size);
    this.#total += size;
    for (const [oldest, bytes] of this.#sizes) {
      if (this.#sizes.size <= this.maxEntries && this.#total <= this.maxSize) break;
      this.#sizes.delete(oldest);
      this.#total -= bytes;
    }
  }
}
