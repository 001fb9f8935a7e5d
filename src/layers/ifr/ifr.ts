import { badArgument } from "../../errors.js";
import type { Bytes, ItemId } from "../../types.js";
import { ifrModule } from "../../wasm/generated/ifr.js";
import { type Kernel, WINDOW, WINDOW_BYTES } from "../../wasm/kernel.js";
import type { LoadOptions } from "../../wasm/snapshot.js";
import { SnapshotFormat } from "../../wasm/snapshot-format.js";
import type { SnapshotBytes, SnapshotInput, SnapshotReader } from "../../wasm/snapshot-source.js";
import { instantiate, instantiateSync } from "../../wasm/source.js";
import { countKeys, type Keys, keyAt, writeChunk } from "./columns.js";
import { IfrCore, type IfrExports, type IfrOptions, start } from "./core.js";
import { headerWord, type IndexStats, indexStats } from "./header.js";
import { type Key, keyBytes, writeKey } from "./keys.js";
import { snapshotKinds } from "./snapshot.js";

export type { Keys, KeyWidth, PackedKeys } from "./columns.js";
export { packKeys } from "./columns.js";
export type { IfrOptions } from "./core.js";
export type { Key } from "./keys.js";

// Made when it is asked for: a bundler keeps what is made where a module is loaded.
const format = () => new SnapshotFormat<IfrExports>(snapshotKinds.ifr, ifrModule, "internRecord");

/** What `Ifr.stats()` tells. */
export interface IfrStats extends IndexStats {
  /** Bits of the Bloom filter. */
  filterBits: number;
  /** Deleted keys that the filter still lets pass. */
  staleKeys: number;
  /** Bytes of all live keys. */
  keyBytes: Bytes;
  /** Bytes inside the state that wait for new keys. */
  freeBytes: Bytes;
}

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
export class Ifr extends IfrCore {
  #seed: number;

  protected constructor(k: Kernel<IfrExports>, seed = 0) {
    super(k);
    this.#seed = seed;
  }

  /**
   * A new, empty registry.
   * @throws ERR_ARGUMENT for options outside their domain, ERR_MEMORY if the capacity does not fit, ERR_WASM
   */
  static override async create(options?: IfrOptions): Promise<Ifr> {
    const given = options ?? {};
    return new Ifr(start(await instantiate(ifrModule, given.wasm), given), given.seed);
  }

  /** The same at once, where the runtime allows to compile WebAssembly synchronously. */
  static override createSync(options?: IfrOptions): Ifr {
    const given = options ?? {};
    return new Ifr(start(instantiateSync(ifrModule, given.wasm), given), given.seed);
  }

  /**
   * A registry as `snapshot` wrote it, which then goes on as the original would have.
   * @param source the snapshot's bytes; a reader at positions, such as `fileSource` of `mfn/node`, from which they go straight
   *   into the registry's memory; a fetch Response, a Blob or a stream
   * @param options `reuse` is a registry that nobody needs any more: it is disposed, and its memory taken instead of new memory, which
   *   the system must hand out page by page. Not one in shared memory.
   * @throws ERR_SNAPSHOT for a file that is damaged, or of another kind or version; ERR_MEMORY; ERR_WASM
   */
  static async load(source: SnapshotInput | PromiseLike<SnapshotInput>, options?: LoadOptions & { reuse?: Ifr }): Promise<Ifr> {
    const { kernel, header } = await format().load(source, options, options?.reuse?.k);
    return new Ifr(kernel, header.seed);
  }

  /** The same at once, from bytes or a reader. */
  static loadSync(source: SnapshotBytes | SnapshotReader, options?: LoadOptions & { reuse?: Ifr }): Ifr {
    const { kernel, header } = format().loadSync(source, options, options?.reuse?.k);
    return new Ifr(kernel, header.seed);
  }

  /** The registry as a file: header, checksum and state. O(bytes). */
  snapshot(): Uint8Array<ArrayBuffer> {
    return format().write(this.k, this.#seed);
  }

  /**
   * Takes the state of a snapshot instead of its own, in the memory it has. The snapshot is read twice, first to check it.
   * @throws as `load`; then the registry is as before
   */
  restore(source: SnapshotBytes | SnapshotReader, options?: Pick<LoadOptions, "maxBytes">): void {
    this.#seed = format().restore(this.k, source, options?.maxBytes).seed;
  }

  /** 1 + the largest id ever given: the length that a column indexed by id needs. */
  get idLimit(): number {
    return this.k.x.idLimit();
  }

  /**
   * The ids of keys, in their order; new ones are entered. The fast path: about one call into the module per thousand keys.
   * The state is the same as after calls of `intern` one by one.
   * @param keys an array, or a column as `packKeys` makes it
   * @param out where to write the ids, at least as long as `keys`
   * @throws as `intern`; then none of the keys has been entered, and `out` is undefined
   */
  internMany(keys: Keys, out?: Int32Array): Int32Array {
    const count = countKeys(keys);
    out = outFor(count, out, Int32Array);
    const k = this.k;
    const limit = k.x.idLimit();
    // New keys are written as the complement of their id until all are in, so that a failure can undo just them.
    let done = 0;
    let fresh = false;
    try {
      while (done < count) {
        const n = writeChunk(k, keys, done, count);
        const size = k.x.size();
        if (n > 0) {
          const entered = k.x.internMany(n);
          copyColumn(k, entered, out, done);
          done += entered;
          if (entered < n) throw k.full();
        } else {
          const id = this.#internAlone(keyBytes(keyAt(keys, done)));
          if (id < 0) throw k.full();
          out[done++] = k.x.size() > size ? ~id : id;
        }
        fresh ||= k.x.size() > size;
      }
    } catch (error) {
      const failure = k.fail(error);
      for (let i = done - 1; i >= 0; i--) if (out[i]! < 0) k.x.undoIntern(~out[i]!, limit);
      throw failure;
    }
    if (fresh) for (let i = 0; i < done; i++) out[i] = out[i]! ^ (out[i]! >> 31);
    return out;
  }

  /**
   * The ids of keys, in their order, -1 for those not known. The fast path for many keys.
   * @param keys an array, or a column as `packKeys` makes it
   * @param out where to write the ids, at least as long as `keys`
   */
  idsOf(keys: Keys, out?: Int32Array): Int32Array {
    const count = countKeys(keys);
    const ids = outFor(count, out, Int32Array);
    this.#lookup(keys, count, (k, n, at) => copyColumn(k, n, ids, at));
    return ids;
  }

  /**
   * Which keys are known: 1 or 0 for each, in their order.
   * @param out where to write, at least as long as `keys`
   */
  hasMany(keys: Keys, out?: Uint8Array): Uint8Array {
    const count = countKeys(keys);
    const known = outFor(count, out, Uint8Array);
    this.#lookup(keys, count, (k, n, at) => {
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
    const k = this.k;
    try {
      const n = writeKey(k, key, WINDOW, WINDOW_BYTES);
      return (n >= 0 ? k.x.mayHave(WINDOW, n) : this.query(keyBytes(key), k.x.mayHave)) !== 0;
    } catch (error) {
      throw k.fail(error);
    }
  }

  /** The key of an id as bytes (a copy), or undefined if the id is free. */
  keyBytesOf(id: ItemId): Uint8Array | undefined {
    const record = this.record(id);
    return record === 0 ? undefined : this.view(record).slice();
  }

  /** Deletes a key; false if it was not known. Its bytes are wiped from the memory. */
  delete(key: Key): boolean {
    return this.deleteId(this.idOf(key));
  }

  /** The live keys as strings with their ids, by ascending id. */
  *entries(): IterableIterator<[key: string, id: ItemId]> {
    for (const id of this.ids()) yield [this.keyOf(id)!, id];
  }

  /** Sizes, all at this moment. */
  override stats(): IfrStats {
    const { k } = this;
    const index = indexStats(k);
    return {
      ...index,
      filterBits: index.segments * headerWord(k, 44) * 256,
      staleKeys: headerWord(k, 64),
      keyBytes: headerWord(k, 144),
      // Of the arena, of freed records, and of the slab that records are cut from.
      freeBytes: (k.x.arenaFree() >>> 0) + headerWord(k, 148) + headerWord(k, 140) - headerWord(k, 136),
    };
  }

  /** Enters a key that may be too long for the window. */
  #internAlone(bytes: Uint8Array): number {
    if (bytes.length > WINDOW_BYTES) return this.internLong(bytes);
    this.k.u8.set(bytes, WINDOW);
    return this.k.x.intern(WINDOW, bytes.length);
  }

  /** Looks keys up chunk by chunk; `take(k, n, at)` is told that the window's column holds the ids of keys at..at+n-1. */
  #lookup(keys: Keys, count: number, take: (k: Kernel<IfrExports>, n: number, at: number) => void): void {
    const k = this.k;
    try {
      for (let done = 0; done < count; ) {
        let n = writeChunk(k, keys, done, count);
        if (n > 0) k.x.lookupMany(n);
        else {
          const id = this.query(keyBytes(keyAt(keys, done)), k.x.idOf);
          k.i32[WINDOW >>> 2] = id;
          n = 1;
        }
        take(k, n, done);
        done += n;
      }
      if (count === 0) k.x.size();
    } catch (error) {
      throw k.fail(error);
    }
  }
}

/** Copies the n answers of the window's column to out[at...]. */
function copyColumn(k: Kernel<IfrExports>, n: number, out: Int32Array, at: number): void {
  out.set(k.i32.subarray(WINDOW >>> 2, (WINDOW >>> 2) + n), at);
}

/** The array to write what is found about `n` keys to: the one given, or a new one. */
function outFor<T extends Int32Array | Uint8Array>(n: number, out: T | undefined, type: new (n: number) => T): T {
  if (out === undefined) return new type(n);
  if (!(out instanceof type) || out.length < n) throw badArgument("out", `an ${type.name} of at least ${n}`, out);
  return out;
}
