// What the similarity index keeps beside the vector store (../layout.ts), and where.
//
//   STATE         Store
//   POPULATION    Population (this file), then blocks:
//   signs         u32[ROUNDS][bits]   sign bits of the rotation, drawn from the seed
//   centre        f32[stride / 4]     mean of the rows when the population last learned; where rows are compared by ip it is
//                                     taken off the rows, not off the query
//   prototypes    i8[neurons][bits]   weights of the neurons: rotated, without the centre, in units of Cell.scale
//   cells         Cell[neurons]       what else belongs to a neuron, and the words of the rows it won
//   homes         u32[slotCapacity]   slot -> first winner, second winner << 16 (NOBODY if there is none)
//   slabs         u32[slabCapacity]   blocks of words come in slabs
//
// A word is a row as the population sees it: for each rotated dimension a spike (the sign of the residual, row minus prototype),
// two numbers to estimate the distance from, and the slot. Sixteen words lie side by side in a block, so that one look-up
// instruction serves sixteen:
//
//   block   +0                  u8[bits / 8][16]   spikes: byte b has dimensions 8 b .. 8 b + 7, lowest bit first; one column a word
//           +2 bits             u16[16]            gain: the upper half of an f32   distance ~ offset + base - gain * sum of +-q
//           +2 bits + 32        u16[16]            offset: the upper half of an f32
//           +2 bits + 64        u32[16]            slot
//           +2 bits + 128       u32                next block of the cell, 0 for none; 12 bytes nothing
//
// Only the first block of a cell has gaps: words are put in at its end, and one that is taken out is replaced by that one.
// The neurons themselves have words, relative to the centre, in a cell of their own (`root`): to find the winners among many.
//
//     slots 0 .. indexed-1 have words; those from there to Store.count have none and are looked at one by one.

import { STATE } from "../../core/arena";
import { INNER_PRODUCT, Store, theStore } from "../layout";

/** Rounds of the rotation. */
export const ROUNDS: u32 = 4;
/** The most dimensions of rows that have words. */
export const MOST_DIMENSIONS: u32 = 4096;
/** Words of a block. */
export const BLOCK_WORDS: u32 = 16;
/** The second winner of a row that has none. */
export const NOBODY: u32 = 0xffff;
/** The most neurons: a winner is a u16, and NOBODY is not one. */
export const MOST_NEURONS: u32 = 0x8000;

/** Rows from which on a population learns by itself; with fewer a search looks at all of them sooner than at their words. */
export const FIRST_LEARNING: u32 = 4096;
/** As `due`: not before it is told. */
export const NEVER: u32 = 0xffffffff;

/** The header of the index. */
@unmanaged
export class Population {
  /** State of the random numbers. */
  random: u64;
  /** Dimensions after the rotation, and spikes of a word: the dimensions rounded up to 16. */
  bits: u32;
  signs: u32;
  centre: u32;
  /** 0 until the population has learned. */
  neurons: u32;
  prototypes: u32;
  cells: u32;
  /** First block of the neurons' own words. */
  root: u32;
  homes: u32;
  homeCapacity: u32;
  /** Slots below this have words. */
  indexed: u32;
  /** First of the blocks that are free. */
  spare: u32;
  spareCount: u32;
  slabs: u32;
  slabCount: u32;
  slabCapacity: u32;
  blocksPerSlab: u32;
  /** Rows added since the population last learned, and how many make it learn again, or NEVER. */
  added: u32;
  due: u32;
  /** Mean of the squared distances of rows to their first winner when it last learned. */
  meanSquare: f32;
  /** Mean of the distances, and the mean within the cells of their variance, as a standard deviation. */
  meanDistance: f32;
  sdDistance: f32;
  /** Neurons the caller wants, 0 for as many as suit the rows. */
  wantedNeurons: u32;
  /** Share of the rows that get a second winner, in thousandths. */
  spill: u32;
  /** Those whose `spillBin` (members.ts) is below this. */
  spillBelow: u32;
  /** Whether the neurons' own words are too coarse to tell the winners from, so that all drives are computed: see tune.ts. */
  allDrives: u32;
  /** Whether rows are of bytes: see bytes.ts. */
  byteRows: u32;
  /** How much a search must look at for which recall: see tune.ts. */
  tuned: u32;
}

/** Where the header of the index lies. */
export const POPULATION: usize = STATE + ((offsetof<Store>() + 15) & ~15);

/** What belongs to a neuron beside its weights. */
@unmanaged
export class Cell {
  /** First block of its words; 0 for none. */
  head: u32;
  /** Words. */
  count: u32;
  /** Unit of its weights. */
  scale: f32;
  /** Squared length of its weights. */
  square: f32;
  /** Mean and standard deviation of the distances of the rows it won first. */
  meanDistance: f32;
  sdDistance: f32;
  /** Rows it won first when it last learned. */
  wins: u32;
}

/** The header. */
export function thePopulation(): Population {
  return changetype<Population>(POPULATION);
}

/** The entry of a neuron. */
export function cellAt(p: Population, neuron: u32): Cell {
  return changetype<Cell>(<usize>p.cells + <usize>neuron * offsetof<Cell>());
}

/** The weights of a neuron. */
export function prototypeAt(p: Population, neuron: u32): usize {
  return <usize>p.prototypes + <usize>neuron * <usize>p.bits;
}

/** Where in a block the gains begin: after the spikes. */
export function spikeBytes(p: Population): usize {
  return (<usize>p.bits) << 1;
}

/** From the gains of a block on: offsets of its columns. */
export const OFFSETS: usize = 32;
export const SLOTS: usize = 64;
export const NEXT: usize = 128;
const TAIL: u32 = 144;

/** Bytes of a block. */
export function blockSize(p: Population): u32 {
  return (p.bits << 1) + TAIL;
}

/** The block after this one in its cell, or 0. */
export function nextBlock(p: Population, block: usize): usize {
  return <usize>load<u32>(block + spikeBytes(p), NEXT);
}

/** Bytes of a row of f32, which the working copies of rows and the centre have whatever the rows are stored as. */
export function floatBytes(s: Store): usize {
  return (<usize>((s.dimensions + 3) & ~3)) << 2;
}

/** The entry of homes: first and second winner of a slot. */
export function homeAt(p: Population, slot: u32): usize {
  return <usize>p.homes + ((<usize>slot) << 2);
}

/** Whether rows are compared by inner product; else the squared distance orders them. */
export function byProduct(): bool {
  return theStore().metric == INNER_PRODUCT;
}
