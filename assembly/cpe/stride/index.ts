// The expert for ids that are numbers: deltas and strides.

import { arenaInit } from "../../core/arena";
import { HEADER_BYTES } from "../layout";

export * from "../../core/exports";

/** Starts the module. @param limit the most bytes of the image, 0 for no limit @returns whether there was room */
export function init(limit: u32): bool {
  return arenaInit(HEADER_BYTES, limit);
}
