// The memory of the stride expert. All of it is taken when it starts; nothing grows.
//
//   STATE  Header: what the expert is, then what it learned about its own experts
//   lines  64 bytes a context, in buckets of four:     | tag u32 | total u32 | 5 x delta f64 | 5 x count u16 | ... |
//   streams  in sets of eight:  | Stream, 64 bytes | cursor 0 | cursor 1 | ... |   56 bytes each, the latest first
//
// A cursor is a place where accesses go on: of three files that are read in turn, each has one.
//
//   accesses of a stream  100  900  101  902  102  904         cursor 0  at 904, delta 2, expects 906
//                                                              cursor 1  at 102, delta 1, expects 103

import { STATE } from "../../core/arena";

/** Experts of the mixture: the cursors, and the contexts of orders 0 to 3. */
export const EXPERTS: u32 = 5;
/** The last deltas that make the longest context. */
export const ORDERS: u32 = 3;
/** Classes of cursors by their run and by their rank. */
export const CLASSES: u32 = 64;
/** Streams of one set. */
export const WAYS: u32 = 8;
/** Ids are integers up to this one. */
export const MOST_ID: f64 = 9007199254740991;

@unmanaged
export class Header {
  seed: u64;
  /** Contexts: address of the lines, and buckets less one. */
  lines: u32;
  bucketMask: u32;
  /** Streams: address of the records, sets less one, bytes of a record. */
  streams: u32;
  setMask: u32;
  recordBytes: u32;
  /** The most cursors of a stream. */
  cursors: u32;
  /** How far apart two accesses of one run may be. */
  reach: f64;
  /** Events observed. */
  clock: f64;
}

@unmanaged
export class Stream {
  /** The stream's id + 1; 0 for a record that is free. */
  key: u32;
  /** Cursors in use. */
  cursors: u32;
  /** The clock at its last event. */
  stamp: f64;
  last: f64;
  /** The last three deltas, newest first. */
  d1: f64;
  d2: f64;
  d3: f64;
  /** Deltas known, at most 3. */
  deltas: u32;
}

@unmanaged
export class Cursor {
  at: f64;
  /** The delta that led here, and the one before. */
  delta: f64;
  before: f64;
  /** The id that would continue the run. */
  next: f64;
  /** Ids that the last access covers. */
  span: f64;
  /** How many times in a row the expected id came. */
  run: u32;
  /** Deltas known, at most 2. */
  deltas: u32;
  /** Whether the last access began where the one before it ended. */
  joined: u32;
}

/** Bytes of a stream's own part, and of a cursor. */
export const STREAM_BYTES: u32 = 64;
export const CURSOR_BYTES: u32 = 56;

/** Weights of the experts, f64: a row for each longest order that was found, none being the first. */
export const WEIGHTS: usize = STATE + 64;
export const WEIGHT_ROWS: u32 = 5;
/** Two f64 a class of cursors: the chance that such a one continues, and how often that was learned. */
export const CHANCES: usize = WEIGHTS + <usize>(WEIGHT_ROWS * EXPERTS * 8);
/** Bytes of all that. */
export const HEADER_BYTES: u32 = 64 + WEIGHT_ROWS * EXPERTS * 8 + CLASSES * 16;

export function header(): Header {
  return changetype<Header>(STATE);
}

/** Cursor `i` of a stream. */
export function cursorOf(stream: Stream, i: u32): Cursor {
  return changetype<Cursor>(changetype<usize>(stream) + <usize>(STREAM_BYTES + i * CURSOR_BYTES));
}

/** Whether a number is an id. */
export function isId(x: f64): bool {
  return x >= 0 && x <= MOST_ID;
}
