// How a filter begins.

import { arenaInit, STATE } from "../../core/arena";
import { hashKeys } from "../../core/hash";
import { filter, HEADER_BYTES, STAGED_FROM } from "./layout";

/** A header and a zeroed table of `tableBytes` bytes, at most 0xf0000000. False if there is no memory for them. */
export function begin(kind: u32, seed: u64, limit: u32, hash: u32, units: u32, tableBytes: u32): bool {
  if (tableBytes > 0xf0000000 || !arenaInit(HEADER_BYTES + tableBytes, limit)) return false;
  const f = filter();
  hashKeys(STATE, seed);
  f.seed = seed;
  f.kind = kind;
  f.hash = hash;
  f.units = units;
  f.tableBytes = tableBytes;
  f.staged = tableBytes > STAGED_FROM ? 1 : 0;
  return true;
}
