// The event model's full module: what the engine carries, and all that only `mfn/cpe` has.

import { arenaInit } from "../../core/arena";
import { ableToSeparate } from "../events/contexts";
import { eventsInit } from "../events/events";
import { events } from "../events/layout";
import { HEADER_BYTES } from "../layout";

export * from "../../core/exports";
export { contextCounts, eventStats, historyOf } from "../events/events";
export { evidence, predictInSession, sessionsInit } from "../sessions/calls";
export { limitTo } from "./ageing";
export { observe, observeAt, observeMany, predict, prepare, prepareMany, probabilities, surpriseOf } from "./calls";
export { entropy, explain } from "./explain";
export { endSession, forgetId, forgetStream, hasSessions } from "./forget";

/** Starts the model: see `init` of ../index.ts. */
export function init(limit: u32, seedLow: u32, seedHigh: u32, orders: u32, contextBytes: u32, horizon: u32): bool {
  const seed = ((<u64>seedHigh) << 32) | <u64>seedLow;
  return arenaInit(HEADER_BYTES, limit) && eventsInit(seed, orders, contextBytes, horizon);
}

/** Says after how many ms without an event a stream begins a session, 0 for never, and whether every stream has a model of its own. */
export function conduct(gap: f64, separate: bool): void {
  events().gap = gap;
  events().separate = separate ? 1 : 0;
}

/** Whether all streams learn into one model. */
export function isShared(): bool {
  return events().separate == 0;
}

ableToSeparate();
