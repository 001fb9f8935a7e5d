// The detector of anomalies in series, and the monitor of peers that misbehave. An instance is one of the two.

import { arenaInit } from "../../core/arena";
import { DETECTOR_BYTES, detector } from "./layout";
import { log2 } from "./log";
import { monitorStart } from "./monitor";
import { MONITOR_BYTES, monitor } from "./monitor-layout";

export * from "../../core/exports";
export { detectorForget, detectorInfo, detectorObserve, detectorSize } from "./detect";
export { monitorEvidence, monitorForget, monitorObserve, monitorSize } from "./monitor";

/**
 * Starts the module as a detector.
 * @param limit the most bytes of the image, 0 for no limit
 * @param levels of the range, 2 to 16
 * @param rate alarms an observation that are allowed, above 0 and at most 1/2
 * @param rest the longest rest after an alarm, observations
 * @param horizon transitions after which all counts are halved, 1,024 to 65,535
 * @param warmUp observations of a series before it alarms
 * @returns whether there was room
 */
export function detectorInit(limit: u32, levels: u32, rate: f64, rest: u32, horizon: u32, warmUp: u32): bool {
  if (!arenaInit(DETECTOR_BYTES, limit)) return false;
  const d = detector();
  d.levels = levels;
  d.rate = rate;
  d.threshold = -log2(rate);
  d.rest = rest;
  d.horizon = horizon;
  d.warmUp = warmUp;
  return true;
}

/**
 * Starts the module as a monitor.
 * @param limit the most bytes of the image, 0 for no limit
 * @param events kinds of events, 2 to 256
 * @param rate alarms an event that are allowed, above 0 and at most 1/2
 * @param memory events after which the counts of a peer are halved, 64 to 65,535
 * @param warmUp events of a peer before it is judged
 * @returns whether there was room
 */
export function monitorInit(limit: u32, events: u32, rate: f64, memory: u32, warmUp: u32): bool {
  if (!arenaInit(MONITOR_BYTES, limit)) return false;
  const m = monitor();
  m.events = events;
  m.rate = rate;
  m.threshold = -log2(rate);
  m.memory = memory;
  m.warmUp = warmUp;
  return monitorStart();
}
