import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type RateOptions, Reservoir, type ReservoirOptions } from "../../src/dsr.js";
import { builds } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";
import { RateOracle, type RateSynapse, spectralRadius } from "../oracle/reservoir-rate.js";
import { codeOf, makeReservoir, sameBytes } from "./helpers.js";

/** The synapses of rate neurons in the order in which a step sums them, from where assembly/dsr/reservoir/network.ts keeps them. */
function synapsesOf(reservoir: Reservoir): RateSynapse[] {
  const { buffer } = reservoir.image();
  const [IMAGE, STATE] = [0x20000, 0x200];
  const header = new Uint32Array(buffer, STATE, 64);
  const [neurons, fanIn] = [header[4], header[6]];
  if (fanIn === 0) return [];
  // The offsets of `sources` and `weights` among the header's words.
  const [SOURCES, WEIGHTS] = [48, 42];
  const sources = new Uint16Array(buffer, header[SOURCES] - IMAGE);
  const weights = new Float32Array(buffer, header[WEIGHTS] - IMAGE);
  const all: RateSynapse[] = [];
  for (let target = 0; target < neurons; target++) {
    for (let slot = 0; slot < fanIn; slot++) {
      const at = ((target >> 2) * fanIn + slot) * 4 + (target & 3);
      all.push({ source: sources[at], target, weight: weights[at] });
    }
  }
  return all;
}

/** The synapses as `weights()` tells them, by source. */
function toldSynapses(reservoir: Reservoir): RateSynapse[] {
  const { offsets, targets, weights } = reservoir.weights();
  return Array.from(targets, (target, s) => {
    let source = 0;
    while (offsets[source + 1] <= s) source++;
    return { source, target, weight: weights[s] };
  });
}

describe.each(builds)("rate neurons (%s)", (build) => {
  test("step by step, bit by bit", () => {
    fc.assert(
      fc.property(
        fc.record({
          inputs: fc.integer({ min: 1, max: 4 }),
          neurons: fc.integer({ min: 2, max: 40 }),
          topology: fc.constantFrom("random", "cycle", "orthogonal"),
          connectivity: fc.double({ min: 0, max: 1, noNaN: true }),
          leakRate: fc.constantFrom(1, 0.3, 0.01),
          spectralRadius: fc.constantFrom(0, 0.5, 0.95, 3),
          inputScale: fc.constantFrom(0, 0.1, 20),
          inputConnectivity: fc.constantFrom(0.5, 1),
          bias: fc.constantFrom(0, 0.2),
          seed: fc.integer({ min: -(2 ** 40), max: 2 ** 40 }),
        }),
        ({ connectivity, ...rest }) => {
          const options: RateOptions = { kind: "rate", ...rest, ...(rest.topology === "random" ? { connectivity } : {}) };
          const reservoir = makeReservoir(build, options);
          const synapses = synapsesOf(reservoir);
          expect(reservoir.stats()).toMatchObject({ kind: "rate", inputs: rest.inputs, neurons: rest.neurons, synapses: synapses.length });
          const order = (a: RateSynapse, b: RateSynapse) => a.source - b.source || a.target - b.target;
          expect(toldSynapses(reservoir)).toEqual([...synapses].sort(order));
          const oracle = new RateOracle({ ...rest, seed: BigInt.asUintN(64, BigInt(rest.seed)) }, synapses);
          const random = new Random(rest.seed);
          for (let t = 0; t < 20; t++) {
            const input = Array.from({ length: rest.inputs }, () => (random.next() < 0.2 ? 0 : random.normal()));
            const steps = 1 + random.below(3);
            for (let s = 0; s < steps; s++) oracle.step(input);
            expect(reservoir.step(input, steps)).toBe(0);
            expect(reservoir.state().activation.every((x, i) => x === oracle.activation[i])).toBe(true);
          }
          reservoir.dispose();
        },
      ),
      { numRuns: 60 },
    );
  });

  test("tanh is within 3e-7 everywhere, odd, and never beyond 1", () => {
    // Without recurrence and with one input, an activation is tanh(weight u).
    const reservoir = makeReservoir(build, { kind: "rate", inputs: 1, neurons: 64, spectralRadius: 0, inputScale: 1, seed: 9 });
    reservoir.step([1e-4]);
    const weights = Float64Array.from(reservoir.features(), (y) => Math.atanh(y) * 1e4);
    let worst = 0;
    for (let u = 1e-3; u < 1e3; u *= 1.03) {
      reservoir.step([u]);
      const up = reservoir.features();
      reservoir.step([-u]);
      const down = reservoir.features();
      for (let i = 0; i < up.length; i++) {
        expect(down[i]).toBe(-up[i]);
        expect(Math.abs(up[i])).toBeLessThanOrEqual(1);
        // What the weight is known to costs up to 1e-7 (u w) (1 - tanh^2), which is below 5e-8.
        worst = Math.max(worst, Math.abs(up[i] - Math.tanh(weights[i] * u)));
      }
    }
    expect(worst).toBeLessThan(3e-7);
  });

  test("random weights have the spectral radius that was asked for", () => {
    for (const [neurons, fanIn] of [
      [30, 4],
      [60, 10],
      [60, 59],
      [40, 1],
    ]) {
      for (let seed = 0; seed < 4; seed++) {
        const reservoir = makeReservoir(build, { kind: "rate", inputs: 1, neurons, fanIn, spectralRadius: 0.9, seed });
        const synapses = synapsesOf(reservoir);
        for (let i = 0; i < neurons; i++) {
          const sources = synapses.filter((s) => s.target === i).map((s) => s.source);
          expect(sources.includes(i)).toBe(false);
          expect(new Set(sources).size).toBe(fanIn);
        }
        expect(Math.abs(spectralRadius(neurons, synapses) / 0.9 - 1)).toBeLessThan(0.01);
        reservoir.dispose();
      }
    }
  });

  test("a cycle is one cycle, and an orthogonal network is orthogonal", () => {
    const usual = [2, 3, 7, 8, 100].map((neurons) => makeReservoir(build, { kind: "rate", inputs: 1, neurons, topology: "orthogonal" }));
    expect(usual.map((r) => r.stats().synapses / r.neurons)).toEqual([2, 2, 4, 8, 8]);
    const cycle = synapsesOf(makeReservoir(build, { kind: "rate", inputs: 1, neurons: 17, topology: "cycle", spectralRadius: 0.8 }));
    expect(cycle).toEqual(Array.from({ length: 17 }, (_, i) => ({ source: (i + 16) % 17, target: i, weight: Math.fround(0.8) })));
    for (const [neurons, fanIn] of [
      [16, 8],
      [33, 4],
      [50, 32],
    ]) {
      const synapses = synapsesOf(
        makeReservoir(build, { kind: "rate", inputs: 1, neurons, fanIn, topology: "orthogonal", spectralRadius: 0.9, seed: 3 }),
      );
      const rows = Array.from({ length: neurons }, () => new Float64Array(neurons));
      for (const s of synapses) rows[s.target][s.source] += s.weight;
      for (let i = 0; i < neurons; i++) {
        for (let j = 0; j < neurons; j++) {
          const dot = rows[i].reduce((sum, x, k) => sum + x * rows[j][k], 0);
          expect(Math.abs(dot - (i === j ? 0.81 : 0))).toBeLessThan(1e-6);
        }
      }
      // It mixes: no neuron listens to one other alone.
      if (neurons % 2 === 0) expect(rows.every((row) => row.filter((x) => x !== 0).length > 1)).toBe(true);
    }
  });

  test("states keeps every row, run averages, both as step by step", () => {
    const options: RateOptions = { kind: "rate", inputs: 2, neurons: 50, leakRate: 0.4, seed: 8 };
    const rows = new Random(2).vector(2 * 9);
    const [a, b, c] = [0, 1, 2].map(() => makeReservoir(build, options));
    const means = a.run(rows, { steps: 3, bins: 2 });
    const states = b.states(rows, { steps: 3 });
    const sums = new Float64Array(2 * 50);
    for (let r = 0; r < 9; r++) {
      for (let s = 0; s < 3; s++) {
        c.step(rows.subarray(2 * r, 2 * r + 2));
        c.features().forEach((x, i) => {
          sums[(r < 5 ? 0 : 50) + i] += x;
        });
      }
      expect(states.subarray(50 * r, 50 * (r + 1))).toEqual(c.features());
    }
    expect(means).toEqual(Float32Array.from(sums, (sum, i) => sum / (i < 50 ? 15 : 12)));
    expect(sameBytes(a.image(), c.image())).toBe(true);
    expect(sameBytes(b.image(), c.image())).toBe(true);
    c.reset();
    expect(c.features().every((x) => x === 0)).toBe(true);
    expect([c.spikes().length, c.state().trace.length, c.state().membranePotential.length]).toEqual([0, 0, 0]);
  });

  test("echo state: what was before is forgotten, and silence ends at zero", () => {
    const options: RateOptions = { kind: "rate", inputs: 1, neurons: 80, spectralRadius: 0.8, leakRate: 0.5, seed: 3 };
    const [a, b] = [makeReservoir(build, options), makeReservoir(build, options)];
    a.states(new Random(1).vector(50));
    b.states(new Random(2).vector(50));
    expect(a.features()).not.toEqual(b.features());
    const tail = new Random(3).vector(400);
    a.states(tail);
    b.states(tail);
    const [x, y] = [a.features(), b.features()];
    for (let i = 0; i < x.length; i++) expect(Math.abs(x[i] - y[i])).toBeLessThan(1e-6);
    a.step([0], 5000);
    expect(a.features().every((x) => x === 0)).toBe(true);
  });

  test("bad options", () => {
    const bad: [Partial<RateOptions> | object, string][] = [
      [{ kind: "spike" }, "ERR_ARGUMENT"],
      [{ topology: "ring" }, "ERR_ARGUMENT"],
      [{ topology: "cycle", fanIn: 2 }, "ERR_ARGUMENT"],
      [{ topology: "cycle", connectivity: 0.1 }, "ERR_ARGUMENT"],
      [{ topology: "orthogonal", fanIn: 6 }, "ERR_ARGUMENT"],
      [{ topology: "orthogonal", fanIn: 64 }, "ERR_ARGUMENT"],
      [{ leakRate: 0 }, "ERR_ARGUMENT"],
      [{ leakRate: 1.1 }, "ERR_ARGUMENT"],
      [{ spectralRadius: -1 }, "ERR_ARGUMENT"],
      [{ spectralRadius: Number.NaN }, "ERR_NOT_FINITE"],
      [{ bias: -1 }, "ERR_ARGUMENT"],
      [{ inputScale: 1e7 }, "ERR_ARGUMENT"],
      [{ inputConnectivity: 2 }, "ERR_ARGUMENT"],
      [{ fanIn: 50 }, "ERR_ARGUMENT"],
      [{ fanIn: 5, connectivity: 0.5 }, "ERR_ARGUMENT"],
      [{ threshold: 10 }, "ERR_ARGUMENT"],
      [{ stdp: true }, "ERR_ARGUMENT"],
      [{ kind: "lif", leakRate: 0.5 }, "ERR_ARGUMENT"],
      [{ kind: undefined, spectralRadius: 0.5 }, "ERR_ARGUMENT"],
      [{ maxBytes: 8000 }, "ERR_MEMORY"],
      [{ neurons: 65_536, connectivity: 1 }, "ERR_MEMORY"],
    ];
    for (const [options, code] of bad) {
      const all = { kind: "rate", inputs: 2, neurons: 50, ...options } as ReservoirOptions;
      expect([codeOf(() => makeReservoir(build, all)), options]).toEqual([code, options]);
    }
  });

  test("the largest inputs and weights stay finite", () => {
    const reservoir = makeReservoir(build, {
      kind: "rate",
      inputs: 4,
      neurons: 40,
      inputScale: 1e6,
      bias: 1e6,
      spectralRadius: 100,
      connectivity: 1,
    });
    for (let t = 0; t < 20; t++) {
      reservoir.step([1e9, -1e9, 1e9, 1e9], 5);
      expect(reservoir.features().every((x) => Math.abs(x) <= 1)).toBe(true);
    }
  });
});

test("the image is the same in both builds, and queries leave no trace in it", () => {
  for (const topology of ["random", "cycle", "orthogonal"] as const) {
    const images = builds.flatMap((build) =>
      [true, false].map((queries) => {
        const reservoir = makeReservoir(build, { kind: "rate", inputs: 3, neurons: 100, seed: 12, leakRate: 0.7, bias: 0.1, topology });
        const random = new Random(1);
        for (let t = 0; t < 50; t++) {
          reservoir.step(random.vector(3));
          if (t === 30) reservoir.reset();
          if (!queries) continue;
          reservoir.features();
          reservoir.state();
          reservoir.weights();
          reservoir.stats();
        }
        return reservoir.image();
      }),
    );
    for (const image of images) expect(sameBytes(image, images[0])).toBe(true);
  }
});

test("create draws what createSync draws", async () => {
  const options: RateOptions = { kind: "rate", inputs: 1, neurons: 30, seed: 1 };
  expect((await Reservoir.create(options)).image()).toEqual(Reservoir.createSync(options).image());
});
