// The image of a contraction hierarchy. Nodes have been renumbered by the address of their block, and a search reads nothing but blocks:
// the line that says how far a node is also says where its arcs lead. Blocks lie in the order of a walk down the tree in which a node's
// parent is the lowest of the nodes that its arcs lead up to, so that what a search climbs through lies close together. Nodes that were not
// contracted, the core, come first.
//
//   STATE     header, 64 bytes (offsets below)
//   +64       u32 unit[nodes]   a node's block, as address / 16
//             blocks, 16-byte aligned, one a node:
//               +0   f64  forward distance   Infinity but in a search
//               +8   f64  backward distance  Infinity but in a search
//               +16  u32  trail entry of the forward distance    0 but in a search
//               +20  u32  trail entry of the backward distance   0 but in a search
//               +24  u32  number of arcs
//               +28  u32  bucket             0 but in a search
//               +32  arcs, 16 bytes each: u32 unit of the node at the upper end with FORWARD or BACKWARD or both, u32 number, f64 weight
//             expansions, 8 bytes an arc, by the arc's number, in the order of the blocks: what a path puts in place of the arc
//               an arc of the graph: u32 ORIGINAL + its number, u32 number of the arc that leads back
//               a shortcut around m: u32 number of m's arc to the node of this block, u32 number of m's arc to the upper end

import { STATE } from "../../core/arena";

/** Bytes of the header. */
export const HEADER_BYTES: u32 = 64;
const NODES: usize = STATE;
const ARCS: usize = STATE + 4;
const CORE: usize = STATE + 8;
const SHORTCUTS: usize = STATE + 12;
const CORE_END: usize = STATE + 16;
const EXPANSIONS: usize = STATE + 20;

/** Address of the node's units. */
export const UNITS: usize = STATE + 64;

/** Bytes of a block before its arcs. */
export const BLOCK_BYTES: u32 = 32;
/** The arc leads up to the other end: a forward search takes it. */
export const FORWARD: u32 = 0x80000000;
/** The arc leads down from the other end: a backward search takes it. */
export const BACKWARD: u32 = 0x40000000;
/** The bits of a unit. */
export const UNIT: u32 = 0x0fffffff;
/** The arc is one of the graph. */
export const ORIGINAL: u32 = 0x80000000;

/** The address of a unit. */
export function addressOf(unit: u32): usize {
  return (<usize>unit) << 4;
}

/** The unit of a node. */
export function unitOf(node: u32): u32 {
  return load<u32>(UNITS + ((<usize>node) << 2));
}

/** Nodes of the graph. */
export function nodeCount(): u32 {
  return load<u32>(NODES);
}

/** Arcs kept: those of the graph that are the cheapest between their ends, and shortcuts; one that serves both ways counts once. */
export function arcCount(): u32 {
  return load<u32>(ARCS);
}

/** Nodes that were not contracted. */
export function coreCount(): u32 {
  return load<u32>(CORE);
}

/** Shortcuts among the arcs. */
export function shortcutCount(): u32 {
  return load<u32>(SHORTCUTS);
}

/** The first unit that is not of the core. */
export function coreEnd(): u32 {
  return load<u32>(CORE_END);
}

/** The address of the expansion of arc 0. */
export function expansions(): usize {
  return <usize>load<u32>(EXPANSIONS);
}

/** Writes a header to `at`, from where it will be moved to STATE. */
export function writeHeader(at: usize, nodes: u32, arcs: u32, core: u32, shortcuts: u32, end: u32, expansionsAt: usize): void {
  memory.fill(at, 0, HEADER_BYTES);
  const move = at - STATE;
  store<u32>(NODES + move, nodes);
  store<u32>(ARCS + move, arcs);
  store<u32>(CORE + move, core);
  store<u32>(SHORTCUTS + move, shortcuts);
  store<u32>(CORE_END + move, end);
  store<u32>(EXPANSIONS + move, <u32>expansionsAt);
}
