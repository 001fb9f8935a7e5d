import { expect } from "vitest";
import { Ifr, type IfrOptions, type Key } from "../../src/ifr.js";
import { type Build, wasm } from "../helpers/modules.js";
import type { Registry } from "../oracle/registry.js";

export const make = (build: Build, options: IfrOptions = {}) => Ifr.createSync({ ...options, wasm: wasm("ifr", build) });

export const bytesOf = (text: string) => new TextEncoder().encode(text);

/** The registry answers in every way as the oracle does. `strangers` are keys that neither knows. */
export function expectSame(ifr: Ifr, oracle: Registry, strangers: readonly string[] = []): void {
  const entries = oracle.entries();
  expect(ifr.size).toBe(oracle.size);
  expect(ifr.idLimit).toBe(oracle.idLimit);
  const found = [...ifr.entries()];
  expect(found.length).toBe(entries.length);
  const keys: Key[] = [...entries.map(([key]) => key), ...strangers];
  const ids = ifr.idsOf(keys);
  const has = ifr.hasMany(keys);
  // Collected, since an expectation costs more than all of these calls.
  const wrong: unknown[] = [];
  for (const [i, [key, id]] of entries.entries()) {
    if (found[i]![0] !== key || found[i]![1] !== id || ids[i] !== id || has[i] !== 1) wrong.push([key, id, found[i], ids[i], has[i]]);
    if (ifr.idOf(key) !== id || !ifr.mayHave(key) || ifr.keyOf(id) !== key) wrong.push([key, id]);
  }
  for (const [i, key] of strangers.entries()) {
    if (ids[entries.length + i] !== -1 || has[entries.length + i] !== 0 || ifr.has(key)) wrong.push(key);
  }
  for (let id = 0; id <= oracle.idLimit; id++) if (oracle.keyOf(id) === undefined && ifr.keyOf(id) !== undefined) wrong.push(id);
  expect(wrong).toEqual([]);
}

/** The code of the error that `f` throws. */
export function codeOf(f: () => unknown): string | undefined {
  try {
    f();
  } catch (error) {
    return (error as { code?: string }).code;
  }
  return undefined;
}
