// Streams: each remembers its last 32 symbols in a ring. A forgotten symbol in a ring is passed over when the ring is read, and
// taken out by the next sweep.

import { events, RING, streamAt, streams, symbolAt } from "./layout";
import { find, giveBack, remove } from "./registry";

/** The ring of a stream; ring 0, which is empty, if the stream is not known. */
export function ringOf(stream: u32): u32 {
  return find(streams(), stream);
}

/** Adds the newest symbol to a ring. */
export function push(r: u32, s: u32): void {
  const stream = streamAt(r);
  if (stream.live == 0) events().live += 1;
  stream.live = 2;
  const next = stream.next;
  store<u32>(ringSlot(r, next), s);
  stream.next = (next + 1) & (RING - 1);
  if (stream.length < RING) stream.length += 1;
}

/** Empties a ring. */
export function emptyRing(r: u32): void {
  const stream = streamAt(r);
  stream.length = 0;
  stream.next = 0;
  memory.fill(changetype<usize>(stream) + 32, 0, (<usize>RING) << 2);
}

/** Gives a stream's ring back. */
export function dropStream(r: u32): void {
  const stream = streamAt(r);
  remove(streams(), stream.id);
  emptyRing(r);
  if (stream.live != 0) events().live -= 1;
  stream.live = 0;
  stream.time = 0;
  stream.timed = 0;
  giveBack(streams(), r);
}

/** Copies the last symbols of a ring that are still in use to `to`, newest first, `most` at the most. Returns their number. */
export function recent(r: u32, to: usize, most: u32): u32 {
  const stream = streamAt(r);
  const length = stream.length;
  let n: u32 = 0;
  for (let back: u32 = 1; back <= length && n < most; back++) {
    const s = load<u32>(ringSlot(r, (stream.next - back) & (RING - 1)));
    if (symbolAt(s).serial == 0) continue;
    store<u32>(to + ((<usize>n) << 2), s);
    n++;
  }
  return n;
}

/** Takes the symbols that are no longer in use out of all rings. O(streams). */
export function sweepRings(): void {
  const end = events().ringEnd;
  for (let r: u32 = 0; r < end; r++) {
    const stream = streamAt(r);
    const next = stream.next;
    const length = stream.length;
    const live = stream.live;
    // From the oldest to the newest; what stays goes back into the ring behind the place that is read.
    stream.length = 0;
    stream.next = (next - length) & (RING - 1);
    for (let back = length; back > 0; back--) {
      const s = load<u32>(ringSlot(r, (next - back) & (RING - 1)));
      if (symbolAt(s).serial != 0) push(r, s);
    }
    // That was no event.
    stream.live = live;
  }
}

function ringSlot(r: u32, i: u32): usize {
  return changetype<usize>(streamAt(r)) + 32 + ((<usize>i) << 2);
}
