// The image of what was contracted: see layout.ts. It is written above the working space first and then moved over the old one, so
// that an index which is built again stays what it was when there is no memory.

import { arenaInit, STATE, scratchMore } from "../../core/arena";
import { contracted, numbered, numberIn, numberOut, order, shortcuts } from "./contract";
import { BACKWARD, BLOCK_BYTES, FORWARD, UNITS, writeHeader } from "./layout";
import { degreeOf, entriesOf, NUMBER, ORIGINAL, pairOf, SHARED, VIA_IN, VIA_OUT, WEIGHT_IN, WEIGHT_OUT } from "./lists";
import { inputNodes } from "./read";

const NONE: u32 = 0xffffffff;

/** The nodes in the order of their blocks. */
let places: usize = 0;

/** Writes the image. @returns false without memory or above the limit; what was there is then as it was */
export function write(limitBytes: u32): bool {
  const n = inputNodes();
  const blocks = (UNITS + ((<usize>n) << 2) + 15) & ~15;
  const expansions = <u64>blocks + <u64>n * <u64>BLOCK_BYTES + ((<u64>numbered) << 4);
  const bytes = (expansions + ((<u64>numbered) << 3) - <u64>STATE + 15) & ~15;
  if (bytes > 0xf0000000 || !arrange()) return false;
  const image = scratchMore(<u32>bytes);
  const renumbered = scratchMore(numbered << 2);
  if (image == 0 || renumbered == 0) return false;
  const move = image - STATE;
  const end = fillBlocks(blocks, move, renumbered);
  fillExpansions(<usize>expansions + move, renumbered);
  // The bytes before the blocks and after the expansions that nothing else fills.
  const units = UNITS + ((<usize>n) << 2);
  memory.fill(units + move, 0, blocks - units);
  if ((numbered & 1) != 0) store<u64>(image + <usize>bytes - 8, 0);
  writeHeader(image, n, numbered, n - contracted, shortcuts, end, <usize>expansions);
  if (!arenaInit(<u32>bytes, limitBytes)) return false;
  memory.copy(STATE, image, <usize>bytes);
  return true;
}

/** Puts the nodes in the order of their blocks: the core, then each tree from its root. @returns false without memory */
function arrange(): bool {
  const n = inputNodes();
  places = scratchMore(n << 2);
  // By rank: the first node below, the next one below the same, and the one above.
  const child = scratchMore(n << 2);
  const sibling = scratchMore(n << 2);
  const above = scratchMore(n << 2);
  const rank = scratchMore(n << 2);
  if (places == 0 || child == 0 || sibling == 0 || above == 0 || rank == 0) return false;
  memory.fill(child, 0xff, (<usize>n) << 2);
  for (let r: u32 = 0; r < n; r++) store<u32>(rank + at(load<u32>(order + at(r))), r);
  for (let r: u32 = 0; r < contracted; r++) {
    const v = load<u32>(order + at(r));
    let lowest = NONE;
    let e = entriesOf(v);
    const end = e + ((<usize>degreeOf(v)) << 5);
    for (; e < end; e += 32) lowest = min<u32>(lowest, load<u32>(rank + at(load<u32>(e))));
    // A tree whose root is below core nodes only has no parent among the trees.
    if (lowest >= contracted) lowest = NONE;
    store<u32>(above + at(r), lowest);
    if (lowest == NONE) continue;
    store<u32>(sibling + at(r), load<u32>(child + at(lowest)));
    store<u32>(child + at(lowest), r);
  }
  let count: usize = places;
  for (let r = contracted; r < n; r++, count += 4) store<u32>(count, load<u32>(order + at(r)));
  for (let root = contracted; root-- > 0; ) {
    if (load<u32>(above + at(root)) != NONE) continue;
    let r = root;
    while (true) {
      store<u32>(count, load<u32>(order + at(r)));
      count += 4;
      const below = load<u32>(child + at(r));
      if (below != NONE) {
        r = below;
        continue;
      }
      while (r != root && load<u32>(sibling + at(r)) == NONE) r = load<u32>(above + at(r));
      if (r == root) break;
      r = load<u32>(sibling + at(r));
    }
  }
  return true;
}

/**
 * Writes units and blocks, and where the arcs' numbers went.
 * @param blocks where the first block will be
 * @param move what is to be added to an address in the image while it is being written
 * @returns the unit after the core
 */
function fillBlocks(blocks: usize, move: usize, renumbered: usize): u32 {
  const n = inputNodes();
  const core = n - contracted;
  let coreEnd: u32 = 0;
  let block = blocks;
  for (let i: u32 = 0; i < n; i++) {
    const v = load<u32>(places + at(i));
    store<u32>(UNITS + at(v) + move, <u32>(block >> 4));
    let arcs: usize = 0;
    let e = entriesOf(v);
    const end = e + ((<usize>degreeOf(v)) << 5);
    for (; e < end; e += 32) arcs += ways(e);
    block += <usize>BLOCK_BYTES + (arcs << 4);
    if (i + 1 == core) coreEnd = <u32>(block >> 4);
  }
  let next: u32 = 0;
  block = blocks + move;
  for (let i: u32 = 0; i < n; i++) {
    const v = load<u32>(places + at(i));
    store<f64>(block, Infinity);
    store<f64>(block, Infinity, 8);
    store<u64>(block, 0, 16);
    const first = next;
    let arc = block + <usize>BLOCK_BYTES;
    let e = entriesOf(v);
    const end = e + ((<usize>degreeOf(v)) << 5);
    for (; e < end; e += 32) {
      const unit = load<u32>(UNITS + at(load<u32>(e)) + move);
      const out = load<f64>(e, WEIGHT_OUT);
      const into = load<f64>(e, WEIGHT_IN);
      if ((load<u32>(e, NUMBER) & SHARED) != 0) {
        fillArc(arc, unit | FORWARD | BACKWARD, next, out);
        store<u32>(renumbered + at(numberOut(e)), next);
        arc += 16;
        next++;
        continue;
      }
      if (out < Infinity) {
        fillArc(arc, unit | FORWARD, next, out);
        store<u32>(renumbered + at(numberOut(e)), next);
        arc += 16;
        next++;
      }
      if (into < Infinity) {
        fillArc(arc, unit | BACKWARD, next, into);
        store<u32>(renumbered + at(numberIn(e)), next);
        arc += 16;
        next++;
      }
    }
    store<u32>(block, next - first, 24);
    store<u32>(block, 0, 28);
    block = arc;
  }
  return coreEnd;
}

function fillArc(arc: usize, head: u32, number: u32, weight: f64): void {
  store<u32>(arc, head);
  store<u32>(arc, number, 4);
  store<f64>(arc, weight, 8);
}

function fillExpansions(expansions: usize, renumbered: usize): void {
  const n = inputNodes();
  let p = expansions;
  for (let i: u32 = 0; i < n; i++) {
    const v = load<u32>(places + at(i));
    let e = entriesOf(v);
    const end = e + ((<usize>degreeOf(v)) << 5);
    for (; e < end; e += 32) {
      const viaOut = load<u32>(e, VIA_OUT);
      const viaIn = load<u32>(e, VIA_IN);
      const out = load<f64>(e, WEIGHT_OUT) < Infinity;
      const into = load<f64>(e, WEIGHT_IN) < Infinity;
      if (out) {
        if ((viaOut & ORIGINAL) != 0) fillExpansion(p, viaOut, into ? viaIn & ~ORIGINAL : 0);
        else fillShortcut(p, load<u32>(pairOf(viaOut)), load<u32>(pairOf(viaOut), 4), renumbered);
        p += 8;
      }
      if (into && (load<u32>(e, NUMBER) & SHARED) == 0) {
        // The tail is the upper end here.
        if ((viaIn & ORIGINAL) != 0) fillExpansion(p, ORIGINAL, viaIn & ~ORIGINAL);
        else fillShortcut(p, load<u32>(pairOf(viaIn), 4), load<u32>(pairOf(viaIn)), renumbered);
        p += 8;
      }
    }
  }
}

function fillShortcut(p: usize, toOwner: u32, toUpper: u32, renumbered: usize): void {
  fillExpansion(p, load<u32>(renumbered + at(toOwner)), load<u32>(renumbered + at(toUpper)));
}

function fillExpansion(p: usize, first: u32, second: u32): void {
  store<u32>(p, first);
  store<u32>(p, second, 4);
}

/** Arcs that an entry stands for. */
function ways(e: usize): usize {
  if ((load<u32>(e, NUMBER) & SHARED) != 0) return 1;
  return (load<f64>(e, WEIGHT_OUT) < Infinity ? 1 : 0) + (load<f64>(e, WEIGHT_IN) < Infinity ? 1 : 0);
}

function at(i: u32): usize {
  return (<usize>i) << 2;
}
