// Learning as a whole: the neurons, then the words of all rows.

import { alloc, blockBytes, free, reserve, scratch, scratchMore } from "../../core/arena";
import { BAD_ARGUMENT, NO_MEMORY, OK } from "../../core/status";
import { theStore } from "../layout";
import { resetBlocks, roomForSlabs, spareBlocks, takeBlock } from "./blocks";
import {
  BLOCK_WORDS,
  blockSize,
  Cell,
  cellAt,
  FIRST_LEARNING,
  floatBytes,
  homeAt,
  MOST_NEURONS,
  NEVER,
  NEXT,
  NOBODY,
  Population,
  prototypeAt,
  spikeBytes,
  thePopulation,
} from "./layout";
import { learningBytes, learnWeights, spherical, weights } from "./learn";
import { homesOf, SPILL_BINS, spillBin, turnRow } from "./members";
import { populationWeights, winnerBase } from "./prototypes";
import { rotate } from "./rotate";
import { floatRow } from "./rows";
import { tune } from "./tune";
import { writeRowWord, writeWord } from "./word";
import { rowSpace, takeWork, turned } from "./work";

/** More than tuning takes, and a search beside. */
const TUNING_BYTES: u32 = 0x100000;

/** As many neurons as suit `n` rows: about 4 sqrt(n), half of that where rows have one winner only; at least eight rows each. */
function neuronsFor(n: u32, spill: u32): u32 {
  const wanted = <u32>min<f64>((spill ? 4 : 2) * Math.sqrt(<f64>n), <f64>n / 8);
  // Their own words fill whole blocks.
  return min<u32>(max<u32>((wanted + BLOCK_WORDS / 2) & ~(BLOCK_WORDS - 1), BLOCK_WORDS), MOST_NEURONS);
}

/**
 * Learns neurons from all rows, and gives every row its words anew. Without memory for it nothing changes. O(n (K + d log d) + sample K d).
 * @param neurons how many, 0 for as many as the population was made for, or as suit the rows
 * @param plastic, homeostatic for who wants to see what they are good for: see learn.ts
 */
export function populationLearn(neurons: u32, plastic: bool, homeostatic: bool): i32 {
  const p = thePopulation();
  const s = theStore();
  if (neurons == 0) neurons = p.wantedNeurons;
  let k = neurons == 0 ? neuronsFor(s.count, p.spill) : min<u32>(neurons, MOST_NEURONS);
  k = max<u32>(4, min<u32>(k, s.count)) & ~3;
  if (k > s.count || p.bits == 0) return BAD_ARGUMENT;
  const prototypeBytes = k * p.bits;
  const cellBytes = k * offsetof<Cell>();
  const homeBytes = s.slotCapacity << 2;
  const words = s.count * (p.spill ? 2 : 1);
  const blocks = words / BLOCK_WORDS + k + k / BLOCK_WORDS + 2;
  const slabs = (blocks + p.blocksPerSlab - 1) / p.blocksPerSlab;
  const missing = slabs > p.slabCount ? slabs - p.slabCount : 0;
  const bytes =
    <u64>blockBytes(prototypeBytes) +
    <u64>blockBytes(cellBytes) +
    <u64>blockBytes(homeBytes) +
    <u64>missing * <u64>blockBytes(p.blocksPerSlab * blockSize(p)) +
    (slabs > p.slabCapacity ? <u64>blockBytes(slabs << 2) : 0);
  // All that follows fits into this, blocks and scratch: once there is memory for it nothing is refused any more.
  const all = bytes + learningBytes(s.count, k) + ((<u64>s.count) << 1) + ((<u64>k) << 6) + ((<u64>p.bits) << 5) + TUNING_BYTES;
  if (all > 0xf0000000 || !reserve(<u32>bytes) || scratch(<u32>all) == 0) return NO_MEMORY;
  roomForSlabs(p, slabs);
  const prototypes = <u32>alloc(prototypeBytes);
  const cells = <u32>alloc(cellBytes);
  const homes = <u32>alloc(homeBytes);
  const oldNeurons = p.neurons;
  learnWeights(p, k, plastic, homeostatic);
  free(p.prototypes, oldNeurons * p.bits);
  free(p.cells, oldNeurons * offsetof<Cell>());
  free(p.homes, p.homeCapacity << 2);
  p.prototypes = prototypes;
  p.cells = cells;
  p.homes = homes;
  p.homeCapacity = s.slotCapacity;
  p.neurons = k;
  p.indexed = 0;
  p.added = 0;
  if (p.due != NEVER) p.due = max<u32>(FIRST_LEARNING, s.count);
  takeWeights(p);
  // From here on the weights in scratch are no longer needed.
  resetBlocks(p, blocks);
  spareBlocks(p, k / BLOCK_WORDS + 1);
  takeWork(p, true);
  writeRoot(p);
  spareBlocks(p, winAll(p));
  writeAll(p);
  tune(p);
  return OK;
}

/** Rotates the weights learned and keeps them as i8. */
function takeWeights(p: Population): void {
  const bytes = floatBytes(theStore());
  const at = scratchMore(p.bits << 2);
  for (let j: u32 = 0; j < p.neurons; j++) {
    const w = weights + <usize>j * bytes;
    if (spherical)
      for (let o: usize = 0; o < bytes; o += 16) v128.store(at + o, f32x4.sub(v128.load(w + o), v128.load(<usize>p.centre + o)));
    else memory.copy(at, w, bytes);
    memory.fill(at + bytes, 0, ((<usize>p.bits) << 2) - bytes);
    rotate(p, at);
    const cell = cellAt(p, j);
    let most: f32 = 0;
    for (let o: usize = 0; o < (<usize>p.bits) << 2; o += 4) most = max<f32>(most, abs(load<f32>(at + o)));
    const unit: f32 = most / 127;
    const scale: f32 = most > 0 ? 127 / most : 0;
    let square: i32 = 0;
    const out = prototypeAt(p, j);
    for (let i: usize = 0; i < <usize>p.bits; i++) {
      const w = <i32>nearest<f32>(load<f32>(at + (i << 2)) * scale);
      square += w * w;
      store<i8>(out + i, <i8>w);
    }
    cell.scale = unit;
    cell.square = <f32>square * unit * unit;
  }
}

/** The words of the neurons themselves, relative to the centre. */
function writeRoot(p: Population): void {
  p.root = 0;
  const nothing = scratchMore(p.bits);
  memory.fill(nothing, 0, p.bits);
  for (let j: u32 = 0; j < p.neurons; j++) {
    populationWeights(j, turned);
    const column = j & (BLOCK_WORDS - 1);
    if (column == 0) p.root = <u32>takeBlock(p, p.root);
    writeWord(p, turned, nothing, 0, p.root, column, j);
  }
}

/** Finds the winners of all rows and what there is to know of each cell. @returns blocks that the words will need */
function winAll(p: Population): u32 {
  const s = theStore();
  const k = p.neurons;
  const sums = scratchMore(k << 4);
  const bins = scratchMore(s.count << 1);
  const rowsOfBin = scratchMore(SPILL_BINS << 2);
  memory.fill(sums, 0, (<usize>k) << 4);
  memory.fill(rowsOfBin, 0, SPILL_BINS << 2);
  p.spillBelow = SPILL_BINS;
  let total: f64 = 0;
  for (let slot: u32 = 0; slot < s.count; slot++) {
    turnRow(p, floatRow(s, slot, rowSpace));
    const homes = homesOf(p);
    store<u32>(homeAt(p, slot), homes);
    store<u16>(bins + ((<usize>slot) << 1), <u16>spillBin);
    const bin = rowsOfBin + ((<usize>spillBin) << 2);
    store<u32>(bin, load<u32>(bin) + 1);
    const first = homes & 0xffff;
    const square = <f64>max<f32>(0, winnerBase(0));
    total += square;
    const sum = sums + ((<usize>first) << 4);
    store<f64>(sum, load<f64>(sum) + Math.sqrt(square));
    store<f64>(sum, load<f64>(sum, 8) + square, 8);
    cellAt(p, first).wins++;
  }
  p.meanSquare = <f32>(total / <f64>s.count);
  // The rows for which a second winner costs least get one.
  let spilt: u32 = 0;
  p.spillBelow = p.spill >= 1000 ? SPILL_BINS : 0;
  while (p.spillBelow < SPILL_BINS - 1) {
    spilt += load<u32>(rowsOfBin + ((<usize>p.spillBelow) << 2));
    if (<u64>spilt * 1000 > <u64>s.count * <u64>p.spill) break;
    p.spillBelow++;
  }
  for (let slot: u32 = 0; slot < s.count; slot++) {
    let homes = load<u32>(homeAt(p, slot));
    if (<u32>load<u16>(bins + ((<usize>slot) << 1)) >= p.spillBelow) homes |= NOBODY << 16;
    store<u32>(homeAt(p, slot), homes);
    cellAt(p, homes & 0xffff).count++;
    if (homes >> 16 != NOBODY) cellAt(p, homes >> 16).count++;
  }
  let blocks: u32 = 0;
  let distances: f64 = 0;
  let within: f64 = 0;
  for (let j: u32 = 0; j < k; j++) {
    const cell = cellAt(p, j);
    const sum = sums + ((<usize>j) << 4);
    const n = <f64>max<u32>(cell.wins, 1);
    const mean = load<f64>(sum) / n;
    const variance = max<f64>(0, load<f64>(sum, 8) / n - mean * mean);
    cell.meanDistance = <f32>mean;
    cell.sdDistance = <f32>Math.sqrt(variance);
    distances += load<f64>(sum);
    within += n * variance;
    blocks += blocksOf(cell);
  }
  p.meanDistance = <f32>(distances / <f64>s.count);
  p.sdDistance = <f32>Math.sqrt(within / <f64>s.count);
  return blocks;
}

function blocksOf(cell: Cell): u32 {
  return (cell.count + BLOCK_WORDS - 1) / BLOCK_WORDS;
}

/** Gives each cell the blocks for its `count` words, and writes the words of all rows. */
function writeAll(p: Population): void {
  const s = theStore();
  takeWork(p, true);
  const own = scratchMore(p.neurons << 2);
  for (let j: u32 = 0; j < p.neurons; j++) {
    const cell = cellAt(p, j);
    // Taken ascending, given out descending: so that the blocks of a cell lie in the order in which they are read.
    let list: u32 = 0;
    for (let n = blocksOf(cell); n > 0; n--) list = <u32>takeBlock(p, list);
    store<u32>(own + ((<usize>j) << 2), list);
    cell.count = 0;
    cell.head = 0;
  }
  for (let slot: u32 = 0; slot < s.count; slot++) {
    turnRow(p, floatRow(s, slot, rowSpace));
    const homes = load<u32>(homeAt(p, slot));
    writeOwn(p, own, homes & 0xffff, slot);
    if (homes >> 16 != NOBODY) writeOwn(p, own, homes >> 16, slot);
  }
  p.indexed = s.count;
}

/** Writes the word of the row at `turned` into a cell, with the blocks that were laid out for it. */
function writeOwn(p: Population, own: usize, neuron: u32, slot: u32): void {
  const cell = cellAt(p, neuron);
  const column = cell.count & (BLOCK_WORDS - 1);
  if (column == 0) {
    const list = own + ((<usize>neuron) << 2);
    const block = load<u32>(list);
    const next = <usize>block + spikeBytes(p);
    store<u32>(list, load<u32>(next, NEXT));
    store<u32>(next, cell.head, NEXT);
    cell.head = block;
  }
  cell.count++;
  writeRowWord(p, neuron, cell.head, column, slot);
}
