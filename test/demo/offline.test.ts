// The demo as static files: from any folder of any host, and without one once it was there.
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { haveChromium, Site, type Visit } from "./site.js";

const PATIENCE = 120_000;

describe.skipIf(!haveChromium())("the demo as static files", { timeout: PATIENCE }, () => {
  let site: Site;
  afterEach(() => site?.stop());

  /** Waits until the service worker has all files, and answers for this page. */
  async function kept({ page }: Visit): Promise<void> {
    await page.waitForFunction(
      () => navigator.serviceWorker.controller !== null && navigator.serviceWorker.controller.state === "activated",
    );
  }

  test("works without a network after the first visit", async () => {
    site = await Site.start();
    const visit = await site.visit("#v=1&seed=7&at=200");
    await visit.until("position", /^200/);
    const there = await visit.text("cpe-next");
    await kept(visit);
    await site.unplug();
    await visit.page.reload();
    await visit.until("position", /^200/);
    expect(await visit.text("cpe-next")).toBe(there);
    await visit.page.getByTestId("bench-link").click();
    await visit.page.getByTestId("bench-run").click();
    await visit.page.locator("#rows td.ours").filter({ hasText: /\d/ }).first().waitFor();
    await visit.page.getByTestId("bench-cancel").click();
    expect(await visit.wrong()).toEqual([]);
    await visit.close();
  });

  test("works from a folder, where a copy beside it has its own files", async () => {
    site = await Site.start("some/folder");
    const visit = await site.visit("#v=1&seed=7&at=50");
    await visit.until("position", /^50/);
    await kept(visit);
    const names = await visit.page.evaluate(() => caches.keys());
    expect(names).toHaveLength(1);
    expect(names[0]).toContain("/some/folder/");
    expect(await visit.wrong()).toEqual([]);
    await visit.close();
  });

  test("a new build comes with a reload, whole, and the old one's files go", async () => {
    site = await Site.start();
    const visit = await site.visit("bench.html");
    await kept(visit);
    const before = await visit.page.evaluate(() => caches.keys());
    // As a new build would: a page that differs, under another name of the whole.
    const page = join(site.folder, "bench.html");
    await writeFile(page, (await readFile(page, "utf8")).replace("<title>", "<title>New: "));
    const worker = join(site.folder, "offline.js");
    const code = await readFile(worker, "utf8");
    const build = before[0].split(" ").at(-1)!;
    expect(code).toContain(build);
    await writeFile(worker, code.replace(build, "0123456789abcdef"));

    await visit.page.evaluate(async () => {
      const registration = await navigator.serviceWorker.ready;
      await registration.update();
      while (registration.waiting === null) await new Promise((resolve) => setTimeout(resolve, 20));
    });
    expect(await visit.page.title()).not.toMatch(/^New/);
    await visit.page.reload();
    await visit.page.waitForFunction(() => document.title.startsWith("New"));
    const names = () => visit.page.evaluate(() => caches.keys());
    await expect.poll(names, { timeout: PATIENCE }).toEqual([before[0].replace(build, "0123456789abcdef")]);
    // The new one has taken over whole.
    await visit.page.reload();
    expect(await visit.page.title()).toMatch(/^New/);
    expect(await visit.wrong()).toEqual([]);
    await visit.close();
  });

  test("keeps every file, and each page holds the policy itself", async () => {
    site = await Site.start();
    const visit = await site.visit("bench.html");
    await kept(visit);
    const urls = await visit.page.evaluate(async () => {
      const [name] = await caches.keys();
      return (await (await caches.open(name)).keys()).map(({ url }) => url);
    });
    const files = (await readdir(site.folder)).filter((name) => name !== "offline.js");
    expect(urls.map((url) => url.slice(site.url.length)).sort()).toEqual(files.sort());
    for (const name of files.filter((name) => name.endsWith(".html"))) {
      const text = await readFile(join(site.folder, name), "utf8");
      expect(text).toContain(
        `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'self' 'wasm-unsafe-eval';`,
      );
      expect(text).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\bstyle=|\bon\w+=/);
    }
    await visit.close();
  });
});
