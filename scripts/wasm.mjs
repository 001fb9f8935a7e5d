// Builds the WebAssembly modules: asc, then binaryen (validate, strip, sizes), then the embedded binaries.
import { execFile } from "node:child_process";
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import binaryen from "binaryen";
import { encode, FREQUENT } from "./alphabet.mjs";
import { newest } from "./files.mjs";
import { constantOf, modules } from "./modules.mjs";

const run = promisify(execFile);
const root = join(import.meta.dirname, "..");
/** Built like a layer for the tests of assembly/core; neither embedded nor shipped. */
const selftest = { name: "selftest", entry: "selftest", layer: "selftest" };

/** What a module may use beyond the first version of WebAssembly: all of it is in every engine since 2021. */
const { ReferenceTypes, SIMD128, BulkMemory, BulkMemoryOpt, SignExt, NontrappingFPToInt, MutableGlobals } = binaryen.Features;
const features = SIMD128 | BulkMemory | BulkMemoryOpt | SignExt | NontrappingFPToInt | MutableGlobals;
/** What a module uses only where it was asked for by a flag of the compiler. */
const optional = new Map([["reference-types", ReferenceTypes]]);

/** @typedef {{ name: string, raw: number, gzip: number }} WasmSize */
/** @typedef {import("./modules.mjs").ModuleSource} ModuleSource */

/**
 * Builds the modules whose sources are newer than their binaries.
 * @param {{ only?: string[], force?: boolean }} options
 * @returns {Promise<WasmSize[]>}
 */
export async function buildWasm({ only, force = false } = {}) {
  for (const dir of ["build/debug", "build/release", "src/wasm/generated"]) await mkdir(join(root, dir), { recursive: true });
  await writeFile(join(root, "src/wasm/generated/alphabet.ts"), alphabetModule);
  const named = [...modules, selftest].filter(({ name }) => only === undefined || only.includes(name));
  const sizes = await Promise.all(named.map((module) => buildModule(module, force)));
  return sizes.filter(({ name }) => name !== selftest.name);
}

/** @param {ModuleSource} module @param {boolean} force @returns {Promise<WasmSize>} */
async function buildModule({ name, entry, layer, imports = [], flags = [] }, force) {
  const release = join(root, `build/release/${name}.wasm`);
  const debug = join(root, `build/debug/${name}.wasm`);
  const embedded = join(root, `src/wasm/generated/${name}.ts`);
  const inputs = [
    "assembly/core",
    `assembly/${layer}`,
    "asconfig.json",
    "scripts/wasm.mjs",
    "scripts/modules.mjs",
    "scripts/alphabet.mjs",
    ...(name === selftest.name ? ["assembly/ifr", "assembly/dsr"] : []),
  ];
  const sources = await newest(inputs.map((p) => join(root, p)));
  const built = await Promise.all(
    (name === selftest.name ? [release, debug] : [release, debug, embedded]).map((f) =>
      stat(f).then(
        (s) => s.mtimeMs,
        () => 0,
      ),
    ),
  );
  if (force || Math.min(...built) < sources) {
    await asc(entry, "debug", debug, flags);
    await asc(entry, "release", release, flags);
    const bytes = strip(name, await readFile(release), flags);
    await writeFile(release, named(bytes, imports));
    await writeFile(debug, named(await readFile(debug), imports));
    if (name !== selftest.name) await writeFile(embedded, embed(name, entry, bytes));
  }
  const bytes = await readFile(release);
  const needed = WebAssembly.Module.imports(new WebAssembly.Module(bytes)).map((i) => `${i.module}.${i.name}`);
  if (needed.join() !== imports.join()) throw new Error(`${name}: the release module imports [${needed}], it must import [${imports}]`);
  return { name, raw: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length };
}

/** @param {string} entry @param {"debug" | "release"} target @param {string} outFile @param {string[]} flags */
async function asc(entry, target, outFile, flags) {
  const compiler = createRequire(import.meta.url).resolve("assemblyscript/bin/asc.js");
  const args = [
    // Node may hang when it ends while other threads wait for a collection.
    "--single-threaded-gc",
    compiler,
    `assembly/${entry}/index.ts`,
    "--config",
    "asconfig.json",
    "--target",
    target,
    "--disableWarning",
    "112",
    "--outFile",
    outFile,
    ...flags,
  ];
  try {
    const { stderr } = await run(process.execPath, args, { cwd: root });
    if (stderr.trim() !== "") process.stderr.write(stderr);
  } catch (error) {
    throw new Error(`asc failed on ${entry} (${target}):\n${/** @type {any} */ (error).stderr ?? error}`);
  }
}

/** Validates the module and drops what only tools need. @param {string} name @param {Uint8Array} bytes @param {string[]} flags */
function strip(name, bytes, flags) {
  const module = binaryen.readBinary(bytes);
  module.setFeatures(flags.reduce((all, flag) => all | (optional.get(flag) ?? 0), features));
  if (!module.validate()) throw new Error(`binaryen refuses the ${name} module`);
  // asc has optimised for speed, inlining included; this only makes what it left smaller.
  binaryen.setOptimizeLevel(2);
  binaryen.setShrinkLevel(1);
  module.optimize();
  module.runPasses(["strip-debug", "strip-producers", "strip-target-features"]);
  const stripped = module.emitBinary();
  module.dispose();
  return stripped;
}

/**
 * Gives imports whose module has a colon in its name that name: no source file can, after which the compiler names them.
 * @param {Uint8Array} bytes @param {string[]} imports
 */
function named(bytes, imports) {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  for (const module of new Set(imports.map((name) => name.split(".")[0]))) {
    const given = module.replace(":", "_");
    for (let at = buffer.indexOf(given); module !== given && at >= 0; at = buffer.indexOf(given, at)) buffer.write(module, at, "latin1");
  }
  return bytes;
}

/** The module as TypeScript. @param {string} name @param {string} entry @param {Uint8Array} bytes */
function embed(name, entry, bytes) {
  return `// Generated by scripts/wasm.mjs from assembly/${entry}; not committed.
import type { EmbeddedModule } from "../source.js";

export const ${constantOf(name)}: EmbeddedModule = { name: "${name}", text: "${encode(bytes)}" };
`;
}

const alphabetModule = `// Generated by scripts/wasm.mjs from scripts/alphabet.mjs; not committed.

export const FREQUENT = "${FREQUENT}";
`;
