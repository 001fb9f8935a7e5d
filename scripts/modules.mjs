// The WebAssembly modules of the package, by the order of the layers.

/**
 * @typedef {object} ModuleSource
 * @property {string} name of the binary, of its export and of its embedding
 * @property {string} entry folder under assembly/ whose index.ts is compiled
 * @property {string} layer folder under assembly/ whose files, with those of core/, go into it
 * @property {string[]} [imports] what it must be given; a layer's module needs nothing
 * @property {string[]} [flags] of the compiler, beside those of asconfig.json
 */

/** @type {ModuleSource[]} */
export const modules = [
  { name: "ifr", entry: "ifr", layer: "ifr" },
  { name: "ifr-fixed", entry: "ifr/fixed", layer: "ifr" },
  { name: "ifr-filters", entry: "ifr/filters", layer: "ifr" },
  { name: "ifr-cache", entry: "ifr/cache", layer: "ifr" },
  { name: "dsr", entry: "dsr", layer: "dsr", flags: ["--shrinkLevel", "1"] },
  { name: "dsr-index", entry: "dsr/similarity", layer: "dsr", flags: ["--shrinkLevel", "2"] },
  // At another level the compiler has another exponential, whose last bit may differ: a seed would draw another reservoir.
  { name: "dsr-reservoir", entry: "dsr/reservoir", layer: "dsr", flags: ["--shrinkLevel", "1"] },
  { name: "alm", entry: "alm", layer: "alm", flags: ["--shrinkLevel", "1"] },
  { name: "alm-mesh", entry: "alm/mesh", layer: "alm" },
  { name: "alm-ch", entry: "alm/ch", layer: "alm" },
  { name: "alm-cch", entry: "alm/cch", layer: "alm" },
  { name: "alm-labels", entry: "alm/labels", layer: "alm" },
  { name: "cpe", entry: "cpe", layer: "cpe", flags: ["--shrinkLevel", "2"] },
  { name: "cpe-events", entry: "cpe/predict", layer: "cpe" },
  { name: "cpe-demand", entry: "cpe/forecast", layer: "cpe", flags: ["--shrinkLevel", "1"] },
  { name: "cpe-anomaly", entry: "cpe/anomaly", layer: "cpe" },
  { name: "cpe-stride", entry: "cpe/stride", layer: "cpe" },
  // What the engine weighs the layers by.
  { name: "fusion", entry: "fusion", layer: "fusion", flags: ["--shrinkLevel", "1"] },
  // Works in the memory of whichever layer it is given.
  { name: "checksum", entry: "tools/checksum", layer: "tools", imports: ["env.memory"], flags: ["--importMemory", "--noExportMemory"] },
  {
    name: "strings",
    entry: "tools/strings",
    layer: "tools",
    imports: ["env.memory", "wasm:js-string.charCodeAt", "wasm:js-string.length"],
    flags: ["--importMemory", "--noExportMemory", "--enable", "reference-types"],
  },
];

/** Subpaths of the package beside `.`: one a layer. */
export const layers = ["ifr", "dsr", "alm", "cpe"];

/** The name of a module's constant in src/wasm/generated. @param {string} name */
export function constantOf(name) {
  return `${name.replace(/-(.)/g, (_, letter) => letter.toUpperCase())}Module`;
}
