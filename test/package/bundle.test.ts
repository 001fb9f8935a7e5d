import { type BuildOptions, build } from "esbuild";
import { describe, expect, test } from "vitest";
import { built } from "./built.js";

const layers = ["ifr", "dsr", "alm", "cpe"] as const;
const entries = ["index", ...layers, "text", "formats", "exchange", "samples"];

/** One file of code from the built package, as an application's bundler makes it. */
async function bundle(code: string, options: BuildOptions = {}): Promise<string> {
  const stdin = { contents: code, resolveDir: built(".") };
  const common: BuildOptions = { bundle: true, write: false, format: "esm", platform: "browser", charset: "utf8", logLevel: "silent" };
  const { outputFiles } = await build({ stdin, ...common, ...options });
  return outputFiles?.[0].text ?? "";
}

/** All modules that a layer's subpath has. */
const modulesOf = {
  ifr: ["ifr", "ifr-fixed", "ifr-filters", "ifr-cache", "checksum", "strings"],
  dsr: ["dsr-index", "dsr-reservoir", "checksum"],
  alm: ["alm-mesh", "alm-ch", "alm-cch", "alm-labels", "checksum"],
  cpe: ["cpe-events", "cpe-demand", "cpe-anomaly", "cpe-stride", "checksum"],
};

/** All there are: the engine has a module of its own for DSR. */
const all = [...new Set([...layers, "fusion", ...Object.values(modulesOf).flat()])];

/** The modules that are in some code: pieces of their text from all over it are. (One piece alone may be in two modules.) */
async function modulesIn(code: string): Promise<string[]> {
  const found: string[] = [];
  for (const name of all) {
    const generated = await import(`../../src/wasm/generated/${name}.ts`);
    const { text } = Object.values(generated)[0] as { text: string };
    const pieces = [0.2, 0.4, 0.6, 0.8].map((part) => text.slice(part * text.length, part * text.length + 200));
    if (pieces.every((piece) => code.includes(piece))) found.push(name);
  }
  return found;
}

describe("bundled for a browser", () => {
  test.each(entries)("%s needs nothing of Node", async (entry) => {
    const code = await bundle(`export * from "./${entry}.js";`, { minify: true });
    expect(code).not.toMatch(/["'`]node:/);
    expect(code).not.toMatch(/\b(?:require|process|Buffer|__dirname|createRequire)\b/);
    expect(code).not.toMatch(/\b(?:import|export)\b[^;]*\bfrom\b/);
    expect(code).not.toMatch(/\beval\(|new Function\(/);
  });

  test("each layer brings its own modules alone, the engine one of each layer and its fusion", async () => {
    for (const layer of layers) {
      expect((await modulesIn(await bundle(`export * from "./${layer}.js";`))).sort()).toEqual([...modulesOf[layer]].sort());
    }
    expect(await modulesIn(await bundle(`export * from "./index.js";`))).toEqual([...layers, "fusion"]);
    expect(await modulesIn(await bundle(`export * from "./text.js";`))).toEqual([]);
    expect(await modulesIn(await bundle(`export * from "./exchange.js";`))).toEqual([]);
    expect(await modulesIn(await bundle(`export * from "./samples.js";`))).toEqual([]);
  });

  test("what is not used is left out", async () => {
    const code = await bundle(`import { MfnError } from "./index.js"; console.log(MfnError);`, { minify: true });
    expect(await modulesIn(code)).toEqual([]);
    expect(code.length).toBeLessThan(2000);
    expect(await bundle(`import "./index.js";`, { minify: true })).toBe("");
    for (const [layer, name, modules] of [
      ["ifr", "Ifr", ["checksum", "ifr", "strings"]],
      ["ifr", "FixedIfr", ["checksum", "ifr-fixed"]],
      ["ifr", "IfrCache", ["ifr-cache", "strings"]],
      ["dsr", "Dsr", ["checksum", "dsr-index"]],
      ["dsr", "Reservoir", ["checksum", "dsr-reservoir"]],
      ["dsr", "RidgeReadout", []],
    ] as const) {
      const found = await modulesIn(await bundle(`import { ${name} } from "./${layer}.js"; console.log(${name});`));
      expect([name, found.sort()]).toEqual([name, modules]);
    }
  });
});

describe("without await at the top level", () => {
  // The format of CommonJS has none: a bundler refuses such a module, as require() does.
  test.each([...entries, "node/index"])("%s", async (entry) => {
    const options: BuildOptions = { format: "cjs", platform: "node", external: ["mfn", "mfn/*"] };
    expect(await bundle(`export * from "./${entry}.js";`, options)).not.toBe("");
    await expect(bundle("await 0;", options)).rejects.toThrow("Top-level await");
  });
});
