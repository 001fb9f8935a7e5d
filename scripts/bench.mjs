// npm run bench -- [suite...] [--quick] [--json]: the micro-benchmarks of the built package, built first if it is older than its sources.
// --peers [suite...]: the same work by public libraries. --source suite...: straight from src/ with the modules as last built.
import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { newest } from "./files.mjs";

const root = join(import.meta.dirname, "..");
const args = process.argv.slice(2);
const named = args.filter((arg) => !arg.startsWith("-"));
const passed = args.filter((arg) => arg !== "--peers" && arg !== "--source");
const withPeers = args.includes("--peers");
const fromSource = args.includes("--source");

/** Lets "mfn" and "mfn/<name>" mean this tree: its sources, bundled, or the files of dist/, from where they are. @type {import("esbuild").Plugin} */
const own = {
  name: "own-package",
  setup({ onResolve }) {
    onResolve({ filter: /^mfn(\/|$)/ }, ({ path }) => {
      const name = path === "mfn" ? "index" : path === "mfn/node" ? "node/index" : path.slice(4);
      return { path: join(root, fromSource ? `src/${name}.ts` : `dist/${name}.js`), external: !fromSource };
    });
  },
};

if (!fromSource) ensureBuilt(await newestSource());
if (withPeers) installPeers();
process.exitCode = node(withPeers || fromSource ? await bundle() : join(root, "dist/bench/main.js"), passed);

/** Runs a script with this Node and gives its exit code. @param {string} script @param {string[]} rest */
function node(script, rest) {
  return spawnSync(process.execPath, [script, ...rest], { stdio: "inherit" }).status ?? 1;
}

/** The time of the newest file that goes into dist/. */
async function newestSource() {
  const own = (await readdir(join(root, "bench"))).filter((name) => name !== "peers").map((name) => `bench/${name}`);
  return newest(["src", "assembly", "scripts", "package.json", ...own].map((path) => join(root, path)));
}

/** Builds the package unless dist/ is newer than its sources. @param {number} sources */
function ensureBuilt(sources) {
  const main = join(root, "dist/bench/main.js");
  if (existsSync(main) && statSync(main).mtimeMs >= sources) return;
  // The build tells its sizes; with --json only rows may come on standard output.
  const { status } = spawnSync(process.execPath, [join(root, "scripts/build.mjs")], { stdio: ["inherit", 2, 2] });
  if (status !== 0) process.exit(status ?? 1);
}

function installPeers() {
  const folder = join(root, "bench/peers");
  // npm writes this file last: without it the folder holds an installation that was broken off.
  const installed = join(folder, "node_modules/.package-lock.json");
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(join(folder, "package.json")).mtimeMs) return;
  console.error("bench: installing the peers of bench/peers/package.json");
  const options = /** @type {const} */ ({ cwd: folder, stdio: ["inherit", 2, 2], shell: process.platform === "win32" });
  const { status } = spawnSync("npm", ["ci", "--no-audit", "--no-fund"], options);
  if (status !== 0) process.exit(status ?? 1);
}

/** Bundles suites that are not in dist/, and says where to. */
async function bundle() {
  const folder = withPeers ? "bench/peers" : "bench/suites";
  if (fromSource && named.length === 0) throw new Error("--source needs the name of a suite");
  const suites = named.map((name) => `${JSON.stringify(name)}: () => import("./${folder}/${name}.ts")`);
  const few = `import { run } from "./bench/run.ts"; process.exitCode = await run({ ${suites.join(", ")} }, process.argv.slice(2));`;
  // The names of the peers resolve from their own node_modules; "mfn" would not, so it becomes a path.
  const outfile = join(root, withPeers ? "bench/peers/node_modules/.bench/main.mjs" : "build/bench/main.js");
  await build({
    absWorkingDir: root,
    ...(fromSource ? { stdin: { contents: few, resolveDir: root } } : { entryPoints: ["bench/peers/main.ts"] }),
    bundle: true,
    format: "esm",
    platform: "node",
    target: "es2022",
    logLevel: "warning",
    outfile,
    plugins: [own],
  });
  return outfile;
}
