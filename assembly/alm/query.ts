// Working space of queries. A query numbers the nodes it meets; what it knows of a node lies in a pool of records in SCRATCH, and a table, in
// SCRATCH too, says the number of a node. The table is open addressing of u64 (number + 1) << 32 | node while few nodes are met, so that a
// query takes time and space by these and not by the nodes there are; it becomes a plain column u32[nodes] of number + 1 where that is smaller.
//
// Pool, heap and lists start small and double by moving; the space they leave is not reused before the next query.

import { scratch, scratchMore, WINDOW } from "../core/arena";
import { heapPop, heapPush } from "../core/heap";
import { header } from "./layout";
import { watched } from "./watch";

const FIRST: u32 = 256;

/** Base address of the pool's records; changes when the pool grows, so keep numbers, not addresses. */
export let pool: usize = 0;
/** How many nodes the query has met. */
export let met: u32 = 0;
let poolCap: u32 = 0;
let poolBytes: u32 = 0;

/** Base address of the query's heap of u64 entries, and how many it has. */
export let heap: usize = 0;
export let heapCount: u32 = 0;
let heapCap: u32 = 0;

/** Where the table begins; its entries less 1, or 0 for a plain column; how far right a hash is shifted. */
let table: usize = 0;
let tableMask: u32 = 0;
let tableShift: u32 = 0;

let filtered: bool = false;

/** What a kernel answers that stops before its end, because its work is used up. Called again it goes on. */
export const UNFINISHED: i32 = -4;
/** Work, in arcs looked at, that the query may still do; without a deadline, and in the lean module, more than there is. */
export let work: i64 = i64.MAX_VALUE;

/** Lets the queries that follow do so much work before they say UNFINISHED; 0 for any. */
export function allow(arcs: u32): void {
  work = arcs == 0 ? i64.MAX_VALUE : <i64>arcs;
}

/** Counts work in. */
export function spend(arcs: i64): void {
  if (watched) work -= arcs;
}

/**
 * Starts a query.
 * @param recordBytes size of a record, a multiple of 8; its first u32 is the node
 * @param input address of the query's input: if it lies in SCRATCH the working space follows it
 * @param withFilter whether the first 32 bytes of WINDOW are the mask of the types to follow
 */
export function beginQuery(recordBytes: u32, input: usize, withFilter: bool): bool {
  setFilter(withFilter);
  met = 0;
  heapCount = 0;
  heapCap = FIRST;
  poolCap = FIRST;
  poolBytes = recordBytes;
  pool = input < WINDOW + 0x10000 ? scratch(FIRST * recordBytes) : scratchMore(FIRST * recordBytes);
  if (pool == 0) return false;
  heap = scratchMore(FIRST << 3);
  return heap != 0 && makeTable(FIRST << 1);
}

/** A table of so many entries, a power of two, or a plain column, with the nodes met so far. */
function makeTable(entries: u32): bool {
  const nodes = header().nodeCap;
  // Beyond the first size, a column of up to eight times the bytes: it costs less to clear than the table to probe.
  const plain = (<u64>entries) << (entries > FIRST << 1 ? 6 : 3) >= (<u64>nodes) << 2;
  const bytes: u64 = plain ? (<u64>nodes) << 2 : (<u64>entries) << 3;
  if (bytes > 0x7ffffff0) return false;
  table = scratchMore(<u32>bytes);
  if (table == 0) return false;
  memory.fill(table, 0, <usize>bytes);
  tableMask = plain ? 0 : entries - 1;
  tableShift = 32 - ctz<u32>(entries);
  for (let i: u32 = 0; i < met; i++) enter(load<u32>(record(i)), i);
  return true;
}

/** Enters a node that is not there. */
function enter(node: u32, number: u32): void {
  if (tableMask == 0) {
    store<u32>(table + ((<usize>node) << 2), number + 1);
    return;
  }
  let i = (node * 0x9e3779b1) >> tableShift;
  while (load<u64>(table + ((<usize>i) << 3)) != 0) i = (i + 1) & tableMask;
  store<u64>(table + ((<usize>i) << 3), ((<u64>(number + 1)) << 32) | <u64>node);
}

/** Says whether the query follows only the types in the mask in the first 32 bytes of WINDOW. */
export function setFilter(withFilter: bool): void {
  filtered = withFilter;
}

/** Address of a met node's record. */
export function record(number: u32): usize {
  return pool + <usize>number * <usize>poolBytes;
}

/** The number of a node that has been met, or -1. */
export function numberOf(node: u32): i32 {
  if (tableMask == 0) return load<i32>(table + ((<usize>node) << 2)) - 1;
  let i = (node * 0x9e3779b1) >> tableShift;
  while (true) {
    const e = load<u64>(table + ((<usize>i) << 3));
    if (<u32>e == node || e == 0) return <i32>(e >> 32) - 1;
    i = (i + 1) & tableMask;
  }
}

/** The column of number + 1 by node, if the table is one; else 0. Changes when a node is met. */
export function numberColumn(): usize {
  return tableMask == 0 ? table : 0;
}

/** Meets a node for the first time: gives it a number and a record, zero but for the node. -1 if there is no memory. Amortised O(1). */
export function meet(node: u32): i32 {
  if (met == poolCap) {
    const bytes = <u64>poolCap * <u64>poolBytes;
    const place = wider(pool, bytes);
    if (place == 0) return -1;
    pool = place;
    poolCap <<= 1;
  }
  if (tableMask != 0 && met > tableMask >> 1 && !makeTable((tableMask + 1) << 2)) return -1;
  const at = record(met);
  // A call of memory.fill costs more than these few stores.
  for (let byte: u32 = 8; byte < poolBytes; byte += 8) store<u64>(at + <usize>byte, 0);
  store<u64>(at, <u64>node);
  enter(node, met);
  met++;
  return <i32>(met - 1);
}

/** Adds an entry to the query's heap. False if there is no memory. */
export function push(entry: u64): bool {
  if (heapCount == heapCap) {
    const place = wider(heap, (<u64>heapCap) << 3);
    if (place == 0) return false;
    heap = place;
    heapCap <<= 1;
  }
  heapPush(heap, heapCount, entry);
  heapCount++;
  return true;
}

/** Takes the least entry from the query's heap, which is not empty. */
export function pop(): u64 {
  const e = heapPop(heap, heapCount);
  heapCount--;
  return e;
}

/** Twice the working space: what was in the old one is copied. 0 if there is no memory. */
export function wider(old: usize, bytes: u64): usize {
  if (bytes > 0x7ffffff0) return 0;
  const place = scratchMore((<u32>bytes) << 1);
  if (place != 0) memory.copy(place, old, <usize>bytes);
  return place;
}

/** Whether the query follows edges of this type. */
export function follows(type: u32): bool {
  return !filtered || ((load<u8>(WINDOW + <usize>(type >> 3)) >> <u8>(type & 7)) & 1) != 0;
}

/** Whether the query follows some types only. */
export function hasFilter(): bool {
  return filtered;
}
