// How the work of a search grows with the vectors: counted, not timed.
import { describe, expect, test } from "vitest";
import { Random } from "../helpers/random.js";
import { clustered, filled, mean, recalls, rowsOf, truthOf, workOf } from "./index-helpers.js";

/** The exponent b of y = a x^b, by least squares on logarithms. */
function exponent(points: readonly (readonly [x: number, y: number])[]): number {
  const logs = points.map(([x, y]) => [Math.log(x), Math.log(y)]);
  const [mx, my] = [mean(logs.map(([x]) => x)), mean(logs.map(([, y]) => y))];
  return logs.reduce((sum, [x, y]) => sum + (x - mx) * (y - my), 0) / logs.reduce((sum, [x]) => sum + (x - mx) ** 2, 0);
}

const sizes = [4000, 8000, 16_000, 32_000, 64_000];

describe("growth", () => {
  test("the fit tells a root from a line", () => {
    expect(exponent(sizes.map((n) => [n, 3 * Math.sqrt(n)]))).toBeCloseTo(0.5, 9);
    expect(exponent(sizes.map((n) => [n, 5 * n]))).toBeCloseTo(1, 9);
  });

  test.each(["l2", "cosine"] as const)(
    "words scanned and rows compared for recall .95 grow about as the root of the vectors, %s",
    (metric) => {
      const dimensions = 24;
      const points = sizes.map((n) => {
        // The same source for all sizes: more vectors of the same kind.
        const source = clustered(new Random(3), dimensions, 1, 1);
        const dsr = filled("release", source.draw(n), { dimensions, metric, autoLearn: false });
        dsr.learn();
        const queries = rowsOf(source.draw(100), dimensions);
        const got = mean(recalls(dsr, queries, truthOf(dsr, queries, 10), { recall: 0.95 }));
        expect(got).toBeGreaterThan(0.9);
        const work = queries.map((query) => {
          dsr.search(query, { recall: 0.95 });
          return workOf(dsr);
        });
        const { neurons } = dsr.stats();
        dsr.dispose();
        return { n, neurons, scanned: mean(work.map((w) => w.scanned)), compared: mean(work.map((w) => w.compared)) };
      });
      const scanned = exponent(points.map(({ n, scanned }) => [n, scanned]));
      const all = exponent(points.map(({ n, neurons, scanned, compared }) => [n, neurons + scanned + compared]));
      console.log(`${metric}: words scanned grow as n^${scanned.toFixed(2)}, neurons, words and rows together as n^${all.toFixed(2)}`);
      console.log(
        points
          .map(({ n, neurons, scanned, compared }) => `${n}: ${neurons} neurons, ${scanned.toFixed(0)} words, ${compared.toFixed(0)} rows`)
          .join("; "),
      );
      expect(scanned).toBeLessThan(0.75);
      expect(all).toBeLessThan(0.7);
    },
  );
});
