// The recall asked for is met on queries that nobody has seen: to within what a sample of so many can tell.
import { describe, expect, test } from "vitest";
import type { Dsr } from "../../src/dsr.js";
import { haveData } from "../helpers/data.js";
import { builds } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";
import { clustered, fashionMnist, filled, forms, mean, metrics, recalls, rowsOf, textVectors, truthOf, workOf } from "./index-helpers.js";

const levels = [0.9, 0.95, 0.99, 0.999];
/** Rows on which the index measures what a recall takes. */
const TUNED_ON = 256;

/** Expects the mean recall of a level to be at least what was asked for, less three standard errors of the two samples. */
function expectMet(name: string, dsr: Dsr, queries: readonly Float32Array[], counts: readonly number[]): void {
  const truth = truthOf(dsr, queries, Math.max(...counts));
  for (const k of counts) {
    const line: string[] = [];
    for (const recall of levels) {
      const got = recalls(dsr, queries, truth, { k, recall });
      const average = mean(got);
      const variance = mean(got.map((x) => (x - average) ** 2));
      const error = Math.sqrt(variance / queries.length + variance / TUNED_ON);
      line.push(`${recall}: ${average.toFixed(4)} (${workOf(dsr).compared} compared)`);
      expect(average, `${name}, recall@${k} asked ${recall}`).toBeGreaterThan(recall - 3 * error - 0.001);
    }
    console.log(`${name}, k = ${k}: ${line.join(", ")}`);
  }
}

describe.each(builds)("recall (%s)", (build) => {
  const small = build === "debug";

  test.each(forms)("clustered vectors, $metric, $rows", ({ metric, rows }) => {
    const dimensions = small ? 16 : 64;
    const source = clustered(new Random(21), dimensions, 50, 1);
    const dsr = filled(build, source.draw(small ? 2600 : 12_000), { dimensions, metric, rows, autoLearn: false });
    dsr.learn(small ? { neurons: 32 } : {});
    expectMet(`${build} ${metric} ${rows}`, dsr, rowsOf(source.draw(small ? 60 : 400), dimensions), small ? [10] : [1, 10, 100]);
  });

  test.runIf(!small).each(metrics)("after vectors have come and gone, %s", (metric) => {
    const dimensions = 32;
    const random = new Random(22);
    const source = clustered(random, dimensions, 50, 1);
    const dsr = filled(build, source.draw(9000), { dimensions, metric });
    for (let id = 0; id < 9000; id += 3) dsr.remove(id);
    for (const [i, row] of rowsOf(source.draw(5000), dimensions).entries()) dsr.add(10_000 + i, row);
    expectMet(`${build} ${metric}`, dsr, rowsOf(source.draw(300), dimensions), [10]);
  });

  test("from 1 on, and above the highest level, every vector is looked at", () => {
    const dimensions = 8;
    const source = clustered(new Random(2), dimensions, 9);
    const dsr = filled(build, source.draw(2400), { dimensions, metric: "l2", neurons: 32, autoLearn: false });
    dsr.learn();
    dsr.search(source.draw(1), { recall: 1 });
    expect(workOf(dsr).compared).toBe(2400);
    dsr.search(source.draw(1));
    expect(workOf(dsr).compared).toBeLessThan(2400);
  });
});

describe("recall on public data", () => {
  test("10,000 images of Fashion-MNIST, l2", ({ skip }) => {
    if (!haveData("fashion-mnist/fashion-train-images-idx3-ubyte.gz")) return skip();
    const dsr = filled("release", fashionMnist("train", 10_000), { dimensions: 784, metric: "l2" });
    expectMet("Fashion-MNIST 10k", dsr, rowsOf(fashionMnist("t10k", 500), 784), [1, 10, 100]);
  });

  test("20,000 text vectors, cosine", ({ skip }) => {
    if (!haveData("text-vectors/train-60000x384.i8.gz")) return skip();
    const dsr = filled("release", textVectors("train-60000", 20_000), { dimensions: 384 });
    expectMet("text 20k", dsr, rowsOf(textVectors("queries-1000", 500), 384), [1, 10, 100]);
  });
});
