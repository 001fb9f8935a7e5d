import { badArgument } from "../../errors.js";
import type { Bytes, ItemId } from "../../types.js";
import { ifrModule } from "../../wasm/generated/ifr.js";
import {
  asU32,
  checkArray,
  checkInteger,
  Kernel,
  type KernelExports,
  type LayerOptions,
  limitBytes,
  NO_MEMORY,
  seedHalves,
  WINDOW,
  WINDOW_BYTES,
} from "../../wasm/kernel.js";
import { Layer } from "../../wasm/layer.js";
import { instantiate, instantiateSync } from "../../wasm/source.js";
import { type Key, keyBytes, keyText, writeAscii, writeKey } from "./keys.js";

export type { Key } from "./keys.js";

/** Options of the registry; the seed is that of its hash. */
export interface IfrOptions extends LayerOptions {
  /** How many keys to make room for at once; default 0. The registry grows beyond it by itself. */
  capacity?: number;
  /** Bits of the Bloom filter a key when the index is full: 0 (no filter) to 64; default 12. */
  filterBitsPerKey?: number;
}

/** What `Ifr.stats()` tells. */
export interface IfrStats {
  /** Live keys. */
  keys: number;
  /** Buckets of the index, 64 bytes each. */
  buckets: number;
  /** Share of the index's slots in use; it grows before this exceeds 0.75. */
  loadFactor: number;
  /** Bits of the Bloom filter. */
  filterBits: number;
  /** Deleted keys that the filter still lets pass. */
  staleKeys: number;
  /** Bytes of all live keys. */
  keyBytes: Bytes;
  /** Bytes inside the state that wait for new keys. */
  freeBytes: Bytes;
  /** Bytes of the state: what `image()` copies. */
  stateBytes: Bytes;
  /** Bytes of WebAssembly memory. */
  memoryBytes: Bytes;
}

interface IfrExports extends KernelExports {
  init(seedLow: number, seedHigh: number, limit: number, capacity: number, filterBits: number): number;
  intern(p: number, len: number): number;
  internMany(n: number): number;
  newRecord(len: number): number;
  internRecord(record: number): number;
  undoIntern(id: number, limit: number): void;
  idOf(p: number, len: number): number;
  lookupMany(n: number): void;
  mayHave(p: number, len: number): number;
  deleteId(id: number): number;
  keyOf(id: number): number;
  nextId(from: number): number;
  size(): number;
  idLimit(): number;
  stats(): void;
}

/** The most keys that a batch call passes to the module at once. */
const CHUNK = 1024;
/** Offset of a key's bytes in its record. */
const RECORD_BYTES = 8;

/**
 * The Immediate Flow Registry: gives every key a dense id and answers whether, and under which id, a key is known.
 *
 * Ids count from 0; the id of a deleted key is given to the next new one (last deleted, first reused). Lookups are exact
 * and take O(length of the key).
 *
 * @example
 * const ifr = await Ifr.create({ capacity: 1_000_000 });
 * const id = ifr.intern("GET /basket"); // 0
 * ifr.idOf("GET /basket"); // 0
 * ifr.idOf("GET /nothing"); // -1
 * ifr.keyOf(id); // "GET /basket"
 */
export class Ifr extends Layer<IfrExports> {
  readonly #k: Kernel<IfrExports>;

  private constructor(instance: WebAssembly.Instance, options: IfrOptions) {
    const k = new Kernel<IfrExports>("ifr", instance, "internRecord");
    super(k);
    this.#k = k;
    const { capacity = 0, filterBitsPerKey = 12 } = options;
    checkInteger("capacity", capacity, 0, 0x4000_0000);
    checkInteger("filterBitsPerKey", filterBitsPerKey, 0, 64);
    const [low, high] = seedHalves(options.seed);
    const limit = limitBytes(options.maxBytes);
    try {
      if (!this.#k.x.init(low, high, limit, capacity, filterBitsPerKey)) throw this.#k.full();
    } catch (error) {
      throw this.#k.fail(error);
    }
  }

  /**
   * A new, empty registry.
   * @throws ERR_ARGUMENT for options outside their domain, ERR_MEMORY if the capacity does not fit, ERR_WASM
   */
  static async create(options: IfrOptions = {}): Promise<Ifr> {
    return new Ifr(await instantiate(ifrModule, options.wasm), options);
  }

  /** The same at once, where the runtime allows to compile WebAssembly synchronously. */
  static createSync(options: IfrOptions = {}): Ifr {
    return new Ifr(instantiateSync(ifrModule, options.wasm), options);
  }

  /** Live keys. */
  get size(): number {
    return this.#k.x.size();
  }

  /** 1 + the largest id ever given: the length that a column indexed by id needs. */
  get idLimit(): number {
    return this.#k.x.idLimit();
  }

  /**
   * The id of a key, which is entered if it is new. Amortised O(length); when the index grows, O(keys).
   * @throws ERR_ARGUMENT for a key that is neither string nor bytes; ERR_MEMORY, and nothing has changed
   */
  intern(key: Key): ItemId {
    const k = this.#k;
    try {
      const n = writeKey(k, key, WINDOW, WINDOW_BYTES);
      const id = n >= 0 ? k.x.intern(WINDOW, n) : this.#internLong(keyBytes(key));
      if (id < 0) throw k.full();
      return id;
    } catch (error) {
      throw k.fail(error);
    }
  }

  /**
   * The ids of keys, in their order; new ones are entered. The fast path: about one call into the module per thousand keys.
   * The state is the same as after calls of `intern` one by one.
   * @param out where to write the ids, at least as long as `keys`
   * @throws as `intern`; then none of the keys has been entered, and `out` is undefined
   */
  internMany(keys: readonly Key[], out?: Int32Array): Int32Array {
    out = outFor(keys, out, Int32Array);
    const k = this.#k;
    const limit = k.x.idLimit();
    // New keys are written as the complement of their id until all are in, so that a failure can undo just them.
    let done = 0;
    try {
      while (done < keys.length) {
        const n = this.#writeChunk(keys, done);
        if (n > 0) {
          const entered = k.x.internMany(n);
          copyColumn(k, entered, out, done);
          done += entered;
          if (entered < n) throw k.full();
        } else {
          const size = k.x.size();
          const id = this.#internAlone(keyBytes(keys[done]!));
          if (id < 0) throw k.full();
          out[done++] = k.x.size() > size ? ~id : id;
        }
      }
    } catch (error) {
      const failure = k.fail(error);
      for (let i = done - 1; i >= 0; i--) if (out[i]! < 0) k.x.undoIntern(~out[i]!, limit);
      throw failure;
    }
    for (let i = 0; i < done; i++) if (out[i]! < 0) out[i] = ~out[i]!;
    return out;
  }

  /** The id of a key, or -1 if it is not known. @throws ERR_ARGUMENT for a key that is neither string nor bytes */
  idOf(key: Key): ItemId | -1 {
    const k = this.#k;
    try {
      const n = writeKey(k, key, WINDOW, WINDOW_BYTES);
      return n >= 0 ? k.x.idOf(WINDOW, n) : this.#query(keyBytes(key), k.x.idOf);
    } catch (error) {
      throw k.fail(error);
    }
  }

  /**
   * The ids of keys, in their order, -1 for those not known. The fast path for many keys.
   * @param out where to write the ids, at least as long as `keys`
   */
  idsOf(keys: readonly Key[], out?: Int32Array): Int32Array {
    const ids = outFor(keys, out, Int32Array);
    this.#lookup(keys, (k, n, at) => copyColumn(k, n, ids, at));
    return ids;
  }

  /** Whether a key is known. */
  has(key: Key): boolean {
    return this.idOf(key) >= 0;
  }

  /**
   * Which keys are known: 1 or 0 for each, in their order.
   * @param out where to write, at least as long as `keys`
   */
  hasMany(keys: readonly Key[], out?: Uint8Array): Uint8Array {
    const known = outFor(keys, out, Uint8Array);
    this.#lookup(keys, (k, n, at) => {
      const column = k.i32;
      for (let i = 0; i < n; i++) known[at + i] = column[(WINDOW >>> 2) + i]! < 0 ? 0 : 1;
    });
    return known;
  }

  /**
   * What the Bloom filter alone says: false means that the key is not known; true is wrong for about one unknown key in two
   * hundred at 12 bits a key. Without a filter the same as `has`.
   */
  mayHave(key: Key): boolean {
    const k = this.#k;
    try {
      const n = writeKey(k, key, WINDOW, WINDOW_BYTES);
      return (n >= 0 ? k.x.mayHave(WINDOW, n) : this.#query(keyBytes(key), k.x.mayHave)) !== 0;
    } catch (error) {
      throw k.fail(error);
    }
  }

  /**
   * The key of an id as a string, or undefined if the id is free. Every key entered as a string comes back as it was; of
   * bytes that are not the UTF-8 of a string, see `keyBytesOf`.
   */
  keyOf(id: ItemId): string | undefined {
    const record = this.#record(id);
    return record === 0 ? undefined : keyText(this.#view(record));
  }

  /** The key of an id as bytes (a copy), or undefined if the id is free. */
  keyBytesOf(id: ItemId): Uint8Array | undefined {
    const record = this.#record(id);
    return record === 0 ? undefined : this.#view(record).slice();
  }

  /** Deletes a key; false if it was not known. Its bytes are wiped from the memory. */
  delete(key: Key): boolean {
    return this.deleteId(this.idOf(key));
  }

  /** Deletes the key of an id; false if the id is free. */
  deleteId(id: ItemId): boolean {
    const k = this.#k;
    try {
      return id >>> 0 === id && k.x.deleteId(id) !== 0;
    } catch (error) {
      throw k.fail(error);
    }
  }

  /** The live ids, ascending. Keys may be deleted and entered on the way: what comes is what lives when it is reached. */
  *ids(): IterableIterator<ItemId> {
    for (let id = this.#k.x.nextId(0); id >= 0; id = this.#k.x.nextId(id + 1)) yield id;
  }

  /** The live keys as strings, by ascending id. */
  *keys(): IterableIterator<string> {
    for (const id of this.ids()) yield this.keyOf(id)!;
  }

  /** The live keys as strings with their ids, by ascending id. */
  *entries(): IterableIterator<[key: string, id: ItemId]> {
    for (const id of this.ids()) yield [this.keyOf(id)!, id];
  }

  /** Sizes, all at this moment. */
  stats(): IfrStats {
    const k = this.#k;
    k.x.stats();
    const at = WINDOW >>> 2;
    const [buckets, , filterBlocks, staleKeys, bytes, freeBytes] = k.u32.subarray(at, at + 6) as unknown as number[];
    const keys = k.x.size();
    return {
      keys,
      buckets: buckets!,
      loadFactor: keys / (buckets! * 10),
      filterBits: filterBlocks! * 256,
      staleKeys: staleKeys!,
      keyBytes: bytes!,
      freeBytes: freeBytes! + k.x.arenaFree(),
      stateBytes: k.stateSize,
      memoryBytes: k.memorySize,
    };
  }

  /** Enters a key that may be too long for the window. */
  #internAlone(bytes: Uint8Array): number {
    if (bytes.length > WINDOW_BYTES) return this.#internLong(bytes);
    this.#k.u8.set(bytes, WINDOW);
    return this.#k.x.intern(WINDOW, bytes.length);
  }

  /** Enters a key by way of its own record, so that its bytes are nowhere else in the state. */
  #internLong(bytes: Uint8Array): number {
    if (bytes.length <= WINDOW_BYTES) return this.#internAlone(bytes);
    const k = this.#k;
    const record = k.x.newRecord(asU32(bytes.length)) >>> 0;
    if (record === 0) return NO_MEMORY;
    k.u8.set(bytes, record + RECORD_BYTES);
    return k.x.internRecord(record);
  }

  /** Asks the module about one key given as bytes. */
  #query(bytes: Uint8Array, ask: (p: number, len: number) => number): number {
    const p = this.#k.forQuery(bytes.length);
    this.#k.u8.set(bytes, p);
    return ask(p, bytes.length);
  }

  /** Looks keys up chunk by chunk; `take(k, n, at)` is told that the window's column holds the ids of keys at..at+n-1. */
  #lookup(keys: readonly Key[], take: (k: Kernel<IfrExports>, n: number, at: number) => void): void {
    const k = this.#k;
    try {
      for (let done = 0; done < keys.length; ) {
        let n = this.#writeChunk(keys, done);
        if (n > 0) k.x.lookupMany(n);
        else {
          const id = this.#query(keyBytes(keys[done]!), k.x.idOf);
          k.i32[WINDOW >>> 2] = id;
          n = 1;
        }
        take(k, n, done);
        done += n;
      }
      if (keys.length === 0) k.x.size();
    } catch (error) {
      throw k.fail(error);
    }
  }

  /** Writes as many of the keys from `from` on into the window as it takes; 0 if the next one is too long for it. */
  #writeChunk(keys: readonly Key[], from: number): number {
    const k = this.#k;
    const most = Math.min(CHUNK, keys.length - from);
    const u32 = k.u32;
    let at = WINDOW + 4 * most;
    let n = 0;
    for (; n < most; n++) {
      const key = keys[from + n]!;
      const room = WINDOW + WINDOW_BYTES - at;
      let length = typeof key === "string" ? writeAscii(u32, key, at, room) : -1;
      if (length < 0) length = writeKey(k, key, at, room);
      if (length < 0) break;
      u32[(WINDOW >>> 2) + n] = ((at - WINDOW) << 16) | length;
      at += (length + 3) & ~3;
    }
    return n;
  }

  #record(id: ItemId): number {
    const k = this.#k;
    try {
      return id >>> 0 === id ? k.x.keyOf(id) >>> 0 : 0;
    } catch (error) {
      throw k.fail(error);
    }
  }

  /** A view of the key in a record, valid until the next call into the module. */
  #view(record: number): Uint8Array {
    const start = record + RECORD_BYTES;
    return this.#k.u8.subarray(start, start + this.#k.u32[(record + 4) >>> 2]!);
  }
}

/** Copies the n answers of the window's column to out[at...]. */
function copyColumn(k: Kernel<IfrExports>, n: number, out: Int32Array, at: number): void {
  const column = k.i32;
  for (let i = 0; i < n; i++) out[at + i] = column[(WINDOW >>> 2) + i]!;
}

/** The array to write what is found about `keys` to: the one given, or a new one. */
function outFor<T extends Int32Array | Uint8Array>(keys: readonly Key[], out: T | undefined, type: new (n: number) => T): T {
  const n = checkArray("keys", keys).length;
  if (out === undefined) return new type(n);
  if (!(out instanceof type) || out.length < n) throw badArgument("out", `an ${type.name} of at least ${n}`, out);
  return out;
}
