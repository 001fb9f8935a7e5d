// The state is a function of options and operations: not of the build, nor of queries.
import { describe, expect, test } from "vitest";
import type { Dsr, DsrOptions } from "../../src/dsr.js";
import { sameImage } from "../helpers/images.js";
import { builds } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";
import { codeOf, sameBytes } from "./helpers.js";
import { clustered, expectSame, filled, forms, makeIndex, metrics, range, rowsOf, weightsOf } from "./index-helpers.js";

/** All that can be asked. */
function ask(dsr: Dsr, query: Float32Array, id: number): void {
  dsr.search(query, { k: 7 });
  dsr.search(query, { k: 50, recall: 0.9, filter: new Uint32Array(8).fill(0x5555_5555) });
  dsr.search(query, { probes: 3, candidates: 20 });
  if (dsr.has(id)) dsr.searchById(id, { probes: 2, exclude: 1 });
  dsr.similar(query, 100, { probes: 2 });
  dsr.distances(query, range(20_000));
  dsr.vector(id);
  dsr.stats();
  dsr.snapshot();
  if (dsr.stats().neurons === 0) return;
  dsr.novelty(query);
  dsr.cluster(query);
  dsr.winners(query, 5);
  dsr.trace(query, 5);
}

/** The same random operations on any index; some of them are refused. */
function operate(dsr: Dsr, steps: number, queries: boolean): void {
  const random = new Random(11);
  const d = dsr.dimensions;
  const source = clustered(random, d, 5);
  for (let step = 0; step < steps; step++) {
    const id = random.below(150);
    const vector = source.draw(1);
    const kind = random.next();
    if (kind < 0.55) dsr.add(id, vector);
    else if (kind < 0.6) {
      const n = random.below(30);
      dsr.addMany(
        range(n).map(() => random.below(250)),
        source.draw(n),
      );
    } else if (kind < 0.62) {
      if (dsr.size >= 16) dsr.learn({ neurons: 8, plasticity: kind < 0.61 });
    } else if (kind < 0.64) codeOf(() => dsr.add(id, vector.fill(Number.NaN)));
    else dsr.remove(id);
    if (step === 100) dsr.learn({ neurons: 20 });
    if (queries && step % 10 === 0) ask(dsr, source.draw(1), id);
    else if (step % 10 === 0) source.draw(1);
  }
}

describe("the image", () => {
  test.each(forms)("is the same in both builds, with and without queries, in every run: $metric, $rows", ({ metric, rows }) => {
    const make = (build: (typeof builds)[number], queries: boolean) => {
      const dsr = makeIndex(build, { dimensions: 19, metric, rows, seed: 5, secondWinners: 0.5 });
      operate(dsr, 400, queries);
      return dsr;
    };
    const first = make("release", false);
    for (const build of builds) {
      for (const queries of [true, false]) {
        const other = make(build, queries);
        sameImage(other, first);
        expect([other.size, other.stats().imbalance]).toEqual([first.size, first.stats().imbalance]);
        expect(first.size).toBeGreaterThan(60);
      }
    }
  });

  test("is the same in both builds where the population learns by itself", () => {
    const vectors = clustered(new Random(3), 8, 9).draw(4200);
    const make = (build: (typeof builds)[number]) => filled(build, vectors, { dimensions: 8, metric: "cosine", neurons: 32 });
    const dsr = make("release");
    expect(dsr.stats()).toMatchObject({ neurons: 32, indexed: 4200 });
    sameImage(make("debug"), dsr);
  });
});

describe.each(builds)("what the state depends on (%s)", (build) => {
  const dimensions = 12;
  const vectors = clustered(new Random(1), dimensions, 7).draw(300);
  const make = (options: Partial<DsrOptions> = {}) => filled(build, vectors, { dimensions, metric: "l2", ...options });

  test("the seed: the same gives the same bytes, another one other neurons and words", () => {
    const [a, b, other] = [7, 7, 8].map((seed) => {
      const dsr = make({ seed });
      dsr.learn({ neurons: 16 });
      return dsr;
    });
    sameImage(a, b);
    expect(sameBytes(a.image(), other.image())).toBe(false);
    expect(weightsOf(a)).not.toEqual(weightsOf(other));
    expect(sameBytes(make({ seed: 2 ** 40 + 7 }).image(), make({ seed: 7 }).image())).toBe(false);
    expect(sameBytes(make({ seed: -7 }).image(), make({ seed: 7 }).image())).toBe(false);
  });

  test("one by one, or all at once: the blocks lie elsewhere, what is learned and answered is the same", () => {
    for (const metric of metrics) {
      const many = make({ metric });
      const single = makeIndex(build, { dimensions, metric });
      rowsOf(vectors, dimensions).forEach((row, id) => {
        single.add(id, row);
      });
      for (const dsr of [many, single]) dsr.learn({ neurons: 16 });
      expect(weightsOf(single)).toEqual(weightsOf(many));
      for (const query of rowsOf(vectors.slice(0, 10 * dimensions), dimensions)) {
        expectSame(single.search(query, { probes: 3, candidates: 20 }), many.search(query, { probes: 3, candidates: 20 }));
        expect(single.novelty(query)).toBe(many.novelty(query));
        expect(single.trace(query)).toEqual(many.trace(query));
      }
    }
  });

  test("a capacity changes no byte", () => {
    const [a, b] = [make({ capacity: 5000 }), make()];
    for (const dsr of [a, b]) dsr.learn({ neurons: 16 });
    sameImage(a, b);
  });

  test("keeps nothing of a removed vector but what was learned", () => {
    const dsr = makeIndex(build, { dimensions: 3, metric: "l2" });
    dsr.addMany(range(100), new Random(2).vector(300));
    dsr.add(100, [12345.5, 1, 1]);
    dsr.add(101, [54321.25, 1, 1]);
    const before = new Float32Array(dsr.image().buffer);
    expect([before.includes(12345.5), before.includes(54321.25)]).toEqual([true, true]);
    dsr.learn({ neurons: 8 });
    dsr.remove(100);
    dsr.update(101, [0, 0, 0]);
    const left = new Float32Array(dsr.image().buffer);
    expect([left.includes(12345.5), left.includes(54321.25)]).toEqual([false, false]);
  });
});
