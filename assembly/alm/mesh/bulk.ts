// Large batches. Row by row, an edge costs a few cache misses at each end, and a node that gets many edges grows its block many times. So the
// rows are dealt into PARTS by the leading bits of a node: what belongs to the nodes of a part stays in the cache while its rows are done, and
// each record gets its room at once. First the records that hold weights, then the in-records. All room is made before anything is
// changed, so there is nothing to undo when there is none.
//
// Rows are planes of u32 from, u32 to, f32 weight, u8 type, in SCRATCH, above all that the blocks to be made may take. An entry of a part:
// +0 the node whose record it is about, +4 the other end, +8 weight f32, +12 row << 1 | whether the node is the row's `to`.

import { arenaTop, reserve, scratch } from "../../core/arena";
import { NO_MEMORY } from "../../core/status";
import { addArc, bytesOf, capacityFor, detachArc, findArc, isTyped, putArc, rebuild, settle, tighten, vacant } from "../block";
import { mostStored, prepare, storeFactor, toStored } from "../decay";
import { dropHandle } from "../handles";
import { countOf, EMPTY, header, IN, isNode, OUT, recordOf } from "../layout";
import { noteType, weightAt } from "../store";
import { changed, lower, shaped } from "../watch";
import { measure } from "./places";

const ENTRY: u32 = 16;
const PARTS: u32 = 256;
/**
 * Bytes that an edge's arcs mostly take in blocks, more with a type, and the least blocks of a node. Where it is more, a batch is done row by row:
 * memory that is only asked for in case is dear, as the host counts it.
 */
const EDGE_BYTES: u64 = 24;
const TYPED_BYTES: u64 = 32;
const LEAST_BLOCKS: u64 = 48;
/** Set in a count of arcs to come if one of them has a type but 0. */
const SOME_TYPE: u32 = 0x80000000;
/** Row i was not found: NOT_THERE - i is returned. */
const NOT_THERE: i32 = -16;

let rows: usize = 0;
let count: u32 = 0;
/** Whether rows may have types but 0. */
let typed: bool = false;
/** Entries as they come, and dealt. */
let given: usize = 0;
let dealt: usize = 0;
let entries: u32 = 0;
/** Where each part ends; how many arcs each record may get. */
let ends: usize = 0;
let arcs: usize = 0;

/**
 * Takes scratch for `n` rows. The nodes have records.
 * @param growing whether edges will be made: then the rows lie above as much as their blocks may take
 * @param withTypes whether the plane of types will be filled; otherwise all are 0
 * @returns the address of the rows, or 0 if there is no memory
 */
export function bulkRows(n: u32, growing: bool, withTypes: bool): usize {
  const h = header();
  const most: u64 = (<u64>n) << 1;
  const ahead: u64 = growing
    ? (<u64>h.edgeCount + <u64>n) * (withTypes ? TYPED_BYTES : EDGE_BYTES) + min<u64>(most, <u64>h.nodeCap) * LEAST_BLOCKS
    : 0;
  const rowBytes = (<u64>n * 13 + 15) & ~15;
  const bytes = rowBytes + most * <u64>(ENTRY * 2) + <u64>(PARTS << 2) + ((<u64>h.nodeCap) << 3);
  if (ahead + bytes > 0xf0000000) return 0;
  const place = scratch(<u32>(ahead + bytes));
  if (place == 0) return 0;
  rows = place + (<usize>ahead & ~15);
  count = n;
  typed = withTypes;
  given = rows + <usize>rowBytes;
  dealt = given + <usize>(most * ENTRY);
  ends = dealt + <usize>(most * ENTRY);
  arcs = ends + <usize>(PARTS << 2);
  return rows;
}

/**
 * Sets the weights of the rows' edges, or with `add` adds to them, and makes those that are not there, at a time. There is
 * no limit of arcs. O(n + nodes). @returns how many are new, or NO_MEMORY where it is not certain that there is room: then nothing has changed
 */
export function bulkLink(at: f64, add: bool): i32 {
  const h = header();
  const undirected = h.undirected != 0;
  dealRows(undirected);
  const wanted = countArcs(undirected);
  if (!reserveRoom()) return NO_MEMORY;
  makeRoom();
  prepare(at);
  if (entries != 0) changed();
  const added = weigh(at, add);
  if (added != 0) shaped();
  if (!undirected) {
    deal();
    addInArcs();
  }
  h.edgeCount += added;
  // Room was made for every row of an edge that was not there. From here on the rows are not needed.
  if (added < wanted >> 1) tightenAll();
  return <i32>added;
}

/** Sets the weights of edges that are there, at a time, all or none. @returns n, or -16 - i for a row i that is not there */
export function bulkUpdate(at: f64): i32 {
  dealRows(header().undirected != 0);
  const end = dealt + <usize>entries * ENTRY;
  for (let p = dealt; p < end; p += ENTRY) {
    const node = load<u32>(p);
    const row = load<u32>(p, 12) >> 1;
    const slot = findArc(recordOf(node, OUT), true, load<u32>(p, 4), typed ? typeOf(row) : 0);
    if (slot == 0) return NOT_THERE - <i32>row;
    store<u32>(p, <u32>weightAt(node, slot), 12);
  }
  changed();
  prepare(at);
  const factor = storeFactor(at);
  for (let p = dealt; p < end; p += ENTRY) {
    store<f32>(<usize>load<u32>(p, 12), toStored(<f64>load<f32>(p, 8), factor));
  }
  // Most weights are others now: the bound may have risen too.
  measure();
  return <i32>count;
}

/** Removes the rows' edges, where they are there. O(n + nodes). @returns how many were */
export function bulkUnlink(): i32 {
  const h = header();
  const undirected = h.undirected != 0;
  dealRows(false);
  const removed = takeAway(true, true);
  deal();
  takeAway(undirected, false);
  h.edgeCount -= removed;
  // From here on the rows are not needed: smaller blocks may take their place.
  if (removed == 0) return 0;
  shaped();
  for (let node: u32 = 0; node < h.nodeCap; node++) {
    settle(recordOf(node, OUT), true);
    if (!undirected) settle(recordOf(node, IN), false);
  }
  return <i32>removed;
}

/** Gives blocks that are less than half full their least size. */
function tightenAll(): void {
  const h = header();
  for (let node: u32 = 0; node < h.nodeCap; node++) {
    tighten(recordOf(node, OUT), true);
    if (h.undirected == 0) tighten(recordOf(node, IN), false);
  }
}

function typeOf(row: u32): u32 {
  return <u32>load<u8>(rows + 12 * <usize>count + <usize>row);
}

/** Deals each row by its first end, or by both. A loop has one; of an undirected edge the lower end counts as the first. */
function dealRows(both: bool): void {
  const shift = startDealing();
  const planes = (<usize>count) << 2;
  // The same edge may come in both orders.
  const turn = !both && header().undirected != 0;
  const end = rows + planes;
  for (let at = rows; at < end; at += 4) {
    const from = load<u32>(at);
    const to = load<u32>(at + planes);
    countIn((turn ? min<u32>(from, to) : from) >> shift);
    if (both && from != to) countIn(to >> shift);
  }
  placeParts();
  for (let row: u32 = 0; row < count; row++) {
    const at = rows + ((<usize>row) << 2);
    const u = load<u32>(at);
    const v = load<u32>(at + planes);
    const from = turn ? min<u32>(u, v) : u;
    const to = turn ? max<u32>(u, v) : v;
    const weight = load<u32>(at + 2 * planes);
    put(placeIn(from >> shift), from, to, weight, row << 1);
    if (both && from != to) put(placeIn(to >> shift), to, from, weight, (row << 1) | 1);
  }
}

function put(p: usize, node: u32, other: u32, weight: u32, row: u32): void {
  store<u64>(p, ((<u64>other) << 32) | <u64>node);
  store<u64>(p, ((<u64>row) << 32) | <u64>weight, 8);
}

/** Deals the given entries by node; those of a part stay in order. */
function deal(): void {
  const shift = startDealing();
  const end = given + <usize>entries * ENTRY;
  for (let p = given; p < end; p += ENTRY) countIn(load<u32>(p) >> shift);
  placeParts();
  for (let p = given; p < end; p += ENTRY) v128.store(placeIn(load<u32>(p) >> shift), v128.load(p));
}

/** Empties the parts. @returns how far right a node is shifted to give its part */
function startDealing(): u32 {
  memory.fill(ends, 0, PARTS << 2);
  const bits = 32 - clz<u32>(header().nodeCap);
  return bits > 8 ? bits - 8 : 0;
}

function countIn(part: u32): void {
  const at = ends + ((<usize>part) << 2);
  store<u32>(at, load<u32>(at) + 1);
}

/** Turns the counts of the parts into the places where they begin. */
function placeParts(): void {
  let sum = <u32>dealt;
  for (let part = ends; part < ends + <usize>(PARTS << 2); part += 4) {
    const n = load<u32>(part);
    store<u32>(part, sum);
    sum += n * ENTRY;
  }
  entries = <u32>((<usize>sum - dealt) / ENTRY);
}

/** The next place of a part. */
function placeIn(part: u32): usize {
  const at = ends + ((<usize>part) << 2);
  const place = load<u32>(at);
  store<u32>(at, place + ENTRY);
  return <usize>place;
}

/** Counts what each record may get: a column for the records with weights, another one for in-records. @returns the rows whose edges are not there */
function countArcs(undirected: bool): u32 {
  const column = (<usize>header().nodeCap) << 2;
  memory.fill(arcs, 0, column << 1);
  let wanted: u32 = 0;
  const end = dealt + <usize>entries * ENTRY;
  for (let p = dealt; p < end; p += ENTRY) {
    const node = load<u32>(p);
    const other = load<u32>(p, 4);
    const row = load<u32>(p, 12);
    const type = typed ? typeOf(row >> 1) : 0;
    const record = recordOf(node, OUT);
    if (load<u32>(record) != EMPTY && findArc(record, true, other, type) != 0) continue;
    more(arcs + ((<usize>node) << 2), type != 0);
    if (!undirected) more(arcs + column + ((<usize>other) << 2), type != 0);
    wanted += 1 - (row & 1);
  }
  return wanted;
}

function more(at: usize, some: bool): void {
  const n = load<u32>(at) + 1;
  store<u32>(at, some ? n | SOME_TYPE : n);
}

/** Reserves memory for all new blocks, beside all old ones. */
function reserveRoom(): bool {
  let bytes: u64 = 0;
  for (let node: u32 = 0; node < header().nodeCap; node++) bytes += <u64>room(node, OUT, false) + <u64>room(node, IN, false);
  // The blocks must not come up to the rows.
  return bytes <= <u64>(rows - arenaTop()) && reserve(<u32>bytes);
}

function makeRoom(): void {
  for (let node: u32 = 0; node < header().nodeCap; node++) {
    room(node, OUT, true);
    room(node, IN, true);
  }
}

/** What the new block of a record takes; makes it, if so. */
function room(node: u32, direction: u32, make: bool): u32 {
  const h = header();
  if (direction == IN && h.undirected != 0) return 0;
  const n = load<u32>(arcs + ((<usize>(direction == OUT ? node : h.nodeCap + node)) << 2));
  if (n == 0) return 0;
  const record = recordOf(node, direction);
  const cap = capacityFor(record, n & ~SOME_TYPE, (n & SOME_TYPE) != 0);
  if (cap == 0) return 0;
  const all = (n & SOME_TYPE) != 0 || isTyped(record);
  if (make) rebuild(record, direction == OUT, cap, all);
  return bytesOf(cap, direction == OUT, all);
}

/** Does the rows in the records that hold weights; gives the new edges, from their second ends. @returns how many */
function weigh(at: f64, add: bool): u32 {
  const h = header();
  const factor = storeFactor(at);
  const most = mostStored(at);
  const end = dealt + <usize>entries * ENTRY;
  let out = given;
  for (let p = dealt; p < end; p += ENTRY) {
    const node = load<u32>(p);
    const other = load<u32>(p, 4);
    const weight = <f64>load<f32>(p, 8) * factor;
    const row = load<u32>(p, 12);
    const type = typed ? typeOf(row >> 1) : 0;
    const record = recordOf(node, OUT);
    const slot = findArc(record, true, other, type);
    if (slot != 0) {
      const place = weightAt(node, slot);
      const stored = add ? <f32>min<f64>(<f64>load<f32>(place) + weight, most) : toStored(weight, 1);
      store<f32>(place, stored);
      if (h.places != 0) lower(node, other, stored);
      continue;
    }
    if (countOf(record) == 0 && !isNode(node)) h.nodeCount++;
    const stored = toStored(min<f64>(weight, most), 1);
    putArc(record, true, other, type, stored, vacant);
    if (h.places != 0) lower(node, other, stored);
    if ((row & 1) != 0) continue;
    if (typed) noteType(type);
    put(out, other, node, 0, row);
    out += ENTRY;
  }
  entries = <u32>((out - given) / ENTRY);
  if (entries != 0 && !typed) noteType(0);
  return entries;
}

/** Adds the edges given by `weigh` at their second ends. */
function addInArcs(): void {
  const h = header();
  const end = dealt + <usize>entries * ENTRY;
  for (let p = dealt; p < end; p += ENTRY) {
    const node = load<u32>(p);
    const record = recordOf(node, IN);
    if (countOf(record) == 0 && !isNode(node)) h.nodeCount++;
    addArc(record, false, load<u32>(p, 4), typed ? typeOf(load<u32>(p, 12) >> 1) : 0, 0);
  }
}

/** Takes arcs out of records; from their first ends, gives what was there from the second ones. @returns how many */
function takeAway(weights: bool, first: bool): u32 {
  const h = header();
  const end = dealt + <usize>entries * ENTRY;
  let removed: u32 = 0;
  let out = given;
  for (let p = dealt; p < end; p += ENTRY) {
    const node = load<u32>(p);
    const other = load<u32>(p, 4);
    // An undirected loop has been taken away at its first end.
    if (!first && weights && other == node) continue;
    const row = load<u32>(p, 12);
    const record = recordOf(node, weights ? OUT : IN);
    const slot = findArc(record, weights, other, typed ? typeOf(row >> 1) : 0);
    if (slot == 0) continue;
    detachArc(record, weights, slot);
    removed++;
    if (countOf(record) == 0 && !isNode(node)) h.nodeCount--;
    if (!first) continue;
    if (h.handles != 0) dropHandle(node, other, typed ? typeOf(row >> 1) : 0);
    put(out, other, node, 0, row);
    out += ENTRY;
  }
  entries = <u32>((out - given) / ENTRY);
  return removed;
}
