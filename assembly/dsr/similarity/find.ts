// The search: winners, their cells' words, and the rows behind the best of them compared in full.

import { ARENA, scratch, scratchBack, scratchEnd, scratchMore } from "../../core/arena";
import { entry, fromOrderedBits, keepSmallest, largestKept } from "../../core/heap";
import { BAD_ARGUMENT, NO_MEMORY, NOT_FOUND } from "../../core/status";
import { rowAt, Store, slotAt, slotOf, theStore } from "../layout";
import { allowed, answer, toRow } from "../search";
import { candidateRoom, finishCandidates, startCandidates } from "./candidates";
import { byProduct, floatBytes, Population, thePopulation } from "./layout";
import { allIsCheaper, candidatesFor, leastCandidates, probesFor } from "./levels";
import { makeTables } from "./lookup";
import { turnRow } from "./members";
import { findWinners, makeWhole, scanWinner } from "./prototypes";
import { rotate } from "./rotate";
import { AnyRows, comparable, rowAsQuery } from "./rows";
import { ENTRY, placeOf } from "./slots";
import { spot, tables, takeWork, turned } from "./work";

/** With fewer rows than this a search looks at all of them. */
const FEW: u32 = 2048;

/** The most recall that is tuned for, and a little for what an f32 rounds. */
const MOST_RECALL: f32 = 0.99901;

/** Cells that the last search looked into, words it scanned, rows it compared in full: these describe scratch. */
export let probed: u32 = 0;
export let scanned: u32 = 0;
export let compared: u32 = 0;

/**
 * The `k` rows nearest to the vector at `query`, which has room for the padding of a row.
 * @param exclude an id to leave out, or 0xffffffff
 * @param recall share of the true nearest rows to find on average; above MOST_RECALL all rows are looked at
 * @param probes cells to look into, or 0 for as many as the recall needs
 * @param candidates rows to compare in full, or 0 for as many as the recall needs
 * @param filter as `allowed` has it, or 0
 * @returns as storeSearch
 */
export function populationSearch(query: usize, k: u32, exclude: u32, recall: f32, probes: u32, candidates: u32, filter: usize): i32 {
  const s = theStore();
  if (!toRow(s, query)) return BAD_ARGUMENT;
  return find(s, query, k, slotOf(s, exclude), recall, probes, candidates, filter, query < ARENA && filter < ARENA);
}

/** The same for the row of an id, which is itself left out. NOT_FOUND if it has none. */
export function populationSearchById(id: u32, k: u32, recall: f32, probes: u32, candidates: u32, filter: usize): i32 {
  const s = theStore();
  const slot = slotOf(s, id);
  if (slot < 0) return NOT_FOUND;
  const begin = filter < ARENA;
  const query = rowAsQuery(s, slot, begin);
  if (query == 0) return NO_MEMORY;
  return find(s, query, k, slot, recall, probes, candidates, filter, begin && !thePopulation().byteRows);
}

function find(s: Store, query: usize, k: u32, excluded: i32, recall: f32, probes: u32, candidates: u32, filter: usize, begin: bool): i32 {
  const p = thePopulation();
  const chosen = probes != 0 || candidates != 0;
  k = min<u32>(k, s.count);
  probed = 0;
  scanned = 0;
  compared = s.count;
  const q = comparable(s, query, begin);
  if (q == 0) return NO_MEMORY;
  if (q != query) begin = false;
  if (p.neurons == 0 || (!chosen && (recall > MOST_RECALL || s.count < FEW))) return amongAll(s, q, k, excluded, filter, begin);
  const given = probes != 0;
  if (!given) probes = probesFor(p, recall, k);
  if (candidates == 0) candidates = candidatesFor(p, recall, k);
  if (filter != 0) {
    const pass = countAllowed(s, filter);
    // Few are soon looked at one by one; among many more cells hold as many.
    if (!chosen && pass < FEW) return amongAllowed(s, q, k, excluded, filter, begin);
    if (!given) probes = <u32>min<u64>(p.neurons, (<u64>probes * <u64>s.count) / <u64>max<u32>(pass, 1));
  }
  if (!chosen && allIsCheaper(p, s, probes, candidates)) return amongAll(s, q, k, excluded, filter, begin);
  const mark = begin ? 0 : scratchEnd();
  while (true) {
    const result = byWords(p, s, query, q, k, excluded, probes, candidates, filter, begin);
    // Fewer than were asked for, and cells left: look into more of them.
    if (result == NO_MEMORY || probes >= p.neurons || load<u32>(result) == k || load<u32>(result) + (excluded < 0 ? 0 : 1) >= s.count)
      return result;
    probes = <u32>min<u64>(p.neurons, (<u64>probes + 1) << 2);
    if (!begin) scratchBack(mark);
  }
}

/** The nearest by all words, for who wants the truth at the price of a scan. */
export function allWords(p: Population, s: Store, query: usize, k: u32, excluded: i32, candidates: u32): i32 {
  const q = comparable(s, query, false);
  return q == 0 ? NO_MEMORY : byWords(p, s, query, q, k, excluded, p.neurons, candidates, 0, false);
}

/** By the words of the vector at `query`, of which `q` is what rows are compared with. */
function byWords(
  p: Population,
  s: Store,
  query: usize,
  q: usize,
  k: u32,
  excluded: i32,
  probes: u32,
  candidates: u32,
  filter: usize,
  begin: bool,
): i32 {
  // One row, of which there may be two words, may be excluded.
  const wanted = (candidates < s.count ? max<u32>(candidates, leastCandidates(p, k)) : s.count << 1) + 2;
  const result = start(k, excluded, filter, begin);
  const seenSize = (<u32>2) << (32 - clz<u32>(wanted));
  const seen = scratchMore(seenSize * ENTRY + (candidateRoom(wanted) << 3));
  if (result == 0 || seen == 0) return NO_MEMORY;
  const list = seen + <usize>seenSize * ENTRY;
  turnQuery(p, query);
  scanCells(p, list, wanted, probes, filter);
  const found = finishCandidates();
  memory.fill(seen, 0, <usize>seenSize * ENTRY);
  compared = eachOnce(list, found, excluded, seen, seenSize - 1);
  compareList(s, q, list, compared);
  // Those without words.
  compareFrom(s, q, p.indexed);
  return answer(result, heap, sought, kept);
}

/** Turns the query: without the centre where distances are compared, as it is where products are. */
export function turnQuery(p: Population, query: usize): void {
  if (byProduct()) {
    const bytes = floatBytes(theStore());
    memory.copy(turned, query, bytes);
    memory.fill(turned + bytes, 0, ((<usize>p.bits) << 2) - bytes);
    rotate(p, turned);
  } else turnRow(p, query);
  makeWhole(p);
  makeTables(p, turned, tables);
}

/** Scans the cells of the query's first `probes` winners for the best `wanted` words. */
function scanCells(p: Population, list: usize, wanted: u32, probes: u32, filter: usize): void {
  probed = findWinners(p, probes);
  scanned = 0;
  startCandidates(list, wanted, filter);
  for (let i: u32 = 0; i < probed; i++) {
    scanned += scanWinner(p, i);
  }
}

/** Writes the slots of a list's entries over them, each once; a row may have been found by two words. @returns how many */
function eachOnce(list: usize, n: u32, excluded: i32, seen: usize, mask: u32): u32 {
  let m: u32 = 0;
  for (let i: u32 = 0; i < n; i++) {
    const slot = load<u32>(list + ((<usize>i) << 3));
    if (<i32>slot == excluded) continue;
    const place = placeOf(seen, mask, slot);
    if (load<u32>(place) != 0) continue;
    store<u32>(place, slot + 1);
    store<u32>(list + ((<usize>m) << 2), slot);
    m++;
  }
  return m;
}

/** What the running search keeps: these describe scratch. The `kept` nearest so far of `sought`, in a heap, but `skipped`, of `ids`. */
let heap: usize = 0;
let kept: u32 = 0;
let sought: u32 = 0;
let skipped: i32 = -1;
let ids: usize = 0;
let worst: f32 = Infinity;

/** Takes the room for an answer and for work. @returns the answer's address, 0 if there is no memory */
function start(k: u32, excluded: i32, filter: usize, begin: bool): usize {
  sought = k;
  const bytes = 32 + sought * 12;
  const result = begin ? scratch(bytes) : scratchMore(bytes);
  if (result == 0 || !takeWork(thePopulation(), false)) return 0;
  heap = result + 32;
  kept = 0;
  skipped = excluded;
  ids = filter;
  worst = sought > 0 ? Infinity : -Infinity;
  return result;
}

/** Compares the rows of `n` slots at `list`. */
function compareList(s: Store, q: usize, list: usize, n: u32): void {
  for (let i: u32 = 0; i < n; i += 4) {
    const at = list + ((<usize>i) << 2);
    const left = n - i;
    const a = rowAt(s, load<u32>(at));
    const b = left > 1 ? rowAt(s, load<u32>(at, 4)) : a;
    const c = left > 2 ? rowAt(s, load<u32>(at, 8)) : a;
    const d = left > 3 ? rowAt(s, load<u32>(at, 12)) : a;
    offer(s, changetype<AnyRows>(0).four(s, q, a, b, c, d), left > 3 ? 15 : (1 << left) - 1, at);
  }
}

/** Compares all rows from a slot on. */
function compareFrom(s: Store, q: usize, from: u32): void {
  const stride = <usize>s.stride;
  // Four at a time from a multiple of four on, which no end of a segment divides.
  for (let i = from & ~3; i < s.count; i += 4) {
    const a = rowAt(s, i);
    const b = a + stride;
    const c = b + stride;
    const slots = spot + 16;
    v128.store(slots, i32x4.add(i32x4.splat(i), i32x4(0, 1, 2, 3)));
    let lanes = 15;
    if (s.count - i < 4) lanes = (1 << (s.count - i)) - 1;
    if (i < from) lanes &= -1 << (from - i);
    offer(s, changetype<AnyRows>(0).four(s, q, a, b, c, c + stride), lanes, slots);
  }
}

/** Keeps those of four distances that are among the nearest. */
function offer(s: Store, distances: v128, lanes: u32, slots: usize): void {
  let near = i32x4.bitmask(f32x4.le(distances, f32x4.splat(worst))) & lanes;
  if (near == 0) return;
  v128.store(spot, distances);
  while (near != 0) {
    const lane = (<usize>ctz<u32>(near)) << 2;
    near &= near - 1;
    const slot = load<u32>(slots + lane);
    const id = slotAt(s, slot).id;
    if (<i32>slot == skipped || !allowed(ids, id)) continue;
    kept = keepSmallest(heap, kept, sought, entry(load<f32>(spot + lane), id));
  }
  if (kept == sought) worst = fromOrderedBits(<u32>(largestKept(heap) >> 32));
}

/** The nearest of all rows. */
function amongAll(s: Store, q: usize, k: u32, excluded: i32, filter: usize, begin: bool): i32 {
  const result = start(k, excluded, filter, begin);
  if (result == 0) return NO_MEMORY;
  compareFrom(s, q, 0);
  return answer(result, heap, sought, kept);
}

/** Words of a filter that are looked at for a sample: two to this. */
const SAMPLED_WORDS: u32 = 6;

/** About how many rows a filter lets pass. */
function countAllowed(s: Store, filter: usize): u32 {
  let n: u32 = 0;
  const words = min<u32>(load<u32>(filter), (s.idCapacity + 31) >> 5);
  for (let w: u32 = 0; w < words; w++) n += popcnt<u32>(load<u32>(filter + ((<usize>w) << 2), 4));
  if (s.idCapacity <= s.count << 1) return min<u32>(n, s.count);
  // Where ids are sparse many may have no vector: as many as in a sample of the words.
  const step = (words >> SAMPLED_WORDS) + 1;
  let asked: u32 = 0;
  let there: u32 = 0;
  for (let w: u32 = 0; w < words; w += step) {
    for (let bits = load<u32>(filter + ((<usize>w) << 2), 4); bits != 0; bits &= bits - 1) {
      asked++;
      if (slotOf(s, (w << 5) + ctz<u32>(bits)) >= 0) there++;
    }
  }
  return min<u32>(asked > 0 ? <u32>((<u64>n * <u64>there) / <u64>asked) : n, s.count);
}

/** The nearest of the rows that a filter lets pass, of which there are fewer than FEW. */
function amongAllowed(s: Store, q: usize, k: u32, excluded: i32, filter: usize, begin: bool): i32 {
  const words = min<u32>(load<u32>(filter), (s.idCapacity + 31) >> 5);
  const result = start(k, excluded, 0, begin);
  const list = scratchMore(FEW << 2);
  if (result == 0 || list == 0) return NO_MEMORY;
  compared = 0;
  for (let w: u32 = 0; w < words; w++) {
    for (let bits = load<u32>(filter + ((<usize>w) << 2), 4); bits != 0; bits &= bits - 1) {
      const slot = slotOf(s, (w << 5) + ctz<u32>(bits));
      if (slot < 0) continue;
      store<u32>(list + ((<usize>compared) << 2), slot);
      compared++;
    }
  }
  compareList(s, q, list, compared);
  return answer(result, heap, sought, kept);
}
