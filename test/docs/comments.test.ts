import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { examplesOf, plain, programOf } from "./comment-examples.js";

const src = fileURLToPath(new URL("../../src/", import.meta.url));

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

describe("what the comments show runs, and gives what they say", () => {
  test.each(examples)("$name $symbol", async ({ entry, file, ...example }) => {
    const code = programOf(example);
    // What the subpath exports, and, for what is not exported, what the file itself has.
    const known = { ...(await load(file)), ...(await load(entry)) };
    for (const [, subpath] of example.code.matchAll(/^import .* from "(.*)";$/gm)) {
      Object.assign(known, await load(subpaths.find(({ name }) => name === subpath)?.entry ?? subpath));
    }
    const names = Object.keys(known).filter((name) => new RegExp(`\\b${name}\\b`).test(code) && !code.includes(`const ${name} =`));
    const check = (value: unknown, promised: unknown, line: string) => expect(plain(value), line).toEqual(promised);
    await new AsyncFunction("check", ...names, code)(check, ...names.map((name) => known[name]));
  });
});

/** Classes that are shown by another: those one extends, and those another gives out. */
const shownElsewhere = ["MfnError", "Filter", "GrowingFilter", "SpikeEncoder", "IfrReader", "FixedIfrReader", "Prefetcher"];

test.each(present)("every class of $name has an example", async ({ name, entry }) => {
  const own = examples.filter((example) => example.name === name).map(({ symbol }) => symbol);
  const classes = Object.entries(await load(entry)).filter(([, value]) => typeof value === "function" && /^class\b/.test(String(value)));
  const bare = classes.map(([exported]) => exported).filter((exported) => !own.includes(exported) && !shownElsewhere.includes(exported));
  expect(bare).toEqual([]);
});
