import { Random } from "./random.js";

/**
 * A Markov source: after each pair of symbols (or each one, for order 1) one of `fan` successors, with odds 1 : 1/2 : 1/3 ...
 * @returns `n` events, and what the source itself would pay for them, in bits an event
 */
export function markov(seed: number, alphabet: number, order: number, fan: number, n: number): { events: number[]; bits: number } {
  const random = new Random(seed);
  const odds = Array.from({ length: fan }, (_, i) => 1 / (i + 1));
  const sum = odds.reduce((a, b) => a + b, 0);
  const followers = new Map<string, number[]>();
  const events: number[] = [];
  let bits = 0;
  for (let i = 0; i < n; i++) {
    const key = events.slice(Math.max(0, i - order)).join(",");
    let after = followers.get(key);
    if (after === undefined) {
      const deck = Array.from({ length: alphabet }, (_, x) => x);
      after = Array.from({ length: fan }, () => deck.splice(random.below(deck.length), 1)[0]);
      followers.set(key, after);
    }
    let left = random.next() * sum;
    let pick = 0;
    while (pick < fan - 1 && left >= odds[pick]) left -= odds[pick++];
    bits -= Math.log2(odds[pick] / sum);
    events.push(after[pick]);
  }
  return { events, bits: bits / n };
}
