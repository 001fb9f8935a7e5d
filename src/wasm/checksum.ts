import { MfnError } from "../errors.js";
import { checksumModule } from "./generated/checksum.js";
import { sharedModule } from "./share.js";
import { decode } from "./source.js";

/** XXH64 of bytes that lie in a WebAssembly memory, in as many calls as one likes; see assembly/tools/checksum. */
export interface Checksum {
  /** Begins, under a seed given by its halves. */
  start(seedLow: number, seedHigh: number): void;
  /** Takes the next bytes, a multiple of 32. */
  update(pointer: number, bytes: number): void;
  /** Takes the next bytes, a multiple of 32, and copies them to another place. */
  move(from: number, to: number, bytes: number): void;
  /** Takes the last bytes, any number. @returns the hash, as a signed 64-bit integer */
  finish(pointer: number, bytes: number): bigint;
}

const over = new WeakMap<WebAssembly.Memory, Checksum>();

/**
 * The checksum over a memory, made at its first use. The module has less than 1 KiB, so every runtime that compiles
 * WebAssembly compiles it at once.
 * @throws ERR_WASM where bytes may not be compiled and `useChecksumModule` was not called
 */
export function checksumOver(memory: WebAssembly.Memory): Checksum {
  let sum = over.get(memory);
  if (sum === undefined) {
    const instance = new WebAssembly.Instance(moduleFor(memory), { env: { memory } });
    sum = instance.exports as unknown as Checksum;
    over.set(memory, sum);
  }
  return sum;
}

/**
 * Gives the package its checksum module (`mfn/wasm/checksum.wasm`) compiled, for runtimes that forbid compiling bytes: once,
 * before the first snapshot. It serves memories that are not shared.
 */
export function useChecksumModule(module: WebAssembly.Module): void {
  checksumModule.compiled = module;
}

function moduleFor(memory: WebAssembly.Memory): WebAssembly.Module {
  if (!(memory.buffer instanceof ArrayBuffer)) return sharedModule(checksumModule);
  try {
    checksumModule.compiled ??= new WebAssembly.Module(decode(checksumModule.text));
    return checksumModule.compiled;
  } catch (cause) {
    throw new MfnError("ERR_WASM", "the checksum module cannot be compiled here; see useChecksumModule", { cause });
  }
}
