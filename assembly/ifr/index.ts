export * from "../core/exports";

import { arenaInit } from "../core/arena";
export function init(limit: u32): bool {
  return arenaInit(64, limit);
}
