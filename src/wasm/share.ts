// One binary for memories that are shared and for those that are not. Plain loads and stores are valid on both, so a module for
// a shared memory is the shipped one with its memory section (or its import of a memory) replaced by the import of a shared
// memory of any size. Functions and globals keep their indices: a memory counts in an index space of its own.

import { MfnError } from "../errors.js";
import { decode, type EmbeddedModule } from "./source.js";

/** Sections of a WebAssembly binary by their ids; WebAssembly Core Specification 2.0, 5.5. */
const IMPORT = 2;
const MEMORY = 5;
const DATA = 11;

/** `env.memory`, a memory (2), shared with a maximum (3), from 3 to 65,536 pages. */
const SHARED_MEMORY = [3, 0x65, 0x6e, 0x76, 6, 0x6d, 0x65, 0x6d, 0x6f, 0x72, 0x79, 2, 3, 3, 0x80, 0x80, 4];

const compiled = new WeakMap<EmbeddedModule, WebAssembly.Module>();

/** Compiles what `sharedModule` will return, without blocking. */
export async function prepareShared(embedded: EmbeddedModule): Promise<void> {
  if (compiled.has(embedded)) return;
  try {
    compiled.set(embedded, await WebAssembly.compile(withSharedMemory(decode(embedded.text))));
  } catch (cause) {
    throw unusable(embedded, cause);
  }
}

/** An embedded module, compiled so that it imports a shared memory as `env.memory`. Made once a process. */
export function sharedModule(embedded: EmbeddedModule): WebAssembly.Module {
  let module = compiled.get(embedded);
  if (module === undefined) {
    try {
      module = new WebAssembly.Module(withSharedMemory(decode(embedded.text)));
    } catch (cause) {
      throw unusable(embedded, cause);
    }
    compiled.set(embedded, module);
  }
  return module;
}

function unusable({ name }: EmbeddedModule, cause: unknown): MfnError {
  return new MfnError("ERR_WASM", `the ${name} module cannot be compiled for a shared memory here`, { cause });
}

/**
 * The binary of a module that has one memory, or imports one and nothing else, with a shared memory imported in its place.
 * @throws ERR_WASM for one with static data, which each instance would write into the memory anew
 */
export function withSharedMemory(binary: Uint8Array): Uint8Array<ArrayBuffer> {
  const out: number[] = [...binary.subarray(0, 8)];
  const section = (id: number, body: ArrayLike<number>) => {
    out.push(id, ...leb(body.length));
    for (let i = 0; i < body.length; i++) out.push(body[i]!);
  };
  let imported = false;
  for (let at = 8; at < binary.length; ) {
    const id = binary[at]!;
    const [length, start] = readLeb(binary, at + 1);
    at = start + length;
    // The import comes after the types, which the tools write first, and before whatever is next.
    if (!imported && id >= IMPORT) {
      section(IMPORT, [1, ...SHARED_MEMORY]);
      imported = true;
    }
    if (id === DATA) throw new MfnError("ERR_WASM", "a module with static data cannot be instantiated twice on one memory");
    if (id === IMPORT || id === MEMORY) continue;
    section(id, binary.subarray(start, at));
  }
  return Uint8Array.from(out);
}

function leb(value: number): number[] {
  const bytes: number[] = [];
  for (; value >= 0x80; value >>>= 7) bytes.push((value & 0x7f) | 0x80);
  bytes.push(value);
  return bytes;
}

function readLeb(bytes: Uint8Array, at: number): [value: number, next: number] {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++]!;
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return [value >>> 0, at];
  }
}
