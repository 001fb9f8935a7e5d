// Blocks of words: where they come from, and how words get into a cell and out of it.

import { alloc, free, grow } from "../../core/arena";
import { BLOCK_WORDS, blockSize, Cell, NEXT, nextBlock, Population, SLOTS, spikeBytes } from "./layout";
import { moveWord, wipeWord } from "./word";

/** Makes sure that `n` blocks are spare. @returns false, and nothing has changed but perhaps slabs are more, if there is no memory */
export function spareBlocks(p: Population, n: u32): bool {
  while (p.spareCount < n) if (!addSlab(p)) return false;
  return true;
}

/** Makes room for the addresses of `n` slabs. */
export function roomForSlabs(p: Population, n: u32): bool {
  if (n <= p.slabCapacity) return true;
  const grown = grow(p.slabs, p.slabCapacity << 2, n << 2);
  if (grown == 0) return false;
  p.slabs = <u32>grown;
  p.slabCapacity = n;
  return true;
}

function addSlab(p: Population): bool {
  if (p.slabCount == p.slabCapacity && !roomForSlabs(p, max<u32>(16, p.slabCapacity << 1))) return false;
  const slab = alloc(p.blocksPerSlab * blockSize(p));
  if (slab == 0) return false;
  store<u32>(<usize>p.slabs + ((<usize>p.slabCount) << 2), <u32>slab);
  p.slabCount++;
  listSlab(p, slab);
  return true;
}

/** Puts all blocks of a slab before the list of the spare ones, ascending. */
function listSlab(p: Population, slab: usize): void {
  const size = <usize>blockSize(p);
  for (let i = p.blocksPerSlab; i > 0; i--) release(p, slab + <usize>(i - 1) * size);
}

/** All blocks are spare again; slabs beyond those that `blocks` blocks need go back to the arena. */
export function resetBlocks(p: Population, blocks: u32): void {
  const keep = (blocks + p.blocksPerSlab - 1) / p.blocksPerSlab;
  const bytes = p.blocksPerSlab * blockSize(p);
  while (p.slabCount > keep) {
    p.slabCount--;
    free(load<u32>(<usize>p.slabs + ((<usize>p.slabCount) << 2)), bytes);
  }
  p.spare = 0;
  p.spareCount = 0;
  for (let i = p.slabCount; i > 0; i--) {
    const slab = <usize>load<u32>(<usize>p.slabs + ((<usize>(i - 1)) << 2));
    memory.fill(slab, 0, <usize>bytes);
    listSlab(p, slab);
  }
}

function release(p: Population, block: usize): void {
  store<u32>(block + spikeBytes(p), p.spare, NEXT);
  p.spare = <u32>block;
  p.spareCount++;
}

/** Puts an empty block before those of a cell. One must be spare. */
export function takeBlock(p: Population, next: u32): usize {
  const block = <usize>p.spare;
  p.spare = <u32>nextBlock(p, block);
  p.spareCount--;
  store<u32>(block + spikeBytes(p), next, NEXT);
  return block;
}

/** Whether the next word of a cell needs another block. */
function isFull(cell: Cell): bool {
  return (cell.count & (BLOCK_WORDS - 1)) == 0;
}

/** The first block of a cell with room for a word at column `count % BLOCK_WORDS`, taking a spare one if need be; counts the word. */
export function roomInCell(p: Population, cell: Cell): usize {
  if (isFull(cell)) cell.head = <u32>takeBlock(p, cell.head);
  cell.count++;
  return cell.head;
}

/** Finds the word of a slot in a cell. @returns its block, and sets `foundColumn`; 0 if it is not there */
function find(p: Population, cell: Cell, slot: u32): usize {
  const wanted = i32x4.splat(slot);
  let words = lastColumn(cell) + 1;
  for (let block = <usize>cell.head; block != 0; block = nextBlock(p, block)) {
    const slots = block + spikeBytes(p) + SLOTS;
    const same =
      i32x4.bitmask(i32x4.eq(v128.load(slots), wanted)) |
      (i32x4.bitmask(i32x4.eq(v128.load(slots, 16), wanted)) << 4) |
      (i32x4.bitmask(i32x4.eq(v128.load(slots, 32), wanted)) << 8) |
      (i32x4.bitmask(i32x4.eq(v128.load(slots, 48), wanted)) << 12);
    const here = same & ((1 << words) - 1);
    if (here != 0) {
      foundColumn = ctz<u32>(here);
      return block;
    }
    words = BLOCK_WORDS;
  }
  return 0;
}

let foundColumn: u32 = 0;

/** Column of the last word of a cell that has words. */
function lastColumn(cell: Cell): u32 {
  return (cell.count - 1) & (BLOCK_WORDS - 1);
}

/** Takes the word of a slot out of a cell; its last word moves into the gap. A block that gets empty is spare again. */
export function removeWord(p: Population, cell: Cell, slot: u32): void {
  const block = find(p, cell, slot);
  if (block == 0) return;
  const head = <usize>cell.head;
  const last = lastColumn(cell);
  if (block != head || foundColumn != last) moveWord(p, head, last, block, foundColumn);
  wipeWord(p, head, last);
  if (last == 0) {
    cell.head = <u32>nextBlock(p, head);
    release(p, head);
  }
  cell.count--;
}

/** Tells the word of a slot in a cell that the row is at another slot now. */
export function renameWord(p: Population, cell: Cell, slot: u32, to: u32): void {
  const block = find(p, cell, slot);
  if (block != 0) store<u32>(block + spikeBytes(p) + ((<usize>foundColumn) << 2), to, SLOTS);
}
