import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { build as esbuild } from "esbuild";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { haveBrowser, Pages } from "./page.js";
import { Project } from "./project.js";

/** An application of the installed package: asks each layer something and writes the answers into the page. */
const application = (wasm: string, setup = "") => `
  import { Mfn } from "mfn";
  import { Alm } from "mfn/alm";
  import { Cpe } from "mfn/cpe";
  import { Dsr } from "mfn/dsr";
  import { Ifr } from "mfn/ifr";
  import { TokenHasher } from "mfn/text";
  ${setup}
  const hasher = new TokenHasher({ dimensions: 64 });
  const mfn = await Mfn.create({ dimensions: 64, wasm: ${wasm} });
  mfn.remember("green tea", { vector: hasher.vector("green tea leaves"), links: [{ to: "cup" }] });
  mfn.remember("black tea", { vector: hasher.vector("black tea leaves") });
  for (const visitor of ["ann", "bob", "cem"]) for (const key of ["green tea", "cup", "spoon"]) mfn.observe(visitor, key);
  mfn.observe("dot", "green tea");
  const answers = [
    mfn.similar("green tea", { k: 1 })[0].key,
    mfn.route("green tea", "cup").keys.join(" to "),
    mfn.recall({ stream: "dot" }, { strategy: "parallel" }).results[0].key,
  ];
  const ifr = await Ifr.create();
  answers.push(ifr.intern("x") + ifr.intern("y"));
  const dsr = await Dsr.create({ dimensions: 2 });
  dsr.add(7, [1, 0]);
  answers.push(dsr.search([1, 0], { k: 1 }).ids[0]);
  const alm = await Alm.create();
  alm.link(1, 2, { weight: 3 });
  answers.push(alm.shortestPath(1, 2).cost);
  const cpe = await Cpe.create();
  for (let i = 0; i < 40; i++) cpe.observe(0, i % 4);
  answers.push(cpe.predict(0, 1).ids[0]);
  document.body.textContent = JSON.stringify(answers);
`;
const answers = ["black tea", "green tea to cup", "cup", 1, 7, 3, 0];
const html = (script: string) =>
  `<!doctype html><title>Application</title><link rel="icon" href="data:,"><body></body><script type="module" src="${script}"></script>`;
/** What a page needs to be allowed for WebAssembly, and nothing else. */
const policy = "default-src 'none'; connect-src 'self'; img-src data:; script-src 'self' 'wasm-unsafe-eval'";

const project = new Project();
beforeAll(() => project.install());
afterAll(() => project.remove());

/** What a page shows in the end. */
async function shown({ page, faults }: { page: Page; faults: string[] }): Promise<unknown> {
  await expect.poll(() => page.locator("body").innerText(), { timeout: 20_000 }).toMatch(/^\[/);
  expect(faults).toEqual([]);
  return JSON.parse(await page.locator("body").innerText());
}

/** What the page in a folder of the project shows, served under the policy. */
async function served(folder: string): Promise<unknown> {
  const pages = new Pages(join(project.path, folder), policy);
  try {
    return await shown(await pages.open("index.html"));
  } finally {
    await pages.close();
  }
}

/** The built files of a folder of the project. */
const files = (folder: string) =>
  (readdirSync(join(project.path, folder), { recursive: true }) as string[]).filter((name) => /\.\w+$/.test(name));

/** Builds as an application's own vite.config.js would. */
async function vite(name: string, code: string): Promise<string> {
  const { build } = await import("vite");
  project.file("index.html", html(`/${name}.js`));
  project.file(`${name}.js`, code);
  // Small modules too are to stay files: the policy lets a page fetch from its own site alone.
  const options = { outDir: `${name}-vite`, emptyOutDir: true, assetsInlineLimit: 0, target: "es2022", modulePreload: { polyfill: false } };
  await build({ root: project.path, configFile: false, logLevel: "silent", build: options });
  return `${name}-vite`;
}

const layers = ["ifr", "dsr", "alm", "cpe", "fusion"];
const names = layers.map((layer) => `${layer}: ${layer}Url`);
const queries = `${layers.map((layer) => `import ${layer}Url from "mfn/wasm/${layer}.wasm?url";`).join("\n")} const urls = { ${names} };`;
/** The option of the engine: a function, as IFR's module is used three times, and an answer can be read once. */
const given = "Object.fromEntries(Object.entries(urls).map(([layer, url]) => [layer, () => fetch(url)]))";
const sameFiles = (folder: string) => {
  const built = files(folder).filter((name) => name.endsWith(".wasm"));
  const bytes = built.map((name) => readFileSync(join(project.path, folder, name)).toString("base64"));
  const own = layers.map((layer) => readFileSync(join(project.package, `dist/wasm/${layer}.wasm`)).toString("base64"));
  expect(bytes.sort()).toEqual(own.sort());
};

describe("an application bundled for the browser", () => {
  test("by esbuild, in pieces that share code", async () => {
    const entry = project.file("plain.js", application("undefined"));
    const options = { bundle: true, splitting: true, format: "esm", target: "es2022", minify: true, logLevel: "silent" } as const;
    await esbuild({ entryPoints: [entry], outdir: join(project.path, "plain-esbuild"), ...options });
    project.file("plain-esbuild/index.html", html("./plain.js"));
    if (haveBrowser) expect(await served("plain-esbuild")).toEqual(answers);
  });

  test("by Vite, with what is embedded", async () => {
    const folder = await vite("embedded", application("undefined"));
    expect(files(folder).filter((name) => name.endsWith(".wasm"))).toEqual([]);
    if (haveBrowser) expect(await served(folder)).toEqual(answers);
  });

  test("by Vite, with the modules as files of the site: ?url", async () => {
    const folder = await vite("urls", application(given, queries));
    sameFiles(folder);
    if (haveBrowser) expect(await served(folder)).toEqual(answers);
  });

  test("by Vite, with the modules as files of the site: new URL", async () => {
    const urls = layers.map((layer) => `${layer}: new URL("mfn/wasm/${layer}.wasm", import.meta.url)`);
    const folder = await vite("references", application(given, `const urls = { ${urls} };`));
    sameFiles(folder);
    if (haveBrowser) expect(await served(folder)).toEqual(answers);
  });

  test.skipIf(!haveBrowser)("by Vite's server for development", async () => {
    const { createServer } = await import("vite");
    project.file("index.html", html("/develop.js"));
    project.file("develop.js", application(given, queries));
    const server = await createServer({
      root: project.path,
      configFile: false,
      logLevel: "silent",
      server: { port: 0, host: "127.0.0.1" },
    });
    const pages = new Pages(project.path);
    try {
      await server.listen();
      expect(await shown(await pages.open(server.resolvedUrls!.local[0]))).toEqual(answers);
    } finally {
      await pages.close();
      await server.close();
    }
  });

  test("by esbuild, with the modules as files of the site: its file loader", async () => {
    const imports = layers.map((layer) => `import ${layer}Url from "mfn/wasm/${layer}.wasm";`).join("\n");
    const entry = project.file("files.js", application(given, `${imports}\nconst urls = { ${names} };`));
    const options = { bundle: true, format: "esm", target: "es2022", loader: { ".wasm": "file" }, logLevel: "silent" } as const;
    await esbuild({ entryPoints: [entry], outdir: join(project.path, "files-esbuild"), ...options });
    project.file("files-esbuild/index.html", html("./files.js"));
    sameFiles("files-esbuild");
    if (haveBrowser) expect(await served("files-esbuild")).toEqual(answers);
  });
});
