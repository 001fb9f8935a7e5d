// The table of sizes that ends the build, and the budgets it holds.
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { layers } from "./modules.mjs";

const root = join(import.meta.dirname, "..");
const KIB = 1024;
/** Gzip budgets in bytes: of each WebAssembly module, and of all that `import "mfn"` brings. */
const WASM_BUDGET = 12 * KIB;
/** Modules that may be larger: the whole of an index that learns, and all that works on the memory of one live graph. */
const LARGER = new Map([
  ["dsr-index", 13 * KIB],
  ["alm-mesh", 20 * KIB],
]);
const ALL_BUDGET = 48 * KIB;

/**
 * Prints raw and gzip sizes of each module and of each subpath.
 * @param {import("./wasm.mjs").WasmSize[]} wasm
 * @returns {Promise<boolean>} whether every budget is kept
 */
export async function printSizes(wasm) {
  const rows = wasm.map(({ name, raw, gzip }) => ({ name: `${name}.wasm`, raw, gzip, budget: LARGER.get(name) ?? WASM_BUDGET }));
  for (const entry of ["index", ...layers, "text", "formats", "exchange", "samples", "node/index"]) {
    const bytes = await bundled(join(root, `dist/${entry}.js`));
    rows.push({
      name: `mfn/${entry}`.replace(/\/index$/, ""),
      raw: bytes.length,
      gzip: gzipSync(bytes, { level: 9 }).length,
      budget: entry === "index" ? ALL_BUDGET : Number.POSITIVE_INFINITY,
    });
  }
  console.log(`${"subpath".padEnd(16)} ${"raw".padStart(9)} ${"gzip".padStart(9)} ${"budget".padStart(9)}`);
  for (const { name, raw, gzip, budget } of rows) {
    const limit = Number.isFinite(budget) ? String(budget) : "";
    console.log(
      `${name.padEnd(16)} ${String(raw).padStart(9)} ${String(gzip).padStart(9)} ${limit.padStart(9)}${gzip > budget ? "  OVER BUDGET" : ""}`,
    );
  }
  return rows.every(({ gzip, budget }) => gzip <= budget);
}

/**
 * What an application carries that imports all of an entry: the entry and its chunks in one minified file. What mfn/node takes from
 * the other entries is not counted again.
 * @param {string} entry
 * @returns {Promise<Uint8Array>}
 */
async function bundled(entry) {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    format: "esm",
    platform: "neutral",
    external: ["node:*", "mfn", "mfn/*"],
    minify: true,
    charset: "utf8",
    write: false,
    logLevel: "error",
  });
  return outputFiles[0].contents;
}
