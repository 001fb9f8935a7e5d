import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { examplesOf, plain, programOf } from "./comment-examples.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const src = `${root}/src/`;

/** Where the sources of the portable subpaths are; examples of `mfn/node` need files of their own. */
const subpaths: { name: string; entry: string; below: RegExp }[] = [
  { name: "mfn", entry: "index.ts", below: /^(engine\/|index\.ts|errors\.ts)/ },
  ...["ifr", "dsr", "alm", "cpe"].map((layer) => ({ name: `mfn/${layer}`, entry: `${layer}.ts`, below: new RegExp(`^layers/${layer}/`) })),
  ...["text", "exchange", "formats", "samples"].map((name) => ({
    name: `mfn/${name}`,
    entry: `${name}.ts`,
    below: new RegExp(`^${name}[./]`),
  })),
];

const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter(
  (file) => file.endsWith(".ts") && !file.includes("generated/"),
);
const present = subpaths.filter(({ entry }) => files.includes(entry));
const examples = present.flatMap(({ name, entry, below }) =>
  files
    .filter((file) => below.test(file))
    .flatMap((file) => examplesOf(readFileSync(src + file, "utf8")).map((example) => ({ ...example, name, entry, file }))),
);

const load = (file: string): Promise<Record<string, unknown>> => import(/* @vite-ignore */ src + file);
const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor;

/** The names that an example uses without a word: exports of its subpath, or, for what is not exported, of its file. */
async function namesIn({ code, file, entry }: (typeof examples)[number]): Promise<{ public: string[]; own: string[]; imports: string[] }> {
  const imports = [...code.matchAll(/^import .* from "(.*)";$/gm)].map(([, subpath]) => subpath);
  const used = (name: string) => new RegExp(`\\b${name}\\b`).test(code) && !new RegExp(`(const|import) \\{? ?${name}\\b`).test(code);
  const exported = Object.keys(await load(entry)).filter(used);
  const own = Object.keys(await load(file)).filter((name) => used(name) && !exported.includes(name));
  return { public: exported, own, imports };
}

describe("what the comments show", () => {
  test.each(examples)("runs, and gives what it says: $name $symbol", async (example) => {
    const code = programOf(example);
    const known = { ...(await load(example.file)), ...(await load(example.entry)) };
    const names = await namesIn(example);
    const given = [...names.public, ...names.own].map((name) => [name, known[name]] as [string, unknown]);
    for (const subpath of names.imports) {
      const module = await load(subpaths.find(({ name }) => name === subpath)?.entry ?? subpath);
      given.push(...Object.entries(module).filter(([name]) => new RegExp(`^import .*\\b${name}\\b`, "m").test(example.code)));
    }
    const check = (value: unknown, promised: unknown, line: string) => expect(plain(value), line).toEqual(promised);
    await new AsyncFunction("check", ...given.map(([name]) => name), code)(check, ...given.map(([, value]) => value));
  });

  test("type-checks", async () => {
    const folder = `${root}/build/examples/comments`;
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    for (const [i, example] of examples.entries()) {
      const names = await namesIn(example);
      const from = (list: string[], module: string) => (list.length === 0 ? "" : `import { ${list.join(", ")} } from "${module}";\n`);
      const head = from(names.public, example.name) + from(names.own, `../../../src/${example.file.replace(/\.ts$/, ".js")}`);
      writeFileSync(`${folder}/${i}-${example.symbol}.ts`, `${head}${example.code}\nexport {};\n`);
    }
    const config = { extends: "../../../tsconfig.json", compilerOptions: { rootDir: "../../.." }, include: ["."] };
    writeFileSync(`${folder}/tsconfig.json`, JSON.stringify(config));
    const tsc = `${root}/node_modules/typescript/bin/tsc`;
    let faults = "";
    try {
      execFileSync(process.execPath, [tsc, "-p", folder], { encoding: "utf8", cwd: folder });
    } catch (error) {
      faults = (error as { stdout: string }).stdout;
    }
    expect(faults).toBe("");
  }, 180_000);
});

/** Classes that are shown by another: those one extends, and those another gives out. */
const shownElsewhere = ["MfnError", "Filter", "GrowingFilter", "SpikeEncoder", "IfrReader", "FixedIfrReader", "Prefetcher"];

test.each(present)("every class of $name has an example", async ({ name, entry }) => {
  const own = examples.filter((example) => example.name === name).map(({ symbol }) => symbol);
  const classes = Object.entries(await load(entry)).filter(([, value]) => typeof value === "function" && /^class\b/.test(String(value)));
  const bare = classes.map(([exported]) => exported).filter((exported) => !own.includes(exported) && !shownElsewhere.includes(exported));
  expect(bare).toEqual([]);
});
