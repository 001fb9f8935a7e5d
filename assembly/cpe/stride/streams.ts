// The streams: a fixed number of records, in sets of eight. A new stream takes the record of its set that was used longest ago.

import { mix64 } from "../../core/hash";
import { header, Stream, WAYS } from "./layout";

/** The record of a stream, or null if it is not known. */
export function findStream(id: u32): Stream | null {
  const set = setOf(id);
  for (let i: u32 = 0; i < WAYS; i++) {
    const stream = recordAt(set, i);
    if (stream.key == id + 1) return stream;
  }
  return null;
}

/** The record of a stream, which is made if it is not known. */
export function touchStream(id: u32): Stream {
  const known = findStream(id);
  if (known !== null) return known;
  const set = setOf(id);
  let oldest = recordAt(set, 0);
  for (let i: u32 = 1; i < WAYS; i++) {
    const stream = recordAt(set, i);
    if (stream.key == 0 ? oldest.key != 0 : oldest.key != 0 && stream.stamp < oldest.stamp) oldest = stream;
  }
  clearStream(oldest);
  oldest.key = id + 1;
  return oldest;
}

/** Makes a record as new; it is free then. */
export function clearStream(stream: Stream): void {
  memory.fill(changetype<usize>(stream), 0, <usize>header().recordBytes);
}

function setOf(id: u32): usize {
  const h = header();
  return <usize>h.streams + <usize>(<u32>mix64(<u64>id ^ h.seed) & h.setMask) * <usize>(h.recordBytes * WAYS);
}

function recordAt(set: usize, i: u32): Stream {
  return changetype<Stream>(set + <usize>i * <usize>header().recordBytes);
}
