import type { SnapshotKind } from "../../wasm/snapshot-header.js";

/**
 * What the snapshots of this layer's classes are. Whoever changes what an image means, or how an arc finds its place in a block, gives it the next
 * layout: older files are then refused, not misread.
 */
export const snapshotKinds = {
  mesh: { name: "alm-mesh", kind: 0x0300, layout: 1, hash: 0 },
} as const satisfies Record<string, SnapshotKind>;
