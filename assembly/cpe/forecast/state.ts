// What is kept current for one series whose forecasts are asked for at every value: a struct and two blocks.
//
//   Online    208 bytes, see below
//   block     values   room x f64      the last `room` values, y
//             logs     room x f64      ln((y + offset) / (centre + offset))
//             tracks   steps x 240     how each member and the mixture did, this many steps ahead (track.ts)
//             births   16 x f64        value after which the path in each slot was made; -1 for none
//             paths    16 x (MEMBERS + 1) x steps x f64    what the members and the mixture said then
//   model     lags     32 x i32
//             plain    equations of the regression: gram width^2, right width, weights width, all f64
//             twin     the same on logarithms
//             short    season x f64    the two seasons of exponential smoothing
//             long     cycle x f64
//             profile  (cycle or season) x f64
//
// The block lasts; the model is made anew when the series has doubled and then shows a longer season or has room for longer lags.

import { alloc, free, planBlock } from "../../core/arena";
import { Series } from "../demand/layout";

/** The members of the mixture; `models` says which bit of the facade's names each is. */
export const NAIVE: u32 = 0;
export const SEASONAL_NAIVE: u32 = 1;
export const SEASONAL_MEAN: u32 = 2;
export const REGRESSION: u32 = 3;
export const LOG_REGRESSION: u32 = 4;
export const DOUBLE_SEASONAL: u32 = 5;
export const MEMBERS: u32 = 6;

/** The most paths under judgement. */
export const SLOTS: u32 = 16;
/** The most steps whose forecasts are kept current. */
export const MOST_STEPS: u32 = 512;
const LEAST_ROOM: u32 = 64;
const MOST_ROOM: u32 = 4096;

@unmanaged
export class Online {
  /** Number of the bin to be taken in next, and values taken in so far. */
  next: f64;
  taken: f64;
  /** The newest value, and the least. */
  last: f64;
  least: f64;
  /** The regression sees (y - centre) / spread. */
  centre: f64;
  spread: f64;
  /** What is added to a value before its logarithm, and the logarithm of (centre + offset); offset 0: no logarithms. */
  offset: f64;
  logCentre: f64;
  /** The range of what each regression has seen. */
  low: f64;
  high: f64;
  logLow: f64;
  logHigh: f64;
  /** Exponential smoothing: level, last error, value it started with. */
  level: f64;
  error: f64;
  begun: f64;
  /** Square root of the weight of the next row of the equations, and rows since they were made. */
  grow: f64;
  rows: f64;
  /** What a step's notes on the members, and on the mixture, keep from one judgement to the next. */
  fade: f64;
  forget: f64;
  /** Mean of the records in a bin that has any, over the last thousand of these. */
  notes: f64;
  block: u32;
  blockBytes: u32;
  model: u32;
  modelBytes: u32;
  steps: u32;
  room: u32;
  stride: u32;
  season: u32;
  cycle: u32;
  lagCount: u32;
  longest: u32;
  /** Whether each regression has coefficients. */
  solved: u32;
}

/** f64 of a track: see track.ts. */
const TRACK: u32 = 30;

export function onlineOf(series: Series): Online | null {
  return series.online == 0 ? null : changetype<Online>(<usize>series.online);
}

/** How many steps of a series are kept current. */
export function stepsOf(series: Series): u32 {
  const online = onlineOf(series);
  return online === null ? 0 : online.steps;
}

function blockOf(room: u32, steps: u32): u32 {
  return (2 * room + steps * TRACK + SLOTS + SLOTS * (MEMBERS + 1) * steps) << 3;
}

/** Bytes of what is kept current for a series. */
export function bytesOf(series: Series): u32 {
  const online = onlineOf(series);
  return online === null ? 0 : offsetof<Online>() + online.blockBytes + online.modelBytes;
}

/** Values in the rings of a series that remembers so many bins. */
function ringOf(most: u32): u32 {
  let room = LEAST_ROOM;
  while (room < min(most, MOST_ROOM)) room <<= 1;
  return room;
}

/** Whether `attach` would find room, besides what is planned already. */
export function planOnline(most: u32, steps: u32): bool {
  return planBlock(blockOf(ringOf(most), steps)) && planBlock(offsetof<Online>());
}

/** Starts keeping `steps` steps current. There must be room. */
export function attach(series: Series, steps: u32): void {
  const room = ringOf(series.most);
  const bytes = blockOf(room, steps);
  const block = alloc(bytes);
  const at = alloc(offsetof<Online>());
  const online = changetype<Online>(at);
  online.block = <u32>block;
  online.blockBytes = bytes;
  online.steps = steps;
  online.room = room;
  series.online = <u32>at;
  restart(online);
}

/** Forgets all that was learned. */
export function restart(online: Online): void {
  free(<usize>online.model, online.modelBytes);
  online.model = 0;
  online.modelBytes = 0;
  memory.fill(<usize>online.block, 0, <usize>online.blockBytes);
  online.taken = 0;
  online.season = 0;
  online.cycle = 0;
  online.lagCount = 0;
  online.solved = 0;
  online.centre = 0;
  online.notes = 0;
  online.offset = 0;
  online.stride = 1;
  dropPaths(online);
}

/** Ends it. */
export function detach(series: Series): void {
  const online = onlineOf(series);
  if (online === null) return;
  const block = <usize>online.block;
  const bytes = online.blockBytes;
  // The last one that was taken first, so that the top goes back to where it was.
  free(<usize>online.model, online.modelBytes);
  free(<usize>series.online, offsetof<Online>());
  free(block, bytes);
  series.online = 0;
}

/** Forgets the paths under judgement. */
export function dropPaths(online: Online): void {
  const births = birthsOf(online);
  for (let i: u32 = 0; i < SLOTS; i++) store<f64>(births + ((<usize>i) << 3), -1);
}

export function valuesOf(online: Online): usize {
  return <usize>online.block;
}

export function logsOf(online: Online): usize {
  return <usize>online.block + ((<usize>online.room) << 3);
}

export function trackOf(online: Online, step: u32): usize {
  return <usize>online.block + ((<usize>(2 * online.room + step * TRACK)) << 3);
}

export function birthsOf(online: Online): usize {
  return trackOf(online, online.steps);
}

/** Row `member` (MEMBERS: the mixture) of the path in a slot. */
export function pathOf(online: Online, slot: u32, member: u32): usize {
  return birthsOf(online) + ((<usize>(SLOTS + (slot * (MEMBERS + 1) + member) * online.steps)) << 3);
}

/** Address of the ring's element for value number `t`. */
export function slotFor(online: Online, ring: usize, t: f64): usize {
  return ring + ((<usize>(<u32>(<u64>t) & (online.room - 1))) << 3);
}
