import { type LogEvent, logLine, MfnError, type ShopOptions, shopLog, shopPages } from "mfn/samples";
import { describe, expect, test } from "vitest";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const START = Date.UTC(2025, 0, 6);

const log = (options: ShopOptions) => [...shopLog(options)];
const pathOf = ({ target }: LogEvent) => target.replace(/\?.*/, "");

/** How many events there are of each answer. */
function countBy(events: readonly LogEvent[], of: (event: LogEvent) => string | number): Map<string | number, number> {
  const counts = new Map<string | number, number>();
  for (const event of events) counts.set(of(event), (counts.get(of(event)) ?? 0) + 1);
  return counts;
}

describe("the log of a shop", () => {
  const events = log({ seed: 7, events: 20_000 });

  test("depends on the seed alone", () => {
    expect(log({ seed: 7, events: 3000 })).toEqual(events.slice(0, 3000));
    expect(log({ seed: 8, events: 100 }).map((event) => logLine(event))).not.toEqual(events.slice(0, 100).map((event) => logLine(event)));
  });

  test("has these lines", () => {
    // Bits that any engine must give: a hash of the whole log.
    let hash = 0;
    for (const line of events.map((event) => logLine(event)))
      for (let i = 0; i < line.length; i++) hash = (Math.imul(hash, 31) + line.charCodeAt(i)) | 0;
    expect(hash >>> 0).toMatchInlineSnapshot(`2145101400`);
  });

  test("goes forward in time, with visits that overlap", () => {
    for (const [i, event] of events.entries()) if (i > 0) expect(event.at).toBeGreaterThanOrEqual(events[i - 1].at);
    expect(events[0].at).toBeGreaterThanOrEqual(START);
    const changes = events.filter(({ truth }, i) => i > 0 && truth.session !== events[i - 1].truth.session).length;
    expect(changes).toBeGreaterThan(events.length / 3);
  });

  test("requests pages that the shop has, from pages that it has", () => {
    const pages = new Set([...shopPages({ seed: 7 }).map(({ path }) => path), "/robots.txt", "/sitemap.xml"]);
    for (const event of events) {
      expect(pages).toContain(pathOf(event));
      if (event.referrer.startsWith("/")) expect(pages).toContain(event.referrer.replace(/\?.*/, ""));
    }
    expect(new Set(events.map(pathOf)).size).toBeGreaterThan(200);
  });

  test("has visitors of every kind, who come back with the same address and agent", () => {
    const kinds = countBy(events, ({ truth }) => truth.kind);
    expect([...kinds.keys()].sort()).toEqual(["browser", "buyer", "crawler", "customer", "searcher"]);
    const sessions = new Map<number, Set<number>>();
    const looks = new Map<number, string>();
    for (const { truth, client, agent } of events) {
      sessions.set(truth.visitor, (sessions.get(truth.visitor) ?? new Set()).add(truth.session));
      expect(looks.get(truth.visitor) ?? `${client} ${agent}`).toBe(`${client} ${agent}`);
      looks.set(truth.visitor, `${client} ${agent}`);
    }
    expect([...sessions.values()].filter((own) => own.size > 1).length).toBeGreaterThan(sessions.size * 0.15);
    expect(new Set(events.map(({ client }) => client)).size).toBe(looks.size);
  });

  test("arrivals are as many as asked for, more in the evening than at night", () => {
    const days = 20;
    const first = new Map<number, number>();
    for (const { at, truth } of shopLog({ seed: 1, visitorsPerDay: 400 })) {
      if (at > START + days * DAY) break;
      if (!first.has(truth.session)) first.set(truth.session, at);
    }
    // 8,000 are expected; some visits have no request, and 5 standard deviations are 450.
    expect(first.size).toBeGreaterThan(7200);
    expect(first.size).toBeLessThan(8450);
    const byHour = new Array(24).fill(0);
    for (const at of first.values()) byHour[Math.floor(at / HOUR) % 24]++;
    expect(byHour[20]).toBeGreaterThan(5 * byHour[3]);
    const gaps = [...first.values()].sort((a, b) => a - b).map((at, i, all) => (i === 0 ? 0 : at - all[i - 1]));
    // Arrivals of a Poisson process do not keep their distance: many are close.
    expect(gaps.filter((gap) => gap < 20_000).length).toBeGreaterThan(gaps.length / 20);
  });

  test("a few products are looked at most, as by Zipf's law", () => {
    const products = new Map(
      shopPages({ seed: 7 })
        .filter(({ kind }) => kind === "product")
        .map(({ path, category }) => [path, category]),
    );
    const looks = events.filter((event) => products.has(event.target));
    const ranked = [...countBy(looks, ({ target }) => target).values()].sort((a, b) => b - a);
    const top = ranked.slice(0, 24).reduce((sum, n) => sum + n, 0) / looks.length;
    expect(top).toBeGreaterThan(0.3);
    expect(top).toBeLessThan(0.8);
    // The next product in a visit is mostly of the same category: what is alike is near.
    const last = new Map<number, string | undefined>();
    let same = 0;
    let n = 0;
    for (const { target, truth } of looks) {
      const category = products.get(target);
      if (last.has(truth.session)) {
        n++;
        if (last.get(truth.session) === category) same++;
      }
      last.set(truth.session, category);
    }
    expect(same / n).toBeGreaterThan(0.6);
  });

  test("what is popular drifts, unless it is told not to", () => {
    const overlap = (drift: number) => {
      const options = { seed: 3, categories: 2, products: 40, drift, visitorsPerDay: 300 };
      const products = new Set(
        shopPages(options)
          .filter(({ kind }) => kind === "product")
          .map(({ path }) => path),
      );
      const looks: [LogEvent[], LogEvent[]] = [[], []];
      for (const event of shopLog(options)) {
        const day = Math.floor((event.at - START) / DAY);
        if (day > 20) break;
        if (products.has(event.target)) looks[day < 4 ? 0 : 1].push(event);
      }
      const top = looks.map((some) => [...countBy(some, ({ target }) => target)].sort((a, b) => b[1] - a[1]).slice(0, 8));
      return top[0].filter(([target]) => top[1].some(([other]) => other === target)).length;
    };
    expect(overlap(0)).toBeGreaterThan(overlap(0.3));
  });

  test("the smallest shop works", () => {
    expect(log({ categories: 1, products: 1, events: 500, visitorsPerDay: 5, returning: 1, drift: 1 })).toHaveLength(500);
    expect(log({ events: 0 })).toEqual([]);
    expect(new Set(shopPages({ categories: 12, products: 96 }).map(({ path }) => path)).size).toBe(
      shopPages({ categories: 12, products: 96 }).length,
    );
  });

  test.each<[keyof ShopOptions, unknown[]]>([
    ["seed", [-1, 0.5, 2 ** 32, "1", Number.NaN]],
    ["start", [-1, 1.5, 5e12, null]],
    ["events", [-1, 0.5, Number.NaN]],
    ["visitorsPerDay", [0, -1, 2e6, Number.NaN, "9"]],
    ["categories", [0, 13, 1.5]],
    ["products", [0, 97]],
    ["returning", [-0.1, 1.1, Number.NaN]],
    ["drift", [-0.1, 1.1, "0"]],
  ])("%s outside its range is an error at the call", (name, values) => {
    for (const value of values) {
      expect(() => shopLog({ [name]: value })).toThrow(MfnError);
      expect(() => shopPages({ [name]: value })).toThrow(new RegExp(`^${name}: expected .*, got`));
    }
    expect(() => shopLog(null as never)).toThrow("options: expected an object");
  });
});
