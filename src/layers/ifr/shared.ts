import { MfnError } from "../../errors.js";
import type { Bytes, ItemId } from "../../types.js";
import { ifrModule } from "../../wasm/generated/ifr.js";
import { type Kernel, WINDOW, WINDOW_BYTES } from "../../wasm/kernel.js";
import { prepareShared } from "../../wasm/share.js";
import {
  COPY,
  COPY_BYTES,
  createShared,
  ReaderKernel,
  type Reading,
  type SharedExports,
  type SharedHandle,
  type Written,
} from "../../wasm/shared.js";
import type { LoadOptions } from "../../wasm/snapshot.js";
import type { SnapshotBytes, SnapshotReader } from "../../wasm/snapshot-source.js";
import type { Keys } from "./columns.js";
import { type IfrExports, type IfrOptions, start } from "./core.js";
import { RECORD_BYTES } from "./header.js";
import { Ifr } from "./ifr.js";
import type { Key } from "./keys.js";

/** Options of a registry in shared memory. */
export interface SharedIfrOptions extends Omit<IfrOptions, "wasm"> {
  /** The most bytes the state may take: addresses are set aside for all of it, memory only as it is used. */
  maxBytes: Bytes;
  /** The most readers attached at a time; default 8. */
  readers?: number;
}

/** The exports that change the state. */
const WRITES = ["intern", "internMany", "newRecord", "internRecord", "undoIntern", "deleteId"] as const;
/** Readers, if the options do not say. */
export const READERS = 8;

/**
 * A registry whose memory other threads read while this one goes on writing: an `Ifr` in every other respect.
 *
 * Each call that changes something, and each thousand keys of a batch, becomes visible to readers as a whole.
 *
 * @example
 * const ifr = await SharedIfr.create({ maxBytes: 100_000_000 });
 * ifr.intern("GET /basket");
 * const handle = ifr.handle(); // for the other thread: worker.postMessage(handle)
 * // there
 * const reader = IfrReader.attach(handle);
 * reader.idOf("GET /basket"); // 0
 * reader.detach();
 */
export class SharedIfr extends Ifr {
  readonly #written: Written;
  readonly #maxBytes: Bytes;

  private constructor(k: Kernel<IfrExports>, written: Written, { seed, maxBytes }: SharedIfrOptions) {
    super(k, seed);
    this.#written = written;
    this.#maxBytes = maxBytes;
  }

  /**
   * A new, empty registry in shared memory.
   * @throws ERR_ARGUMENT; ERR_MEMORY; ERR_WASM where memory cannot be shared, as in a browser's page that is not isolated
   */
  static override async create(options: SharedIfrOptions): Promise<SharedIfr> {
    await prepareShared(ifrModule);
    return SharedIfr.createSync(options);
  }

  /** The same at once. */
  static override createSync(options: SharedIfrOptions): SharedIfr {
    const { maxBytes, readers = READERS } = options ?? {};
    const written = createShared(ifrModule, WRITES, maxBytes, readers);
    return new SharedIfr(start(written.instance, options), written, options);
  }

  /** What `IfrReader.attach` takes, to be sent to another thread. */
  handle(): SharedHandle {
    this.k.x.size();
    return this.#written.handle;
  }

  /** Copied out of shared memory, which not every decoder takes. */
  protected override view(record: number): Uint8Array {
    return super.view(record).slice();
  }

  /** Readers that are attached. */
  get readers(): number {
    return this.#written.lock.readers;
  }

  /** Frees the slot (`IfrReader.slot`) of a reader whose thread ended without `detach`. @throws ERR_ARGUMENT if there is no such slot */
  freeReader(slot: number): void {
    this.#written.lock.free(slot);
  }

  override restore(source: SnapshotBytes | SnapshotReader, options?: Pick<LoadOptions, "maxBytes">): void {
    const maxBytes = Math.min(this.#maxBytes, options?.maxBytes ?? this.#maxBytes);
    this.#written.lock.change(() => super.restore(source, { maxBytes }));
  }

  /** Lets go of the memory; readers that are attached get ERR_DISPOSED. Idempotent. */
  override dispose(): void {
    this.#written.lock.dispose();
    super.dispose();
  }
}

/** The registry over a reader's kernel. */
class View extends Ifr {
  // biome-ignore lint/complexity/noUselessConstructor: that of Ifr is for its own classes
  constructor(k: Kernel<IfrExports>) {
    super(k);
  }

  /** Copied out of shared memory, which not every decoder takes. */
  protected override view(record: number): Uint8Array {
    return super.view(record).slice();
  }
}

/**
 * A reader of a registry that another thread writes. Every answer is true of one moment between two changes; a batch is cut
 * into chunks of a thousand keys, each with a moment of its own. Keys may have up to 64 KiB.
 *
 * A query waits while a change is under way. Every method throws ERR_DISPOSED if the writer or the reader is disposed,
 * ERR_POISONED if the writer trapped or its thread ended in the midst of a change.
 */
export class IfrReader {
  readonly #k: ReaderKernel<Exports>;
  readonly #ifr: View;

  private constructor(k: ReaderKernel<Exports>) {
    this.#k = k;
    this.#ifr = new View(k);
  }

  /**
   * Joins the registry of a handle, without a copy.
   * @throws ERR_ARGUMENT for anything else; ERR_FULL if as many readers are attached as its options allow; ERR_DISPOSED; ERR_WASM
   */
  static attach(handle: SharedHandle): IfrReader {
    return new IfrReader(ReaderKernel.attach("ifr", handle, readExports));
  }

  /** The number of this reader's place, for `SharedIfr.freeReader`. */
  get slot(): number {
    return this.#k.slot;
  }

  /** See {@link Ifr.size}. */
  get size(): number {
    return this.#ifr.size;
  }

  /** See {@link Ifr.idLimit}. */
  get idLimit(): number {
    return this.#ifr.idLimit;
  }

  /** See {@link Ifr.idOf}. @throws ERR_KEY for a key of more than 64 KiB */
  idOf(key: Key): ItemId | -1 {
    return this.#ifr.idOf(key);
  }

  /** See {@link Ifr.has}. */
  has(key: Key): boolean {
    return this.#ifr.has(key);
  }

  /** See {@link Ifr.mayHave}. */
  mayHave(key: Key): boolean {
    return this.#ifr.mayHave(key);
  }

  /** See {@link Ifr.idsOf}. */
  idsOf(keys: Keys, out?: Int32Array): Int32Array {
    return this.#ifr.idsOf(keys, out);
  }

  /** See {@link Ifr.hasMany}. */
  hasMany(keys: Keys, out?: Uint8Array): Uint8Array {
    return this.#ifr.hasMany(keys, out);
  }

  /** See {@link Ifr.keyOf}. @throws ERR_KEY for a key of more than 64 KiB less 8 bytes */
  keyOf(id: ItemId): string | undefined {
    return this.#ifr.keyOf(id);
  }

  /** See {@link Ifr.keyBytesOf}. */
  keyBytesOf(id: ItemId): Uint8Array | undefined {
    return this.#ifr.keyBytesOf(id);
  }

  /** See {@link Ifr.ids}. */
  ids(): IterableIterator<ItemId> {
    return this.#ifr.ids();
  }

  /** Leaves; the place is free for another reader. Idempotent. */
  detach(): void {
    this.#ifr.dispose();
  }

  /** The same as `detach`, for `using`. */
  [Symbol.dispose](): void {
    this.detach();
  }
}

type Exports = IfrExports & SharedExports;

/** The queries' exports, each repeated until it saw a whole state. A pointer into the window means that of the reader. */
function readExports({ x, look, shift, u8, u32 }: Reading<Exports>): Partial<Exports> {
  const window = WINDOW + shift;
  const column = u32.subarray(window >>> 2, (window + WINDOW_BYTES) >>> 2);
  const asked = new Uint32Array(column.length);
  return {
    idOf: (p, n) => look(() => x.idOf(p + shift, n)),
    mayHave: (p, n) => look(() => x.mayHave(p + shift, n)),
    lookupMany(n) {
      // The answers come in the place of the questions, which another attempt needs.
      asked.set(column.subarray(0, n));
      let again = false;
      look(() => {
        if (again) column.set(asked.subarray(0, n));
        again = true;
        x.lookupMany(n);
      });
    },
    keyOf(id) {
      const bytes = look(() => {
        const record = x.keyOf(id) >>> 0;
        if (record === 0) return 0;
        const n = RECORD_BYTES + u32[(record + 4) >>> 2]!;
        if (n <= COPY_BYTES) u8.copyWithin(COPY + shift, record, record + n);
        return n;
      });
      if (bytes > COPY_BYTES)
        throw new MfnError("ERR_KEY", `the key of id ${id} has ${bytes - RECORD_BYTES} bytes, more than a reader takes`);
      return bytes === 0 ? 0 : COPY;
    },
    nextId: (from) => look(() => x.nextId(from)),
    size: () => look(() => x.size()),
    idLimit: () => look(() => x.idLimit()),
  };
}
