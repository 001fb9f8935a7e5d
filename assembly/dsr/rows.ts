// The rows: adding, replacing, removing, and room for more.

import { alloc, arenaInit, blockBytes, free, grow, reserve, STATE } from "../core/arena";
import { BAD_ARGUMENT, NO_MEMORY, NOT_FOUND, OK } from "../core/status";
import { copyRow, measure } from "./distance";
import { COSINE, rowAt, SEGMENT_BYTES, Slot, Store, slotAt, slotOf, theStore } from "./layout";

/** The most bytes of a column, the largest block below 4 GiB. Ids from a quarter of this on are refused as no memory. */
const MOST_COLUMN: u32 = 0xe0000000;

/**
 * Starts a vector store.
 * @param dimensions 1 .. 65536
 * @param metric L2, INNER_PRODUCT or COSINE
 * @param capacity rows for which wasm memory is grown at once; the image does not grow by it
 * @param limitBytes the most bytes of the image, 0 for all that can be addressed
 */
export function storeInit(dimensions: u32, metric: u32, capacity: u32, limitBytes: u32): bool {
  return startStore(offsetof<Store>(), ((dimensions + 3) & ~3) << 2, dimensions, metric, capacity, limitBytes);
}

/** The same with `stateBytes` for the headers and `stride` for a row. */
export function startStore(stateBytes: u32, stride: u32, dimensions: u32, metric: u32, capacity: u32, limitBytes: u32): bool {
  if (!arenaInit(stateBytes, limitBytes)) return false;
  const s = theStore();
  s.dimensions = dimensions;
  s.metric = metric;
  s.stride = stride;
  // In fours, as kernels read them.
  s.rowsPerSegment = bestSegment(s.stride << 2) << 2;
  if (capacity == 0) return true;
  const segments = (capacity + s.rowsPerSegment - 1) / s.rowsPerSegment;
  const bytes = <u64>segments * <u64>(blockBytes(s.rowsPerSegment * s.stride) + 4) + <u64>capacity * <u64>(offsetof<Slot>() + 4);
  return bytes <= 0xffffffff && reserve(<u32>bytes);
}

/** How many pieces of `bytes` bytes make a segment: at least SEGMENT_BYTES and not twice that, with the least slack in the arena. */
export function bestSegment(bytes: u32): u32 {
  const first = (SEGMENT_BYTES + bytes - 1) / bytes;
  let best = first;
  let bestFill: f64 = 0;
  for (let n = first; n < first << 1; n++) {
    const fill = <f64>(n * bytes) / <f64>blockBytes(n * bytes);
    if (fill > bestFill) {
      best = n;
      bestFill = fill;
    }
  }
  return best;
}

/**
 * Makes room for `rows` more rows and for ids below `ids`: with room to spare if there is memory, else just enough.
 * @returns whether there is room; if not, nothing was changed
 */
export function storePrepare(rows: u32, ids: u32): bool {
  const s = theStore();
  return makeRoom(s, s.count + rows, ids, true) || makeRoom(s, s.count + rows, ids, false);
}

function makeRoom(s: Store, rows: u32, ids: u32, spare: bool): bool {
  if (ids > MOST_COLUMN / 4) return false;
  const segments = (rows + s.rowsPerSegment - 1) / s.rowsPerSegment;
  const segmentBytes = s.rowsPerSegment * s.stride;
  const newSegments = segments > s.segments ? segments - s.segments : 0;
  const directory = wanted(s.directoryCapacity, segments, 4, spare);
  const slots = wanted(s.slotCapacity, rows, offsetof<Slot>(), spare);
  const byId = wanted(s.idCapacity, ids, 4, spare);
  // All blocks are counted first: once `reserve` has agreed, no allocation below can fail.
  let bytes = <u64>newSegments * <u64>blockBytes(segmentBytes);
  if (directory > s.directoryCapacity) bytes += <u64>blockBytes(directory * 4);
  if (slots > s.slotCapacity) bytes += <u64>blockBytes(slots * offsetof<Slot>());
  if (byId > s.idCapacity) bytes += <u64>blockBytes(byId * 4);
  if (bytes == 0) return true;
  if (bytes > 0xffffffff || !reserve(<u32>bytes)) return false;
  if (directory > s.directoryCapacity) {
    s.directory = <u32>grow(s.directory, s.directoryCapacity * 4, directory * 4);
    s.directoryCapacity = directory;
  }
  if (slots > s.slotCapacity) {
    s.slots = <u32>grow(s.slots, s.slotCapacity * offsetof<Slot>(), slots * offsetof<Slot>());
    s.slotCapacity = slots;
  }
  if (byId > s.idCapacity) {
    s.byId = <u32>grow(s.byId, s.idCapacity * 4, byId * 4);
    s.idCapacity = byId;
  }
  for (let i: u32 = 0; i < newSegments; i++) {
    store<u32>(<usize>s.directory + ((<usize>s.segments) << 2), <u32>alloc(segmentBytes));
    s.segments++;
  }
  return true;
}

/** The entries a column should have to hold `need`: as it is, twice that if there may be room to spare, else what fits the block. */
function wanted(have: u32, need: u32, entryBytes: u32, spare: bool): u32 {
  if (need <= have) return have;
  const most = MOST_COLUMN / entryBytes;
  const entries = spare ? max<u32>(need, min<u32>(max<u32>(have << 1, 64), most)) : need;
  return blockBytes(entries * entryBytes) / entryBytes;
}

/** How many of the `n` ids at `ids` have no vector yet; an id that comes twice counts twice. */
export function storeCountNew(ids: usize, n: u32): u32 {
  const s = theStore();
  let missing: u32 = 0;
  for (let i: u32 = 0; i < n; i++) if (slotOf(s, load<u32>(ids + ((<usize>i) << 2))) < 0) missing++;
  return missing;
}

/** The place of the first of `n` vectors at `vectors`, back to back, that the metric refuses, or -1. */
export function storeFirstBad(vectors: usize, n: u32): i32 {
  const s = theStore();
  for (let i: u32 = 0; i < n; i++) {
    if (measure(vectors + ((<usize>i * <usize>s.dimensions) << 2), s.dimensions, s.metric) < 0) return i;
  }
  return -1;
}

/**
 * Gives an id the vector at `vector`, which may lie in WINDOW, or in SCRATCH if `storePrepare` has made the room before. O(d).
 * @returns 1 if the id had none, 0 if it was replaced, BAD_ARGUMENT for a vector that is not finite or too long, or NO_MEMORY
 */
export function storeAdd(id: u32, vector: usize): i32 {
  const s = theStore();
  const norm = measure(vector, s.dimensions, s.metric);
  if (norm < 0) return BAD_ARGUMENT;
  const isNew = slotOf(s, id) < 0;
  if (isNew && !storePrepare(1, id + 1)) return NO_MEMORY;
  const slot = isNew ? newSlot(s, id) : slotOf(s, id);
  slotAt(s, slot).norm = <f32>norm;
  copyRow(rowAt(s, slot), vector, s.dimensions, norm, s.metric);
  return isNew ? 1 : 0;
}

/** The slot for an id that had none; there is room for it. */
export function newSlot(s: Store, id: u32): u32 {
  const slot = s.count++;
  store<u32>(<usize>s.byId + ((<usize>id) << 2), slot + 1);
  slotAt(s, slot).id = id;
  return slot;
}

/** Adds `n` vectors, back to back at `vectors`, that `storeFirstBad` has found good, after `storePrepare`. O(n d). */
export function storeAddMany(ids: usize, vectors: usize, n: u32): i32 {
  const bytes = (<usize>theStore().dimensions) << 2;
  for (let i: u32 = 0; i < n; i++) {
    const status = storeAdd(load<u32>(ids + ((<usize>i) << 2)), vectors + <usize>i * bytes);
    if (status < 0) return status;
  }
  return 0;
}

/** Takes an id's vector away: the last row moves into its place. O(d). NOT_FOUND if it has none. */
export function storeRemove(id: u32): i32 {
  const s = theStore();
  const slot = slotOf(s, id);
  if (slot < 0) return NOT_FOUND;
  store<u32>(<usize>s.byId + ((<usize>id) << 2), 0);
  const last = s.count - 1;
  if (<u32>slot != last) moveRow(s, last, slot);
  dropLast(s);
  return OK;
}

/** Writes what is at one slot over another one. */
export function moveRow(s: Store, from: u32, to: u32): void {
  memory.copy(rowAt(s, to), rowAt(s, from), <usize>s.stride);
  const moved = slotAt(s, from);
  const place = slotAt(s, to);
  place.id = moved.id;
  place.norm = moved.norm;
  store<u32>(<usize>s.byId + ((<usize>moved.id) << 2), to + 1);
}

/** Takes the last slot out of use and wipes it; a second segment without rows goes back to the arena. */
export function dropLast(s: Store): void {
  const last = --s.count;
  memory.fill(rowAt(s, last), 0, <usize>s.stride);
  const slot = slotAt(s, last);
  slot.id = 0;
  slot.norm = 0;
  if ((s.segments - 1) * s.rowsPerSegment >= last + s.rowsPerSegment) {
    s.segments--;
    const entry = <usize>s.directory + ((<usize>s.segments) << 2);
    free(load<u32>(entry), s.rowsPerSegment * s.stride);
    store<u32>(entry, 0);
  }
}

/** Writes an id's vector, as it was given, to `out`: exact, but under cosine where it is the row times the length. O(d). */
export function storeVector(id: u32, out: usize): i32 {
  const s = theStore();
  const slot = slotOf(s, id);
  if (slot < 0) return NOT_FOUND;
  memory.copy(out, rowAt(s, slot), (<usize>s.dimensions) << 2);
  asGiven(s, slot, out);
  return OK;
}

/** Makes a row that was copied to `out` as long as the vector was that was given. */
export function asGiven(s: Store, slot: u32, out: usize): void {
  if (s.metric != COSINE) return;
  const norm = slotAt(s, slot).norm;
  const end = out + ((<usize>s.dimensions) << 2);
  for (let p = out; p < end; p += 4) store<f32>(p, load<f32>(p) * norm);
}

/** The slot of an id, or -1. */
export function storeSlot(id: u32): i32 {
  return theStore().slotOf(id);
}

/** Rows in use. */
export function storeCount(): u32 {
  return load<u32>(STATE, offsetof<Store>("count"));
}

/** Rows that fit into the segments there are. */
export function storeCapacity(): u32 {
  const s = theStore();
  return s.segments * s.rowsPerSegment;
}
