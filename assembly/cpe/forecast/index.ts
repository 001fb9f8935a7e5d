// The forecaster's full module: what the engine carries, and all that only `mfn/cpe` has.

import { arenaInit } from "../../core/arena";
import { demandInit } from "../demand/demand";
import { beFull } from "../demand/full";
import { HEADER_BYTES } from "../layout";

export * from "../../core/exports";
export { demandSize } from "../demand/demand";
export * from "./series";

// At instantiation, not in `init`: a module that gets its state from a snapshot is full too.
beFull();

/** Starts the forecaster. @param limit the most bytes of the image, 0 for no limit @returns whether there was room */
export function init(limit: u32): bool {
  return arenaInit(HEADER_BYTES, limit) && demandInit();
}
