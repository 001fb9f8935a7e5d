import type { Kernel } from "../wasm/kernel.js";
import { type FusionExports, ROW, SHARE } from "./fusion-module.js";

/** Numbers of 4 bytes in a row. */
const STRIDE = ROW / 4;
/** Which layers named a row's candidate, as bits: behind its share. */
const NAMED_BY = SHARE / 4 + 2;

/**
 * The things that may be the answer, without repeats, and what the layers say of each. Rows lie in the memory of the fusion's
 * module. Reused from call to call; belongs to no state.
 */
export class CandidateSet {
  /** How many there are. */
  size = 0;
  /** The bit that `add` sets for the layer that names; that of depth for what takes a further question. */
  naming = 0;
  /** Address of the rows. */
  rows = 0;
  #ids = new Int32Array(0);
  #row = new Int32Array(1024);
  #stamp = new Int32Array(1024);
  #now = 1;

  constructor(private readonly kernel: Kernel<FusionExports>) {
    this.#grow(256);
  }

  /** Empties the set. */
  clear(): void {
    const from = this.at(0);
    this.kernel.f32.fill(0, from, from + this.size * STRIDE);
    this.size = 0;
    if (++this.#now === 0x7fffffff) {
      this.#stamp.fill(0);
      this.#now = 1;
    }
  }

  /** The row of `id`, which is added, with all features 0, if it is new. */
  add(id: number): number {
    if (id >= this.#row.length) this.#growIds(id);
    let row = this.#row[id];
    if (this.#stamp[id] !== this.#now) {
      row = this.size;
      if (row === this.#ids.length) this.#grow(row * 2);
      this.size++;
      this.#stamp[id] = this.#now;
      this.#row[id] = row;
      this.#ids[row] = id;
    }
    this.kernel.u32[this.at(row) + NAMED_BY] |= this.naming;
    return row;
  }

  /** The row of `id`, or -1. */
  find(id: number): number {
    return id >= 0 && id < this.#row.length && this.#stamp[id] === this.#now ? this.#row[id] : -1;
  }

  /** The ids, in the order they were first named, as a view; valid until the next `add`. */
  list(): Int32Array {
    return this.#ids.subarray(0, this.size);
  }

  /** Row i, column c: `features[at(i) + c]`. A view that is valid until the next `add`. */
  get features(): Float32Array {
    return this.kernel.f32;
  }

  at(row: number): number {
    return (this.rows >>> 2) + row * STRIDE;
  }

  /** Address of a row. */
  address(row: number): number {
    return this.rows + row * ROW;
  }

  /** Which layers named the row's candidate, as bits, and whether it was named in depth. */
  namedBy(row: number): number {
    return this.kernel.u32[this.at(row) + NAMED_BY];
  }

  /** What share of the probability the row has, by the last `weigh`. */
  share(row: number): number {
    return this.kernel.f64[(this.rows + SHARE + row * ROW) >>> 3];
  }

  /** A copy of all shares. */
  shares(): Float64Array {
    const { f64 } = this.kernel;
    const shares = new Float64Array(this.size);
    let at = (this.rows + SHARE) >>> 3;
    for (let row = 0; row < shares.length; row++, at += ROW / 8) shares[row] = f64[at];
    return shares;
  }

  #growIds(id: number): void {
    const length = Math.max(id + 1, this.#row.length * 2);
    this.#row = resized(this.#row, length);
    this.#stamp = resized(this.#stamp, length);
  }

  #grow(rows: number): void {
    const address = this.kernel.x.room(rows) >>> 0;
    if (address === 0) throw this.kernel.full(rows * ROW);
    this.rows = address;
    this.#ids = resized(this.#ids, rows);
  }
}

function resized(from: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const to = new Int32Array(length);
  to.set(from);
  return to;
}
