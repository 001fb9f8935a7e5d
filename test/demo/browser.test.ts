// The page in a real browser: what it shows, and what its visitor can do.
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { haveChromium, laptop, phone, Site, type Visit } from "./site.js";

const PATIENCE = 120_000;
/** A run that stands still at its three hundredth event. */
const LINK = "#v=1&seed=7&at=300";

const log = Array.from({ length: 240 }, (_, i) => {
  const pages = ["/tea", "/tea/green", "/basket", "/pay"];
  const time = new Date(Date.UTC(2024, 0, 2, 10, 0, i * 7)).toUTCString().split(" ");
  const at = `${time[1]}/${time[2]}/${time[3]}:${time[4]} +0000`;
  return `10.0.0.${(i >> 2) % 5} - - [${at}] "GET ${pages[i % 4]} HTTP/1.1" 200 512 "-" "test"`;
}).join("\n");
const csv = `session,page,time\n${Array.from({ length: 120 }, (_, i) => `s${(i >> 2) % 6},"page ${i % 4}, of four",2024-01-02T10:${String(i % 60).padStart(2, "0")}:00Z`).join("\n")}\n`;
const ndjson = Array.from({ length: 80 }, (_, i) =>
  JSON.stringify({ op: "observe", stream: `s${i % 3}`, key: `step ${Math.floor(i / 3) % 5}`, at: 1000 * i }),
).join("\n");

describe.skipIf(!haveChromium())("the page", { timeout: PATIENCE }, () => {
  let site: Site;
  const visits: Visit[] = [];
  beforeAll(async () => {
    site = await Site.start();
  }, PATIENCE);
  afterAll(() => site?.stop());
  // After every test: nothing went wrong on any page of it, and nothing moved.
  afterEach(async () => {
    for (const visit of visits.splice(0)) {
      expect(await visit.wrong()).toEqual([]);
      expect(await visit.shift()).toBe(0);
      await visit.close();
    }
  });

  async function visit(path = "", options = {}): Promise<Visit> {
    const made = await site.visit(path, options);
    visits.push(made);
    await made.page.locator("#play:enabled").waitFor();
    return made;
  }

  /** Waits until the run is at an event and stands. */
  async function standsAt(visit: Visit, position: number): Promise<void> {
    await visit.until("position", new RegExp(`^${position}( of .*)?$`));
    await visit.until("play", /Play/);
  }

  /** All that depends on the run alone, and not on how long things take. */
  async function shown(visit: Visit): Promise<Record<string, string>> {
    const texts = [
      "events",
      "ifr-keys",
      "ifr-set",
      "ifr-measured",
      "dsr-similar",
      "alm-route",
      "cpe-predicted",
      "cpe-next",
      "cpe-ours",
      "cpe-naive",
    ];
    return Object.fromEntries(await Promise.all(texts.map(async (id) => [id, await visit.text(id)])));
  }

  async function click(visit: Visit, id: string): Promise<void> {
    await visit.page.getByTestId(id).click();
  }

  test("every panel shows something that changes", async () => {
    const one = await visit();
    await one.until("position", /^[1-9]/);
    const canvases = ["ifr-bits", "ifr-rate", "dsr-raster", "dsr-heat", "dsr-histogram", "alm-graph", "cpe-accuracy", "cpe-demand"];
    const texts = ["events", "position", "ifr-keys", "ifr-set", "dsr-similar", "cpe-next", "cpe-predicted", "latency-rows"];
    const before = new Map<string, string>();
    for (const id of canvases) before.set(id, await one.pixels(id));
    for (const id of texts) before.set(id, await one.text(id));
    await one.page.getByTestId("speed").selectOption("200");
    for (const id of canvases) await expect.poll(() => one.pixels(id), { timeout: PATIENCE }).not.toBe(before.get(id));
    for (const id of texts) await expect.poll(() => one.text(id), { timeout: PATIENCE }).not.toBe(before.get(id));
    // In words as well, for those who do not see the canvases.
    for (const id of ["ifr", "dsr", "alm", "cpe", "latency"]) {
      await expect.poll(() => one.page.locator(`#${id}-summary`).textContent(), { timeout: PATIENCE }).toMatch(/\d/);
    }
    await one.until("fps", /frames a second/);
    await one.until("first-answer", /\d ms/);
  });

  test("a link brings back the same run, to the same prediction", async () => {
    const one = await visit(LINK);
    await standsAt(one, 300);
    const there = await shown(one);
    expect(there["cpe-next"]).toMatch(/%/);
    await click(one, "step");
    await standsAt(one, 301);
    const next = await shown(one);
    expect(next["events"]).not.toBe(there["events"]);

    const other = await visit(LINK);
    await standsAt(other, 300);
    expect(await shown(other)).toEqual(there);
    await click(other, "step");
    await standsAt(other, 301);
    expect(await shown(other)).toEqual(next);

    // The address went along, with all that was done.
    await click(one, "anomaly");
    await one.page.getByTestId("neurons").selectOption("512");
    await one.page.getByTestId("seek").evaluate((slider: HTMLInputElement) => {
      slider.value = "340";
      slider.dispatchEvent(new Event("input", { bubbles: true }));
      slider.dispatchEvent(new Event("change", { bubbles: true }));
    });
    await standsAt(one, 340);
    await expect.poll(() => one.page.url()).toMatch(/at=340/);
    const third = await visit(one.page.url().slice(site.url.length));
    await standsAt(third, 340);
    expect(await shown(third)).toEqual(await shown(one));
    expect(await third.page.getByTestId("neurons").inputValue()).toBe("512");
  });

  test("pause, step, replay, speed and another seed", async () => {
    const one = await visit();
    await one.until("play", /Pause/);
    await one.until("position", /^[1-9]/);
    await click(one, "play");
    await one.until("play", /Play/);
    const at = Number((await one.text("position")).replaceAll(",", "").split(" ")[0]);
    await click(one, "step");
    await standsAt(one, at + 1);
    await click(one, "replay");
    await one.until("play", /Pause/);
    await expect.poll(async () => Number((await one.text("position")).split(" ")[0]), { timeout: PATIENCE }).toBeLessThanOrEqual(at);
    await click(one, "play");
    await one.until("play", /Play/);
    await one.page.getByTestId("seed").fill("99");
    await one.page.getByTestId("seed").press("Enter");
    await expect.poll(() => one.page.url(), { timeout: PATIENCE }).toMatch(/seed=99/);
  });

  test("an anomaly, a node that is removed, another reservoir", async () => {
    const one = await visit(LINK);
    await standsAt(one, 300);
    await click(one, "anomaly");
    for (let i = 0; i < 20 && (await one.page.locator("#events .injected").count()) === 0; i++) await click(one, "step");
    expect(await one.page.locator("#events .injected").count()).toBeGreaterThan(0);

    const nodes = one.page.locator("#alm-node option");
    await expect.poll(() => nodes.count()).toBeGreaterThan(2);
    const key = await nodes.nth(1).getAttribute("value");
    await one.page.getByTestId("alm-node").selectOption(key);
    await click(one, "alm-remove");
    await expect
      .poll(() => one.page.locator("#alm-node").evaluate((list: HTMLSelectElement) => [...list.options].map(({ value }) => value)))
      .not.toContain(key);

    await one.page.getByTestId("neurons").selectOption("256");
    await one.page.getByTestId("threshold").fill("12.5");
    await one.page.getByTestId("threshold").press("Tab");
    await one.page.getByTestId("winners").fill("8");
    await one.page.getByTestId("winners").press("Tab");
    await click(one, "step");
    await expect.poll(() => one.page.url()).toMatch(/do=a300\Wr\d+\W.*\Wn\d+\W256\Wt\d+\W12\.5\Ww\d+\W8/);
    await one.until("dsr-winners", /\d/);
  });

  test("a question is answered, with what each layer says for it", async () => {
    const one = await visit(LINK);
    await standsAt(one, 300);
    const key = await one.page.locator("#events tr").first().locator("td").nth(2).innerText();
    await one.page.getByTestId("question").fill(key);
    await one.page.getByTestId("question").press("Enter");
    await one.page.getByTestId("answer-0").waitFor();
    expect(await one.text("answer-head")).toMatch(/answers? in .* (µs|ms)/);
    expect(await one.text("answer-0")).toMatch(/\d %.*(IFR|DSR|ALM|CPE)/);
  });

  test("a pasted log gives answers", async () => {
    const one = await visit(LINK);
    await standsAt(one, 300);
    await one.page.getByTestId("paste").fill(`${log}\nthis is no line of a log`);
    await click(one, "paste-send");
    expect(await one.until("read", /pasted/)).toMatch(/240 events.*1 line could not be read/);
    await one.page.getByTestId("speed").selectOption("1000");
    await one.until("position", /^240 of 240$/);
    expect(await one.text("events")).toMatch(/\/(tea|basket|pay)/);
    expect(await one.text("cpe-predicted")).toMatch(/\/(tea|basket|pay).*%/);
    await one.page.getByTestId("question").fill("GET /tea");
    await one.page.getByTestId("question").press("Enter");
    expect(await one.until("answer-0", /%/)).toMatch(/\//);

    // So short a text is in the link.
    await expect.poll(() => one.page.url()).toMatch(/data=/);
    const other = await visit(one.page.url().slice(site.url.length));
    await standsAt(other, 240);
    expect(await shown(other)).toEqual(await shown(one));
    await click(other, "sample");
    await other.until("read", /seeded generator/);
  });

  test.each([
    ["CSV", "visits.csv", csv, /120 events read as csv/i, /page \d, of four/],
    ["NDJSON", "steps.ndjson", ndjson, /80 events read as ndjson/i, /step \d/],
    ["access log", "access.log", log, /240 events/, /\/tea/],
  ])("drag and drop of a %s", async (_, name, text, told, key) => {
    const one = await visit(LINK);
    await standsAt(one, 300);
    const transfer = await one.page.evaluateHandle(
      ([name, text]) => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([text], name));
        return transfer;
      },
      [name, text],
    );
    for (const type of ["dragover", "drop"]) await one.page.getByTestId("drop").dispatchEvent(type, { dataTransfer: transfer });
    expect(await one.until("read", told)).toContain(name);
    await one.until("events", key);
    await one.until("cpe-next", /%/);
  });

  test("a file is chosen; what cannot be read is told, and the run stays", async () => {
    const one = await visit(LINK);
    await standsAt(one, 300);
    await one.page.getByTestId("file").setInputFiles({ name: "empty.csv", mimeType: "text/csv", buffer: Buffer.alloc(0) });
    await one.until("fault", /empty/);
    expect(await one.text("position")).toMatch(/^300/);
    await one.page.getByTestId("file").setInputFiles({ name: "visits.csv", mimeType: "text/csv", buffer: Buffer.from(csv) });
    await one.until("read", /visits\.csv: 120 events/);
    expect(await one.page.getByTestId("fault").isHidden()).toBe(true);
  });

  test.each(["#v=1&seed=nothing&at=300", "#v=7&x=1", "#v=1&own=1&name=lost.csv", "#%%%=&&&"])(
    "a broken link gives a run: %s",
    async (hash) => {
      const one = await visit(hash);
      await one.until("cpe-next", /%/);
    },
  );

  test("all controls are reached by the keyboard, with a visible focus", async () => {
    const one = await visit(LINK);
    await standsAt(one, 300);
    const reached = new Set<string>();
    for (let i = 0; i < 80; i++) {
      await one.page.keyboard.press("Tab");
      const { id, plain } = await one.page.evaluate(() => {
        const element = document.activeElement as HTMLElement;
        const look = (of: Element | null): boolean =>
          of !== null && (getComputedStyle(of).outlineStyle !== "none" || look(of.parentElement?.closest(".file") ?? null));
        const seen = look(element) || [...(element.parentElement?.children ?? [])].some(look);
        return { id: element.id || element.dataset["testid"] || element.className, plain: element !== document.body && !seen };
      });
      if (plain) throw new Error(`${id} has the focus, and nothing shows it`);
      reached.add(id);
    }
    const controls = await one.page
      .locator("button:enabled, input:enabled, select:enabled, textarea:enabled, a[href]")
      .evaluateAll((all) =>
        all.filter((one) => one.checkVisibility()).map((one) => one.id || (one as HTMLElement).dataset["testid"] || one.className),
      );
    expect(controls.filter((id) => !reached.has(id))).toEqual([]);
  });

  test("the skip link leads to the panels", async () => {
    const one = await visit(LINK);
    await standsAt(one, 300);
    await one.page.keyboard.press("Tab");
    await one.page.keyboard.press("Enter");
    expect(await one.page.evaluate(() => document.activeElement?.id)).toBe("main");
  });

  test.each([
    ["light", laptop],
    ["dark", laptop],
    ["light", phone],
    ["dark", phone],
  ] as const)("is accessible, %s, %o", async (colorScheme, viewport) => {
    const one = await visit(LINK, { colorScheme, viewport });
    await standsAt(one, 300);
    expect(await one.inaccessible()).toEqual([]);
    // With answers and a fault on it as well.
    await one.page.getByTestId("question").fill("tea");
    await one.page.getByTestId("question").press("Enter");
    await one.page.getByTestId("answer-head").waitFor();
    await one.page.getByTestId("file").setInputFiles({ name: "empty.csv", mimeType: "text/csv", buffer: Buffer.alloc(0) });
    await one.page.getByTestId("fault").waitFor();
    expect(await one.inaccessible()).toEqual([]);
  });

  test("fits a narrow phone, and nothing moves while it runs", async () => {
    const one = await visit("", { viewport: { width: 320, height: 640 } });
    await one.page.getByTestId("speed").selectOption("200");
    await expect
      .poll(async () => Number((await one.text("position")).replaceAll(",", "").split(" ")[0]), { timeout: PATIENCE })
      .toBeGreaterThan(400);
    const wide = await one.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(wide).toBe(0);
  });

  test("the colours follow the system, and the button", async () => {
    const one = await visit(LINK, { colorScheme: "dark" });
    const dark = () => one.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const before = await dark();
    const picture = await one.pixels("ifr-bits");
    await one.page.getByTestId("theme").click();
    await expect.poll(dark).not.toBe(before);
    await expect.poll(() => one.pixels("ifr-bits")).not.toBe(picture);
    await one.page.goto(`${site.url}bench.html`);
    expect(await dark()).not.toBe(before);
  });

  test("who asks for less motion finds a run that stands", async () => {
    const one = await visit("", { reducedMotion: "reduce" });
    await one.until("cpe-next", /%/);
    await one.until("play", /Play/);
  });
});
