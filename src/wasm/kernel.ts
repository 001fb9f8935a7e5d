import { badArgument, MfnError } from "../errors.js";
import type { Bytes } from "../types.js";
import type { WasmSource } from "./source.js";

/** Address of the 64 KiB through which a call's input and output go; see assembly/core/arena.ts. */
export const WINDOW = 0x10000;
/** Bytes in the window. */
export const WINDOW_BYTES = 0x10000;
/** Where the image (a layer's whole state) starts. */
const ARENA = 0x20000;

/** Statuses of assembly/core/status.ts. */
export const NOT_FOUND = -1;
export const NO_MEMORY = -2;
export const BAD_ARGUMENT = -3;

/** What every layer's module exports (assembly/core/exports.ts). Pointers are unsigned only after `>>> 0`. */
export interface KernelExports {
  readonly memory: WebAssembly.Memory;
  reserve(bytes: number): number;
  scratch(bytes: number): number;
  arenaTop(): number;
  arenaFree(): number;
}

/** Options that every layer takes. */
export interface LayerOptions {
  /** The most bytes the layer's state may take, 4096 to 2^32 - 1; default: what WebAssembly can address (4 GiB). */
  maxBytes?: Bytes;
  /** Seed of all that is random in the layer; default 0. Any safe integer. */
  seed?: number;
  /** Where the layer's WebAssembly comes from; default: the binary embedded in the package. */
  wasm?: WasmSource;
}

/**
 * One instance of a module: its exports, views over its memory, and what becomes of them when the module traps or is
 * disposed. A layer calls `k.x.f(...)` inside `try` and throws `k.fail(error)` from `catch`.
 */
export class Kernel<X extends KernelExports> {
  /** The module's exports; after a trap or `dispose` a table whose every function throws. */
  x: X;
  readonly #layer: string;
  #memory: WebAssembly.Memory | undefined;
  #u8!: Uint8Array;
  #u32!: Uint32Array;
  #i32!: Int32Array;
  #f32!: Float32Array;
  #f64!: Float64Array;

  /** @param mark an export that only this layer's module has */
  constructor(layer: string, instance: WebAssembly.Instance, mark: keyof X) {
    this.#layer = layer;
    this.x = instance.exports as unknown as X;
    this.#memory = this.x.memory;
    this.#view(new ArrayBuffer(0));
    if (!(this.#memory instanceof WebAssembly.Memory) || typeof this.x[mark] !== "function") {
      throw new MfnError("ERR_WASM", `the WebAssembly given is not the ${layer} module of this package`);
    }
    // Started a second time, a module would take what its first layer left for its own lists, and might never return.
    if (this.x.arenaTop() !== 0) throw new MfnError("ERR_WASM", `the ${layer} instance given is in use`);
  }

  // The views are made once and again after each growth of the memory, which leaves the old ones with length 0.
  get u8(): Uint8Array {
    return this.#u8.length !== 0 ? this.#u8 : this.#refresh().#u8;
  }
  get u32(): Uint32Array {
    return this.#u32.length !== 0 ? this.#u32 : this.#refresh().#u32;
  }
  get i32(): Int32Array {
    return this.#i32.length !== 0 ? this.#i32 : this.#refresh().#i32;
  }
  get f32(): Float32Array {
    return this.#f32.length !== 0 ? this.#f32 : this.#refresh().#f32;
  }
  get f64(): Float64Array {
    return this.#f64.length !== 0 ? this.#f64 : this.#refresh().#f64;
  }

  #refresh(): this {
    if (this.#memory === undefined) this.x.arenaTop();
    return this.#view((this.#memory as WebAssembly.Memory).buffer);
  }

  #view(buffer: ArrayBufferLike): this {
    this.#u8 = new Uint8Array(buffer);
    this.#u32 = new Uint32Array(buffer);
    this.#i32 = new Int32Array(buffer);
    this.#f32 = new Float32Array(buffer);
    this.#f64 = new Float64Array(buffer);
    return this;
  }

  /** Room for `bytes` bytes of a *query's* input or output: the window if they fit, else scratch above the state. */
  forQuery(bytes: Bytes): number {
    const pointer = bytes <= WINDOW_BYTES ? WINDOW : this.x.scratch(asU32(bytes)) >>> 0;
    if (pointer === 0) throw this.full(bytes);
    return pointer;
  }

  /** The error for memory that could not be had. */
  full(bytes?: Bytes): MfnError {
    const want = bytes === undefined ? "" : ` for ${bytes} bytes`;
    return new MfnError("ERR_MEMORY", `${this.#layer}: no memory left${want} (state: ${this.stateSize} bytes)`);
  }

  /** Bytes of the layer's state. */
  get stateSize(): Bytes {
    return (this.x.arenaTop() >>> 0) - ARENA;
  }

  /** Bytes of WebAssembly memory that the layer holds, state and working space. */
  get memorySize(): Bytes {
    return this.u8.length;
  }

  /** A copy of the layer's whole state: a function of its operations and options alone. */
  image(): Uint8Array {
    return this.u8.slice(ARENA, this.x.arenaTop() >>> 0);
  }

  /**
   * The error to throw for one caught around calls into the module. A trap poisons the layer: its state may be half
   * written, so every later call throws ERR_POISONED. Other errors pass through.
   */
  fail(error: unknown): unknown {
    if (!(error instanceof WebAssembly.RuntimeError) && !(error instanceof Error && error.message.startsWith("abort: "))) return error;
    const message = `${this.#layer}: its WebAssembly module trapped (${error.message}); the layer can no longer be used`;
    this.#end("ERR_POISONED", message, error);
    return new MfnError("ERR_POISONED", message, { cause: error });
  }

  /** Lets go of the module and its memory; every later call throws ERR_DISPOSED. Idempotent. */
  dispose(): void {
    this.#end("ERR_DISPOSED", `${this.#layer}: used after dispose()`);
  }

  #end(code: "ERR_POISONED" | "ERR_DISPOSED", message: string, cause?: unknown): void {
    const refuse = (): never => {
      throw new MfnError(code, message, { cause });
    };
    this.x = new Proxy({} as X, { get: () => refuse });
    this.#memory = undefined;
    this.#view(new ArrayBuffer(0));
  }
}

/** A number of bytes as the module takes it: 4 GiB or more would come to it as the rest of a division; it has no room for either. */
export function asU32(bytes: Bytes): number {
  return Math.min(bytes, 0xffff_ffff);
}

/** Checks an option or argument that must be an integer in [least, most]. */
export function checkInteger(name: string, value: number, least: number, most: number): number {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw badArgument(name, `an integer in [${least}, ${most}]`, value);
  }
  return value;
}

/** Checks an argument that must be a finite number in [least, most]. */
export function checkNumber(name: string, value: number, least = -Infinity, most = Infinity): number {
  if (!Number.isFinite(value)) throw badArgument(name, "a finite number", value, "ERR_NOT_FINITE");
  if (value < least || value > most) throw badArgument(name, `a number in [${least}, ${most}]`, value);
  return value;
}

/** Checks an id: an integer in [0, 2^31). */
export function checkId(name: string, id: number): number {
  // A bigint would make the operator throw an error of its own.
  if (typeof id !== "number" || (id | 0) !== id || id < 0) throw badArgument(name, "an integer in [0, 2^31)", id);
  return id;
}

/** Checks an argument that must be an array of any kind. @returns its length */
export function checkList(name: string, list: ArrayLike<number>): number {
  if (typeof list !== "object" || !Number.isInteger(list?.length) || list.length < 0) throw badArgument(name, "an array of numbers", list);
  return list.length;
}

/** Checks a list of ids. @returns its length */
export function checkIds(name: string, ids: ArrayLike<number>): number {
  const n = checkList(name, ids);
  for (let i = 0; i < n; i++) {
    const id = ids[i];
    if (typeof id !== "number" || (id | 0) !== id || id < 0) checkId(`${name}[${i}]`, id);
  }
  return n;
}

/** Checks an option or argument that must be an array. */
export function checkArray<T>(name: string, value: readonly T[]): readonly T[] {
  if (!Array.isArray(value)) throw badArgument(name, "an array", value);
  return value;
}

/** The two u32 halves of a seed option, low first. */
export function seedHalves(seed = 0): [low: number, high: number] {
  if (!Number.isSafeInteger(seed)) throw badArgument("seed", "a safe integer", seed);
  return [seed >>> 0, Math.floor(seed / 0x1_0000_0000) >>> 0];
}

/** The `maxBytes` option as the modules take it: 0 stands for all that can be addressed. */
export function limitBytes(maxBytes?: Bytes): number {
  return maxBytes === undefined ? 0 : checkInteger("maxBytes", maxBytes, 4096, 0xffff_ffff);
}
