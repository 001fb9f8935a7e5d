// The demo, built and served by scripts/demo.mjs, in a real Chromium; and what a page does there that it must not do.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import axe from "axe-core";
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from "playwright-core";

const root = join(import.meta.dirname, "../..");
const given = process.env["CHROMIUM"];
const program = (given ? [given] : ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]).find(existsSync);

/** Whether there is a browser; says so on the console when there is none. */
export function haveChromium(): boolean {
  if (program !== undefined) return true;
  console.log("skipped: there is no Chromium here (set CHROMIUM to its path)");
  return false;
}

export const laptop = { width: 1440, height: 900 };
export const phone = { width: 390, height: 844 };

/** A program of the project that runs until it is stopped. */
class Running {
  readonly #child: ChildProcess;
  #output = "";

  constructor(args: string[]) {
    this.#child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [this.#child.stdout, this.#child.stderr]) stream?.on("data", (text) => (this.#output += text));
  }

  /** What it has printed once that holds the pattern. */
  async printed(pattern: RegExp): Promise<string> {
    for (;;) {
      const found = pattern.exec(this.#output);
      if (found !== null) return found[0];
      if (this.#child.exitCode !== null) throw new Error(`it ended:\n${this.#output}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.kill();
    await ended;
  }
}

/** A served copy of the demo. */
export class Served {
  /** What is served, in a folder of its own. */
  readonly folder = mkdtempSync(join(tmpdir(), "mfn-demo-"));
  /** With a slash at the end. */
  url = "";
  #server: Running | undefined;

  /** @param below a folder of the address that the demo is in, as on a static host with other things */
  static async start(below = ""): Promise<Served> {
    const served = new Served();
    await served.serve(below);
    return served;
  }

  protected async serve(below: string): Promise<void> {
    if (below === "") this.#server = new Running(["scripts/demo.mjs", "--port", "0", "--out", this.folder]);
    else {
      const code = `
        const { buildDemo } = await import("./scripts/demo/build.mjs");
        const { serve } = await import("./scripts/demo/serve.mjs");
        await buildDemo(${JSON.stringify(join(this.folder, below))});
        console.log((await serve(${JSON.stringify(this.folder)}, 0)).url);`;
      this.#server = new Running(["--input-type=module", "-e", code]);
    }
    this.url = `${await this.#server.printed(/http:\/\/127\.0\.0\.1:\d+\//)}${below}${below === "" ? "" : "/"}`;
  }

  /** The server is gone, and what was served stays in the folder. */
  async unplug(): Promise<void> {
    await this.#server?.stop();
  }

  async stop(): Promise<void> {
    await this.unplug();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A served copy of the demo and a browser for it. */
export class Site extends Served {
  #browser: Browser | undefined;

  static override async start(below = ""): Promise<Site> {
    const site = new Site();
    await site.serve(below);
    const quiet = ["--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update"];
    site.#browser = await chromium.launch({ executablePath: program, args: ["--no-sandbox", ...quiet] });
    return site;
  }

  /** A new visitor, who has been nowhere before. */
  async visit(path = "", options: BrowserContextOptions = {}): Promise<Visit> {
    const context = await this.#browser!.newContext({ viewport: laptop, ...options });
    const visit = new Visit(context, await context.newPage(), this.url);
    await visit.start();
    await visit.page.goto(this.url + path);
    return visit;
  }

  override async stop(): Promise<void> {
    await this.#browser?.close();
    await super.stop();
  }
}

/** One visitor's page. */
export class Visit {
  /** What must not happen: errors, violations of the policy, requests to others. Connections that the test itself cut are none. */
  readonly faults: string[] = [];

  constructor(
    readonly context: BrowserContext,
    readonly page: Page,
    readonly origin: string,
  ) {}

  async start(): Promise<void> {
    this.page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") this.faults.push(`console ${message.type()}: ${message.text()}`);
    });
    this.page.on("pageerror", (error) => this.faults.push(`error: ${error.message}`));
    this.page.on("crash", () => this.faults.push("the page crashed"));
    this.context.on("request", (request) => {
      if (!request.url().startsWith(this.origin) && !request.url().startsWith("data:")) this.faults.push(`request to ${request.url()}`);
    });
    await this.page.addInitScript(() => {
      const told = globalThis as unknown as { violations: string[]; shift: number };
      told.violations = [];
      told.shift = 0;
      addEventListener("securitypolicyviolation", (event) => told.violations.push(`${event.violatedDirective}: ${event.blockedURI}`));
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries() as unknown as { value: number; hadRecentInput: boolean }[]) {
          if (!entry.hadRecentInput) told.shift += entry.value;
        }
      }).observe({ type: "layout-shift", buffered: true });
    });
  }

  /** All that went wrong, violations of the policy included. */
  async wrong(): Promise<string[]> {
    const violations = await this.page.evaluate(() => (globalThis as unknown as { violations: string[] }).violations);
    return [...this.faults, ...violations.map((text) => `policy: ${text}`)];
  }

  /** How far the layout has moved without the visitor's doing, as web vitals count it. */
  shift(): Promise<number> {
    return this.page.evaluate(() => (globalThis as unknown as { shift: number }).shift);
  }

  /** What axe finds against WCAG 2.2 AA and its own best practices: rule and element. */
  async inaccessible(): Promise<string[]> {
    // By the debugger's way in: the page's policy would refuse a script that is put into it.
    await this.page.evaluate(axe.source);
    const { violations } = await this.page.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run());
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")}: ${failureSummary}`),
    );
  }

  /** The text of an element by its test id, white space folded. */
  async text(id: string): Promise<string> {
    return (await this.page.getByTestId(id).innerText()).replace(/\s+/g, " ").trim();
  }

  /** Waits until the element's text matches; a failure tells what went wrong on the page. */
  async until(id: string, pattern: RegExp): Promise<string> {
    try {
      await this.page.getByTestId(id).filter({ hasText: pattern }).waitFor();
    } catch (error) {
      const state = [`#${id} is "${await this.text(id)}"`, `status "${await this.page.locator("#status").innerText()}"`, this.page.url()];
      throw new Error([...state, ...(await this.wrong())].join("\n"), { cause: error });
    }
    return this.text(id);
  }

  /** A canvas's pixels, as the URL of a picture. */
  pixels(id: string): Promise<string> {
    return this.page.getByTestId(id).evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
  }

  close(): Promise<void> {
    return this.context.close();
  }
}

/** Runs scripts/demo.mjs to its end. @returns its exit code and what it printed */
export async function demoScript(...args: string[]): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, ["scripts/demo.mjs", ...args], { cwd: root });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (output += text));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, output };
}
