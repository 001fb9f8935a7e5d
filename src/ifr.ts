export { type ErrorCode, MfnError } from "./errors.js";
export * from "./layers/ifr/fixed.js";
export * from "./layers/ifr/cache.js";
export * from "./layers/ifr/ifr.js";
export type * from "./types.js";
export { useChecksumModule } from "./wasm/checksum.js";
export type { LoadOptions } from "./wasm/snapshot.js";
export type { SnapshotBytes, SnapshotInput, SnapshotReader, SnapshotStream } from "./wasm/snapshot-source.js";
export type { WasmSource } from "./wasm/source.js";
