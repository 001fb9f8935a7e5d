// Learn on one distribution, insert another: recall drops, and returns with learn().
import { describe, expect, test } from "vitest";
import { builds } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";
import { clustered, filled, makeIndex, mean, metrics, range, recalls, rowsOf, truthOf, workOf } from "./index-helpers.js";

describe.each(builds)("drift (%s)", (build) => {
  const small = build === "debug";

  test.each(metrics)("%s", (metric) => {
    const dimensions = 24;
    const random = new Random(5);
    const [n, more, neurons] = small ? [150, 600, 16] : [1500, 6000, 96];
    const old = clustered(random, dimensions, 6, 0.5);
    // Another place, another scatter, and many times as many.
    const fresh = clustered(random, dimensions, 40, 0.5, 3);
    const dsr = filled(build, old.draw(n), { dimensions, metric, neurons, autoLearn: false });
    dsr.learn();
    const added = fresh.draw(more);
    dsr.addMany(range(more, n), added);
    expect(dsr.stats()).toMatchObject({ indexed: n + more, size: n + more });

    const queries = rowsOf(fresh.draw(small ? 20 : 150), dimensions);
    const truth = truthOf(dsr, queries, 10);
    const look = { k: 10, probes: small ? 2 : 5, candidates: small ? 60 : 200 };
    const measure = () => {
      const recall = mean(recalls(dsr, queries, truth, look));
      const scanned = mean(
        queries.map((query) => {
          dsr.search(query, look);
          return workOf(dsr).scanned;
        }),
      );
      return { recall, scanned };
    };
    const drifted = { ...measure(), imbalance: dsr.stats().imbalance };
    dsr.learn();
    const after = { ...measure(), imbalance: dsr.stats().imbalance };
    const anew = makeIndex(build, { dimensions, metric, neurons, autoLearn: false });
    anew.addMany(
      dsr.search(queries[0], { k: 1e6, recall: 1 }).ids.toSorted(),
      Float32Array.from(range(n + more).flatMap((id) => [...dsr.vector(id)!])),
    );
    anew.learn();
    const best = mean(recalls(anew, queries, truth, look));
    const figures = [drifted, after].map(
      (x) => `${x.recall.toFixed(3)} of ${x.scanned.toFixed(0)} words, imbalance ${x.imbalance.toFixed(1)}`,
    );
    console.log(`${build} ${metric}: recall after drift ${figures[0]}; learned ${figures[1]}; a fresh index ${best.toFixed(3)}`);
    // Recall falls, or it is bought by far more words.
    expect(after.recall > drifted.recall + 0.05 || drifted.scanned > 1.5 * after.scanned).toBe(true);
    expect(drifted.imbalance).toBeGreaterThan(1.2 * after.imbalance);
    // As good as where nothing else had been learned before, for about the same work.
    expect(after.recall).toBeGreaterThan(best - (small ? 0.16 : 0.03));
  });

  test.runIf(!small)("the recall asked for returns", () => {
    const dimensions = 24;
    const random = new Random(6);
    const old = clustered(random, dimensions, 3, 0.1);
    const fresh = clustered(random, dimensions, 60, 1, 2);
    const dsr = filled(build, old.draw(4500), { dimensions, metric: "l2", autoLearn: false });
    dsr.learn({ neurons: 128 });
    dsr.addMany(range(8000, 4500), fresh.draw(8000));
    const queries = rowsOf(fresh.draw(300), dimensions);
    const truth = truthOf(dsr, queries, 10);
    const before = mean(recalls(dsr, queries, truth, { recall: 0.95 }));
    dsr.learn();
    const after = mean(recalls(dsr, queries, truth, { recall: 0.95 }));
    console.log(`recall .95 asked: ${before.toFixed(3)} after drift, ${after.toFixed(3)} after learn()`);
    expect(before).toBeLessThan(0.9);
    expect(after).toBeGreaterThan(0.935);
  });
});
