import { describe, expect, test } from "vitest";
import { Reservoir, type ReservoirOptions } from "../../src/dsr.js";
import { builds } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";
import { codeOf, makeReservoir, sameBytes } from "./helpers.js";

test("the image is the same in both builds, and queries leave no trace in it", () => {
  const images = builds.flatMap((build) =>
    [true, false].map((queries) => {
      const reservoir = makeReservoir(build, { inputs: 3, neurons: 100, seed: 12, stdp: true, connectivity: 0.3 });
      const random = new Random(1);
      for (let t = 0; t < 300; t++) {
        reservoir.step(random.vector(3).map((x) => 3 * x));
        if (t % 10 === 0) reservoir.run(random.vector(30), { steps: 2, bins: 5 });
        if (t === 100) reservoir.reset();
        if (!queries) continue;
        reservoir.spikes();
        reservoir.state();
        reservoir.weights();
        reservoir.stats();
      }
      return reservoir.image();
    }),
  );
  for (const image of images) expect(sameBytes(image, images[0])).toBe(true);
});

describe.each(builds)("state of Reservoir (%s)", (build) => {
  test("bad options", () => {
    const bad: [Partial<ReservoirOptions> | object, string][] = [
      [{ inputs: 0 }, "ERR_ARGUMENT"],
      [{ inputs: 70_000 }, "ERR_ARGUMENT"],
      [{ neurons: 1 }, "ERR_ARGUMENT"],
      [{ neurons: undefined }, "ERR_ARGUMENT"],
      [{ fanIn: 50 }, "ERR_ARGUMENT"],
      [{ fanIn: 5, connectivity: 0.5 }, "ERR_ARGUMENT"],
      [{ connectivity: 1.1 }, "ERR_ARGUMENT"],
      [{ excitatoryFraction: -0.1 }, "ERR_ARGUMENT"],
      [{ excitatoryFraction: Number.NaN }, "ERR_NOT_FINITE"],
      [{ kWinners: 0 }, "ERR_ARGUMENT"],
      [{ kWinners: 51 }, "ERR_ARGUMENT"],
      [{ timeStep: 0 }, "ERR_ARGUMENT"],
      [{ membraneTimeConstant: 0 }, "ERR_ARGUMENT"],
      [{ membraneTimeConstant: [20, 10] }, "ERR_ARGUMENT"],
      [{ membraneTimeConstant: [20, Infinity] }, "ERR_NOT_FINITE"],
      [{ membraneTimeConstant: 1e6, timeStep: 0.1 }, "ERR_ARGUMENT"],
      [{ membraneTimeConstant: {} }, "ERR_ARGUMENT"],
      [{ threshold: 0 }, "ERR_ARGUMENT"],
      [{ threshold: 10, resetPotential: 10 }, "ERR_ARGUMENT"],
      // The same number in f32: a neuron that has fired once would fire in every step, refractory or not.
      [{ threshold: 15, resetPotential: 14.9999999999 }, "ERR_ARGUMENT"],
      [{ refractoryPeriod: -1 }, "ERR_ARGUMENT"],
      [{ synapticTimeConstant: -1 }, "ERR_ARGUMENT"],
      [{ traceTimeConstant: "30" }, "ERR_NOT_FINITE"],
      [{ inputScale: -1 }, "ERR_ARGUMENT"],
      [{ inputConnectivity: 2 }, "ERR_ARGUMENT"],
      [{ weightScale: 1e9 }, "ERR_ARGUMENT"],
      [{ inhibitionRatio: -4 }, "ERR_ARGUMENT"],
      [{ synapticDelay: -1 }, "ERR_ARGUMENT"],
      [{ synapticDelay: [3, 2] }, "ERR_ARGUMENT"],
      [{ synapticDelay: 5000 }, "ERR_ARGUMENT"],
      [{ synapticDelay: [1, Number.NaN] }, "ERR_NOT_FINITE"],
      [{ neurons: 60_000, fanIn: 0, synapticDelay: 4096, maxBytes: 1e8 }, "ERR_MEMORY"],
      [{ stdp: { aPlus: 2 } }, "ERR_ARGUMENT"],
      [{ stdp: { aMinus: -1 } }, "ERR_ARGUMENT"],
      [{ stdp: { tauPlus: Number.NaN } }, "ERR_NOT_FINITE"],
      [{ stdp: { tauMinus: -1 } }, "ERR_ARGUMENT"],
      [{ stdp: { wMax: -1 } }, "ERR_ARGUMENT"],
      [{ seed: 0.5 }, "ERR_ARGUMENT"],
      [{ neurons: 50, maxBytes: 8000 }, "ERR_MEMORY"],
      [{ neurons: 65_536, connectivity: 1 }, "ERR_MEMORY"],
      [{ inputs: 65_536, neurons: 65_536 }, "ERR_MEMORY"],
      [{ neurons: 60_000, fanIn: 9000, maxBytes: 1e9 }, "ERR_MEMORY"],
    ];
    for (const [options, code] of bad) {
      const all = { inputs: 2, neurons: 50, ...options } as ReservoirOptions;
      expect([codeOf(() => makeReservoir(build, all)), options]).toEqual([code, options]);
    }
    expect(codeOf(() => Reservoir.createSync(null as never))).toBe("ERR_ARGUMENT");
  });

  test("bad input: the code says what, the state is as before", () => {
    const reservoir = makeReservoir(build, { inputs: 2, neurons: 20, stdp: true });
    reservoir.step([3, 3], 20);
    const before = reservoir.image();
    const refused: [() => unknown, string][] = [
      [() => reservoir.step([1]), "ERR_DIMENSION"],
      [() => reservoir.step([1, 2, 3]), "ERR_DIMENSION"],
      [() => reservoir.step(undefined as never), "ERR_ARGUMENT"],
      [() => reservoir.step([1, Number.NaN]), "ERR_NOT_FINITE"],
      [() => reservoir.step([1, -Infinity]), "ERR_NOT_FINITE"],
      [() => reservoir.step([1, "2"] as never), "ERR_NOT_FINITE"],
      [() => reservoir.step([1, 1e10]), "ERR_ARGUMENT"],
      [() => reservoir.step([1, 1], 0), "ERR_ARGUMENT"],
      [() => reservoir.step([1, 1], 1.5), "ERR_ARGUMENT"],
      [() => reservoir.run([1, 2, 3]), "ERR_DIMENSION"],
      [() => reservoir.run([]), "ERR_DIMENSION"],
      [() => reservoir.run([1, 2, 3, Number.NaN]), "ERR_NOT_FINITE"],
      [() => reservoir.run([1, 2], { bins: 0 }), "ERR_ARGUMENT"],
      [() => reservoir.run([1, 2], { steps: -1 }), "ERR_ARGUMENT"],
      [() => reservoir.states([1, 2, 3]), "ERR_DIMENSION"],
      [() => reservoir.states([1, Number.NaN]), "ERR_NOT_FINITE"],
      [() => reservoir.states([1, 2], { steps: 0 }), "ERR_ARGUMENT"],
    ];
    for (const [call, code] of refused) expect([codeOf(call), call.toString()]).toEqual([code, call.toString()]);
    expect(sameBytes(reservoir.image(), before)).toBe(true);
  });

  test("an input that changes while it is read cannot get NaN into the state", () => {
    const reservoir = makeReservoir(build, { inputs: 1, neurons: 20 });
    const before = reservoir.image();
    let reads = 0;
    const input = {
      length: 1,
      get 0() {
        return reads++ === 0 ? 1 : Number.NaN;
      },
    };
    expect(codeOf(() => reservoir.step(input))).toBe("ERR_ARGUMENT");
    for (const call of [() => reservoir.run(input), () => reservoir.states(input)]) {
      reads = 0;
      expect(codeOf(call)).toBe("ERR_ARGUMENT");
    }
    expect(sameBytes(reservoir.image(), before)).toBe(true);
  });

  test("the largest inputs and weights stay finite", () => {
    const reservoir = makeReservoir(build, {
      inputs: 4,
      neurons: 40,
      inputScale: 1e6,
      weightScale: 1e6,
      inhibitionRatio: 1e3,
      membraneTimeConstant: 1e6,
      synapticTimeConstant: 1e6,
      kWinners: 40,
      connectivity: 1,
      refractoryPeriod: 0,
    });
    const random = new Random(1);
    for (let t = 0; t < 50; t++) {
      reservoir.step([1e9, -1e9, random.next() * 1e9, 1e9], 20);
      expect(reservoir.state().membranePotential.every(Number.isFinite)).toBe(true);
    }
  });

  test("more inputs than the window holds", () => {
    const reservoir = makeReservoir(build, { inputs: 20_000, neurons: 16, fanIn: 3, inputScale: 0.5 });
    const input = new Float32Array(20_000).fill(0.5);
    expect(reservoir.step(input, 5)).toBeGreaterThan(0);
    const other = makeReservoir(build, { inputs: 20_000, neurons: 16, fanIn: 3, inputScale: 0.5 });
    other.run(input, { steps: 5 });
    expect(sameBytes(other.image(), reservoir.image())).toBe(true);
  });

  test("after dispose everything is refused, dispose is not", () => {
    const reservoir = makeReservoir(build, { inputs: 1, neurons: 5 });
    reservoir[Symbol.dispose]();
    reservoir.dispose();
    const calls: (() => unknown)[] = [
      () => reservoir.step([1]),
      () => reservoir.run([1]),
      () => reservoir.spikes(),
      () => reservoir.state(),
      () => reservoir.reset(),
      () => reservoir.weights(),
      () => reservoir.stats(),
      () => reservoir.image(),
    ];
    for (const call of calls) expect(codeOf(call)).toBe("ERR_DISPOSED");
  });
});
