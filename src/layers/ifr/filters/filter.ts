import { badArgument } from "../../../errors.js";
import type { Bytes } from "../../../types.js";
import { ifrFiltersModule } from "../../../wasm/generated/ifr-filters.js";
import { checkInteger, Kernel, type LayerOptions, WINDOW, WINDOW_BYTES } from "../../../wasm/kernel.js";
import { Layer } from "../../../wasm/layer.js";
import type { LoadOptions } from "../../../wasm/snapshot.js";
import { SnapshotFormat } from "../../../wasm/snapshot-format.js";
import type { SnapshotKind } from "../../../wasm/snapshot-header.js";
import type { SnapshotBytes, SnapshotReader } from "../../../wasm/snapshot-source.js";
import type { KeyWidth } from "../columns.js";
import { type Key, keyBytes, writeAscii, writeKey } from "../keys.js";
import { type AsciiWriter, asciiWriter } from "../strings.js";
import {
  checkKeys,
  columnCapacity,
  countFilterKeys,
  countHashes,
  type FilterKeys,
  feed,
  feedHashes,
  type KeyHashes,
  writeLong,
} from "./feed.js";
import { seedWords } from "./header.js";
import type { FilterExports } from "./kernel.js";

/**
 * How a filter hashes its keys: "fast" with the secret words that its seed gives, so that nobody who does not know the seed can
 * choose keys that collide; "xxh64" as Parquet does, by XXH64 with seed 0.
 */
export type FilterHash = "fast" | "xxh64";

/** Options that every filter takes. */
export interface FilterOptions extends LayerOptions {
  /** Default "fast". With "xxh64" there must be no `seed`. */
  hash?: FilterHash;
}

/** A part of the module's memory that a caller fills with keys of one width, and the bits that answer for them. */
export interface Columns {
  /** How many keys it takes. */
  readonly capacity: number;
  /** Key i is at [i * width, (i + 1) * width). */
  readonly keys: Uint8Array;
  /** `hasColumns` writes here: bit i & 7 of byte i >> 3 answers for key i. */
  readonly bits: Uint8Array;
}

/** What every filter's `stats()` tells. */
export interface FilterStats {
  /** Bits of the table. */
  bits: number;
  /** The chance that a key that was never added is let pass, from what the table holds now. */
  falsePositiveRate: number;
  /** Bytes of the state: what `image()` copies. */
  stateBytes: Bytes;
  /** Bytes of WebAssembly memory. */
  memoryBytes: Bytes;
}

/** The number of `hash` in the module. @throws ERR_ARGUMENT for another, or for "xxh64" with a seed */
export function hashNumber({ hash = "fast", seed }: FilterOptions): number {
  if (hash !== "fast" && hash !== "xxh64") throw badArgument("hash", '"fast" or "xxh64"', hash);
  if (hash === "xxh64" && seed !== undefined && seed !== 0) throw badArgument("seed", 'none with hash "xxh64"', seed);
  return hash === "fast" ? 0 : 1;
}

/** The kernel of a filter over a fresh instance. */
export function filterKernel(instance: WebAssembly.Instance): Kernel<FilterExports> {
  return new Kernel<FilterExports>("ifr-filters", instance, "initBloom");
}

/** How filters of one class are written to files. */
export function filterFormat(kind: SnapshotKind): SnapshotFormat<FilterExports> {
  return new SnapshotFormat<FilterExports>(kind, ifrFiltersModule, "initBloom");
}

/** What every filter can do: answer whether a key may be there. A `false` is certain, a `true` is not. */
export abstract class Filter extends Layer<FilterExports> {
  protected readonly k: Kernel<FilterExports>;
  /** How a short string gets into the window where the runtime's own functions are faster than a loop; else null. */
  readonly #ascii: AsciiWriter | null;

  protected constructor(k: Kernel<FilterExports>) {
    super(k);
    this.k = k;
    this.#ascii = asciiWriter(k.x.memory);
  }

  /** How this class is written to files. */
  protected abstract get format(): SnapshotFormat<FilterExports>;

  /** The filter as a file: header, checksum and state. O(bytes). */
  snapshot(): Uint8Array<ArrayBuffer> {
    const { k } = this;
    const [low, high] = seedWords(k);
    return this.format.write(k, (high | 0) * 0x1_0000_0000 + low);
  }

  /**
   * Takes the state of a snapshot of a filter of the same class instead of its own, in the memory it has; size, hash and seed become
   * those of the snapshot. The snapshot is read twice, first to check it.
   * @throws as `load`; then the filter is as before
   */
  restore(source: SnapshotBytes | SnapshotReader, options?: Pick<LoadOptions, "maxBytes">): void {
    this.format.restore(this.k, source, options?.maxBytes);
  }

  /**
   * Whether the key may be there; false is certain. O(length).
   * @throws ERR_ARGUMENT for a key that is neither string nor bytes; ERR_MEMORY for one longer than 64 KiB that there is no room for
   */
  has(key: Key): boolean {
    const k = this.k;
    try {
      // Most keys are short strings, and few instructions here let the processor begin with the next key while this one's line comes.
      let n = -1;
      if (typeof key === "string") {
        n = this.#ascii === null ? writeAscii(k.u32, key, WINDOW, WINDOW_BYTES) : this.#ascii(key, WINDOW, WINDOW_BYTES);
      }
      if (n < 0) n = writeKey(k, key, WINDOW, WINDOW_BYTES);
      return (n >= 0 ? k.x.hasKey(WINDOW, n) : writeLong(k, keyBytes(key), k.x.hasKey)) !== 0;
    } catch (error) {
      throw k.fail(error);
    }
  }

  /**
   * Asks for many keys.
   * @param out where to write the answers, at least (keys + 7) >> 3 bytes: bit i & 7 of byte i >> 3 answers for key i, further bits
   * of the last byte become 0
   * @returns how many may be there
   * @throws ERR_ARGUMENT for what is no batch of keys, or an `out` that is too short; ERR_MEMORY as for `has`
   */
  hasMany(keys: FilterKeys, out?: Uint8Array): number {
    const k = this.k;
    const n = countFilterKeys(keys);
    checkBits(out, n);
    try {
      let hits = 0;
      feed(k, keys, n, (source, some, at, to) => {
        hits += k.x.hasMany(source, some, to) >>> 0;
        if (out !== undefined) copyBits(k.u8, to, some, out, at);
      });
      if (n === 0) k.x.arenaTop();
      return hits;
    } catch (error) {
      throw k.fail(error);
    }
  }

  /**
   * Asks for keys by their 64-bit hashes, for callers that have hashed them already. The hashes are not those that the filter
   * makes of keys (but for XXH64 with seed 0, if that is the filter's hash): what is asked for by hash must have been added so.
   * @param out as for `hasMany`
   * @returns how many may be there
   */
  hasHashes(hashes: KeyHashes, out?: Uint8Array): number {
    const k = this.k;
    const n = countHashes(hashes);
    checkBits(out, n);
    try {
      let hits = 0;
      feedHashes(k, hashes, n, (source, some, at, to) => {
        hits += k.x.hasMany(source, some, to) >>> 0;
        if (out !== undefined) copyBits(k.u8, to, some, out, at);
      });
      if (n === 0) k.x.arenaTop();
      return hits;
    } catch (error) {
      throw k.fail(error);
    }
  }

  /**
   * Views of the module's memory to fill with keys of one width, for `hasColumns` and `addColumns`: the fastest way in.
   *
   * The memory is that through which all keys go: any other call on this filter may overwrite it, and one with a key longer than
   * 64 KiB may leave the views with length 0. So fill it, make the call, read the bits.
   * @throws ERR_ARGUMENT for another width than 8, 16, 20 or 32
   */
  columns(width: KeyWidth): Columns {
    const capacity = columnCapacity(width);
    const from = WINDOW + capacity * width;
    const { u8 } = this.k;
    return { capacity, keys: u8.subarray(WINDOW, from), bits: u8.subarray(from, from + capacity / 8) };
  }

  /**
   * Asks for the first `n` keys that `columns(width)` holds; the answers are in its bits. The keys stay.
   * @returns how many may be there
   */
  hasColumns(width: KeyWidth, n: number): number {
    const k = this.k;
    const capacity = columnCapacity(width);
    checkInteger("n", n, 0, capacity);
    try {
      return k.x.hasMany(width, n, WINDOW + capacity * width) >>> 0;
    } catch (error) {
      throw k.fail(error);
    }
  }

  /** What all filters tell. */
  protected common(): FilterStats {
    const { k } = this;
    try {
      return {
        bits: (k.x.tableBytes() >>> 0) * 8,
        falsePositiveRate: k.x.falsePositiveRate(),
        stateBytes: k.stateSize,
        memoryBytes: k.memorySize,
      };
    } catch (error) {
      throw k.fail(error);
    }
  }
}

/** A filter that keys can be added to. */
export abstract class GrowingFilter extends Filter {
  /**
   * Adds a key. O(length).
   * @throws ERR_ARGUMENT for a key that is neither string nor bytes; ERR_MEMORY for one longer than 64 KiB that there is no room
   * for, ERR_FULL if the filter is a `TagFilter` and full, and nothing has changed
   */
  add(key: Key): void {
    const k = this.k;
    try {
      const n = writeKey(k, key, WINDOW, WINDOW_BYTES);
      this.requireRoom(1);
      if (n >= 0) k.x.addKey(WINDOW, n);
      else writeLong(k, keyBytes(key), k.x.addKey);
    } catch (error) {
      throw k.fail(error);
    }
  }

  /** Adds many keys: all of them, or if it throws, none. Errors as for `add`. */
  addMany(keys: FilterKeys): void {
    const k = this.k;
    const n = countFilterKeys(keys);
    const longest = checkKeys(keys);
    try {
      this.requireRoom(n);
      if (longest > 0 && k.x.longKey(longest) === 0) throw k.full(longest);
      feed(k, keys, n, (source, some) => k.x.addMany(source, some));
    } catch (error) {
      throw k.fail(error);
    }
  }

  /** Adds keys by their 64-bit hashes; see `hasHashes`. */
  addHashes(hashes: KeyHashes): void {
    const k = this.k;
    const n = countHashes(hashes);
    try {
      this.requireRoom(n);
      feedHashes(k, hashes, n, (source, some) => k.x.addMany(source, some));
    } catch (error) {
      throw k.fail(error);
    }
  }

  /** Adds the first `n` keys that `columns(width)` holds. The keys stay. */
  addColumns(width: KeyWidth, n: number): void {
    const k = this.k;
    checkInteger("n", n, 0, columnCapacity(width));
    try {
      this.requireRoom(n);
      k.x.addMany(width, n);
    } catch (error) {
      throw k.fail(error);
    }
  }

  /** Forgets all keys. O(size of the filter). */
  clear(): void {
    try {
      this.k.x.clear();
    } catch (error) {
      throw this.k.fail(error);
    }
  }

  /** Throws ERR_FULL if `n` more keys are too many. */
  protected requireRoom(_n: number): void {}
}

function checkBits(out: Uint8Array | undefined, n: number): void {
  if (out === undefined) return;
  if (!(out instanceof Uint8Array) || out.length * 8 < n) throw badArgument("out", `a Uint8Array of at least ${(n + 7) >>> 3}`, out);
}

/** Copies the `n` bits at `from` to bit `at` of `out` and on; what follows in the last byte becomes 0. */
function copyBits(from: Uint8Array, start: number, n: number, out: Uint8Array, at: number): void {
  const bytes = (n + 7) >>> 3;
  const to = at >>> 3;
  const shift = at & 7;
  if (shift === 0) {
    out.set(from.subarray(start, start + bytes), to);
    return;
  }
  for (let i = 0; i < bytes; i++) {
    const bits = from[start + i]! << shift;
    out[to + i] = (out[to + i]! & ((1 << shift) - 1)) | bits;
    if ((to + i + 1) * 8 < at + n) out[to + i + 1] = bits >>> 8;
  }
}
