import { badArgument } from "../../errors.js";
import type { Bits, ItemId, Milliseconds, Probability, StreamId } from "../../types.js";
import { checkId, checkIds, checkInteger, checkList, checkNumber, WINDOW } from "../../wasm/kernel.js";
import { CHUNK, type EventExports, EventLayer, room, SECOND_HALF } from "./events.js";
import type { ContextCounts, EventStats, Explanation, ObserveOptions, Vote } from "./types.js";

/** The exports of the event model's full module (assembly/cpe/predict). */
export interface ModelExports extends EventExports {
  conduct(gap: number, separate: number): void;
  limitTo(mostIds: number, mostStreams: number): void;
  prepareMany(n: number, ids: number): number;
  observeMany(n: number, ids: number): void;
  observeAt(stream: number, id: number, units: number, at: number): number;
  surpriseOf(stream: number, id: number): number;
  endSession(stream: number): number;
  forgetStream(stream: number): number;
  contextCounts(n: number): number;
  eventStats(): void;
  entropy(stream: number): number;
  explain(stream: number, n: number, id: number): number;
}

/** Counts are in sixteenths of an event. */
const UNITS = 16;
const MOST_WEIGHT = 16;
/** The range of a JavaScript Date. */
const MOST_TIME: Milliseconds = 8.64e15;
/** Distances at which bags look (BAGS in assembly/cpe/events/contexts.ts). */
const BAGS = 3;
/** Words of a row of `explain`. */
const VOTE = 6;

/** What the event model of `mfn/cpe` has beside the engine's. */
export abstract class ModelLayer<X extends ModelExports> extends EventLayer<X> {
  /** Ids that can be predicted: observed and not forgotten. */
  get size(): number {
    return this.stats().ids;
  }

  /**
   * Learns that `id` is the next event of `stream`. O(orders) lines of the table, whatever was learned before.
   * @returns how surprising it was, in bits: -log2 of the probability it had, or of the escape if it was never observed
   * @throws ERR_ARGUMENT, ERR_MEMORY (all answers are as before)
   */
  override observe(stream: StreamId, id: ItemId, options?: ObserveOptions): Bits {
    if (options === undefined) return super.observe(stream, id);
    if (typeof options !== "object" || options === null) throw badArgument("options", "an object", options);
    checkId("stream", stream);
    checkId("id", id);
    const { weight = 1, at } = options;
    checkNumber("weight", weight, 1 / UNITS, MOST_WEIGHT);
    if (at !== undefined) checkNumber("at", at, -MOST_TIME, MOST_TIME);
    const k = this.k;
    try {
      const bits = k.x.observeAt(stream, id, Math.round(weight * UNITS), at ?? Number.NaN);
      if (bits < 0) throw k.full();
      return bits;
    } catch (error) {
      throw k.fail(error);
    }
  }

  /**
   * Observes events in order: event i is `ids[i]` in `streams[i]`, or all in one stream. Either all are learned or none.
   * @param out where to write the surprises; default: a new array
   * @returns the surprise of each event in bits
   * @throws ERR_ARGUMENT, ERR_DIMENSION if the arrays differ in length, ERR_MEMORY (all answers are as before)
   */
  observeMany(streams: ArrayLike<StreamId> | StreamId, ids: ArrayLike<ItemId>, out?: Float32Array): Float32Array {
    const n = checkIds("ids", ids);
    if (typeof streams === "number") checkId("streams", streams);
    else {
      const many = checkIds("streams", streams);
      if (many !== n) throw badArgument("streams", `${n} of them, one for each id`, many, "ERR_DIMENSION");
    }
    const bits = room(n, out);
    const k = this.k;
    try {
      // Everything that needs memory first, so that the batch cannot fail half way.
      for (let from = 0; from < n; from += CHUNK) {
        if (k.x.prepareMany(this.#writeEvents(streams, ids, from), SECOND_HALF) < 0) throw k.full();
      }
      for (let from = 0; from < n; from += CHUNK) {
        const count = this.#writeEvents(streams, ids, from);
        k.x.observeMany(count, SECOND_HALF);
        bits.set(k.f32.subarray(WINDOW >>> 2, (WINDOW >>> 2) + count), from);
      }
      return bits;
    } catch (error) {
      throw k.fail(error);
    }
  }

  /** Writes a chunk of events to the window. Returns their number. */
  #writeEvents(streams: ArrayLike<StreamId> | StreamId, ids: ArrayLike<ItemId>, from: number): number {
    const n = Math.min(CHUNK, ids.length - from);
    const { i32 } = this.k;
    for (let i = 0; i < n; i++) {
      i32[(WINDOW >>> 2) + i] = typeof streams === "number" ? streams : streams[from + i];
      i32[(SECOND_HALF >>> 2) + i] = ids[from + i];
    }
    return n;
  }

  /** How surprising `id` would be as the next event of `stream`, in bits; what `observe` would return. Learns nothing. */
  surprise(stream: StreamId, id: ItemId): Bits {
    checkId("stream", stream);
    checkId("id", id);
    try {
      return this.k.x.surpriseOf(stream, id);
    } catch (error) {
      throw this.k.fail(error);
    }
  }

  /** The probability of `id` as the next event of `stream`; 0 for one that was never observed: all of these together have the escape. */
  probability(stream: StreamId, id: ItemId): Probability {
    checkId("id", id);
    return this.probabilities(stream, [id])[0];
  }

  /** How surprising the next event of `stream` will be on average, in bits: the entropy of its distribution, in which all ids never observed are one. O(ids). */
  entropy(stream: StreamId): Bits {
    checkId("stream", stream);
    try {
      return this.k.x.entropy(stream);
    } catch (error) {
      throw this.k.fail(error);
    }
  }

  /** Why `id` has the probability that it has as the next event of `stream`: what each context that is known says of it. @throws ERR_ARGUMENT */
  explain(stream: StreamId, id: ItemId): Explanation {
    checkId("stream", stream);
    checkId("id", id);
    const k = this.k;
    const probability = this.probability(stream, id);
    try {
      const orders = this.#orders();
      const n = k.x.explain(stream, 0, id);
      const { i32, f32 } = k;
      const vote = (_: unknown, q: number): Vote => {
        const at = (WINDOW >>> 2) + VOTE * q;
        const context = i32[at];
        const kind = context < orders ? "order" : context < orders + BAGS ? "bag" : "stream";
        const distance = kind === "order" ? context + 1 : kind === "bag" ? context - orders + 1 : 0;
        return {
          kind,
          distance,
          events: f32[at + 1],
          novelties: f32[at + 2],
          count: f32[at + 3],
          share: f32[at + 4],
          evidence: f32[at + 5],
        };
      };
      return { probability, votes: Array.from({ length: n }, vote) };
    } catch (error) {
      throw k.fail(error);
    }
  }

  /** Empties a stream's history: its next event comes after nothing. False if the stream had no event. */
  endSession(stream: StreamId): boolean {
    checkId("stream", stream);
    try {
      return this.k.x.endSession(stream) !== 0;
    } catch (error) {
      throw this.k.fail(error);
    }
  }

  /** Forgets a stream and its history. What the model learned from it stays. False if it had no event. */
  forgetStream(stream: StreamId): boolean {
    checkId("stream", stream);
    try {
      return this.k.x.forgetStream(stream) !== 0;
    } catch (error) {
      throw this.k.fail(error);
    }
  }

  /**
   * What followed a context, as counted: the evidence behind a prediction.
   * @param context 1 to `orders` ids, newest last
   */
  countsAfter(context: ArrayLike<ItemId>): ContextCounts {
    checkInteger("context.length", checkList("context", context), 1, this.#orders());
    const k = this.k;
    try {
      const n = k.x.contextCounts(this.writeHistory(context));
      const { i32, f32 } = k;
      const at = (WINDOW + 16) >>> 2;
      return {
        ids: Int32Array.from({ length: n }, (_, i) => i32[at + 2 * i]),
        counts: Float32Array.from({ length: n }, (_, i) => f32[at + 2 * i + 1]),
        events: f32[WINDOW >>> 2],
        novelties: f32[(WINDOW >>> 2) + 1],
      };
    } catch (error) {
      throw k.fail(error);
    }
  }

  /** Sizes and counts. */
  stats(): EventStats {
    const { x, stateSize, memorySize } = this.k;
    const [ids, streams, contextLinesUsed, contextLinesReplaced, events, contextLines] = this.#eventStats();
    return {
      ids,
      streams,
      events,
      contextLines,
      contextLinesUsed,
      contextLinesReplaced,
      freeBytes: x.arenaFree() >>> 0,
      stateBytes: stateSize,
      memoryBytes: memorySize,
    };
  }

  #orders(): number {
    return this.#eventStats()[6];
  }

  #eventStats(): Float64Array {
    this.k.x.eventStats();
    return this.k.f64.slice(WINDOW >>> 3, (WINDOW >>> 3) + 7);
  }
}
