// The detector of anomalies in series, and the monitor of peers that misbehave. An instance is one of the two.

import { arenaInit } from "../../core/arena";
import { DETECTOR_BYTES, detector } from "./layout";
import { log2 } from "./log";

export * from "../../core/exports";
export { detectorForget, detectorInfo, detectorObserve, detectorSize } from "./detect";

/**
 * Starts the module as a detector.
 * @param limit the most bytes of the image, 0 for no limit
 * @param levels of the range, 2 to 16
 * @param rate alarms an observation that are allowed, above 0 and at most 1/2
 * @param rest the longest rest after an alarm, observations
 * @param horizon transitions after which all counts are halved, 64 to 65,535
 * @returns whether there was room
 */
export function detectorInit(limit: u32, levels: u32, rate: f64, rest: u32, horizon: u32): bool {
  if (!arenaInit(DETECTOR_BYTES, limit)) return false;
  const d = detector();
  d.levels = levels;
  d.rate = rate;
  d.threshold = -log2(rate);
  d.rest = rest;
  d.horizon = horizon;
  return true;
}
