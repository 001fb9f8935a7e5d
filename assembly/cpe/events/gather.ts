// Goes through the lines of the known contexts: who is a candidate, and what each entry says of it.
//
// An entry adds to its candidate's sums, all at once in one vector: its share of the linear mixture, what its count is worth in the log-linear
// correction, and its context's gain, by which the candidate's rarity counts. There is no branch on whether a symbol is new to the event: that cannot be
// guessed.

import { CODE, COUNT, SEEN, SUMS, SYMBOL, setCandidates } from "./arrays";
import { known, linesAt, Part, partAt } from "./known";
import { events, LINE_COUNTS, LINE_SYMBOLS, Line, symbolAt } from "./layout";
import { top } from "./symbols";
import { LAST_STEPS, Mix } from "./weights";

/** Candidates are filled up to this number with the most frequent symbols. */
const FEW: u32 = 16;

/** Logarithm of a count less the discount, for the middle of each bucket: c below 1, 1, 2 and 3, 4 to 7, ... */
export const NETS: usize = memory.data<f32>([-1.6, -0.6, 0.8, 1.6, 2.35, 3.05, 3.75, 4.45], 16);
/** No place of an entry. */
const NOWHERE: usize = 0xffffffff;
/** What an entry of each bucket adds to its candidate's score, for the context at hand. */
const SAY: usize = memory.data(32, 16);

/** Collects the entries and the candidates. */
export function gather(): void {
  const symbols = <usize>events().symbols;
  const unit = f32x4.splat(<f32>0.0625);
  const zero = i32x4.splat(0);
  const last = i32x4.splat(7);
  const half = i32x4.splat(126);
  let next: u32 = 1;
  let clear = SUMS;
  let at: usize = 0;
  for (let a: u32 = 0; a < known; a++) {
    const part = partAt(a);
    const gain = begin(part);
    const share = f32x4.replace_lane(f32x4.splat(0), 0, part.share);
    const add = f32x4.replace_lane(f32x4.splat(0), 2, gain);
    const lines = linesAt(part.context);
    const newest = changetype<Line>(<usize>load<u32>(lines)).last;
    const sought = i32x4.splat(<i32>newest);
    let newestAt: usize = NOWHERE;
    part.from = <u32>at;
    for (let level: u32 = 0; level < part.lines; level++) {
      const line = <usize>load<u32>(lines + ((<usize>level) << 2));
      // Eight more candidates at most.
      const needed = SUMS + ((<usize>next + 8) << 4);
      for (; clear < needed; clear += 16) v128.store(clear, zero);
      const counts = v128.load(line, LINE_COUNTS);
      const low = f32x4.mul(f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(counts)), unit);
      const high = f32x4.mul(f32x4.convert_i32x4_u(i32x4.extend_high_i16x8_u(counts)), unit);
      v128.store(COUNT + at, low);
      v128.store(COUNT + at, high, 16);
      // The exponent: 0 below 1, then one a doubling.
      v128.store(CODE + at, i32x4.min_s(i32x4.max_s(i32x4.sub(i32x4.shr_s(low, 23), half), zero), last));
      v128.store(CODE + at, i32x4.min_s(i32x4.max_s(i32x4.sub(i32x4.shr_s(high, 23), half), zero), last), 16);
      const found =
        i32x4.bitmask(i32x4.eq(v128.load(line, LINE_SYMBOLS), sought)) |
        (i32x4.bitmask(i32x4.eq(v128.load(line, LINE_SYMBOLS + 16), sought)) << 4);
      if (found != 0 && newest != 0) newestAt = at + ((<usize>ctz<i32>(found)) << 2);
      let p = line + LINE_SYMBOLS;
      const end = p + ((<usize>changetype<Line>(line).used) << 2);
      for (; p < end; p += 4) {
        const s = load<u32>(p);
        const symbol = symbols + ((<usize>s) << 4);
        const slot = load<u32>(symbol, 12);
        const j = select<u32>(slot, next, slot != 0);
        next += select<u32>(1, 0, slot == 0);
        store<u32>(symbol, j, 12);
        store<u32>(SYMBOL + ((<usize>j) << 2), s);
        store<u32>(SEEN + ((<usize>j) << 2), load<u32>(symbol, 8));
        const bucket = load<u32>(CODE + at);
        store<u32>(CODE + at, (j << 4) | bucket);
        const sums = SUMS + ((<usize>j) << 4);
        const x = f32x4.add(f32x4.mul(v128.load32_splat(COUNT + at), share), add);
        v128.store(sums, f32x4.add(v128.load(sums), v128.load32_lane(SAY + ((<usize>bucket) << 2), x, 1)));
        at += 4;
      }
    }
    part.to = <u32>at;
    sayLast(part, newestAt);
  }
  fillUp(next, clear);
}

/** Computes SAY for a context. Returns its gain. */
function begin(part: Part): f32 {
  const gain = changetype<Mix>(<usize>part.mix).gain;
  const gains = f32x4.splat(gain);
  const base = f32x4.splat(part.base);
  const steps = <usize>part.steps;
  for (let q: usize = 0; q < 32; q += 16) {
    v128.store(SAY + q, f32x4.add(v128.load(steps + q), f32x4.mul(gains, f32x4.add(base, v128.load(NETS + q)))));
  }
  return gain;
}

/** The symbol that a context counted last may be its entry at `at`: it comes again more often than its count says. */
function sayLast(part: Part, at: usize): void {
  part.newest = 0;
  if (at == NOWHERE) return;
  const code = <usize>load<u32>(CODE + at);
  const j = code >> 4;
  const last = <usize>part.steps + LAST_STEPS + ((code & 15) << 3);
  part.newest = <u32>j;
  part.last = <u32>last;
  addScore(<u32>j, load<f32>(last));
}

/** Adds to the score of a candidate. */
export function addScore(j: u32, x: f32): void {
  const at = SUMS + ((<usize>j) << 4);
  store<f32>(at, load<f32>(at, 4) + x, 4);
}

/** Makes the most frequent symbols candidates, if there are few, and empties the places up to a multiple of four. */
function fillUp(next: u32, clear: usize): void {
  const needed = SUMS + ((<usize>max<u32>(next, FEW + 1) + 4) << 4);
  for (; clear < needed; clear += 16) v128.store(clear, i32x4.splat(0));
  const used = events().topUsed;
  for (let i: u32 = 0; i < used && next <= FEW; i++) {
    const s = top(i);
    const symbol = symbolAt(s);
    if (symbol.slot != 0) continue;
    symbol.slot = next;
    store<u32>(SYMBOL + ((<usize>next) << 2), s);
    store<u32>(SEEN + ((<usize>next) << 2), symbol.count);
    next++;
  }
  setCandidates(next - 1);
}
