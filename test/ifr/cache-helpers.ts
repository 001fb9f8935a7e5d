import { IfrCache, type IfrCacheOptions } from "../../src/ifr.js";
import { type Build, wasm } from "../helpers/modules.js";

export const make = <V = number>(build: Build, options: IfrCacheOptions<V>) =>
  IfrCache.createSync<V>({ ...options, wasm: wasm("ifr-cache", build) });

/** The code of the error that `f` throws, or the error itself if it has none. */
export function codeOf(f: () => unknown): string | undefined {
  try {
    f();
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
  return undefined;
}
