import { describe, expect, it } from "vitest";
import { sequence } from "../../bench/data.js";
import { misread } from "../../bench/sequences/online.js";
import { type EventModel, jackknife, prequential } from "../../bench/sequences/prequential.js";
import { BackoffMarkov } from "../oracle/backoff.js";

describe("prequential scores", () => {
  /** Says the same of every event. */
  const constant = (ids: number[], probabilities: number[]): EventModel => ({
    predict: () => ({ ids, probabilities }),
    observe: () => 2,
    endSession: () => true,
  });
  // Of each four events one is a 1, two are a 2.
  const sequences = Array.from({ length: 50 }, () => [2, 1, 2, 7]);

  it("count hits, bits, and how far what was said is from what was right", () => {
    const sure = prequential(constant([1, 9, 2], [0.9, 0.05, 0.05]), sequences);
    expect(sure.n).toBe(200);
    expect(sure.first.value).toBeCloseTo(0.25);
    expect(sure.five.value).toBeCloseTo(0.75);
    expect(sure.bits.value).toBe(2);
    expect(sure.calibration.value).toBeCloseTo(0.65);
    expect(prequential(constant([1], [0.25]), sequences).calibration.value).toBeCloseTo(0);
    expect(prequential(constant([], []), sequences).first.value).toBe(0);
  });

  it("has the best backoff model beside it", () => {
    // After "2" comes "1" or "7": order 2 knows which, but for the first events.
    const { backoff, order, ratio } = prequential(constant([2], [0.5]), sequences);
    expect(order).toBe(2);
    expect(backoff.value).toBeGreaterThan(0.9);
    expect(ratio.value).toBeCloseTo(0.5 / backoff.value);
  });

  it("the jackknife of a mean is its standard error", () => {
    const values = [3, 5, 4, 9, 1, 2];
    const mean = 4;
    const { value, error } = jackknife(
      values.map((x) => Float64Array.of(1, x)),
      ([n, all]) => all / n,
    );
    const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 5;
    expect(value).toBe(mean);
    expect(error).toBeCloseTo(Math.sqrt(variance / 6));
    expect(jackknife([Float64Array.of(1, 3)], ([n, all]) => all / n).error).toBeNaN();
  });

  it("tells a set that was not read as others read it", () => {
    const known = { sequences: 50, alphabet: 3, meanLength: 4, backoff: 0.5 };
    expect(misread({ name: "x", sequences, known })).toBeUndefined();
    expect(misread({ name: "x", sequences })).toBeUndefined();
    expect(misread({ name: "x", sequences: sequences.slice(1), known })).toContain("sequences 49, not 50");
  });
});

it("backoff Markov of every order in one model is what its definition says", () => {
  const events = Array.from(sequence(3000, 6));
  const markov = new BackoffMarkov(5);
  // By definition: look through the whole past for the longest end of the history that came before, and count what followed.
  const guess = (past: number[], order: number): number => {
    for (let n = Math.min(order, past.length); n >= 0; n--) {
      const end = past.slice(past.length - n).join();
      const counts = new Map<number, number>();
      let best = -1;
      for (let i = n; i < past.length; i++) {
        if (past.slice(i - n, i).join() !== end) continue;
        const count = (counts.get(past[i]) ?? 0) + 1;
        counts.set(past[i], count);
        if (best < 0 || count > (counts.get(best) as number)) best = past[i];
      }
      if (best >= 0) return best;
    }
    return -1;
  };
  for (const [i, id] of events.entries()) {
    if (i < 60 || i % 100 === 0)
      for (let order = 1; order <= 5; order++) expect(markov.predict(order)).toBe(guess(events.slice(0, i), order));
    markov.observe(id);
  }
  markov.endSession();
  expect(markov.predict()).toBe(guess(events, 0));
});
