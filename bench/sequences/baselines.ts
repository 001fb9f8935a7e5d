// Models of the IPredict framework, written again from their papers and the framework's choices, to show that loaders and protocol are right:
// they must reprint its figures within the sampling error.
import type { SequenceModel } from "./protocol.js";

/** Always the same guess. */
export class Constant implements SequenceModel {
  constructor(readonly item: number) {}

  train(): void {}

  guess(): number {
    return this.item;
  }
}

/**
 * DG: what came within four items after the last one, if in 12 % of the cases. Source: Padmanabhan and Mogul, "Using predictive prefetching to
 * improve world wide web latency" (1996).
 */
export class DependencyGraph implements SequenceModel {
  readonly #arcs = new Map<number, { support: number; followers: Map<number, number> }>();

  train(sequence: number[]): void {
    for (let i = 0; i < sequence.length - 1; i++) {
      const node = this.#arcs.get(sequence[i]) ?? { support: 0, followers: new Map<number, number>() };
      this.#arcs.set(sequence[i], node);
      node.support++;
      for (const y of sequence.slice(i + 1, i + 5)) node.followers.set(y, (node.followers.get(y) ?? 0) + 1);
    }
  }

  guess(before: number[]): number | undefined {
    const last = before.findLast((x) => this.#arcs.has(x));
    if (last === undefined) return undefined;
    const { support, followers } = this.#arcs.get(last) as { support: number; followers: Map<number, number> };
    const [item, count] = most(followers);
    return count / support >= 0.12 ? item : undefined;
  }
}

/** AKOM: what came most often after the longest context that is known, of at most five items. Source: Pitkow and Pirolli (1999). */
export class AllKOrderMarkov implements SequenceModel {
  readonly #contexts = new Map<string, Map<number, number>>();

  train(sequence: number[]): void {
    for (let end = 1; end < sequence.length; end++) {
      for (let order = 1; order <= Math.min(5, end); order++) {
        const key = sequence.slice(end - order, end).join();
        const followers = this.#contexts.get(key) ?? new Map<number, number>();
        this.#contexts.set(key, followers);
        followers.set(sequence[end], (followers.get(sequence[end]) ?? 0) + 1);
      }
    }
  }

  guess(before: number[]): number | undefined {
    for (let order = Math.min(5, before.length); order > 0; order--) {
      const followers = this.#contexts.get(before.slice(-order).join());
      if (followers !== undefined) return mostByHash(followers);
    }
    return undefined;
  }
}

function most(counts: Map<number, number>): [number, number] {
  let best: [number, number] = [0, 0];
  for (const entry of counts) if (entry[1] > best[1]) best = entry;
  return best;
}

/** Most long contexts have one follower of each: the framework takes the first in the order of its hash table, which has the low bits of the item. */
function mostByHash(counts: Map<number, number>): number {
  let room = 16;
  while (counts.size > room * 0.75) room *= 2;
  const highest = most(counts)[1];
  const bucket = (x: number) => (x ^ (x >>> 16)) & (room - 1);
  const ties = [...counts].filter(([, count]) => count === highest).map(([item]) => item);
  return ties.reduce((first, x) => (bucket(x) < bucket(first) ? x : first));
}
