// Layer 4, the Context Prediction Engine: what comes next, and how much of it.

import { arenaInit } from "../core/arena";
import { demandInit } from "./demand/demand";
import { HEADER_BYTES } from "./layout";

export * from "../core/exports";
export * from "./demand/demand";

/**
 * Starts the layer; to be called once, before anything else.
 * @param limit the most bytes of the image, 0 for no limit
 * @param seedLow, seedHigh halves of the seed
 * @param orders the highest order of the contexts, 1..5
 * @param contextBytes bytes of the table of hashed contexts, a power of two, at least 4096
 * @returns whether there was room
 */
export function init(limit: u32, seedLow: u32, seedHigh: u32, orders: u32, contextBytes: u32): bool {
  return arenaInit(HEADER_BYTES, limit) && demandInit();
}
