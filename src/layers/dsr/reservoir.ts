import { badArgument, MfnError } from "../../errors.js";
import type { Bytes, Milliseconds } from "../../types.js";
import { dsrReservoirModule } from "../../wasm/generated/dsr-reservoir.js";
import {
  checkArray,
  checkInteger,
  checkNumber,
  Kernel,
  type KernelExports,
  type LayerOptions,
  limitBytes,
  seedHalves,
  WINDOW,
} from "../../wasm/kernel.js";
import { Layer } from "../../wasm/layer.js";
import { instantiate, instantiateSync } from "../../wasm/source.js";

interface ReservoirExports extends KernelExports {
  reservoirInit(limitBytes: number): number;
  reservoirStep(input: number, steps: number, counts: number): number;
  reservoirReset(): void;
  reservoirColumn(which: number): number;
  reservoirFired(): number;
}

/** An electric potential, or a weight as the change of one. */
export type Millivolts = number;

/** Columns of the module; numbers of assembly/dsr/lif.ts. */
const POTENTIAL = 0;
const TRACE = 1;
const FIRED = 2;
const OFFSETS = 3;
const SYNAPSES = 4;

/** The most an input may be, in magnitude. */
const MOST_INPUT = 1e9;
/** The most a potential, weight or scale may be, in magnitude: with MOST_INPUT it keeps all arithmetic far below overflow. */
const MOST_MV = 1e6;
/** The most steps that a time constant may last: beyond, its decay would be lost in the rounding of f32. */
const MOST_STEPS = 1e6;

/** Spike-timing-dependent plasticity: how spikes change the weights of excitatory synapses. */
export interface StdpOptions {
  /** Gain of a weight, as a fraction of `wMax`, when the target fires and the source's trace is 1; default 0.005. */
  aPlus?: number;
  /** Loss of a weight, as a fraction of `wMax`, when the source fires and the target's trace is 1; default 1.05 aPlus. */
  aMinus?: number;
  /** Time constant of the source's trace; default 20. */
  tauPlus?: Milliseconds;
  /** Time constant of the target's trace; default 20. */
  tauMinus?: Milliseconds;
  /** The largest weight; default 2 `weightScale`, the largest a weight is drawn. The smallest is 0. */
  wMax?: Millivolts;
}

/** What a reservoir is made of. Potentials are in mV above rest. */
export interface ReservoirOptions extends LayerOptions {
  /** Numbers that a step takes: 1 to 65,536. */
  inputs: number;
  /** Neurons: 2 to 65,536. */
  neurons: number;
  /** Recurrent synapses that each neuron receives, from as many other neurons; default 20, or all others if fewer. */
  fanIn?: number;
  /** The same as a fraction of the other neurons; give this or `fanIn`. */
  connectivity?: number;
  /** Fraction of the neurons that excite; the others inhibit. Default 0.8. */
  excitatoryFraction?: number;
  /** Lateral inhibition: the most neurons that fire in one step, those with the largest overshoot. Default: a tenth, rounded up. */
  kWinners?: number;
  /** Duration of a step; default 1. */
  timeStep?: Milliseconds;
  /** Time constant of the membrane, or the range from which each neuron draws its own; default [5, 30]. */
  membraneTimeConstant?: Milliseconds | readonly [least: Milliseconds, most: Milliseconds];
  /** Potential at which a neuron fires, > 0; default 15. */
  threshold?: Millivolts;
  /** Potential after a spike, below the threshold; default 0. */
  resetPotential?: Millivolts;
  /** Time after a spike during which a neuron stays at the reset potential, in whole steps; default 2. */
  refractoryPeriod?: Milliseconds;
  /** Time constant of the synaptic currents; 0 for currents of one step. Default 2. */
  synapticTimeConstant?: Milliseconds;
  /** Time constant of the traces that `state` returns; default 30. */
  traceTimeConstant?: Milliseconds;
  /** Largest weight of an input, per step and unit of input; weights are uniform in +-inputScale. Default 5. */
  inputScale?: Millivolts;
  /** Probability that an input reaches a neuron; default 0.3. */
  inputConnectivity?: number;
  /** Mean weight of an excitatory synapse; weights are uniform in (0, 2 weightScale). Default 0.75. */
  weightScale?: Millivolts;
  /** Mean weight of an inhibitory synapse, as a multiple of weightScale; default 4. */
  inhibitionRatio?: number;
  /** Plasticity; default false: weights stay as they were drawn. */
  stdp?: StdpOptions | boolean;
}

/** What a readout sees of a reservoir. Entry i belongs to neuron i. */
export interface ReservoirState {
  /** mV above rest. */
  membranePotential: Float32Array;
  /** Filtered spike trains: each spike adds 1, then it decays with traceTimeConstant. The usual features of a readout. */
  trace: Float32Array;
}

/** The recurrent synapses, as compressed sparse rows: those of neuron i are entries offsets[i] to offsets[i + 1] - 1. */
export interface ReservoirWeights {
  offsets: Uint32Array;
  targets: Int32Array;
  /** mV; negative from inhibitory neurons. */
  weights: Float32Array;
}

/** What to do with a sequence. */
export interface RunOptions {
  /** Steps under each row of the input; default 1. */
  steps?: number;
  /** Equal parts of the sequence for which spikes are counted apart; default 1. */
  bins?: number;
}

/** What a reservoir holds. */
export interface ReservoirStats {
  inputs: number;
  neurons: number;
  excitatory: number;
  synapses: number;
  kWinners: number;
  /** Bytes of the state. */
  stateBytes: Bytes;
  /** Bytes of WebAssembly memory, state and working space. */
  memoryBytes: Bytes;
}

/**
 * A spiking reservoir (liquid state machine): a fixed or plastic random network of leaky integrate-and-fire neurons that turns a
 * stream of numbers into a high-dimensional fading memory of it, from which a linear readout (`RidgeReadout`) can tell classes
 * apart. Good at classifying streams; poor at regression (a tracking or forecasting task wants CPE).
 *
 * Same options and same calls: same bits, on every machine.
 * Every method throws ERR_DISPOSED after `dispose()`.
 *
 * @example
 * const reservoir = Reservoir.createSync({ inputs: 2, neurons: 200, seed: 7 });
 * reservoir.step([1, 0.5]);          // one millisecond
 * reservoir.step([1, 0.5], 50);      // fifty more
 * const { trace } = reservoir.state();
 */
export class Reservoir extends Layer<ReservoirExports> {
  readonly #k: Kernel<ReservoirExports>;
  readonly #stats: Omit<ReservoirStats, "stateBytes" | "memoryBytes">;
  /** Numbers that a step takes. */
  readonly inputs: number;
  /** Neurons. */
  readonly neurons: number;

  private constructor(instance: WebAssembly.Instance, options: ReservoirOptions, parameters: readonly number[]) {
    const k = new Kernel<ReservoirExports>("reservoir", instance, "reservoirInit");
    super(k);
    this.#k = k;
    const [inputs, neurons, fanIn, excitatory, kWinners] = parameters;
    this.inputs = inputs;
    this.neurons = neurons;
    this.#stats = { inputs, neurons, excitatory, synapses: neurons * fanIn, kWinners };
    let ok: number;
    try {
      k.f64.set(parameters, WINDOW >>> 3);
      ok = k.x.reservoirInit(limitBytes(options.maxBytes));
    } catch (error) {
      throw k.fail(error);
    }
    if (!ok) throw new MfnError("ERR_MEMORY", `reservoir: ${neurons} neurons of ${fanIn} synapses do not fit into the memory allowed`);
  }

  /**
   * Draws a reservoir from the seed.
   * @throws ERR_ARGUMENT or ERR_NOT_FINITE for an option outside its domain, ERR_MEMORY, ERR_WASM
   */
  static async create(options: ReservoirOptions): Promise<Reservoir> {
    const parameters = checkOptions(options);
    return new Reservoir(await instantiate(dsrReservoirModule, options.wasm), options, parameters);
  }

  /** The same at once; browsers may refuse this on the main thread. */
  static createSync(options: ReservoirOptions): Reservoir {
    const parameters = checkOptions(options);
    return new Reservoir(instantiateSync(dsrReservoirModule, options.wasm), options, parameters);
  }

  /**
   * Steps the network under an input that is held. O(steps (neurons + spikes fanIn) + inputs neurons).
   * @param input `inputs` numbers in [-1e9, 1e9]
   * @param steps how many steps; default 1
   * @returns the number of spikes
   * @throws ERR_DIMENSION, ERR_NOT_FINITE, ERR_ARGUMENT; nothing is changed then
   */
  step(input: ArrayLike<number>, steps = 1): number {
    checkInput(input, this.inputs);
    checkInteger("steps", steps, 1, 1e9);
    const k = this.#k;
    try {
      const at = k.forQuery(this.inputs << 2);
      k.f32.set(input, at >>> 2);
      const spikes = k.x.reservoirStep(at, steps, 0);
      if (spikes < 0) throw badArgument("input", "an array that does not change while it is read", input);
      return spikes;
    } catch (error) {
      throw k.fail(error);
    }
  }

  /**
   * Steps the network through a sequence and counts spikes: the features for a readout that classifies whole sequences. Call
   * `reset` first if the sequence is to be seen on its own.
   * @param rows the inputs of the sequence, back to back: rows x `inputs` numbers
   * @returns for each bin, then each neuron, its mean number of spikes a step; zeros for a bin without rows
   * @throws as `step`, and ERR_MEMORY; nothing is changed then
   */
  run(rows: ArrayLike<number>, { steps = 1, bins = 1 }: RunOptions = {}): Float32Array {
    const { inputs, neurons } = this;
    checkInteger("steps", steps, 1, 1e9);
    checkInteger("bins", bins, 1, 4096);
    const n = checkInput(rows, inputs, true) / inputs;
    const data = new Float32Array(rows);
    const k = this.#k;
    try {
      const inputBytes = (inputs + 3) << 2;
      const at = k.x.scratch(inputBytes + bins * neurons * 4) >>> 0;
      if (at === 0) throw k.full(inputBytes + bins * neurons * 4);
      const counts = at + inputBytes;
      k.u32.fill(0, counts >>> 2, (counts >>> 2) + bins * neurons);
      const rowsOf = new Array<number>(bins).fill(0);
      for (let r = 0; r < n; r++) {
        const bin = Math.floor((r * bins) / n);
        rowsOf[bin]++;
        k.f32.set(data.subarray(r * inputs, (r + 1) * inputs), at >>> 2);
        k.x.reservoirStep(at, steps, counts + bin * neurons * 4);
      }
      const rates = new Float32Array(bins * neurons);
      const spikes = k.u32.subarray(counts >>> 2, (counts >>> 2) + bins * neurons);
      // A bin without rows has no spikes either.
      for (let i = 0; i < rates.length; i++) rates[i] = spikes[i] / (rowsOf[Math.floor(i / neurons)] * steps || 1);
      return rates;
    } catch (error) {
      throw k.fail(error);
    }
  }

  /** The neurons that fired in the last step, ascending. */
  spikes(): Int32Array {
    const k = this.#k;
    try {
      const at = k.x.reservoirColumn(FIRED) >>> 2;
      return k.i32.slice(at, at + k.x.reservoirFired());
    } catch (error) {
      throw k.fail(error);
    }
  }

  /** A copy of what a readout sees. */
  state(): ReservoirState {
    return { membranePotential: this.#column(POTENTIAL), trace: this.#column(TRACE) };
  }

  /** Potentials, currents and traces back to rest. Weights stay as they are. */
  reset(): void {
    try {
      this.#k.x.reservoirReset();
    } catch (error) {
      throw this.#k.fail(error);
    }
  }

  /** A copy of the recurrent synapses. */
  weights(): ReservoirWeights {
    const k = this.#k;
    try {
      const offsets = k.x.reservoirColumn(OFFSETS) >>> 2;
      const synapses = k.x.reservoirColumn(SYNAPSES) >>> 2;
      const n = this.#stats.synapses;
      const targets = new Int32Array(n);
      const weights = new Float32Array(n);
      const { i32, f32 } = k;
      for (let s = 0; s < n; s++) {
        targets[s] = i32[synapses + 2 * s];
        weights[s] = f32[synapses + 2 * s + 1];
      }
      return { offsets: k.u32.slice(offsets, offsets + this.neurons + 1), targets, weights };
    } catch (error) {
      throw k.fail(error);
    }
  }

  /** What the reservoir holds. */
  stats(): ReservoirStats {
    try {
      return { ...this.#stats, stateBytes: this.#k.stateSize, memoryBytes: this.#k.memorySize };
    } catch (error) {
      throw this.#k.fail(error);
    }
  }

  #column(which: number): Float32Array {
    try {
      const at = this.#k.x.reservoirColumn(which) >>> 2;
      return this.#k.f32.slice(at, at + this.neurons);
    } catch (error) {
      throw this.#k.fail(error);
    }
  }
}

/** The options as the module takes them: the order is that of `Parameters` in assembly/dsr/network.ts. */
function checkOptions(options: ReservoirOptions): number[] {
  if (typeof options !== "object" || options === null) throw badArgument("options", "an object with `inputs` and `neurons`", options);
  const o = options;
  const inputs = checkInteger("inputs", o.inputs, 1, 65536);
  const neurons = checkInteger("neurons", o.neurons, 2, 65536);
  if (o.fanIn !== undefined && o.connectivity !== undefined) {
    throw badArgument("connectivity", "`fanIn` or `connectivity`, not both", o.connectivity);
  }
  const others = neurons - 1;
  const fanIn =
    o.connectivity !== undefined
      ? Math.round(checkNumber("connectivity", o.connectivity, 0, 1) * others)
      : checkInteger("fanIn", o.fanIn ?? Math.min(20, others), 0, others);
  const excitatory = Math.round(checkNumber("excitatoryFraction", o.excitatoryFraction ?? 0.8, 0, 1) * neurons);
  const kWinners = checkInteger("kWinners", o.kWinners ?? Math.ceil(neurons / 10), 1, neurons);
  const timeStep = checkNumber("timeStep", o.timeStep ?? 1, 1e-3, 1e3);
  const tau = o.membraneTimeConstant ?? [5, 30];
  const longest = MOST_STEPS * timeStep;
  const [least, most] = typeof tau === "number" ? [tau, tau] : checkArray("membraneTimeConstant", tau);
  checkNumber("membraneTimeConstant", least, 1e-3, longest);
  checkNumber("membraneTimeConstant", most, least, longest);
  const threshold = checkNumber("threshold", o.threshold ?? 15, 1e-3, MOST_MV);
  const resetPotential = checkNumber("resetPotential", o.resetPotential ?? 0, -MOST_MV, MOST_MV);
  // As the module has them, in f32: at a reset potential that is the threshold a neuron would never stop firing.
  if (Math.fround(resetPotential) >= Math.fround(threshold))
    throw badArgument("resetPotential", `less than the threshold (${threshold})`, resetPotential);
  const refractory = Math.round(checkNumber("refractoryPeriod", o.refractoryPeriod ?? 2, 0, longest) / timeStep);
  const weightScale = checkNumber("weightScale", o.weightScale ?? 0.75, 0, MOST_MV);
  const given = o.stdp ?? false;
  const stdp: StdpOptions = typeof given === "object" && given !== null ? given : {};
  const aPlus = checkNumber("stdp.aPlus", stdp.aPlus ?? 0.005, 0, 1);
  const [seedLow, seedHigh] = seedHalves(o.seed);
  limitBytes(o.maxBytes);
  return [
    inputs,
    neurons,
    fanIn,
    excitatory,
    kWinners,
    refractory,
    timeStep,
    least,
    most,
    threshold,
    resetPotential,
    checkNumber("synapticTimeConstant", o.synapticTimeConstant ?? 2, 0, longest),
    checkNumber("traceTimeConstant", o.traceTimeConstant ?? 30, 0, longest),
    checkNumber("inputScale", o.inputScale ?? 5, 0, MOST_MV),
    checkNumber("inputConnectivity", o.inputConnectivity ?? 0.3, 0, 1),
    weightScale,
    checkNumber("inhibitionRatio", o.inhibitionRatio ?? 4, 0, 1e3),
    given ? 1 : 0,
    aPlus,
    checkNumber("stdp.aMinus", stdp.aMinus ?? Math.min(1, 1.05 * aPlus), 0, 1),
    checkNumber("stdp.tauPlus", stdp.tauPlus ?? 20, 0, longest),
    checkNumber("stdp.tauMinus", stdp.tauMinus ?? 20, 0, longest),
    checkNumber("stdp.wMax", stdp.wMax ?? 2 * weightScale, 0, MOST_MV * 2),
    seedLow,
    seedHigh,
  ];
}

/** Checks an input or, if `many`, a whole number of them, and returns its length. */
function checkInput(input: ArrayLike<number>, inputs: number, many = false): number {
  if (typeof input !== "object" || input === null) throw badArgument("input", "an array of numbers", input);
  const n = input.length;
  if (many ? n % inputs !== 0 || n === 0 : n !== inputs) {
    throw badArgument("input", many ? `one or more rows of ${inputs} numbers` : `${inputs} numbers`, n, "ERR_DIMENSION");
  }
  for (let i = 0; i < n; i++) {
    const x = input[i];
    if (typeof x !== "number" || !(x <= MOST_INPUT && x >= -MOST_INPUT)) checkNumber(`input[${i}]`, x, -MOST_INPUT, MOST_INPUT);
  }
  return n;
}
