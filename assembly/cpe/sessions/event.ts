// What the sessions need of the event model, between its `evaluate` and `release`.

import { candidates, SYMBOL } from "../events/arrays";
import { events, symbolAt } from "../events/layout";

export { escape, probabilityOf } from "../events/mixture";

/** Candidates of the event, numbered from 1. */
export function candidateCount(): u32 {
  return candidates;
}

/** The symbol of candidate `j`. */
export function candidateSymbol(j: u32): u32 {
  return load<u32>(SYMBOL + ((<usize>j) << 2));
}

/** Whether a symbol is a candidate. */
export function isCandidate(s: u32): bool {
  return symbolAt(s).slot != 0;
}

/** Times a symbol was seen, aged. */
export function countOf(s: u32): u32 {
  return symbolAt(s).count;
}

/** What a count and a half is worth as a share of all events. */
export function shareOfCount(): f32 {
  const e = events();
  return <f32>1 / (<f32>e.total + <f32>0.5 * <f32>(e.known + 1));
}
