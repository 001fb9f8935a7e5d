import { badArgument } from "../../errors.js";
import type { Bits, Bytes, ItemId, StreamId } from "../../types.js";
import {
  checkId,
  checkIds,
  checkInteger,
  checkList,
  type Kernel,
  type KernelExports,
  limitBytes,
  seedHalves,
  WINDOW,
} from "../../wasm/kernel.js";
import { Layer } from "../../wasm/layer.js";
import type { CpeOptions, Prediction } from "./types.js";

/** The exports of a module with an event model (assembly/cpe/events/events.ts). */
export interface EventExports extends KernelExports {
  init(limit: number, seedLow: number, seedHigh: number, orders: number, contextBytes: number, horizon: number): number;
  observe(stream: number, id: number): number;
  prepare(stream: number, id: number): number;
  predict(stream: number, n: number, k: number): number;
  probabilities(stream: number, length: number, ids: number, n: number): void;
  historyOf(stream: number): number;
  forgetId(id: number): number;
}

/** Symbols before an event that the model looks at (DEPTH in assembly/cpe/events/contexts.ts). */
export const DEPTH = 5;
/** The most events or ids that a batch call passes to the module at once. */
export const CHUNK = 8000;
/** Where the ids of a batch lie: behind the streams of `observeMany`, behind the history of `probabilitiesAfter`. */
export const SECOND_HALF = WINDOW + 4 * CHUNK;
const MOST_CONTEXT_BYTES = 8 * 1024 * 1024;
const LEAST_CONTEXT_BYTES = 4096;
/** Bytes of a bucket of the table. */
const BUCKET = 512;
const MOST_ID = 0x7fff_ffff;
/** Says to a query that the history is in the window. */
export const NO_STREAM = -1;

/** Checks an event model's options and starts the kernel by them. */
export function startEvents<X extends EventExports>(k: Kernel<X>, options: CpeOptions): Kernel<X> {
  const { orders = DEPTH, horizon = 0x40_0000 } = options;
  checkInteger("orders", orders, 1, DEPTH);
  checkInteger("horizon", horizon, 2, 0x8000_0000);
  const [low, high] = seedHalves(options.seed);
  const limit = limitBytes(options.maxBytes);
  const contextBytes = contextBudget(options);
  try {
    if (!k.x.init(limit, low, high, orders, contextBytes, horizon)) throw k.full(contextBytes);
    return k;
  } catch (error) {
    throw k.fail(error);
  }
}

/**
 * Learns, event by event, what comes next in many interleaved streams, and says how probable it is. What the engine's event model and that of
 * `mfn/cpe` have in common.
 *
 * Every id that was observed has a probability; they and the escape, the probability of an id never observed, add up to 1.
 * All streams learn into one model; each has its own recent history. Time per event does not depend on what was learned before.
 */
export abstract class EventLayer<X extends EventExports> extends Layer<X> {
  protected readonly k: Kernel<X>;

  protected constructor(k: Kernel<X>) {
    super(k);
    this.k = k;
  }

  /**
   * Learns that `id` is the next event of `stream`. O(orders) lines of the table, whatever was learned before.
   * @returns how surprising it was, in bits: -log2 of the probability it had, or of the escape if it was never observed
   * @throws ERR_ARGUMENT, ERR_MEMORY (all answers are as before)
   */
  observe(stream: StreamId, id: ItemId): Bits {
    checkId("stream", stream);
    checkId("id", id);
    const k = this.k;
    try {
      const bits = k.x.observe(stream, id);
      if (bits < 0) throw k.full();
      return bits;
    } catch (error) {
      throw k.fail(error);
    }
  }

  /**
   * Makes room for an event, so that its `observe` cannot fail for lack of memory. Changes no answer.
   * @throws ERR_ARGUMENT, ERR_MEMORY
   */
  reserve(stream: StreamId, id: ItemId): void {
    checkId("stream", stream);
    checkId("id", id);
    const k = this.k;
    try {
      if (k.x.prepare(stream, id) < 0) throw k.full();
    } catch (error) {
      throw k.fail(error);
    }
  }

  /**
   * The `k` likeliest next events of a stream; one that was never observed has no history. Only ids that followed one of its
   * contexts, and the most frequent ones if these are few, are ranked: so there may be fewer than `k`.
   * @throws ERR_ARGUMENT
   */
  predict(stream: StreamId, k = 10): Prediction {
    checkId("stream", stream);
    checkInteger("k", k, 1, MOST_ID);
    try {
      return this.prediction(this.k.x.predict(stream, 0, k));
    } catch (error) {
      throw this.k.fail(error);
    }
  }

  /**
   * The `k` likeliest events after a history that need not be that of a stream.
   * @param history ids, newest last; the last five count
   * @throws ERR_ARGUMENT
   */
  predictAfter(history: ArrayLike<ItemId>, k = 10): Prediction {
    checkInteger("k", k, 1, MOST_ID);
    try {
      return this.prediction(this.k.x.predict(NO_STREAM, this.writeHistory(history), k));
    } catch (error) {
      throw this.k.fail(error);
    }
  }

  protected prediction(n: number): Prediction {
    const { i32, f32 } = this.k;
    const ids = (WINDOW + 16) >>> 2;
    return { ids: i32.slice(ids, ids + n), probabilities: f32.slice(ids + n, ids + 2 * n), escape: f32[WINDOW >>> 2] };
  }

  /**
   * The probabilities of given ids as the next event of a stream. An id that was never observed has none of its own: 0; all of
   * these together have the escape.
   * @param out where to write them; default: a new array
   * @throws ERR_ARGUMENT, ERR_DIMENSION if `out` is too short
   */
  probabilities(stream: StreamId, ids: ArrayLike<ItemId>, out?: Float32Array): Float32Array {
    checkId("stream", stream);
    return this.#probabilities(ids, out, (n) => this.k.x.probabilities(stream, 0, SECOND_HALF, n));
  }

  /** `probabilities` after a history that need not be that of a stream: ids, newest last, of which the last five count. */
  probabilitiesAfter(history: ArrayLike<ItemId>, ids: ArrayLike<ItemId>, out?: Float32Array): Float32Array {
    this.writeHistory(history);
    return this.#probabilities(ids, out, (n) => this.k.x.probabilities(NO_STREAM, this.writeHistory(history), SECOND_HALF, n));
  }

  #probabilities(ids: ArrayLike<ItemId>, given: Float32Array | undefined, ask: (n: number) => void): Float32Array {
    const k = this.k;
    const out = room(checkIds("ids", ids), given);
    try {
      for (let from = 0; from < ids.length; from += CHUNK) {
        const n = Math.min(CHUNK, ids.length - from);
        const { i32 } = k;
        for (let i = 0; i < n; i++) i32[(SECOND_HALF >>> 2) + i] = ids[from + i];
        ask(n);
        out.set(k.f32.subarray(SECOND_HALF >>> 2, (SECOND_HALF >>> 2) + n), from);
      }
      return out;
    } catch (error) {
      throw k.fail(error);
    }
  }

  /** The last events of a stream that are still known, at most 32, newest last; none if the stream is not known. */
  history(stream: StreamId): Int32Array {
    checkId("stream", stream);
    const k = this.k;
    try {
      const n = k.x.historyOf(stream);
      return k.i32.slice(WINDOW >>> 2, (WINDOW >>> 2) + n).reverse();
    } catch (error) {
      throw k.fail(error);
    }
  }

  /**
   * Forgets an id: it is never predicted, no history holds it, and what was learned about it does not touch whatever gets the
   * same id later. O(1), and a pass over the table of contexts once in 1024 calls.
   * @returns whether it had been observed
   */
  forget(id: ItemId): boolean {
    checkId("id", id);
    try {
      return this.k.x.forgetId(id) !== 0;
    } catch (error) {
      throw this.k.fail(error);
    }
  }

  /** Events of a history that count. */
  protected get depth(): number {
    return DEPTH;
  }

  /** Writes the end of a history to the window. Returns its length. */
  protected writeHistory(history: ArrayLike<ItemId>): number {
    const n = Math.min(this.depth, checkList("history", history));
    const { i32 } = this.k;
    for (let i = 0; i < n; i++) i32[(WINDOW >>> 2) + i] = checkId("history", history[history.length - n + i]);
    return n;
  }
}

function contextBudget(options: CpeOptions): Bytes {
  if (options.contextBytes === undefined) {
    const most = Math.min(MOST_CONTEXT_BYTES, (options.maxBytes ?? MOST_CONTEXT_BYTES * 2) / 2);
    return Math.max(LEAST_CONTEXT_BYTES, Math.floor(most / BUCKET) * BUCKET);
  }
  const bytes = checkInteger("contextBytes", options.contextBytes, LEAST_CONTEXT_BYTES, 0x8000_0000);
  if (bytes % BUCKET !== 0) throw badArgument("contextBytes", `a multiple of ${BUCKET}`, bytes);
  return bytes;
}

/** Where `n` results go: what the caller gave, if it can take them. */
export function room(n: number, out: Float32Array = new Float32Array(n)): Float32Array {
  if (!(out instanceof Float32Array)) throw badArgument("out", "a Float32Array", out);
  if (out.length < n) throw badArgument("out", `room for ${n} numbers`, out.length, "ERR_DIMENSION");
  return out;
}
