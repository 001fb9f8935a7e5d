import { badArgument, MfnError, notFound } from "../../errors.js";
import type { Bytes, ItemId } from "../../types.js";
import {
  BAD_ARGUMENT,
  checkId,
  checkIds,
  checkInteger,
  Kernel,
  type KernelExports,
  type LayerOptions,
  limitBytes,
  NO_MEMORY,
  NOT_FOUND,
  WINDOW,
  WINDOW_BYTES,
} from "../../wasm/kernel.js";
import { Layer } from "../../wasm/layer.js";

export interface StoreExports extends KernelExports {
  storeInit(dimensions: number, metric: number, capacity: number, limitBytes: number): number;
  storePrepare(rows: number, ids: number): number;
  storeCountNew(ids: number, n: number): number;
  storeFirstBad(vectors: number, n: number): number;
  storeAdd(id: number, vector: number): number;
  storeAddMany(ids: number, vectors: number, n: number): number;
  storeRemove(id: number): number;
  storeVector(id: number, out: number): number;
  storeSlot(id: number): number;
  storeCount(): number;
  storeCapacity(): number;
  storeSearch(query: number, k: number, exclude: number): number;
  storeSearchById(id: number, k: number): number;
  storeDistances(query: number, ids: number, n: number, out: number): number;
  storeDistancesById(id: number, ids: number, n: number, out: number): number;
}

/** How vectors are compared; see {@link StoreOptions.metric}. */
export type Metric = "cosine" | "l2" | "ip";

/** Numbers of assembly/dsr/layout.ts. */
export const METRICS: Record<Metric, number> = { l2: 0, ip: 1, cosine: 2 };

const LAST_ID = 0x7fff_ffff;
export const NO_ID = 0xffff_ffff;

/** What a store of vectors is made for. Nothing in it is random: `seed` makes no difference. */
export interface StoreOptions extends LayerOptions {
  /** Length of every vector: 1 to 65,536. */
  dimensions: number;
  /**
   * What a distance is (always: smaller is nearer):
   * - `"cosine"` (default): 1 - cos, in [0, 2]; 1 to or from the zero vector
   * - `"l2"`: the *squared* Euclidean distance
   * - `"ip"`: the inner product, negated
   */
  metric?: Metric;
  /** Vectors that are expected, up to 2^28: memory for them is taken in one step. More are welcome. Default 0. */
  capacity?: number;
}

/** What to look for. */
export interface ExactSearchOptions {
  /** At most so many results; default 10. */
  k?: number;
  /** An id to leave out. It need not have a vector. */
  exclude?: ItemId;
}

/** The nearest items: ascending by distance, equal distances by id. Entry i of one array belongs to entry i of the other. */
export interface Neighbors {
  /** The items, nearest first. */
  ids: Int32Array;
  /** Distance of each, as the metric has it. */
  distances: Float32Array;
}

/** What a store of vectors holds. */
export interface StoreStats {
  /** Items that have a vector. */
  size: number;
  /** Length of every vector. */
  dimensions: number;
  /** How vectors are compared. */
  metric: Metric;
  /** Vectors that fit without another segment of rows. */
  capacity: number;
  /** Bytes of the state. */
  stateBytes: Bytes;
  /** Bytes of WebAssembly memory, state and working space. */
  memoryBytes: Bytes;
}

/**
 * What the exact store and the index have in common: vectors of f32, addressed by the caller's ids, compared by SIMD in WebAssembly. Here a
 * search looks at every vector.
 */
export class VectorStore<X extends StoreExports = StoreExports> extends Layer<X> {
  protected readonly k: Kernel<X>;
  /** Length of every vector. */
  readonly dimensions: number;
  /** How vectors are compared. */
  readonly metric: Metric;

  protected constructor(k: Kernel<X>, { dimensions, metric = "cosine" }: StoreOptions) {
    super(k);
    this.k = k;
    this.dimensions = dimensions;
    this.metric = metric;
  }

  /**
   * Gives an item a vector. O(d).
   * @param vector `dimensions` finite numbers
   * @returns true if the item had none, false if its vector was replaced
   * @throws ERR_ARGUMENT (id, or a vector too long for the metric), ERR_DIMENSION, ERR_NOT_FINITE, ERR_MEMORY; nothing is changed then
   */
  add(id: ItemId, vector: ArrayLike<number>): boolean {
    checkId("id", id);
    this.checkVector("vector", vector);
    if (this.dimensions << 2 > WINDOW_BYTES) {
      const before = this.size;
      this.addMany([id], floats("vector", vector));
      return this.size > before;
    }
    const k = this.k;
    try {
      copyFloats("vector", vector, k.f32, WINDOW);
      const status = k.x.storeAdd(id, WINDOW);
      if (status >= 0) return status === 1;
      throw status === NO_MEMORY ? k.full() : this.#refused("vector", vector);
    } catch (error) {
      throw k.fail(error);
    }
  }

  /**
   * Gives many items their vectors, all or none. The fast way to fill a store. O(n d).
   * @param ids n ids; of one that comes twice, the last vector stays
   * @param vectors the n vectors, back to back
   * @throws as `add`; nothing is changed then
   */
  addMany(ids: ArrayLike<number>, vectors: Float32Array): void {
    const n = checkIds("ids", ids);
    const d = this.dimensions;
    if (!(vectors instanceof Float32Array)) throw badArgument("vectors", "a Float32Array", vectors);
    if (vectors.length !== n * d) {
      throw new MfnError("ERR_DIMENSION", `vectors: expected ${n} x ${d} = ${n * d} numbers, got ${vectors.length}`);
    }
    const k = this.k;
    try {
      const chunk = Math.max(1, Math.floor(WINDOW_BYTES / (4 + (d << 2))));
      const idBytes = (4 + (d << 2)) * chunk <= WINDOW_BYTES ? chunk << 2 : 0;
      // A vector that does not fit the window goes to scratch, alone, and its id as an argument.
      const write = (from: number, count: number): number => {
        const at = idBytes > 0 ? WINDOW + idBytes : k.forQuery(d << 2);
        k.f32.set(vectors.subarray(from * d, (from + count) * d), at >>> 2);
        if (idBytes > 0) copyIds(ids, from, count, k.u32, WINDOW);
        return at;
      };
      let added = 0;
      let last = -1;
      for (let from = 0; from < n; from += chunk) {
        const count = Math.min(chunk, n - from);
        const bad = k.x.storeFirstBad(write(from, count), count);
        if (bad >= 0) {
          const i = from + bad;
          throw this.#refused(`vectors[${i}]`, vectors.subarray(i * d, (i + 1) * d));
        }
        added += idBytes > 0 ? k.x.storeCountNew(WINDOW, count) : k.x.storeSlot(ids[from]) < 0 ? 1 : 0;
        for (let i = from; i < from + count; i++) last = Math.max(last, ids[i]);
      }
      if (!k.x.storePrepare(added, last + 1)) throw k.full(added * d * 4);
      for (let from = 0; from < n; from += chunk) {
        const count = Math.min(chunk, n - from);
        const at = write(from, count);
        const status = idBytes > 0 ? k.x.storeAddMany(WINDOW, at, count) : k.x.storeAdd(ids[from], at);
        // Only if another thread writes to shared vectors, between the check and now.
        if (status < 0) throw badArgument("vectors", "vectors that do not change during the call", vectors);
      }
    } catch (error) {
      throw k.fail(error);
    }
  }

  /** Takes an item's vector away and wipes it. O(d). Returns whether there was one. The room is kept for others. */
  remove(id: ItemId): boolean {
    checkId("id", id);
    try {
      return this.k.x.storeRemove(id) === 0;
    } catch (error) {
      throw this.k.fail(error);
    }
  }

  /** Whether an item has a vector. O(1). */
  has(id: ItemId): boolean {
    checkId("id", id);
    try {
      return this.k.x.storeSlot(id) >= 0;
    } catch (error) {
      throw this.k.fail(error);
    }
  }

  /**
   * An item's vector, or undefined if it has none: as it was given (in f32), but rounded where rows are kept as i8, and under cosine rebuilt
   * from its direction and length, which may change the last bit or two of a number. O(d).
   * @param out where to write it; default a new array
   */
  vector(id: ItemId, out?: Float32Array): Float32Array | undefined {
    checkId("id", id);
    const d = this.dimensions;
    if (out !== undefined) checkOut(out, d);
    const k = this.k;
    try {
      const at = k.forQuery(d << 2);
      if (k.x.storeVector(id, at) !== 0) return undefined;
      return copyOut(k.f32, at, d, out);
    } catch (error) {
      throw k.fail(error);
    }
  }

  /** Items that have a vector. */
  get size(): number {
    try {
      return this.k.x.storeCount() >>> 0;
    } catch (error) {
      throw this.k.fail(error);
    }
  }

  /**
   * The items nearest to a vector. Exact. O(n d + log k for each time an item gets among the k best).
   * @throws ERR_DIMENSION, ERR_NOT_FINITE, ERR_ARGUMENT, ERR_MEMORY
   */
  search(query: ArrayLike<number>, options: ExactSearchOptions = {}): Neighbors {
    this.checkVector("query", query);
    const [count, exclude] = checkSearch(options);
    const k = this.k;
    try {
      const at = this.putQuery(query, 0);
      return this.neighbors(k.x.storeSearch(at, count, exclude), query);
    } catch (error) {
      throw k.fail(error);
    }
  }

  /**
   * The items nearest to an item, without itself (and without `exclude`). O(n d).
   * @throws ERR_NOT_FOUND if it has no vector, ERR_ARGUMENT, ERR_MEMORY
   */
  searchById(id: ItemId, options: ExactSearchOptions = {}): Neighbors {
    checkId("id", id);
    const [count, exclude] = checkSearch(options);
    const k = this.k;
    try {
      // The item itself takes the one place for an id to leave out: with another one, look for one more and drop that one.
      const more = exclude !== NO_ID && exclude !== id;
      const result = k.x.storeSearchById(id, more ? count + 1 : count);
      if (result === NOT_FOUND) throw notFound("vector of id", id);
      const found = this.neighbors(result);
      return more ? without(found, exclude, count) : found;
    } catch (error) {
      throw k.fail(error);
    }
  }

  /**
   * The distances from a vector to items; Infinity for an item without a vector. O(n d) for n ids.
   * @param out where to write them, n long; default a new array
   * @throws ERR_DIMENSION, ERR_NOT_FINITE, ERR_ARGUMENT, ERR_MEMORY
   */
  distances(query: ArrayLike<number>, ids: ArrayLike<number>, out?: Float32Array): Float32Array {
    this.checkVector("query", query);
    const n = checkIds("ids", ids);
    if (out !== undefined) checkOut(out, n);
    const k = this.k;
    try {
      const queryBytes = ((this.dimensions + 3) & ~3) << 2;
      const at = this.putQuery(query, 8 * n);
      copyIds(ids, 0, n, k.u32, at + queryBytes);
      const outAt = at + queryBytes + 4 * n;
      this.checkFound(k.x.storeDistances(at, at + queryBytes, n, outAt), query);
      return copyOut(k.f32, outAt, n, out);
    } catch (error) {
      throw k.fail(error);
    }
  }

  /**
   * The distances from an item to items; Infinity for an item without a vector. O(n d) for n ids.
   * @throws ERR_NOT_FOUND if `id` has no vector, ERR_ARGUMENT, ERR_MEMORY
   */
  distancesById(id: ItemId, ids: ArrayLike<number>, out?: Float32Array): Float32Array {
    checkId("id", id);
    const n = checkIds("ids", ids);
    if (out !== undefined) checkOut(out, n);
    const k = this.k;
    try {
      const at = k.forQuery(8 * n);
      copyIds(ids, 0, n, k.u32, at);
      const status = k.x.storeDistancesById(id, at, n, at + 4 * n);
      if (status === NOT_FOUND) throw notFound("vector of id", id);
      this.checkFound(status);
      return copyOut(k.f32, at + 4 * n, n, out);
    } catch (error) {
      throw k.fail(error);
    }
  }

  /** What it holds, and the bytes it takes. O(1). */
  stats(): StoreStats {
    const k = this.k;
    try {
      return {
        size: k.x.storeCount() >>> 0,
        dimensions: this.dimensions,
        metric: this.metric,
        capacity: k.x.storeCapacity() >>> 0,
        stateBytes: k.stateSize,
        memoryBytes: k.memorySize,
      };
    } catch (error) {
      throw k.fail(error);
    }
  }

  protected checkVector(name: string, vector: ArrayLike<number>): void {
    if (typeof vector !== "object" || vector === null) throw badArgument(name, "an array of numbers", vector);
    if (vector.length !== this.dimensions) throw badArgument(name, `${this.dimensions} numbers`, vector.length, "ERR_DIMENSION");
  }

  /** The error for a vector that the module refused: it says which number is to blame. */
  #refused(name: string, vector: ArrayLike<number>): MfnError {
    const at = Array.prototype.findIndex.call(vector, (x) => !Number.isFinite(Math.fround(x)));
    if (at >= 0) return notF32(`${name}[${at}]`, vector[at]);
    const most = this.metric === "cosine" ? "3.4e38" : "2^50 (1.1e15)";
    const length = Math.sqrt(Array.prototype.reduce.call(vector, (sum, x) => (sum as number) + (x as number) ** 2, 0) as number);
    return badArgument(name, `a Euclidean length of at most ${most}`, length);
  }

  /** Writes a query that was checked to where the module may pad it to whole groups of four, and has `more` bytes after that. */
  protected putQuery(query: ArrayLike<number>, more: Bytes): number {
    const at = this.k.forQuery((((this.dimensions + 3) & ~3) << 2) + more);
    copyFloats("query", query, this.k.f32, at);
    return at;
  }

  /** Throws the error for an answer of the module that is a status. */
  protected checkFound(result: number, query?: ArrayLike<number>): void {
    if (result === BAD_ARGUMENT) throw this.#refused("query", query!);
    if (result === NO_MEMORY) throw this.k.full();
  }

  /** What a search of the module answered, copied out. */
  protected neighbors(result: number, query?: ArrayLike<number>): Neighbors {
    this.checkFound(result, query);
    const at = result >>> 2;
    const n = this.k.u32[at];
    return { ids: this.k.i32.slice(at + 4, at + 4 + n), distances: this.k.f32.slice(at + 4 + n, at + 4 + 2 * n) };
  }
}

/** Sets a new instance of a module with a store up. */
export function startStore<X extends StoreExports>(
  name: string,
  instance: WebAssembly.Instance,
  mark: keyof X,
  options: StoreOptions,
): Kernel<X> {
  const k = new Kernel<X>(name, instance, mark);
  const { dimensions, metric = "cosine", capacity = 0 } = options;
  try {
    if (!k.x.storeInit(dimensions, METRICS[metric], capacity, limitBytes(options.maxBytes))) {
      throw new MfnError("ERR_MEMORY", `dsr: capacity ${capacity} does not fit into the memory allowed`);
    }
  } catch (error) {
    throw k.fail(error);
  }
  return k;
}

export function checkOptions(options: StoreOptions): void {
  if (typeof options !== "object" || options === null) throw badArgument("options", "an object with `dimensions`", options);
  checkInteger("dimensions", options.dimensions, 1, 65536);
  if (options.metric !== undefined && !Object.hasOwn(METRICS, options.metric)) {
    throw badArgument("metric", `"cosine", "l2" or "ip"`, options.metric);
  }
  if (options.capacity !== undefined) checkInteger("capacity", options.capacity, 0, 0x1000_0000);
  limitBytes(options.maxBytes);
}

export function checkSearch(options: ExactSearchOptions): [k: number, exclude: number] {
  checkGiven(options);
  const { k = 10, exclude } = options;
  checkInteger("k", k, 1, LAST_ID);
  if (exclude === undefined) return [k, NO_ID];
  checkId("exclude", exclude);
  return [k, exclude];
}

/** Checks that what stands for options is an object. */
export function checkGiven(options: object): void {
  if (typeof options !== "object" || options === null) throw badArgument("options", "an object", options);
}

function checkOut(out: Float32Array, length: number): void {
  if (!(out instanceof Float32Array)) throw badArgument("out", "a Float32Array", out);
  if (out.length < length) throw badArgument("out", `room for ${length} numbers`, out.length, "ERR_DIMENSION");
}

function copyFloats(name: string, from: ArrayLike<number>, f32: Float32Array, at: number): void {
  if (!(from instanceof Float32Array || from instanceof Float64Array)) {
    // `set` would take null, true and "1" for numbers: JSON writes null for NaN.
    for (let i = 0; i < from.length; i++) if (typeof from[i] !== "number") throw notF32(`${name}[${i}]`, from[i]);
  }
  f32.set(from, at >>> 2);
}

function notF32(name: string, got: unknown): MfnError {
  return badArgument(name, "a finite f32", got, "ERR_NOT_FINITE");
}

function floats(name: string, from: ArrayLike<number>): Float32Array {
  const copy = new Float32Array(from.length);
  copyFloats(name, from, copy, 0);
  return copy;
}

function copyIds(ids: ArrayLike<number>, from: number, count: number, u32: Uint32Array, at: number): void {
  const base = at >>> 2;
  for (let i = 0; i < count; i++) u32[base + i] = ids[from + i];
}

function copyOut(f32: Float32Array, at: number, length: number, out?: Float32Array): Float32Array {
  const found = f32.subarray(at >>> 2, (at >>> 2) + length);
  if (out === undefined) return found.slice();
  out.set(found);
  return out;
}

export function without({ ids, distances }: Neighbors, id: number, k: number): Neighbors {
  const at = ids.indexOf(id);
  const keep = (_: number, i: number) => i !== at;
  return at < 0 ? { ids: ids.slice(0, k), distances: distances.slice(0, k) } : { ids: ids.filter(keep), distances: distances.filter(keep) };
}
