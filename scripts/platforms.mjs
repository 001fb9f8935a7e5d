// npm run test:platforms: one program on every platform that can be had here, which must give the same bytes on all of them.
// Runtimes come from npm into build/platforms (a download, so this is no part of npm test); one that cannot be had is skipped.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";
import { promisify } from "node:util";
import { workerdTest } from "./workerd.mjs";

const run = promisify(execFile);
const root = join(import.meta.dirname, "..");
const folder = join(root, "build/platforms");
const smoke = join(root, "test/package/smoke-run.mjs");
const { platform, arch } = process;
/** A minute is plenty for a program of a second, also on a busy machine. */
const PATIENCE = 60_000;

/** @typedef {{ name: string, run: () => Promise<string>, why?: undefined } | { name: string, why: string }} Platform */

/** The runtimes that npm carries as packages of one file each, without an install script. */
const bun = `@oven/bun-${platform === "win32" ? "windows" : platform}-${arch === "arm64" ? "aarch64" : arch}`;
const deno = `@deno/${platform}-${arch}${platform === "linux" ? "-glibc" : ""}`;
const node = `node-${platform === "win32" ? "win" : platform}-${arch}`;
const workerd = `@cloudflare/workerd-${platform === "win32" ? "windows" : platform}-${arch === "x64" ? "64" : arch}`;
/** @typedef {{ name: string, spec: string, file: string, args: string[] | (() => Promise<string[]>) }} Runtime */
/** @type {Runtime[]} */
const packages = [
  { name: "Node 20.19.0", spec: `${node}@20.19.0`, file: "bin/node", args: [smoke] },
  { name: "Node 22", spec: `${node}@22`, file: "bin/node", args: [smoke] },
  { name: "Node 24", spec: `${node}@24`, file: "bin/node", args: [smoke] },
  { name: "Bun", spec: `${bun}@1`, file: "bin/bun", args: [smoke] },
  { name: "Deno", spec: `${deno}@2`, file: "deno", args: ["run", "--no-config", "--no-lock", "--cached-only", smoke] },
  { name: "workerd", spec: `${workerd}@1`, file: "bin/workerd", args: () => workerdTest(root, join(folder, "workerd")) },
];

/** Installs a runtime unless it is there. @param {Runtime} runtime @returns {Promise<Platform>} */
async function installed({ name, spec, file, args }) {
  const prefix = join(folder, name.toLowerCase().replaceAll(" ", "-"));
  const program = join(prefix, "node_modules/runtime", platform === "win32" ? `${file}.exe` : file);
  if (!existsSync(program)) {
    await mkdir(prefix, { recursive: true });
    const flags = ["--prefix", prefix, "--no-save", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund"];
    try {
      await run("npm", ["install", ...flags, `runtime@npm:${spec}`], { shell: platform === "win32" });
    } catch (error) {
      return { name, why: `npm cannot install ${spec}: ${npmReason(/** @type {any} */ (error).stderr)}` };
    }
    if (!existsSync(program)) return { name, why: `${spec} has no ${file}` };
  }
  try {
    const { stdout } = await run(program, ["--version"], { timeout: PATIENCE });
    name = `${name.split(" ")[0]} ${/\d+[.-]\d+[.-]\d+/.exec(stdout)?.[0]}`;
  } catch (error) {
    return { name, why: `${spec} does not start here: ${lastLine(/** @type {any} */ (error).message)}` };
  }
  return {
    name,
    run: async () => (await run(program, typeof args === "function" ? await args() : args, { cwd: folder, timeout: PATIENCE })).stdout,
  };
}

/** The line of npm's complaint that says why. @param {string} [text] */
function npmReason(text = "") {
  const lines = text.split("\n").filter((line) => /^npm error (?!code |errno |syscall |network This|A complete log)/.test(line));
  return lines[0]?.slice("npm error ".length) ?? lastLine(text);
}

/** @param {string} [text] */
function lastLine(text = "") {
  return text.trim().split("\n").at(-1) ?? "";
}

/** A browser of this machine. @returns {Promise<Platform>} */
async function chromium() {
  let name = "Chromium";
  const given = process.env["CHROMIUM"];
  const program = (given ? [given] : ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]).find(existsSync);
  if (program === undefined) return { name, why: "not installed (set CHROMIUM to its path)" };
  try {
    const { stdout } = await run(program, ["--version"], { timeout: PATIENCE });
    name = `Chromium ${/\d+\.\d+/.exec(stdout)?.[0]}`;
  } catch (error) {
    return { name, why: `${program} does not start here: ${lastLine(/** @type {any} */ (error).message)}` };
  }
  return { name, run: () => inBrowser(program) };
}

const types = /** @type {Record<string, string>} */ ({ ".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm" });
const headers = { "content-security-policy": "default-src 'none'; img-src 'self'; script-src 'self' 'wasm-unsafe-eval'" };
// The first picture is not answered before the program asks for another: until then the page is loading, and time stands still.
const page = `<!doctype html><title>smoke</title><body><img src="/hold" alt=""><script type="module" src="/test/package/smoke-run.mjs"></script></body>`;

/** Serves the page under a strict CSP and gives what the program wrote into it. @param {string} program */
async function inBrowser(program) {
  /** @type {import("node:http").ServerResponse | undefined} */
  let held;
  const server = createServer(async ({ url = "/" }, response) => {
    const path = normalize(new URL(url, "http://localhost").pathname);
    if (path === "/hold") {
      held = response;
      return;
    }
    if (path === "/done") held?.writeHead(404).end();
    if (path === "/") return response.writeHead(200, { ...headers, "content-type": "text/html" }).end(page);
    if (!path.startsWith("/dist/") && !/^\/test\/package\/smoke(-run)?\.mjs$/.test(path)) return response.writeHead(404).end();
    const content = await readFile(join(root, path)).catch(() => undefined);
    if (content === undefined) return response.writeHead(404).end();
    response.writeHead(200, { ...headers, "content-type": types[extname(path)] ?? "application/octet-stream" }).end(content);
  });
  await /** @type {Promise<void>} */ (new Promise((resolve) => server.listen(0, "127.0.0.1", resolve)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  const profile = await mkdtemp(join(tmpdir(), "mfn-chromium-"));
  const quiet = ["--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run", "--disable-background-networking"];
  const flags = ["--headless", "--no-sandbox", ...quiet, "--disable-component-update", "--disable-sync", `--user-data-dir=${profile}`];
  try {
    // Virtual time stands still while something is to be loaded: the page is dumped when the program is through.
    const { stdout } = await run(program, [...flags, "--virtual-time-budget=60000", "--dump-dom", `http://127.0.0.1:${port}/`], {
      timeout: PATIENCE,
    });
    return /<body>([\s\S]*)<\/body>/.exec(stdout)?.[1].replaceAll("&quot;", '"').replaceAll("&lt;", "<").replaceAll("&gt;", ">") ?? stdout;
  } finally {
    server.close();
    await rm(profile, { recursive: true, force: true, maxRetries: 5 }).catch(() => undefined);
  }
}

if (!existsSync(join(root, "dist/index.js"))) {
  console.error("platforms: dist/ is not there; run npm run build first");
  process.exit(1);
}
await mkdir(folder, { recursive: true });
/** @type {Platform[]} */
const platforms = [{ name: `Node ${process.versions.node}`, run: async () => (await run(process.execPath, [smoke])).stdout }];
for (const runtime of packages) platforms.push(await installed(runtime));
platforms.push(await chromium());

/** What the first platform gave, which all others must give too. @type {Record<string, string> | undefined} */
let expected;
const counts = { same: 0, skipped: 0, failed: 0 };
for (const { name, ...rest } of platforms) {
  if (!("run" in rest)) {
    counts.skipped++;
    console.log(`${name.padEnd(20)} skipped: ${rest.why}`);
    continue;
  }
  try {
    const began = performance.now();
    const output = (await rest.run()).trim();
    if (!output.startsWith("{")) throw new Error(output === "" ? "printed nothing" : output);
    const digests = JSON.parse(output);
    expected ??= /** @type {Record<string, string>} */ (digests);
    const other = Object.keys(expected).filter((what) => digests[what] !== /** @type {any} */ (expected)[what]);
    if (other.length > 0) throw new Error(`other bytes than the first platform in: ${other.join(", ")}`);
    counts.same++;
    console.log(`${name.padEnd(20)} same ${Object.keys(expected).length} digests, ${((performance.now() - began) / 1000).toFixed(1)} s`);
  } catch (error) {
    counts.failed++;
    console.log(`${name.padEnd(20)} FAILED: ${/** @type {any} */ (error).stderr?.trim() || /** @type {any} */ (error).message}`);
  }
}
console.log(`platforms: ${counts.same} the same, ${counts.failed} failed, ${counts.skipped} skipped`);
if (counts.failed > 0) process.exitCode = 1;
