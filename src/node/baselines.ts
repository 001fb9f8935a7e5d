// What is simple and hard to beat: popularity, recency, first-order transitions, and which things changed together.
import type { Operation } from "mfn";
import type { Predictor, Suggester } from "./evaluate.js";
import type { Prediction } from "./scores.js";

/** Counts of things, ranked by falling count; ties by who came first. */
class Tally {
  readonly #counts = new Map<string, number>();

  add(key: string, count = 1): void {
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + count);
  }

  rank(key: string): number {
    const own = this.#counts.get(key);
    if (own === undefined) return 0;
    let rank = 1;
    let before = true;
    for (const [other, count] of this.#counts) {
      if (other === key) before = false;
      else if (count > own || (count === own && before)) rank++;
    }
    return rank;
  }

  /** The counted things by falling count. Sorting is stable: ties stay in the order in which they came. */
  ranked(): string[] {
    return [...this.#counts].sort((a, b) => b[1] - a[1]).map(([key]) => key);
  }

  [Symbol.iterator](): IterableIterator<[string, number]> {
    return this.#counts.entries();
  }
}

/** Baseline: what was observed most, whatever came before. */
export function mostPopular(): Predictor & Suggester {
  const tally = new Tally();
  return {
    method: "most-popular",
    predict: (_stream, key) => ({ rank: tally.rank(key) }),
    suggest: (given, k) => firstOthers(tally.ranked(), given, k),
    apply(operation) {
      if (operation.op === "observe") tally.add(operation.key);
    },
  };
}

/** The first k of some keys that are not given. */
function firstOthers(keys: readonly string[], given: readonly string[], k: number): string[] {
  return keys.filter((key) => !given.includes(key)).slice(0, k);
}

/** A predictor that looks at the stream's last event only. */
abstract class AfterLast implements Predictor, Suggester {
  abstract readonly method: string;
  readonly #last = new Map<string, string>();

  predict(stream: string, key: string): Prediction {
    const last = this.#last.get(stream);
    return { rank: last === undefined ? 0 : this.rankAfter(last, key) };
  }

  suggest(given: readonly string[], k: number): string[] {
    const last = given.at(-1);
    return last === undefined ? [] : firstOthers(this.rankedAfter(last), given, k);
  }

  apply(operation: Operation): void {
    if (operation.op !== "observe") return;
    const last = this.#last.get(operation.stream);
    if (last !== undefined) this.learn(last, operation.key);
    this.#last.set(operation.stream, operation.key);
  }

  protected abstract rankAfter(last: string, key: string): number;
  protected abstract rankedAfter(last: string): string[];
  protected abstract learn(last: string, key: string): void;
}

/** Baseline: what followed the stream's last event most recently, then what followed it before that. */
export class LastCoOccurring extends AfterLast {
  /** Its name in the scores. */
  readonly method = "last-co-occurring";
  // A Set keeps the order of insertion: what is added anew goes to the end.
  readonly #followers = new Map<string, Set<string>>();

  protected rankAfter(last: string, key: string): number {
    const followers = this.#followers.get(last);
    if (!followers?.has(key)) return 0;
    let rank = followers.size;
    for (const other of followers) {
      if (other === key) break;
      rank--;
    }
    return rank;
  }

  protected rankedAfter(last: string): string[] {
    return [...(this.#followers.get(last) ?? [])].reverse();
  }

  protected learn(last: string, key: string): void {
    const followers = this.#followers.get(last) ?? new Set();
    followers.delete(key);
    followers.add(key);
    this.#followers.set(last, followers);
  }
}

/** Baseline: what followed the stream's last event most often. */
export class FirstOrderMarkov extends AfterLast {
  /** Its name in the scores. */
  readonly method = "first-order Markov";
  readonly #followers = new Map<string, Tally>();

  protected rankAfter(last: string, key: string): number {
    return this.#followers.get(last)?.rank(key) ?? 0;
  }

  protected rankedAfter(last: string): string[] {
    return this.#followers.get(last)?.ranked() ?? [];
  }

  protected learn(last: string, key: string): void {
    const tally = this.#followers.get(last) ?? new Tally();
    tally.add(key);
    this.#followers.set(last, tally);
  }
}

/**
 * Baseline: association rules with one antecedent, as ROSE mines them (Zimmermann et al. 2004): a thing is suggested after another by the
 * share of the other's transactions that held both (the rule's confidence; by support among equals). A stream is a transaction.
 * After several things, a thing's confidence is that of its best rule.
 */
export class AssociationRules implements Predictor, Suggester {
  /** Its name in the scores. */
  readonly method = "co-change counts";
  readonly #transactions = new Map<string, Set<string>>();
  readonly #together = new Map<string, Tally>();
  readonly #count = new Map<string, number>();

  predict(stream: string, key: string): Prediction {
    const given = [...(this.#transactions.get(stream) ?? [])];
    // What a transaction holds already was counted into it: its own pairs have to be taken off.
    return { rank: 1 + this.#ranked(given, 1).indexOf(key) };
  }

  suggest(given: readonly string[], k: number): string[] {
    return this.#ranked(given, 0).slice(0, k);
  }

  apply(operation: Operation): void {
    if (operation.op !== "observe") return;
    const { stream, key } = operation;
    const transaction = this.#transactions.get(stream) ?? new Set();
    this.#transactions.set(stream, transaction);
    if (transaction.has(key)) return;
    this.#count.set(key, (this.#count.get(key) ?? 0) + 1);
    for (const other of transaction) {
      this.#pairsOf(other).add(key);
      this.#pairsOf(key).add(other);
    }
    transaction.add(key);
  }

  #pairsOf(key: string): Tally {
    const found = this.#together.get(key) ?? new Tally();
    this.#together.set(key, found);
    return found;
  }

  /** @param own how many transactions of each given thing are the one that is asked about */
  #ranked(given: readonly string[], own: number): string[] {
    const best = new Map<string, readonly [confidence: number, support: number]>();
    for (const key of given) {
      const all = (this.#count.get(key) ?? 0) - own;
      for (const [other, support] of this.#together.get(key) ?? []) {
        if (given.includes(other)) continue;
        const before = best.get(other);
        const confidence = support / Math.max(all, 1);
        if (before === undefined || confidence > before[0] || (confidence === before[0] && support > before[1]))
          best.set(other, [confidence, support]);
      }
    }
    return [...best].sort(([, a], [, b]) => b[0] - a[0] || b[1] - a[1]).map(([key]) => key);
  }
}
