import { badArgument } from "../../errors.js";
import type { Milliseconds } from "../../types.js";
import { checkArray, checkInteger, checkNumber, type LayerOptions, limitBytes, seedHalves } from "../../wasm/kernel.js";

/** An electric potential, or a weight as the change of one. */
export type Millivolts = number;

/** The most an input may be, in magnitude. */
export const MOST_INPUT = 1e9;
/** The most a potential, weight or scale may be, in magnitude: with MOST_INPUT it keeps all arithmetic far below overflow. */
const MOST_MV = 1e6;
/** The most steps that a time constant may last: beyond, its decay would be lost in the rounding of f32. */
const MOST_STEPS = 1e6;
/** The most steps that a spike may be under way. */
const MOST_DELAY = 4096;

/** Spike-timing-dependent plasticity: how spikes change the weights of excitatory synapses. */
export interface StdpOptions {
  /** Gain of a weight, as a fraction of `wMax`, when the target fires and the source's trace is 1: 0 to 1; default 0.005. */
  aPlus?: number;
  /** Loss of a weight, as a fraction of `wMax`, when the source fires and the target's trace is 1: 0 to 1; default 1.05 aPlus. */
  aMinus?: number;
  /** Time constant of the source's trace, up to 10^6 steps; default 20. */
  tauPlus?: Milliseconds;
  /** Time constant of the target's trace, up to 10^6 steps; default 20. */
  tauMinus?: Milliseconds;
  /** The largest weight; default 2 `weightScale`, the largest a weight is drawn. The smallest is 0. At most 2,000,000. */
  wMax?: Millivolts;
}

/** What both kinds of reservoir are made of. */
export interface NetworkOptions extends LayerOptions {
  /** Numbers that a step takes: 1 to 65,536. */
  inputs: number;
  /** Neurons: 2 to 65,536. */
  neurons: number;
  /** Recurrent synapses that each neuron receives, from as many other neurons; default 20, or all others if fewer. */
  fanIn?: number;
  /** The same as a fraction of the other neurons, 0 to 1; give this or `fanIn`. */
  connectivity?: number;
  /** Probability that an input reaches a neuron, 0 to 1; default 0.3 for spiking neurons, 1 for rate neurons. */
  inputConnectivity?: number;
}

/** A reservoir of leaky integrate-and-fire neurons. Potentials are in mV above rest. */
export interface LifOptions extends NetworkOptions {
  /** Default "lif". */
  kind?: "lif";
  /** Fraction of the neurons that excite, 0 to 1; the others inhibit. Default 0.8. */
  excitatoryFraction?: number;
  /** Lateral inhibition: the most neurons that fire in one step, those with the largest overshoot: 1 to all. Default: a tenth, rounded up. */
  kWinners?: number;
  /** Duration of a step, 0.001 to 1000; default 1. */
  timeStep?: Milliseconds;
  /** Time constant of the membrane, or the range from which each neuron draws its own: 0.001 to 10^6 steps; default [5, 30]. */
  membraneTimeConstant?: Milliseconds | readonly [least: Milliseconds, most: Milliseconds];
  /** Potential at which a neuron fires, 0.001 to 10^6; default 15. */
  threshold?: Millivolts;
  /** Potential after a spike, from -10^6 to below the threshold; default 0. */
  resetPotential?: Millivolts;
  /** Time after a spike during which a neuron stays at the reset potential, rounded to whole steps, up to 10^6 of them; default 2. */
  refractoryPeriod?: Milliseconds;
  /** Time constant of the synaptic currents, up to 10^6 steps; 0 for currents of one step. Default 2. */
  synapticTimeConstant?: Milliseconds;
  /** Time constant of the traces that `state` returns, up to 10^6 steps; default 30. */
  traceTimeConstant?: Milliseconds;
  /** Largest weight of an input, per step and unit of input; weights are uniform in +-inputScale. 0 to 10^6; default 5. */
  inputScale?: Millivolts;
  /** Mean weight of an excitatory synapse; weights are uniform in (0, 2 weightScale). 0 to 10^6; default 0.75. */
  weightScale?: Millivolts;
  /** Mean weight of an inhibitory synapse, as a multiple of weightScale, 0 to 1000; default 4. */
  inhibitionRatio?: number;
  /**
   * Time that a spike takes along a synapse, in whole steps, at least one: one for all, or the range from which each synapse draws its
   * own. Up to 4,096 steps; default: one step.
   */
  synapticDelay?: Milliseconds | readonly [least: Milliseconds, most: Milliseconds];
  /** Plasticity; default false: weights stay as they were drawn. */
  stdp?: StdpOptions | boolean;
}

/** A reservoir of rate neurons: an echo state network with leaky integrators. All without a unit. */
export interface RateOptions extends NetworkOptions {
  /** Tells it from the spiking kind. */
  kind: "rate";
  /**
   * How neurons are connected. "random" (default): each to `fanIn` others, weights uniform in +-1, scaled. "cycle": each to the next, all
   * weights equal. "orthogonal": an orthogonal matrix times `spectralRadius`; `fanIn` is a power of two, default 8. The last two
   * remember longest.
   */
  topology?: "random" | "cycle" | "orthogonal";
  /** Share of the new activation in a neuron's output, in [1e-6, 1]; default 1: no leak. */
  leakRate?: number;
  /** The largest magnitude of an eigenvalue of the recurrent weights, 0 to 100; default 0.9. */
  spectralRadius?: number;
  /** Weights of inputs are uniform in +-inputScale: 0 to 10^6; default 1. */
  inputScale?: number;
  /** Each neuron's constant input is uniform in +-bias: 0 to 10^6; default 0. */
  bias?: number;
}

/** What a reservoir is made of: spiking neurons, or with `kind: "rate"` rate neurons. */
export type ReservoirOptions = LifOptions | RateOptions;

const TOPOLOGIES = ["random", "cycle", "orthogonal"];
const OF_RATE = ["topology", "leakRate", "spectralRadius", "bias"];
const OF_LIF = [
  "excitatoryFraction",
  "kWinners",
  "timeStep",
  "membraneTimeConstant",
  "threshold",
  "resetPotential",
  "refractoryPeriod",
  "synapticTimeConstant",
  "traceTimeConstant",
  "weightScale",
  "inhibitionRatio",
  "synapticDelay",
  "stdp",
];

/** The options as the module takes them: the order is that of `Parameters` in assembly/dsr/reservoir/network.ts. */
export function checkOptions(options: ReservoirOptions): number[] {
  if (typeof options !== "object" || options === null) throw badArgument("options", "an object with `inputs` and `neurons`", options);
  const { kind = "lif" } = options;
  if (kind !== "lif" && kind !== "rate") throw badArgument("kind", '"lif" or "rate"', kind);
  const given = options as unknown as Record<string, unknown>;
  const foreign = (kind === "rate" ? OF_LIF : OF_RATE).find((name) => given[name] !== undefined);
  if (foreign !== undefined) throw badArgument(foreign, `not to be given where kind is "${kind}"`, given[foreign]);
  const inputs = checkInteger("inputs", options.inputs, 1, 65536);
  const neurons = checkInteger("neurons", options.neurons, 2, 65536);
  limitBytes(options.maxBytes);
  const seed = seedHalves(options.seed);
  if (options.kind === "rate") {
    const fanIn = rateFanIn(options);
    const [inputScale, connectivity] = [options.inputScale ?? 1, options.inputConnectivity ?? 1];
    return [1, inputs, neurons, fanIn, 1, ...inputWeights(inputScale, connectivity), ...seed, ...rateParameters(options)];
  }
  const timeStep = checkNumber("timeStep", options.timeStep ?? 1, 1e-3, 1e3);
  const [inputScale, connectivity] = [options.inputScale ?? 5, options.inputConnectivity ?? 0.3];
  const shape = [0, inputs, neurons, checkFanIn(options, 20), timeStep];
  return [...shape, ...inputWeights(inputScale, connectivity), ...seed, 0, 1, 0, 0, ...lifParameters(options, timeStep)];
}

function inputWeights(scale: number, connectivity: number): number[] {
  return [checkNumber("inputScale", scale, 0, MOST_MV), checkNumber("inputConnectivity", connectivity, 0, 1)];
}

function checkFanIn({ neurons, fanIn, connectivity }: NetworkOptions, usual: number): number {
  const others = neurons - 1;
  if (connectivity === undefined) return checkInteger("fanIn", fanIn ?? Math.min(usual, others), 0, others);
  if (fanIn !== undefined) throw badArgument("connectivity", "`fanIn` or `connectivity`, not both", connectivity);
  return Math.round(checkNumber("connectivity", connectivity, 0, 1) * others);
}

function rateFanIn(o: RateOptions): number {
  const { topology = "random", neurons } = o;
  if (!TOPOLOGIES.includes(topology)) throw badArgument("topology", "one of random, cycle, orthogonal", topology);
  if (topology === "random") return checkFanIn(o, 20);
  if (o.connectivity !== undefined) throw badArgument("connectivity", `not to be given where topology is ${topology}`, o.connectivity);
  if (topology === "cycle") return checkInteger("fanIn", o.fanIn ?? 1, 1, 1);
  const fanIn = checkInteger("fanIn", o.fanIn ?? Math.min(8, 1 << (31 - Math.clz32(neurons))), 1, neurons);
  if ((fanIn & (fanIn - 1)) !== 0) throw badArgument("fanIn", "a power of two where topology is orthogonal", fanIn);
  return fanIn;
}

function rateParameters({ topology = "random", leakRate = 1, spectralRadius = 0.9, bias = 0 }: RateOptions): number[] {
  const parameters = [
    TOPOLOGIES.indexOf(topology),
    checkNumber("leakRate", leakRate, 1e-6, 1),
    checkNumber("spectralRadius", spectralRadius, 0, 100),
    checkNumber("bias", bias, 0, MOST_MV),
  ];
  return [...parameters, ...new Array<number>(19).fill(0)];
}

function lifParameters(o: LifOptions, timeStep: Milliseconds): number[] {
  const longest = MOST_STEPS * timeStep;
  const excitatory = Math.round(checkNumber("excitatoryFraction", o.excitatoryFraction ?? 0.8, 0, 1) * o.neurons);
  const kWinners = checkInteger("kWinners", o.kWinners ?? Math.ceil(o.neurons / 10), 1, o.neurons);
  const membrane = checkRange("membraneTimeConstant", o.membraneTimeConstant ?? [5, 30], 1e-3, longest);
  const threshold = checkNumber("threshold", o.threshold ?? 15, 1e-3, MOST_MV);
  const resetPotential = checkNumber("resetPotential", o.resetPotential ?? 0, -MOST_MV, MOST_MV);
  // As the module has them, in f32: at a reset potential that is the threshold a neuron would never stop firing.
  if (Math.fround(resetPotential) >= Math.fround(threshold))
    throw badArgument("resetPotential", `less than the threshold (${threshold})`, resetPotential);
  const refractory = Math.round(checkNumber("refractoryPeriod", o.refractoryPeriod ?? 2, 0, longest) / timeStep);
  const weightScale = checkNumber("weightScale", o.weightScale ?? 0.75, 0, MOST_MV);
  const delays = checkRange("synapticDelay", o.synapticDelay ?? timeStep, 0, MOST_DELAY * timeStep);
  return [
    excitatory,
    kWinners,
    refractory,
    ...membrane,
    threshold,
    resetPotential,
    checkNumber("synapticTimeConstant", o.synapticTimeConstant ?? 2, 0, longest),
    checkNumber("traceTimeConstant", o.traceTimeConstant ?? 30, 0, longest),
    weightScale,
    checkNumber("inhibitionRatio", o.inhibitionRatio ?? 4, 0, 1e3),
    // No spike arrives in the step in which it is sent.
    ...delays.map((delay) => Math.max(1, Math.round(delay / timeStep))),
    ...stdpParameters(o.stdp ?? false, weightScale, longest),
  ];
}

function stdpParameters(given: StdpOptions | boolean, weightScale: Millivolts, longest: Milliseconds): number[] {
  const stdp: StdpOptions = typeof given === "object" && given !== null ? given : {};
  const aPlus = checkNumber("stdp.aPlus", stdp.aPlus ?? 0.005, 0, 1);
  return [
    given ? 1 : 0,
    aPlus,
    checkNumber("stdp.aMinus", stdp.aMinus ?? Math.min(1, 1.05 * aPlus), 0, 1),
    checkNumber("stdp.tauPlus", stdp.tauPlus ?? 20, 0, longest),
    checkNumber("stdp.tauMinus", stdp.tauMinus ?? 20, 0, longest),
    checkNumber("stdp.wMax", stdp.wMax ?? 2 * weightScale, 0, MOST_MV * 2),
  ];
}

/** A number, or the two ends of a range. */
function checkRange(name: string, value: number | readonly [number, number], least: number, most: number): [number, number] {
  const [from, to] = typeof value === "number" ? [value, value] : checkArray(name, value);
  checkNumber(name, from, least, most);
  return [from, checkNumber(name, to, from, most)];
}
