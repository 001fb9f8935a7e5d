import { readFileSync } from "node:fs";
import { instantiateSync } from "@assemblyscript/loader";

/** The layers' modules, and that of assembly/selftest. */
export type Layer =
  | "ifr"
  | "ifr-fixed"
  | "ifr-filters"
  | "ifr-cache"
  | "dsr"
  | "dsr-index"
  | "dsr-reservoir"
  | "alm"
  | "alm-mesh"
  | "alm-ch"
  | "alm-cch"
  | "alm-labels"
  | "cpe"
  | "cpe-events"
  | "cpe-demand"
  | "cpe-anomaly"
  | "cpe-stride"
  | "fusion"
  | "selftest";

/** The two builds of a module; suites run on both. */
export const builds = ["release", "debug"] as const;
export type Build = (typeof builds)[number];

const compiled = new Map<string, WebAssembly.Module>();

/**
 * What to pass as the `wasm` option to run a layer on one of its builds. The debug module is instantiated by the loader,
 * which lifts abort messages; each call gives a fresh instance.
 */
export function wasm(layer: Layer, build: Build): WebAssembly.Module | WebAssembly.Instance {
  const name = `${build}/${layer}`;
  let module = compiled.get(name);
  if (module === undefined) {
    module = new WebAssembly.Module(readFileSync(new URL(`../../build/${name}.wasm`, import.meta.url)));
    compiled.set(name, module);
  }
  return build === "release" ? module : instantiateSync(module, {}).instance;
}
