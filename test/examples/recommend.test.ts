import { createRequire } from "node:module";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { built, root } from "../package/built.js";
import { haveBrowser, Pages } from "../package/page.js";

type Recommendation = { name: string; description: string; probability: number; reasons: string[] };
interface Example {
  catalogue: Array<{ name: string; needs?: string }>;
  createRecommender(): Promise<{ look(name: string): void; recommend(k?: number): Recommendation[]; dispose(): void }>;
}

describe("examples/recommend.mjs", () => {
  test("names what others looked at, what is needed and what is alike, with the reasons, and nothing that was seen", async () => {
    const { catalogue, createRecommender }: Example = await import(join(root, "examples/recommend.mjs"));
    const names = catalogue.map(({ name }) => name);
    for (const { needs } of catalogue) if (needs !== undefined) expect(names).toContain(needs);
    const recommender = await createRecommender();
    recommender.look("espresso machine");
    const first = recommender.recommend();
    expect(first[0].name).toBe("coffee beans");
    expect(first[0].reasons).toContain("espresso machine needs coffee beans");
    expect(first[0].reasons[0]).toMatch(/^others looked at it next \(\d+ %\)$/);
    recommender.look("coffee beans");
    recommender.look("tent");
    const then = recommender.recommend(6);
    expect(then[0]).toMatchObject({ name: "tent pegs", reasons: expect.arrayContaining(["tent needs tent pegs"]) });
    expect(then.some(({ reasons }) => reasons.some((reason) => reason.startsWith("like tent (")))).toBe(true);
    for (const { name } of then) expect(["espresso machine", "coffee beans", "tent"]).not.toContain(name);
    const probabilities = then.map(({ probability }) => probability);
    expect(probabilities).toEqual([...probabilities].sort((a, b) => b - a));
    for (const name of names) recommender.look(name);
    expect(recommender.recommend()).toEqual([]);
    recommender.dispose();
  });
});

describe.skipIf(!haveBrowser)("examples/recommend.html, in Chromium", () => {
  const pages = new Pages(root);
  afterAll(() => pages.close());

  test("recommends after a click, and again after a click on what it recommended", async () => {
    built("index.js");
    const { page, faults } = await pages.open("examples/recommend.html");
    await page.getByRole("button", { name: "espresso machine" }).click();
    const list = page.getByRole("list");
    await expect.poll(() => list.getByRole("listitem").count()).toBe(4);
    const first = await list.getByRole("listitem").first().innerText();
    expect(first).toContain("coffee beans");
    expect(first).toContain("espresso machine needs coffee beans");
    await list.getByRole("button", { name: "coffee beans" }).click();
    await expect.poll(() => list.innerText()).not.toContain("coffee beans\n");
    expect(await page.locator("#catalogue button[aria-pressed=true]").allInnerTexts()).toEqual(["espresso machine", "coffee beans"]);
    await expect.poll(() => list.innerText()).toContain("milk jug");
    await page.addScriptTag({ path: createRequire(import.meta.url).resolve("axe-core") });
    const { violations } = await page.evaluate(() => (globalThis as unknown as { axe: typeof import("axe-core") }).axe.run());
    expect(violations.map(({ id, help }) => `${id}: ${help}`)).toEqual([]);
    expect(faults).toEqual([]);
  });
});
