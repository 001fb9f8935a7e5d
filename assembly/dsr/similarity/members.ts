// Rows as members of cells: a row is won by the nearest neuron, and by a second one that sees it from another side, so that a query
// whose nearest rows lie on the border of cells finds them in one or the other.
//
// The second winner is the one with the least |r'|^2 + (<r', r> / |r|)^2, r and r' being the residuals under the first and the second:
// Sun, Simcha, Dopson, Guo, Kumar, "SOAR: improved indexing for approximate nearest neighbor search", NeurIPS 2023.

import { grow } from "../../core/arena";
import { theStore } from "../layout";
import { removeWord, renameWord, roomInCell, spareBlocks } from "./blocks";
import { BLOCK_WORDS, byProduct, cellAt, homeAt, NOBODY, Population, prototypeAt } from "./layout";
import { makeTables } from "./lookup";
import { drive, findAmongAll, findWinners, makeWhole, productOfPrototypes, squareOfWhole, winnerAt, winnerBase } from "./prototypes";
import { rotate } from "./rotate";
import { floatRow } from "./rows";
import { writeRowWord } from "./word";
import { rowSpace, tables, takeWork, turned } from "./work";

/** Neurons among which the second winner is chosen. */
const RIVALS: u32 = 16;

/** Makes room in `homes` for as many slots as the store has room for. */
function roomForHomes(p: Population, slots: u32): bool {
  if (slots <= p.homeCapacity) return true;
  const homes = grow(p.homes, p.homeCapacity << 2, slots << 2);
  if (homes == 0) return false;
  p.homes = <u32>homes;
  p.homeCapacity = slots;
  return true;
}

/** Writes a row, without the centre and rotated, to `turned`. */
export function turnRow(p: Population, row: usize): void {
  const s = theStore();
  const n = (s.dimensions + 3) & ~3;
  const end = (<usize>n) << 2;
  for (let o: usize = 0; o < end; o += 16) v128.store(turned + o, f32x4.sub(v128.load(row + o), v128.load(<usize>p.centre + o)));
  memory.fill(turned + end, 0, ((<usize>p.bits) << 2) - end);
  rotate(p, turned);
}

/** Values of `spillBin`. */
export const SPILL_BINS: u32 = 1024;

/** How much worse than its first winner the second is for the row last looked at: describes scratch. */
export let spillBin: u32 = 0;

/** Finds the winners of the row at `turned`. @returns first | second << 16 */
export function homesOf(p: Population): u32 {
  makeWhole(p);
  let n: u32;
  const rivals = p.spill ? RIVALS : 1;
  // The neurons' words estimate products where rows are compared by them; rows are won by distance all the same.
  if (byProduct()) n = findAmongAll(p, rivals, true);
  else {
    makeTables(p, turned, tables);
    n = findWinners(p, rivals);
  }
  const first = winnerAt(0);
  spillBin = SPILL_BINS - 1;
  if (n < 2) return first | (NOBODY << 16);
  const square = winnerBase(0);
  const a = cellAt(p, first);
  const toFirst = drive(p, first);
  let best: f32 = Infinity;
  let second = NOBODY;
  for (let i: u32 = 1; i < n; i++) {
    const rival = winnerAt(i);
    const b = cellAt(p, rival);
    // <x - b, x - a>
    const between = <f32>productOfPrototypes(prototypeAt(p, first), prototypeAt(p, rival), p.bits) * a.scale * b.scale;
    const shared = squareOfWhole - toFirst - drive(p, rival) + between;
    const parallel: f32 = square > 0 ? (shared / square) * shared : 0;
    const loss = winnerBase(i) + parallel;
    if (loss < best) {
      best = loss;
      second = rival;
    }
  }
  // Loss over squared distance, which is 1 or more, in steps of 1/256.
  if (square > 0) spillBin = <u32>min<f32>(<f32>(SPILL_BINS - 1), (best / square - 1) * 256);
  return first | ((spillBin < p.spillBelow ? second : NOBODY) << 16);
}

/** Writes the words of the row at `turned` into the cells of its winners. Blocks for them must be spare. */
function writeWords(p: Population, slot: u32, homes: u32): void {
  store<u32>(homeAt(p, slot), homes);
  put(p, homes & 0xffff, slot);
  if (homes >> 16 != NOBODY) put(p, homes >> 16, slot);
}

function put(p: Population, neuron: u32, slot: u32): void {
  const cell = cellAt(p, neuron);
  const column = cell.count & (BLOCK_WORDS - 1);
  writeRowWord(p, neuron, roomInCell(p, cell), column, slot);
}

/** Gives the next row that has no words its words, if there is memory. */
export function enrolNext(p: Population): bool {
  const s = theStore();
  if (!spareBlocks(p, 2) || !roomForHomes(p, s.slotCapacity) || !takeWork(p, true)) return false;
  const slot = p.indexed;
  turnRow(p, floatRow(s, slot, rowSpace));
  writeWords(p, slot, homesOf(p));
  p.indexed++;
  return true;
}

/** Takes the words of a slot out of their cells. */
export function expel(p: Population, slot: u32): void {
  const homes = load<u32>(homeAt(p, slot));
  removeWord(p, cellAt(p, homes & 0xffff), slot);
  if (homes >> 16 != NOBODY) removeWord(p, cellAt(p, homes >> 16), slot);
  store<u32>(homeAt(p, slot), 0);
}

/** Tells the words of a slot that their row is at another one now. */
export function rename(p: Population, slot: u32, to: u32): void {
  const homes = load<u32>(homeAt(p, slot));
  renameWord(p, cellAt(p, homes & 0xffff), slot, to);
  if (homes >> 16 != NOBODY) renameWord(p, cellAt(p, homes >> 16), slot, to);
  store<u32>(homeAt(p, to), homes);
  store<u32>(homeAt(p, slot), 0);
}
