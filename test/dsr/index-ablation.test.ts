// What plasticity and homeostasis are good for: without them the same recall costs more.
import { describe, expect, test } from "vitest";
import type { Dsr, LearnOptions } from "../../src/dsr.js";
import { haveData } from "../helpers/data.js";
import { builds } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";
import { clustered, filled, mean, metrics, recalls, rowsOf, textVectors, truthOf, workOf } from "./index-helpers.js";

/** Words scanned on average for a recall: between the two numbers of probes next to it, linear in the recall. */
function wordsFor(dsr: Dsr, queries: readonly Float32Array[], truth: readonly Int32Array[], recall: number): number {
  const { neurons, size } = dsr.stats();
  let before = { recall: 0, words: 0 };
  for (let probes = 1; ; probes = Math.min(neurons, Math.ceil(probes * 1.1))) {
    const look = { k: 10, probes, candidates: size >> 3 };
    const words = queries.map((query) => {
      dsr.search(query, look);
      return workOf(dsr).scanned;
    });
    const here = { recall: mean(recalls(dsr, queries, truth, look)), words: mean(words) };
    if (here.recall >= recall) {
      return before.words + ((here.words - before.words) * (recall - before.recall)) / (here.recall - before.recall);
    }
    if (probes === neurons) return here.words;
    before = here;
  }
}

describe.each(builds)("ablation (%s)", (build) => {
  const small = build === "debug";

  test.each(metrics)("learning is worth it: fewer words for the same recall, rows nearer to their neurons, %s", (metric) => {
    const dimensions = 32;
    const source = clustered(new Random(1), dimensions, small ? 10 : 40, 1);
    const dsr = filled(build, source.draw(small ? 600 : 8000), { dimensions, metric, autoLearn: false });
    const queries = rowsOf(source.draw(small ? 20 : 150), dimensions);
    const truth = truthOf(dsr, queries, 10);
    const neurons = small ? 24 : 128;
    const run = (options: LearnOptions) => {
      const report = dsr.learn({ neurons, ...options });
      expect(report.imbalance).toBe(dsr.stats().imbalance);
      return { ...report, words: wordsFor(dsr, queries, truth, 0.95) };
    };
    const [full, stiff] = [run({}), run({ plasticity: false })];
    console.log(`${build} ${metric}: words for recall .95: ${full.words.toFixed(0)}, without plasticity ${stiff.words.toFixed(0)}`);
    expect(stiff.meanSquaredDistance).toBeGreaterThan(1.1 * full.meanSquaredDistance);
    expect(stiff.words).toBeGreaterThan(1.1 * full.words);
  });

  test("homeostasis is worth it: without it the neurons in the middle win far more than their share, and every search scans their cells", () => {
    const dimensions = 32;
    const random = new Random(2);
    const n = small ? 1200 : 8000;
    // No clusters, and lengths of which some are many times others: a row far out is near to nobody but who is in the middle.
    const draw = (count: number) => {
      const all = random.vector(count * dimensions);
      for (let i = 0; i < count; i++) {
        const length = 0.1 + 5 * random.next() ** 4;
        for (let j = 0; j < dimensions; j++) all[i * dimensions + j] *= length;
      }
      return all;
    };
    const dsr = filled(build, draw(n), { dimensions, metric: "l2", secondWinners: 0, autoLearn: false });
    const queries = rowsOf(draw(small ? 30 : 150), dimensions);
    const neurons = small ? 32 : 128;
    const run = (homeostasis: boolean) => {
      const { imbalance, meanSquaredDistance } = dsr.learn({ neurons, homeostasis });
      const words = queries.map((query) => {
        dsr.search(query, { probes: neurons >> 4, candidates: 50 });
        return workOf(dsr).scanned;
      });
      return { imbalance, meanSquaredDistance, words: mean(words) };
    };
    const [full, without] = [run(true), run(false)];
    console.log(
      `${build}: imbalance ${full.imbalance.toFixed(2)}, ${full.words.toFixed(0)} words; without homeostasis ${without.imbalance.toFixed(2)}, ${without.words.toFixed(0)} words`,
    );
    expect(full.imbalance).toBeGreaterThanOrEqual(1);
    expect(without.imbalance).toBeGreaterThan(1.3 * full.imbalance);
    expect(without.words).toBeGreaterThan(1.3 * full.words);
  });
});

describe("ablation on text vectors", () => {
  test("homeostasis and plasticity off: words scanned for recall .95", ({ skip }) => {
    if (!haveData("text-vectors/train-60000x384.i8.gz")) return skip();
    const dimensions = 384;
    const dsr = filled("release", textVectors("train-60000", 10_000), { dimensions, secondWinners: 0, autoLearn: false });
    const queries = rowsOf(textVectors("queries-1000", 200), dimensions);
    const truth = truthOf(dsr, queries, 10);
    const run = (options: LearnOptions) => {
      const { imbalance } = dsr.learn({ neurons: 256, ...options });
      return { imbalance, words: wordsFor(dsr, queries, truth, 0.95) };
    };
    const [full, even, stiff] = [run({}), run({ homeostasis: false }), run({ plasticity: false })];
    const shown = [full, even, stiff].map((x) => `${x.words.toFixed(0)} words, imbalance ${x.imbalance.toFixed(2)}`);
    console.log(`text 10k: ${shown[0]}; without homeostasis ${shown[1]}; without plasticity ${shown[2]}`);
    expect(even.imbalance).toBeGreaterThan(1.2 * full.imbalance);
    expect(even.words).toBeGreaterThan(1.1 * full.words);
    expect(stiff.words).toBeGreaterThan(1.2 * full.words);
  });
});
