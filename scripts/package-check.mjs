// npm run package:check: is what would be published a sound package?
import { modules } from "./modules.mjs";
import { run } from "./run.mjs";

const wasm = modules.map(({ name }) => `./wasm/${name}.wasm`);
const checks = [
  ["publint", ["--strict"]],
  // The package is ESM only, and a .wasm file or package.json has no types.
  ["attw", ["--pack", ".", "--profile", "esm-only", "--exclude-entrypoints", "./package.json", ...wasm]],
];
for (const [command, args] of checks) {
  if ((await run(/** @type {string} */ (command), /** @type {string[]} */ (args))) !== 0) process.exitCode = 1;
}
