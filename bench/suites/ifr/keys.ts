// Data and helpers of the suites of IFR.

import { byteKeys, permutation } from "../../data.js";

/** Queries of one sample: enough for the clock. */
export const QUERIES = 16384;
/** Bytes of the keys of fixed width. */
export const WIDTH = 16;

/** 1000 as "1k", a million as "1M". */
export const count = (n: number) => (n >= 1e6 ? `${n / 1e6}M` : `${n / 1e3}k`);

/** Keys of 16 bytes, and queries of which every second is a stranger. */
export interface ByteData {
  n: number;
  /** n keys, one behind the other. */
  keys: Uint8Array;
  /** Queries, one behind the other: a multiple of QUERIES of them. */
  queries: Uint8Array;
  /** For each query the number of its key, or -1. */
  expected: Int32Array;
  /** Absent keys alone, as many as queries. */
  strangers: Uint8Array;
  windows: number;
}

/** Makes such data; queries take the keys in random order. */
export function byteData(n: number): ByteData {
  const keys = byteKeys(n, WIDTH, 4);
  const windows = n >= 1e6 ? 16 : 4;
  const total = windows * QUERIES;
  const strangers = byteKeys(total, WIDTH, 6);
  const queries = strangers.slice();
  const order = permutation(n, 5);
  const expected = new Int32Array(total).fill(-1);
  for (let i = 0; i < total; i += 2) {
    const key = order[(i >> 1) % n]!;
    expected[i] = key;
    queries.set(keys.subarray(key * WIDTH, (key + 1) * WIDTH), i * WIDTH);
  }
  return { n, keys, queries, expected, strangers, windows };
}

/**
 * Bytes as strings of one character a byte, the shortest form in which a Map or Set takes them: fresh ones, in one piece, whose hash
 * nobody knows yet.
 */
export function latin(bytes: Uint8Array, width: number, from: number, to: number, into: string[]): string[] {
  for (let i = from; i < to; i++) {
    into[i - from] = String.fromCharCode.apply(null, bytes.subarray(i * width, (i + 1) * width) as unknown as number[]);
  }
  return into;
}

/** Goes round the windows of some data: each call of the result is the start of the next one. */
export function rounds(windows: number): () => number {
  let at = -1;
  return () => {
    at = (at + 1) % windows;
    return at * QUERIES;
  };
}
