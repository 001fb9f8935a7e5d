import { badArgument } from "../../errors.js";
import type { Bytes, ItemId } from "../../types.js";
import { ifrFixedModule } from "../../wasm/generated/ifr-fixed.js";
import type { Kernel } from "../../wasm/kernel.js";
import { prepareShared } from "../../wasm/share.js";
import { COPY, createShared, ReaderKernel, type Reading, type SharedExports, type SharedHandle, type Written } from "../../wasm/shared.js";
import type { LoadOptions } from "../../wasm/snapshot.js";
import type { SnapshotBytes, SnapshotReader } from "../../wasm/snapshot-source.js";
import type { KeyWidth } from "./columns.js";
import { checkWidth, type FixedColumns, FixedIfr, type FixedIfrExports, type FixedIfrOptions, startFixed } from "./fixed.js";
import { READERS } from "./shared.js";

/** Options of a registry of keys of one width in shared memory. */
export interface SharedFixedIfrOptions extends Omit<FixedIfrOptions, "wasm"> {
  /** The most bytes the state may take: addresses are set aside for all of it, memory only as it is used. */
  maxBytes: Bytes;
  /** The most readers attached at a time; default 8. */
  readers?: number;
}

/** The handle of a registry of keys of one width. */
export interface SharedFixedHandle extends SharedHandle {
  /** Bytes of every key. */
  readonly width: KeyWidth;
}

/** Address of the width in the state: assembly/ifr/layout.ts. */
const WIDTH = 0x20200 + 92;
/** The exports that change the state. */
const WRITES = ["intern", "insertMany", "undoIntern", "deleteId", "clear"] as const;

/**
 * A registry of keys of one width whose memory other threads read while this one goes on writing: a `FixedIfr` in every other
 * respect. Each call that changes something, and each windowful of a batch, becomes visible to readers as a whole.
 *
 * @example
 * const seen = await SharedFixedIfr.create({ width: 16, maxBytes: 100_000_000 });
 * const keys = crypto.getRandomValues(new Uint8Array(100 * 16));
 * seen.insertMany(keys);
 * const handle = seen.handle(); // for the other thread: worker.postMessage(handle)
 * // there
 * const reader = FixedIfrReader.attach(handle);
 * reader.lookupMany(keys, new Int32Array(100)); // 100
 * reader.detach();
 */
export class SharedFixedIfr extends FixedIfr {
  readonly #written: Written;
  readonly #maxBytes: Bytes;

  private constructor(k: Kernel<FixedIfrExports>, written: Written, { width, seed, maxBytes }: SharedFixedIfrOptions) {
    super(k, width, seed);
    this.#written = written;
    this.#maxBytes = maxBytes;
  }

  /**
   * A new, empty registry in shared memory.
   * @throws ERR_ARGUMENT; ERR_MEMORY; ERR_WASM where memory cannot be shared, as in a browser's page that is not isolated
   */
  static override async create(options: SharedFixedIfrOptions): Promise<SharedFixedIfr> {
    await prepareShared(ifrFixedModule);
    return SharedFixedIfr.createSync(options);
  }

  /** The same at once. */
  static override createSync(options: SharedFixedIfrOptions): SharedFixedIfr {
    const { width, maxBytes, readers = READERS } = options ?? {};
    checkWidth(width);
    const written = createShared(ifrFixedModule, WRITES, maxBytes, readers);
    return new SharedFixedIfr(startFixed(written.instance, options), written, options);
  }

  /** What `FixedIfrReader.attach` takes, to be sent to another thread. */
  handle(): SharedFixedHandle {
    this.k.x.size();
    return { ...this.#written.handle, width: this.width };
  }

  /** Readers that are attached. */
  get readers(): number {
    return this.#written.lock.readers;
  }

  /** Frees the slot (`FixedIfrReader.slot`) of a reader whose thread ended without `detach`. @throws ERR_ARGUMENT if there is no such slot */
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
class View extends FixedIfr {
  // biome-ignore lint/complexity/noUselessConstructor: that of FixedIfr is for its own classes
  constructor(k: Kernel<FixedIfrExports>, width: KeyWidth) {
    super(k, width);
  }
}

type Exports = FixedIfrExports & SharedExports;

/**
 * A reader of a registry of keys of one width that another thread writes. Every answer is true of one moment between two
 * changes; a batch is cut into windowfuls, each with a moment of its own.
 *
 * A query waits while a change is under way. Every method throws ERR_DISPOSED if the writer or the reader is disposed,
 * ERR_POISONED if the writer trapped or its thread ended in the midst of a change.
 */
export class FixedIfrReader {
  readonly #k: ReaderKernel<Exports>;
  readonly #ifr: View;

  private constructor(k: ReaderKernel<Exports>, width: KeyWidth) {
    this.#k = k;
    this.#ifr = new View(k, width);
  }

  /**
   * Joins the registry of a handle, without a copy.
   * @throws ERR_ARGUMENT for anything else; ERR_FULL if as many readers are attached as its options allow; ERR_DISPOSED; ERR_WASM
   */
  static attach(handle: SharedFixedHandle): FixedIfrReader {
    const width = handle?.width;
    checkWidth(width);
    return new FixedIfrReader(
      ReaderKernel.attach<Exports>("ifr-fixed", handle, (reading) => readExports(reading, width)),
      width,
    );
  }

  /** Bytes of every key. */
  get width(): KeyWidth {
    return this.#ifr.width;
  }

  /** The number of this reader's place, for `SharedFixedIfr.freeReader`. */
  get slot(): number {
    return this.#k.slot;
  }

  /** See {@link FixedIfr.size}. */
  get size(): number {
    return this.#ifr.size;
  }

  /** See {@link FixedIfr.idLimit}. */
  get idLimit(): number {
    return this.#ifr.idLimit;
  }

  /** Columns of this reader's own; see {@link FixedIfr.columns}. They are good until `detach`. */
  get columns(): FixedColumns {
    return this.#ifr.columns;
  }

  /** See {@link FixedIfr.idOf}. */
  idOf(key: Uint8Array): ItemId | -1 {
    return this.#ifr.idOf(key);
  }

  /** See {@link FixedIfr.has}. */
  has(key: Uint8Array): boolean {
    return this.#ifr.has(key);
  }

  /** See {@link FixedIfr.lookupMany}. */
  lookupMany(n: number): number;
  lookupMany(keys: Uint8Array, out: Int32Array): number;
  lookupMany(keys: number | Uint8Array, out?: Int32Array): number {
    return this.#ifr.lookupMany(keys as Uint8Array, out as Int32Array);
  }

  /** See {@link FixedIfr.hasMany}. */
  hasMany(n: number): number;
  hasMany(keys: Uint8Array, out?: Uint8Array): number;
  hasMany(keys: number | Uint8Array, out?: Uint8Array): number {
    return this.#ifr.hasMany(keys as Uint8Array, out);
  }

  /** See {@link FixedIfr.keyOf}. */
  keyOf(id: ItemId): Uint8Array | undefined {
    return this.#ifr.keyOf(id);
  }

  /** See {@link FixedIfr.ids}. */
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

/** The queries' exports, each repeated until it saw a whole state; the answers of a batch are not in the place of its keys. */
function readExports({ x, look, shift, u8, u32 }: Reading<Exports>, width: KeyWidth): Partial<Exports> {
  const real = u32[WIDTH >>> 2];
  if (real !== width) throw badArgument("handle.width", `${real}, which the registry has`, width);
  return {
    idOf: (p) => look(() => x.idOf(p + shift)),
    lookupMany: (n) => look(() => x.lookupMany(n)),
    hasMany: (n) => look(() => x.hasMany(n)),
    keyOf: (id) =>
      look(() => {
        const p = x.keyOf(id) >>> 0;
        if (p === 0) return 0;
        u8.copyWithin(COPY + shift, p, p + width);
        return COPY;
      }),
    nextId: (from) => look(() => x.nextId(from)),
    size: () => look(() => x.size()),
    idLimit: () => look(() => x.idLimit()),
  };
}
