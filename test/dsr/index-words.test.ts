// Rotation, words and estimates against oracles in f64: what the kernels of assembly/dsr/similarity compute, seen through the facade.
import { describe, expect, test } from "vitest";
import { type Build, builds } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";
import { RotationOracle } from "../oracle/rotation.js";
import { estimate, square, winnerOf, wordOf } from "../oracle/words.js";
import { clustered, filled, mean, metrics, recalls, rowsOf, truthOf, weightsOf } from "./index-helpers.js";

const shapes = [1, 5, 16, 17, 33, 48, 64, 100, 130, 300];

/** An index that has learned, and the oracle's view of it: rotated rows without the centre, rotated queries. */
function both(build: Build, dimensions: number, metric: (typeof metrics)[number], n: number, secondWinners = 0) {
  const seed = dimensions + 5;
  const source = clustered(new Random(dimensions), dimensions, 6);
  const vectors = source.draw(n);
  const dsr = filled(build, vectors, { dimensions, metric, seed, secondWinners, autoLearn: false });
  const report = dsr.learn({ neurons: 16 });
  const asRow = (v: Float32Array) => {
    const length = metric === "cosine" ? Math.hypot(...v) : 1;
    return Array.from(v, (x) => x / length);
  };
  const rows = rowsOf(vectors, dimensions).map(asRow);
  const centre = rows[0].map((_, i) => rows.reduce((sum, row) => sum + row[i], 0) / n);
  const rotation = new RotationOracle(dimensions, seed);
  const turn = (row: readonly number[]) => rotation.rotate(row.map((x, i) => x - centre[i]));
  return {
    dsr,
    report,
    source,
    rotation,
    weights: weightsOf(dsr).map((w) => [...w]),
    turned: rows.map(turn),
    turn: (v: Float32Array) => turn(asRow(v)),
    // What rows are searched with: by products the centre stays on.
    turnQuery: (v: Float32Array) => (metric === "ip" ? rotation.rotate(asRow(v)) : turn(asRow(v))),
  };
}

describe("the rotation's oracle", () => {
  test.each(shapes)("%i dimensions: keeps products, and spreads one dimension over all", (dimensions) => {
    const random = new Random(dimensions);
    const rotation = new RotationOracle(dimensions, 3);
    const [a, b] = [random.vector(dimensions), random.vector(dimensions)];
    const [x, y] = [rotation.rotate(a), rotation.rotate(b)];
    const product = (u: ArrayLike<number>, v: ArrayLike<number>) => Array.from(u).reduce((sum, value, i) => sum + value * v[i], 0);
    expect(product(x, y)).toBeCloseTo(product(a, b), 9);
    expect(product(x, x)).toBeCloseTo(product(a, a), 9);
    const unit = new Array<number>(dimensions).fill(0);
    unit[dimensions - 1] = 1;
    if (dimensions > 16) expect(Math.max(...rotation.rotate(unit).map(Math.abs))).toBeLessThan(0.8);
  });
});

describe.each(builds)("words (%s)", (build) => {
  const small = build === "debug";

  test.each(shapes)("%i dimensions: the spike word is the signs of the rotated residual under the winner", (dimensions) => {
    for (const metric of metrics) {
      const { dsr, source, rotation, weights, turn } = both(build, dimensions, metric, small ? 60 : 300);
      expect(dsr.stats().spikesPerWord).toBe(rotation.bits);
      for (const query of rowsOf(source.draw(small ? 5 : 30), dimensions)) {
        const { winners, spikeWord } = dsr.trace(query, 1);
        expect(spikeWord.length).toBe(rotation.bits / 8);
        const turned = turn(query);
        expect(winnerOf(turned, weights)).toBe(winners[0]);
        const size = Math.hypot(...turned);
        const wrong = turned.findIndex((x, i) => {
          const residual = x - weights[winners[0]][i];
          // What is nearly zero may have either sign.
          return Math.abs(residual) > 1e-5 * size && ((spikeWord[i >> 3] >> (i & 7)) & 1) !== (residual > 0 ? 1 : 0);
        });
        expect(wrong).toBe(-1);
      }
      dsr.dispose();
    }
  });

  test.each(metrics)("the mean squared distance that learning reports is that of the rows to their winners, %s", (metric) => {
    const { report, turned, weights } = both(build, 40, metric, small ? 80 : 400);
    const mean = turned.reduce((sum, row) => sum + square(row, weights[winnerOf(row, weights)]), 0) / turned.length;
    expect(Math.abs(report.meanSquaredDistance / mean - 1)).toBeLessThan(1e-3);
  });

  test.each(metrics)("the candidates are the rows whose words are nearest by the oracle's estimates, %s", (metric) => {
    for (const dimensions of small ? [40] : [16, 40, 130]) {
      const n = small ? 150 : 800;
      const { dsr, source, weights, turned, turnQuery } = both(build, dimensions, metric, n);
      const words = turned.map((row) => wordOf(row, winnerOf(row, weights), weights));
      let same = 0;
      let wanted = 0;
      for (const query of rowsOf(source.draw(small ? 4 : 15), dimensions)) {
        const q = turnQuery(query);
        const all = turned
          .map((row, id) => ({ id, guess: estimate(q, row, words[id], weights, metric) }))
          .sort((a, b) => a.guess - b.guess);
        for (const candidates of [10, 20, 40]) {
          const k = candidates >> 1;
          // The module's list is two longer than what is asked for: one may be excluded.
          const listed = all.slice(0, candidates + 2).map(({ id }) => id);
          const distances = dsr.distances(query, listed);
          const best = listed.map((id, i) => ({ id, distance: distances[i] })).sort((a, b) => a.distance - b.distance || a.id - b.id);
          const got = new Set(dsr.search(query, { k, candidates, probes: 16 }).ids);
          same += best.slice(0, k).filter(({ id }) => got.has(id)).length;
          wanted += k;
        }
      }
      expect(same / wanted).toBeGreaterThan(0.96);
      dsr.dispose();
    }
  });

  test.each(metrics)("estimates from look-up tables are as good as those that use all digits, %s", (metric) => {
    const dimensions = 64;
    const { dsr, source, weights, turned, turnQuery } = both(build, dimensions, metric, small ? 150 : 800);
    const words = turned.map((row) => wordOf(row, winnerOf(row, weights), weights));
    const queries = rowsOf(source.draw(small ? 5 : 25), dimensions);
    const truth = truthOf(dsr, queries, 10);
    const found = { module: 0, oracle: 0 };
    queries.forEach((query, i) => {
      const q = turnQuery(query);
      const all = turned.map((row, id) => ({ id, guess: estimate(q, row, words[id], weights, metric) })).sort((a, b) => a.guess - b.guess);
      const oracle = new Set(all.slice(0, 32).map(({ id }) => id));
      const got = new Set(dsr.search(query, { k: 10, candidates: 30, probes: 16 }).ids);
      found.oracle += truth[i].filter((id) => oracle.has(id)).length;
      found.module += truth[i].filter((id) => got.has(id)).length;
    });
    expect(found.module).toBeGreaterThan(0.97 * found.oracle);
    expect(found.module / (10 * queries.length)).toBeGreaterThan(0.7);
  });

  test.each(metrics)("estimates order rows nearly as distances do, %s", (metric) => {
    const dimensions = 128;
    const { dsr, source } = both(build, dimensions, metric, small ? 200 : 2000, 1);
    const queries = rowsOf(source.draw(small ? 5 : 30), dimensions);
    const truth = truthOf(dsr, queries, 10);
    // Of one word in thirteen the rows are compared.
    const look = { k: 10, probes: 16, candidates: small ? 30 : 300 };
    expect(mean(recalls(dsr, queries, truth, look))).toBeGreaterThan(0.95);
  });
});
