/**
 * IFR, the Immediate Flow Registry: have I seen exactly this? Keys to dense ids ({@link Ifr}, {@link FixedIfr}), filters in front of them
 * ({@link SplitBlockBloom}, {@link RollingBloom}, {@link TagFilter}, {@link BinaryFuse}), a cache ({@link IfrCache}), and registries that other threads read
 * ({@link SharedIfr}, {@link SharedFixedIfr}).
 *
 * @module
 */
export { type ErrorCode, MfnError } from "./errors.js";
export * from "./layers/ifr/cache.js";
export * from "./layers/ifr/filters/index.js";
export { type FixedColumns, FixedIfr, type FixedIfrOptions } from "./layers/ifr/fixed.js";
export type { IndexStats } from "./layers/ifr/header.js";
export * from "./layers/ifr/ifr.js";
export { IfrReader, SharedIfr, type SharedIfrOptions } from "./layers/ifr/shared.js";
export { FixedIfrReader, type SharedFixedHandle, SharedFixedIfr, type SharedFixedIfrOptions } from "./layers/ifr/shared-fixed.js";
export type * from "./types.js";
export { useChecksumModule } from "./wasm/checksum.js";
export type { LayerOptions } from "./wasm/kernel.js";
export type { SharedHandle } from "./wasm/shared.js";
export type { LoadOptions } from "./wasm/snapshot.js";
export type { SnapshotBytes, SnapshotInput, SnapshotReader, SnapshotStream } from "./wasm/snapshot-source.js";
export type { WasmSource } from "./wasm/source.js";
