// The keys' bytes. Records of up to about 1 KiB are cut from slabs in units of 16 bytes, without a header for the allocator
// (the record knows its length), so a key costs its bytes, 8 for id and length, and at most 15 of slack. A freed record waits
// in the list of its size. Longer records are blocks of the arena.
//
// Where a record comes from, in this order: a freed one of its size; the slab; a longer freed record, split; a new slab of the
// arena. Records never move: an address is good as long as its key lives.
//
//   STATE + 128   Records (below), 32 bytes
//   STATE + 160   (SMALL_UNITS + 1) x u32, heads of the lists of freed records, by units
//   record, 16-byte aligned: +0 u32 id   +4 u32 length in bytes   +8 the key's bytes

import { alloc, blockBytes, free, STATE } from "../core/arena";
import { INDEX_BYTES } from "./layout";

/** Offset of the length in a record. */
export const LENGTH: usize = 4;
/** Offset of the key's bytes in a record. */
export const BYTES: usize = 8;

/** Records up to this many 16-byte units come from the slabs; longer ones are blocks of the arena. */
const SMALL_UNITS: u32 = 63;

/** The second part of the header. */
@unmanaged
export class Records {
  /** Bit u is set if the list of freed records of u units is not empty. */
  freeUnits: u64;
  /** The slab that small records are cut from, and its end. */
  slab: u32;
  slabEnd: u32;
  /** Bytes of live keys, and of freed records. */
  keyBytes: u32;
  freeBytes: u32;
  unused: u64;
}

/** Bytes of the whole header of a registry of keys of any length. */
export const HEADER_BYTES: u32 = INDEX_BYTES + 32 + (SMALL_UNITS + 1) * 4;
const FREE_RECORDS: usize = STATE + <usize>INDEX_BYTES + 32;

/** The second part of the header. */
export function records(): Records {
  return changetype<Records>(STATE + <usize>INDEX_BYTES);
}

/** What the slab asks of the arena at a time. */
const SLAB_BYTES: u32 = 4096;

/** Room for a key of `len` bytes, with its length written, or 0 if there is none. O(1). */
export function newRecord(len: u32): usize {
  const units = unitsOf(len);
  if (units > SMALL_UNITS && len > 0xfffeffff) return 0;
  const record = units > SMALL_UNITS ? alloc(len + <u32>BYTES) : small(units);
  if (record != 0) store<u32>(record, len, LENGTH);
  return record;
}

/** Takes a record back, and wipes it: the image holds nothing of a deleted key. O(length). */
export function freeRecord(record: usize): void {
  const len = load<u32>(record, LENGTH);
  const units = unitsOf(len);
  memory.fill(record, 0, <usize>len + BYTES);
  if (units > SMALL_UNITS) free(record, len + <u32>BYTES);
  else release(record, units);
}

/** Copies the `len` bytes of a key: a call of memory.copy costs more than the few words of most keys. */
export function copyBytes(to: usize, from: usize, len: u32): void {
  const n = <usize>len;
  if (n > 128) {
    memory.copy(to, from, n);
  } else if (n >= 8) {
    const last = n - 8;
    for (let i: usize = 0; i < last; i += 8) store<u64>(to + i, load<u64>(from + i));
    store<u64>(to + last, load<u64>(from + last));
  } else {
    for (let i: usize = 0; i < n; i++) store<u8>(to + i, load<u8>(from + i));
  }
}

/** Whether the keys at `a` and `b`, both `len` bytes, are equal. */
export function sameBytes(a: usize, b: usize, len: u32): bool {
  const n = <usize>len;
  if (n >= 16) {
    const last = n - 16;
    for (let i: usize = 0; i < last; i += 16) {
      if (v128.any_true(v128.xor(v128.load(a + i), v128.load(b + i)))) return false;
    }
    return !v128.any_true(v128.xor(v128.load(a + last), v128.load(b + last)));
  }
  if (n >= 8) return ((load<u64>(a) ^ load<u64>(b)) | (load<u64>(a + n - 8) ^ load<u64>(b + n - 8))) == 0;
  if (n >= 4) return ((load<u32>(a) ^ load<u32>(b)) | (load<u32>(a + n - 4) ^ load<u32>(b + n - 4))) == 0;
  for (let i: usize = 0; i < n; i++) if (load<u8>(a + i) != load<u8>(b + i)) return false;
  return true;
}

function unitsOf(len: u32): u32 {
  return <u32>((<u64>len + <u64>BYTES + 15) >> 4);
}

function small(units: u32): usize {
  const r = records();
  const bytes = units << 4;
  const freed = take(units);
  if (freed != 0) return freed;
  if (r.slabEnd - r.slab < bytes && !refill(bytes)) {
    // A longer record: the shortest there is, and its rest goes back.
    const longer = r.freeUnits >> <u64>units;
    if (longer == 0) return 0;
    const found = units + <u32>ctz(longer);
    const record = take(found);
    release(record + <usize>bytes, found - units);
    return record;
  }
  const record = <usize>r.slab;
  r.slab += bytes;
  return record;
}

/** A new slab of at least `bytes`; false if it is better to split a longer record, or if there is no memory. */
function refill(bytes: u32): bool {
  const r = records();
  if (r.freeUnits >> <u64>(bytes >> 4) != 0) return false;
  let size = SLAB_BYTES;
  let start = alloc(size);
  if (start == 0) {
    size = bytes;
    start = alloc(size);
    if (start == 0) return false;
  }
  size = blockBytes(size);
  if (<u32>start == r.slabEnd) {
    r.slabEnd += size;
    return true;
  }
  if (r.slabEnd > r.slab) release(<usize>r.slab, (r.slabEnd - r.slab) >> 4);
  r.slab = <u32>start;
  r.slabEnd = <u32>start + size;
  return true;
}

/** The first freed record of `units` units, or 0. */
function take(units: u32): usize {
  const r = records();
  const head = FREE_RECORDS + ((<usize>units) << 2);
  const record = <usize>load<u32>(head);
  if (record == 0) return 0;
  const next = load<u32>(record);
  store<u32>(head, next);
  store<u32>(record, 0);
  if (next == 0) r.freeUnits &= ~((<u64>1) << (<u64>units));
  r.freeBytes -= units << 4;
  return record;
}

function release(record: usize, units: u32): void {
  if (units == 0) return;
  const r = records();
  const head = FREE_RECORDS + ((<usize>units) << 2);
  store<u32>(record, load<u32>(head));
  store<u32>(head, <u32>record);
  r.freeUnits |= (<u64>1) << (<u64>units);
  r.freeBytes += units << 4;
}
