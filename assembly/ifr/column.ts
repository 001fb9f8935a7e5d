// The column: a place for every id. It lies in chunks of 65,536 places, so that it grows without being copied; only the first
// one starts small and doubles, and one that was cut to fit a declared capacity is filled up once, when that is exceeded.

import { alloc, allocLasting, giveAway, grow } from "../core/arena";
import { index } from "./layout";

/** Places in a chunk, as a power of two. */
const CHUNK_BITS: u32 = 16;
const CHUNK_PLACES: u32 = 1 << CHUNK_BITS;
/** Bytes before a chunk's first place: one bit for each of its ids, set while the id is free (keys of one width only). */
export const FREE_BYTES: usize = 8192;

/** Address of the place of id `id`, which must be below the column's limit. */
export function placeOf(id: u32, bytes: usize): usize {
  return chunkOf(id) + <usize>(id & (CHUNK_PLACES - 1)) * bytes;
}

/** The same for a loop that has read the header before: `chunks` is the column's directory. */
export function placeIn(chunks: usize, id: u32, bytes: usize): usize {
  return <usize>load<u32>(chunks + ((<usize>(id >> CHUNK_BITS)) << 2)) + <usize>(id & (CHUNK_PLACES - 1)) * bytes;
}

/** Address of the first place of the chunk that holds id `id`. */
export function chunkOf(id: u32): usize {
  return <usize>load<u32>(<usize>index().chunks + ((<usize>(id >> CHUNK_BITS)) << 2));
}

/** Places for `capacity` ids, of `bytes` bytes each. False if there is no memory. */
export function createColumn(capacity: u32, bytes: u32): bool {
  const x = index();
  x.placeBytes = bytes;
  x.chunkRoom = max<u32>(4, (capacity + CHUNK_PLACES - 1) >> CHUNK_BITS);
  x.chunks = <u32>alloc(x.chunkRoom << 2);
  if (x.chunks == 0) return false;
  let left = max<u32>(64, capacity);
  while (left > CHUNK_PLACES) {
    if (!addChunk(CHUNK_PLACES)) return false;
    left -= CHUNK_PLACES;
  }
  return addChunk(left);
}

/** More places: at least one. False, and nothing has changed, if there is no memory. O(1), or one copy of at most 65,536 places. */
export function growColumn(): bool {
  const x = index();
  const last = x.places & (CHUNK_PLACES - 1);
  if (last == 0) {
    const count = x.places >> CHUNK_BITS;
    if (count == x.chunkRoom) {
      const chunks = grow(<usize>x.chunks, count << 2, count << 3);
      if (chunks == 0) return false;
      x.chunks = <u32>chunks;
      x.chunkRoom = count << 1;
    }
    return addChunk(CHUNK_PLACES);
  }
  const size = x.places < CHUNK_PLACES ? min<u32>(CHUNK_PLACES, last << 1) : CHUNK_PLACES;
  const entry = <usize>x.chunks + ((<usize>(x.places >> CHUNK_BITS)) << 2);
  const old = <usize>load<u32>(entry) - head();
  const chunk = newChunk(size);
  if (chunk == 0) return false;
  const bytes = <u32>head() + last * x.placeBytes;
  memory.copy(chunk, old, <usize>bytes);
  // Wiped, so that the state keeps nothing of keys that are deleted later.
  memory.fill(old, 0, <usize>bytes);
  giveAway(old, (bytes + 63) & ~63);
  store<u32>(entry, <u32>(chunk + head()));
  x.places += size - last;
  return true;
}

/** Empties the places; there are as many as before. */
export function clearColumn(): void {
  const x = index();
  for (let id: u32 = 0; id < x.idLimit; id += CHUNK_PLACES) {
    const used = min<u32>(CHUNK_PLACES, x.idLimit - id);
    memory.fill(chunkOf(id) - head(), 0, head() + <usize>(used * x.placeBytes));
  }
  x.idLimit = 0;
  x.freeId = 0;
}

function head(): usize {
  return index().width != 0 ? FREE_BYTES : 0;
}

function newChunk(places: u32): usize {
  return allocLasting(<u32>head() + places * index().placeBytes);
}

function addChunk(places: u32): bool {
  const x = index();
  const chunk = newChunk(places);
  if (chunk == 0) return false;
  store<u32>(<usize>x.chunks + ((<usize>(x.places >> CHUNK_BITS)) << 2), <u32>(chunk + head()));
  x.places += places;
  return true;
}
