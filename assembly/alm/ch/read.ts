// The graph as it was given, made into lists: parallel arcs become the cheapest of them, loops are left out. Arcs are sorted by
// transposing the rows twice, so hubs cost no more than others.

import { scratch, scratchMore } from "../../core/arena";
import { append, ORIGINAL, roomFor, startLists, VIA_IN, VIA_OUT, WEIGHT_IN, WEIGHT_OUT } from "./lists";

let nodes: u32 = 0;
let arcs: u32 = 0;
let offsets: usize = 0;
let targets: usize = 0;
let weights: usize = 0;

/** Whether every arc has one of the same weight back. */
export let symmetric: bool = false;

/**
 * Room for a graph: u32 offsets[nodes + 1], u32 targets[arcs], f32 weights[arcs], one after the other.
 * @returns its address, 0 without memory
 */
export function input(n: u32, m: u32): usize {
  nodes = n;
  arcs = m;
  const bytes = ((<u64>n + 1) << 2) + ((<u64>m) << 3);
  offsets = bytes < 0xffffffff ? scratch(<u32>bytes) : 0;
  targets = offsets + ((<usize>n + 1) << 2);
  weights = targets + ((<usize>m) << 2);
  return offsets;
}

/** Nodes of the graph given. */
export function inputNodes(): u32 {
  return nodes;
}

/** Arcs of the graph given. */
export function inputArcs(): u32 {
  return arcs;
}

/** Makes the lists. O(nodes + arcs). @returns false without memory */
export function read(): bool {
  if (!startLists(nodes)) return false;
  const rows = (<u64>nodes + 1) << 2;
  const intoOffsets = scratchMore(<u32>rows);
  const intoArcs = scratchMore(arcs << 2);
  const tails = scratchMore(arcs << 2);
  const outArcs = scratchMore(arcs << 2);
  const next = scratchMore(<u32>rows);
  if (intoOffsets == 0 || intoArcs == 0 || tails == 0 || outArcs == 0 || next == 0) return false;
  // By head, and of one head by tail.
  memory.fill(intoOffsets, 0, <usize>rows);
  for (let a: u32 = 0; a < arcs; a++) {
    const p = intoOffsets + ((<usize>load<u32>(targets + at(a))) << 2);
    store<u32>(p, load<u32>(p, 4) + 1, 4);
  }
  for (let v: u32 = 0; v < nodes; v++) {
    const p = intoOffsets + at(v);
    store<u32>(p, load<u32>(p) + load<u32>(p, 4), 4);
  }
  memory.copy(next, intoOffsets, <usize>rows);
  for (let u: u32 = 0; u < nodes; u++) {
    for (let a = load<u32>(offsets + at(u)), end = load<u32>(offsets + at(u), 4); a < end; a++) {
      const p = next + at(load<u32>(targets + at(a)));
      const i = load<u32>(p);
      store<u32>(p, i + 1);
      store<u32>(intoArcs + at(i), a);
      store<u32>(tails + at(i), u);
    }
  }
  // By tail, and of one tail by head.
  memory.copy(next, offsets, <usize>rows);
  for (let i: u32 = 0; i < arcs; i++) {
    const p = next + at(load<u32>(tails + at(i)));
    const j = load<u32>(p);
    store<u32>(p, j + 1);
    store<u32>(outArcs + at(j), load<u32>(intoArcs + at(i)));
  }
  symmetric = true;
  for (let u: u32 = 0; u < nodes; u++) {
    const out = load<u32>(offsets + at(u));
    const outEnd = load<u32>(offsets + at(u), 4);
    const into = load<u32>(intoOffsets + at(u));
    const intoEnd = load<u32>(intoOffsets + at(u), 4);
    if (!merge(u, outArcs + at(out), outArcs + at(outEnd), intoArcs + at(into), intoArcs + at(intoEnd), tails + at(into))) return false;
  }
  return true;
}

/** Makes the list of u of its arcs out, sorted by head, and its arcs in, sorted by tail. @returns false without memory */
function merge(u: u32, out: usize, outEnd: usize, into: usize, intoEnd: usize, tail: usize): bool {
  const degree = <u32>max<usize>(outEnd - out, intoEnd - into) >> 2;
  if (degree == 0) return true;
  if (!roomFor(u, degree)) return false;
  while (out < outEnd || into < intoEnd) {
    const head = out < outEnd ? load<u32>(targets + at(load<u32>(out))) : u32.MAX_VALUE;
    const from = into < intoEnd ? load<u32>(tail) : u32.MAX_VALUE;
    const neighbour = min<u32>(head, from);
    let e: usize = 0;
    if (neighbour != u) {
      e = append(u, neighbour);
      if (e == 0) return false;
    }
    while (out < outEnd && load<u32>(targets + at(load<u32>(out))) == neighbour) {
      if (e != 0) offer(e, WEIGHT_OUT, VIA_OUT, load<u32>(out));
      out += 4;
    }
    while (into < intoEnd && load<u32>(tail) == neighbour) {
      if (e != 0) offer(e, WEIGHT_IN, VIA_IN, load<u32>(into));
      into += 4;
      tail += 4;
    }
    if (e != 0 && load<f64>(e, WEIGHT_OUT) != load<f64>(e, WEIGHT_IN)) symmetric = false;
  }
  return true;
}

function offer(e: usize, weightAt: usize, viaAt: usize, arc: u32): void {
  const weight = <f64>load<f32>(weights + at(arc));
  if (weight >= load<f64>(e + weightAt)) return;
  store<f64>(e + weightAt, weight);
  store<u32>(e + viaAt, ORIGINAL | arc);
}

function at(i: u32): usize {
  return (<usize>i) << 2;
}
