import { readData } from "./data.js";
import { Random } from "./random.js";

/** Sequences of dense ids, in a seeded random order. */
export interface Sequences {
  name: string;
  sequences: number[][];
  ids: number;
}

/** Web clicks (KDD Cup 2000) of sessions with at least six of them. */
export function bms(): Sequences {
  return dense(
    "BMS",
    [...grouped(lines("ipredict_BMS.dat.gz")).values()].filter((q) => q.length >= 6),
  );
}

/** Sign language utterances: gesture, start, end, gesture, ... */
export function sign(): Sequences {
  const rows = lines("ipredict_sign_language.txt.gz").filter((l) => !l.startsWith("#"));
  return dense(
    "SIGN",
    [...grouped(rows).values()].filter((q) => q.length >= 10),
  );
}

/** The words of Leviathan's sentences of at least six of them. */
export function leviathan(): Sequences {
  const text = readData("sequences/ipredict_leviathan.txt.gz").toString("latin1").toLowerCase();
  const sentences = text.split(/[.?!;:]/).map((s) => s.match(/[a-z']+/g) ?? []);
  return dense(
    "LEVIATHAN",
    sentences.filter((q) => q.length >= 6),
  );
}

function lines(file: string): string[] {
  return readData(`sequences/${file}`)
    .toString("latin1")
    .split("\n")
    .filter((l) => l.trim() !== "");
}

/** Rows whose first word names the sequence, the others go into it. */
function grouped(rows: string[]): Map<string, string[]> {
  const sequences = new Map<string, string[]>();
  for (const row of rows) {
    const [name, ...rest] = row.trim().split(/\s+/);
    const sequence = sequences.get(name) ?? [];
    sequences.set(name, sequence);
    sequence.push(...rest);
  }
  return sequences;
}

function dense(name: string, sequences: string[][]): Sequences {
  const ids = new Map<string, number>();
  for (const sequence of sequences) for (const x of sequence) if (!ids.has(x)) ids.set(x, ids.size);
  const numbered = sequences.map((q) => q.map((x) => ids.get(x) as number));
  const random = new Random(1);
  for (let i = numbered.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [numbered[i], numbered[j]] = [numbered[j], numbered[i]];
  }
  return { name, sequences: numbered, ids: ids.size };
}

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
