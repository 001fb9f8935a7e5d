import type { ItemId } from "../../types.js";

/**
 * Small numbers for large ids, for an event model, which knows ids below 2^31 only, and not too many of them. When all are given out, the id whose
 * number was given out longest ago loses it.
 */
export class DenseIds {
  readonly #most: number;
  readonly #numbers = new Map<number, ItemId>();
  readonly #ids: number[] = [];
  #next = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** The number of an id. `forget` is called with a number before another id gets it. */
  numberOf(id: number, forget: (number: ItemId) => void): ItemId {
    const known = this.#numbers.get(id);
    if (known !== undefined) return known;
    const number = this.#next;
    this.#next = (number + 1) % this.#most;
    const before = this.#ids[number];
    if (before !== undefined) {
      forget(number);
      this.#numbers.delete(before);
    }
    this.#ids[number] = id;
    this.#numbers.set(id, number);
    return number;
  }

  /** The id of a number that was given out. */
  idOf(number: ItemId): number {
    return this.#ids[number]!;
  }
}
