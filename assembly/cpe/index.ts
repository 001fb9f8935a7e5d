// Layer 4, the Context Prediction Engine: what comes next (events/), and how much of it (demand/).

import { arenaInit } from "../core/arena";
import { demandInit } from "./demand/demand";
import { eventsInit } from "./events/events";
import { HEADER_BYTES } from "./layout";

export * from "../core/exports";
export * from "./demand/demand";
export { forgetId, historyOf, observe, predict, prepare, probabilities } from "./events/events";

/**
 * Starts the layer; to be called once, before anything else.
 * @param limit the most bytes of the image, 0 for no limit
 * @param seedLow, seedHigh halves of the seed
 * @param orders the highest order of the contexts, 1..5
 * @param contextBytes bytes of the table of contexts, a multiple of 512, at least 4096
 * @param horizon events after which the counts of order 0 are halved, at least 2
 * @returns whether there was room
 */
export function init(limit: u32, seedLow: u32, seedHigh: u32, orders: u32, contextBytes: u32, horizon: u32): bool {
  const seed = ((<u64>seedHigh) << 32) | <u64>seedLow;
  return arenaInit(HEADER_BYTES, limit) && eventsInit(seed, orders, contextBytes, horizon) && demandInit();
}
