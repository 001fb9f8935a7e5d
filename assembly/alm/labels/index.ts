// The module of hub labels and landmarks: exact routes over a frozen graph. See layout.ts for what it keeps.

import { arenaInit } from "../../core/arena";
import { Header, header } from "./layout";

export * from "../../core/exports";
export { input } from "./graph";
export { buildLandmarks } from "./landmarks";
export { buildLabels } from "./pack";
export { answered, hasZeros, labelDistance, labelEntries, labelRoute } from "./query";
export { found, landmarkDistance, landmarkRoute, searched, spanRow, spanTargets } from "./search";
export { tableBegin, tableRow, tableTargets } from "./table";

/** Starts an index that may take `limit` bytes, 0 for no limit. False if there is no memory. Called once, first. */
export function init(limit: u32): bool {
  if (!arenaInit(offsetof<Header>(), limit)) return false;
  header().limit = limit;
  return true;
}
