// Calibration of the likeliest candidate: how often does it come when the mixture gives it p? The answer is a function of the log-odds of p,
// linear between KNOTS knots, which are moved by the error at each event: secondary estimation (Mahoney's APM, "Adaptive weighing of context models",
// TR CS-2005-16; here with the gradient of the squared error, so that what is between two knots is right on average and not only at them).
// All others keep their proportions.

import { candidateBytes, P } from "./arrays";
import { ln4, sum4 } from "./vector";
import { KNOTS, knotAt } from "./weights";

/** The knots look back over so many events, and begin as if they had seen START of them. */
const WINDOW: f32 = 1000;
const START: f32 = 50;
/** The furthest that a probability is moved, as a factor of it or of what it leaves. */
const MOST: f32 = 0.25;

/** The likeliest candidate, and its probability before; 0 if there is none. Working space, as is what follows. */
export let likeliest: u32 = 0;
let before: f32 = 0;
let left: f32 = 1;
/** The first of the two knots it lies between, how far from it, and what they say. */
let knot: u32 = 0;
let part: f32 = 0;
let said: f32 = 0;
/** What the probabilities of the others were multiplied by. */
let factor: f32 = 1;

/**
 * Makes P, whose largest is `peak`, probabilities by `inverse` and calibrates them; `rest` is what is not in P. Returns the factor for the rest. O(candidates).
 */
export function calibrate(peak: f32, rest: f32, inverse: f32): f32 {
  const end = candidateBytes();
  likeliest = 0;
  factor = 1;
  let refined: f32 = 0;
  if (peak > 0) {
    let at: usize = 0;
    const sought = f32x4.splat(peak);
    let mask: u32 = 0;
    for (; at < end; at += 16) {
      mask = <u32>i32x4.bitmask(f32x4.ge(v128.load(P + at), sought));
      if (mask != 0) break;
    }
    likeliest = (<u32>at >> 2) + ctz<u32>(mask);
    before = peak * inverse;
    left = others(rest) * inverse;
    const leave = look();
    factor = leave / left;
    refined = <f32>1 - leave;
  }
  const by = f32x4.splat(inverse * factor);
  for (let at: usize = 0; at < end; at += 16) v128.store(P + at, f32x4.mul(v128.load(P + at), by));
  if (likeliest != 0) store<f32>(P + ((<usize>likeliest) << 2), refined);
  return factor;
}

/** The sum of what is not the likeliest, which is not what is missing to 1 if that is close to 1. */
function others(rest: f32): f32 {
  store<f32>(P + ((<usize>likeliest) << 2), 0);
  const end = candidateBytes();
  let sum = f32x4.splat(0);
  for (let at: usize = 0; at < end; at += 16) sum = f32x4.add(sum, v128.load(P + at));
  return sum4(sum) + rest;
}

/** What the knots leave for the others: worked out as such, as what is missing to 1 has few digits where it is little. */
function look(): f32 {
  const ln = ln4(f32x4.replace_lane(f32x4.splat(before), 1, left));
  const x = min<f32>(
    max<f32>(f32x4.extract_lane(ln, 0) - f32x4.extract_lane(ln, 1) + <f32>((KNOTS - 1) / 2), 0),
    <f32>(KNOTS - 1) - <f32>0.001,
  );
  knot = <u32>x;
  part = x - <f32>knot;
  said = load<f32>(knotAt(knot)) * (<f32>1 - part) + load<f32>(knotAt(knot), 8) * part;
  return min<f32>(max<f32>(<f32>1 - said, left * MOST), <f32>1 - before * MOST);
}

/**
 * Learns from the event, candidate `target` or 0, and brings the probabilities back to what the mixture said, from which it learns.
 * Returns the factor that does this to what is not in P.
 */
export function learnCalibration(target: u32): f32 {
  if (likeliest == 0) return 1;
  const error = (target == likeliest ? <f32>1 : <f32>0) - said;
  move(knot, error, <f32>1 - part);
  move(knot + 1, error, part);
  const back: f32 = <f32>1 / factor;
  const by = f32x4.splat(back);
  const end = candidateBytes();
  for (let at: usize = 0; at < end; at += 16) v128.store(P + at, f32x4.mul(v128.load(P + at), by));
  store<f32>(P + ((<usize>likeliest) << 2), before);
  return back;
}

function move(i: u32, error: f32, weight: f32): void {
  const at = knotAt(i);
  const n = min<f32>(load<f32>(at, 4) + weight, WINDOW);
  store<f32>(at, n, 4);
  store<f32>(at, load<f32>(at) + (error * weight) / (n + START));
}
