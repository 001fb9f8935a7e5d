import { badArgument } from "../../errors.js";
import type { ItemId } from "../../types.js";
import { ifrFixedModule } from "../../wasm/generated/ifr-fixed.js";
import {
  checkInteger,
  Kernel,
  type KernelExports,
  type LayerOptions,
  limitBytes,
  seedHalves,
  WINDOW,
  WINDOW_BYTES,
} from "../../wasm/kernel.js";
import { Layer } from "../../wasm/layer.js";
import type { LoadOptions } from "../../wasm/snapshot.js";
import { SnapshotFormat } from "../../wasm/snapshot-format.js";
import type { SnapshotBytes, SnapshotInput, SnapshotReader } from "../../wasm/snapshot-source.js";
import { instantiate, instantiateSync } from "../../wasm/source.js";
import type { KeyWidth } from "./columns.js";
import { type IndexStats, indexStats } from "./header.js";
import { snapshotKinds } from "./snapshot.js";

/** Options of the registry of keys of one width. */
export interface FixedIfrOptions extends LayerOptions {
  /** Bytes of every key. */
  width: KeyWidth;
  /** How many keys to make room for at once, below 2^28; default 0. The registry grows beyond it by itself. */
  capacity?: number;
}

/** The columns of a batch: views of the module's memory, for callers to write keys into and read answers from. */
export interface FixedColumns {
  /** The most keys of a batch. */
  readonly capacity: number;
  /** Key i at byte i * width. */
  readonly keys: Uint8Array;
  /** Id i: of key i. */
  readonly ids: Int32Array;
  /** Bit i & 7 of byte i >> 3: of key i. */
  readonly bits: Uint8Array;
}

export interface FixedIfrExports extends KernelExports {
  init(seedLow: number, seedHigh: number, limit: number, width: number, capacity: number): number;
  intern(p: number): number;
  idOf(p: number): number;
  insertMany(n: number): number;
  lookupMany(n: number): number;
  hasMany(n: number): number;
  undoIntern(id: number, limit: number): void;
  deleteId(id: number): number;
  clear(): void;
  keyOf(id: number): number;
  nextId(from: number): number;
  size(): number;
  idLimit(): number;
}

// Made when it is asked for: a bundler keeps what is made where a module is loaded.
const format = () => new SnapshotFormat<FixedIfrExports>(snapshotKinds.fixed, ifrFixedModule, "insertMany");

/**
 * The Immediate Flow Registry for keys that all have the same 8, 16, 20 or 32 bytes: UUIDs, digests, 64-bit numbers. Every key gets a
 * dense id; the keys lie one behind the other in the order of their ids, and the index adds 8.4 bytes a key when it is made for a
 * known number, 7.9 to 15.8 when it grows by itself.
 *
 * Batches go through columns in the module's memory, without a copy if the caller writes there, see `columns`.
 *
 * @example
 * const seen = FixedIfr.createSync({ width: 16, capacity: 1_000_000 });
 * const { keys, ids } = seen.columns;
 * keys.set(crypto.getRandomValues(new Uint8Array(256 * 16)));
 * seen.insertMany(256); // 256, all of them new
 * ids.subarray(0, 3); // [0, 1, 2]
 * seen.lookupMany(256); // 256, all of them known
 */
export class FixedIfr extends Layer<FixedIfrExports> {
  /** Bytes of every key. */
  readonly width: KeyWidth;
  protected readonly k: Kernel<FixedIfrExports>;
  /** Keys in a full batch. */
  readonly #capacity: number;
  #columns: FixedColumns | undefined;

  #seed: number;

  protected constructor(k: Kernel<FixedIfrExports>, width: KeyWidth, seed = 0) {
    super(k);
    this.k = k;
    this.width = width;
    this.#seed = seed;
    this.#capacity = batchCapacity(width);
  }

  /**
   * A new, empty registry.
   * @throws ERR_ARGUMENT for options outside their domain, ERR_MEMORY if the capacity does not fit, ERR_WASM
   */
  static async create(options: FixedIfrOptions): Promise<FixedIfr> {
    checkWidth(options?.width);
    return new FixedIfr(startFixed(await instantiate(ifrFixedModule, options.wasm), options), options.width, options.seed);
  }

  /** The same at once, where the runtime allows to compile WebAssembly synchronously. */
  static createSync(options: FixedIfrOptions): FixedIfr {
    checkWidth(options?.width);
    return new FixedIfr(startFixed(instantiateSync(ifrFixedModule, options.wasm), options), options.width, options.seed);
  }

  /**
   * A registry as `snapshot` wrote it, which then goes on as the original would have.
   * @param source as for `Ifr.load`
   * @param options `reuse` is a registry that nobody needs any more: it is disposed, and its memory taken instead of new memory, which
   *   the system must hand out page by page. Not one in shared memory.
   * @throws ERR_SNAPSHOT for a file that is damaged, or of another kind or version; ERR_MEMORY; ERR_WASM
   */
  static async load(source: SnapshotInput | PromiseLike<SnapshotInput>, options?: LoadOptions & { reuse?: FixedIfr }): Promise<FixedIfr> {
    const { kernel, header } = await format().load(source, options, options?.reuse?.k);
    return new FixedIfr(kernel, header.words[0] as KeyWidth, header.seed);
  }

  /** The same at once, from bytes or a reader. */
  static loadSync(source: SnapshotBytes | SnapshotReader, options?: LoadOptions & { reuse?: FixedIfr }): FixedIfr {
    const { kernel, header } = format().loadSync(source, options, options?.reuse?.k);
    return new FixedIfr(kernel, header.words[0] as KeyWidth, header.seed);
  }

  /** The registry as a file: header, checksum and state. O(bytes). */
  snapshot(): Uint8Array<ArrayBuffer> {
    return format().write(this.k, this.#seed, [this.width, 0]);
  }

  /**
   * Takes the state of a snapshot of keys of the same width instead of its own, in the memory it has. The snapshot is read twice,
   * first to check it.
   * @throws as `load`; then the registry is as before
   */
  restore(source: SnapshotBytes | SnapshotReader, options?: Pick<LoadOptions, "maxBytes">): void {
    this.#seed = format().restore(this.k, source, options?.maxBytes, [this.width, 0]).seed;
  }

  /** Live keys. */
  get size(): number {
    return this.k.x.size();
  }

  /** 1 + the largest id ever given: the length that a column indexed by id needs. */
  get idLimit(): number {
    return this.k.x.idLimit();
  }

  /**
   * Views of the module's memory for batches without a copy: write keys to `keys`, call `insertMany(n)`, `lookupMany(n)` or
   * `hasMany(n)`, read the answers from `ids` and `bits` before the next call. After a call that made the memory grow the views
   * are new ones: take them from here each time.
   */
  get columns(): FixedColumns {
    const { k, width } = this;
    if (this.#columns === undefined || this.#columns.keys.length === 0 || this.#columns.keys.buffer !== k.u8.buffer) {
      const capacity = this.#capacity;
      const { buffer, byteOffset } = k.u8;
      const start = byteOffset + WINDOW;
      const ids = start + capacity * width;
      this.#columns = {
        capacity,
        keys: new Uint8Array(buffer, start, capacity * width),
        ids: new Int32Array(buffer, ids, capacity),
        bits: new Uint8Array(buffer, ids + 4 * capacity, capacity >>> 3),
      };
    }
    return this.#columns;
  }

  /**
   * The id of a key, which is entered if it is new. O(1) amortised; the call that splits a segment of the index moves up to 16,600 keys.
   * @param key `width` bytes
   * @throws ERR_ARGUMENT for anything else; ERR_MEMORY, and nothing has changed
   */
  intern(key: Uint8Array): ItemId {
    const k = this.k;
    this.#write(key);
    try {
      const id = k.x.intern(WINDOW);
      if (id < 0) throw k.full();
      return id;
    } catch (error) {
      throw k.fail(error);
    }
  }

  /** The id of a key, or -1 if it is not known. @throws ERR_ARGUMENT if it is not `width` bytes */
  idOf(key: Uint8Array): ItemId | -1 {
    const k = this.k;
    this.#write(key);
    try {
      return k.x.idOf(WINDOW);
    } catch (error) {
      throw k.fail(error);
    }
  }

  /** Whether a key is known. */
  has(key: Uint8Array): boolean {
    return this.idOf(key) >= 0;
  }

  /**
   * Enters many keys. With a number: those that were written to `columns`, whose ids are then in `columns.ids`, and of which those that
   * are new have their bit set in `columns.bits`. With bytes: those keys, one behind the other, whose ids go to `out`; O(n)
   * copies in parts.
   * @returns how many are new
   * @throws ERR_MEMORY, and none has been entered
   */
  insertMany(n: number): number;
  insertMany(keys: Uint8Array, out?: Int32Array): number;
  insertMany(keys: number | Uint8Array, out?: Int32Array): number {
    const k = this.k;
    if (typeof keys === "number") return this.#insert(checkInteger("n", keys, 0, this.#capacity));
    const count = this.#count(keys, out);
    // It would be gone with the memory that grows, after the keys were entered.
    if (out !== undefined && out.buffer === k.u8.buffer) throw badArgument("out", "an array in memory of its own", out);
    const limit = k.x.idLimit();
    // The new ids of the parts that are done, in case that a later one fails.
    const fresh: number[][] = [];
    let added = 0;
    try {
      for (let at = 0; at < count; at += this.#capacity) {
        const n = this.#copyIn(keys, at, count);
        const before = k.x.idLimit();
        const more = this.#insert(n);
        if (more > 0 && at + n < count) fresh.push(k.x.idLimit() - before === more ? [before, before + more] : this.#newIds(n));
        added += more;
        out?.set(k.i32.subarray(this.#ids, this.#ids + n), at);
      }
    } catch (error) {
      const failure = k.fail(error);
      for (const ids of fresh.reverse()) this.#undo(ids, limit);
      throw failure;
    }
    return added;
  }

  /**
   * Looks many keys up. With a number: those in `columns`, whose ids are then in `columns.ids`, -1 for those not known. With bytes:
   * those keys, one behind the other, whose ids go to `out`.
   * @returns how many are known
   */
  lookupMany(n: number): number;
  lookupMany(keys: Uint8Array, out: Int32Array): number;
  lookupMany(keys: number | Uint8Array, out?: Int32Array): number {
    const k = this.k;
    try {
      if (typeof keys === "number") return k.x.lookupMany(checkInteger("n", keys, 0, this.#capacity));
      const count = this.#count(keys, out);
      let hits = 0;
      for (let at = 0; at < count; at += this.#capacity) {
        const n = this.#copyIn(keys, at, count);
        hits += k.x.lookupMany(n);
        out?.set(k.i32.subarray(this.#ids, this.#ids + n), at);
      }
      if (count === 0) k.x.size();
      return hits;
    } catch (error) {
      throw k.fail(error);
    }
  }

  /**
   * Which of many keys are known. With a number: those in `columns`, each with its bit in `columns.bits`. With bytes: those keys, one
   * behind the other, whose bits go to `out`: that of key i is bit i & 7 of byte i >> 3.
   * @returns how many are known
   */
  hasMany(n: number): number;
  hasMany(keys: Uint8Array, out?: Uint8Array): number;
  hasMany(keys: number | Uint8Array, out?: Uint8Array): number {
    const k = this.k;
    try {
      if (typeof keys === "number") return k.x.hasMany(checkInteger("n", keys, 0, this.#capacity));
      const count = this.#count(keys);
      const bytes = (count + 7) >>> 3;
      if (out !== undefined && (!(out instanceof Uint8Array) || out.length < bytes)) {
        throw badArgument("out", `a Uint8Array of at least ${bytes}`, out);
      }
      const bits = 4 * (this.#ids + this.#capacity);
      let hits = 0;
      for (let at = 0; at < count; at += this.#capacity) {
        const n = this.#copyIn(keys, at, count);
        hits += k.x.hasMany(n);
        out?.set(k.u8.subarray(bits, bits + ((n + 7) >>> 3)), at >>> 3);
      }
      if (count === 0) k.x.size();
      return hits;
    } catch (error) {
      throw k.fail(error);
    }
  }

  /** The key of an id (a copy), or undefined if the id is free. */
  keyOf(id: ItemId): Uint8Array | undefined {
    const k = this.k;
    try {
      const p = id >>> 0 === id ? k.x.keyOf(id) >>> 0 : 0;
      return p === 0 ? undefined : k.u8.slice(p, p + this.width);
    } catch (error) {
      throw k.fail(error);
    }
  }

  /** Deletes a key; false if it was not known. Its bytes are wiped from the memory. */
  delete(key: Uint8Array): boolean {
    return this.deleteId(this.idOf(key));
  }

  /** Deletes the key of an id; false if the id is free. The id goes to the next new key, last deleted first. */
  deleteId(id: ItemId): boolean {
    const k = this.k;
    try {
      return id >>> 0 === id && k.x.deleteId(id) !== 0;
    } catch (error) {
      throw k.fail(error);
    }
  }

  /** Deletes all keys and forgets all ids; the next key gets id 0. The room stays, and the bytes are wiped. O(size of the state). */
  clear(): void {
    const k = this.k;
    try {
      k.x.clear();
    } catch (error) {
      throw k.fail(error);
    }
  }

  /** The live ids, ascending. Keys may be deleted and entered on the way: what comes is what lives when it is reached. */
  *ids(): IterableIterator<ItemId> {
    for (let id = this.k.x.nextId(0); id >= 0; id = this.k.x.nextId(id + 1)) yield id;
  }

  /** The live keys (copies), by ascending id. */
  *keys(): IterableIterator<Uint8Array> {
    for (const id of this.ids()) yield this.keyOf(id)!;
  }

  /** Sizes, all at this moment. */
  stats(): IndexStats {
    return indexStats(this.k);
  }

  /** Index of the id column in a view of 32-bit words. */
  get #ids(): number {
    return (WINDOW + this.#capacity * this.width) >>> 2;
  }

  #write(key: Uint8Array): void {
    if (!(key instanceof Uint8Array) || key.length !== this.width) throw badArgument("key", `a Uint8Array of ${this.width}`, key);
    this.k.u8.set(key, WINDOW);
  }

  #insert(n: number): number {
    const k = this.k;
    try {
      const added = k.x.insertMany(n);
      if (added < 0) throw k.full();
      return added;
    } catch (error) {
      throw k.fail(error);
    }
  }

  /** How many keys there are in bytes. */
  #count(keys: Uint8Array, out?: Int32Array): number {
    const { width } = this;
    if (!(keys instanceof Uint8Array) || keys.length % width !== 0)
      throw badArgument("keys", `a Uint8Array of a multiple of ${width}`, keys);
    const count = keys.length / width;
    if (out !== undefined && (!(out instanceof Int32Array) || out.length < count)) {
      throw badArgument("out", `an Int32Array of at least ${count}`, out);
    }
    return count;
  }

  /** Copies keys from number `at` on into the window. @returns how many */
  #copyIn(keys: Uint8Array, at: number, count: number): number {
    const { width } = this;
    const n = Math.min(this.#capacity, count - at);
    this.k.u8.set(keys.subarray(at * width, (at + n) * width), WINDOW);
    return n;
  }

  /** The new ones among the first n ids of the last batch, a list of one each. */
  #newIds(n: number): number[] {
    const { ids, bits } = this.columns;
    const fresh: number[] = [-1];
    for (let i = 0; i < n; i++) if (((bits[i >> 3]! >> (i & 7)) & 1) === 1) fresh.push(ids[i]!);
    return fresh;
  }

  /** Takes the entering of ids back, the latest first: either [from, to), or after a -1 a list. */
  #undo(ids: number[], limit: number): void {
    const [from, to] = ids as [number, number];
    if (from < 0) for (let i = ids.length - 1; i > 0; i--) this.k.x.undoIntern(ids[i]!, limit);
    else for (let id = to - 1; id >= from; id--) this.k.x.undoIntern(id, limit);
  }
}

/** Keys in a batch that fills the window: see assembly/ifr/fixed/batch.ts. */
function batchCapacity(width: number): number {
  return Math.floor((8 * WINDOW_BYTES) / (8 * width + 33) / 128) * 128;
}

/** @throws ERR_ARGUMENT if it is not a width that the registry has */
export function checkWidth(width: unknown): void {
  if (width !== 8 && width !== 16 && width !== 20 && width !== 32) throw badArgument("width", "8, 16, 20 or 32", width);
}

/** Sets a new instance of the module up. */
export function startFixed(instance: WebAssembly.Instance, options: FixedIfrOptions): Kernel<FixedIfrExports> {
  const k = new Kernel<FixedIfrExports>("ifr-fixed", instance, "insertMany");
  const { capacity = 0 } = options;
  checkInteger("capacity", capacity, 0, 0x0fff_ffff);
  const [low, high] = seedHalves(options.seed);
  const limit = limitBytes(options.maxBytes);
  try {
    if (!k.x.init(low, high, limit, options.width, capacity)) throw k.full();
  } catch (error) {
    throw k.fail(error);
  }
  return k;
}
