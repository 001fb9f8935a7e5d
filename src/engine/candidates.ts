import { FEATURES } from "./features.js";

/**
 * The things that may be the answer, without repeats, and what the layers say of each. Reused from call to call; belongs to
 * no state.
 */
export class CandidateSet {
  /** How many there are. */
  size = 0;
  /** Their ids, in the order they were first named. */
  ids = new Int32Array(256);
  /** Row i, column f: `features[i * FEATURES + f]`. */
  features = new Float64Array(256 * FEATURES);
  /** Which layers named each row, as bits. */
  namedBy = new Uint8Array(256);
  /** The bit that `add` sets in `namedBy`. */
  naming = 0;
  #row = new Int32Array(1024);
  #stamp = new Int32Array(1024);
  #now = 0;

  /** Empties the set. */
  clear(): void {
    this.size = 0;
    if (++this.#now === 0x7fffffff) {
      this.#stamp.fill(0);
      this.#now = 1;
    }
  }

  /** The row of `id`, which is added, with all features 0, if it is new. */
  add(id: number): number {
    if (id >= this.#row.length) this.#growIds(id);
    if (this.#stamp[id] === this.#now) {
      this.namedBy[this.#row[id]] |= this.naming;
      return this.#row[id];
    }
    const row = this.size++;
    if (row === this.ids.length) this.#growRows();
    this.#stamp[id] = this.#now;
    this.#row[id] = row;
    this.ids[row] = id;
    this.namedBy[row] = this.naming;
    this.features.fill(0, row * FEATURES, (row + 1) * FEATURES);
    return row;
  }

  /** The row of `id`, or -1. */
  find(id: number): number {
    return id >= 0 && id < this.#row.length && this.#stamp[id] === this.#now ? this.#row[id] : -1;
  }

  /** The ids as a view; valid until the next `add`. */
  list(): Int32Array {
    return this.ids.subarray(0, this.size);
  }

  #growIds(id: number): void {
    const length = Math.max(id + 1, this.#row.length * 2);
    this.#row = resized(this.#row, new Int32Array(length));
    this.#stamp = resized(this.#stamp, new Int32Array(length));
  }

  #growRows(): void {
    this.ids = resized(this.ids, new Int32Array(this.ids.length * 2));
    this.namedBy = resized(this.namedBy, new Uint8Array(this.namedBy.length * 2));
    this.features = resized(this.features, new Float64Array(this.features.length * 2));
  }
}

function resized<T extends Int32Array | Float64Array | Uint8Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
