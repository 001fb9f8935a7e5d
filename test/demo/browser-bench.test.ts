// The benchmark page in a real browser.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { haveChromium, laptop, phone, Site, type Visit } from "./site.js";

const PATIENCE = 180_000;

describe.skipIf(!haveChromium())("the benchmark page", { timeout: PATIENCE }, () => {
  let site: Site;
  beforeAll(async () => {
    site = await Site.start();
  }, PATIENCE);
  afterAll(() => site?.stop());

  /** The table as it reads, row by row. */
  const table = ({ page }: Visit) => page.locator("#rows tr").allInnerTexts();

  test("measures every row, checked, and gives a link that shows the same numbers", async () => {
    const visit = await site.visit("bench.html");
    expect(await visit.text("bench-origin")).toBe("Nothing is measured yet.");
    await visit.page.getByTestId("bench-run").click();
    await visit.page.getByTestId("bench-status").filter({ hasText: "Done" }).waitFor({ timeout: PATIENCE });
    const rows = await visit.page.locator("#rows tr").count();
    expect(rows).toBeGreaterThan(15);
    expect(await visit.text("bench-status")).toBe(`Done: ${rows} rows. The address of this page holds the results.`);
    expect(await visit.text("bench-clock")).toMatch(/steps of [\d.]+ (µs|ms); a sample lasts \d+ ms or more/);
    const times = await visit.page.locator("#rows td.ours").allInnerTexts();
    for (const time of times) expect(time).toMatch(/^[\d.,]+ (ns|µs|ms)$/);
    const measured = await table(visit);
    expect(await visit.shift()).toBe(0);
    expect(await visit.wrong()).toEqual([]);
    const link = visit.page.url();
    await visit.close();

    const other = await site.visit(link.slice(site.url.length));
    expect(await table(other)).toEqual(measured);
    expect(await other.text("bench-origin")).toMatch(/^Measured elsewhere: Chrome.* on \d{4}-\d\d-\d\d\.$/);
    // A link within the page leaves the results where they are.
    await other.page.keyboard.press("Tab");
    await other.page.keyboard.press("Enter");
    expect(await table(other)).toEqual(measured);
    expect(await other.shift()).toBe(0);
    expect(await other.wrong()).toEqual([]);
    await other.close();
  });

  test("stops when it is told to", async () => {
    const visit = await site.visit("bench.html");
    await visit.page.getByTestId("bench-run").click();
    await visit.page.locator("#rows td.ours").filter({ hasText: /\d/ }).first().waitFor({ timeout: PATIENCE });
    await visit.page.getByTestId("bench-cancel").click();
    const rows = await visit.page.locator("#rows tr").count();
    expect(await visit.text("bench-status")).toMatch(new RegExp(`^Cancelled after \\d+ of ${rows} rows\\.$`));
    expect(await visit.page.getByTestId("bench-run").isEnabled()).toBe(true);
    expect(await visit.page.locator("[aria-busy]").count()).toBe(0);
    expect(await visit.wrong()).toEqual([]);
    await visit.close();
  });

  test.each([
    ["#v=2&step=1&at=1&ua=x&r=ifr-cut:1:2", "another version"],
    ["#v=1&step=0&at=1&ua=x&r=ifr-cut:1:2", "does not say when"],
    ["#v=1&step=100&at=1&ua=x&r=ifr-cut:one:2", "damaged at ifr-cut"],
    ["#v=1&step=100&at=1&ua=x&r=ifr-cut:1:2:3", "damaged at ifr-cut"],
    ["#v=1&step=100&at=1&ua=x&r=nothing:1:2", "no result that this page knows"],
    ["#v=1&step=100&at=1e99&ua=x&r=ifr-cut:1:2", "does not say when"],
  ])("says what is wrong with the address %s", async (hash, why) => {
    const visit = await site.visit(`bench.html${hash}`);
    expect(await visit.text("bench-status")).toContain(why);
    expect(await visit.text("bench-origin")).toBe("Nothing is measured yet.");
    expect(await visit.wrong()).toEqual([]);
    await visit.close();
  });

  test("a name in a link is text, and nothing else", async () => {
    const name = '<img src=x onerror="document.title=1">\u202e';
    const visit = await site.visit(`bench.html#v=1&step=100000&at=0&ua=${encodeURIComponent(name)}&r=ifr-cut:12.5:25`);
    expect(await visit.text("bench-origin")).toBe('Measured elsewhere: <img src=x onerror="document.title=1">, on 1970-01-01.');
    expect(await visit.text("row-ifr-cut")).toContain("2.0 × faster");
    expect(await visit.wrong()).toEqual([]);
    await visit.close();
  });

  test.each([
    ["light", laptop],
    ["dark", laptop],
    ["light", phone],
    ["dark", phone],
  ] as const)("is accessible, %s, %o", async (colorScheme, viewport) => {
    const hash = "#v=1&step=100000&at=0&ua=Chrome&r=ifr-cut:12.5:25;ifr-same:30:10;mfn-recall:50:-;alm-bfs:-:-";
    const visit = await site.visit(`bench.html${hash}`, { colorScheme, viewport });
    expect(await visit.inaccessible()).toEqual([]);
    const wide = await visit.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(wide).toBe(0);
    await visit.close();
  });
});
