// A question in words, answered by the engine, with its evidence as sentences.
import type { Mfn, PathStep, RecallQuery, RecallResult } from "mfn";
import { type TokenHasher, tokenize } from "mfn/text";
import type { AnswerRow } from "../protocol.js";

/** Results of an answer. */
const RESULTS = 8;
/** Edges of a path that a sentence names. */
const EDGES = 3;

/** What a question is about. */
export interface Answered {
  rows: AnswerRow[];
  /** Milliseconds. */
  elapsed: number;
  escape: number;
}

/**
 * Answers a question: a known key is asked for as it is, also without its method in front; the name of a stream asks what comes next in it; anything
 * else is looked for by its words. Changes nothing.
 */
export function answer(engine: Mfn, text: string, isStream: (name: string) => boolean, hasher: TokenHasher): Answered {
  const query = queryOf(engine, text.trim(), isStream, hasher);
  if (query === undefined) return { rows: [], elapsed: 0, escape: 1 };
  const { results, elapsed, escape } = engine.recall(query, { k: RESULTS, strategy: "parallel" });
  return { rows: results.map(rowOf), elapsed, escape };
}

function queryOf(engine: Mfn, text: string, isStream: (name: string) => boolean, hasher: TokenHasher): RecallQuery | undefined {
  if (text === "") return undefined;
  for (const key of [text, `GET ${text}`, `GET /${text}`]) if (key.length < 20_000 && engine.has(key)) return { key };
  if (isStream(text)) return { stream: text };
  const tokens = tokenize(text);
  return tokens.length === 0 ? undefined : { vector: hasher.vector(tokens) };
}

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
