import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  DeltaEncoder,
  firstSpikeTimes,
  LatencyEncoder,
  PopulationEncoder,
  RankOrderEncoder,
  RateEncoder,
  Reservoir,
  type SpikeEncoder,
} from "../../src/dsr.js";
import { Random } from "../helpers/random.js";
import { activationsOracle, asRows, deltaOracle, latencyOracle, orderOracle } from "../oracle/encoders.js";
import { codeOf } from "./helpers.js";

const number = fc.double({ min: -3, max: 3, noNaN: true });
const vector = fc.array(number, { minLength: 1, maxLength: 8 });
const range = fc.tuple(fc.double({ min: -2, max: 0, noNaN: true }), fc.double({ min: 0.5, max: 2, noNaN: true }));
const clip = (x: number, min: number, max: number) => Math.min(max, Math.max(min, x));
const sum = (xs: ArrayLike<number>) => Array.from(xs).reduce((a, b) => a + b, 0);

describe("RateEncoder", () => {
  test("spikes as often as it should, input by input, and decodes to the value", () => {
    const steps = 20_000;
    const input = [-1, -0.5, 0.3, 1, 7];
    const encoder = new RateEncoder({ inputs: 5, steps, min: -1, max: [1, 1, 1, 1, 10], maxRate: 0.8, seed: 3 });
    const spikes = encoder.encode(input);
    expect(spikes.every((s) => s === 0 || s === 1)).toBe(true);
    const decoded = encoder.decode(spikes);
    // Six standard deviations of the mean of Bernoulli trials, in units of the value.
    input.forEach((x, i) => {
      expect(Math.abs(decoded[i] - x)).toBeLessThan((6 * 0.5 * (i === 4 ? 11 : 2)) / 0.8 / Math.sqrt(steps) + 1e-12);
    });
    expect(decoded[0]).toBe(-1);
    // Steps do not depend on each other, nor inputs: pairs of spikes are as frequent as the product says.
    const half = new RateEncoder({ inputs: 2, steps, seed: 9 }).encode([0.5, 0.5]);
    let together = 0;
    let inTurn = 0;
    for (let t = 0; t + 1 < steps; t++) {
      together += half[2 * t] * half[2 * t + 1];
      inTurn += half[2 * t] * half[2 * t + 2];
    }
    expect(Math.abs(together / steps - 0.25)).toBeLessThan(0.02);
    expect(Math.abs(inTurn / steps - 0.25)).toBeLessThan(0.02);
  });

  test("a function of seed and calls; reset starts again", () => {
    const options = { inputs: 3, steps: 50, seed: 2 ** 40 + 5 };
    const a = new RateEncoder(options);
    const b = new RateEncoder(options);
    const first = a.encode([0.5, 0.4, 0.6]);
    const second = a.encode([0.5, 0.4, 0.6]);
    expect(b.encodeRows([0.5, 0.4, 0.6, 0.5, 0.4, 0.6])).toEqual(Float32Array.of(...first, ...second));
    expect(first).not.toEqual(second);
    a.reset();
    expect(a.encode([0.5, 0.4, 0.6])).toEqual(first);
    expect(new RateEncoder({ ...options, seed: 5 }).encode([0.5, 0.4, 0.6])).not.toEqual(first);
    expect(new RateEncoder({ ...options, seed: -1 }).encode([0.5, 0.4, 0.6])).not.toEqual(first);
  });

  test("the ends: never, and always", () => {
    const encoder = new RateEncoder({ inputs: 2, steps: 1000 });
    expect(encoder.decode(encoder.encode([0, 1]))).toEqual(Float64Array.of(0, 1));
  });
});

describe("LatencyEncoder", () => {
  test("is what the definition says; decodes within half a step; larger is sooner", () => {
    fc.assert(
      fc.property(vector, fc.integer({ min: 1, max: 40 }), range, (input, steps, [min, max]) => {
        const encoder = new LatencyEncoder({ inputs: input.length, steps, min, max });
        const spikes = encoder.encode(input);
        expect(spikes).toEqual(asRows(latencyOracle(input, steps, min, max), steps, input.length));
        const decoded = encoder.decode(spikes);
        if (steps > 1) {
          input.forEach((x, i) => {
            expect(Math.abs(decoded[i] - clip(x, min, max))).toBeLessThan(((max - min) / (steps - 1)) * 0.5 + 1e-9);
          });
        }
        const times = firstSpikeTimes(spikes, input.length, 0.5);
        for (let i = 0; i < input.length; i++)
          for (let j = 0; j < i; j++) if (input[i] > input[j]) expect(times[i]).toBeLessThanOrEqual(times[j]);
        expect(sum(spikes)).toBe(input.length);
      }),
    );
  });

  test("the example of its page; silence is min", () => {
    const encoder = new LatencyEncoder({ inputs: 3, steps: 11 });
    expect([...firstSpikeTimes(encoder.encode([1, 0.5, 0]), encoder.channels)]).toEqual([0, 5, 10]);
    expect([...encoder.decode(new Float32Array(33))]).toEqual([0, 0, 0]);
    expect([...firstSpikeTimes([0, 0, 0, 1], 2, 2)]).toEqual([Infinity, 2]);
  });
});

describe("PopulationEncoder", () => {
  test("activations are Gaussian fields with the centres and widths of Bohte et al.; spikes follow them", () => {
    fc.assert(
      fc.property(
        vector,
        fc.integer({ min: 3, max: 20 }),
        fc.integer({ min: 2, max: 50 }),
        range,
        fc.constantFrom(1, 1.5, 2),
        (input, neurons, steps, [min, max], beta) => {
          const encoder = new PopulationEncoder({ inputs: input.length, neurons, steps, min, max, beta });
          const got = encoder.activations(input);
          const want = input.flatMap((x) => activationsOracle(x, neurons, min, max, beta));
          got.forEach((a, c) => {
            expect(Math.abs(a - want[c])).toBeLessThan(1e-9);
          });
          const times = firstSpikeTimes(encoder.encode(input), encoder.channels);
          times.forEach((t, c) => {
            expect(t).toBe(got[c] < 0.1 ? Infinity : Math.round((1 - got[c]) * (steps - 1)));
          });
        },
      ),
    );
  });

  test("decodes to near the input", () => {
    const encoder = new PopulationEncoder({ inputs: 1, neurons: 12, steps: 100, min: -5, max: 5 });
    for (let x = -5; x <= 5; x += 0.1) expect(Math.abs(encoder.decode(encoder.encode([x]))[0] - x)).toBeLessThan(0.35);
    const few = new PopulationEncoder({ inputs: 1, neurons: 5, steps: 100, min: -5, max: 5 });
    for (let x = -5; x <= 5; x += 0.1) expect(Math.abs(few.decode(few.encode([x]))[0] - x)).toBeLessThan(1);
    expect(few.decode(new Float32Array(500))[0]).toBe(0);
  });

  test("what a readout of the input cannot tell, one of the population can", () => {
    // Inside or outside of an interval: not linear in the value.
    const encoder = new PopulationEncoder({ inputs: 1, neurons: 8, steps: 20 });
    const inside = encoder.encode([0.5]);
    expect(inside).not.toEqual(encoder.encode([0.2]));
    expect(firstSpikeTimes(encoder.encode([0.2]), 8)).not.toEqual(firstSpikeTimes(encoder.encode([0.8]), 8));
  });
});

describe("RankOrderEncoder", () => {
  test("is the order of the values; increasing functions change nothing", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1, maxLength: 12 }), (input) => {
        const encoder = new RankOrderEncoder({ inputs: input.length });
        const order = orderOracle(input);
        expect([...encoder.order(input)]).toEqual(order);
        const spikes = encoder.encode(input);
        expect(spikes).toEqual(
          asRows(
            order.map((i, t) => [t, i]),
            input.length,
            input.length,
          ),
        );
        expect([...encoder.decode(spikes)]).toEqual(input.map((_, i) => order.indexOf(i)));
        expect(encoder.encode(input.map((x) => x ** 3 + 2 * x - 7))).toEqual(spikes);
      }),
    );
  });

  test("fewer steps than inputs are shared evenly", () => {
    const encoder = new RankOrderEncoder({ inputs: 6, steps: 3 });
    const spikes = encoder.encode([1, 6, 2, 5, 3, 4]);
    expect([...firstSpikeTimes(spikes, 6)]).toEqual([2, 0, 2, 0, 1, 1]);
    expect([...encoder.decode(spikes)]).toEqual([4, 0, 4, 0, 2, 2]);
    expect([...encoder.decode(new Float32Array(18))]).toEqual([6, 6, 6, 6, 6, 6]);
  });
});

describe("DeltaEncoder", () => {
  test("is a reference that follows by whole thresholds; the sum of spikes gives the stream back", () => {
    fc.assert(
      fc.property(
        fc
          .integer({ min: 1, max: 3 })
          .chain((inputs) => fc.array(fc.array(number, { minLength: inputs, maxLength: inputs }), { minLength: 1, maxLength: 20 })),
        fc.constantFrom(0.25, 0.5, 1.5),
        fc.integer({ min: 1, max: 30 }),
        (rows, threshold, steps) => {
          const inputs = rows[0].length;
          const encoder = new DeltaEncoder({ inputs, threshold, steps });
          const spikes = encoder.encodeRows(rows.flat());
          expect(spikes).toEqual(asRows(deltaOracle(rows, threshold, steps), rows.length * steps, 2 * inputs));
          const back = encoder.decodeRows(spikes, rows[0]);
          // No row here moves by more than 6, so 24 steps always suffice.
          if (steps >= 24) {
            rows.flat().forEach((x, i) => {
              expect(Math.abs(back[i] - x)).toBeLessThan(threshold + 1e-12);
            });
          }
          expect(encoder.reconstruction()).toEqual(back.subarray(back.length - inputs));
          encoder.reset();
          expect(rows.flatMap((row) => [...encoder.encode(row)])).toEqual([...spikes]);
        },
      ),
    );
  });

  test("a stream that stands still is silent; one that runs away is caught up with", () => {
    const encoder = new DeltaEncoder({ inputs: 2, threshold: [1, 2] });
    expect(sum(encoder.encodeRows([5, 5, 5, 5, 5, 5]))).toBe(0);
    const spikes = encoder.encodeRows([5, 11, 5, 11, 5, 11, 5, 11]);
    expect([...spikes]).toEqual([0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0]);
  });
});

test("codes drive a reservoir: latencies of two patterns with the same sum are told apart", () => {
  const encoder = new LatencyEncoder({ inputs: 4, steps: 20 });
  const reservoir = Reservoir.createSync({ inputs: encoder.channels, neurons: 50, inputScale: 40, seed: 1 });
  const rates = [
    [1, 0.2, 0.9, 0.1],
    [0.1, 0.9, 0.2, 1],
  ].map((x) => {
    reservoir.reset();
    return reservoir.run(encoder.encode(x));
  });
  expect(sum(rates[0])).toBeGreaterThan(0);
  expect(rates[0]).not.toEqual(rates[1]);
});

test("bad input: the code says what, nothing changes", () => {
  const delta = new DeltaEncoder({ inputs: 2, threshold: 0.5 });
  const rate = new RateEncoder({ inputs: 2, steps: 20, seed: 1 });
  const encoders: SpikeEncoder[] = [
    delta,
    rate,
    new LatencyEncoder({ inputs: 2, steps: 4 }),
    new PopulationEncoder({ inputs: 2, neurons: 4, steps: 4 }),
    new RankOrderEncoder({ inputs: 2 }),
  ];
  delta.encode([1, 2]);
  for (const encoder of encoders) {
    expect(codeOf(() => encoder.encode([1]))).toBe("ERR_DIMENSION");
    expect(codeOf(() => encoder.encode([1, Number.NaN]))).toBe("ERR_NOT_FINITE");
    expect(codeOf(() => encoder.encode([1, 1e101]))).toBe("ERR_ARGUMENT");
    expect(codeOf(() => encoder.encode(undefined as never))).toBe("ERR_ARGUMENT");
    expect(codeOf(() => encoder.encodeRows([]))).toBe("ERR_DIMENSION");
    expect(codeOf(() => encoder.encodeRows([1, 2, 3]))).toBe("ERR_DIMENSION");
    expect(codeOf(() => encoder.encodeRows([1, 2, 3, Infinity]))).toBe("ERR_NOT_FINITE");
  }
  expect([...delta.reconstruction()]).toEqual([1, 2]);
  expect(rate.encode([0.5, 0.5])).toEqual(new RateEncoder({ inputs: 2, steps: 20, seed: 1 }).encode([0.5, 0.5]));
  const refused: [() => unknown, string][] = [
    [() => new RateEncoder(undefined as never), "ERR_ARGUMENT"],
    [() => new RateEncoder({ inputs: 0, steps: 1 }), "ERR_ARGUMENT"],
    [() => new RateEncoder({ inputs: 1, steps: 0 }), "ERR_ARGUMENT"],
    [() => new RateEncoder({ inputs: 1, steps: 1, maxRate: 0 }), "ERR_ARGUMENT"],
    [() => new RateEncoder({ inputs: 1, steps: 1, seed: 0.5 }), "ERR_ARGUMENT"],
    [() => new RateEncoder({ inputs: 1, steps: 1, min: 1, max: 1 }), "ERR_ARGUMENT"],
    [() => new LatencyEncoder({ inputs: 2, steps: 1, min: [0] }), "ERR_DIMENSION"],
    [() => new LatencyEncoder({ inputs: 2, steps: 1, max: Number.NaN }), "ERR_NOT_FINITE"],
    [() => new LatencyEncoder({ inputs: 2, steps: 1, max: "1" as never }), "ERR_ARGUMENT"],
    [() => new PopulationEncoder({ inputs: 1, neurons: 2, steps: 1 }), "ERR_ARGUMENT"],
    [() => new PopulationEncoder({ inputs: 60_000, neurons: 3, steps: 1 }), "ERR_ARGUMENT"],
    [() => new PopulationEncoder({ inputs: 1, neurons: 3, steps: 1, beta: 0 }), "ERR_ARGUMENT"],
    [() => new RankOrderEncoder({ inputs: 2, steps: 3 }), "ERR_ARGUMENT"],
    [() => new DeltaEncoder({ inputs: 1, threshold: 0 }), "ERR_ARGUMENT"],
    [() => new DeltaEncoder({ inputs: 1, threshold: [1, 2] }), "ERR_DIMENSION"],
    [() => new DeltaEncoder({ inputs: 1 } as never), "ERR_ARGUMENT"],
    [() => rate.decode([1]), "ERR_DIMENSION"],
    [() => delta.decodeRows([1, 0, 0], [0, 0]), "ERR_DIMENSION"],
    [() => delta.decodeRows([1, 0, 0, 0], [0]), "ERR_DIMENSION"],
    [() => new LatencyEncoder({ inputs: 65_536, steps: 65_536 }).encodeRows(new Float32Array(65_536 * 16)), "ERR_MEMORY"],
    [() => firstSpikeTimes([1, 0, 1], 2), "ERR_DIMENSION"],
    [() => firstSpikeTimes([1, 0], 2, 0), "ERR_ARGUMENT"],
  ];
  for (const [call, code] of refused) expect([codeOf(call), call.toString()]).toEqual([code, call.toString()]);
});

test("the same spikes as when this was written: no arithmetic of the platform is in them", () => {
  const random = new Random(4);
  const rows = Array.from({ length: 40 }, () => random.next());
  const fingerprint = (spikes: Float32Array) => spikes.reduce((h, s, i) => (Math.imul(h, 31) + (s !== 0 ? i + 1 : 0)) | 0, 7);
  const all = [
    new RateEncoder({ inputs: 4, steps: 16, seed: 12 }),
    new LatencyEncoder({ inputs: 4, steps: 16 }),
    new PopulationEncoder({ inputs: 4, neurons: 6, steps: 16 }),
    new RankOrderEncoder({ inputs: 4 }),
    new DeltaEncoder({ inputs: 4, threshold: 0.1, steps: 4 }),
  ].map((encoder) => fingerprint(encoder.encodeRows(rows)));
  expect(all).toMatchInlineSnapshot(`
    [
      1242906138,
      1344959631,
      483384440,
      -760252293,
      159338322,
    ]
  `);
});
