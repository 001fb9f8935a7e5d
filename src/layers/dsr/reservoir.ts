import { badArgument, MfnError } from "../../errors.js";
import type { Bytes } from "../../types.js";
import { dsrReservoirModule } from "../../wasm/generated/dsr-reservoir.js";
import { checkInteger, checkNumber, Kernel, limitBytes, WINDOW } from "../../wasm/kernel.js";
import { Layer } from "../../wasm/layer.js";
import type { LoadOptions } from "../../wasm/snapshot.js";
import { SnapshotFormat } from "../../wasm/snapshot-format.js";
import type { SnapshotBytes, SnapshotInput, SnapshotReader } from "../../wasm/snapshot-source.js";
import { instantiate, instantiateSync } from "../../wasm/source.js";
import {
  ACTIVATION,
  FIRED,
  HEADER,
  lifWeights,
  POTENTIAL,
  type ReservoirExports,
  type ReservoirWeights,
  rateWeights,
  TRACE,
} from "./reservoir-memory.js";
import { checkOptions, MOST_INPUT, type ReservoirOptions } from "./reservoir-options.js";
import { snapshotKinds } from "./snapshot.js";

export type { ReservoirWeights } from "./reservoir-memory.js";
export type { LifOptions, Millivolts, NetworkOptions, RateOptions, ReservoirOptions, StdpOptions } from "./reservoir-options.js";

/** Numbers of the input that go into the module at once, if a row has no more. */
const CHUNK = 1 << 16;

// Made when it is asked for: a bundler keeps what is made where a module is loaded.
const format = () => new SnapshotFormat<ReservoirExports>(snapshotKinds.reservoir, dsrReservoirModule, "reservoirInit");

/** What a readout sees of a reservoir. Entry i belongs to neuron i; what neurons of its kind do not have is empty. */
export interface ReservoirState {
  /** Spiking neurons: mV above rest. */
  membranePotential: Float32Array;
  /** Spiking neurons: filtered spike trains. Each spike adds 1, then it decays with traceTimeConstant. The usual features of a readout. */
  trace: Float32Array;
  /** Rate neurons: their output, in (-1, 1). */
  activation: Float32Array;
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
  /** Spiking neurons, or rate neurons. */
  kind: "lif" | "rate";
  /** Numbers that a step takes. */
  inputs: number;
  /** Neurons of the network. */
  neurons: number;
  /** Spiking neurons that excite. */
  excitatory: number;
  /** Recurrent connections between them. */
  synapses: number;
  /** The most spiking neurons that fire in one step. */
  kWinners: number;
  /** Bytes of the state. */
  stateBytes: Bytes;
  /** Bytes of WebAssembly memory, state and working space. */
  memoryBytes: Bytes;
}

/**
 * A reservoir: a random recurrent network that turns a stream of numbers into a high-dimensional fading memory of it, from which a
 * linear readout (`RidgeReadout`) can tell classes apart or predict numbers. Of two kinds:
 *
 * - spiking ("lif", the default): leaky integrate-and-fire neurons, a liquid state machine. Good at classifying streams, poor at
 *   regression;
 * - rate ("rate"): leaky tanh neurons, an echo state network. For regression: forecasting, filtering, memory.
 *
 * Same options and same calls: same bits, on every machine.
 * Every method throws ERR_DISPOSED after `dispose()`.
 *
 * @example
 * const reservoir = Reservoir.createSync({ inputs: 2, neurons: 200, seed: 7 });
 * reservoir.step([1, 0.5]);          // one millisecond
 * reservoir.step([1, 0.5], 50);      // fifty more
 * const { trace } = reservoir.state();
 * trace.length; // 200
 *
 * const echo = Reservoir.createSync({ kind: "rate", inputs: 1, neurons: 100, spectralRadius: 0.95 });
 * const states = echo.states([0.1, 0.2, 0.3]); // 3 rows of 100 activations
 * states.length; // 300
 */
export class Reservoir extends Layer<ReservoirExports> {
  readonly #k: Kernel<ReservoirExports>;
  #seed: number;
  #padded!: number;
  #kind!: "lif" | "rate";
  #inputs!: number;
  #neurons!: number;

  private constructor(k: Kernel<ReservoirExports>, seed: number) {
    super(k);
    this.#k = k;
    this.#seed = seed;
    this.#readHeader();
  }

  /** The kind of its neurons. */
  get kind(): "lif" | "rate" {
    return this.#kind;
  }

  /** Numbers that a step takes. */
  get inputs(): number {
    return this.#inputs;
  }

  /** Neurons. */
  get neurons(): number {
    return this.#neurons;
  }

  /**
   * Draws a reservoir from the seed. O(inputs neurons + neurons fanIn); random rate neurons 1,536 times neurons fanIn, to find the
   * spectral radius.
   * @throws ERR_ARGUMENT or ERR_NOT_FINITE for an option outside its domain, ERR_MEMORY, ERR_WASM
   */
  static async create(options: ReservoirOptions): Promise<Reservoir> {
    const parameters = checkOptions(options);
    return new Reservoir(start(await instantiate(dsrReservoirModule, options.wasm), options, parameters), options.seed ?? 0);
  }

  /** The same at once; browsers may refuse this on the main thread. */
  static createSync(options: ReservoirOptions): Reservoir {
    const parameters = checkOptions(options);
    return new Reservoir(start(instantiateSync(dsrReservoirModule, options.wasm), options, parameters), options.seed ?? 0);
  }

  /**
   * A reservoir as `snapshot` wrote it, which then goes on as the original would have.
   * @param source the snapshot's bytes; a reader at positions, such as `fileSource` of `mfn/node`; a fetch Response, a Blob or a stream
   * @throws ERR_SNAPSHOT for a file that is damaged, or of another kind or version; ERR_MEMORY; ERR_WASM
   */
  static async load(source: SnapshotInput | PromiseLike<SnapshotInput>, options?: LoadOptions): Promise<Reservoir> {
    const { kernel, header } = await format().load(source, options);
    return new Reservoir(kernel, header.seed);
  }

  /** The same at once, from bytes or a reader. */
  static loadSync(source: SnapshotBytes | SnapshotReader, options?: LoadOptions): Reservoir {
    const { kernel, header } = format().loadSync(source, options);
    return new Reservoir(kernel, header.seed);
  }

  /** The reservoir as a file: header, checksum and state, weights included. O(bytes). */
  snapshot(): Uint8Array<ArrayBuffer> {
    return format().write(this.#k, this.#seed);
  }

  /**
   * Takes the state of a snapshot instead of its own: its neurons and weights too.
   * @throws as `load`; then the reservoir is as before
   */
  restore(source: SnapshotBytes | SnapshotReader, options?: Pick<LoadOptions, "maxBytes">): void {
    this.#seed = format().restore(this.#k, source, options?.maxBytes).seed;
    this.#readHeader();
  }

  /**
   * Steps the network under an input that is held. O(steps (neurons + spikes fanIn) + inputs neurons); rate neurons O(steps neurons
   * fanIn + inputs neurons).
   * @param input `inputs` numbers in [-1e9, 1e9]
   * @param steps how many steps; default 1
   * @returns the number of spikes; 0 of rate neurons
   * @throws ERR_DIMENSION, ERR_NOT_FINITE, ERR_ARGUMENT; nothing is changed then
   */
  step(input: ArrayLike<number>, steps = 1): number {
    checkInput(input, this.#inputs);
    checkInteger("steps", steps, 1, 1e9);
    const k = this.#k;
    try {
      const at = k.forQuery(this.#inputs << 2);
      k.f32.set(input, at >>> 2);
      const spikes = k.x.reservoirRun(at, 1, steps, 0, 0);
      if (spikes < 0) throw changing(input);
      return spikes;
    } catch (error) {
      throw k.fail(error);
    }
  }

  /**
   * Steps the network through a sequence and averages what the neurons put out: the features for a readout that classifies whole
   * sequences. Call `reset` first if the sequence is to be seen on its own.
   * @param rows the inputs of the sequence, back to back: rows x `inputs` numbers
   * @returns for each bin, then each neuron, its mean number of spikes a step, or mean activation; zeros for a bin without rows
   * @throws as `step`, and ERR_MEMORY; nothing is changed then
   */
  run(rows: ArrayLike<number>, { steps = 1, bins = 1 }: RunOptions = {}): Float32Array {
    checkInteger("steps", steps, 1, 1e9);
    checkInteger("bins", bins, 1, 4096);
    const data = this.#copyRows(rows);
    const n = data.length / this.#inputs;
    const neurons = this.#neurons;
    const k = this.#k;
    const means = new Float32Array(bins * neurons);
    try {
      const sumBytes = this.#padded * (this.#kind === "rate" ? 8 : 4);
      const chunk = Math.max(1, Math.floor(CHUNK / this.#inputs));
      const sums = this.#take(sumBytes + Math.min(chunk, n) * this.#inputs * 4);
      for (let bin = 0, r = 0; bin < bins; bin++) {
        const end = Math.ceil(((bin + 1) * n) / bins);
        if (r === end) continue;
        const total = (end - r) * steps;
        k.u8.fill(0, sums, sums + sumBytes);
        for (; r < end; r += chunk) this.#feed(data, r, Math.min(r + chunk, end), steps, sums + sumBytes, sums, 0);
        r = end;
        const column = this.#kind === "rate" ? k.f64.subarray(sums >>> 3) : k.u32.subarray(sums >>> 2);
        for (let i = 0; i < neurons; i++) means[bin * neurons + i] = column[i] / total;
      }
      return means;
    } catch (error) {
      throw k.fail(error);
    }
  }

  /**
   * Steps the network through a sequence and keeps the features after each row: what a readout learns from that predicts row by row.
   * @param rows the inputs of the sequence, back to back: rows x `inputs` numbers
   * @param options `steps` under each row
   * @returns for each row, then each neuron, its trace or activation, as `features()` after the row
   * @throws as `run`
   */
  states(rows: ArrayLike<number>, { steps = 1 }: Pick<RunOptions, "steps"> = {}): Float32Array {
    checkInteger("steps", steps, 1, 1e9);
    const data = this.#copyRows(rows);
    const [inputs, neurons] = [this.#inputs, this.#neurons];
    const n = data.length / inputs;
    const k = this.#k;
    try {
      const all = new Float32Array(n * neurons);
      const chunk = Math.min(n, Math.max(1, Math.floor(CHUNK / Math.max(inputs, neurons))));
      const features = this.#take(chunk * (inputs + neurons) * 4);
      for (let r = 0; r < n; r += chunk) {
        const end = Math.min(r + chunk, n);
        this.#feed(data, r, end, steps, features + chunk * neurons * 4, 0, features);
        all.set(k.f32.subarray(features >>> 2, (features >>> 2) + (end - r) * neurons), r * neurons);
      }
      return all;
    } catch (error) {
      throw k.fail(error instanceof RangeError ? k.full(n * neurons * 4) : error);
    }
  }

  /** What a readout reads, now: the traces of spiking neurons, the activations of rate neurons. A copy. */
  features(): Float32Array {
    return this.#column(this.#kind === "rate" ? ACTIVATION : TRACE);
  }

  /** The neurons that fired in the last step, ascending; none of rate neurons. */
  spikes(): Int32Array {
    const k = this.#k;
    try {
      const at = k.x.reservoirColumn(FIRED) >>> 2;
      return k.i32.slice(at, at + k.x.reservoirFired());
    } catch (error) {
      throw k.fail(error);
    }
  }

  /** A copy of what a readout may see. */
  state(): ReservoirState {
    const none = new Float32Array(0);
    if (this.#kind === "rate") return { membranePotential: none, trace: none, activation: this.#column(ACTIVATION) };
    return { membranePotential: this.#column(POTENTIAL), trace: this.#column(TRACE), activation: none };
  }

  /** Potentials, currents, traces and activations back to rest, as if nothing had been seen; weights stay, also learned ones. */
  reset(): void {
    try {
      this.#k.x.reservoirReset();
    } catch (error) {
      throw this.#k.fail(error);
    }
  }

  /** A copy of the recurrent synapses. O(synapses). */
  weights(): ReservoirWeights {
    try {
      return this.#kind === "rate" ? rateWeights(this.#k) : lifWeights(this.#k);
    } catch (error) {
      throw this.#k.fail(error);
    }
  }

  /** What the reservoir holds. */
  stats(): ReservoirStats {
    const k = this.#k;
    try {
      const [rate, inputs, neurons, , fanIn, excitatory, kWinners] = k.u32.subarray(HEADER, HEADER + 7);
      const kind = rate ? "rate" : "lif";
      const [stateBytes, memoryBytes] = [k.stateSize, k.memorySize];
      return { kind, inputs, neurons, excitatory, synapses: neurons * fanIn, kWinners, stateBytes, memoryBytes };
    } catch (error) {
      throw k.fail(error);
    }
  }

  #readHeader(): void {
    const [rate, inputs, neurons, padded] = this.#k.u32.subarray(HEADER, HEADER + 4);
    this.#kind = rate ? "rate" : "lif";
    this.#inputs = inputs;
    this.#neurons = neurons;
    this.#padded = padded;
  }

  /** Checks a sequence and copies it, so that it cannot change any more. */
  #copyRows(rows: ArrayLike<number>): Float32Array {
    checkInput(rows, this.#inputs, true);
    const data = new Float32Array(rows);
    // Not what was checked, where the array changes while it is read.
    if (!data.every((x) => Math.abs(x) <= MOST_INPUT)) throw changing(rows);
    return data;
  }

  /** Working space. */
  #take(bytes: Bytes): number {
    const at = bytes < 2 ** 32 ? this.#k.x.scratch(bytes) >>> 0 : 0;
    if (at === 0) throw this.#k.full(bytes);
    return at;
  }

  /** Steps through rows `from` to `to` - 1. */
  #feed(data: Float32Array, from: number, to: number, steps: number, at: number, sums: number, features: number): void {
    const k = this.#k;
    k.f32.set(data.subarray(from * this.#inputs, to * this.#inputs), at >>> 2);
    k.x.reservoirRun(at, to - from, steps, sums, features);
  }

  #column(which: number): Float32Array {
    try {
      const at = this.#k.x.reservoirColumn(which) >>> 2;
      return this.#k.f32.slice(at, at + this.#neurons);
    } catch (error) {
      throw this.#k.fail(error);
    }
  }
}

/** A kernel in which the reservoir has been drawn. */
function start(instance: WebAssembly.Instance, options: ReservoirOptions, parameters: readonly number[]): Kernel<ReservoirExports> {
  const k = new Kernel<ReservoirExports>("reservoir", instance, "reservoirInit");
  try {
    k.f64.set(parameters, WINDOW >>> 3);
    if (k.x.reservoirInit(limitBytes(options.maxBytes))) return k;
  } catch (error) {
    throw k.fail(error);
  }
  const [, , neurons, fanIn] = parameters;
  throw new MfnError("ERR_MEMORY", `reservoir: ${neurons} neurons of ${fanIn} synapses do not fit into the memory allowed`);
}

function changing(input: unknown): MfnError {
  return badArgument("input", "an array that does not change while it is read", input);
}

/** Checks an input or, if `many`, a whole number of them. */
function checkInput(input: ArrayLike<number>, inputs: number, many = false): void {
  if (typeof input !== "object" || input === null) throw badArgument("input", "an array of numbers", input);
  const n = input.length;
  if (many ? n % inputs !== 0 || n === 0 : n !== inputs) {
    throw badArgument("input", many ? `one or more rows of ${inputs} numbers` : `${inputs} numbers`, n, "ERR_DIMENSION");
  }
  for (let i = 0; i < n; i++) {
    const x = input[i];
    if (typeof x !== "number" || !(x <= MOST_INPUT && x >= -MOST_INPUT)) checkNumber(`input[${i}]`, x, -MOST_INPUT, MOST_INPUT);
  }
}
