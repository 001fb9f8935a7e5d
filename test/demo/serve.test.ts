// scripts/demo.mjs: what it builds and serves, without a browser.
import { createServer, get, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { demoScript, Served } from "./site.js";

describe("npm run demo", { timeout: 60_000 }, () => {
  let site: Served;
  beforeAll(async () => {
    site = await Served.start();
  });
  afterAll(() => site?.stop());

  /** A request as it is written: `fetch` would tidy the path up. */
  function ask(path: string, method = "GET"): Promise<{ response: IncomingMessage; body: string }> {
    const { hostname, port } = new URL(site.url);
    return new Promise((resolve, reject) => {
      get({ hostname, port, path, method }, (response) => {
        let body = "";
        response.setEncoding("utf8");
        response.on("data", (text) => (body += text));
        response.on("end", () => resolve({ response, body }));
      }).on("error", reject);
    });
  }

  test("sends every kind of file with its type and the policy", async () => {
    const types: Record<string, RegExp> = {
      "/": /^text\/html/,
      "/bench.html?x=1": /^text\/html/,
      "/offline.js": /^text\/javascript/,
      "/icon.svg": /^image\/svg\+xml/,
      "/manifest.webmanifest": /^application\/manifest\+json/,
    };
    for (const [path, type] of Object.entries(types)) {
      const { response, body } = await ask(path);
      expect([path, response.statusCode]).toEqual([path, 200]);
      expect(response.headers["content-type"]).toMatch(type);
      expect(response.headers["content-security-policy"]).toMatch(
        /^default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self';/,
      );
      expect(Buffer.byteLength(body)).toBe(Number(response.headers["content-length"]));
    }
    expect((await ask("/", "HEAD")).body).toBe("");
    expect((await ask("/", "POST")).response.statusCode).toBe(405);
  });

  test.each([
    "/../package.json",
    "/%2e%2e/package.json",
    "/..%2fpackage.json",
    "/x/../../package.json",
    "/%00",
    "/%",
    "//etc/passwd",
    "/..\\package.json",
    "/nothing.js",
    "/icon.svg/",
  ])("refuses %s", async (path) => {
    const { response, body } = await ask(path);
    expect(response.statusCode).toBe(404);
    expect(body).toBe("not found\n");
  });

  test("says what is wrong with a port, and ends", async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
    const { port } = taken.address() as AddressInfo;
    const out = ["--out", site.folder];
    const { code, output } = await demoScript("--port", String(port), ...out);
    expect([code, output]).toEqual([1, expect.stringContaining(`demo: port ${port} is in use: give another with --port`)]);
    taken.close();
    for (const wrong of ["x", "-1", "65536", "1.5"]) {
      const { code, output } = await demoScript(`--port=${wrong}`, ...out);
      expect([code, output]).toEqual([1, `demo: --port must be a number from 0 to 65535, got ${wrong}\n`]);
    }
    expect((await demoScript("--nothing")).code).toBe(1);
  });

  test("prints sizes and keeps the budget", async () => {
    const { code, output } = await demoScript("--build-only", "--out", site.folder);
    expect(code).toBe(0);
    expect(output).toMatch(/^index\.html +\d+ +\d+$/m);
    const total = Number(/^in all +\d+ +(\d+)$/m.exec(output)?.[1]);
    expect(total).toBeLessThan(250_000);
  });
});
