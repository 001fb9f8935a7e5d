/**
 * The engine: four layers over one id space, and what they say fused into one ranking. Start at {@link Mfn}.
 *
 * @module
 */
export type { FeatureName, LayerName } from "./engine/features.js";
export type { Lesson } from "./engine/fusion.js";
export { Mfn, type MfnStats, type ModuleName } from "./engine/mfn.js";
export type * from "./engine/operations.js";
export type { Journal, MfnOptions, SimilarityLayer } from "./engine/options.js";
export type { AssociateOptions, PredictOptions, RecallOptions, RecallQuery, RouteOptions, SimilarOptions } from "./engine/query.js";
export type * from "./engine/results.js";
export type { Observation } from "./engine/state.js";
export { MAX_KEY_BYTES } from "./engine/validate.js";
export { type ErrorCode, MfnError } from "./errors.js";
export type { DemandModel, Forecast, ForecastOptions } from "./layers/cpe/demand.js";
export type { ExactSearchOptions, Metric, Neighbors, StoreOptions, StoreStats, VectorStore } from "./layers/dsr/store.js";
export type * from "./types.js";
export type { WasmSource } from "./wasm/source.js";
