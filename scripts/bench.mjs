// npm run bench -- [suite...] [--quick] [--json]: the micro-benchmarks of the built package, built first if it is older than its sources.
// --source [suite...]: straight from src/, with the modules as they were last built. --peers [suite...]: against public libraries.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { newest } from "./files.mjs";

const root = join(import.meta.dirname, "..");
const args = process.argv.slice(2);
const named = args.filter((arg) => !arg.startsWith("-"));
const passed = args.filter((arg) => arg !== "--peers" && arg !== "--source");

if (args.includes("--peers")) await peers();
else if (args.includes("--source")) await source();
else {
  await ensureBuilt();
  process.exitCode = node(join(root, "dist/bench/main.js"), passed);
}

/** Runs a script with this Node and gives its exit code. @param {string} script @param {string[]} rest */
function node(script, rest) {
  return spawnSync(process.execPath, [script, ...rest], { stdio: "inherit" }).status ?? 1;
}

/** Builds the package unless dist/ is newer than all that goes into it. */
async function ensureBuilt() {
  const main = join(root, "dist/bench/main.js");
  const own = (await readdir(join(root, "bench"))).filter((name) => name !== "peers").map((name) => `bench/${name}`);
  const sources = await newest(["src", "assembly", "scripts", "package.json", ...own].map((path) => join(root, path)));
  if (existsSync(main) && (await stat(main)).mtimeMs >= sources) return;
  // The build tells its sizes; with --json only rows may come on standard output.
  const { status } = spawnSync(process.execPath, [join(root, "scripts/build.mjs")], { stdio: ["inherit", 2, 2] });
  if (status !== 0) process.exit(status ?? 1);
}

/** Bundles the suites named from their sources and runs them. */
async function source() {
  const suites = named.map((name) => `${JSON.stringify(name)}: () => import("./bench/suites/${name}.ts")`);
  if (suites.length === 0) throw new Error("--source needs the name of a suite");
  const outfile = join(root, "build/bench/main.js");
  await build({
    absWorkingDir: root,
    stdin: {
      contents: `import { run } from "./bench/run.ts"; process.exitCode = await run({ ${suites.join(", ")} }, process.argv.slice(2));`,
      resolveDir: root,
    },
    bundle: true,
    format: "esm",
    platform: "node",
    target: "es2022",
    logLevel: "warning",
    outfile,
    plugins: [own((name) => join(root, "src", name === "" ? "index.ts" : name === "node" ? "node/index.ts" : `${name}.ts`), false)],
  });
  process.exitCode = node(outfile, passed);
}

/** Installs bench/peers if need be, bundles its suites and runs them beside the packages. */
async function peers() {
  await ensureBuilt();
  const folder = join(root, "bench/peers");
  // npm writes this file last: without it the folder holds an installation that was broken off.
  if (!existsSync(join(folder, "node_modules/.package-lock.json"))) {
    console.error("bench: installing the peers of bench/peers/package.json");
    const { status } = spawnSync("npm", ["ci", "--no-audit", "--no-fund"], {
      cwd: folder,
      stdio: ["inherit", 2, 2],
      shell: process.platform === "win32",
    });
    if (status !== 0) process.exit(status ?? 1);
  }
  // Inside node_modules, because there the names of the peers resolve; "mfn" would not, so it becomes a path.
  const outfile = join(folder, "node_modules/.bench/main.mjs");
  await build({
    absWorkingDir: root,
    entryPoints: ["bench/peers/main.ts"],
    bundle: true,
    format: "esm",
    platform: "node",
    target: "es2022",
    logLevel: "warning",
    outfile,
    plugins: [own((name) => join(root, "dist", name === "" ? "index.js" : name === "node" ? "node/index.js" : `${name}.js`), true)],
  });
  process.exitCode = node(outfile, passed);
}

/**
 * Lets "mfn" and "mfn/<name>" mean files of this tree.
 * @param {(name: string) => string} path of the entry with that name ("" for the package itself)
 * @param {boolean} external left out of the bundle and imported from where they are
 * @returns {import("esbuild").Plugin}
 */
function own(path, external) {
  return {
    name: "own-package",
    setup({ onResolve }) {
      onResolve({ filter: /^mfn(\/|$)/ }, ({ path: wanted }) => ({ path: path(wanted.slice(4)), external }));
    },
  };
}
