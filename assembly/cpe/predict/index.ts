// The event model's full module: what the engine carries, and all that only `mfn/cpe` has.

import { arenaInit } from "../../core/arena";
import { eventsInit } from "../events/events";
import { HEADER_BYTES } from "../layout";

export * from "../../core/exports";
export * from "../events/exports";
export * from "../sessions/sessions";

/** Starts the model: see `init` of ../index.ts. */
export function init(limit: u32, seedLow: u32, seedHigh: u32, orders: u32, contextBytes: u32, horizon: u32): bool {
  const seed = ((<u64>seedHigh) << 32) | <u64>seedLow;
  return arenaInit(HEADER_BYTES, limit) && eventsInit(seed, orders, contextBytes, horizon);
}
