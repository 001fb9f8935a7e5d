// What part of the passages that a question rests on was found, and how sure that is.
import { Random } from "../data.js";
import type { Question } from "./load.js";

/** The share of `gold` among the first k of `ranked`. */
export function recallAt(ranked: readonly number[], gold: readonly number[], k: number): number {
  const first = new Set(ranked.slice(0, k));
  return gold.filter((passage) => first.has(passage)).length / gold.length;
}

/** Of each question the recall among the first 2, 5 and 10. */
export interface Recalls {
  at2: number[];
  at5: number[];
  at10: number[];
}

/** @param rank gives a question's passages, best first, ten or more */
export function recalls(questions: readonly Question[], rank: (question: string) => readonly number[]): Recalls {
  const all: Recalls = { at2: [], at5: [], at10: [] };
  for (const { text, gold } of questions) {
    const ranked = rank(text);
    all.at2.push(recallAt(ranked, gold, 2));
    all.at5.push(recallAt(ranked, gold, 5));
    all.at10.push(recallAt(ranked, gold, 10));
  }
  return all;
}

/** 1 for each question with all its passages among the first five, else 0. */
export function complete(at5: readonly number[]): number[] {
  return at5.map((recall) => (recall === 1 ? 1 : 0));
}

/** A mean of shares and its standard error, in percent. */
export function percent(shares: readonly number[]): { mean: number; error: number } {
  const n = shares.length;
  const mean = shares.reduce((sum, x) => sum + x, 0) / n;
  const variance = shares.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (n - 1);
  return { mean: 100 * mean, error: 100 * Math.sqrt(variance / n) };
}

/**
 * What choosing the best of several settings is worth on questions that it was not chosen by: for each tenth of the questions the setting
 * with the best mean recall on the other nine, over several ways to part them.
 * @param settings the recall of each question, setting by setting
 * @returns the recall of each question under what was chosen without it, the mean over the ways; and with it whether it was complete
 */
export function crossValidate(settings: ReadonlyArray<readonly number[]>, folds = 10, ways = 20): { at5: number[]; complete: number[] } {
  const n = settings[0].length;
  const at5 = new Array<number>(n).fill(0);
  const whole = new Array<number>(n).fill(0);
  const random = new Random(1);
  for (let way = 0; way < ways; way++) {
    const order = shuffled(n, random);
    for (let fold = 0; fold < folds; fold++) {
      const held = order.filter((_, i) => i % folds === fold);
      const others = order.filter((_, i) => i % folds !== fold);
      const means = settings.map((recall) => others.reduce((sum, q) => sum + recall[q], 0));
      const chosen = settings[means.indexOf(Math.max(...means))];
      for (const q of held) {
        at5[q] += chosen[q];
        whole[q] += chosen[q] === 1 ? 1 : 0;
      }
    }
  }
  return { at5: at5.map((sum) => sum / ways), complete: whole.map((sum) => sum / ways) };
}

function shuffled(n: number, random: Random): number[] {
  const order = Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}
