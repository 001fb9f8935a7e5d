import type { SnapshotKind } from "../../wasm/snapshot-header.js";

/**
 * What the snapshots of this layer's classes are. Whoever changes what an image means gives it the next layout: older files are then refused, not
 * misread.
 */
export const snapshotKinds = {
  events: { name: "cpe-events", kind: 0x0400, layout: 1, hash: 0 },
  detector: { name: "cpe-detector", kind: 0x0402, layout: 1, hash: 0 },
  forecaster: { name: "cpe-demand", kind: 0x0401, layout: 1, hash: 0 },
  peers: { name: "cpe-peers", kind: 0x0404, layout: 1, hash: 0 },
  stride: { name: "cpe-stride", kind: 0x0403, layout: 1, hash: 0 },
} as const satisfies Record<string, SnapshotKind>;
