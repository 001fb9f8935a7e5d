// Many keys of one width at a call. Callers write a column of keys into the window, where the answers are found as well:
//
//   window +0          cap x width   the keys
//          +cap width  cap x i32     ids: the answers
//          +...        cap / 8       a bit a key: known, or, after `insertMany`, new
//   cap: the keys that fit, a multiple of 128
//
// How an index larger than the cache is searched in steps is told in ../batch.ts. Here the key itself is where the column says, so
// there are three loads a hit: the bucket, the chunk's address (in cache) and the key.

import { STATE } from "../../core/arena";
import { spreadFolded } from "../../core/hash";
import { placeIn } from "../column";
import { index, META, MOST_PASSED, REFS, Segment, SLOTS, USED } from "../layout";
import { after, bucketIn, findRef, further, matches, NONE, put, segmentIn, tagOf } from "../table";
import { BUCKET, CANDIDATE, CHUNK, HASH, io, MORE, SEGMENT, TAG, touch, work } from "../work";
import { internHashed, lives, NO_ROOM, undo } from "./registry";
import { Width } from "./widths";

/** Keys from which on index and column are beyond a cache of 1 MiB, so that the steps pay. */
const STEPS_FROM: u32 = 40000;

/** Keys to a turn of a lookup's loops. */
const UNROLL: usize = 4;

/** Keys that fit into the window with their answers. */
function columnCapacity(width: usize): usize {
  return ((0x80000 / (8 * width + 33)) >> 7) << 7;
}

/** Address of the ids. */
function idColumn(width: usize): usize {
  return io + columnCapacity(width) * width;
}

/** Address of the bits. */
function bitColumn(width: usize): usize {
  return idColumn(width) + (columnCapacity(width) << 2);
}

/** Writes the ids of the first `n` keys, -1 for those not known. @returns how many are known */
export function lookupMany<W extends Width>(n: u32): u32 {
  const w = changetype<W>(0).bytes();
  const ids = idColumn(w);
  const steps = index().keys >= STEPS_FROM || !lives(0);
  let hits: u32 = 0;
  for (let from: u32 = 0; from < n; from += CHUNK) {
    const count = min<u32>(CHUNK, n - from);
    const keys = io + <usize>from * w;
    const out = ids + ((<usize>from) << 2);
    locate<W>(keys, <usize>count);
    if (steps) inSteps<W>(keys, out, <usize>count);
    else inCache<W>(keys, out, <usize>count);
    hits += settle<W>(keys, out, count);
  }
  return hits;
}

/** Writes a bit for each of the first `n` ids: set unless it is -1. */
export function bitsOfIds(width: usize, n: u32): void {
  const ids = idColumn(width);
  const bits = bitColumn(width);
  for (let i: usize = 0; i < <usize>n; i += 8) {
    const at = ids + (i << 2);
    const half = i16x8.narrow_i32x4_s(v128.load(at), v128.load(at, 16));
    const absent = i8x16.bitmask(i8x16.narrow_i16x8_s(half, half));
    const left = n - <u32>i;
    store<u8>(bits + (i >> 3), ~absent & (left >= 8 ? 0xff : (1 << left) - 1));
  }
}

/**
 * Enters the first `n` keys: writes the id of each, and a bit for those that are new.
 * @returns how many are new; or NO_ROOM, and nothing has been entered
 */
export function insertMany<W extends Width>(n: u32): i32 {
  const w = changetype<W>(0).bytes();
  const ids = idColumn(w);
  const bits = bitColumn(w);
  const x = index();
  const limit = x.idLimit;
  const before = x.keys;
  for (let from: u32 = 0; from < n; from += CHUNK) {
    const count = <usize>min<u32>(CHUNK, n - from);
    const keys = io + <usize>from * w;
    const out = ids + ((<usize>from) << 2);
    const done = insertChunk<W>(keys, out, count);
    if (done < count) {
      undoMany<W>(<usize>from + done, limit);
      return NO_ROOM;
    }
  }
  // New keys are noted as the complement of their id until here, so that a failure can undo just them.
  for (let i: usize = 0; i < <usize>n; i += 4) {
    const at = ids + (i << 2);
    const id = v128.load(at);
    const negative = i32x4.shr_s(id, 31);
    const mask = i32x4.bitmask(id);
    const byte = bits + (i >> 3);
    const left = n - <u32>i;
    const valid = mask & (left >= 4 ? 15 : (1 << left) - 1);
    store<u8>(byte, (i & 4) == 0 ? valid : load<u8>(byte) | (valid << 4));
    v128.store(at, v128.xor(id, negative));
  }
  return x.keys - before;
}

/** Takes back the new ones among the first `n` keys, the latest first; `limit` is what the id limit was before them. */
function undoMany<W extends Width>(n: usize, limit: u32): void {
  const ids = idColumn(changetype<W>(0).bytes());
  for (let i = n; i > 0; i--) {
    const id = load<i32>(ids + ((i - 1) << 2));
    if (id < 0) undo<W>(~id, limit);
  }
}

/** @returns how many of the `n` keys are done: all, unless memory ran out */
function insertChunk<W extends Width>(keys: usize, out: usize, n: usize): usize {
  const width = changetype<W>(0).bytes();
  const x = index();
  const directory = <usize>x.directory;
  const shift = <u64>x.shift;
  const buckets = <u64>x.segmentBuckets;
  const front = v128.load(STATE);
  const back = v128.load(STATE, 16);
  const end = work + (n << 4);
  let fullest: u32 = 0;
  let p = keys;
  for (let q = work; q < end; q += 16 * UNROLL, p += UNROLL * width) {
    const low = changetype<W>(0).pairAt(p, front, back);
    const high = changetype<W>(0).pairAt(p + 2 * width, front, back);
    const a = Turn.prepare(q, i64x2.extract_lane(low, 0), directory, shift, buckets);
    const b = Turn.prepare(q + 16, i64x2.extract_lane(low, 1), directory, shift, buckets);
    const c = Turn.prepare(q + 32, i64x2.extract_lane(high, 0), directory, shift, buckets);
    const d = Turn.prepare(q + 48, i64x2.extract_lane(high, 1), directory, shift, buckets);
    fullest = max<u32>(fullest, max<u32>(max<u32>(a, b), max<u32>(c, d)));
  }
  if (x.keys >= STEPS_FROM) touch(work + BUCKET, 16, <u32>n);
  // Where all could be new without a split, a longer column or a free id to use up, nothing can fail and nothing moves.
  if (x.freeId == 0 && x.idLimit + CHUNK <= x.places && fullest + CHUNK <= x.segmentLimit) {
    insertFast<W>(keys, out, n);
    return n;
  }
  for (let i: usize = 0; i < n; i++) {
    const entered = internHashed<W>(load<u64>(work + (i << 4), HASH), keys + i * width);
    if (entered == NO_ROOM) return i;
    store<i32>(out + (i << 2), entered);
  }
  return n;
}

/** Enters a chunk whose hashes, segments and buckets are in the working space, and for which there is room everywhere. */
function insertFast<W extends Width>(keys: usize, out: usize, n: usize): void {
  const width = changetype<W>(0).bytes();
  const x = index();
  const chunks = <usize>x.chunks;
  const first = x.idLimit;
  const end = work + (n << 4);
  let id = first;
  let p = keys;
  let o = out;
  let q = work;
  for (; q + 16 < end; q += 32, p += 2 * width, o += 8) {
    id += Turn.enter<W>(q, p, o, id, chunks);
    id += Turn.enter<W>(q + 16, p + width, o + 4, id, chunks);
  }
  if (q < end) id += Turn.enter<W>(q, p, o, id, chunks);
  x.idLimit = id;
  x.keys += id - first;
}

// Of a lookup's loops each turn does UNROLL keys: a turn costs four instructions by itself, and two more by which the engine sees to
// interrupts, beside the thirty or so that a key takes. The last turn may go up to three keys beyond the batch, which are whatever
// the window holds: their answers land where nobody looks.

/** Writes the buckets and the tags of the keys of a chunk to the working space. */
function locate<W extends Width>(keys: usize, n: usize): void {
  const width = changetype<W>(0).bytes();
  const x = index();
  const directory = <usize>x.directory;
  const shift = <u64>x.shift;
  const buckets = <u64>x.segmentBuckets;
  const front = v128.load(STATE);
  const back = v128.load(STATE, 16);
  const end = work + (n << 4);
  let p = keys;
  for (let q = work; q < end; q += 16 * UNROLL, p += UNROLL * width) {
    const low = changetype<W>(0).pairAt(p, front, back);
    const high = changetype<W>(0).pairAt(p + 2 * width, front, back);
    Turn.locate(q, i64x2.extract_lane(low, 0), directory, shift, buckets);
    Turn.locate(q + 16, i64x2.extract_lane(low, 1), directory, shift, buckets);
    Turn.locate(q + 32, i64x2.extract_lane(high, 0), directory, shift, buckets);
    Turn.locate(q + 48, i64x2.extract_lane(high, 1), directory, shift, buckets);
  }
}

/** Compares each key of a chunk with its first candidate: an index that is in the cache, and id 0 in use. */
function inCache<W extends Width>(keys: usize, out: usize, n: usize): void {
  const width = changetype<W>(0).bytes();
  const chunks = <usize>index().chunks;
  const end = work + (n << 4);
  let p = keys;
  let o = out;
  let e = work + MORE;
  for (let q = work; q < end; q += 16 * UNROLL, p += UNROLL * width, o += 4 * UNROLL, e += 2 * UNROLL) {
    Turn.answer<W>(q, p, o, e, chunks);
    Turn.answer<W>(q + 16, p + width, o + 4, e + 2, chunks);
    Turn.answer<W>(q + 32, p + 2 * width, o + 8, e + 4, chunks);
    Turn.answer<W>(q + 48, p + 3 * width, o + 12, e + 6, chunks);
  }
}

/** The same in steps: a larger index. */
function inSteps<W extends Width>(keys: usize, out: usize, n: usize): void {
  const width = changetype<W>(0).bytes();
  const chunks = <usize>index().chunks;
  const end = work + (n << 4);
  touch(work + BUCKET, 16, <u32>n);
  let o = out;
  let e = work + MORE;
  for (let q = work; q < end; q += 16 * UNROLL, o += 4 * UNROLL, e += 2 * UNROLL) {
    Turn.candidate<W>(q, o, e, chunks);
    Turn.candidate<W>(q + 16, o + 4, e + 2, chunks);
    Turn.candidate<W>(q + 32, o + 8, e + 4, chunks);
    Turn.candidate<W>(q + 48, o + 12, e + 6, chunks);
  }
  touch(work + CANDIDATE, 16, <u32>n);
  let p = keys;
  o = out;
  for (let q = work; q < end; q += 16 * UNROLL, p += UNROLL * width, o += 4 * UNROLL) {
    Turn.compare<W>(q, p, o);
    Turn.compare<W>(q + 16, p + width, o + 4);
    Turn.compare<W>(q + 32, p + 2 * width, o + 8);
    Turn.compare<W>(q + 48, p + 3 * width, o + 12);
  }
}

/** What the loops above do for one key. */
// biome-ignore lint/complexity/noStaticOnlyClass: only methods can be marked to be inlined wherever they stand
abstract class Turn {
  /** @returns the keys in the key's segment */
  @inline static prepare(q: usize, half: u64, directory: usize, shift: u64, buckets: u64): u32 {
    const h = spreadFolded(half);
    const segment = segmentIn(directory, shift, h);
    store<u64>(q, h, HASH);
    store<u32>(q, <u32>bucketIn(segment, buckets, h), BUCKET);
    store<u32>(q, <u32>segment, SEGMENT);
    return changetype<Segment>(segment).keys;
  }

  /** @returns 1 if the key is new and has been given `id`, else 0 */
  @inline static enter<W extends Width>(q: usize, p: usize, o: usize, id: u32, chunks: usize): u32 {
    const bucket = <usize>load<u32>(q, BUCKET);
    const h = load<u64>(q, HASH);
    const tag = tagOf(h);
    let known: u32 = NONE;
    if ((matches(bucket, i16x8.splat(<i16>tag)) | further(bucket, tag)) != 0) known = findRef<W>(h, p, 0);
    if (known != NONE) {
      store<u32>(o, known);
      return 0;
    }
    const meta = load<u32>(bucket, META);
    const slot = <usize>(meta & USED);
    if (<u32>slot < SLOTS) {
      store<u16>(bucket + (slot << 1), <u16>tag);
      store<u32>(bucket + (slot << 2), id, REFS);
      store<u32>(bucket, meta + 1, META);
    } else put(h, id);
    changetype<Segment>(<usize>load<u32>(q, SEGMENT)).keys += 1;
    changetype<W>(0).copy(placeIn(chunks, id, changetype<W>(0).bytes()), p);
    store<u32>(o, ~id);
    return 1;
  }

  @inline static locate(q: usize, half: u64, directory: usize, shift: u64, buckets: u64): void {
    const h = spreadFolded(half);
    store<u64>(q, h, HASH);
    store<u32>(q, <u32>bucketIn(segmentIn(directory, shift, h), buckets, h), BUCKET);
    // What tagOf says: the store drops all but the low 16 bits.
    store<u16>(q, <u32>h | 1, TAG);
  }

  @inline static answer<W extends Width>(q: usize, p: usize, o: usize, e: usize, chunks: usize): void {
    const bucket = <usize>load<u32>(q, BUCKET);
    const m = matches(bucket, v128.load16_splat(q, TAG));
    const id = load<u32>(bucket + ((<usize>ctz(m | 0x200)) << 2), REFS);
    // Without a match the key of the last slot is compared, or that of id 0 if the slot is empty: a live key, so if it is equal after
    // all, as it may be where a bucket passed it on, then its id is the answer.
    const hit = <u32>changetype<W>(0).equal(placeIn(chunks, id, changetype<W>(0).bytes()), p);
    store<u32>(o, id | (hit - 1));
    store<u16>(e, m | (load<u32>(bucket, META) & MOST_PASSED));
  }

  @inline static candidate<W extends Width>(q: usize, o: usize, e: usize, chunks: usize): void {
    const tags = v128.load16_splat(q, TAG);
    let bucket = <usize>load<u32>(q, BUCKET);
    let m = matches(bucket, tags);
    // A key that its bucket may have passed on has its candidate in the next one, so that this too is fetched in time.
    if (m == 0 && further(bucket, <u32>load<u16>(q, TAG)) != 0) {
      bucket = after(bucket, load<u64>(q, HASH));
      m = matches(bucket, tags);
    }
    const id = load<u32>(bucket + ((<usize>ctz(m | 0x200)) << 2), REFS);
    // Without a match the bucket's own line stands in for a key, and the answer is NONE whatever the comparison says.
    store<u32>(q, select<u32>(<u32>placeIn(chunks, id, changetype<W>(0).bytes()), <u32>bucket, m != 0), CANDIDATE);
    store<u32>(o, select<u32>(id, NONE, m != 0));
    store<u16>(e, m | (load<u32>(bucket, META) & MOST_PASSED));
  }

  @inline static compare<W extends Width>(q: usize, p: usize, o: usize): void {
    const hit = <u32>changetype<W>(0).equal(<usize>load<u32>(q, CANDIDATE), p);
    store<u32>(o, load<u32>(o) | (hit - 1));
  }
}

/** Looks up whole the keys of a chunk that their first candidate did not settle. @returns how many of the chunk's keys are known */
function settle<W extends Width>(keys: usize, out: usize, n: u32): u32 {
  const width = changetype<W>(0).bytes();
  let known = n;
  for (let i: usize = 0; i < <usize>n; i += 16) {
    const o = out + (i << 2);
    const e = work + MORE + (i << 1);
    const low = i16x8.narrow_i32x4_s(v128.load(o), v128.load(o, 16));
    const high = i16x8.narrow_i32x4_s(v128.load(o, 32), v128.load(o, 48));
    const left = n - <u32>i;
    const absent = <u32>i8x16.bitmask(i8x16.narrow_i16x8_s(low, high)) & (left >= 16 ? 0xffff : (1 << left) - 1);
    known -= <u32>popcnt(absent);
    const zero = i64x2.splat(0);
    const more = i8x16.narrow_i16x8_s(i16x8.ne(v128.load(e), zero), i16x8.ne(v128.load(e, 16), zero));
    let open = absent & <u32>i8x16.bitmask(more);
    while (open != 0) {
      const j = i + <usize>ctz(open);
      open &= open - 1;
      const q = work + (j << 4);
      const bucket = <usize>load<u32>(q, BUCKET);
      if ((matches(bucket, v128.load16_splat(q, TAG)) | further(bucket, <u32>load<u16>(q, TAG))) == 0) continue;
      const p = keys + j * width;
      const id = findRef<W>(changetype<W>(0).hashAt(p), p, 0);
      store<u32>(out + (j << 2), id);
      if (id != NONE) known++;
    }
  }
  return known;
}
