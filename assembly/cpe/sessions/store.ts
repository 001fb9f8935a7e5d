// Finished sessions: a ring of bytes that is as large as it was made, and for each symbol a chain through the sessions that have it, newest first.
// All is O(length of the session), amortised.

import { allocLasting } from "../../core/arena";
import { addEnds, entryAt, Item, itemAt, LONGEST, MOST_UNITS, REPEATED, sessionAt, sessions, UNIT, unitsOf } from "./layout";

/** Events at the end of a session that count as ends of it. */
export const TAIL: u32 = 3;

/** Makes the ring, of at least 4096 bytes. False if there is no memory. */
export function storeInit(bytes: u32): bool {
  const all = sessions();
  const units = min<u32>(max<u32>(bytes >> 4, 256), MOST_UNITS);
  const ring = allocLasting(units << 4);
  if (ring == 0) return false;
  all.ring = <u32>ring;
  all.units = units;
  all.end = units;
  return true;
}

/** Remembers a session that has ended: `n` symbols at `symbols`, newest first, of which the first 64 count. Single events are not kept. */
export function sessionsAdd(symbols: usize, n: u32): void {
  if (n < 2) return;
  const length = min<u32>(n, LONGEST);
  const unit = place(unitsOf(length));
  const session = sessionAt(unit);
  // An entry of an older session may have been where the working space is.
  memory.fill(changetype<usize>(session), 0, UNIT);
  session.length = length;
  for (let i: u32 = 0; i < length; i++) {
    const s = load<u32>(symbols + ((<usize>i) << 2));
    const item = itemAt(s);
    const position = length - 1 - i;
    const entry = entryAt(session, position);
    count(item, i, 1);
    store<u32>(entry, s);
    if (item.slot != 0) {
      store<u32>(entry, REPEATED, 4);
      continue;
    }
    item.slot = 1;
    store<u32>(entry, item.newest, 4);
    item.newest = (unit << 6) | position;
    item.sessions += 1;
  }
  for (let i: u32 = 0; i < length; i++) itemAt(load<u32>(symbols + ((<usize>i) << 2))).slot = 0;
  sessions().size += 1;
}

/** Counts one event of an item, `back` events before the last of its session. */
function count(item: Item, back: u32, x: i32): void {
  item.events += x;
  sessions().events += x;
  for (let within: u32 = back + 1; within <= TAIL; within++) {
    const ends = changetype<usize>(item) + offsetof<Item>("ends0") + ((<usize>(within - 1)) << 2);
    store<u32>(ends, load<u32>(ends) + x);
    addEnds(within, x);
  }
}

/** Where in the ring a session of so many units goes. What is in the way is dropped. */
function place(units: u32): u32 {
  const all = sessions();
  while (true) {
    if (all.size == 0) {
      all.oldest = 0;
      all.next = 0;
      all.wrapped = 0;
      all.end = all.units;
    }
    if (all.wrapped == 0) {
      if (all.next + units <= all.units) break;
      all.end = all.next;
      all.next = 0;
      all.wrapped = 1;
    } else if (all.next + units <= all.oldest) break;
    else dropOldest();
  }
  const unit = all.next;
  all.next = unit + units;
  return unit;
}

function dropOldest(): void {
  const all = sessions();
  const session = sessionAt(all.oldest);
  const length = session.length;
  for (let i: u32 = 0; i < length; i++) {
    const entry = entryAt(session, i);
    const s = load<u32>(entry);
    if (s == 0) continue;
    const item = itemAt(s);
    count(item, length - 1 - i, -1);
    if (load<u32>(entry, 4) == REPEATED) continue;
    item.sessions -= 1;
    if (item.sessions == 0) item.newest = 0;
  }
  all.size -= 1;
  all.oldest += unitsOf(length);
  if (all.wrapped != 0 && all.oldest == all.end) {
    all.oldest = 0;
    all.wrapped = 0;
    all.end = all.units;
  }
}

/** Takes symbol `s` out of all sessions. O(sessions that have it, and their events before it). */
export function sessionsForget(s: u32): void {
  if (s >= sessions().itemRoom) return;
  const item = itemAt(s);
  let link = item.newest;
  for (let left = item.sessions; left > 0; left--) {
    const session = sessionAt(link >> 6);
    const position = link & 63;
    link = load<u32>(entryAt(session, position), 4);
    for (let i: u32 = 0; i <= position; i++) {
      const entry = entryAt(session, i);
      if (load<u32>(entry) != s) continue;
      count(item, session.length - 1 - i, -1);
      store<u64>(entry, 0);
    }
  }
  memory.fill(changetype<usize>(item), 0, offsetof<Item>());
}
