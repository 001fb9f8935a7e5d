// Thresholds, novelty and clusters.
import { describe, expect, test } from "vitest";
import { haveData, readData } from "../helpers/data.js";
import { builds } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";
import {
  auroc,
  bruteForce,
  clustered,
  expectSame,
  fashionMnist,
  filled,
  forms,
  makeIndex,
  mean,
  metrics,
  range,
  rowsOf,
  textVectors,
} from "./index-helpers.js";

describe.each(builds)("similar (%s)", (build) => {
  const small = build === "debug";
  const dimensions = 12;
  const n = small ? 300 : 2500;

  test.each(forms)("all within the threshold, nearest first; $metric, $rows", ({ metric, rows }) => {
    const source = clustered(new Random(3), dimensions, 8);
    const dsr = filled(build, source.draw(n), { dimensions, metric, rows, autoLearn: false });
    dsr.learn({ neurons: 16 });
    for (const query of rowsOf(source.draw(small ? 4 : 15), dimensions)) {
      const all = bruteForce(dsr, query, n, range(n));
      for (const place of [0, 5, 31, 32, 33, 100, n - 1]) {
        const threshold = all.distances[place];
        // At 1 the answer is what a look at every distance gives: also those that are just as far.
        const within = all.distances.filter((x) => x <= threshold).length;
        const want = { ids: all.ids.slice(0, within), distances: all.distances.slice(0, within) };
        expectSame(dsr.similar(query, threshold, { recall: 1 }), want);
        expectSame(dsr.similar(query, threshold, { recall: 1, k: 20 }), {
          ids: want.ids.slice(0, 20),
          distances: want.distances.slice(0, 20),
        });
        const exclude = all.ids[0];
        expect([...dsr.similar(query, threshold, { recall: 1, exclude }).ids]).toEqual([...want.ids.slice(1)]);
        // With less than all looked at: none that is too far, and most of those there are.
        const some = dsr.similar(query, threshold, { recall: 0.95 });
        expect([...some.distances].every((x) => x <= threshold)).toBe(true);
        expect(some.ids.length).toBeGreaterThan(0.6 * within - 2);
      }
      expect(dsr.similar(query, all.distances[0] - 1e-3 - Math.abs(all.distances[0]) / 1000).ids.length).toBe(0);
      expect(dsr.similar(query, -Infinity).ids.length).toBe(0);
      expect(dsr.similar(query, Infinity).ids.length).toBe(n);
    }
  });

  test("an empty index", () => {
    const dsr = makeIndex(build, { dimensions });
    expect(dsr.similar(new Float32Array(dimensions), 1).ids.length).toBe(0);
  });
});

describe.each(builds)("novelty and cluster (%s)", (build) => {
  const small = build === "debug";
  const dimensions = 16;

  test.each(forms)("the rows themselves are about 0, what comes from elsewhere is above; $metric, $rows", ({ metric, rows }) => {
    const random = new Random(4);
    // Not around the origin: what is learned must not depend on where that is.
    const source = clustered(random, dimensions, 12, 0.5, 1);
    const other = clustered(random, dimensions, 12, 0.5, 1);
    const dsr = filled(build, source.draw(small ? 400 : 4000), { dimensions, metric, rows, autoLearn: false });
    dsr.learn({ neurons: small ? 16 : 64 });
    const count = small ? 60 : 400;
    const known = rowsOf(source.draw(count), dimensions).map((v) => dsr.novelty(v));
    const strange = rowsOf(other.draw(count), dimensions).map((v) => dsr.novelty(v));
    const own = range(count).map((id) => dsr.novelty(dsr.vector(id)!));
    expect(Math.abs(mean(own))).toBeLessThan(small ? 0.5 : 0.25);
    expect(Math.sqrt(mean(own.map((x) => (x - mean(own)) ** 2)))).toBeLessThan(1.6);
    expect(auroc(strange, known)).toBeGreaterThan(small ? 0.9 : 0.95);
    // Further out along a line is never less new.
    if (metric !== "cosine") {
      const far = [1, 10, 100, 1000].map((x) => dsr.novelty(new Float32Array(dimensions).fill(x * 50)));
      expect(far).toEqual(far.toSorted((a, b) => a - b));
      expect(far[0]).toBeGreaterThan(3);
    }
  });

  test.each(metrics)("a cluster is the first winner; rows of one place share few of them, %s", (metric) => {
    const random = new Random(5);
    const source = clustered(random, dimensions, 10, 0.15);
    const dsr = filled(build, source.draw(small ? 400 : 3000), { dimensions, metric, autoLearn: false });
    const { neurons } = dsr.learn({ neurons: 20 });
    const used = new Set<number>();
    for (const query of rowsOf(source.draw(100), dimensions)) {
      const cluster = dsr.cluster(query);
      expect(cluster).toBe(dsr.winners(query, 1)[0]);
      expect(cluster >= 0 && cluster < neurons).toBe(true);
      expect(dsr.cluster([...query])).toBe(cluster);
      used.add(cluster);
    }
    expect(used.size).toBeGreaterThan(5);
    const winners = dsr.winners(source.draw(1), 32_768);
    expect([...winners].sort((a, b) => a - b)).toEqual(range(neurons));
  });

  test("a population on which all rows lie: what lies elsewhere is infinitely new", () => {
    const dsr = filled(build, new Float32Array(64 * 3).fill(1), { dimensions: 3, metric: "l2", autoLearn: false });
    dsr.learn({ neurons: 4 });
    expect(dsr.novelty([1, 1, 1])).toBeLessThan(1);
    expect(dsr.novelty([9, 1, 1])).toBeGreaterThan(100);
  });
});

/** Kinds of clothing, 0 to 9. */
function labelsOf(part: "train" | "t10k"): Uint8Array {
  return readData(`fashion-mnist/fashion-${part}-labels-idx1-ubyte.gz`).subarray(8);
}

describe("one-class novelty on public data", () => {
  test("Fashion-MNIST: one kind of clothing learned, the others told from it", ({ skip }) => {
    if (!haveData("fashion-mnist/fashion-train-images-idx3-ubyte.gz")) return skip();
    const train = rowsOf(fashionMnist("train", 12_000), 784);
    const held = rowsOf(fashionMnist("t10k", 1500), 784);
    const [labels, heldLabels] = [labelsOf("train"), labelsOf("t10k")];
    const scores = range(10).map((kind) => {
      const rows = train.filter((_, i) => labels[i] === kind);
      const vectors = new Float32Array(rows.length * 784);
      rows.forEach((row, i) => {
        vectors.set(row, i * 784);
      });
      const dsr = filled("release", vectors, { dimensions: 784, metric: "l2", autoLearn: false });
      dsr.learn({ neurons: 64 });
      const novelty = held.map((v) => dsr.novelty(v));
      return auroc(
        novelty.filter((_, i) => heldLabels[i] !== kind),
        novelty.filter((_, i) => heldLabels[i] === kind),
      );
    });
    console.log(`one-class AUROC on Fashion-MNIST: ${scores.map((x) => x.toFixed(3)).join(" ")}, mean ${mean(scores).toFixed(3)}`);
    expect(mean(scores)).toBeGreaterThan(0.9);
  });

  test("text vectors: noise of the same size is new, held-out paragraphs are not", ({ skip }) => {
    if (!haveData("text-vectors/train-60000x384.i8.gz")) return skip();
    const dsr = filled("release", textVectors("train-60000", 8000), { dimensions: 384 });
    const known = rowsOf(textVectors("queries-1000", 300), 384).map((v) => dsr.novelty(v));
    const random = new Random(6);
    const noise = range(300).map(() => dsr.novelty(random.vector(384)));
    expect(auroc(noise, known)).toBeGreaterThan(0.95);
    expect(mean(known)).toBeLessThan(1);
  });
});
