import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Reservoir } from "../../src/dsr.js";
import { builds } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";
import { type OracleDecays, ReservoirOracle } from "../oracle/reservoir.js";
import { makeReservoir } from "./helpers.js";

/** The decay factors, from where assembly/dsr/reservoir/network.ts keeps them in the image. */
function decaysOf(reservoir: Reservoir): OracleDecays {
  const { buffer } = reservoir.image();
  const [IMAGE, STATE] = [0x20000, 0x200];
  const [current, trace, pre, post] = new Float32Array(buffer, STATE + 76, 4);
  const column = new Uint32Array(buffer, STATE + 120, 1)[0] - IMAGE;
  return { membrane: new Float32Array(buffer, column, reservoir.neurons), current, trace, pre, post };
}

describe.each(builds)("Reservoir against the oracle (%s)", (build) => {
  test("step by step, bit by bit", () => {
    fc.assert(
      fc.property(
        fc.record({
          inputs: fc.integer({ min: 1, max: 4 }),
          neurons: fc.integer({ min: 2, max: 40 }),
          winners: fc.double({ min: 0, max: 1, noNaN: true }),
          connectivity: fc.double({ min: 0, max: 1, noNaN: true }),
          excitatoryFraction: fc.constantFrom(0, 0.5, 0.8, 1),
          refractoryPeriod: fc.constantFrom(0, 1, 3),
          resetPotential: fc.constantFrom(0, -5, 3),
          weightScale: fc.constantFrom(0, 1, 6),
          traceTimeConstant: fc.constantFrom(0, 0.5, 3, 30, 1e5),
          plastic: fc.boolean(),
          synapticDelay: fc.constantFrom<readonly [number, number]>([0, 1], [1, 4], [3, 3], [2, 17]),
          seed: fc.integer({ min: -(2 ** 40), max: 2 ** 40 }),
        }),
        ({ inputs, neurons, winners, connectivity, plastic, synapticDelay, seed, ...rest }) => {
          const fanIn = Math.round(connectivity * (neurons - 1));
          const kWinners = 1 + Math.floor(winners * (neurons - 1));
          const common = { inputs, neurons, kWinners, inputScale: 8, inputConnectivity: 0.6, threshold: 12, inhibitionRatio: 3, ...rest };
          const stdp = { aPlus: 0.1, aMinus: 0.12, wMax: 7 };
          const reservoir = makeReservoir(build, {
            ...common,
            connectivity,
            synapticDelay,
            seed,
            stdp: plastic ? { ...stdp, tauPlus: 15 } : false,
          });
          const oracle = new ReservoirOracle(
            {
              ...common,
              fanIn,
              excitatory: Math.round(rest.excitatoryFraction * neurons),
              refractorySteps: rest.refractoryPeriod,
              delays: [Math.max(1, synapticDelay[0]), synapticDelay[1]],
              seed: BigInt.asUintN(64, BigInt(seed)),
              stdp: plastic ? stdp : undefined,
            },
            decaysOf(reservoir),
          );
          expect(reservoir.stats()).toMatchObject({ inputs, neurons, kWinners, synapses: neurons * fanIn });
          const random = new Random(seed);
          for (let t = 0; t < 40; t++) {
            if (t === 30) {
              reservoir.reset();
              oracle.reset();
            }
            const input = Array.from({ length: inputs }, () => (random.next() < 0.2 ? 0 : random.normal()));
            const steps = 1 + random.below(3);
            let spikes = 0;
            for (let s = 0; s < steps; s++) spikes += oracle.step(input);
            expect(reservoir.step(input, steps)).toBe(spikes);
            expect([...reservoir.spikes()]).toEqual(oracle.fired);
            expect(reservoir.spikes().length).toBeLessThanOrEqual(kWinners);
            const { membranePotential, trace } = reservoir.state();
            // Array equality and not toEqual of the arrays: 0 and -0 are the same potential.
            expect(membranePotential.every((v, i) => v === oracle.potential[i])).toBe(true);
            expect(trace.every((v, i) => v === oracle.trace[i])).toBe(true);
          }
          const { offsets, targets, weights, delays } = reservoir.weights();
          expect([...targets]).toEqual(oracle.synapses.map((s) => s.target));
          expect(weights.every((w, i) => w === oracle.told(oracle.synapses[i]))).toBe(true);
          expect([...delays]).toEqual(oracle.synapses.map((s) => s.delay));
          const sources = oracle.synapses.map((s) => s.source);
          for (let i = 0; i <= neurons; i++) expect(offsets[i]).toBe(sources.filter((s) => s < i).length);
          reservoir.dispose();
        },
      ),
      { numRuns: 40 },
    );
  });

  // Spikes are delivered 32 neurons at a time, and of each the first 128 synapses in another way than the rest.
  test.each([1, 30, 128, 250, 299])("more spikes than are delivered at once, %i synapses each", (fanIn) => {
    const common = {
      inputs: 1,
      neurons: 300,
      fanIn,
      kWinners: 300,
      threshold: 12,
      inputScale: 9,
      inputConnectivity: 0.5,
      weightScale: 0.2,
    };
    const inhibition = { inhibitionRatio: 3, resetPotential: 0 };
    const reservoir = makeReservoir(build, { ...common, ...inhibition, excitatoryFraction: 0.8, refractoryPeriod: 1, seed: 8 });
    const options = { ...common, ...inhibition, excitatory: 240, refractorySteps: 1, delays: [1, 1] as const, seed: 8n };
    const oracle = new ReservoirOracle(options, decaysOf(reservoir));
    let most = 0;
    for (let t = 0; t < 30; t++) {
      most = Math.max(most, oracle.step([t % 3]));
      expect(reservoir.step([t % 3])).toBe(oracle.fired.length);
      expect([...reservoir.spikes()]).toEqual(oracle.fired);
      const { membranePotential } = reservoir.state();
      expect(membranePotential.every((v, i) => v === oracle.potential[i])).toBe(true);
    }
    expect(most).toBeGreaterThan(32);
    reservoir.dispose();
  });

  test("the decay factors are e^(-dt / tau)", () => {
    const reservoir = makeReservoir(build, {
      inputs: 1,
      neurons: 50,
      timeStep: 0.5,
      membraneTimeConstant: [4, 25],
      synapticTimeConstant: 0,
      traceTimeConstant: 100,
      stdp: { tauPlus: 12, tauMinus: 34 },
    });
    const { membrane, current, trace, pre, post } = decaysOf(reservoir);
    expect(current).toBe(0);
    expect(trace).toBeCloseTo(Math.exp(-0.5 / 100), 6);
    expect(pre).toBeCloseTo(Math.exp(-0.5 / 12), 6);
    expect(post).toBeCloseTo(Math.exp(-0.5 / 34), 6);
    const taus = Array.from(membrane, (keep) => -0.5 / Math.log(keep));
    for (const tau of taus) {
      expect(tau).toBeGreaterThan(3.999);
      expect(tau).toBeLessThan(25.001);
    }
    expect(Math.max(...taus) - Math.min(...taus)).toBeGreaterThan(15);
  });

  test("one neuron charges as the closed form says", () => {
    const reservoir = makeReservoir(build, {
      inputs: 1,
      neurons: 2,
      fanIn: 0,
      membraneTimeConstant: 10,
      inputConnectivity: 1,
      threshold: 1e6,
      seed: 3,
    });
    reservoir.step([1], 1);
    const [drive] = reservoir.state().membranePotential;
    reservoir.step([1], 49);
    const keep = Math.exp(-0.1);
    expect(reservoir.state().membranePotential[0]).toBeCloseTo((drive * (1 - keep ** 50)) / (1 - keep), 3);
    reservoir.step([0], 20);
    expect(reservoir.state().membranePotential[0]).toBeCloseTo(((drive * (1 - keep ** 50)) / (1 - keep)) * keep ** 20, 3);
  });

  test("run is reset-free steps with counted spikes", () => {
    const options = { inputs: 3, neurons: 60, seed: 8 };
    const random = new Random(2);
    const rows = Float32Array.from({ length: 3 * 7 }, () => 2 * random.normal());
    const a = makeReservoir(build, options);
    const rates = a.run(rows, { steps: 5, bins: 3 });
    const b = makeReservoir(build, options);
    const counts = new Float64Array(3 * 60);
    const rowsOf = [0, 0, 0];
    for (let r = 0; r < 7; r++) {
      const bin = Math.floor((r * 3) / 7);
      rowsOf[bin]++;
      for (let s = 0; s < 5; s++) {
        b.step(rows.subarray(3 * r, 3 * r + 3));
        for (const i of b.spikes()) counts[bin * 60 + i]++;
      }
    }
    expect(rates).toEqual(Float32Array.from(counts, (c, i) => c / (5 * rowsOf[Math.floor(i / 60)])));
    expect(a.image()).toEqual(b.image());
    expect(rates.some((x) => x > 0)).toBe(true);
    // Fewer rows than bins: the others stay zero.
    expect(
      a
        .run([1, 2, 3], { bins: 4 })
        .subarray(60)
        .every((x) => x === 0),
    ).toBe(true);
  });
});

test("run counts more spikes than an f32 can", () => {
  const steps = 20_000_000;
  const reservoir = makeReservoir("release", {
    inputs: 1,
    neurons: 2,
    fanIn: 0,
    refractoryPeriod: 0,
    kWinners: 2,
    inputConnectivity: 1,
    inputScale: 1e5,
    seed: 3,
  });
  // One of the two neurons gets a positive input, and fires in every step.
  expect([...reservoir.run([1e6], { steps })]).toEqual([1, 0]);
});

describe.each(builds)("what a reservoir is for (%s)", (build) => {
  const options = { inputs: 2, neurons: 200, seed: 4 };
  const stream = (seed: number, length: number) => {
    const random = new Random(seed);
    return Array.from({ length }, () => [2 * random.normal(), 2 * random.normal()]);
  };
  const traceAfter = (rows: number[][]) => {
    const reservoir = makeReservoir(build, options);
    for (const row of rows) reservoir.step(row);
    return reservoir.state().trace;
  };
  const distance = (a: Float32Array, b: Float32Array) => Math.sqrt(a.reduce((sum, x, i) => sum + (x - b[i]) ** 2, 0));

  test("separation: other inputs, other states; the more different, the further apart", () => {
    const rows = stream(1, 150);
    const near = rows.map(([x, y]) => [x * 1.02, y]);
    const base = traceAfter(rows);
    expect(distance(base, traceAfter(rows))).toBe(0);
    expect(distance(base, traceAfter(near))).toBeGreaterThan(0);
    expect(distance(base, traceAfter(stream(2, 150)))).toBeGreaterThan(distance(base, traceAfter(near)));
  });

  test("fading memory: different pasts are forgotten under the same input", () => {
    const tail = stream(7, 600);
    const gaps = [0, 50, 600].map((shared) =>
      distance(traceAfter([...stream(1, 100), ...tail.slice(0, shared)]), traceAfter([...stream(2, 100), ...tail.slice(0, shared)])),
    );
    expect(gaps[1]).toBeLessThan(gaps[0]);
    expect(gaps[2]).toBeLessThan(0.5 * gaps[0]);
  });

  test("lateral inhibition: never more than k winners, and those bind", () => {
    const reservoir = makeReservoir(build, { ...options, kWinners: 7, inputScale: 30 });
    let full = 0;
    for (const row of stream(3, 300)) {
      const spikes = reservoir.step(row);
      expect(spikes).toBe(reservoir.spikes().length);
      expect(spikes).toBeLessThanOrEqual(7);
      if (spikes === 7) full++;
    }
    expect(full).toBeGreaterThan(20);
  });

  test("plasticity changes excitatory weights within their bounds, and only those", () => {
    const plastic = { ...options, stdp: { aPlus: 0.05, wMax: 1.2 } };
    const before = makeReservoir(build, plastic);
    const after = makeReservoir(build, plastic);
    for (const row of stream(5, 1500)) after.step(row);
    const a = before.weights();
    const b = after.weights();
    const firstInhibitory = a.offsets[160];
    let changed = 0;
    for (let s = 0; s < a.weights.length; s++) {
      if (s >= firstInhibitory) expect(b.weights[s]).toBe(a.weights[s]);
      else {
        expect(b.weights[s]).toBeGreaterThanOrEqual(0);
        expect(b.weights[s]).toBeLessThanOrEqual(Math.fround(1.2));
        if (b.weights[s] !== a.weights[s]) changed++;
      }
    }
    expect(changed).toBeGreaterThan(0.3 * firstInhibitory);
    // Reset keeps what was learned.
    after.reset();
    expect(after.weights()).toEqual(b);
    expect(after.state().trace.every((x) => x === 0)).toBe(true);
    // Off: nothing changes.
    const fixed = makeReservoir(build, options);
    const drawn = fixed.weights();
    for (const row of stream(5, 300)) fixed.step(row);
    expect(fixed.weights()).toEqual(drawn);
    expect(makeReservoir(build, { ...options, stdp: true }).stats().stateBytes).toBeGreaterThan(fixed.stats().stateBytes);
  });

  test("plasticity is causal: a source that fires before its target gains, after it loses", () => {
    // Each neuron has its own input, and no synapse is strong enough to make another fire.
    const make = (seed: number) =>
      makeReservoir(build, {
        inputs: 2,
        neurons: 2,
        fanIn: 1,
        excitatoryFraction: 1,
        kWinners: 2,
        inputConnectivity: 0.5,
        inputScale: 100,
        weightScale: 0.01,
        stdp: { aPlus: 0.1, aMinus: 0.1 },
        seed,
      });
    // A seed whose inputs reach one neuron each.
    const alone = (seed: number) =>
      [0, 1].every((i) => {
        const r = make(seed);
        r.step(i === 0 ? [1, 0] : [0, 1]);
        const up = r.spikes();
        return up.length === 1 && up[0] === i;
      });
    let seed = 0;
    while (!alone(seed)) seed++;
    const reservoir = make(seed);
    const before = reservoir.weights();
    for (let i = 0; i < 20; i++) {
      reservoir.step([1, 0]);
      reservoir.step([0, 0], 2);
      reservoir.step([0, 1]);
      reservoir.step([0, 0], 200);
    }
    const after = reservoir.weights();
    // Neuron 0 fires before neuron 1: its synapse to 1 gains, the one back loses.
    expect(after.weights[0]).toBeGreaterThan(before.weights[0]);
    expect(after.weights[1]).toBeLessThan(before.weights[1]);
  });

  test("synaptic delays: a spike arrives when its synapse says", () => {
    // The inputs reach every neuron, but only the first step has one; the threshold lets that fire some, and what they send no other.
    const reservoir = makeReservoir(build, {
      inputs: 1,
      neurons: 40,
      fanIn: 3,
      excitatoryFraction: 1,
      kWinners: 40,
      timeStep: 0.5,
      membraneTimeConstant: 0.01,
      synapticTimeConstant: 0,
      inputConnectivity: 1,
      inputScale: 100,
      threshold: 50,
      weightScale: 0.5,
      synapticDelay: [1, 6],
      seed: 5,
    });
    const { offsets, targets, weights, delays } = reservoir.weights();
    expect([Math.min(...delays), Math.max(...delays)]).toEqual([2, 12]);
    reservoir.step([1]);
    const fired = reservoir.spikes();
    expect(fired.length).toBeGreaterThan(3);
    for (let t = 1; t <= 14; t++) {
      reservoir.step([0]);
      const expected = new Float64Array(40);
      for (const i of fired) for (let s = offsets[i]; s < offsets[i + 1]; s++) if (delays[s] === t) expected[targets[s]] += weights[s];
      const { membranePotential } = reservoir.state();
      // A refractory neuron does not integrate what comes.
      membranePotential.forEach((v, i) => {
        if (!(fired.includes(i) && t <= 4)) expect(v).toBeCloseTo(expected[i], 4);
      });
    }
  });

  test("silence ends at zero, not at subnormal numbers", () => {
    const reservoir = makeReservoir(build, { ...options, stdp: true });
    for (const row of stream(8, 50)) reservoir.step(row);
    reservoir.step([0, 0], 3000);
    const { membranePotential, trace } = reservoir.state();
    expect(membranePotential.every((v) => v === 0)).toBe(true);
    expect(trace.every((v) => v === 0)).toBe(true);
  });

  test("reset brings the same answers again", () => {
    const reservoir = makeReservoir(build, options);
    const rows = stream(6, 100).flat();
    const first = reservoir.run(rows);
    reservoir.reset();
    expect(reservoir.spikes().length).toBe(0);
    expect(reservoir.run(rows)).toEqual(first);
  });
});

test("create draws what createSync draws, another seed something else", async () => {
  const a = await Reservoir.create({ inputs: 1, neurons: 30, seed: 1 });
  const b = Reservoir.createSync({ inputs: 1, neurons: 30, seed: 1 });
  const c = Reservoir.createSync({ inputs: 1, neurons: 30, seed: 2 ** 32 + 1 });
  expect(a.image()).toEqual(b.image());
  expect(a.weights()).not.toEqual(c.weights());
});
