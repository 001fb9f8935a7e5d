/**
 * CPE, the Context Prediction Engine: what comes next, and how much of it? Events ({@link Cpe}, {@link StridePredictor}), demand ({@link Forecaster}),
 * anomalies ({@link SeriesDetector}, {@link PeerMonitor}) and fetching ahead ({@link prefetcher}).
 *
 * @module
 */
export { type ErrorCode, MfnError } from "./errors.js";
export * from "./layers/cpe/cpe.js";
export {
  type Aggregate,
  type DemandModel,
  demandModels,
  type Forecast,
  type ForecastOptions,
  forecastModels,
  type SeriesInfo,
  type SeriesOptions,
} from "./layers/cpe/demand.js";
export * from "./layers/cpe/detector.js";
export type { ForecastSeries } from "./layers/cpe/forecast-series.js";
export * from "./layers/cpe/forecaster.js";
export type { EventModelOptions } from "./layers/cpe/options.js";
export * from "./layers/cpe/peer-monitor.js";
export * from "./layers/cpe/prefetcher.js";
export type { SessionEvidence, SessionOptions } from "./layers/cpe/sessions.js";
export { type Ahead, type NumericId, type StrideOptions, type StridePrediction, StridePredictor } from "./layers/cpe/stride.js";
export type * from "./layers/cpe/types.js";
export type * from "./types.js";
export type { LayerOptions } from "./wasm/kernel.js";
export type { WasmSource } from "./wasm/source.js";
