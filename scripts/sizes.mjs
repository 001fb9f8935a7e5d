// The table of sizes that ends the build, and the budgets it holds.
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";

const root = join(import.meta.dirname, "..");
const KIB = 1024;
/** Gzip budgets in bytes: of each WebAssembly module, and of all that `import "mfn"` loads. */
const WASM_BUDGET = 12 * KIB;
const ALL_BUDGET = 48 * KIB;

/**
 * Prints raw and gzip sizes of each module and of each subpath (the entry with the chunks it loads).
 * @param {import("./wasm.mjs").WasmSize[]} wasm
 * @returns {Promise<boolean>} whether every budget is kept
 */
export async function printSizes(wasm) {
  const rows = wasm.map(({ layer, raw, gzip }) => ({ name: `${layer}.wasm`, raw, gzip, budget: WASM_BUDGET }));
  for (const entry of ["index", ...wasm.map(({ layer }) => layer), "text"]) {
    const bytes = await loadedBy(join(root, `dist/${entry}.js`));
    rows.push({
      name: entry === "index" ? "mfn" : `mfn/${entry}`,
      raw: bytes.length,
      gzip: gzipSync(bytes, { level: 9 }).length,
      budget: entry === "index" ? ALL_BUDGET : Number.POSITIVE_INFINITY,
    });
  }
  console.log(`${"subpath".padEnd(10)} ${"raw".padStart(9)} ${"gzip".padStart(9)} ${"budget".padStart(9)}`);
  for (const { name, raw, gzip, budget } of rows) {
    const limit = Number.isFinite(budget) ? String(budget) : "";
    console.log(
      `${name.padEnd(10)} ${String(raw).padStart(9)} ${String(gzip).padStart(9)} ${limit.padStart(9)}${gzip > budget ? "  OVER BUDGET" : ""}`,
    );
  }
  return rows.every(({ gzip, budget }) => gzip <= budget);
}

/** The bytes of an entry and of every chunk that it imports. @param {string} entry @returns {Promise<Buffer>} */
async function loadedBy(entry) {
  const files = new Map();
  const queue = [entry];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (files.has(file)) continue;
    const text = await readFile(file, "utf8");
    files.set(file, text);
    for (const [, path] of text.matchAll(/(?:from|import)\s*"(\.[^"]+)"/g)) queue.push(join(dirname(file), path));
  }
  return Buffer.from([...files.values()].join("\n"));
}
