import { type AnomalyOptions, anomalyEvents, MfnError, shopLog, shopPages } from "mfn/samples";
import { describe, expect, test } from "vitest";

const at = Date.UTC(2025, 0, 10);

describe("anomalies", () => {
  test("depend on their options alone, and begin when they are told", () => {
    for (const kind of ["scraper", "scan", "flood"] as const) {
      const events = anomalyEvents({ kind, at, seed: 4 });
      expect(events).toHaveLength(60);
      expect(events).toEqual(anomalyEvents({ kind, at, seed: 4 }));
      expect(events).not.toEqual(anomalyEvents({ kind, at, seed: 5 }));
      expect(events[0].at).toBe(at);
      for (const [i, event] of events.entries()) if (i > 0) expect(event.at).toBeGreaterThanOrEqual(events[i - 1].at);
    }
  });

  test("a scraper takes the products of the shop by name", () => {
    const shop = { seed: 9, categories: 3, products: 5 };
    const products = shopPages(shop).filter(({ kind }) => kind === "product");
    const events = anomalyEvents({ kind: "scraper", at, shop, events: 15 });
    expect(new Set(events.map(({ target }) => target))).toEqual(new Set(products.map(({ path }) => path)));
    expect(new Set(events.map(({ client }) => client)).size).toBe(1);
  });

  test("a scan asks for what is not there, a flood is a crowd on one page", () => {
    const usual = new Set([...shopLog({ events: 5000 })].map(({ target }) => target));
    for (const { target, status } of anomalyEvents({ kind: "scan", at })) {
      expect(status).toBe(404);
      expect(usual).not.toContain(target);
    }
    const flood = anomalyEvents({ kind: "flood", at, events: 200 });
    expect(new Set(flood.map(({ target }) => target)).size).toBe(1);
    expect(new Set(flood.map(({ client }) => client)).size).toBeGreaterThan(150);
  });

  test.each<Partial<AnomalyOptions>>([
    { kind: "other" as never },
    { seed: -1 },
    { at: Number.NaN },
    { at: undefined },
    { events: 0 },
    { shop: { products: 0 } },
  ])("%o is an error", (wrong) => {
    expect(() => anomalyEvents({ kind: "scan", at, ...wrong })).toThrow(MfnError);
  });

  test("no options at all are an error", () => {
    expect(() => anomalyEvents(undefined as never)).toThrow(MfnError);
  });
});
