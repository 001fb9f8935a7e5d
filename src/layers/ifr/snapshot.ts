import type { SnapshotKind } from "../../wasm/snapshot-header.js";

/** The hashes by which keys are placed: of assembly/core/hash.ts `hashBytes`, and `hash8` to `hash32`; or a choice of the first and XXH64. */
const ANY_LENGTH = 1;
const ONE_WIDTH = 2;
const ANY_LENGTH_OR_XXH64 = 3;

/**
 * What the snapshots of this layer's classes are. Whoever changes what an image means gives it the next layout, and whoever
 * changes a hash gives it the next free number: older files are then refused, not misread.
 */
export const snapshotKinds = {
  ifr: { name: "ifr", kind: 0x0100, layout: 1, hash: ANY_LENGTH },
  fixed: { name: "ifr-fixed", kind: 0x0101, layout: 1, hash: ONE_WIDTH },
  splitBlockBloom: { name: "ifr-filters", kind: 0x0110, layout: 1, hash: ANY_LENGTH_OR_XXH64 },
  rollingBloom: { name: "ifr-filters", kind: 0x0111, layout: 1, hash: ANY_LENGTH_OR_XXH64 },
  tagFilter: { name: "ifr-filters", kind: 0x0112, layout: 1, hash: ANY_LENGTH_OR_XXH64 },
  binaryFuse: { name: "ifr-filters", kind: 0x0113, layout: 1, hash: ANY_LENGTH_OR_XXH64 },
} as const satisfies Record<string, SnapshotKind>;
