import { badArgument, MfnError } from "../../../errors.js";
import type { Milliseconds } from "../../../types.js";
import { checkInteger, checkNumber } from "../../../wasm/kernel.js";
import { checkRows } from "../readout-rows.js";

/** The most an input may be, in magnitude: differences of such numbers are finite. */
const MOST = 1e100;

/** The size of a code. */
export interface EncoderOptions {
  /** Numbers of an input: 1 to 65,536. */
  inputs: number;
  /** Time steps of the code of one input: 1 to 65,536. */
  steps: number;
}

/** Where the inputs lie. What is outside is taken for the nearest end. */
export interface RangeOptions {
  /** The least value of each input, or of all; default 0. */
  min?: number | ArrayLike<number>;
  /** The largest, above `min`; default 1. */
  max?: number | ArrayLike<number>;
}

/**
 * Turns numbers into spike trains for a spiking `Reservoir` of as many inputs as the encoder has channels. A code is `steps` rows of
 * `channels` numbers, 0 or 1, back to back: what `Reservoir.run` takes. Only + - * / is used: the same spikes on every machine.
 */
export abstract class SpikeEncoder {
  /** Numbers of an input. */
  readonly inputs: number;
  /** Spike trains. */
  readonly channels: number;
  /** Time steps of the code of one input. */
  readonly steps: number;

  protected constructor(inputs: number, channels: number, steps: number) {
    this.inputs = checkInteger("inputs", inputs, 1, 65536);
    this.steps = checkInteger("steps", steps, 1, 65536);
    this.channels = channels;
    if (channels > 65536) throw badArgument("inputs", "65,536 channels or fewer, the most a reservoir takes", channels);
  }

  /**
   * The spikes of one input.
   * @param input `inputs` numbers in [-1e100, 1e100]
   * @returns steps x channels, 0 or 1
   * @throws ERR_DIMENSION, ERR_NOT_FINITE, ERR_ARGUMENT, ERR_MEMORY; nothing is changed then
   */
  encode(input: ArrayLike<number>): Float32Array {
    checkRows("input", input, this.inputs, 1, MOST);
    const spikes = room(this.steps * this.channels);
    this.write(input, 0, spikes, 0);
    return spikes;
  }

  /**
   * The spikes of a sequence, the code of one row after that of another.
   * @param rows rows x `inputs` numbers in [-1e100, 1e100]
   * @returns (rows steps) x channels, 0 or 1
   * @throws as `encode`
   */
  encodeRows(rows: ArrayLike<number>): Float32Array {
    const n = checkRows("rows", rows, this.inputs, undefined, MOST);
    const size = this.steps * this.channels;
    const spikes = room(n * size);
    for (let r = 0; r < n; r++) this.write(rows, r * this.inputs, spikes, r * size);
    return spikes;
  }

  /** Writes the code of the input at `from` to `spikes`, which holds zeros, at `to`. The input was checked. */
  protected abstract write(input: ArrayLike<number>, from: number, spikes: Float32Array, to: number): void;

  /** Checks that `spikes` is a code of this encoder: `steps` x `channels` numbers, a spike where one is not 0. */
  protected checkCode(spikes: ArrayLike<number>): void {
    checkRows("spikes", spikes, this.channels, this.steps, MOST);
  }

  /** Checks that `spikes` is a whole number of codes; returns how many. */
  protected checkCodes(spikes: ArrayLike<number>): number {
    return checkRows("spikes", spikes, this.channels * this.steps, undefined, MOST);
  }
}

/** Zeros for a code. */
function room(length: number): Float32Array {
  try {
    return new Float32Array(length);
  } catch (cause) {
    throw new MfnError("ERR_MEMORY", `encoder: no memory for a code of ${length} numbers`, { cause });
  }
}

/** The ends of the range of each input. */
export class Range {
  readonly min: Float64Array;
  /** max - min. */
  readonly span: Float64Array;

  /** @throws ERR_ARGUMENT, ERR_DIMENSION, ERR_NOT_FINITE */
  constructor(inputs: number, { min = 0, max = 1 }: RangeOptions) {
    checkInteger("inputs", inputs, 1, 65536);
    this.min = perInput("min", min, inputs);
    this.span = perInput("max", max, inputs).map((high, i) => {
      if (!(high > this.min[i])) throw badArgument("max", `more than min (${this.min[i]})`, high);
      return high - this.min[i];
    });
  }

  /** Where in its range a value of input i is, in [0, 1]. */
  fraction(value: number, i: number): number {
    const f = (value - this.min[i]) / this.span[i];
    return f > 0 ? (f < 1 ? f : 1) : 0;
  }

  /** The value of input i that is at a fraction of its range. */
  value(fraction: number, i: number): number {
    return this.min[i] + fraction * this.span[i];
  }
}

/** An option that is one number for all inputs, or one for each. */
export function perInput(name: string, value: number | ArrayLike<number>, inputs: number): Float64Array {
  if (typeof value === "number") return new Float64Array(inputs).fill(checkNumber(name, value, -MOST, MOST));
  checkRows(name, value, inputs, 1, MOST);
  return Float64Array.from(value);
}

/** Checks the options of an encoder. */
export function checkEncoderOptions(options: object): void {
  if (typeof options !== "object" || options === null) throw badArgument("options", "an object with `inputs`", options);
}

/**
 * When each channel of a code spikes first.
 * @param spikes steps x channels, a spike where a number is not 0
 * @param timeStep duration of a step; default 1
 * @returns for each channel a time from 0 on; Infinity where it is silent
 * @throws ERR_DIMENSION, ERR_NOT_FINITE, ERR_ARGUMENT
 */
export function firstSpikeTimes(spikes: ArrayLike<number>, channels: number, timeStep: Milliseconds = 1): Float64Array {
  checkInteger("channels", channels, 1, 65536);
  checkNumber("timeStep", timeStep, 1e-3, 1e3);
  const steps = checkRows("spikes", spikes, channels, undefined, MOST);
  const times = new Float64Array(channels).fill(Infinity);
  for (let t = steps - 1, at = steps * channels - 1; t >= 0; t--) {
    for (let c = channels - 1; c >= 0; c--, at--) if (spikes[at] !== 0) times[c] = t * timeStep;
  }
  return times;
}
