import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root } from "./built.js";
import { Project } from "./project.js";

/** A runtime that scripts/platforms.mjs installed, which is a download; undefined if it is not there. */
function installed(name: string, file: string): string | undefined {
  const program = join(root, "build/platforms", name, "node_modules/runtime", process.platform === "win32" ? `${file}.exe` : file);
  if (existsSync(program)) return program;
  console.log(`skipped: there is no ${name} here (npm run test:platforms installs it)`);
  return undefined;
}
const workerd = installed("workerd", "bin/workerd");
const others = [
  { name: "Bun", program: installed("bun", "bin/bun"), args: [] },
  { name: "Deno", program: installed("deno", "deno"), args: ["run", "--no-lock", "--cached-only"] },
];

const page = readFileSync(join(root, "docs/examples.md"), "utf8")
  .split("\n### ")
  .find((part) => part.startsWith("Cloudflare Workers"))!;
const block = (language: string) => new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "ms").exec(page)![1];

const project = new Project();
beforeAll(() => project.install());
afterAll(() => project.remove());

describe.each(others)("in $name", ({ program, args }) => {
  test.skipIf(program === undefined)("the installed package is imported by its names", async () => {
    const file = project.file(
      "runtime.mjs",
      `import { Mfn, MfnError } from "mfn";
      import { Alm } from "mfn/alm";
      import { Cpe } from "mfn/cpe";
      import { Dsr } from "mfn/dsr";
      import { Ifr } from "mfn/ifr";
      const mfn = await Mfn.create({ dimensions: 3 });
      for (const visitor of ["ann", "bob", "cem"]) for (const key of ["tea", "cup"]) mfn.observe(visitor, key);
      mfn.observe("dot", "tea");
      const { key } = mfn.recall({ stream: "dot" }, { strategy: "parallel" }).results[0];
      const alone = await Promise.all([Ifr.create(), Dsr.create({ dimensions: 3 }), Alm.create(), Cpe.create()]);
      let code;
      try { mfn.similar([1]); } catch (error) { code = error instanceof MfnError && error.code; }
      console.log([key, alone.length, code].join(" "));`,
    );
    const { stdout } = await promisify(execFile)(program as string, [...args, file], { cwd: project.path });
    expect(stdout.trim()).toBe("cup 4 ERR_DIMENSION");
  });
});

describe("the worker of docs/examples.md", () => {
  test("is bundled as the page says, and finds the modules that its configuration names", async () => {
    const [, flags] = /^`esbuild worker\.js ([^`]+)`/m.exec(page)!;
    expect(flags).toBe("--bundle --format=esm --loader:.wasm=copy --asset-names=[name] --outdir=out");
    const entry = project.file("worker.js", block("js"));
    const loader = { ".wasm": "copy" } as const;
    const outdir = join(project.path, "out");
    await build({ entryPoints: [entry], bundle: true, format: "esm", loader, assetNames: "[name]", outdir, logLevel: "silent" });
    const named = [...block("capnp").matchAll(/embed "(out\/[^"]+)"/g)].map(([, file]) => file);
    const given = [...block("js").matchAll(/ from "mfn\/wasm\/(\w+\.wasm)"/g)].map(([, file]) => `out/${file}`);
    expect(named.sort()).toEqual(["out/worker.js", ...given].sort());
    for (const file of named) expect([file, existsSync(join(project.path, file))]).toEqual([file, true]);
  });

  describe.skipIf(workerd === undefined)("in workerd", () => {
    let worker: ChildProcess;
    afterAll(() => worker?.kill());

    test("learns from requests and answers", async () => {
      const config = project.file("worker.capnp", block("capnp"));
      // The port is chosen by the system, and told as a line of JSON on the descriptor given.
      const args = ["serve", config, "--socket-addr=http=127.0.0.1:0", "--control-fd=1"];
      worker = spawn(workerd as string, args, { cwd: project.path, stdio: ["ignore", "pipe", "inherit"] });
      let port = 0;
      for await (const line of createInterface({ input: worker.stdout! })) {
        ({ port } = JSON.parse(line));
        if (port > 0) break;
      }
      const ask = async (path: string) => (await (await fetch(`http://127.0.0.1:${port}${path}`)).json()) as Array<{ key: string }>;
      for (let i = 0; i < 3; i++) for (const path of ["/home", "/basket", "/thanks"]) await ask(path);
      const expected = await ask("/home");
      expect(expected[0]).toEqual({ key: "/basket", probability: expect.any(Number) });
    });
  });
});
