import { describe, expect, test } from "vitest";
import { Reservoir, type ReservoirOptions } from "../../src/dsr.js";
import { builds, wasm } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";
import { codeOf, makeReservoir, sameBytes } from "./helpers.js";

const kinds: Record<string, ReservoirOptions> = {
  spiking: { inputs: 2, neurons: 60, seed: -7, inputScale: 8 },
  plastic: { inputs: 2, neurons: 60, seed: 2 ** 40, inputScale: 8, stdp: true, synapticDelay: [1, 9] },
  rate: { kind: "rate", inputs: 3, neurons: 50, seed: 3, leakRate: 0.5 },
  cycle: { kind: "rate", inputs: 1, neurons: 20, topology: "cycle" },
};

function play(reservoir: Reservoir, seed: number, rows: number): Float32Array {
  return reservoir.states(new Random(seed).vector(rows * reservoir.inputs));
}

describe.each(builds)("snapshots of Reservoir (%s)", (build) => {
  // A fresh instance each time.
  const options = () => ({ wasm: wasm("dsr-reservoir", build) });

  test.each(Object.keys(kinds))("%s: what is loaded goes on as the original", async (name) => {
    const original = makeReservoir(build, kinds[name]);
    play(original, 1, 60);
    const file = original.snapshot();
    const copies = [
      Reservoir.loadSync(file, options()),
      await Reservoir.load(new Blob([file]), options()),
      makeReservoir(build, kinds.cycle),
    ];
    copies[2].restore(file);
    const went = play(original, 2, 60);
    for (const copy of copies) {
      expect([copy.kind, copy.inputs, copy.neurons]).toEqual([original.kind, original.inputs, original.neurons]);
      expect(play(copy, 2, 60)).toEqual(went);
      expect(copy.spikes()).toEqual(original.spikes());
      expect(copy.weights()).toEqual(original.weights());
      expect(copy.stats().synapses).toBe(original.stats().synapses);
      expect(sameBytes(copy.image(), original.image())).toBe(true);
      expect(sameBytes(copy.snapshot(), original.snapshot())).toBe(true);
    }
    // The file is the state of then.
    expect(sameBytes(Reservoir.loadSync(file, options()).snapshot(), file)).toBe(true);
  });

  test("damaged and foreign files are refused, and change nothing", () => {
    const reservoir = makeReservoir(build, kinds.spiking);
    play(reservoir, 1, 10);
    const file = reservoir.snapshot();
    const other = makeReservoir(build, kinds.rate);
    const before = other.image();
    const spoilt = (at: number, by = 1) => file.map((x, i) => (i === at ? x ^ by : x));
    for (const bytes of [spoilt(0), spoilt(12), spoilt(16), spoilt(20), spoilt(64 + 600), file.subarray(0, 100), new Uint8Array(0)]) {
      expect(codeOf(() => other.restore(bytes))).toBe("ERR_SNAPSHOT");
      expect(codeOf(() => Reservoir.loadSync(bytes, options()))).toBe("ERR_SNAPSHOT");
    }
    expect(codeOf(() => other.restore(file, { maxBytes: 4096 }))).toBe("ERR_MEMORY");
    expect(sameBytes(other.image(), before)).toBe(true);
    expect([other.kind, other.inputs, other.neurons]).toEqual(["rate", 3, 50]);
  });

  test("a disposed reservoir writes none and takes none", () => {
    const reservoir = makeReservoir(build, kinds.cycle);
    const file = reservoir.snapshot();
    reservoir.dispose();
    expect(codeOf(() => reservoir.snapshot())).toBe("ERR_DISPOSED");
    expect(codeOf(() => reservoir.restore(file))).toBe("ERR_DISPOSED");
    expect(codeOf(() => reservoir.states([1]))).toBe("ERR_DISPOSED");
    expect(codeOf(() => reservoir.features())).toBe("ERR_DISPOSED");
  });
});
