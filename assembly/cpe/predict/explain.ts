// Why a prediction is what it is: what each context says of one id.

import { WINDOW } from "../../core/arena";
import { before } from "../events/events";
import { NETS } from "../events/gather";
import { known, partAt } from "../events/known";
import { events, symbolAt } from "../events/layout";
import { countOf } from "../events/learn";
import { escape, evaluate, linearOf, probabilityOf, release } from "../events/mixture";
import { symbolOf } from "../events/symbols";
import { ln4, sum4 } from "../events/vector";
import { Mix, STEPS } from "../events/weights";
import { mixAfter, before as present } from "../sessions/calls";
import { mixedEscape, mixedProbability, unmix } from "../sessions/mix";
import { hasSessions } from "./forget";

/**
 * What the known contexts of the next event of a stream, or of what comes after the `n` <= 5 ids at WINDOW if it is negative, say of an id. Returns
 * their number. WINDOW: rows of 24 bytes: u32 context, f32 events, f32 novelties, f32 how often the
 * id followed, f32 share of the linear mixture's probability that is due to it, f32 what it adds to the score.
 */
export function explain(stream: i32, n: u32, id: u32): u32 {
  evaluate(stream, before(stream, n));
  const s = symbolOf(id);
  const symbol = symbolAt(s);
  const j = symbol.slot;
  const inverse: f32 = symbol.count == 0 ? 0 : <f32>1 / linearOf(s);
  for (let a: u32 = 0; a < known; a++) {
    const part = partAt(a);
    const count = countOf(part, j);
    const to = WINDOW + <usize>a * 24;
    store<u32>(to, part.context);
    store<f32>(to, part.events, 4);
    store<f32>(to, part.novelties, 8);
    store<f32>(to, count, 12);
    store<f32>(to, count * part.share * inverse, 16);
    let score: f32 = 0;
    if (count > 0) {
      const bucket = (<usize>min<i32>(max<i32>(<i32>(reinterpret<u32>(count) >> 23) - 126, 0), <i32>STEPS - 1)) << 2;
      const rarity = f32x4.extract_lane(
        ln4(f32x4.splat((<f32>events().total + <f32>0.5 * <f32>(events().known + 1)) / (<f32>symbol.count + <f32>0.5))),
        0,
      );
      score =
        load<f32>(<usize>part.steps + bucket) + changetype<Mix>(<usize>part.mix).gain * (part.base + load<f32>(NETS + bucket) + rarity);
      if (part.newest == j) score += load<f32>(<usize>part.last);
    }
    store<f32>(to, score, 20);
  }
  release();
  return known;
}

/** Entropy of the next event of a stream, in bits; all ids that were never seen count as one. O(ids known). */
export function entropy(stream: u32): f32 {
  const mixed = hasSessions();
  if (mixed) mixAfter(stream, present(stream, 0), 0);
  else evaluate(stream, before(stream, 0));
  const end = events().symbolEnd;
  let four = f32x4.replace_lane(f32x4.splat(0), 3, mixed ? mixedEscape : escape);
  let sum: f64 = 0;
  for (let s: u32 = 1; s < end; s++) {
    const p: f32 = symbolAt(s).count == 0 ? 0 : mixed ? mixedProbability(s) : probabilityOf(s);
    four = f32x4.replace_lane(v128.shuffle<f32>(four, four, 1, 2, 3, 0), 3, p);
    if ((s & 3) != 3) continue;
    sum += <f64>sum4(surprisal(four));
    four = f32x4.splat(0);
  }
  sum += <f64>sum4(surprisal(four));
  if (mixed) unmix();
  release();
  return <f32>(sum * Math.LOG2E);
}

/** -p ln p of four probabilities, 0 for 0. */
function surprisal(p: v128): v128 {
  return f32x4.neg(f32x4.mul(p, ln4(f32x4.pmax(p, f32x4.splat(1e-30)))));
}
