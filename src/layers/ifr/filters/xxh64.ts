import { badArgument } from "../../../errors.js";
import { ifrFiltersModule } from "../../../wasm/generated/ifr-filters.js";
import { Kernel, type LayerOptions, limitBytes, seedHalves, WINDOW, WINDOW_BYTES } from "../../../wasm/kernel.js";
import { Layer } from "../../../wasm/layer.js";
import { instantiate, instantiateSync } from "../../../wasm/source.js";
import { countKeys, type Keys, keyAt, writeChunk } from "../columns.js";
import { type Key, keyBytes, writeKey } from "../keys.js";
import { writeLong } from "./feed.js";
import type { FilterExports } from "./kernel.js";

/** Options of the hash function; its seed is given with each call. */
export type Xxh64Options = Omit<LayerOptions, "seed">;

/**
 * XXH64, the hash of Parquet's Bloom filters and of many file formats: the same for the same bytes everywhere. A string is
 * hashed as its UTF-8 bytes. Not for keys that a stranger may choose: collisions can be made.
 *
 * @example
 * const xxh64 = await Xxh64.create();
 * xxh64.hash("abc"); // 0x44bc2cf5ad770999n
 */
export class Xxh64 extends Layer<FilterExports> {
  readonly #k: Kernel<FilterExports>;

  private constructor(instance: WebAssembly.Instance, { maxBytes }: Xxh64Options) {
    const k = new Kernel<FilterExports>("ifr-filters", instance, "initBloom");
    super(k);
    this.#k = k;
    try {
      if (!k.x.initHash(limitBytes(maxBytes))) throw k.full();
    } catch (error) {
      throw k.fail(error);
    }
  }

  /** A hash function. @throws ERR_ARGUMENT, ERR_WASM, ERR_MEMORY */
  static async create(options: Xxh64Options = {}): Promise<Xxh64> {
    return new Xxh64(await instantiate(ifrFiltersModule, options.wasm), options);
  }

  /** The same at once, where the runtime allows to compile WebAssembly synchronously. */
  static createSync(options: Xxh64Options = {}): Xxh64 {
    return new Xxh64(instantiateSync(ifrFiltersModule, options.wasm), options);
  }

  /**
   * The hash of a key, an unsigned 64-bit number. O(length).
   * @param seed any bigint (its low 64 bits count) or safe integer; default 0
   * @throws ERR_ARGUMENT for a key that is neither string nor bytes; ERR_MEMORY
   */
  hash(key: Key, seed: bigint | number = 0): bigint {
    const k = this.#k;
    const [low, high] = seedOf(seed);
    try {
      const n = writeKey(k, key, WINDOW, WINDOW_BYTES);
      const ask = (p: number, len: number) => k.x.hashOne(p, len, low, high);
      return BigInt.asUintN(64, n >= 0 ? ask(WINDOW, n) : writeLong(k, keyBytes(key), ask));
    } catch (error) {
      throw k.fail(error);
    }
  }

  /**
   * The hashes of many keys, in their order.
   * @param out where to write, at least as long as `keys`
   * @param seed as for `hash`
   */
  hashMany(keys: Keys, out?: BigUint64Array, seed: bigint | number = 0): BigUint64Array {
    const k = this.#k;
    const n = countKeys(keys);
    const hashes = out ?? new BigUint64Array(n);
    if (!(hashes instanceof BigUint64Array) || hashes.length < n) throw badArgument("out", `a BigUint64Array of at least ${n}`, out);
    const [low, high] = seedOf(seed);
    try {
      const bytes = new Uint8Array(hashes.buffer, hashes.byteOffset, hashes.byteLength);
      for (let done = 0; done < n; ) {
        const some = writeChunk(k, keys, done, n);
        if (some === 0) {
          hashes[done] = writeLong(k, keyBytes(keyAt(keys, done)), (p, len) => k.x.hashOne(p, len, low, high));
          done++;
        } else {
          const p = k.x.hashAll(some, low, high) >>> 0;
          if (p === 0) throw k.full(some * 8);
          bytes.set(k.u8.subarray(p, p + some * 8), done * 8);
          done += some;
        }
      }
      if (n === 0) k.x.arenaTop();
      return hashes;
    } catch (error) {
      throw k.fail(error);
    }
  }
}

function seedOf(seed: bigint | number): [low: number, high: number] {
  if (typeof seed === "number") return seedHalves(seed);
  if (typeof seed !== "bigint") throw badArgument("seed", "a bigint or a safe integer", seed);
  return [Number(BigInt.asUintN(32, seed)), Number(BigInt.asUintN(32, seed >> 32n))];
}
