import { badArgument } from "../../errors.js";
import type { Bits, Bytes, Probability, StreamId } from "../../types.js";
import { cpeStrideModule } from "../../wasm/generated/cpe-stride.js";
import { checkId, checkInteger, Kernel, type KernelExports, type LayerOptions, limitBytes, seedHalves, WINDOW } from "../../wasm/kernel.js";
import { Layer } from "../../wasm/layer.js";
import type { LoadOptions } from "../../wasm/snapshot.js";
import { SnapshotFormat } from "../../wasm/snapshot-format.js";
import type { SnapshotBytes, SnapshotInput, SnapshotReader } from "../../wasm/snapshot-source.js";
import { instantiate, instantiateSync } from "../../wasm/source.js";
import { snapshotKinds } from "./snapshot.js";

/** An id that is a number which means something, such as the address of a block: an integer in [0, 2^53). */
export type NumericId = number;

/** Options of the stride expert. All memory is taken at once: `contextBytes`, and for each stream 64 bytes and 56 for each cursor. */
export interface StrideOptions extends LayerOptions {
  /** The most streams, a power of two from 8 to 65,536; default 64. One that is new takes the place of the least recently used of a set of eight. */
  streams?: number;
  /** The most runs that one stream may go on with in turn, 1 to 64; default 16. Time an event grows with it. */
  cursors?: number;
  /** How far apart two accesses of one run may be, in ids: 0 to 2^53 - 1; default 16,384. */
  reach?: number;
  /** Bytes of the table of contexts, a power of two from 256 to 2^30; default 262,144. */
  contextBytes?: Bytes;
}

/** What `StridePredictor.predict` answers. */
export interface StridePrediction {
  /** Likeliest first, equally likely ones by their number. They need not have been seen. */
  ids: Float64Array;
  /** Probability of each id, in the same order. */
  probabilities: Float64Array;
  /** Probability of any id that no expert has named. With the probabilities of all that were named it makes 1. */
  escape: Probability;
}

/** What `StridePredictor.ahead` answers. */
export interface Ahead {
  /** What may be asked for, each id once. */
  ids: Float64Array;
  /** Three for each id, 0 for none: along a run (1 to 64, by run and step), behind the access (65 to 128), by a context (129 to 176). */
  evidence: Uint16Array;
}

interface StrideExports extends KernelExports {
  strideInit(limit: number, low: number, high: number, sets: number, cursors: number, contextBytes: number, reach: number): number;
  strideObserve(stream: number, id: number, span: number): number;
  strideSurprise(stream: number, id: number): number;
  stridePredict(stream: number, k: number): number;
  strideAhead(stream: number, depth: number): number;
  strideForget(stream: number): number;
}

/** Streams of a set (WAYS in assembly/cpe/stride/layout.ts). */
const WAYS = 8;
const MOST_DEPTH = 1024;
/** Where the rows of an answer begin. */
const ROWS = WINDOW + 16;

// Made when it is asked for: a bundler keeps what is made where a module is loaded.
const format = () => new SnapshotFormat<StrideExports>(snapshotKinds.stride, cpeStrideModule, "strideObserve");

/**
 * The expert for ids that are numbers: finds the runs in a stream of addresses, several at once, and predicts the ids that continue them, also
 * ids that nobody has seen yet. A mixture of cursors (a run each) and of contexts of the last one to three deltas; contexts are shared by all
 * streams. Memory is fixed; time an event is O(cursors).
 *
 * @example
 * const expert = StridePredictor.createSync();
 * for (const id of [100, 7000, 108, 7001, 116, 7002]) expert.observe(0, id);
 * expert.predict(0, 2).ids; // [124, 7003]
 */
export class StridePredictor extends Layer<StrideExports> {
  readonly #k: Kernel<StrideExports>;
  #seed: number;

  private constructor(k: Kernel<StrideExports>, seed: number) {
    super(k);
    this.#k = k;
    this.#seed = seed;
  }

  /** An expert that has seen nothing. @throws ERR_ARGUMENT for options outside their domain, ERR_MEMORY, ERR_WASM */
  static async create(options: StrideOptions = {}): Promise<StridePredictor> {
    const parameters = check(options);
    return new StridePredictor(start(await instantiate(cpeStrideModule, options.wasm), parameters), options.seed ?? 0);
  }

  /** The same at once, where the runtime allows to compile WebAssembly synchronously. */
  static createSync(options: StrideOptions = {}): StridePredictor {
    const parameters = check(options);
    return new StridePredictor(start(instantiateSync(cpeStrideModule, options.wasm), parameters), options.seed ?? 0);
  }

  /**
   * An expert as `snapshot` wrote it, which then goes on as the original would have.
   * @throws ERR_SNAPSHOT for a file that is damaged, or of another kind or version; ERR_MEMORY; ERR_WASM
   */
  static async load(source: SnapshotInput | PromiseLike<SnapshotInput>, options?: LoadOptions): Promise<StridePredictor> {
    const { kernel, header } = await format().load(source, options);
    return new StridePredictor(kernel, header.seed);
  }

  /** The same at once, from bytes or a reader. */
  static loadSync(source: SnapshotBytes | SnapshotReader, options?: LoadOptions): StridePredictor {
    const { kernel, header } = format().loadSync(source, options);
    return new StridePredictor(kernel, header.seed);
  }

  /** The expert as a file: header, checksum and state. O(bytes). */
  snapshot(): Uint8Array<ArrayBuffer> {
    return format().write(this.#k, this.#seed);
  }

  /** Takes the state of a snapshot instead of its own. @throws as `load`; then the expert is as before */
  restore(source: SnapshotBytes | SnapshotReader, options?: Pick<LoadOptions, "maxBytes">): void {
    this.#seed = format().restore(this.#k, source, options?.maxBytes).seed;
  }

  /**
   * Learns that `id` is the next of `stream`. O(cursors).
   * @param span how many ids the access covers, from `id` on, 1 to 2^32; default 1
   * @returns its surprise in bits: -log2 of the probability it had, or of the escape if no expert had named it
   * @throws ERR_ARGUMENT; nothing is changed then
   */
  observe(stream: StreamId, id: NumericId, span = 1): Bits {
    checkId("stream", stream);
    checkNumericId("id", id);
    if (span !== 1) checkInteger("span", span, 1, 2 ** 32);
    try {
      return this.#k.x.strideObserve(stream, id, span);
    } catch (error) {
      throw this.#k.fail(error);
    }
  }

  /** What `observe` would return. Learns nothing. @throws ERR_ARGUMENT */
  surprise(stream: StreamId, id: NumericId): Bits {
    checkId("stream", stream);
    checkNumericId("id", id);
    try {
      return this.#k.x.strideSurprise(stream, id);
    } catch (error) {
      throw this.#k.fail(error);
    }
  }

  /**
   * The `k` likeliest next ids of a stream, if so many are named; at most 84 are. A stream that is not known has no prediction, and the escape is 1.
   * @throws ERR_ARGUMENT
   */
  predict(stream: StreamId, k = 10): StridePrediction {
    checkId("stream", stream);
    checkInteger("k", k, 1, 0x7fff_ffff);
    const kernel = this.#k;
    try {
      const n = kernel.x.stridePredict(stream, k);
      const { f64 } = kernel;
      const at = ROWS >>> 3;
      return {
        ids: Float64Array.from({ length: n }, (_, i) => f64[at + 2 * i]),
        probabilities: Float64Array.from({ length: n }, (_, i) => f64[at + 2 * i + 1]),
        escape: f64[WINDOW >>> 3],
      };
    } catch (error) {
      throw kernel.fail(error);
    }
  }

  /**
   * What the stream may ask for soon, and by which evidence: along the run of its last access, right behind that access, and what its contexts
   * expect. What each class of evidence is worth, a prefetcher learns. O(depth).
   * @param depth the most steps along the run, 1 to 1024; there are no more than the run was confirmed, and one. Default 8.
   * @throws ERR_ARGUMENT
   */
  ahead(stream: StreamId, depth = 8): Ahead {
    checkId("stream", stream);
    checkInteger("depth", depth, 1, MOST_DEPTH);
    const kernel = this.#k;
    try {
      const n = kernel.x.strideAhead(stream, depth);
      const ids = new Float64Array(n);
      const evidence = new Uint16Array(3 * n);
      const { f64, u32 } = kernel;
      for (let i = 0, at = ROWS; i < n; i++, at += 16) {
        ids[i] = f64[at >>> 3];
        const pair = u32[(at + 8) >>> 2];
        evidence[3 * i] = pair & 0xffff;
        evidence[3 * i + 1] = pair >>> 16;
        evidence[3 * i + 2] = u32[(at + 12) >>> 2];
      }
      return { ids, evidence };
    } catch (error) {
      throw kernel.fail(error);
    }
  }

  /** Forgets where a stream is. What was learned from it stays. False if it was not known. */
  forgetStream(stream: StreamId): boolean {
    checkId("stream", stream);
    try {
      return this.#k.x.strideForget(stream) !== 0;
    } catch (error) {
      throw this.#k.fail(error);
    }
  }

  /** Bytes of the state, which do not change. */
  get stateBytes(): Bytes {
    return this.#k.stateSize;
  }
}

/** Checks a number as an id. */
export function checkNumericId(name: string, id: number): number {
  if (!Number.isSafeInteger(id) || id < 0) throw badArgument(name, "an integer in [0, 2^53)", id);
  return id;
}

/** The arguments of `strideInit`. */
type Parameters = [limit: number, low: number, high: number, sets: number, cursors: number, contextBytes: number, reach: number];

function check(options: StrideOptions): Parameters {
  if (typeof options !== "object" || options === null) throw badArgument("options", "an object", options);
  const { streams = 64, cursors = 16, reach = 16_384, contextBytes = 262_144 } = options;
  checkPower("streams", streams, WAYS, 65_536);
  checkInteger("cursors", cursors, 1, 64);
  checkInteger("reach", reach, 0, Number.MAX_SAFE_INTEGER);
  checkPower("contextBytes", contextBytes, 256, 2 ** 30);
  const [low, high] = seedHalves(options.seed);
  return [limitBytes(options.maxBytes), low, high, streams / WAYS, cursors, contextBytes, reach];
}

function checkPower(name: string, value: number, least: number, most: number): void {
  checkInteger(name, value, least, most);
  if (!Number.isInteger(Math.log2(value))) throw badArgument(name, "a power of two", value);
}

function start(instance: WebAssembly.Instance, parameters: Parameters): Kernel<StrideExports> {
  const k = new Kernel<StrideExports>("cpe-stride", instance, "strideObserve");
  try {
    if (!k.x.strideInit(...parameters)) throw k.full();
    return k;
  } catch (error) {
    throw k.fail(error);
  }
}
