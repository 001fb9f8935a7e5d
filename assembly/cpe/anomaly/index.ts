// The detector of anomalies in series and of peers that misbehave.

import { arenaInit } from "../../core/arena";
import { HEADER_BYTES } from "../layout";

export * from "../../core/exports";

/** Starts the module. @param limit the most bytes of the image, 0 for no limit @returns whether there was room */
export function init(limit: u32): bool {
  return arenaInit(HEADER_BYTES, limit);
}
