export * from "./delta.js";
export { type EncoderOptions, firstSpikeTimes, type RangeOptions, SpikeEncoder } from "./encoder.js";
export * from "./latency.js";
export * from "./population.js";
export * from "./rank-order.js";
export * from "./rate.js";
