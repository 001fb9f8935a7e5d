// npm test: all that must hold. Stops at the first step that fails; the last line says how many tests passed.
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "./run.mjs";

const results = join(import.meta.dirname, "../build/test-results.json");
const steps = [
  ["lint", "biome", ["check", "--error-on-warnings", "."]],
  ["build", "node", ["scripts/build.mjs"]],
  ["types", "node", ["scripts/typecheck.mjs"]],
  ["api", "node", ["scripts/api.mjs", "--check"]],
  ["tests", "vitest", ["run", "--coverage", "--reporter=default", "--reporter=json", `--outputFile.json=${results}`]],
  ["package", "node", ["scripts/package-check.mjs"]],
  ["benchmarks", "node", ["dist/bench/main.js", "--quick"]],
];

await mkdir(join(import.meta.dirname, "../build"), { recursive: true });
for (const [name, command, args] of /** @type {[string, string, string[]][]} */ (steps)) {
  console.log(`\n=== ${name}`);
  const began = performance.now();
  const code = await run(command, args);
  console.log(`=== ${name}: ${code === 0 ? "ok" : `failed (${code})`}, ${((performance.now() - began) / 1000).toFixed(1)} s`);
  if (code !== 0) {
    process.exitCode = 1;
    break;
  }
}
const report = await readFile(results, "utf8").then(JSON.parse, () => undefined);
if (report !== undefined) {
  const { numPassedTests, numFailedTests, numPendingTests } = report;
  console.log(`\n${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests} skipped`);
}
