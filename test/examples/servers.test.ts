import { describe, expect, test } from "vitest";
import { numbers, run } from "./run.js";

// How many hits there are rests on the pages of docs/, which change; that there are some, and what they are worth, does not.
describe("examples/semantic-cache.mjs", () => {
  test("finds the same question and similar ones, and gives mostly the answers of the function", async () => {
    const printed = await run("semantic-cache.mjs");
    const [exact, similar, computed] = numbers(/^(\d+) exact hits, (\d+) similar hits, (\d+) computed$/m, printed);
    expect([exact, exact + similar + computed]).toEqual([4, 20]);
    expect(similar).toBeGreaterThanOrEqual(4);
    const [agreed, of] = numbers(/^(\d+) of the (\d+) similar hits gave the answer that the function gives$/m, printed);
    expect(of).toBe(similar);
    expect(agreed).toBeGreaterThanOrEqual(similar / 2);
    // An exact hit is a question that was asked before, and a similar one names the question that it is like.
    const lines = [...printed.matchAll(/^(exact|similar|computed) +(.*?)(?: {2}<- (.*) \((\d\.\d\d)\))?$/gm)];
    expect(lines).toHaveLength(20);
    for (const [i, [, how, question, like, score]] of lines.entries()) {
      const before = lines.slice(0, i).map(([, , text]) => text);
      expect(before.includes(question)).toBe(how === "exact");
      if (how !== "similar") continue;
      expect(before).toContain(like);
      expect(Number(score)).toBeGreaterThanOrEqual(0.6);
    }
  });
});

describe("examples/prefetch-proxy.mjs", () => {
  test("finds more in the cache with prefetching, for few more fetches", async () => {
    const printed = await run("prefetch-proxy.mjs");
    const read = (name: string) => numbers(new RegExp(`^${name}: ([\\d.]+) % hits, ([\\d.]+) fetches`, "m"), printed);
    const [hits, fetches] = read("without prefetching");
    const [more, ahead] = read("with prefetching");
    // Without prefetching each request that is no hit is a fetch.
    expect(hits / 100 + fetches).toBeCloseTo(1, 1);
    expect(more).toBeGreaterThan(hits + 15);
    expect(ahead).toBeLessThan(fetches + 0.4);
  });
});
