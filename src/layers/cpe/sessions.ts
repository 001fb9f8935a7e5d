import { badArgument } from "../../errors.js";
import type { Bytes, ItemId, StreamId } from "../../types.js";
import { checkId, checkInteger, WINDOW } from "../../wasm/kernel.js";
import { NO_STREAM } from "./events.js";
import { type ModelExports, ModelLayer } from "./model.js";
import type { Prediction } from "./types.js";

/** The exports of a module that has sessions (assembly/cpe/predict, assembly/cpe/sessions). */
export interface SessionExports extends ModelExports {
  sessionsInit(bytes: number): number;
  hasSessions(): number;
  isShared(): number;
  predictInSession(stream: number, n: number, k: number, within: number): number;
  evidence(stream: number, n: number): number;
}

/** What an event model remembers of the sessions that have ended. */
export interface SessionOptions {
  /** Bytes for them, 4096 to 512 MiB: 16 a session and 8 an event, of which the last 32 are kept. The oldest make room for new ones. Default: 8 MiB, or a quarter of `maxBytes`. */
  bytes?: Bytes;
}

/** What sessions like a given one had after it. */
export interface SessionEvidence {
  /** Sessions that count, the most like ones. */
  sessions: number;
  /** Items that they had after the last event in common, at most 64, those that say most first. */
  ids: Int32Array;
  /** What each has of all that these sessions say. */
  shares: Float32Array;
}

/** Events of a session that its end is among, at most (TAIL in assembly/cpe/sessions/store.ts). */
const TAIL = 3;
/** Events of the present session that are looked at (EVIDENCE in assembly/cpe/sessions/neighbours.ts). */
const EVIDENCE = 8;
const MOST_ID = 0x7fff_ffff;
const DEFAULT_BYTES: Bytes = 8 * 1024 * 1024;
const LEAST_BYTES: Bytes = 4096;

/** An event model that can also remember sessions. */
export abstract class SessionLayer<X extends SessionExports> extends ModelLayer<X> {
  /**
   * The `k` likeliest items among the last `within` events of the session that a stream is in: where it leads, not what comes next.
   * Learned from the sessions that have ended.
   * @param within 1 to 3
   * @throws ERR_ARGUMENT, also for a model without sessions
   */
  predictLast(stream: StreamId, k = 10, within = 1): Prediction {
    checkId("stream", stream);
    return this.#last(stream, 0, k, within);
  }

  /** `predictLast` for a session that need not be that of a stream: its ids, newest last, of which the last eight count. */
  predictLastAfter(history: ArrayLike<ItemId>, k = 10, within = 1): Prediction {
    this.#check();
    return this.#last(NO_STREAM, this.writeHistory(history), k, within);
  }

  #last(stream: number, n: number, k: number, within: number): Prediction {
    this.#check();
    checkInteger("k", k, 1, MOST_ID);
    checkInteger("within", within, 1, TAIL);
    try {
      return this.prediction(this.k.x.predictInSession(stream, n, k, within));
    } catch (error) {
      throw this.k.fail(error);
    }
  }

  /**
   * What sessions like a given one had after it: the evidence behind a prediction.
   * @param history ids, newest last, of which the last eight count
   * @throws ERR_ARGUMENT, also for a model without sessions
   */
  sessionsLike(history: ArrayLike<ItemId>): SessionEvidence {
    this.#check();
    const k = this.k;
    try {
      const n = k.x.evidence(NO_STREAM, this.writeHistory(history));
      const at = WINDOW >>> 2;
      const { i32, f32 } = k;
      return {
        sessions: i32[at],
        ids: Int32Array.from({ length: n }, (_, i) => i32[at + 4 + 4 * i]),
        shares: Float32Array.from({ length: n }, (_, i) => f32[at + 5 + 4 * i] / f32[at + 1]),
      };
    } catch (error) {
      throw k.fail(error);
    }
  }

  #check(): void {
    if (!this.k.x.hasSessions()) throw badArgument("sessions", "an option of the model, for this call", false);
  }

  protected override get depth(): number {
    return this.k.x.hasSessions() ? EVIDENCE : super.depth;
  }
}

/** Bytes for sessions; 0 for none. */
export function sessionBudget(option: boolean | SessionOptions = false, maxBytes = Number.POSITIVE_INFINITY): Bytes {
  const standard = Math.max(LEAST_BYTES, Math.min(DEFAULT_BYTES, Math.floor(maxBytes / 4)));
  if (typeof option === "boolean") return option ? standard : 0;
  if (typeof option !== "object" || option === null) throw badArgument("sessions", "a boolean or an object", option);
  return checkInteger("sessions.bytes", option.bytes ?? standard, LEAST_BYTES, 512 * 1024 * 1024);
}
