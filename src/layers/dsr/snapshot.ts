import type { SnapshotKind } from "../../wasm/snapshot-header.js";

/**
 * What the snapshots of this layer's classes are. Whoever changes what an image means gives it the next layout: older files are then
 * refused, not misread. No hash places anything in them.
 */
export const snapshotKinds = {
  index: { name: "dsr-index", kind: 0x0200, layout: 1, hash: 0 },
  reservoir: { name: "dsr-reservoir", kind: 0x0201, layout: 1, hash: 0 },
} as const satisfies Record<string, SnapshotKind>;
