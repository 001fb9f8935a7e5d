// What an engine is worth that knows little: at the beginning, without vectors or links, without a layer, of a stream that it never saw. Next requests of the
// generated log of a shop, each predicted before it is learned, beside baselines that learn the same.
import { type LayerName, Mfn, type MfnOptions, type Operation, type RecallOptions } from "mfn";
import { accessLogParser, newReport } from "mfn/formats";
import { FirstOrderMarkov, LastCoOccurring, mostPopular, type Score, ScoreSum } from "mfn/node";
import { logLine, shopLog } from "mfn/samples";
import { describe, expect, test } from "vitest";

const DIMENSIONS = 16;
/** More than there are candidates. */
const ALL = 1000;
/** Few events, many logs. */
const LOGS = Array.from({ length: 20 }, (_, seed) => seed + 1);

function operationsOf(seed: number, events: number, dimensions: number): Operation[] {
  const parser = accessLogParser(newReport("access-log"), { dimensions });
  const operations: Operation[] = [];
  for (const event of shopLog({ seed, events })) parser.line(logLine(event), operations);
  parser.end(operations);
  return operations;
}

interface Trial {
  seeds: readonly number[];
  /** Events of each log, and how many of these are learned before the first is scored. */
  events: number;
  unscored?: number;
  vectors?: boolean;
  links?: boolean;
  /** Score the first event of each stream, else all but these. */
  firsts?: boolean;
  engine?: MfnOptions;
  recall?: RecallOptions;
}

/** Scores of the engine, and of the best baseline by hit@1 and by hit@10. */
function scoresOf(trial: Trial): { ours: Score; best: { hitAt1: number; hitAt10: number } } {
  const { seeds, events, unscored = 0, vectors = true, links = true, firsts = false, engine, recall } = trial;
  const ours = new ScoreSum();
  const sums = [new ScoreSum(), new ScoreSum(), new ScoreSum()];
  for (const seed of seeds) {
    const mfn = Mfn.createSync({ dimensions: DIMENSIONS, contextBytes: 1 << 18, ...engine });
    const baselines = [new FirstOrderMarkov(), new LastCoOccurring(), mostPopular()];
    const streams = new Set<string>();
    let seen = 0;
    for (const operation of operationsOf(seed, events, vectors ? DIMENSIONS : 0)) {
      if (operation.op === "link" && !links) continue;
      if (operation.op === "observe") {
        const { stream, key } = operation;
        if (seen++ >= unscored && firsts !== streams.has(stream)) {
          const { results, escape } = mfn.recall({ stream }, { strategy: "parallel", ...recall, k: ALL, evidence: false });
          const sum = results.reduce((total, { probability }) => total + probability, escape);
          if (Math.abs(sum - 1) > 1e-9) expect(sum).toBeCloseTo(1, 9);
          ours.add({ rank: 1 + results.findIndex((result) => result.key === key), first: results[0]?.probability });
          for (const [b, baseline] of baselines.entries()) sums[b].add(baseline.predict(stream, key));
        }
        streams.add(stream);
      }
      mfn.apply(operation);
      for (const baseline of baselines) baseline.apply(operation);
    }
    mfn.dispose();
  }
  const scores = sums.map((sum) => sum.score(""));
  const best = (of: (score: Score) => number) => Math.max(...scores.map(of));
  return { ours: ours.score("mfn"), best: { hitAt1: best((s) => s.hitAt1), hitAt10: best((s) => s.hitAt10) } };
}

/** Expected calibration error, by bins of equal width or of equal numbers, whichever is larger. */
function errorOf({ calibration }: Score): number {
  return calibration === undefined ? 1 : Math.max(calibration.error, calibration.errorEqualMass);
}

/** By how much answers are surer than they may be: as the calibration error, but of the bins alone where they are. */
function overconfidenceOf({ calibration, n }: Score): number {
  return (calibration?.equalWidth ?? []).reduce((sum, bin) => sum + (bin.n / n) * Math.max(0, bin.confidence - bin.accuracy), 0);
}

describe.each(["parallel", "adaptive", "sequential"] as const)("an engine that knows little, %s", (strategy) => {
  const recall = { strategy };

  test("the first 100 events: no worse than the best baseline, and right within .1 about how likely it is to be right", () => {
    const { ours, best } = scoresOf({ seeds: LOGS, events: 100, recall });
    expect(ours.n).toBeGreaterThan(1500);
    expect(ours.hitAt1).toBeGreaterThan(best.hitAt1);
    expect(ours.hitAt10).toBeGreaterThan(best.hitAt10);
    expect(errorOf(ours)).toBeLessThan(0.1);
  });

  test.each([
    ["vectors", { vectors: false }],
    ["links", { links: false }],
    ["vectors and links", { vectors: false, links: false }],
  ])("without %s: no worse than the best baseline, calibrated within .07", (_, missing) => {
    const { ours, best } = scoresOf({ seeds: [1], events: 2000, unscored: 500, recall, ...missing });
    expect(ours.n).toBeGreaterThan(1200);
    expect(ours.hitAt1).toBeGreaterThan(best.hitAt1);
    expect(ours.hitAt10).toBeGreaterThan(best.hitAt10);
    expect(errorOf(ours)).toBeLessThan(0.07);
  });
});

test.each([["ifr"], ["dsr"], ["alm"], ["cpe"]] as LayerName[][])("%s alone is calibrated within .16", (layer) => {
  const { ours } = scoresOf({ seeds: [1], events: 2000, unscored: 500, engine: { layers: [layer] } });
  expect(ours.hitAt10).toBeGreaterThan(0.3);
  expect(errorOf(ours)).toBeLessThan(0.16);
});

test.each([["ifr"], ["dsr"], ["alm"], ["cpe"]] as LayerName[][])(
  "a question that leaves out %s is answered, and not surer than it may be",
  (left) => {
    const layers = (["ifr", "dsr", "alm", "cpe"] as const).filter((layer) => layer !== left);
    const { ours } = scoresOf({ seeds: [1], events: 2000, unscored: 500, recall: { layers } });
    expect(ours.hitAt10).toBeGreaterThan(0.6);
    expect(overconfidenceOf(ours)).toBeLessThan(0.02);
    // What is left out was learned from too: what the others say is taken to miss more than it does.
    expect(errorOf(ours)).toBeLessThan(left === "cpe" ? 0.2 : 0.1);
  },
);

test("a stream never seen: what is popular is found, and no answer is surer than it may be", () => {
  for (const trial of [
    { seeds: [1, 2], events: 2500, unscored: 500 },
    { seeds: LOGS, events: 100 },
  ]) {
    const { ours, best } = scoresOf({ ...trial, firsts: true });
    expect(ours.n).toBeGreaterThan(100);
    expect(ours.hitAt10).toBeGreaterThan(best.hitAt10 - 0.05);
    expect(overconfidenceOf(ours)).toBeLessThan(0.08);
  }
});
