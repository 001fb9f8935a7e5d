// A limit to what is known: when there are too many ids or streams, those that were not seen for long make room. Each kind has a clock (Corbato, "A paging
// experiment with the Multics system", 1969): its hand halves the count of each id that it passes, and takes the first that is down to one. An id that has
// no event yet, being about to get one, is passed over.

import { events, ids, streamAt, streams, symbolAt } from "../events/layout";
import { forgetId, forgetStream } from "./calls";

/** Sets the most ids and streams; 0 for no limit. */
export function limitTo(mostIds: u32, mostStreams: u32): void {
  events().mostIds = mostIds;
  events().mostStreams = mostStreams;
}

/** Forgets ids and streams until there are no more than there may be. O(1), amortised over the events that made the counts. */
export function makeRoom(): void {
  const e = events();
  if (e.mostIds != 0) while (ids().size > e.mostIds && forgetOldestId()) {}
  if (e.mostStreams != 0) while (streams().size > e.mostStreams && forgetOldestStream()) {}
}

/** False if no id has had an event. */
function forgetOldestId(): bool {
  const e = events();
  if (e.known == 0) return false;
  while (true) {
    e.idHand = e.idHand + 1 >= e.symbolEnd ? 1 : e.idHand + 1;
    const symbol = symbolAt(e.idHand);
    if (symbol.count == 0) continue;
    if (symbol.count == 1) return forgetId(symbol.id);
    e.total -= symbol.count >> 1;
    symbol.count -= symbol.count >> 1;
  }
}

/** False if no stream has had an event. */
function forgetOldestStream(): bool {
  const e = events();
  if (e.live == 0) return false;
  while (true) {
    e.streamHand = e.streamHand + 1 >= e.ringEnd ? 1 : e.streamHand + 1;
    const stream = streamAt(e.streamHand);
    if (stream.live == 0) continue;
    if (stream.live == 1) return forgetStream(stream.id);
    stream.live = 1;
  }
}
