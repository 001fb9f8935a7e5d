// Where things lie in the memory of the monitor of peers. M is the number of kinds of events.
//
//   STATE  header: struct Monitor 256 bytes, then peaks f64[4][256], the histograms of how high honest excursions went
//
//   block  cohort    counts of all events, then M of them by the event before; u32 each
//   block  places    16,384 of | u32 peer | u32 position |, by a hash of six events: where they last came together
//   block  a peer    struct Peer 160 bytes
//                    ring    u8[512]     its last events
//                    recent  f64[M]      shares of about its last 16 events
//                    counts of all its events, then M of them by the event before; u16 each
//
//   counts | u32 sum | u32 different ones | M numbers |, rounded up to 8 bytes

import { STATE } from "../../core/arena";
import { Table } from "./table";

/** Alternatives that a peer's events are held against. */
export const ALTERNATIVES: u32 = 4;
/** Bins of a histogram of peaks, and how many make a bit. */
export const BINS: u32 = 256;
export const BINS_A_BIT: f64 = 4;
/** Events of a peer that can be found again. */
export const RING: u32 = 512;
/** Places that can be found again, by the events before them. */
export const SLOTS: u32 = 16384;
/** Lengths of a run that are told apart. */
export const RUNS: u32 = 16;

const STRUCT: u32 = 256;
const PEER: u32 = 160;
/** Bytes of the header. */
export const MONITOR_BYTES: u32 = STRUCT + ((ALTERNATIVES * BINS) << 3) + ((2 * RUNS) << 3);

@unmanaged
export class Monitor extends Table {
  /** Kinds of events. */
  events: u32;
  /** Events after which counts of a peer are halved. */
  memory: u32;
  /** Events of a peer before it is judged. */
  warmUp: u32;
  /** Addresses of the counts of all peers, and of the places. */
  cohort: u32;
  places: u32;
  /** Alarms an event that are allowed, and its logarithm to base 2, negated. */
  rate: f64;
  threshold: f64;
  /** Judged events that the histograms stand for. */
  seen: f64;
  /** All judged events, and the alarms among them. */
  judged: f64;
  alarms: f64;
}

@unmanaged
export class Peer {
  id: u32;
  /** The last event, plus 1; 0 for none. */
  last: u32;
  /** Events, the low 32 bits: the place in the ring. */
  place: u32;
  /** Right guesses in a row of the stretch that is being followed; where it is: a peer's address, 0 for none, and a place. */
  run: u32;
  source: u32;
  at: u32;
  /** Events and alarms. */
  count: f64;
  alarms: f64;
  /** Trust in its own habits and in those of all; the rest of 1 is trust in the stretch that is being followed. */
  own: f64;
  others: f64;
}

export function monitor(): Monitor {
  return changetype<Monitor>(STATE);
}

/** Sum of an alternative, bits, in a peer; its peak is 32 bytes on. */
export function sumOf(peer: Peer, i: u32): usize {
  return changetype<usize>(peer) + 64 + ((<usize>i) << 3);
}

/** Threshold of an alternative; how many of its peaks ended in an alarm is 32 bytes on. */
export function thresholdOf(i: u32): usize {
  return STATE + 128 + ((<usize>i) << 3);
}

/** Histogram of an alternative's peaks. */
export function histogramOf(i: u32): usize {
  return STATE + STRUCT + ((<usize>(i * BINS)) << 3);
}

/** Guesses at a length of a run; the right ones among them are RUNS * 8 bytes on. */
export function triesOf(run: u32): usize {
  return STATE + STRUCT + ((<usize>(ALTERNATIVES * BINS + min<u32>(run, RUNS - 1))) << 3);
}

export function ringOf(peer: Peer): usize {
  return changetype<usize>(peer) + PEER;
}

export function recentOf(peer: Peer): usize {
  return changetype<usize>(peer) + PEER + RING;
}

/** Bytes of counts with numbers of 1 << shift bytes. */
export function countsBytes(shift: u32): u32 {
  return (8 + (monitor().events << shift) + 7) & ~7;
}

/** A peer's counts of all events; those after event e are e + 1 times `countsBytes(1)` on. */
export function countsOf(peer: Peer): usize {
  return recentOf(peer) + ((<usize>monitor().events) << 3);
}

/** Bytes of a peer. */
export function peerBytes(): u32 {
  const events = monitor().events;
  return PEER + RING + (events << 3) + (events + 1) * countsBytes(1);
}

/** Bytes of the counts of the cohort. */
export function cohortBytes(): u32 {
  return (monitor().events + 1) * countsBytes(2);
}
