import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** The program that a page shows: its first blocks of JavaScript, run against the built package by its own name. */
function run(page: string, blocks: number, ending = ""): string {
  const found = [...readFileSync(`${root}/${page}`, "utf8").matchAll(/^```(?:js|ts)\n(.*?)^```/gms)].map(([, code]) => code);
  expect(found.length).toBeGreaterThanOrEqual(blocks);
  const folder = `${root}/build/examples`;
  mkdirSync(folder, { recursive: true });
  const file = `${folder}/${page.replaceAll("/", "-")}.mjs`;
  writeFileSync(file, found.slice(0, blocks).join("\n") + ending);
  // The flag: Node may hang when it ends while other threads wait for a collection.
  return execFileSync(process.execPath, ["--single-threaded-gc", file], { encoding: "utf8" });
}

describe("what the pages show runs", () => {
  test("README.md, and prints what it says", () => {
    expect(run("README.md", 1)).toMatch(/^cup 0\.\d+ \{/);
  });

  test.each([
    ["docs/ifr.md", 1],
    ["docs/ifr-snapshot.md", 1],
    ["docs/ifr-cache.md", 1],
    ["docs/ifr-filters.md", 1],
    ["docs/dsr.md", 1],
    ["docs/dsr-reservoir.md", 2],
    ["docs/dsr-encoders.md", 1],
    ["docs/alm.md", 1],
    ["docs/alm-routes.md", 1],
    ["docs/alm-freeze.md", 1],
    ["docs/alm-exchange.md", 1],
    ["docs/alm-multihop.md", 1],
    ["docs/cpe.md", 1],
    ["docs/cpe-demand.md", 1],
    ["docs/cpe-anomaly.md", 1],
    ["docs/cpe-prefetch.md", 1],
    ["docs/cli.md", 1],
    ["docs/formats.md", 1],
    ["docs/flow-data.md", 1],
  ])("%s", (page, blocks) => {
    run(page, blocks);
  });
});
