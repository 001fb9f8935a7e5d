/**
 * Seeded models of real streams, so that examples, tests and the demo page need nobody's data: the access log of a shop, and what goes wrong in it.
 *
 * @module
 */
export { type ErrorCode, MfnError } from "./errors.js";
export { type AnomalyKind, type AnomalyOptions, anomalyEvents } from "./samples/anomalies.js";
export { logLine } from "./samples/line.js";
export { shopLog, shopPages } from "./samples/shop.js";
export type { LogEvent, ShopOptions, SitePage, Truth, VisitorKind } from "./samples/types.js";
export type { Milliseconds } from "./types.js";
