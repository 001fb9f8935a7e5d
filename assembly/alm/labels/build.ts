// Pruned landmark labelling: Akiba, Iwata and Yoshida, "Fast exact shortest-path distance queries on large networks by pruned landmark labeling",
// SIGMOD 2013, for weighted directed graphs: a pruned Dijkstra search from every node, the most important first, backwards for the out-labels and
// forwards for the in-labels. A search enters the node it settles with its distance, unless the labels so far already know a way that is as good:
// then it goes no further there. In a symmetric graph the two are the same, and one search and one label serve.
//
// Nodes are numbered by importance. A search never enters a more important node: that one's own search has covered all ways through it.
// Labels grow in blocks in scratch; pack.ts puts them where they stay.

import { ARC, inArcs, inEnds, inStarts, nodes, outArcs, outOffsets, room, symmetric } from "./graph";
import { drop, push } from "./heap";

/** What a growing label is: +0 u32 address of its block, +4 u32 entries, +8 u32 room for so many. A block of c: dists f64[c], hubs u32[c], ways [c]. */
const LABEL: usize = 12;
/** A way: +0 u32 arc, +4 u32 node at its other end, +8 u32 number of the hub's entry in that node's label. The hub itself has END as its node. */
export const WAY: usize = 12;
const NOBODY: u32 = 0xffffffff;
/** What a search knows of a node: +0 f64 distance, +8 u32 arc, +12 u32 node before. */
const RECORD_SHIFT: usize = 4;
const LEAST: u32 = 4;

/** The growing labels: out, then in. */
let labels: usize = 0;
/** Heads of the lists of free blocks, one a power of two. */
let spare: usize = 0;
/** By hub, the distance between it and the node that is searched from. */
let known: usize = 0;
let records: usize = 0;
let touched: usize = 0;
let heap: usize = 0;
/** Entries of all labels. */
export let entryCount: u64 = 0;

/** The label of node r: `side` is 0 for the way out, 1 for the way in. */
export function labelOf(side: u32, r: u32): usize {
  return labels + (<usize>side * <usize>nodes + <usize>r) * LABEL;
}
export function labelLength(label: usize): u32 {
  return load<u32>(label, 4);
}
export function labelDists(label: usize): usize {
  return load<u32>(label);
}
export function labelHubs(label: usize): usize {
  return <usize>load<u32>(label) + ((<usize>load<u32>(label, 8)) << 3);
}
export function labelWays(label: usize): usize {
  return <usize>load<u32>(label) + <usize>load<u32>(label, 8) * 12;
}

/**
 * Labels all nodes of the simple graph. The time is that of the searches: each entry costs a merge of two labels and the arcs of a node.
 * @param most give up beyond so many entries
 * @returns false if there is no memory or the entries are too many
 */
export function label(most: u64): bool {
  const n = <u64>nodes;
  const sides: u64 = symmetric ? 1 : 2;
  labels = room(n * sides * <u64>LABEL);
  spare = room(32 << 2);
  known = room(n << 3);
  records = room(n << 4);
  touched = room(n << 2);
  // A search pushes a node at most once an arc.
  let arcs: u64 = load<u32>(outOffsets + ((<usize>nodes) << 2));
  heap = room((arcs + 1) << 4);
  if (labels == 0 || spare == 0 || known == 0 || records == 0 || touched == 0 || heap == 0) return false;
  memory.fill(labels, 0, <usize>(n * sides * <u64>LABEL));
  memory.fill(spare, 0, 32 << 2);
  for (let r: u32 = 0; r < nodes; r++) {
    store<f64>(known + ((<usize>r) << 3), Infinity);
    store<f64>(records + ((<usize>r) << RECORD_SHIFT), Infinity);
  }
  entryCount = 0;
  for (let r: u32 = 0; r < nodes; r++) {
    if (!reach(r, 0, symmetric ? 0 : 1, inStarts, inEnds, inArcs)) return false;
    if (!symmetric && !reach(r, 1, 0, outOffsets, outOffsets + 4, outArcs)) return false;
    if (entryCount > most) return false;
  }
  return true;
}

/** The search from hub `root` that enters it in the labels of one side; `across` is the side of the root's own label that they are compared with. */
function reach(root: u32, side: u32, across: u32, starts: usize, ends: usize, arcs: usize): bool {
  const own = labelOf(across, root);
  const ownHubs = labelHubs(own);
  const ownDists = labelDists(own);
  const ownLength = <usize>labelLength(own);
  for (let i: usize = 0; i < ownLength; i++)
    store<f64>(known + ((<usize>load<u32>(ownHubs + (i << 2))) << 3), load<f64>(ownDists + (i << 3)));
  const start = records + ((<usize>root) << RECORD_SHIFT);
  store<f64>(start, 0);
  store<u32>(start, NOBODY, 12);
  store<u32>(touched, root);
  let touches: usize = 1;
  let waiting: u32 = 1;
  let enough = true;
  push(heap, 0, 0, root);
  while (waiting > 0) {
    const distance = load<f64>(heap);
    const node = load<u32>(heap, 8);
    drop(heap, waiting);
    waiting--;
    const record = records + ((<usize>node) << RECORD_SHIFT);
    if (distance > load<f64>(record)) continue;
    const label = labelOf(side, node);
    if (isCovered(label, distance)) continue;
    const before = load<u32>(record, 12);
    const number = before == NOBODY ? 0 : labelLength(labelOf(side, before)) - 1;
    if (!append(label, root, distance, load<u32>(record, 8), before, number)) {
      enough = false;
      break;
    }
    const first = arcs + <usize>load<u32>(starts + ((<usize>node) << 2)) * ARC;
    // From the least important neighbour on.
    for (let a = arcs + <usize>load<u32>(ends + ((<usize>node) << 2)) * ARC; a > first; ) {
      a -= ARC;
      const other = load<u32>(a);
      if (other <= root) break;
      const next = distance + <f64>load<f32>(a, 4);
      const there = records + ((<usize>other) << RECORD_SHIFT);
      const old = load<f64>(there);
      if (next >= old) continue;
      if (old == Infinity) {
        store<u32>(touched + (touches << 2), other);
        touches++;
      }
      store<f64>(there, next);
      store<u32>(there, load<u32>(a, 8), 8);
      store<u32>(there, node, 12);
      push(heap, waiting, next, other);
      waiting++;
    }
  }
  for (let i: usize = 0; i < touches; i++) store<f64>(records + ((<usize>load<u32>(touched + (i << 2))) << RECORD_SHIFT), Infinity);
  // Not through ownHubs: in a symmetric graph the root's own entry may have moved the label.
  const hubs = labelHubs(own);
  for (let i: usize = 0; i < ownLength; i++) store<f64>(known + ((<usize>load<u32>(hubs + (i << 2))) << 3), Infinity);
  return enough;
}

/** Whether a hub of the label gives a way that costs no more than `distance`. */
function isCovered(label: usize, distance: f64): bool {
  let hub = labelHubs(label);
  let dist = labelDists(label);
  const end = hub + ((<usize>labelLength(label)) << 2);
  for (; hub < end; hub += 4, dist += 8) {
    if (load<f64>(known + ((<usize>load<u32>(hub)) << 3)) + load<f64>(dist) <= distance) return true;
  }
  return false;
}

function append(label: usize, hub: u32, distance: f64, arc: u32, before: u32, number: u32): bool {
  const length = load<u32>(label, 4);
  if (length == load<u32>(label, 8) && !enlarge(label, length)) return false;
  store<f64>(labelDists(label) + ((<usize>length) << 3), distance);
  store<u32>(labelHubs(label) + ((<usize>length) << 2), hub);
  const way = labelWays(label) + <usize>length * WAY;
  store<u32>(way, arc);
  store<u32>(way, before, 4);
  store<u32>(way, number, 8);
  store<u32>(label, length + 1, 4);
  entryCount++;
  return true;
}

/** Moves a label into a block of twice the room; the old block is the next one of its size. */
function enlarge(label: usize, length: u32): bool {
  const capacity = length == 0 ? LEAST : length << 1;
  const list = spare + ((<usize>(31 - clz<u32>(capacity))) << 2);
  let block = <usize>load<u32>(list);
  if (block != 0) store<u32>(list, load<u32>(block));
  else block = room(24 * <u64>capacity);
  if (block == 0) return false;
  if (length > 0) {
    const old = labelDists(label);
    memory.copy(block, old, (<usize>length) << 3);
    memory.copy(block + ((<usize>capacity) << 3), labelHubs(label), (<usize>length) << 2);
    memory.copy(block + <usize>capacity * 12, labelWays(label), <usize>length * WAY);
    const freed = spare + ((<usize>(31 - clz<u32>(length))) << 2);
    store<u32>(old, load<u32>(freed));
    store<u32>(freed, <u32>old);
  }
  store<u32>(label, <u32>block);
  store<u32>(label, capacity, 8);
  return true;
}
