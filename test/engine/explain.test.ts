import { Mfn } from "mfn";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

describe("explain", () => {
  let mfn: Mfn;
  beforeAll(() => {
    mfn = Mfn.createSync({ dimensions: 2, clock: () => 0 });
    mfn.remember("tea", { vector: [1, 0], links: [{ to: "cup", type: "in" }] });
    mfn.remember("coffee", { vector: [0.9, 0.1] });
    for (let i = 0; i < 20; i++) {
      // After tea comes cup; but who had coffee before takes a spoon.
      for (const key of ["milk", "tea", "cup"]) mfn.observe(`plain ${i}`, key);
      for (const key of ["coffee", "tea", "spoon"]) mfn.observe(`mixed ${i}`, key);
    }
    for (const key of ["coffee", "tea"]) mfn.observe("guest", key);
  });
  afterAll(() => mfn.dispose());

  test("says what recall says, where it stands, and what each layer brought", () => {
    const { results } = mfn.recall({ stream: "guest" }, { strategy: "parallel" });
    results.forEach((result, i) => {
      expect(mfn.explain({ stream: "guest" }, result.key)).toMatchObject({ ...result, rank: i + 1 });
    });
    expect(results[0].key).toBe("spoon");
    expect(mfn.explain({ stream: "guest" }, "cup")?.evidence.alm?.path).toEqual([{ from: "tea", to: "cup", type: "in", weight: 1 }]);
    expect(mfn.explain({ stream: "guest" }, "coffee")?.evidence.dsr?.to).toBe("tea");
  });

  test("shows the context that voted", () => {
    const spoon = mfn.explain({ stream: "guest" }, "spoon")!.contexts;
    expect(spoon.map(({ after }) => after)).toEqual([[], ["tea"], ["coffee", "tea"]]);
    const [none, one, two] = spoon.map(({ probability }) => probability);
    expect(none).toBeLessThan(one);
    expect(two).toBeGreaterThan(0.8);
    // After tea alone it is as likely as a cup.
    expect(one).toBeLessThan(0.65);
    const cup = mfn.explain({ stream: "guest" }, "cup")!.contexts;
    expect(cup[2].probability).toBeLessThan(0.2);
  });

  test("a thing that is no candidate, or not known, has no explanation; bad input is refused", () => {
    expect(mfn.explain({ stream: "guest" }, "nobody")).toBeUndefined();
    expect(mfn.explain({ history: ["spoon"] }, "tea", { layers: ["dsr"] })).toBeUndefined();
    expect(() => mfn.explain({ stream: "guest" }, "")).toThrow(expect.objectContaining({ code: "ERR_KEY" }));
    expect(() => mfn.explain({}, "tea")).toThrow(expect.objectContaining({ code: "ERR_ARGUMENT" }));
  });

  test("an exact key is explained as such", () => {
    expect(mfn.explain("tea", "tea")).toMatchObject({ rank: 1, probability: 1, evidence: { ifr: { exact: true } } });
  });
});
