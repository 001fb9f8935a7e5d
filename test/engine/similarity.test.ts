import { Mfn, MfnError, type Operation } from "mfn";
import { Dsr } from "mfn/dsr";
import { describe, expect, test } from "vitest";
import { expectSameImages } from "../helpers/images.js";
import { Random } from "../helpers/random.js";

const DIMENSIONS = 24;
const THINGS = 4500;

/** Things around a hundred centres, enough of them that an index learns. */
function operations(): Operation[] {
  const random = new Random(3);
  const centres = Array.from({ length: 100 }, () => random.vector(DIMENSIONS));
  return Array.from({ length: THINGS }, (_, i) => {
    const centre = centres[random.below(100)];
    return { op: "remember", key: `thing ${i}`, at: i, vector: centre.map((x) => x + 0.3 * random.normal()) } as Operation;
  });
}

describe("an engine with the index for its similarity layer", () => {
  const all = operations();
  const exact = Mfn.createSync({ dimensions: DIMENSIONS });
  const index = Mfn.createSync({ dimensions: DIMENSIONS, similarity: Dsr });
  for (const mfn of [exact, index]) for (const operation of all) mfn.apply(operation);

  test("finds what a look at every vector finds", () => {
    let hits = 0;
    for (let i = 0; i < 200; i++) {
      const wanted = new Set(exact.similar(`thing ${i * 7}`, { k: 10 }).map(({ key }) => key));
      hits += index.similar(`thing ${i * 7}`, { k: 10 }).filter(({ key }) => wanted.has(key)).length;
    }
    expect(hits / 2000).toBeGreaterThan(0.97);
  });

  test("is the same when its operations are replayed, with questions in between", () => {
    const again = Mfn.createSync({ dimensions: DIMENSIONS, similarity: Dsr });
    for (const [i, operation] of all.entries()) {
      again.apply(operation);
      if (i % 500 === 0) again.similar(`thing ${i}`);
    }
    expectSameImages(again.images(), index.images());
    again.forget("thing 7");
    expect(again.similar("thing 8", { k: 4000 }).some(({ key }) => key === "thing 7")).toBe(false);
  });

  test("what is no such layer is refused", async () => {
    for (const similarity of [{}, "Dsr", { create() {} }]) {
      await expect(Mfn.create({ similarity: similarity as never })).rejects.toThrow(MfnError);
      expect(() => Mfn.createSync({ similarity: similarity as never })).toThrow(/similarity: expected Dsr of mfn\/dsr/);
    }
  });
});
