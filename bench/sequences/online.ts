// The sets on which models are scored event by event: those of IPredict, further public ones, and a made one.
import { permutation, sequence } from "../data.js";
import { dataFile } from "../files.js";
import { articleSet, bmsSet, leviathanSet, pathSet, type SequenceSet, shapeOf, signSet } from "./sets.js";

/** Sequences of ids. */
export interface OnlineSet {
  name: string;
  sequences: ArrayLike<number>[];
  /** What others have measured on it: shape numbers, and the share that the best backoff Markov of orders 1 to 5 predicts. */
  known?: { sequences?: number; alphabet?: number; meanLength?: number; backoff: number };
}

/** Bytes of text that are taken. */
const TEXT_BYTES = 400_000;
/** Sentences of the articles whose words are taken; some 21 words each. */
const SENTENCES = 16_000;

/** The sets that are here; the public ones are left out of a smoke run. */
export function onlineSets(quick: boolean): OnlineSet[] {
  if (quick) return [{ name: "made, 200 symbols", sequences: [sequence(10_000, 200)] }];
  const text = dataFile("wikispeedia/text.tsv.gz");
  return [
    shuffled(bmsSet(), { sequences: 4865, alphabet: 494, meanLength: 11.2, backoff: 0.3462 }),
    shuffled(signSet(), { sequences: 730, alphabet: 267, meanLength: 93, backoff: 0.0713 }),
    shuffled(leviathanSet(), { backoff: 0.1891 }),
    named("wikispeedia paths", shuffled(pathSet(Infinity))),
    named("wikispeedia words", shuffled(articleSet(SENTENCES))),
    text && { name: "wikispeedia bytes", sequences: [text.subarray(0, TEXT_BYTES)] },
    { name: "made, 16,384 symbols", sequences: [sequence(200_000, 16_384)] },
  ].filter((set) => set !== undefined);
}

/** A million words of the articles, a sequence a sentence; undefined if they are not here. */
export function manyWords(): OnlineSet | undefined {
  return named("wikispeedia words", articleSet(56_000));
}

/** Half a million bytes of the articles. */
export function manyBytes(): OnlineSet | undefined {
  const text = dataFile("wikispeedia/text.tsv.gz");
  return text && { name: "wikispeedia bytes", sequences: [text.subarray(0, 500_000)] };
}

/** LEVIATHAN, in the order of the book. */
export function book(): OnlineSet | undefined {
  return leviathanSet();
}

/** Why the figures that are known do not fit what was read, or undefined if they do. */
export function misread({ sequences, known }: OnlineSet): string | undefined {
  if (known === undefined) return undefined;
  const shape = shapeOf({ sequences: sequences.map((q) => Array.from(q)) } as SequenceSet);
  const wrong = (["sequences", "alphabet", "meanLength"] as const).filter(
    (what) => known[what] !== undefined && Math.abs(shape[what] - known[what]) > (what === "meanLength" ? 0.05 : 0),
  );
  return wrong.length === 0 ? undefined : wrong.map((what) => `${what} ${shape[what]}, not ${known[what]}`).join("; ");
}

/** In a seeded order, as the file's order tells which sessions are alike. */
function shuffled(set: SequenceSet | undefined, known?: OnlineSet["known"]): OnlineSet | undefined {
  if (set === undefined) return undefined;
  const { name, sequences } = set;
  return { name, sequences: Array.from(permutation(sequences.length), (i) => sequences[i]), known };
}

function named(name: string, set: OnlineSet | undefined): OnlineSet | undefined {
  return set && { ...set, name };
}
