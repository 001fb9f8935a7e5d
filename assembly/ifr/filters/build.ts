// Binary fuse filters: the build. All keys' hashes are gathered in SCRATCH, then
//   1. sorted by the segment of their first slot, so that all that follows works on three neighbouring segments at a time,
//   2. entered into their three slots: each slot counts its keys and xors their hashes,
//   3. peeled: a slot with one key knows that key; the key is taken out of its other two slots, which may leave them with one,
//   4. given back in reverse: the slot a key was peeled from is free to take the word that makes the three xor right.
// Peeling gets stuck by chance (then other bits of the hashes are tried) or by equal keys (then all but one of them go). That is rare,
// and memory that was never touched costs more than all the rest, since the system hands it out page by page. So the slots' xors
// take the place of the hashes, and when it gets stuck, the hashes are gathered once more.
// Graf, Lemire, "Binary fuse filters: fast and smaller than xor filters", ACM JEA 27, 2022. Expected O(keys).

import { arenaTop, scratch, scratchMore } from "../../core/arena";
import { mix64 } from "../../core/hash";
import { NO_MEMORY, OK } from "../../core/status";
import { fingerprint, first, second, third } from "./fuse";
import { FUSE, filter, TABLE } from "./layout";
import { CHUNK, CHUNK_HASHES, hashChunk } from "./source";
import { begin } from "./state";

/** There are equal hashes; the table should be made for those that are left. */
export const DUPLICATES: i32 = 1;
/** The attempt got stuck; all keys are to be gathered anew. */
export const AGAIN: i32 = 2;
/** Every attempt got stuck. */
const STUCK: i32 = -4;
/** An attempt fails for one of a hundred sets at most, so these fail for none. */
const ATTEMPTS: u32 = 50;
/** Slots that are looked at before what they set off is done. */
const STRETCH: u32 = 4096;
const GOLDEN: u64 = 0x9e3779b97f4a7c15;

/** How many hashes each segment has, then where the next one goes. A filter of 2^27 keys has 577 segments. */
const NEXT: usize = memory.data(4096, 16);
/** The three slots of a key, twice over but for one. */
const SLOTS: usize = memory.data(32, 16);

// What lies where in SCRATCH while a filter is built, and how far that has come.
let longKey: usize = 0;
let hashes: usize = 0;
let hashesEnd: usize = 0;
let gathered: u32 = 0;
/** How many hashes the table's shape is made for. */
let fitted: u32 = 0;
let attempt: u32 = 0;
let sorted: usize = 0;
let counts: usize = 0;
let queue: usize = 0;
let whichSlot: usize = 0;

/**
 * Starts a build: the table in the state, and in SCRATCH room for `keys` hashes (at most 2^27) and a key of `longest` bytes.
 * @param firstSlots slots where a key's first place may be: a multiple of the segment's length, which is 2^segmentBits
 * @returns false if there is no memory
 */
export function startBuild(seed: u64, limit: u32, hash: u32, bits: u32, segmentBits: u32, firstSlots: u32, keys: u32, longest: u32): bool {
  if (!shape(seed, limit, hash, bits, segmentBits, firstSlots)) return false;
  const slots = filter().units;
  const room = max<u32>(keys, slots) << 3;
  // For all that `workingSpace` will take, too, in one step: bit by bit the memory would double.
  scratch(<u32>min<u64>(0xffffffff, <u64>longest + room + <u64>keys * 9 + <u64>slots * 5 + 256));
  longKey = scratch(longest);
  hashes = longKey != 0 ? scratchMore(room) : 0;
  hashesEnd = hashes + <usize>room;
  fitted = keys;
  attempt = 0;
  sorted = 0;
  startGathering();
  return hashes != 0;
}

/** Where a key that is too long for the window may be written while a filter is built; 0 when none is. */
export function longKeyRoom(): usize {
  return longKey;
}

function startGathering(): void {
  gathered = 0;
  memory.fill(NEXT, 0, 4096);
}

/** Gathers the hashes of the `n` keys in the window. */
export function gather(source: u32, n: u32): void {
  for (let from: u32 = 0; from < n; from += CHUNK) {
    const count = min<u32>(CHUNK, n - from);
    hashChunk(source, from, count);
    const to = hashes + ((<usize>gathered) << 3);
    memory.copy(to, CHUNK_HASHES, (<usize>count) << 3);
    gathered += count;
    // For the first attempt; before another it is seen which hashes are equal.
    if (attempt == 0) countSegments(to, to + ((<usize>count) << 3), nextMix());
  }
}

/** What the next attempt mixes hashes with. */
function nextMix(): u64 {
  return mix64(filter().mix + GOLDEN);
}

/** Adds the hashes from `p` to `end` to the counts of their first slots' segments. */
function countSegments(p: usize, end: usize, mix: u64): void {
  const f = filter();
  const bits = f.segmentBits;
  const firstSlots = f.firstSlots;
  for (; p < end; p += 8) {
    const count = NEXT + ((<usize>(first(mix64(load<u64>(p) + mix), firstSlots) >> bits)) << 2);
    store<u32>(count, load<u32>(count) + 8);
  }
}

/** Hashes that are gathered. */
export function gatheredKeys(): u32 {
  return gathered;
}

/** Another table, not larger than the one there is, for what is gathered. False if there is no memory. */
export function reshape(seed: u64, limit: u32, segmentBits: u32, firstSlots: u32): bool {
  const f = filter();
  if (!shape(seed, limit, f.hash, f.fingerprintBits, segmentBits, firstSlots)) return false;
  fitted = gathered;
  sorted = 0;
  // Takes the place of the hashes as SCRATCH again.
  return scratch(<u32>(hashesEnd - arenaTop())) != 0;
}

/** Builds the filter: OK, DUPLICATES (call `reshape`, then this again), AGAIN (gather, then this again), NO_MEMORY or STUCK. */
export function build(): i32 {
  const f = filter();
  if (!workingSpace(f.units)) return NO_MEMORY;
  // Equal keys always get stuck, so only then are they looked for.
  if (attempt > 0) {
    if (!dropEqual()) return NO_MEMORY;
    if (gathered < fitted) return DUPLICATES;
  }
  f.mix = nextMix();
  if (attempt > 0) countSegments(hashes, hashes + ((<usize>gathered) << 3), f.mix);
  sortBySegment();
  if (enter() && peel() == gathered) {
    assign(gathered);
    f.keys = <f64>gathered;
    longKey = 0;
    return OK;
  }
  if (++attempt == ATTEMPTS) return STUCK;
  startGathering();
  return AGAIN;
}

function shape(seed: u64, limit: u32, hash: u32, bits: u32, segmentBits: u32, firstSlots: u32): bool {
  const slots = firstSlots + (2 << segmentBits);
  if (!begin(FUSE, seed, limit, hash, slots, slots * (bits >> 3))) return false;
  const f = filter();
  f.mix = seed;
  f.segmentBits = segmentBits;
  f.firstSlots = firstSlots;
  f.fingerprintBits = bits;
  return true;
}

function workingSpace(slots: u32): bool {
  if (sorted == 0) {
    sorted = scratchMore(gathered << 3);
    counts = sorted != 0 ? scratchMore(slots) : 0;
    // A slot is queued at most once: when its count falls to one.
    queue = counts != 0 ? scratchMore((slots + 1) << 2) : 0;
    whichSlot = queue != 0 ? scratchMore(gathered) : 0;
    if (whichSlot == 0) sorted = 0;
  }
  return sorted != 0;
}

/** Mixes the hashes and writes them to `sorted` by the segment of their first slot. */
function sortBySegment(): void {
  const f = filter();
  const bits = f.segmentBits;
  const firstSlots = f.firstSlots;
  const mix = f.mix;
  const end = hashes + ((<usize>gathered) << 3);
  let at = <u32>sorted;
  for (let next = NEXT; next < NEXT + 4096; next += 4) {
    const bytes = load<u32>(next);
    store<u32>(next, at);
    at += bytes;
  }
  for (let p = hashes; p < end; p += 8) {
    const x = mix64(load<u64>(p) + mix);
    const next = NEXT + ((<usize>(first(x, firstSlots) >> bits)) << 2);
    const to = load<u32>(next);
    store<u64>(to, x);
    store<u32>(next, to + 8);
  }
}

/** Enters all hashes into their slots, whose xors take the place of the hashes. A count is kept times four, and xored with which of its slots this is to the key. */
function enter(): bool {
  const f = filter();
  const segment = 1 << f.segmentBits;
  const firstSlots = f.firstSlots;
  const xors = hashes;
  memory.fill(xors, 0, (<usize>f.units) << 3);
  memory.fill(counts, 0, <usize>f.units);
  const end = sorted + ((<usize>gathered) << 3);
  let largest: u32 = 0;
  for (let p = sorted; p < end; p += 8) {
    const x = load<u64>(p);
    const a = <usize>first(x, firstSlots);
    const b = <usize>second(<u32>a, x, segment);
    const c = <usize>third(<u32>a, x, segment);
    const na = <u32>load<u8>(counts + a) + 4;
    const nb = (<u32>load<u8>(counts + b) + 4) ^ 1;
    const nc = (<u32>load<u8>(counts + c) + 4) ^ 2;
    largest |= na | nb | nc;
    store<u8>(counts + a, na);
    store<u8>(counts + b, nb);
    store<u8>(counts + c, nc);
    store<u64>(xors + (a << 3), load<u64>(xors + (a << 3)) ^ x);
    store<u64>(xors + (b << 3), load<u64>(xors + (b << 3)) ^ x);
    store<u64>(xors + (c << 3), load<u64>(xors + (c << 3)) ^ x);
  }
  // 64 keys in a slot are more than its count can say: equal keys, or such hashes as nobody should have made.
  return largest < 256;
}

/** Peels as many keys as can be; `sorted` then holds them in that order, and `whichSlot` the slot that each was peeled from. */
function peel(): u32 {
  const f = filter();
  const segment = 1 << f.segmentBits;
  const firstSlots = f.firstSlots;
  const slots = f.units;
  const xors = hashes;
  let peeled: usize = 0;
  // By stretches, so that what a slot sets off is near to it; first in, first out, so that the steps do not wait for each other.
  for (let from: u32 = 0; from < slots; from += STRETCH) {
    const end = min<u32>(slots, from + STRETCH);
    let head: usize = 0;
    let tail: usize = 0;
    for (let slot = from; slot < end; slot++) {
      store<u32>(queue + (tail << 2), slot);
      tail += load<u8>(counts + <usize>slot) >> 2 == 1 ? 1 : 0;
    }
    while (head < tail) {
      const slot = <usize>load<u32>(queue + (head << 2));
      head++;
      const count = <u32>load<u8>(counts + slot);
      // Its key may have been peeled from another slot since.
      if (count >> 2 != 1) continue;
      const x = load<u64>(xors + (slot << 3));
      const which = count & 3;
      store<u64>(sorted + (peeled << 3), x);
      store<u8>(whichSlot + peeled, which);
      peeled++;
      store<u8>(counts + slot, 0);
      // The other two: behind this one in a list that goes round. No branch, since nothing predicts which.
      const a = first(x, firstSlots);
      const b = second(a, x, segment);
      store<u32>(SLOTS, a);
      store<u32>(SLOTS, b, 4);
      store<u32>(SLOTS, third(a, x, segment), 8);
      store<u32>(SLOTS, a, 12);
      store<u32>(SLOTS, b, 16);
      const place = SLOTS + ((<usize>which) << 2);
      const one = <usize>load<u32>(place, 4);
      const two = <usize>load<u32>(place, 8);
      const oneCount = <u32>load<u8>(counts + one);
      const twoCount = <u32>load<u8>(counts + two);
      store<u32>(queue + (tail << 2), <u32>one);
      tail += oneCount >> 2 == 2 ? 1 : 0;
      store<u32>(queue + (tail << 2), <u32>two);
      tail += twoCount >> 2 == 2 ? 1 : 0;
      // (which + 1) mod 3 and (which + 2) mod 3.
      store<u8>(counts + one, (oneCount - 4) ^ ((0b001001 >> (which << 1)) & 3));
      store<u8>(counts + two, (twoCount - 4) ^ ((0b010010 >> (which << 1)) & 3));
      store<u64>(xors + (one << 3), load<u64>(xors + (one << 3)) ^ x);
      store<u64>(xors + (two << 3), load<u64>(xors + (two << 3)) ^ x);
    }
  }
  return <u32>peeled;
}

/** Sets the fingerprints, last peeled first: the slot a key was peeled from is in no key that is set before it. */
function assign(peeled: u32): void {
  const f = filter();
  const segment = 1 << f.segmentBits;
  const firstSlots = f.firstSlots;
  const wide = f.fingerprintBits >> 4;
  for (let i = <usize>peeled; i > 0; i--) {
    const x = load<u64>(sorted + (i << 3) - 8);
    const a = first(x, firstSlots);
    const b = second(a, x, segment);
    const c = third(a, x, segment);
    store<u32>(SLOTS, a);
    store<u32>(SLOTS, b, 4);
    store<u32>(SLOTS, c, 8);
    const slot = TABLE + ((<usize>load<u32>(SLOTS + ((<usize>load<u8>(whichSlot + i - 1)) << 2))) << (<usize>wide));
    // Its own word is zero, so all three may be taken.
    if (wide != 0) {
      const others = load<u16>(TABLE + ((<usize>a) << 1)) ^ load<u16>(TABLE + ((<usize>b) << 1)) ^ load<u16>(TABLE + ((<usize>c) << 1));
      store<u16>(slot, <u16>fingerprint(x) ^ others);
    } else {
      const others = load<u8>(TABLE + <usize>a) ^ load<u8>(TABLE + <usize>b) ^ load<u8>(TABLE + <usize>c);
      store<u8>(slot, <u8>fingerprint(x) ^ others);
    }
  }
}

/** Keeps the first of equal hashes, in their order, by a table of twice their number. False if there is no memory for it. */
function dropEqual(): bool {
  const size = ((<usize>gathered) << 1) + 1;
  const set = scratchMore(<u32>(size << 3));
  if (set == 0) return false;
  memory.fill(set, 0, size << 3);
  const end = hashes + ((<usize>gathered) << 3);
  let to = hashes;
  let zero = false;
  for (let p = hashes; p < end; p += 8) {
    const h = load<u64>(p);
    if (h == 0) {
      // Marks a free place in the table.
      if (zero) continue;
      zero = true;
    } else {
      let i = <usize>(((mix64(h) >> 32) * <u64>size) >> 32);
      while (load<u64>(set + (i << 3)) != 0 && load<u64>(set + (i << 3)) != h) i = i + 1 == size ? 0 : i + 1;
      if (load<u64>(set + (i << 3)) == h) continue;
      store<u64>(set + (i << 3), h);
    }
    store<u64>(to, h);
    to += 8;
  }
  gathered = <u32>((to - hashes) >> 3);
  return true;
}
