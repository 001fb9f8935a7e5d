import { Mfn } from "mfn";
import { enginePredictor, evaluate, mostPopular } from "mfn/node";
import { describe, expect, test } from "vitest";
import { DIMENSIONS, readWikispeedia, type Wikispeedia } from "../../bench/wikispeedia.js";
import { haveData } from "../helpers/data.js";

/** A quarter of the paths keeps the test short; `npm run bench -- flow` takes all of them. */
const SHARE = 0.25;

describe.skipIf(!haveData("wikispeedia"))("wikispeedia, next click on the last 20 % of the paths", () => {
  test("the engine beats every single layer and the most popular", { timeout: 300_000 }, async () => {
    const { articles, clicks } = readWikispeedia(SHARE) as Wikispeedia;
    expect(articles.length).toBeGreaterThan(4500);
    const all = [undefined, ["ifr"], ["dsr"], ["alm"], ["cpe"]] as const;
    const engines = all.map((layers) => Mfn.createSync({ dimensions: DIMENSIONS, capacity: articles.length, layers }));
    for (const mfn of engines) for (const article of articles) mfn.apply(article);
    const predictors = engines.map((mfn, i) => enginePredictor(all[i]?.join() ?? "engine", mfn));
    const [engine, ...others] = await evaluate(clicks, [...predictors, mostPopular()]);
    console.table([engine, ...others]);
    expect(engine.n).toBeGreaterThan(4000);
    for (const other of others) {
      expect(engine.hitAt1, `hit@1 of ${other.method}`).toBeGreaterThan(other.hitAt1);
      expect(engine.hitAt5, `hit@5 of ${other.method}`).toBeGreaterThan(other.hitAt5);
      expect(engine.hitAt10, `hit@10 of ${other.method}`).toBeGreaterThan(other.hitAt10);
      expect(engine.meanReciprocalRank, `MRR of ${other.method}`).toBeGreaterThan(other.meanReciprocalRank);
    }
    for (const mfn of engines) mfn.dispose();
  });
});
