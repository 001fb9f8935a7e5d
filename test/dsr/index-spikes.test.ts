// The spiking claim: neurons stepped through time come to the winners that the search computes at once.
import { describe, expect, test } from "vitest";
import type { Dsr, Metric } from "../../src/dsr.js";
import { type Build, builds } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";
import { currents, fire, THRESHOLD } from "../oracle/population.js";
import { RotationOracle } from "../oracle/rotation.js";
import { square } from "../oracle/words.js";
import { codeOf } from "./helpers.js";
import { clustered, filled, makeIndex, metrics, rowsOf, type Source, weightsOf } from "./index-helpers.js";

function learned(build: Build, metric: Metric, dimensions: number, neurons: number): { dsr: Dsr; source: Source; vectors: Float32Array } {
  const source = clustered(new Random(17), dimensions, 30, 1);
  const vectors = source.draw(build === "debug" ? 400 : 3000);
  const dsr = filled(build, vectors, { dimensions, metric, seed: 4, autoLearn: false });
  dsr.learn({ neurons });
  return { dsr, source, vectors };
}

describe.each(builds)("trace (%s)", (build) => {
  const queries = build === "debug" ? 300 : 10_000;
  const neurons = build === "debug" ? 32 : 128;

  test.each(metrics)(`its winners are those of winners(), on ${queries} random queries, %s`, (metric) => {
    const dimensions = 24;
    const { dsr, source } = learned(build, metric, dimensions, neurons);
    const random = new Random(3);
    let other = 0;
    let late = 0;
    for (let q = 0; q < queries; q++) {
      // Half of them such as were learned, half from anywhere.
      const query = q % 2 === 0 ? source.draw(1) : random.vector(dimensions).map((x) => 2 * x);
      const k = q % 4 < 2 ? 8 : 1;
      const { winners, firstSpikeTimes, membranePotentials, steps } = dsr.trace(query, k);
      const want = dsr.winners(query, k);
      if (winners.length !== k || winners.some((w, i) => w !== want[i])) other++;
      if (want[0] !== dsr.cluster(query)) other++;
      // Spikes come in order, the last one ends the simulation; who fired was at the threshold.
      let last = 1;
      for (const time of firstSpikeTimes) {
        if (time < last || time > steps) late++;
        last = time;
      }
      if (last !== steps || winners.some((w) => membranePotentials[w] < THRESHOLD)) late++;
      // Nobody who was shut off had come further than the last who fired.
      const least = membranePotentials[winners[k - 1]];
      const fired = new Set(winners);
      if (membranePotentials.some((v, j) => !fired.has(j) && v >= THRESHOLD && v > least)) late++;
    }
    expect([other, late]).toEqual([0, 0]);
  });

  test.each(metrics)("is what an independent simulation gives, %s", (metric) => {
    const dimensions = 20;
    const { dsr, source, vectors } = learned(build, metric, dimensions, 24);
    const weights = weightsOf(dsr).map((w) => [...w]);
    const unit = (v: Float32Array) => {
      const length = metric === "cosine" ? Math.hypot(...v) : 1;
      return Array.from(v, (x) => x / length);
    };
    const rows = rowsOf(vectors, dimensions).map(unit);
    const centre = rows[0].map((_, i) => rows.reduce((sum, row) => sum + row[i], 0) / rows.length);
    const rotation = new RotationOracle(dimensions, 4);
    for (const query of rowsOf(source.draw(build === "debug" ? 20 : 100), dimensions)) {
      const turned = rotation.rotate(unit(query).map((x, i) => x - centre[i]));
      const distances = weights.map((w) => square(turned, w));
      for (const count of [1, 5]) {
        const want = fire(currents(distances), count);
        const got = dsr.trace(query, count);
        expect([...got.winners]).toEqual(want.winners);
        expect([...got.firstSpikeTimes]).toEqual(want.times);
        expect(got.steps).toBe(want.steps);
        const furthest = Math.max(...want.potentials.map((v, j) => Math.abs(v - got.membranePotentials[j])));
        expect(furthest).toBeLessThan(0.02);
      }
    }
  });

  test("more neurons than there are: those nearer than the mean fire, in the order of winners()", () => {
    const { dsr, source } = learned(build, "l2", 10, 16);
    for (const query of rowsOf(source.draw(10), 10)) {
      const { winners, steps, membranePotentials } = dsr.trace(query, 500);
      expect(winners.length).toBeGreaterThan(1);
      expect(winners.length).toBeLessThan(16);
      expect([...winners]).toEqual([...dsr.winners(query, winners.length)]);
      expect(steps).toBe(1000);
      const fired = new Set(winners);
      expect(membranePotentials.length).toBe(16);
      expect(membranePotentials.every((v, j) => fired.has(j) === v >= THRESHOLD)).toBe(true);
    }
    expect(dsr.winners(source.draw(1), 500).length).toBe(16);
    expect(new Set(dsr.winners(source.draw(1), 500)).size).toBe(16);
  });

  test("the default is eight winners; a vector's word does not depend on how many", () => {
    const { dsr, source } = learned(build, "cosine", 30, 32);
    const query = source.draw(1);
    const trace = dsr.trace(query);
    expect(trace.winners.length).toBe(8);
    expect(dsr.trace(query, 1).spikeWord).toEqual(trace.spikeWord);
    expect(dsr.trace([...query]).spikeWord).toEqual(trace.spikeWord);
  });

  test("before it has learned there is nobody to ask", () => {
    const dsr = makeIndex(build, { dimensions: 2 });
    dsr.add(0, [1, 2]);
    for (const call of [() => dsr.trace([1, 2]), () => dsr.winners([1, 2], 1), () => dsr.cluster([1, 2]), () => dsr.novelty([1, 2])]) {
      expect(codeOf(call)).toBe("ERR_ARGUMENT");
      expect(call).toThrow("has not learned");
    }
  });
});
