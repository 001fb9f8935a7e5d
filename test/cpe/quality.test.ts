import fc from "fast-check";
import { Cpe, type CpeOptions } from "mfn/cpe";
import { describe, expect, it } from "vitest";
import { prequential, shown } from "../../bench/sequences/prequential.js";
import { bmsSet, leviathanSet, type SequenceSet, signSet } from "../../bench/sequences/sets.js";
import { haveData } from "../helpers/data.js";
import { type Build, builds, wasm } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";
import { markov } from "../helpers/sequences.js";

const make = (options: CpeOptions = {}, build: Build = "release") => Cpe.createSync({ wasm: wasm("cpe-events", build), ...options });

describe.each(builds)("probabilities (%s)", (build) => {
  it("of all ids that were observed and the escape add up to 1, whatever aged, gave way or was forgotten", () => {
    const source = fc.record({
      seed: fc.integer(),
      ids: fc.constantFrom(2, 30, 700, 5000),
      events: fc.integer({ min: 0, max: build === "release" ? 4000 : 600 }),
      streams: fc.integer({ min: 1, max: 40 }),
      orders: fc.integer({ min: 1, max: 5 }),
      horizon: fc.constantFrom(2, 500, undefined),
      contextBytes: fc.constantFrom(4096, 1 << 15, 1 << 20),
    });
    fc.assert(
      fc.property(source, ({ seed, ids, events, streams, orders, horizon, contextBytes }) => {
        const cpe = make({ seed, orders, contextBytes, ...(horizon && { horizon }) }, build);
        const random = new Random(seed);
        const known = new Set<number>();
        for (let i = 0; i < events; i++) {
          // Half of it goes round, half is any id, and rare ones more rarely.
          const id = random.next() < 0.5 ? (i * 3) % Math.min(ids, 17) : Math.floor(random.next() ** 3 * ids);
          cpe.observe(random.below(streams), id);
          known.add(id);
          if (random.next() > 0.02) continue;
          const other = random.below(ids);
          expect(cpe.forget(other)).toBe(known.delete(other));
          if (random.next() < 0.3) cpe.endSession(random.below(streams));
        }
        for (let stream = 0; stream < Math.min(streams, 6); stream++) {
          const p = cpe.probabilities(stream, [...known]);
          const { ids: best, probabilities, escape } = cpe.predict(stream, 5);
          expect(Math.abs([...p].reduce((sum, x) => sum + x, escape) - 1)).toBeLessThan(1e-4);
          for (const x of p) expect(x > 0 && x <= 1).toBe(true);
          expect(escape > 0 && escape <= 1).toBe(true);
          for (const x of best) expect(known.has(x)).toBe(true);
          expect([...probabilities]).toEqual([...probabilities].sort((a, b) => b - a));
        }
        cpe.dispose();
      }),
      { numRuns: build === "release" ? 60 : 25 },
    );
  });
});

// How good the predictions are: the release module alone, as events-state.test.ts shows that the debug module computes the same bytes.
describe("on made-up sources", () => {
  it.each([
    { alphabet: 16, order: 1, fan: 4 },
    { alphabet: 16, order: 2, fan: 3 },
    { alphabet: 200, order: 1, fan: 6 },
    { alphabet: 8, order: 3, fan: 2 },
  ])("comes near the entropy of a Markov source and is calibrated: %o", ({ alphabet, order, fan }) => {
    const { events, bits } = markov(5, alphabet, order, fan, 40_000);
    const cpe = make({ contextBytes: 1 << 21 });
    cpe.observeMany(0, events.slice(0, 30_000));
    const last = prequential(cpe, [events.slice(30_000)]);
    console.log(
      `order ${order}, ${alphabet} symbols: ${shown(last.bits, 3)} bits, the source ${bits.toFixed(3)}; calibration ${shown(last.calibration, 4)}`,
    );
    expect(last.bits.value).toBeLessThan(bits * 1.06 + 0.03);
    expect(last.bits.value).toBeGreaterThan(bits * 0.97);
    expect(last.calibration.value).toBeLessThan(0.02);
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
    cpe.observeMany(0, markov(1, 16, 1, 2, 10_000).events);
    const { events, bits } = markov(2, 16, 1, 2, 10_000);
    const later = cpe.observeMany(0, events).subarray(6000);
    expect(later.reduce((sum, x) => sum + x, 0) / later.length).toBeLessThan(bits * 1.6);
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
  it.each<[string, () => SequenceSet | undefined, number]>([
    ["BMS", bmsSet, 1.05],
    ["SIGN", signSet, 2],
    ["LEVIATHAN", leviathanSet, 1.1],
  ])("predicts %s better than the best backoff Markov of orders 1 to 5, and is calibrated", (name, load, least) => {
    const cpe = make();
    const { first, backoff, ratio, bits, calibration } = prequential(cpe, (load() as SequenceSet).sequences);
    cpe.dispose();
    console.log(
      `${name}, standard errors in brackets: top-1 ${shown(first, 2, 100)} %, backoff ${shown(backoff, 2, 100)} %; ${shown(bits, 3)} bits an event; calibration ${shown(calibration, 4)}`,
    );
    expect(ratio.value).toBeGreaterThan(least);
    expect(calibration.value).toBeLessThan(0.015);
  });
});
