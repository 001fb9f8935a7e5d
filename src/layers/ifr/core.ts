import type { Bytes, ItemId } from "../../types.js";
import { ifrModule } from "../../wasm/generated/ifr.js";
import {
  asU32,
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
import { RECORD_BYTES } from "./header.js";
import { type Key, keyBytes, keyText, writeKey } from "./keys.js";

/** Options of the registry; the seed is that of its hash. */
export interface IfrOptions extends LayerOptions {
  /** How many keys to make room for at once, up to 2^30; default 0. The registry grows beyond it by itself. */
  capacity?: number;
  /** Bits of the Bloom filter a key when the index is full: 0 (no filter) to 64; default 12. */
  filterBitsPerKey?: number;
}

export interface IfrExports extends KernelExports {
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
}

/** What the engine needs of the registry: keys one by one. `Ifr` has the rest. */
export class IfrCore extends Layer<IfrExports> {
  protected readonly k: Kernel<IfrExports>;

  protected constructor(k: Kernel<IfrExports>) {
    super(k);
    this.k = k;
  }

  /**
   * A new, empty registry.
   * @throws ERR_ARGUMENT for options outside their domain, ERR_MEMORY if the capacity does not fit, ERR_WASM
   */
  static async create(options: IfrOptions = {}): Promise<IfrCore> {
    return new IfrCore(start(await instantiate(ifrModule, options.wasm), options));
  }

  /** The same at once, where the runtime allows to compile WebAssembly synchronously. */
  static createSync(options: IfrOptions = {}): IfrCore {
    return new IfrCore(start(instantiateSync(ifrModule, options.wasm), options));
  }

  /** Live keys. */
  get size(): number {
    return this.k.x.size();
  }

  /**
   * The id of a key, which is entered if it is new. Amortised O(length); the call that splits a segment of the index moves up to 16,600 keys.
   * @throws ERR_ARGUMENT for a key that is neither string nor bytes; ERR_MEMORY, and nothing has changed
   */
  intern(key: Key): ItemId {
    const k = this.k;
    try {
      const n = writeKey(k, key, WINDOW, WINDOW_BYTES);
      const id = n >= 0 ? k.x.intern(WINDOW, n) : this.internLong(keyBytes(key));
      if (id < 0) throw k.full();
      return id;
    } catch (error) {
      throw k.fail(error);
    }
  }

  /** The id of a key, or -1 if it is not known. @throws ERR_ARGUMENT for a key that is neither string nor bytes */
  idOf(key: Key): ItemId | -1 {
    const k = this.k;
    try {
      const n = writeKey(k, key, WINDOW, WINDOW_BYTES);
      return n >= 0 ? k.x.idOf(WINDOW, n) : this.query(keyBytes(key), k.x.idOf);
    } catch (error) {
      throw k.fail(error);
    }
  }

  /** Whether a key is known. */
  has(key: Key): boolean {
    return this.idOf(key) >= 0;
  }

  /**
   * The key of an id as a string, or undefined if the id is free. Every key entered as a string comes back as it was; of
   * bytes that are not the UTF-8 of a string, see `keyBytesOf`.
   */
  keyOf(id: ItemId): string | undefined {
    const record = this.record(id);
    return record === 0 ? undefined : keyText(this.view(record));
  }

  /** Deletes the key of an id; false if the id is free. */
  deleteId(id: ItemId): boolean {
    const k = this.k;
    try {
      return id >>> 0 === id && k.x.deleteId(id) !== 0;
    } catch (error) {
      throw k.fail(error);
    }
  }

  /** The live ids, ascending. Keys may be deleted and entered on the way: what comes is what lives when it is reached. */
  *ids(): IterableIterator<ItemId> {
    for (let id = this.k.x.nextId(0); id >= 0; id = this.k.x.nextId(id + 1)) yield id;
  }

  /** The live keys as strings, by ascending id. */
  *keys(): IterableIterator<string> {
    for (const id of this.ids()) yield this.keyOf(id)!;
  }

  /** Bytes of the state, and of WebAssembly memory. */
  stats(): { stateBytes: Bytes; memoryBytes: Bytes } {
    return { stateBytes: this.k.stateSize, memoryBytes: this.k.memorySize };
  }

  /** Enters a key by way of its own record, so that its bytes are nowhere else in the state. */
  protected internLong(bytes: Uint8Array): number {
    const k = this.k;
    if (bytes.length <= WINDOW_BYTES) {
      k.u8.set(bytes, WINDOW);
      return k.x.intern(WINDOW, bytes.length);
    }
    const record = k.x.newRecord(asU32(bytes.length)) >>> 0;
    if (record === 0) return NO_MEMORY;
    k.u8.set(bytes, record + RECORD_BYTES);
    return k.x.internRecord(record);
  }

  /** Asks the module about one key given as bytes. */
  protected query(bytes: Uint8Array, ask: (p: number, len: number) => number): number {
    const p = this.k.forQuery(bytes.length);
    this.k.u8.set(bytes, p);
    return ask(p, bytes.length);
  }

  protected record(id: ItemId): number {
    const k = this.k;
    try {
      return id >>> 0 === id ? k.x.keyOf(id) >>> 0 : 0;
    } catch (error) {
      throw k.fail(error);
    }
  }

  /** A view of the key in a record, valid until the next call into the module. */
  protected view(record: number): Uint8Array {
    const start = record + RECORD_BYTES;
    return this.k.u8.subarray(start, start + this.k.u32[(record + 4) >>> 2]!);
  }
}

/** Sets a new instance of the module up. */
export function start(instance: WebAssembly.Instance, options: IfrOptions): Kernel<IfrExports> {
  const k = new Kernel<IfrExports>("ifr", instance, "internRecord");
  const { capacity = 0, filterBitsPerKey = 12 } = options;
  checkInteger("capacity", capacity, 0, 0x4000_0000);
  checkInteger("filterBitsPerKey", filterBitsPerKey, 0, 64);
  const [low, high] = seedHalves(options.seed);
  const limit = limitBytes(options.maxBytes);
  try {
    if (!k.x.init(low, high, limit, capacity, filterBitsPerKey)) throw k.full();
  } catch (error) {
    throw k.fail(error);
  }
  return k;
}
