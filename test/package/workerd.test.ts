import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root } from "./built.js";
import { Project } from "./project.js";

/** Installed by scripts/platforms.mjs, as it is a download. */
const program = join(root, "build/platforms/workerd/node_modules/runtime/bin/workerd");
const there = existsSync(program);
if (!there) console.log("skipped: there is no workerd here (npm run test:platforms installs it)");

const page = readFileSync(join(root, "docs/examples.md"), "utf8")
  .split("\n### ")
  .find((part) => part.startsWith("Cloudflare Workers"))!;
const block = (language: string) => new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "ms").exec(page)![1];

const project = new Project();
beforeAll(() => project.install());
afterAll(() => project.remove());

describe("the worker of docs/examples.md", () => {
  test("is bundled as the page says, and finds the modules that its configuration names", async () => {
    const [, flags] = /^`esbuild worker\.js ([^`]+)`/m.exec(page)!;
    expect(flags).toBe("--bundle --format=esm --loader:.wasm=copy --asset-names=[name] --outdir=out");
    const entry = project.file("worker.js", block("js"));
    const loader = { ".wasm": "copy" } as const;
    const outdir = join(project.path, "out");
    await build({ entryPoints: [entry], bundle: true, format: "esm", loader, assetNames: "[name]", outdir, logLevel: "silent" });
    const named = [...block("capnp").matchAll(/embed "(out\/[^"]+)"/g)].map(([, file]) => file);
    expect(named).toHaveLength(5);
    for (const file of named) expect([file, existsSync(join(project.path, file))]).toEqual([file, true]);
  });

  describe.skipIf(!there)("in workerd", () => {
    let worker: ChildProcess;
    afterAll(() => worker?.kill());

    test("learns from requests and answers", async () => {
      const config = project.file("worker.capnp", block("capnp"));
      // The port is chosen by the system, and told as a line of JSON on the descriptor given.
      const args = ["serve", config, "--socket-addr=http=127.0.0.1:0", "--control-fd=1"];
      worker = spawn(program, args, { cwd: project.path, stdio: ["ignore", "pipe", "inherit"] });
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
