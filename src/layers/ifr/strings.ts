import { stringsModule } from "../../wasm/generated/strings.js";
import { decode } from "../../wasm/source.js";

/**
 * Writes an ASCII string of at most 64 characters at an address with `room` free bytes.
 * @returns its length, or -1 if it is not such a string or does not fit
 */
export type AsciiWriter = (text: string, at: number, room: number) => number;

/** What compiling takes where the built-in functions on strings are known; others do not look at it. */
type Compile = new (bytes: BufferSource, options: { builtins: string[] }) => WebAssembly.Module;

const BUILTINS = "wasm:js-string";
/** The module; null where the runtime lacks what it needs. */
let compiled: WebAssembly.Module | null | undefined;
const writers = new WeakMap<WebAssembly.Memory, AsciiWriter | null>();

/**
 * The writer into a memory by the runtime's own functions on strings (assembly/tools/strings), which is faster than the loop of
 * `writeAscii`; null where there are none, or if the memory is shared.
 */
export function asciiWriter(memory: WebAssembly.Memory): AsciiWriter | null {
  let writer = writers.get(memory);
  if (writer === undefined) {
    writer = makeWriter(memory);
    writers.set(memory, writer);
  }
  return writer;
}

function makeWriter(memory: WebAssembly.Memory): AsciiWriter | null {
  if (!(memory.buffer instanceof ArrayBuffer)) return null;
  compiled = compiled === undefined ? compile() : compiled;
  return compiled && (new WebAssembly.Instance(compiled, { env: { memory } }).exports["ascii"] as AsciiWriter);
}

function compile(): WebAssembly.Module | null {
  try {
    const module = new (WebAssembly.Module as Compile)(decode(stringsModule.text), { builtins: ["js-string"] });
    // A runtime that has the functions supplies them itself, so they are no imports any more.
    return WebAssembly.Module.imports(module).some((need) => need.module === BUILTINS) ? null : module;
  } catch {
    // It has no references to host values, or may not compile bytes.
    return null;
  }
}
