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
  const page = fetched("index.html", files).map((name) => rows.find((row) => row.name === name)?.gzip ?? 0);
  console.log(
    `the page with its worker, without benchmarks and what is for offline use: ${sum(page)} bytes of gzip in ${page.length} files`,
  );
  const kept = total.gzip <= BUDGET;
  console.log(`budget: ${BUDGET} bytes of gzip, ${kept ? `${BUDGET - total.gzip} left` : "OVER BUDGET"}`);
  return kept;
}

/**
 * The files that a page needs: itself, what it names, what that names.
 * @param {string} name
 * @param {import("./build.mjs").Files} files
 * @param {Set<string>} [found]
 * @returns {string[]}
 */
function fetched(name, files, found = new Set()) {
  found.add(name);
  const text = Buffer.from(files.get(name) ?? "").toString("utf8");
  for (const other of files.keys()) {
    // Another page is a link, and the service worker comes later.
    if (!found.has(other) && !/\.html$|^offline/.test(other) && text.includes(other)) fetched(other, files, found);
  }
  return [...found];
}

/** @param {number[]} values */
function sum(values) {
  return values.reduce((all, value) => all + value, 0);
}
