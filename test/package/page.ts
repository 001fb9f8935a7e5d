import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";

const given = process.env["CHROMIUM"];
const program = (given ? [given] : ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]).find(existsSync);
/** Whether there is a browser; says so once if there is none. */
export const haveBrowser = program !== undefined;
if (!haveBrowser) console.log("skipped: there is no Chromium here (set CHROMIUM to its path)");

const types: Record<string, string> = {
  ".css": "text/css",
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
};
const flags = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update"];

/** A folder's files as a static host serves them, and a browser to look at them. */
export class Pages {
  readonly #server: Server;
  #browser: Browser | undefined;

  /** @param policy the content security policy of every answer; none if left out */
  constructor(folder: string, policy?: string) {
    const headers: Record<string, string> = policy === undefined ? {} : { "content-security-policy": policy };
    this.#server = createServer(async ({ url = "/" }, response) => {
      const path = normalize(decodeURIComponent(new URL(url, "http://localhost").pathname));
      const content = await readFile(join(folder, path)).catch(() => undefined);
      if (content === undefined) response.writeHead(404).end();
      else response.writeHead(200, { ...headers, "content-type": types[extname(path)] ?? "application/octet-stream" }).end(content);
    });
  }

  /** Opens a file, or another server's address; `faults` gathers errors of the page and of its console, and requests that failed. */
  async open(path: string): Promise<{ page: Page; faults: string[] }> {
    if (!this.#server.listening) await new Promise<void>((done) => this.#server.listen(0, "127.0.0.1", done));
    this.#browser ??= await chromium.launch({ executablePath: program, args: flags });
    const page = await this.#browser.newPage();
    const faults: string[] = [];
    page.on("pageerror", (error) => faults.push(`${error}`));
    page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
    page.on("response", (response) => response.status() >= 400 && faults.push(`${response.status()} ${response.url()}`));
    await page.goto(new URL(path, `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`).href);
    return { page, faults };
  }

  async close(): Promise<void> {
    await this.#browser?.close();
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }
}
