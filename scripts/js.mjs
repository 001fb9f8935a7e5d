// Bundles the facade with esbuild and writes its types with tsc.
import { execFile } from "node:child_process";
import { chmod, copyFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { layers, modules } from "./modules.mjs";

const run = promisify(execFile);
const root = join(import.meta.dirname, "..");

/** What runs anywhere: one entry a subpath export, shared code split into chunks. */
const portable = ["index", ...layers, "text", "formats", "exchange", "samples"];

/** What gets chunks without JavaScript in them, so that the binaries of `mfn` are side by side; see src/wasm/lean.ts. */
const binaries = ["wasm/lean", "wasm/generated/ifr"];

/** Builds dist/ from src/, bench/ and build/release. */
export async function buildJs() {
  await rm(join(root, "dist"), { recursive: true, force: true });
  const common = /** @type {const} */ ({
    absWorkingDir: root,
    bundle: true,
    format: "esm",
    target: "es2022",
    legalComments: "none",
    charset: "utf8",
    logLevel: "warning",
  });
  const browser = await build({
    ...common,
    metafile: true,
    entryPoints: [...binaries, ...portable].map((name) => `src/${name}.ts`),
    outdir: "dist",
    platform: "neutral",
    mainFields: ["module", "main"],
    splitting: true,
    chunkNames: "chunks/[name]-[hash]",
    minify: true,
    sourcemap: true,
    sourcesContent: false,
  });
  // Entries only to make the chunks: nobody imports them.
  await rm(join(root, "dist/wasm"), { recursive: true });
  // What needs Node reaches the engine through the package's own exports, as any user does.
  const node = await build({
    ...common,
    metafile: true,
    entryPoints: { "node/index": "src/node/index.ts", "node/cli": "src/node/cli.ts", "bench/main": "bench/main.ts" },
    outdir: "dist",
    platform: "node",
    splitting: true,
    chunkNames: "node/chunks/[name]-[hash]",
    external: ["mfn", "mfn/*"],
    banner: { js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);" },
    minifySyntax: true,
  });
  const inputs = [browser, node].flatMap(({ metafile }) => Object.keys(metafile.inputs));
  await writeFile(join(root, "dist/LICENSES.txt"), await licences(inputs));
  await chmod(join(root, "dist/node/cli.js"), 0o755);
  await mkdir(join(root, "dist/wasm"), { recursive: true });
  for (const { name } of modules) await copyFile(join(root, `build/release/${name}.wasm`), join(root, `dist/wasm/${name}.wasm`));
  const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");
  try {
    await run(process.execPath, [tsc, "-p", "tsconfig.build.json"], { cwd: root });
  } catch (error) {
    throw new Error(`tsc failed:\n${/** @type {any} */ (error).stdout}`);
  }
}

/**
 * The licences of the packages that are bundled, which ask to go along with every copy.
 * @param {string[]} inputs files that went into a bundle
 * @returns {Promise<string>}
 */
async function licences(inputs) {
  const names = inputs.map((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]).filter((name) => name !== undefined);
  const texts = [...new Set(names)].sort().map(async (name) => {
    const folder = join(root, "node_modules", name);
    const own = (await readdir(folder)).find((file) => /^licen[cs]e/i.test(file));
    // A package may come without the file that its repository has.
    const file = own === undefined ? join(import.meta.dirname, `licences/${name}.txt`) : join(folder, own);
    const text = await readFile(file, "utf8").catch((cause) => {
      throw new Error(`${name} is bundled, but has no licence file`, { cause });
    });
    return `${name}\n\n${text.trim()}\n`;
  });
  return (await Promise.all(texts)).join(`\n${"-".repeat(80)}\n\n`);
}
