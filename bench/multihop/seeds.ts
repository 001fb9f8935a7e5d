// Which entities a question names: the walk begins there. Nothing but spelling is looked at.
import { isStopWord } from "./tokens.js";

/** Words of the longest name that is looked for. */
const LONGEST = 8;
/** A single word shorter than this is no mention. */
const SHORTEST = 4;

/**
 * The entities whose whole name stands in a question, longer names first; no word belongs to two.
 * @param entities their ids by normalised name
 * @param named only names with a digit or a capital that the start of the question does not explain: what a recogniser of named entities
 *   would find, as HippoRAG uses one on its questions
 */
export function mentions(question: string, entities: ReadonlyMap<string, number>, named: boolean): number[] {
  const spelt = question
    .replace(/[^A-Za-z0-9]+/g, " ")
    .trim()
    .split(" ");
  const words = spelt.map((word) => word.toLowerCase());
  const proper = spelt.map((word, i) => i > 0 && /[A-Z0-9]/.test(word) && !isStopWord(words[i]));
  const free = words.map(() => true);
  const found: number[] = [];
  for (let length = Math.min(LONGEST, words.length); length >= 1; length--) {
    for (let from = 0; from + length <= words.length; from++) {
      const to = from + length;
      if (length === 1 && (words[from].length < SHORTEST || isStopWord(words[from]))) continue;
      if (!free.slice(from, to).every(Boolean) || (named && !proper.slice(from, to).some(Boolean))) continue;
      const id = entities.get(words.slice(from, to).join(" "));
      if (id === undefined) continue;
      free.fill(false, from, to);
      found.push(id);
    }
  }
  return [...new Set(found)];
}
