// The columns of the entries, indexed by id; see layout.ts.

import { allocLasting, giveAway } from "../../core/arena";
import { cache } from "./layout";

/** Makes the columns long enough for `ids` ids, at least twice what they were. False, and nothing has changed, if there is no memory. */
export function growColumns(ids: u32): bool {
  const c = cache();
  const wanted = (max<u64>(<u64>ids, (<u64>c.capacity) << 1) + 127) & ~127;
  const perId: u64 = 8 + (c.sized != 0 ? 4 : 0) + (c.timed != 0 ? 1 : 0);
  const bytes = wanted * perId + (wanted >> 3);
  if (bytes > 0xf0000000) return false;
  const block = allocLasting(<u32>bytes);
  if (block == 0) return false;
  const old = <usize>c.block;
  const oldBytes = c.blockBytes;
  const have = <usize>c.capacity;
  const n = <usize>wanted;
  c.newer = place(block, c.newer, have << 2);
  c.older = place(block + (n << 2), c.older, have << 2);
  let at = block + (n << 3);
  if (c.sized != 0) {
    c.sizes = place(at, c.sizes, have << 2);
    at += n << 2;
  }
  if (c.timed != 0) {
    c.epochs = place(at, c.epochs, have);
    at += n;
  }
  c.visited = place(at, c.visited, have >> 3);
  c.block = <u32>block;
  c.blockBytes = <u32>bytes;
  c.capacity = <u32>wanted;
  // Room for records.
  giveAway(old, oldBytes);
  return true;
}

/** Copies the `bytes` bytes of a column to its new place. @returns the place */
function place(to: usize, from: u32, bytes: usize): u32 {
  memory.copy(to, <usize>from, bytes);
  return <u32>to;
}

/** The number after `entry` (id + 1) in the queue or in the list of those gone. */
export function newerThan(entry: u32): u32 {
  return load<u32>(<usize>cache().newer + ((<usize>entry - 1) << 2));
}

/** The number before `entry` in the queue. */
export function olderThan(entry: u32): u32 {
  return load<u32>(<usize>cache().older + ((<usize>entry - 1) << 2));
}

/** Links the column `newer`: `next` comes after `entry`. */
export function setNewer(entry: u32, next: u32): void {
  store<u32>(<usize>cache().newer + ((<usize>entry - 1) << 2), next);
}

/** Links the column `older`: `previous` comes before `entry`. */
export function setOlder(entry: u32, previous: u32): void {
  store<u32>(<usize>cache().older + ((<usize>entry - 1) << 2), previous);
}

/** The size of an entry; 0 where sizes are not kept. */
export function sizeOf(id: u32): u32 {
  const sizes = <usize>cache().sizes;
  return sizes != 0 ? load<u32>(sizes + ((<usize>id) << 2)) : 0;
}

/** Notes the size of an entry, and in the sum the difference to what it was. */
export function setSize(id: u32, size: u32): void {
  const c = cache();
  if (c.sizes == 0) return;
  const at = <usize>c.sizes + ((<usize>id) << 2);
  c.total += <u64>size - <u64>load<u32>(at);
  store<u32>(at, size);
}

/** Marks an entry as asked for: all that a hit costs. The bits of a million entries stay in the processor's cache. */
export function visit(id: u32): void {
  const at = <usize>cache().visited + <usize>(id >> 3);
  store<u8>(at, <u8>(<u32>load<u8>(at) | ((<u32>1) << (id & 7))));
}

/** Takes the mark off an entry. @returns whether there was one */
export function unvisit(id: u32): bool {
  const at = <usize>cache().visited + <usize>(id >> 3);
  const marks = <u32>load<u8>(at);
  const mark = (<u32>1) << (id & 7);
  store<u8>(at, <u8>(marks & ~mark));
  return (marks & mark) != 0;
}

/** Whether an entry has the mark. */
export function isVisited(id: u32): bool {
  return ((<u32>load<u8>(<usize>cache().visited + <usize>(id >> 3)) >> (id & 7)) & 1) != 0;
}
