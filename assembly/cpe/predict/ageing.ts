// A limit to what is known: when there are too many ids or streams, those that were not seen for long make room. Each kind has a clock (Corbato, "A paging
// experiment with the Multics system", 1969): its hand halves the count of each id that it passes, and takes the first that is down to one. An id that has
// no event yet, being about to get one, is passed over, and so is one that came late.

import { events, streamAt, symbolAt } from "../events/layout";
import { ringOf } from "../events/streams";
import { symbolOf } from "../events/symbols";
import { forgetId, forgetStream } from "./forget";

/** Sets the most ids and streams; 0 for no limit. */
export function limitTo(mostIds: u32, mostStreams: u32): void {
  events().mostIds = mostIds;
  events().mostStreams = mostStreams;
}

/**
 * Forgets ids and streams until no more than there may be have had an event; not the stream and the id that just had one. O(1), amortised over the events
 * that made the counts.
 */
export function makeRoom(stream: u32, id: u32): void {
  const e = events();
  if (e.mostIds != 0) while (e.known > e.mostIds) forgetOldestId(symbolOf(id));
  if (e.mostStreams != 0) while (e.live > e.mostStreams) forgetOldestStream(ringOf(stream));
}

function forgetOldestId(present: u32): void {
  const e = events();
  // New symbols come in the order in which the hand goes round: the younger half stays.
  const young = e.births - (e.mostIds >> 1);
  let least: u32 = 0;
  for (let steps = e.symbolEnd; steps > 0; steps--) {
    e.idHand = e.idHand + 1 >= e.symbolEnd ? 1 : e.idHand + 1;
    const symbol = symbolAt(e.idHand);
    if (symbol.count == 0 || e.idHand == present || symbol.serial > young) continue;
    if (symbol.count == 1) {
      forgetId(symbol.id);
      return;
    }
    e.total -= symbol.count >> 1;
    symbol.count -= symbol.count >> 1;
    if (least == 0 || symbol.count < symbolAt(least).count) least = e.idHand;
  }
  // Once round, and all were seen often: the one that was seen least.
  forgetId(symbolAt(least).id);
}

function forgetOldestStream(present: u32): void {
  const e = events();
  while (true) {
    e.streamHand = e.streamHand + 1 >= e.ringEnd ? 1 : e.streamHand + 1;
    const stream = streamAt(e.streamHand);
    if (stream.live == 0 || e.streamHand == present) continue;
    if (stream.live == 1) {
      forgetStream(stream.id);
      return;
    }
    stream.live = 1;
  }
}
