// What the demo weighs, and the budget that it keeps.
import { gzipSync } from "node:zlib";

/** In bytes of gzip: all that a visitor's browser fetches, the benchmark page and the files for offline use included. */
const BUDGET = 250_000;

/**
 * Prints raw and gzip sizes by file, and in all.
 * @param {import("./build.mjs").Files} files
 * @returns {boolean} whether the budget is kept
 */
export function printWeight(files) {
  const rows = [...files].map(([name, content]) => ({ name, raw: content.length, gzip: gzipSync(content, { level: 9 }).length }));
  rows.sort((a, b) => b.gzip - a.gzip);
  const total = { name: "in all", raw: sum(rows.map(({ raw }) => raw)), gzip: sum(rows.map(({ gzip }) => gzip)) };
  console.log(`${"file".padEnd(28)} ${"raw".padStart(9)} ${"gzip".padStart(9)}`);
  for (const { name, raw, gzip } of [...rows, total]) {
    console.log(`${name.padEnd(28)} ${String(raw).padStart(9)} ${String(gzip).padStart(9)}`);
  }
  const kept = total.gzip <= BUDGET;
  console.log(`budget: ${BUDGET} bytes of gzip, ${kept ? `${BUDGET - total.gzip} left` : "OVER BUDGET"}`);
  return kept;
}

/** @param {number[]} values */
function sum(values) {
  return values.reduce((all, value) => all + value, 0);
}
