import { badArgument } from "../../errors.js";
import type { Bits, SeriesId } from "../../types.js";
import { cpeAnomalyModule } from "../../wasm/generated/cpe-anomaly.js";
import {
  checkId,
  checkInteger,
  checkList,
  checkNumber,
  Kernel,
  type KernelExports,
  type LayerOptions,
  limitBytes,
  NO_MEMORY,
  NOT_FOUND,
  WINDOW,
} from "../../wasm/kernel.js";
import { Layer } from "../../wasm/layer.js";
import type { LoadOptions } from "../../wasm/snapshot.js";
import { SnapshotFormat } from "../../wasm/snapshot-format.js";
import type { SnapshotBytes, SnapshotInput, SnapshotReader } from "../../wasm/snapshot-source.js";
import { instantiate, instantiateSync } from "../../wasm/source.js";
import { checkRate } from "./anomaly-options.js";
import { MOST_VALUE } from "./demand.js";
import { snapshotKinds } from "./snapshot.js";

/** Options of the detector. */
export interface DetectorOptions extends Omit<LayerOptions, "seed"> {
  /** Alarms an observation that are allowed while nothing is wrong, 1e-12 to 0.5; default 0.001. Kept once the series is known: in a new one, what it has not done before is an alarm. */
  falseAlarmRate?: number;
  /** Equal levels that the range of a series is divided into, 2 to 16; default 6. */
  levels?: number;
  /** Observations after an alarm without another one, 0 to 10^6; default 200. Never more than 4 % of the observations so far. */
  restPeriod?: number;
  /** Observations after which all counts are halved, 1,024 to 65,535; default 32,768. What is learned fades over about twice as many. */
  horizon?: number;
  /** Values of a series before it alarms, since its habits are not known: 0 to 10^6; default 256. The first 32 never alarm. */
  warmUp?: number;
}

/** How unexpected a value was. The first 32 of a series, from which its range is taken, have 0 bits and score 0. */
export interface Anomaly {
  /** Surprise of the value's level after the level before it: minus the logarithm of its probability. */
  bits: Bits;
  /**
   * How rare so unlikely a value is: minus the logarithm of the probability of all levels that are no likelier. If the series goes on as it did, a score
   * of s or more comes at most once in 2^s values.
   */
  score: Bits;
  /** Whether the score reaches log2(1 / falseAlarmRate), and no alarm has been given of late. */
  alarm: boolean;
  /** Whether an alarm was given less than the rest period ago. */
  resting: boolean;
  /** Whether the last values together say that the series has changed, which none of them need say alone. */
  change: boolean;
}

/** What `SeriesDetector.observeMany` answers; one element a value. The arrays are the caller's. */
export interface Anomalies {
  /** Surprise of each value, see {@link Anomaly.bits}. */
  bits: Float64Array;
  /** Rarity of each value, see {@link Anomaly.score}. */
  score: Float64Array;
  /** 1 for an alarm, 0 for none. */
  alarm: Uint8Array;
  /** 1 where an alarm was given less than the rest period before, else 0. */
  resting: Uint8Array;
  /** 1 where the last values together say that the series has changed, else 0. */
  change: Uint8Array;
}

/** One series of a detector. */
export interface WatchedSeries {
  /** The series' id in its detector. */
  readonly id: SeriesId;
  /** See {@link SeriesDetector.observe}. */
  observe(value: number): Anomaly;
}

/** What is known of a series. */
export interface WatchedInfo {
  /** Values observed. */
  observations: number;
  /** The range that the levels are laid over from time to time; NaN while there are 32 values or less. */
  least: number;
  /** The upper end of that range. */
  most: number;
}

interface DetectorExports extends KernelExports {
  detectorInit(limit: number, levels: number, rate: number, rest: number, horizon: number, warmUp: number): number;
  detectorSize(): number;
  detectorObserve(id: number, n: number): number;
  detectorInfo(id: number): number;
  detectorForget(id: number): number;
}

// Layout of the window, and the flags: assembly/cpe/anomaly/detect.ts.
const BATCH = 2048;
const VALUES = WINDOW >>> 3;
const BITS = VALUES + BATCH;
const SCORES = BITS + BATCH;
const FLAGS = WINDOW + 3 * 8 * BATCH;
const ALARM = 1;
const CHANGE = 2;
const RESTING = 4;

// Made when it is asked for: a bundler keeps what is made where a module is loaded.
const format = () => new SnapshotFormat<DetectorExports>(snapshotKinds.detector, cpeAnomalyModule, "detectorObserve");

/**
 * Finds anomalies and changes in many numeric series, online, without training, labels or a range told beforehand: a value is quantised over
 * the range of the series so far, and is an anomaly if its level hardly ever follows the level before it. Memory is fixed: with 6 levels
 * 10 KiB a series. Only + - * / are used: the same bits on every machine.
 *
 * It sees levels and steps, not times of day: a usual value at an unusual hour is none of its anomalies.
 *
 * @example
 * const detector = SeriesDetector.createSync();
 * for (let i = 0; i < 3000; i++) detector.observe(0, (i % 24) + Math.sin(i));
 * detector.observe(0, 90).alarm; // true
 */
export class SeriesDetector extends Layer<DetectorExports> {
  readonly #k: Kernel<DetectorExports>;

  private constructor(k: Kernel<DetectorExports>) {
    super(k);
    this.#k = k;
  }

  /** A detector without a series. @throws MfnError `ERR_ARGUMENT`, `ERR_NOT_FINITE`, `ERR_MEMORY`, `ERR_WASM` */
  static async create(options: DetectorOptions = {}): Promise<SeriesDetector> {
    const parameters = checkOptions(options);
    return new SeriesDetector(start(await instantiate(cpeAnomalyModule, options.wasm), parameters));
  }

  /** The same at once, where the runtime allows to compile WebAssembly synchronously. */
  static createSync(options: DetectorOptions = {}): SeriesDetector {
    const parameters = checkOptions(options);
    return new SeriesDetector(start(instantiateSync(cpeAnomalyModule, options.wasm), parameters));
  }

  /**
   * A detector as `snapshot` wrote it, which then goes on as the original would have.
   * @param source the snapshot's bytes; a reader at positions, such as `fileSource` of `mfn/node`; a fetch Response, a Blob or a stream
   * @throws ERR_SNAPSHOT for a file that is damaged, or of another kind or version; ERR_MEMORY; ERR_WASM
   */
  static async load(source: SnapshotInput | PromiseLike<SnapshotInput>, options?: LoadOptions): Promise<SeriesDetector> {
    return new SeriesDetector((await format().load(source, options)).kernel);
  }

  /** The same at once, from bytes or a reader. */
  static loadSync(source: SnapshotBytes | SnapshotReader, options?: LoadOptions): SeriesDetector {
    return new SeriesDetector(format().loadSync(source, options).kernel);
  }

  /** The detector as a file: header, checksum and state, options included. O(bytes). */
  snapshot(): Uint8Array<ArrayBuffer> {
    return format().write(this.#k, 0);
  }

  /** Takes the state of a snapshot instead of its own, options included. @throws as `load`; then the detector is as before */
  restore(source: SnapshotBytes | SnapshotReader, options?: Pick<LoadOptions, "maxBytes">): void {
    format().restore(this.#k, source, options?.maxBytes);
  }

  /** Number of series. */
  get size(): number {
    try {
      return this.#k.x.detectorSize();
    } catch (error) {
      throw this.#k.fail(error);
    }
  }

  /**
   * Takes the next value of a series, which comes into being with it: scores it by what came before, then learns it. O(levels).
   * @param value at most 1e100 in size
   * @throws ERR_NOT_FINITE, ERR_ARGUMENT, ERR_MEMORY; nothing is changed then
   */
  observe(series: SeriesId, value: number): Anomaly {
    checkId("series", series);
    if (!Number.isFinite(value) || value < -MOST_VALUE || value > MOST_VALUE) checkNumber("value", value, -MOST_VALUE, MOST_VALUE);
    const k = this.#k;
    try {
      const { f64 } = k;
      f64[VALUES] = value;
      if (k.x.detectorObserve(series, 1) === NO_MEMORY) throw k.full();
      const out = k.f64;
      const flags = k.u8[FLAGS];
      return {
        bits: out[BITS],
        score: out[SCORES],
        alarm: (flags & ALARM) !== 0,
        resting: (flags & RESTING) !== 0,
        change: (flags & CHANGE) !== 0,
      };
    } catch (error) {
      throw k.fail(error);
    }
  }

  /**
   * The same for many values of one series, in the order of time.
   * @throws as `observe`, and ERR_ARGUMENT if the values are no array; nothing is changed then
   */
  observeMany(series: SeriesId, values: ArrayLike<number>): Anomalies {
    checkId("series", series);
    const n = checkList("values", values);
    // A copy, since what is checked must be what is learned.
    const data = new Float64Array(n);
    for (let i = 0; i < n; i++) data[i] = checkNumber(`values[${i}]`, values[i], -MOST_VALUE, MOST_VALUE);
    const result: Anomalies = {
      bits: new Float64Array(n),
      score: new Float64Array(n),
      alarm: new Uint8Array(n),
      resting: new Uint8Array(n),
      change: new Uint8Array(n),
    };
    const k = this.#k;
    try {
      for (let at = 0; at < n; at += BATCH) {
        const many = Math.min(BATCH, n - at);
        k.f64.set(data.subarray(at, at + many), VALUES);
        // Memory is taken for a new series only, so that if it fails, it is before the first value.
        if (k.x.detectorObserve(series, many) === NO_MEMORY) throw k.full();
        const { f64, u8 } = k;
        result.bits.set(f64.subarray(BITS, BITS + many), at);
        result.score.set(f64.subarray(SCORES, SCORES + many), at);
        for (let i = 0; i < many; i++) {
          const flags = u8[FLAGS + i];
          result.alarm[at + i] = flags & ALARM;
          result.change[at + i] = (flags & CHANGE) >>> 1;
          result.resting[at + i] = (flags & RESTING) >>> 2;
        }
      }
    } catch (error) {
      throw k.fail(error);
    }
    return result;
  }

  /** A handle to one series, which need not exist yet. @throws ERR_ARGUMENT */
  series(id: SeriesId): WatchedSeries {
    checkId("series", id);
    return { id, observe: (value) => this.observe(id, value) };
  }

  /** What is known of a series, or undefined if there is none. @throws ERR_ARGUMENT */
  seriesInfo(series: SeriesId): WatchedInfo | undefined {
    checkId("series", series);
    const k = this.#k;
    try {
      if (k.x.detectorInfo(series) === NOT_FOUND) return undefined;
      const [observations, least, most] = k.f64.subarray(VALUES, VALUES + 3);
      return { observations, least, most };
    } catch (error) {
      throw k.fail(error);
    }
  }

  /** Forgets a series; returns whether there was one. @throws ERR_ARGUMENT */
  forgetSeries(series: SeriesId): boolean {
    checkId("series", series);
    try {
      return this.#k.x.detectorForget(series) !== NOT_FOUND;
    } catch (error) {
      throw this.#k.fail(error);
    }
  }
}

interface Parameters {
  limit: number;
  levels: number;
  rate: number;
  rest: number;
  horizon: number;
  warmUp: number;
}

function checkOptions(options: DetectorOptions): Parameters {
  if (typeof options !== "object" || options === null) throw badArgument("options", "an object", options);
  return {
    limit: limitBytes(options.maxBytes),
    levels: checkInteger("levels", options.levels ?? 6, 2, 16),
    rate: checkRate(options.falseAlarmRate ?? 0.001),
    rest: checkInteger("restPeriod", options.restPeriod ?? 200, 0, 1e6),
    horizon: checkInteger("horizon", options.horizon ?? 32_768, 1024, 65_535),
    warmUp: checkInteger("warmUp", options.warmUp ?? 256, 0, 1e6),
  };
}

function start(instance: WebAssembly.Instance, { limit, levels, rate, rest, horizon, warmUp }: Parameters): Kernel<DetectorExports> {
  const k = new Kernel<DetectorExports>("cpe-anomaly", instance, "detectorObserve");
  try {
    if (!k.x.detectorInit(limit, levels, rate, rest, horizon, warmUp)) throw k.full();
  } catch (error) {
    throw k.fail(error);
  }
  return k;
}
