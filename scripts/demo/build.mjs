// Builds demo/ into static files: pages, styles, scripts, workers, and the service worker that keeps them for use offline.
// All but the pages, the service worker and what a browser asks for by a fixed name carry a hash of their content.
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { build as bundle } from "esbuild";
import { modules } from "../modules.mjs";
import { buildWasm } from "../wasm.mjs";
import { policy } from "./policy.mjs";

const root = join(import.meta.dirname, "../..");
const demo = join(root, "demo");

/** Started by `new Worker(new URL("…", import.meta.url))`: built before the pages' scripts, which name them. */
const threads = ["src/worker/main.js", "src/bench/worker.js"];
/** Goes into every page, and installs the service worker. */
const register = "src/register.js";
const serviceWorker = "src/offline.js";

/** @typedef {Map<string, Uint8Array>} Files content by name, relative to the folder that is served */

/** What pages and scripts name, by the file that it is built into: paths in demo/, a script's ending in `.js`. @typedef {Map<string, string>} Names */

const common = /** @type {const} */ ({
  bundle: true,
  write: false,
  format: "esm",
  target: "es2022",
  platform: "browser",
  charset: "utf8",
  legalComments: "none",
  minify: true,
  metafile: true,
  logLevel: "warning",
  absWorkingDir: demo,
  outdir: "/",
  // What of bench/ needs Node is not used here, and left out: `bundleAll` sees to it.
  external: ["node:*"],
  assetNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  entryNames: "[name]-[hash]",
});

/**
 * Builds the demo.
 * @param {string} folder where its files are to be; what was there is deleted
 * @returns {Promise<Files>} the files
 */
export async function buildDemo(folder) {
  if (modules.some(({ name }) => !existsSync(join(root, `src/wasm/generated/${name}.ts`)))) await buildWasm();
  const alias = await packageAlias();
  /** @type {Files} */
  const files = new Map();

  const pages = await Promise.all(
    (await readdir(demo))
      .filter((name) => name.endsWith(".html"))
      .map(async (name) => ({ name, text: await readFile(join(demo, name), "utf8") })),
  );
  const used = [register, ...new Set(pages.flatMap(({ text }) => linked(text)))];
  const named = await bundleAll(threads, files, { alias, splitting: true });
  named.set(serviceWorker, basename(serviceWorker));
  const scripts = used.filter((name) => name.endsWith(".js"));
  const styles = used.filter((name) => name.endsWith(".css"));
  const built = await Promise.all([
    bundleAll(scripts, files, { alias, splitting: true, plugins: [urls(named)] }),
    bundleAll(styles, files, {}),
  ]);
  for (const [name, file] of built.flatMap((map) => [...map])) named.set(name, file);
  for (const name of used.filter((name) => !/\.(js|css|html)$/.test(name))) files.set(name, await readFile(join(demo, name)));
  for (const { name, text } of pages) files.set(name, Buffer.from(pageOf(text, named)));

  const listed = [...files.keys()].sort();
  const hash = createHash("sha256");
  for (const name of listed)
    hash
      .update(name)
      .update("\0")
      .update(files.get(name) ?? "")
      .update("\0");
  const define = { __FILES__: JSON.stringify(listed), __BUILD__: JSON.stringify(hash.digest("hex").slice(0, 16)) };
  // No module: not every browser takes one as a service worker.
  const options = {
    entryPoints: { offline: sourceOf(serviceWorker) },
    define,
    entryNames: "[name]",
    format: /** @type {const} */ ("iife"),
  };
  for (const { path, contents } of (await bundle({ ...common, ...options })).outputFiles) files.set(basename(path), contents);

  await rm(folder, { recursive: true, force: true });
  for (const [name, content] of files) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  return files;
}

/** The package's own names, to its sources. @returns {Promise<Record<string, string>>} */
async function packageAlias() {
  const { exports } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  const names = Object.keys(exports).filter((path) => !/\.\w+$/.test(path) && path !== "./node");
  return Object.fromEntries(
    names.map((path) => [path.replace(/^\./, "mfn"), join(root, "src", `${path === "." ? "index" : path.slice(2)}.ts`)]),
  );
}

/**
 * Bundles some files and what they share, and adds what comes out to the files.
 * @param {string[]} names paths in demo/
 * @param {Files} files
 * @param {import("esbuild").BuildOptions} options
 * @returns {Promise<Names>}
 */
async function bundleAll(names, files, options) {
  const entryPoints = Object.fromEntries(names.map((name) => [builtName(name), sourceOf(name)]));
  const { outputFiles, metafile } = await bundle({ ...common, ...options, entryPoints });
  for (const { path, contents, text } of outputFiles) {
    if (/["'`]node:/.test(text)) throw new Error(`${basename(path)} needs Node, which a browser does not have`);
    files.set(basename(path), contents);
  }
  const outputs = Object.entries(metafile.outputs).map(([path, { entryPoint }]) => [entryPoint, basename(path)]);
  const bySource = new Map(/** @type {[string | undefined, string][]} */ (outputs));
  return new Map(names.map((name) => [name, bySource.get(sourceOf(name)) ?? name]));
}

/** @param {string} name */
function sourceOf(name) {
  const source = name.replace(/\.js$/, ".ts");
  if (!existsSync(join(demo, source))) throw new Error(`the demo names ${name}, but demo/${source} is not there`);
  return source;
}

/** `src/bench/worker.js` is built into `bench-worker`, `src/page/main.js` into `page`, `styles/main.css` into `styles`. @param {string} name */
function builtName(name) {
  const plain = name.replace(/\.\w+$/, "").replace(/^src\//, "");
  return plain.replace(/\/main$/, "").replaceAll("/", "-");
}

const link = /\b(src|href)="([^"#:?]+)([^"]*)"/g;

/** What a page names of the demo's files: not what has a scheme. @param {string} text */
function linked(text) {
  return [...text.matchAll(link)].filter(([, , , rest]) => !rest.startsWith(":")).map(([, , name]) => name);
}

/** The page with the names of built files, its policy, and the script that installs the service worker. @param {string} text @param {Names} named */
function pageOf(text, named) {
  const head = `<meta http-equiv="Content-Security-Policy" content="${policy}">`;
  const script = `<script type="module" src="${named.get(register)}"></script>`;
  const page = text.replaceAll(link, (all, attribute, name, rest) =>
    rest.startsWith(":") ? all : `${attribute}="${named.get(name) ?? name}${rest}"`,
  );
  if (!/<meta charset="utf-8" ?\/?>/i.test(page) || !page.includes("</head>"))
    throw new Error("a page has no <meta charset> or no </head>");
  return page.replace(/<meta charset="utf-8" ?\/?>/i, (charset) => `${charset}\n${head}`).replace("</head>", `${script}\n</head>`);
}

/** `new URL("../worker/main.js", import.meta.url)` becomes the URL of the built file. @param {Names} named @returns {import("esbuild").Plugin} */
function urls(named) {
  return {
    name: "urls",
    setup(build) {
      build.onLoad({ filter: /[\\/]demo[\\/]src[\\/].*\.ts$/ }, async ({ path }) => {
        const text = await readFile(path, "utf8");
        const contents = text.replaceAll(/new URL\(\s*"(\.[^"]+)",\s*import\.meta\.url,?\s*\)/g, (_, target) => {
          const file = named.get(relative(demo, join(dirname(path), target)).replaceAll("\\", "/"));
          if (file === undefined)
            throw new Error(`${relative(root, path)} names ${target}, which is no file of the demo that stands alone`);
          return `new URL("./${file}", import.meta.url)`;
        });
        return { contents, loader: "ts" };
      });
    },
  };
}
