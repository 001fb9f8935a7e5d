import { readdirSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { homedir } from "node:os";
import { join, sep } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root } from "./built.js";
import { Project } from "./project.js";

const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const specifiers = Object.keys(manifest.exports).map((path) => path.replace(/^\./, "mfn"));
const code = specifiers.filter((name) => !/\.\w+$/.test(name));
const modules = specifiers.filter((name) => name.endsWith(".wasm"));

const project = new Project();
beforeAll(() => project.install());
afterAll(() => project.remove());

/** The modules of the package, as scripts/modules.mjs builds them. */
const MODULES = [
  "ifr",
  "ifr-fixed",
  "ifr-filters",
  "ifr-cache",
  "dsr",
  "dsr-index",
  "dsr-reservoir",
  "alm",
  "alm-mesh",
  "alm-ch",
  "alm-cch",
  "alm-labels",
  "cpe",
  "cpe-events",
  "cpe-demand",
  "cpe-anomaly",
  "cpe-stride",
  "fusion",
  "checksum",
  "strings",
];

describe("package.json", () => {
  test("exports what the package promises", () => {
    expect(code).toEqual([
      "mfn",
      "mfn/ifr",
      "mfn/dsr",
      "mfn/alm",
      "mfn/cpe",
      "mfn/text",
      "mfn/formats",
      "mfn/exchange",
      "mfn/samples",
      "mfn/node",
    ]);
    expect(modules).toEqual(MODULES.map((name) => `mfn/wasm/${name}.wasm`));
  });

  test("has no dependencies, runs nothing when it is installed, and is free of side effects", () => {
    for (const field of ["dependencies", "peerDependencies", "optionalDependencies", "bundleDependencies"]) {
      expect(manifest).not.toHaveProperty(field);
    }
    for (const script of ["preinstall", "install", "postinstall", "prepare", "prepublish", "prepack", "dependencies"]) {
      expect(manifest.scripts).not.toHaveProperty(script);
    }
    expect(manifest).toMatchObject({ type: "module", sideEffects: false, engines: { node: ">=20.19" } });
    expect(readdirSync(join(project.path, "node_modules")).filter((name) => !name.startsWith("."))).toEqual(["mfn"]);
  });
});

describe("the installed package", () => {
  const files = () =>
    (readdirSync(project.package, { recursive: true }) as string[]).filter((f) => statSync(join(project.package, f)).isFile());

  test("has what it needs and nothing else", () => {
    const names = files().map((file) => file.split(sep).join("/"));
    for (const name of names) expect(name).toMatch(/^(?:dist\/|docs\/[\w-]+\.md$|package\.json$|LICENSE$|README\.md$|CHANGELOG\.md$)/);
    expect(names).toContain("LICENSE");
    expect(names.filter((name) => /\.test\.|(?:^|\/)src\/|(?:^|\/)node_modules\//.test(name))).toEqual([]);
  });

  test("goes with the licences of what is bundled", () => {
    const licences = readFileSync(join(project.package, "dist/LICENSES.txt"), "utf8");
    const scripts = files().filter((file) => file.endsWith(".js"));
    // The bundler says where each piece came from.
    const bundled = scripts.flatMap((file) => [
      ...readFileSync(join(project.package, file), "utf8").matchAll(/^\/\/ node_modules\/((?:@[^/]+\/)?[^/]+)\//gm),
    ]);
    const names = new Set(bundled.map(([, name]) => name));
    expect(names).toContain("commander");
    // Minified files do not say it.
    for (const name of [...names, "saxes", "xmlchars"]) expect(licences).toMatch(new RegExp(`^${name}\\n\\n[^]*?Copyright`, "m"));
  });

  test("knows nothing of the machine that built it", () => {
    const own = [root, join(homedir(), sep), project.path];
    for (const file of files()) {
      const content = readFileSync(join(project.package, file), "latin1");
      for (const path of own) expect(content.includes(path), `${file} has ${path}`).toBe(false);
      if (!file.endsWith(".map")) continue;
      const { sources, sourceRoot = "" } = JSON.parse(content);
      for (const source of [sourceRoot, ...sources]) expect(source).not.toMatch(/^(?:\/|[A-Za-z]:|file:)/);
    }
  });

  test("can be imported by every export, and by nothing else", async () => {
    const file = project.file(
      "import.mjs",
      `const names = {};
      for (const name of ${JSON.stringify(code)}) names[name] = Object.keys(await import(name));
      for (const name of ["mfn/dist/index.js", "mfn/engine", "mfn/wasm/none.wasm"]) await import(name).catch((error) => { names[name] = error.code; });
      console.log(JSON.stringify(names));`,
    );
    const { stdout, stderr } = await project.node(file);
    const names = JSON.parse(stdout);
    expect(stderr).toBe("");
    expect(names.mfn).toEqual(expect.arrayContaining(["Mfn", "MfnError"]));
    for (const [name, what] of [
      ["ifr", "Ifr"],
      ["dsr", "Dsr"],
      ["alm", "Alm"],
      ["cpe", "Cpe"],
    ])
      expect(names[`mfn/${name}`]).toEqual(expect.arrayContaining([what, "MfnError"]));
    expect(names["mfn/text"]).toEqual(expect.arrayContaining(["tokenize", "TokenHasher"]));
    expect(names["mfn/formats"]).toEqual(expect.arrayContaining(["MfnError", "detectFormat", "readText", "csvParser"]));
    expect(names["mfn/exchange"]).toEqual(
      expect.arrayContaining(["MfnError", "addTo", "readGexf", "readGraphML", "readGraphology", "toGraph"]),
    );
    expect(names["mfn/samples"]).toEqual(expect.arrayContaining(["MfnError", "anomalyEvents", "logLine", "shopLog"]));
    expect(names["mfn/node"]).toEqual(expect.arrayContaining(["learn", "evaluate", "openInput"]));
    for (const name of ["mfn/dist/index.js", "mfn/engine", "mfn/wasm/none.wasm"]) {
      expect(["ERR_PACKAGE_PATH_NOT_EXPORTED", "ERR_MODULE_NOT_FOUND"]).toContain(names[name]);
    }
  });

  test("shares one class of error between its entries", async () => {
    const file = project.file(
      "errors.mjs",
      `const classes = new Set();
      for (const name of ["mfn", "mfn/ifr", "mfn/dsr", "mfn/alm", "mfn/cpe", "mfn/exchange", "mfn/samples"]) classes.add((await import(name)).MfnError);
      const { Mfn, MfnError } = await import("mfn");
      const { learn } = await import("mfn/node");
      const error = await learn(await Mfn.create(), "no such file").catch((error) => error);
      console.log(classes.size, error instanceof MfnError, error.code);`,
    );
    expect((await project.node(file)).stdout).toBe("1 true ERR_INPUT\n");
  });

  // require() of a module needs Node 20.19, 22.12 or later, and a module without await at its top level.
  test("can be required", async () => {
    const file = project.file(
      "require.cjs",
      `for (const name of ${JSON.stringify(code)}) require(name);
      const { Mfn } = require("mfn");
      const mfn = Mfn.createSync({ dimensions: 3 });
      mfn.remember("a", { vector: [1, 0, 0] });
      console.log(mfn.recall("a").results[0].key, require("mfn/package.json").name);`,
    );
    expect(await project.node(file)).toEqual({ stdout: "a mfn\n", stderr: "" });
  });

  test("has the modules as plain files: valid, and those that are embedded", async () => {
    const file = project.file(
      "modules.mjs",
      `import { createHash } from "node:crypto";
      import { readFileSync } from "node:fs";
      const hash = (bytes) => createHash("sha256").update(bytes).digest("hex");
      const embedded = [];
      const compile = WebAssembly.compile;
      WebAssembly.compile = (bytes) => { embedded.push(hash(bytes)); return compile(bytes); };
      const { Mfn } = await import("mfn");
      await Mfn.create();
      const names = ${JSON.stringify(modules)};
      const files = names.map((name) => readFileSync(new URL(import.meta.resolve(name))));
      const importsOf = (bytes) => WebAssembly.Module.imports(new WebAssembly.Module(bytes)).map((need) => need.module);
      const imports = Object.fromEntries(names.map((name, i) => [name, importsOf(files[i])]).filter(([, needs]) => needs.length > 0));
      // Given as an option the file serves as well as what is embedded.
      const wasm = Object.fromEntries(["ifr", "dsr", "alm", "cpe", "fusion"].map((layer) => [layer, files[names.indexOf("mfn/wasm/" + layer + ".wasm")]]));
      const given = Mfn.createSync({ wasm });
      given.observe("s", "a");
      console.log(JSON.stringify({ embedded: [...new Set(embedded)].sort(), files: files.map(hash).sort(), imports, size: given.size }));`,
    );
    const { embedded, files, imports, size } = JSON.parse((await project.node(file)).stdout);
    expect(embedded).toHaveLength(5);
    expect(files).toEqual(expect.arrayContaining(embedded));
    // The modules of layers need nothing; two helpers work in the memory of such a module.
    expect(imports).toEqual({ "mfn/wasm/checksum.wasm": ["env"], "mfn/wasm/strings.wasm": ["env", "wasm:js-string", "wasm:js-string"] });
    expect(size).toBe(1);
  });

  test("brings its command", async () => {
    const program = join(project.path, "node_modules/.bin/mfn");
    if (process.platform === "win32") return expect(statSync(`${program}.cmd`).isFile()).toBe(true);
    expect(statSync(program).mode & 0o111).not.toBe(0);
    expect((await project.node(program, ["--version"])).stdout).toBe(`${manifest.version}\n`);
    const { stdout } = await project.node(program, ["learn", "--json", join(root, "test/fixtures/access.log")]);
    expect(stdout).toContain('"things":7');
    const bench = await project.node(program, ["bench", "--quick", "--json", "ifr"]);
    expect(bench.stdout).toContain('{"suite":"ifr"');
  });
});

describe("the types", () => {
  const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");
  const compile = async (files: string[], options: object): Promise<string> => {
    const strict = { strict: true, noEmit: true, skipLibCheck: false, target: "es2022", exactOptionalPropertyTypes: true };
    const typeRoots = [join(root, "node_modules/@types")];
    const config = project.file("tsconfig.json", JSON.stringify({ compilerOptions: { ...strict, typeRoots, ...options }, files }));
    return project.node(tsc, ["-p", config]).then(
      ({ stdout }) => stdout,
      (error) => error.stdout,
    );
  };

  const portable = `
    import { type ErrorCode, Mfn, MfnError, type Recall } from "mfn";
    import { Alm } from "mfn/alm";
    import { Cpe } from "mfn/cpe";
    import { Dsr } from "mfn/dsr";
    import { addTo, type GraphData, readGraphML, toGraph } from "mfn/exchange";
    import { Ifr } from "mfn/ifr";
    import { TokenHasher, tokenize } from "mfn/text";
    const mfn: Mfn = await Mfn.create({ dimensions: 3 });
    const id: number = mfn.remember("a", { vector: tokenize("a b").map((token) => token.length) });
    const answer: Recall = mfn.recall("a");
    const key: string | undefined = answer.results[0]?.key;
    const [ifr, dsr, alm, cpe] = await Promise.all([Ifr.create(), Dsr.create({ dimensions: 3 }), Alm.create(), Cpe.create()]);
    const data: GraphData = toGraph(alm);
    const ids: Int32Array = addTo(alm, readGraphML("<graphml/>")).ids;
    const vector: Float32Array = new TokenHasher({ dimensions: 3 }).vector(["a"]);
    const code: ErrorCode = new MfnError("ERR_KEY", "").code;
    export { id, key, ifr, dsr, alm, cpe, data, ids, vector, code };
    // @ts-expect-error a key is a string
    mfn.remember(5);
    // @ts-expect-error dimensions are needed
    Dsr.createSync({});
    // @ts-expect-error not one of the codes
    new MfnError("ERR_NONE", "");
  `;

  test("compile in a bundler's project for browsers", async () => {
    project.file("page.ts", portable);
    const options = { module: "esnext", moduleResolution: "bundler", types: [], lib: ["es2022", "esnext.disposable", "dom"] };
    expect(await compile(["page.ts"], options)).toBe("");
    // Without the library of disposables only the declarations complain.
    expect(await compile(["page.ts"], { ...options, lib: ["es2022", "dom"], skipLibCheck: true })).toBe("");
  });

  test("compile in a Node project, as modules and required", async () => {
    project.file("portable.ts", portable);
    project.file(
      "server.ts",
      `import { Mfn, type Operation } from "mfn";
      import { evaluate, learn, mostPopular, type LearnReport, type Score } from "mfn/node";
      const operations: Operation[] = [];
      const report: LearnReport = await learn(await Mfn.create(), "-", { onOperation: (operation) => void operations.push(operation) });
      const scores: Score[] = await evaluate(operations, [mostPopular()]);
      export { report, scores };`,
    );
    project.file(
      "required.cts",
      `import mfn = require("mfn");
      const engine: mfn.Mfn = mfn.Mfn.createSync();
      export = engine.size;`,
    );
    const files = ["portable.ts", "server.ts", "required.cts"];
    const options = { module: "nodenext", moduleResolution: "nodenext", types: ["node"] };
    expect(await compile(files, { ...options, lib: ["es2023", "dom"] })).toBe("");
    // The names of WebAssembly come from the library of the web; without it only the declarations complain.
    expect(await compile(files, { ...options, lib: ["es2023"], skipLibCheck: true })).toBe("");
  });
});
