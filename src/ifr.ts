export { type ErrorCode, MfnError } from "./errors.js";
export * from "./layers/ifr/ifr.js";
export type * from "./types.js";
export type { WasmSource } from "./wasm/source.js";
