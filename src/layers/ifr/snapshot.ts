import type { SnapshotKind } from "../../wasm/snapshot-header.js";

/** Hashes by which keys are placed: `hashBytes` and `hashFixed` of assembly/core/hash.ts, and XXH64. */
const NH_FOLDED = 1;
const NH_FIXED = 2;
const XXH64 = 3;

/**
 * What the snapshots of this layer's classes are. Whoever changes what an image means gives it the next layout, and whoever
 * changes a hash gives it the next free number: older files are then refused, not misread.
 */
export const snapshotKinds = {
  ifr: { name: "ifr", kind: 0x0100, layout: 1, hash: NH_FOLDED },
  fixed: { name: "ifr-fixed", kind: 0x0101, layout: 1, hash: NH_FIXED },
  filters: { name: "ifr-filters", kind: 0x0102, layout: 1, hash: XXH64 },
  cache: { name: "ifr-cache", kind: 0x0103, layout: 1, hash: NH_FOLDED },
} as const satisfies Record<string, SnapshotKind>;
