// Time to live by one byte an entry.
//
// Time goes by in epochs of equal length, counted by the facade, which alone reads a clock. The byte of an entry names the
// epoch at whose beginning it expires, modulo 254; as no entry lives longer than 253 epochs, a byte means one epoch only. When
// an epoch begins, one pass over the column, 16 entries a step, turns every byte that is due into EXPIRED, however many epochs
// went by unseen. From then on nobody finds these entries; they are taken out of the queue a few at a time, so no
// call pays for all of them. A pass ends as soon as it has found as many as the counts promise, and does not begin if none is due.

import { cache, countOf, EPOCHS, EXPIRED } from "./layout";

/** Whether an entry of the queue has expired. */
export function hasExpired(id: u32): bool {
  const c = cache();
  return c.expired != 0 && load<u8>(<usize>c.epochs + <usize>id) == EXPIRED;
}

/** Lets an entry that has not expired live for `life` epochs, 1 to 253, beyond the present one; 0 for ever. */
export function setLife(id: u32, life: u32): void {
  const c = cache();
  if (c.epochs == 0) return;
  forgetLife(id);
  if (life == 0) return;
  const byte = 1 + ((c.epoch + life) % EPOCHS);
  store<u8>(<usize>c.epochs + <usize>id, <u8>byte);
  store<u32>(countOf(byte), load<u32>(countOf(byte)) + 1);
}

/** Clears the epoch byte of an entry. @returns whether it had expired */
export function forgetLife(id: u32): bool {
  const c = cache();
  if (c.epochs == 0) return false;
  const at = <usize>c.epochs + <usize>id;
  const byte = <u32>load<u8>(at);
  store<u8>(at, 0);
  if (byte == EXPIRED) {
    c.expired -= 1;
    return true;
  }
  if (byte != 0) store<u32>(countOf(byte), load<u32>(countOf(byte)) - 1);
  return false;
}

/** Lets `epochs` epochs go by, 254 standing for any longer time. O(ids / 16) if an entry expires, else O(1). */
export function goOn(epochs: u32): void {
  const c = cache();
  const n = min<u32>(epochs, EPOCHS);
  const first = (c.epoch + 1) % EPOCHS;
  c.epoch = (c.epoch + n) % EPOCHS;
  const here = min<u32>(n, EPOCHS - first);
  expireBytes(1 + first, here);
  if (n > here) expireBytes(1, n - here);
}

/** An entry of the queue that has expired, as id + 1; there is one. Goes round the column, 16 entries a step. */
export function nextExpired(): u32 {
  const c = cache();
  const due = i8x16.splat(<i8>EXPIRED);
  let at = c.cursor;
  for (let looked: u32 = 0; looked <= c.capacity; looked += 16) {
    const found = <u32>i8x16.bitmask(i8x16.eq(v128.load(<usize>c.epochs + <usize>at), due));
    if (found != 0) {
      c.cursor = at;
      return at + <u32>ctz(found) + 1;
    }
    at += 16;
    if (at >= c.capacity) at = 0;
  }
  // One that is counted and nowhere means that the state is broken: rather trap than search for ever.
  return unreachable();
}

/** Marks the entries whose byte is one of the `n` from `low` on. */
function expireBytes(low: u32, n: u32): void {
  const c = cache();
  let due: u32 = 0;
  for (let byte = low; byte < low + n; byte++) {
    due += load<u32>(countOf(byte));
    store<u32>(countOf(byte), 0);
  }
  c.expired += due;
  const lowest = i8x16.splat(<i8>low);
  const count = i8x16.splat(<i8>n);
  for (let at = <usize>c.epochs; due != 0; at += 16) {
    const bytes = v128.load(at);
    const marks = i8x16.lt_u(i8x16.sub(bytes, lowest), count);
    due -= <u32>popcnt(<u32>i8x16.bitmask(marks));
    v128.store(at, v128.or(bytes, marks));
  }
}
