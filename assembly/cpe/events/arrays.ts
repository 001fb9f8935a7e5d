// Working space of one event's distribution, between `evaluate` and `release`. Not state.
//
//   candidates   symbols that some context of the event has seen: numbers 1..n; number 0 is nobody, FORGOTTEN whatever is forgotten
//   entries      what the lines of the known contexts hold, one behind the other: which candidate, and in which bucket its count is

// Of each candidate 16 bytes: f32 linear mixture, score, sum of gains, 0; once there are probabilities +8 f32 gradient, gradient times rarity.
export const SUMS: usize = memory.data(4096, 16);
// Of each candidate: symbol, count (u32, then f32), rarity -ln u, linear mixture, its logarithm, probability.
export const SYMBOL: usize = memory.data(1024, 16);
export const SEEN: usize = memory.data(1024, 16);
export const RARITY: usize = memory.data(1024, 16);
export const LINEAR: usize = memory.data(1024, 16);
export const LOG: usize = memory.data(1024, 16);
export const P: usize = memory.data(1024, 16);
// Of each entry (at most 25 lines of eight, and eight places behind): 16 * candidate + bucket of its count; its count.
export const CODE: usize = memory.data(864, 16);
export const COUNT: usize = memory.data(864, 16);

/** Candidates of the event. */
export let candidates: u32 = 0;

/** Sets their number. */
export function setCandidates(n: u32): void {
  candidates = n;
}

/** Bytes of an f32 array over the candidates and nobody, up to a multiple of four places. */
export function candidateBytes(): usize {
  return ((<usize>candidates + 4) & ~3) << 2;
}
