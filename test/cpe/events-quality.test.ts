import { Cpe, type CpeOptions } from "mfn/cpe";
import { describe, expect, it } from "vitest";
import { haveData } from "../helpers/data.js";
import { wasm } from "../helpers/modules.js";
import { bms, leviathan, markov, type Sequences, sign } from "../helpers/sequences.js";
import { BackoffMarkov } from "../oracle/backoff.js";

// How good the predictions are. The release module alone: events-state.test.ts shows that the debug module computes the same bytes.
const make = (options: CpeOptions = {}) => Cpe.createSync({ wasm: wasm("cpe-events", "release"), ...options });

/** Share of events whose likeliest prediction was right, mean bits, and expected calibration error of the likeliest in ten bins. */
interface Score {
  top1: number;
  bits: number;
  error: number;
}

/** Predicts each event, then observes it. The first `skip` events are not scored. */
function score(cpe: Cpe, sequences: number[][], skip = 0): Score {
  const bins = Array.from({ length: 10 }, () => ({ p: 0, hits: 0 }));
  let bits = 0;
  let n = -skip;
  for (const sequence of sequences) {
    cpe.endSession(0);
    for (const id of sequence) {
      const { ids, probabilities } = cpe.predict(0, 1);
      const surprise = cpe.observe(0, id);
      if (++n <= 0 || ids.length === 0) continue;
      bits += surprise;
      const bin = bins[Math.min(9, Math.floor(probabilities[0] * 10))];
      bin.p += probabilities[0];
      if (ids[0] === id) bin.hits++;
    }
  }
  const error = bins.reduce((sum, { p, hits }) => sum + Math.abs(p - hits), 0) / n;
  return { top1: bins.reduce((sum, { hits }) => sum + hits, 0) / n, bits: bits / n, error };
}

function backoff(order: number, sequences: number[][]): number {
  const markov = new BackoffMarkov(order);
  let hits = 0;
  let n = 0;
  for (const sequence of sequences) {
    markov.endSession();
    for (const id of sequence) {
      if (markov.predict() === id) hits++;
      markov.observe(id);
      n++;
    }
  }
  return hits / n;
}

describe("on made-up sources", () => {
  it.each([
    { alphabet: 16, order: 1, fan: 4 },
    { alphabet: 16, order: 2, fan: 3 },
    { alphabet: 200, order: 1, fan: 6 },
    { alphabet: 8, order: 3, fan: 2 },
  ])("comes near the entropy of a Markov source and is calibrated: %o", ({ alphabet, order, fan }) => {
    const { events, bits } = markov(5, alphabet, order, fan, 40_000);
    const cpe = make({ contextBytes: 1 << 21 });
    const last = score(cpe, [events], 30_000);
    console.log(
      `order ${order}, ${alphabet} symbols: ${last.bits.toFixed(3)} bits, the source ${bits.toFixed(3)}; calibration ${last.error.toFixed(4)}`,
    );
    expect(last.bits).toBeLessThan(bits * 1.06 + 0.03);
    expect(last.bits).toBeGreaterThan(bits * 0.97);
    expect(last.error).toBeLessThan(0.05);
    cpe.dispose();
  });

  it("does not lose by many streams that take turns", () => {
    const { events } = markov(9, 16, 2, 3, 20_000);
    const one = make({ contextBytes: 1 << 20 });
    const many = make({ contextBytes: 1 << 20 });
    // Eight streams have an eighth of the events each, one after the other in one engine and in turns in the other.
    const parts = Array.from({ length: 8 }, (_, s) => events.slice(s * 2500, (s + 1) * 2500));
    let bits = 0;
    for (const [s, part] of parts.entries()) for (const id of part) bits += one.observe(s, id);
    let turns = 0;
    for (let i = 0; i < 2500; i++) for (const [s, part] of parts.entries()) turns += many.observe(s, part[i]);
    expect(turns / bits).toBeGreaterThan(0.95);
    expect(turns / bits).toBeLessThan(1.05);
  });

  it("follows when the source changes", () => {
    const cpe = make({ contextBytes: 1 << 20 });
    score(cpe, [markov(1, 16, 1, 2, 10_000).events]);
    const { events, bits } = markov(2, 16, 1, 2, 10_000);
    expect(score(cpe, [events], 6000).bits).toBeLessThan(bits * 1.6);
  });

  it("knows a round of any length up to the number of orders for sure", () => {
    for (let length = 2; length < 12; length++) {
      const cpe = make({ contextBytes: 1 << 16 });
      for (let i = 0; i < 600; i++) cpe.observe(0, i % length);
      expect(cpe.predict(0, 1).ids[0]).toBe(600 % length);
      expect(cpe.predict(0, 1).probabilities[0]).toBeGreaterThan(0.97);
    }
  });
});

describe.skipIf(!haveData("sequences"))("on public sequences", () => {
  it.each<[string, () => Sequences]>([
    ["BMS", bms],
    ["SIGN", sign],
    ["LEVIATHAN", leviathan],
  ])("predicts %s better than backoff Markov of orders 1 to 3, and is calibrated", (name, load) => {
    const { sequences } = load();
    const best = Math.max(...[1, 2, 3].map((order) => backoff(order, sequences)));
    const { top1, bits, error } = score(make(), sequences);
    const percent = (x: number) => `${(100 * x).toFixed(2)} %`;
    console.log(
      `${name}: top-1 ${percent(top1)}, backoff ${percent(best)}; ${bits.toFixed(3)} bits an event; calibration ${error.toFixed(4)}`,
    );
    expect(top1).toBeGreaterThan(best * 1.05);
    expect(error).toBeLessThan(0.05);
  });
});
