import type { SnapshotKind } from "../../wasm/snapshot-header.js";

/** The hash by which keys are placed: `hashBytes` of assembly/core/hash.ts. */
const NH_FOLDED = 1;

/**
 * What the snapshots of this layer's classes are. Whoever changes what an image means gives it the next layout, and whoever
 * changes a hash gives it the next free number: older files are then refused, not misread.
 */
export const snapshotKinds = {
  ifr: { name: "ifr", kind: 0x0100, layout: 1, hash: NH_FOLDED },
  fixed: { name: "ifr-fixed", kind: 0x0101, layout: 1, hash: NH_FOLDED },
} as const satisfies Record<string, SnapshotKind>;
