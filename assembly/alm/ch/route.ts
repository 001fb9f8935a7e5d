// The arcs of the graph on the way that a search found: shortcuts are taken apart with a stack. Taken forward, a shortcut of the node a
// to b above it is m's arc to a, backward, then m's arc to b, forward; taken backward it is m's arc to b, backward, then m's arc to a, forward.

import { scratchMore } from "../../core/arena";
import { NO_MEMORY, NOT_FOUND } from "../../core/status";
import { expansions, ORIGINAL } from "./layout";
import { best, meetFrom, meetTo, search } from "./search";
import { arcOf, beforeOf, FROM, TO } from "./trail";

const ROOM: u32 = 16384;
// The arcs grow up from `answer`, the stack of arcs to be taken apart down from `end`; a word is an arc's number * 2 + direction.
let answer: usize = 0;
let end: usize = 0;

/**
 * The arcs of a cheapest path, at `routed()`. O(arcs) beside the search.
 * @returns how many, NOT_FOUND if there is no path, or NO_MEMORY
 */
export function route(from: u32, to: u32): i32 {
  if (from == to) return 0;
  if (!search(from, to)) return NO_MEMORY;
  if (best == Infinity) return NOT_FOUND;
  answer = scratchMore(ROOM);
  if (answer == 0) return NO_MEMORY;
  end = answer + <usize>ROOM;
  let out = answer;
  // The stack yields the first part of the path, up, from the arc pushed last.
  let stack = end;
  for (let t = meetFrom; beforeOf(t) != 0; t = beforeOf(t)) {
    if (stack - out < 64) {
      out = widen(out, stack);
      if (out == 0) return NO_MEMORY;
      stack = newStack;
    }
    stack -= 4;
    store<u32>(stack, (arcOf(t) << 1) | FROM);
  }
  out = expand(out, stack);
  for (let t = meetTo; out != 0 && beforeOf(t) != 0; t = beforeOf(t)) {
    if (end - out < 64) {
      out = widen(out, end);
      if (out == 0) return NO_MEMORY;
    }
    store<u32>(end - 4, (arcOf(t) << 1) | TO);
    out = expand(out, end - 4);
  }
  return out == 0 ? NO_MEMORY : <i32>((out - answer) >> 2);
}

/** Address of the last route's arcs. */
export function routed(): usize {
  return answer;
}

/** Takes apart all that is on the stack. @returns the end of the arcs, 0 without memory */
function expand(out: usize, stack: usize): usize {
  const table = expansions();
  while (stack < end) {
    let word = load<u32>(stack);
    stack += 4;
    while (true) {
      const p = table + ((<usize>(word >> 1)) << 3);
      const x = load<u32>(p);
      const y = load<u32>(p, 4);
      const to = word & 1;
      if ((x & ORIGINAL) != 0) {
        store<u32>(out, to == FROM ? x & ~ORIGINAL : y);
        out += 4;
        break;
      }
      if (stack - out < 64) {
        out = widen(out, stack);
        if (out == 0) return 0;
        stack = newStack;
      }
      stack -= 4;
      store<u32>(stack, ((to == FROM ? y : x) << 1) | FROM);
      word = ((to == FROM ? x : y) << 1) | TO;
    }
    if (stack - out < 64) {
      out = widen(out, stack);
      if (out == 0) return 0;
      stack = newStack;
    }
  }
  return out;
}

let newStack: usize = 0;

/** Doubles the room for arcs and stack. @returns the new end of the arcs, 0 without memory; the stack is at `newStack` */
function widen(out: usize, stack: usize): usize {
  const bytes = (<u64>(end - answer)) << 1;
  const place = bytes < 0x80000000 ? scratchMore(<u32>bytes) : 0;
  if (place == 0) return 0;
  const arcs = out - answer;
  memory.copy(place, answer, arcs);
  newStack = place + <usize>bytes - (end - stack);
  memory.copy(newStack, stack, end - stack);
  answer = place;
  end = place + <usize>bytes;
  return place + arcs;
}
