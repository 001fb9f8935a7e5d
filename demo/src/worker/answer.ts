// A question in words, answered by the engine, with its evidence as sentences.
import type { Mfn, PathStep, RecallQuery, RecallResult } from "mfn";
import { type TokenHasher, tokenize } from "mfn/text";
import type { AnswerRow } from "../protocol.js";

/** Results of an answer. */
const RESULTS = 8;
/** Of a question in words, how many of them are alike; the rest is what these lead to. */
const ALIKE = 5;
/** Edges of a path that a sentence names. */
const EDGES = 3;

/** What a question is about. */
export interface Answered {
  rows: AnswerRow[];
  /** Milliseconds. */
  elapsed: number;
  /** Probability of something else; undefined for a question in words, which is not about what comes next. */
  escape?: number;
}

/**
 * Answers a question: a known key is asked for as it is, also without its method in front; the name of a stream asks what comes next in it; anything
 * else is looked for by its words: first what is most alike, then what that leads to. Changes nothing.
 */
export function answer(engine: Mfn, text: string, isStream: (name: string) => boolean, hasher: TokenHasher): Answered {
  const words = text.trim();
  const query = queryOf(engine, words, isStream);
  if (query === undefined) return alike(engine, words, hasher);
  const { results, elapsed, escape } = engine.recall(query, { k: RESULTS, strategy: "parallel" });
  return { rows: results.map(rowOf), elapsed, escape };
}

function queryOf(engine: Mfn, text: string, isStream: (name: string) => boolean): RecallQuery | undefined {
  if (text === "") return undefined;
  for (const key of [text, `GET ${text}`, `GET /${text}`]) if (key.length < 20_000 && engine.has(key)) return { key };
  return isStream(text) ? { stream: text } : undefined;
}

/**
 * What has words in common with a text, by falling similarity, and then what is connected to that. `recall` would not do: it ranks by what comes
 * next, and without a stream nothing does.
 */
function alike(engine: Mfn, text: string, hasher: TokenHasher): Answered {
  const tokens = tokenize(text);
  if (tokens.length === 0) return { rows: [], elapsed: 0 };
  const began = performance.now();
  // Texts without a word in common have cosines of about 0 with this standard deviation, as words share places of the vector: of some hundred
  // things one is three of it off. A key may be alike by words that came with it and are not its own: then by far.
  const chance = 1 / Math.sqrt(hasher.dimensions);
  const shares = (key: string) => tokenize(key).some((token) => tokens.includes(token));
  const found = engine
    .similar(hasher.vector(tokens), { k: 4 * ALIKE })
    .filter(({ key, score }) => score > (shares(key) ? chance : 4 * chance))
    .slice(0, ALIKE);
  const led = found.length === 0 ? [] : engine.associate(keysOf(found), { k: RESULTS - found.length });
  const next = found.map(({ key }) => engine.predict([key], { k: 1 }).results[0]);
  const elapsed = performance.now() - began;
  const rows = found.map(({ key, score }, i): AnswerRow => {
    const why: AnswerRow["why"] = [{ layer: "dsr", text: `Similar to what was asked for: ${score.toFixed(2)} of 1.` }];
    const most = next[i];
    if (most !== undefined) {
      why.push({ layer: "cpe", text: `After it, ${most.key} is expected most: ${(100 * most.probability).toFixed(1)} %.` });
    }
    return { key, similarity: score, why };
  });
  for (const { key, path } of led) rows.push({ key, why: [{ layer: "alm", text: `Connected: ${pathText(path)}.` }] });
  return { rows, elapsed };
}

const keysOf = (things: Array<{ key: string }>): string[] => things.map(({ key }) => key);

function rowOf({ key, probability, evidence }: RecallResult): AnswerRow {
  const why: AnswerRow["why"] = [];
  const { ifr, dsr, alm, cpe } = evidence;
  if (ifr !== undefined) {
    const text = ifr.exact ? "Known: this very key." : `Came ${steps(ifr.stepsAgo ?? 0)} ago in this stream.`;
    why.push({ layer: "ifr", contribution: ifr.contribution, text });
  }
  if (dsr !== undefined) {
    const text = `Similar to ${dsr.to ?? "what was asked for"}: ${dsr.similarity.toFixed(2)} of 1.`;
    why.push({ layer: "dsr", contribution: dsr.contribution, text });
  }
  if (alm !== undefined && alm.path.length > 0) {
    why.push({ layer: "alm", contribution: alm.contribution, text: `Connected: ${pathText(alm.path)}.` });
  }
  if (cpe !== undefined) {
    const text = `Expected next by the sequence alone: ${(100 * cpe.probability).toFixed(1)} %.`;
    why.push({ layer: "cpe", contribution: cpe.contribution, text });
  }
  return { key, probability, why };
}

function steps(n: number): string {
  return n === 1 ? "1 step" : `${n} steps`;
}

function pathText(path: readonly PathStep[]): string {
  const shown = path.slice(0, EDGES).map(({ to, type, weight }) => `→ ${to} (${type}, ${Number(weight.toPrecision(3))})`);
  return `${path[0].from} ${shown.join(" ")}${path.length > EDGES ? " …" : ""}`;
}
