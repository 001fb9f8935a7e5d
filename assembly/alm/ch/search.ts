// The cheapest way up from one node and up against the arcs from the other, to where they meet. A search leaves out a node that is cheaper to
// reach from above (stall on demand), and ends when nothing that waits is below the best way found. In the core, where arcs lead
// from node to node on one level, it ends when twice the least distance that waits is no better (Nicholson 1966), once nothing outside waits.

import { addressOf, BACKWARD, BLOCK_BYTES, coreEnd, FORWARD, UNIT, unitOf } from "./layout";
import {
  arcsAhead,
  directionOf,
  drop,
  ensure,
  FROM,
  keyOf,
  least,
  reach,
  settle,
  startTrail,
  TO,
  undoTrail,
  unitAt,
  waiting,
} from "./trail";

/** What the best way costs; Infinity where there is none. */
export let best: f64 = 0;
/** The trail entries of the node where both halves meet. */
export let meetFrom: u32 = 0;
export let meetTo: u32 = 0;

/**
 * Finds the cheapest way between two different nodes: `best`, and how, on the trail. The blocks are as before.
 * @returns false without memory
 */
export function search(from: u32, to: u32): bool {
  if (!startTrail(true)) return false;
  best = Infinity;
  reach(FROM, unitOf(from), 0, 0, 0);
  reach(TO, unitOf(to), 0, 0, 0);
  const done = run();
  undoTrail();
  return done;
}

function run(): bool {
  const core = coreEnd();
  // Heap entries of nodes outside the core.
  let low: u32 = (unitAt(1) >= core ? 1 : 0) + (unitAt(2) >= core ? 1 : 0);
  while (waiting > 0) {
    const e = least();
    const key = keyOf(e);
    if (key >= best || (low == 0 && key + key >= best)) return true;
    drop();
    const entry = <u32>e;
    const unit = unitAt(entry);
    const dir = directionOf(entry);
    const inCore = unit < core;
    if (!inCore) low--;
    const block = addressOf(unit);
    const mine = (<usize>dir) << 3;
    if (load<u32>(block + (mine >> 1), 16) != entry) continue;
    settle();
    const distance = load<f64>(block + mine);
    const count = load<u32>(block, 24);
    if (!ensure(count)) return false;
    const ahead = pick(block + <usize>BLOCK_BYTES, count, dir, inCore, distance);
    for (let p = arcsAhead; p < ahead; p += 4) {
      const a = <usize>load<u32>(p);
      const other = load<u32>(a) & UNIT;
      const next = distance + load<f64>(a, 8);
      reach(dir, other, next, entry, load<u32>(a, 4));
      // Not left to when the node's turn comes: in the core the search may end before.
      const upper = addressOf(other);
      const whole = next + load<f64>(upper + (mine ^ 8));
      if (whole < best) {
        best = whole;
        meetFrom = load<u32>(upper, 16);
        meetTo = load<u32>(upper, 20);
      }
      if (other >= core) low++;
    }
  }
  return true;
}

/**
 * Lists the arcs on which a node's upper ends are cheaper to reach than before, at `arcsAhead`; none where the node itself is cheaper
 * to reach from above. One pass for both, without a branch that is hard to foretell: in the upper parts of a hierarchy a node has tens of arcs.
 * @returns the end of the list
 */
function pick(first: usize, count: u32, dir: u32, inCore: bool, distance: f64): usize {
  const mine = (<usize>dir) << 3;
  const up = dir == FROM ? FORWARD : BACKWARD;
  const down = inCore ? 0 : up ^ (FORWARD | BACKWARD);
  const most = best;
  let p = arcsAhead;
  const end = first + ((<usize>count) << 4);
  for (let a = first; a < end; a += 16) {
    const head = load<u32>(a);
    const weight = load<f64>(a, 8);
    const known = load<f64>(addressOf(head & UNIT) + mine);
    if (known + weight < distance && (head & down) != 0) return arcsAhead;
    if ((head & up) == 0) continue;
    const next = distance + weight;
    store<u32>(p, <u32>a);
    p += select<usize>(select<usize>(4, 0, next < known), 0, next < most);
  }
  return p;
}

/** Whether a node is cheaper to reach down from a node above it: no cheapest way then goes up from it. */
export function stalled(first: usize, end: usize, down: u32, mine: usize, distance: f64): bool {
  for (let a = first; a < end; a += 16) {
    const head = load<u32>(a);
    if ((head & down) != 0 && load<f64>(addressOf(head & UNIT) + mine) + load<f64>(a, 8) < distance) return true;
  }
  return false;
}
