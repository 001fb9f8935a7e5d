import { MfnError } from "../errors.js";

/**
 * Where a layer's WebAssembly comes from, for runtimes that forbid compiling bytes or want to load the plain `.wasm` file: a
 * compiled module, its bytes, a fetch Response (only with `create`), or an instance of the module that nobody else uses.
 */
export type WasmSource = WebAssembly.Module | WebAssembly.Instance | BufferSource | Response | PromiseLike<Response>;

/** One of the four modules: its name, and its binary as the build embedded it. Compiled at most once a process. */
export interface EmbeddedModule {
  readonly name: string;
  readonly base64: string;
  compiled?: WebAssembly.Module;
}

/** Compiles (if need be) and instantiates, without blocking where the runtime can. */
export async function instantiate(embedded: EmbeddedModule, source?: WasmSource): Promise<WebAssembly.Instance> {
  try {
    let given = await source;
    if (given instanceof WebAssembly.Instance) return given;
    if (typeof Response !== "undefined" && given instanceof Response) given = await given.arrayBuffer();
    if (given === undefined) {
      embedded.compiled ??= await WebAssembly.compile(decodeBase64(embedded.base64));
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
      embedded.compiled ??= new WebAssembly.Module(decodeBase64(embedded.base64));
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

function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}
