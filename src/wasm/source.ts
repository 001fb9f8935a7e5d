import { MfnError } from "../errors.js";
import { FREQUENT } from "./generated/alphabet.js";

/**
 * Where a layer's WebAssembly comes from, for runtimes that forbid compiling bytes or want to load the plain `.wasm` file: a
 * compiled module, its bytes, a fetch Response (only with `create`), or an instance of the module that nobody else uses.
 */
export type WasmSource = WebAssembly.Module | WebAssembly.Instance | BufferSource | Response | PromiseLike<Response>;

/** One of the four modules: its name, and its binary as the build embedded it. Compiled at most once a process. */
export interface EmbeddedModule {
  readonly name: string;
  /** The binary, a character a byte; see `decode`. */
  readonly text: string;
  compiled?: WebAssembly.Module;
  /** The same, while it is being compiled. */
  compiling?: Promise<WebAssembly.Module>;
}

const QUOTE = 34;
const BACKSLASH = 92;

/** Compiles (if need be) and instantiates, without blocking where the runtime can. */
export async function instantiate(embedded: EmbeddedModule, source?: WasmSource): Promise<WebAssembly.Instance> {
  try {
    let given = await source;
    if (given instanceof WebAssembly.Instance) return given;
    // Not by its class: to name Response makes Node load all of fetch, 20 ms that nobody asked for.
    if (typeof given === "object" && "arrayBuffer" in given) given = await given.arrayBuffer();
    if (given === undefined) {
      if (embedded.compiled === undefined) {
        embedded.compiling ??= WebAssembly.compile(decode(embedded.text));
        embedded.compiled = await embedded.compiling.finally(() => {
          // One that failed is tried again.
          embedded.compiling = undefined;
        });
      }
      given = embedded.compiled;
    }
    if (given instanceof WebAssembly.Module) return await WebAssembly.instantiate(given, {});
    return (await WebAssembly.instantiate(given as BufferSource, {})).instance;
  } catch (error) {
    throw unusable(embedded, error);
  }
}

/** The same at once. Browsers may refuse to compile on the main thread like this: use `instantiate` there. */
export function instantiateSync(embedded: EmbeddedModule, source?: WasmSource): WebAssembly.Instance {
  try {
    if (source instanceof WebAssembly.Instance) return source;
    if (source instanceof WebAssembly.Module) return new WebAssembly.Instance(source, {});
    if (source === undefined) {
      embedded.compiled ??= new WebAssembly.Module(decode(embedded.text));
      return new WebAssembly.Instance(embedded.compiled, {});
    }
    if (source instanceof ArrayBuffer || ArrayBuffer.isView(source)) {
      return new WebAssembly.Instance(new WebAssembly.Module(source as BufferSource), {});
    }
  } catch (error) {
    throw unusable(embedded, error);
  }
  throw new MfnError("ERR_WASM", `wasm: createSync takes a WebAssembly.Module, an Instance or bytes; use create for a Response`);
}

function unusable(embedded: EmbeddedModule, cause: unknown): MfnError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new MfnError("ERR_WASM", `the ${embedded.name} module cannot be compiled or instantiated here: ${why}`, { cause });
}

/**
 * Undoes `encode` of scripts/alphabet.mjs: by rising value the frequent bytes are the printable ASCII characters but " and \, the
 * others the characters from U+00A1 on. Such text packs far better than base64 when it is served compressed.
 */
export function decode(text: string): Uint8Array<ArrayBuffer> {
  const byteOf = new Uint8Array(512);
  let printable = 32;
  let other = 0xa1;
  for (let byte = 0; byte < 256; byte++) {
    if (printable === QUOTE || printable === BACKSLASH) printable++;
    const frequent = (Number.parseInt(FREQUENT[byte >> 2], 16) >> (byte & 3)) & 1;
    byteOf[frequent ? printable++ : other++] = byte;
  }
  return Uint8Array.from(text, (character) => byteOf[character.charCodeAt(0)]);
}
