// The memory of a layer. One module has one arena; all that the layer knows lies in it, and nowhere else.
//
//   0x00000  static data of the module (constants, tables)
//   0x10000  WINDOW   64 KiB: input and output of one call. Not state.
//   0x20000  ARENA    this file's header, 512 bytes:
//              +0    u32  top        first byte after the state
//              +4    u32  limit      the state must end at or below this address
//              +8    u32  freeBytes  bytes waiting in the free lists
//              +12   u32  (zero)
//              +16   u32  free[108]  heads of the free lists, one a size class
//   0x20200  STATE    the layer's own header, then its blocks
//   top      ---------------------------------------------- end of the image
//   top..    SCRATCH  working space of queries. Not state: the next operation may overwrite it.
//
// The image, memory[ARENA, top), is a function of the operations alone: a query writes to WINDOW and SCRATCH only, and every
// block is handed out zeroed. So equal operations give equal bytes, in the debug and in the release module. Module globals
// may only cache what the image says or describe SCRATCH.
//
// Blocks come in four sizes a doubling (16, 32, 48, 64, 80, 96, 112, 128, 160, ... bytes), so at most a quarter of a block is
// slack; a freed block waits in the list of its size, and the last block gives its bytes back to the top.
// Addresses are computed in u64: a bump pointer in u32 wraps at 4 GiB and hands out memory twice.

/** Address of the 64 KiB through which facade and kernel exchange the input and output of one call. */
export const WINDOW: usize = 0x10000;
/** Bytes in the window. */
export const WINDOW_BYTES: u32 = 0x10000;
/** Address of the arena's header, where the image starts. */
export const ARENA: usize = 0x20000;
/** Address of the layer's own header. */
export const STATE: usize = 0x20200;

const CLASSES: u32 = 108;
const FREE: usize = ARENA + 16;
/** The last wasm page is never used, so that the end of a block is below 2^32. */
const MOST: u64 = 0xffff0000;

/** Addresses in [top, dirty) may hold what a query or a freed block left there; from dirty on, memory is zero. */
let dirty: u64 = STATE;
/** The end of what the running query has taken of SCRATCH. */
let scratchTop: u64 = STATE;

/** Address of the first byte after the state. */
export function arenaTop(): usize {
  return <usize>load<u32>(ARENA);
}

/** Bytes that freed blocks hold for reuse. */
export function arenaFree(): u32 {
  return load<u32>(ARENA, 8);
}

/**
 * Starts the arena. To be called once, before anything else.
 * @param stateBytes size of the layer's own header at STATE, which is zero
 * @param limitBytes the most bytes the image may grow to; 0 means all that wasm can address
 */
export function arenaInit(stateBytes: u32, limitBytes: u32): bool {
  assert(__heap_base <= WINDOW, "static data runs into the window");
  const top = align16(<u64>STATE + <u64>stateBytes);
  const limit = limitBytes == 0 ? MOST : min<u64>(MOST, <u64>ARENA + <u64>limitBytes);
  if (top > limit || !reach(top)) return false;
  store<u32>(ARENA, <u32>top);
  store<u32>(ARENA, <u32>limit, 4);
  dirty = top;
  scratchTop = top;
  return true;
}

/**
 * A zeroed block of at least `bytes` bytes at a 16-byte-aligned address, or 0 if there is no room for it.
 * O(1) but for the zeroing.
 */
export function alloc(bytes: u32): usize {
  const c = classOf(bytes);
  if (c >= CLASSES) return 0;
  const size = classBytes(c);
  const head = FREE + ((<usize>c) << 2);
  const block = <usize>load<u32>(head);
  if (block != 0) {
    store<u32>(head, load<u32>(block));
    store<u32>(ARENA, load<u32>(ARENA, 8) - <u32>size, 8);
    memory.fill(block, 0, <usize>size);
    return block;
  }
  const top = <u64>load<u32>(ARENA);
  return extendTop(top + size) ? <usize>top : 0;
}

/** Gives back a block of `alloc(bytes)`. `bytes` is what was asked for then. Address 0 is ignored. */
export function free(block: usize, bytes: u32): void {
  if (block == 0) return;
  const c = classOf(bytes);
  const size = classBytes(c);
  if (<u64>block + size == <u64>load<u32>(ARENA)) {
    dirty = max<u64>(dirty, <u64>block + size);
    store<u32>(ARENA, <u32>block);
    return;
  }
  const head = FREE + ((<usize>c) << 2);
  store<u32>(block, load<u32>(head));
  store<u32>(head, <u32>block);
  store<u32>(ARENA, load<u32>(ARENA, 8) + <u32>size, 8);
}

/**
 * Makes a block longer, where it is if it is the last one, else in another place; what it held is kept, the rest is zero.
 * @returns the block's address, or 0 if there is no room; the old block is then untouched
 */
export function grow(block: usize, oldBytes: u32, newBytes: u32): usize {
  if (block == 0) return alloc(newBytes);
  const c = classOf(newBytes);
  if (c >= CLASSES) return 0;
  const oldSize = classBytes(classOf(oldBytes));
  const newSize = classBytes(c);
  if (newSize <= oldSize) return block;
  if (<u64>block + oldSize == <u64>load<u32>(ARENA)) return extendTop(<u64>block + newSize) ? block : 0;
  const place = alloc(newBytes);
  if (place == 0) return 0;
  memory.copy(place, block, <usize>oldBytes);
  free(block, oldBytes);
  return place;
}

/**
 * A zeroed block of `bytes` bytes, rounded up to 64, at a 64-byte-aligned address at the top, or 0 if there is no room: for large
 * blocks that outlive most others, which the slack of a size class would make a quarter larger. Up to 48 bytes before it are lost.
 */
export function allocLasting(bytes: u32): usize {
  const top = <u64>load<u32>(ARENA);
  const block = (top + 63) & ~63;
  return extendTop(block + ((<u64>bytes + 63) & ~63)) ? <usize>block : 0;
}

/** The top as it would be after the blocks that were planned. */
let planTop: u64 = 0;

/** Starts a plan: of an operation that takes several blocks, and is to change nothing unless it gets all. Tramples the first bytes of WINDOW. */
export function plan(): void {
  planTop = <u64>load<u32>(ARENA);
  // How many blocks of each size were planned to come out of its free list.
  memory.fill(WINDOW, 0, CLASSES);
}

/** Whether a further block of `bytes` bytes could be had, besides those planned before. O(blocks of its size planned). */
export function planBlock(bytes: u32): bool {
  const c = classOf(bytes);
  if (c >= CLASSES) return false;
  const counter = WINDOW + <usize>c;
  let block = load<u32>(FREE + ((<usize>c) << 2));
  for (let i = load<u8>(counter); i > 0 && block != 0; i--) block = load<u32>(<usize>block);
  store<u8>(counter, load<u8>(counter) + 1);
  if (block != 0) return true;
  planTop += classBytes(c);
  return planTop <= <u64>load<u32>(ARENA, 4) && reach(planTop);
}

/**
 * Gives a piece of the state, 16-byte aligned, to the free lists: in parts of at most 4 KiB, the size in which most is asked
 * for again. Bytes beyond a multiple of 16 are lost.
 */
export function giveAway(block: usize, bytes: u32): void {
  let left = bytes & ~15;
  while (left != 0) {
    let c = classOf(min<u32>(left, 4096));
    if (classBytes(c) > <u64>left) c -= 1;
    const size = <u32>classBytes(c);
    free(block, size);
    block += <usize>size;
    left -= size;
  }
}

/**
 * Forgets all blocks: the state ends at `end` again, as after `arenaInit`. For a layer that puts all it knows into new blocks, from a copy in
 * scratch; it must not take more than there was, or it would run into the copy.
 */
export function arenaRestart(end: usize): void {
  const top = align16(<u64>end);
  dirty = max<u64>(dirty, <u64>load<u32>(ARENA));
  memory.fill(ARENA + 8, 0, STATE - ARENA - 8);
  store<u32>(ARENA, <u32>top);
}

/** Grows the wasm memory in one step so that `bytes` more of state fit without another step. */
export function reserve(bytes: u32): bool {
  const end = <u64>load<u32>(ARENA) + <u64>bytes;
  return end <= <u64>load<u32>(ARENA, 4) && reach(end);
}

/** The bytes a block of `alloc(bytes)` really has: a caller that can use them grows less often. */
export function blockBytes(bytes: u32): u32 {
  return <u32>classBytes(classOf(bytes));
}

/**
 * Starts a query's working space: forgets what the last one took and hands out `bytes` bytes, not zeroed, above the state.
 * They are valid until the next `scratch` or the next operation. 0 if there is no room.
 */
export function scratch(bytes: u32): usize {
  scratchTop = <u64>load<u32>(ARENA);
  return scratchMore(bytes);
}

/** Takes further bytes, not zeroed, for the query that began with `scratch`. 0 if there is no room. */
export function scratchMore(bytes: u32): usize {
  const block = scratchTop;
  const end = align16(block + <u64>bytes);
  if (end > MOST || !reach(end)) return 0;
  scratchTop = end;
  dirty = max<u64>(dirty, end);
  return <usize>block;
}

/** Where the running query's working space ends: what is taken from here on can be given back by `scratchBack`. */
export function scratchEnd(): u64 {
  return scratchTop;
}

/** Gives back what was taken of the working space after `end`. */
export function scratchBack(end: u64): void {
  scratchTop = end;
}

function extendTop(end: u64): bool {
  if (end > <u64>load<u32>(ARENA, 4) || !reach(end)) return false;
  const top = <u64>load<u32>(ARENA);
  if (dirty > top) memory.fill(<usize>top, 0, <usize>(min<u64>(dirty, end) - top));
  dirty = max<u64>(dirty, end);
  store<u32>(ARENA, <u32>end);
  return true;
}

/** Makes the wasm memory reach `end`: doubles it, or where the host refuses that, takes just what is needed. */
function reach(end: u64): bool {
  const have = (<u64>memory.size()) << 16;
  if (end <= have) return true;
  if (end > MOST) return false;
  const need = <i32>((end - have + 0xffff) >> 16);
  const twice = <i32>min<u64>(have >> 16, (MOST - have) >> 16);
  if (twice > need && memory.grow(twice) >= 0) return true;
  return memory.grow(need) >= 0;
}

function align16(x: u64): u64 {
  return (x + 15) & ~15;
}

/** The size class of a request: 0..3 are 16..64 bytes, then four classes a doubling. */
function classOf(bytes: u32): u32 {
  const n = <u32>((<u64>bytes + 15) >> 4);
  if (n <= 4) return n == 0 ? 0 : n - 1;
  const e = 31 - clz<u32>(n - 1);
  return ((e - 1) << 2) + ((n - 1 - (1 << e)) >> (e - 2));
}

function classBytes(c: u32): u64 {
  if (c < 4) return (<u64>(c + 1)) << 4;
  const e = (c >> 2) + 1;
  return (((<u64>1) << e) + ((<u64>((c & 3) + 1)) << (e - 2))) << 4;
}
