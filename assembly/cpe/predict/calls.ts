// The calls of a model that may have sessions: with their evidence if there are any.

import { WINDOW } from "../../core/arena";
import { NO_MEMORY, OK } from "../../core/status";
import * as events from "../events/events";
import { events as header, ONE, streamAt } from "../events/layout";
import { ringOf } from "../events/streams";
import { sweep } from "../events/sweep";
import * as inSessions from "../sessions/calls";
import { makeRoom } from "./ageing";
import { endSession, hasSessions } from "./forget";

export function prepare(stream: u32, id: u32): i32 {
  if (room(stream, id) == OK) return OK;
  // Numbers of forgotten ids can be had again after a sweep.
  if (header().retired == 0) return NO_MEMORY;
  sweep();
  return room(stream, id);
}

function room(stream: u32, id: u32): i32 {
  return hasSessions() ? inSessions.prepareInSession(stream, id) : events.prepare(stream, id);
}

export function prepareMany(n: u32, ids: usize): i32 {
  for (let i: u32 = 0; i < n; i++) {
    const at = (<usize>i) << 2;
    if (prepare(load<u32>(WINDOW + at), load<u32>(ids + at)) != OK) return NO_MEMORY;
  }
  return OK;
}

export function observe(stream: u32, id: u32): f32 {
  return prepare(stream, id) == OK ? observePrepared(stream, id, ONE) : <f32>NO_MEMORY;
}

function observePrepared(stream: u32, id: u32, units: u32): f32 {
  const bits = hasSessions() ? inSessions.observePreparedInSession(stream, id, units) : events.observePrepared(stream, units);
  makeRoom(stream, id);
  return bits;
}

/**
 * `observe` of an event that counts for `units` sixteenths of one (1..256), at time `at` in ms. A stream whose last event is longer ago than the gap begins
 * a session. Nothing is changed if there is no memory.
 */
export function observeAt(stream: u32, id: u32, units: u32, at: f64): f32 {
  if (prepare(stream, id) != OK) return <f32>NO_MEMORY;
  const ring = streamAt(ringOf(stream));
  const gap = header().gap;
  // Without a time there is none to compare with; NaN is never stored. A late event does not turn the clock back.
  if (!Number.isNaN(at)) {
    if (ring.timed != 0 && gap > 0 && at - ring.time > gap) endSession(stream);
    if (ring.timed == 0 || at > ring.time) ring.time = at;
    ring.timed = 1;
  }
  return observePrepared(stream, id, units);
}

export function observeMany(n: u32, ids: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const at = (<usize>i) << 2;
    store<f32>(WINDOW + at, observe(load<u32>(WINDOW + at), load<u32>(ids + at)));
  }
}

export function surpriseOf(stream: i32, id: u32): f32 {
  return hasSessions() ? inSessions.surpriseInSession(stream, id) : events.surpriseOf(stream, id);
}

export function predict(stream: i32, n: u32, k: u32): u32 {
  return hasSessions() ? inSessions.predictInSession(stream, n, k, 0) : events.predict(stream, n, k);
}

export function probabilities(stream: i32, length: u32, ids: usize, n: u32): void {
  if (hasSessions()) inSessions.probabilitiesInSession(stream, length, ids, n);
  else events.probabilities(stream, length, ids, n);
}
