export { type ErrorCode, MfnError } from "./errors.js";
export * from "./layers/dsr/anomaly.js";
export * from "./layers/dsr/dsr.js";
export * from "./layers/dsr/encoders/index.js";
export * from "./layers/dsr/readout.js";
export * from "./layers/dsr/reservoir.js";
export * from "./layers/dsr/rls.js";
export type * from "./types.js";
export type { WasmSource } from "./wasm/source.js";
