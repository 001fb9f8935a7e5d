// Sets of sequences for the next-event benchmarks, read as the IPredict framework reads them (Gueniche, Fournier-Viger, Raman, Tseng, "CPT+: decreasing
// the time/space complexity of the compact prediction tree", PAKDD 2015; github.com/tedgueniche/IPredict), and two of our own.
import { bmsSessions } from "../bms.js";
import { dataFile } from "../files.js";

/** Sequences of ids from 1, and what the protocol asks of them. */
export interface SequenceSet {
  name: string;
  sequences: number[][];
  /** Items before the end that a model is shown. */
  window: number;
  /** A guess is right if it is among so many last items. */
  consequent: number;
}

/** What tells that a set was read right. */
export interface Shape {
  sequences: number;
  alphabet: number;
  meanLength: number;
}

export function shapeOf({ sequences }: SequenceSet): Shape {
  const items = sequences.reduce((sum, { length }) => sum + length, 0);
  return { sequences: sequences.length, alphabet: new Set(sequences.flat()).size, meanLength: items / sequences.length };
}

/** BMS: clicks of web sessions of at least six; undefined if the file is not here, as for the sets below. */
export function bmsSet(): SequenceSet | undefined {
  const sequences = bmsSessions(5);
  return sequences && { name: "BMS", sequences: sequences.map((q) => q.map((x) => x + 1)), window: 5, consequent: 1 };
}

/** SIGN: utterances in sign language of at least ten items. As the framework has it, the items are the gestures and their times alike. */
export function signSet(): SequenceSet | undefined {
  const text = textOf("sequences/ipredict_sign_language.txt.gz");
  return text === undefined ? undefined : { name: "SIGN", sequences: parseSign(text), window: 7, consequent: 3 };
}

/** LEVIATHAN: the words of a book's first 5,000 sentences, where these have at least six. */
export function leviathanSet(): SequenceSet | undefined {
  const text = textOf("sequences/ipredict_leviathan.txt.gz");
  return text === undefined ? undefined : { name: "LEVIATHAN", sequences: parseWords(text, 5000), window: 5, consequent: 1 };
}

/** Our own: pages of the navigation paths of Wikispeedia with at least six; a back click is the page it leads to. At most `most`, behind the first `skip`. */
export function pathSet(most = 8000, skip = 0): SequenceSet | undefined {
  const text = textOf("wikispeedia/paths.tsv.gz");
  if (text === undefined) return undefined;
  const number = numbering();
  const sequences = lines(text)
    .map((line) => visited(line.split("\t")[3].split(";")).map(number))
    .filter(({ length }) => length >= 6);
  return { name: "paths", sequences: sequences.slice(skip, skip + most), window: 5, consequent: 1 };
}

/** Our own: the words of the first `most` sentences of Wikipedia articles, behind the first `skip` articles. */
export function articleSet(most = 5000, skip = 0): SequenceSet | undefined {
  const text = textOf("wikispeedia/text.tsv.gz");
  if (text === undefined) return undefined;
  // Every article begins with its name and the same words.
  const start = "Related subjects: ";
  const articles = lines(text)
    .slice(skip)
    .map((line) => line.slice(line.indexOf(start) + start.length));
  return { name: "articles", sequences: parseWords(articles.join("\n"), most), window: 5, consequent: 1 };
}

/** The pages of a path, in order, where "<" goes back to the page from which the present one was reached. */
export function visited(clicks: string[]): string[] {
  const way: string[] = [];
  return clicks.map((click) => {
    if (click === "<" && way.length > 1) way.pop();
    else if (click !== "<") way.push(click);
    return way[way.length - 1];
  });
}

/** Rows of an utterance and its items. An item that is the one before it again is left out, also across utterances. */
export function parseSign(text: string): number[][] {
  const sequences: number[][] = [];
  let name = "";
  let last = -1;
  for (const line of lines(text)) {
    if (line.startsWith("#")) continue;
    const [utterance, ...items] = line.trim().split(" ");
    if (utterance !== name) sequences.push([]);
    name = utterance;
    for (const item of items.map(Number)) {
      if (item === -11 || item === -12 || item === last) continue;
      last = item;
      sequences[sequences.length - 1].push(item);
    }
  }
  return sequences.filter(({ length }) => length >= 10 && length <= 999);
}

/**
 * Sentences of words, which are letters between single spaces: two spaces have an empty word between them. A word with one of .?: ends its
 * sentence, and loses its last character.
 * @param most sentences that are looked at
 */
export function parseWords(text: string, most: number): number[][] {
  const number = numbering();
  const sequences: number[][] = [];
  let sequence: number[] = [];
  let ends = 0;
  for (const line of text.split(/\r?\n/)) {
    if (ends >= most) break;
    for (const token of splitWords(line.replace(/[^\p{L}.?: ]/gu, ""))) {
      const end = /[.?:]/.test(token);
      sequence.push(number(end ? token.slice(0, -1) : token));
      if (!end) continue;
      ends++;
      if (sequence.length >= 6 && sequence.length <= 999) sequences.push(sequence);
      sequence = [];
    }
  }
  return sequences;
}

/** Splits at each space. Empty words at the end do not count; a line without anything is one empty word. */
function splitWords(line: string): string[] {
  return line === ""
    ? [""]
    : line
        .replace(/ +$/, "")
        .split(" ")
        .slice(0, /[^ ]/.test(line) ? undefined : 0);
}

/** Numbers things from 1 as they come. */
function numbering(): (name: string) => number {
  const numbers = new Map<string, number>();
  return (name) => {
    const known = numbers.get(name) ?? numbers.size + 1;
    numbers.set(name, known);
    return known;
  };
}

function lines(text: string): string[] {
  return text.split("\n").filter((line) => line.trim() !== "");
}

function textOf(name: string): string | undefined {
  const file = dataFile(name);
  return file && new TextDecoder().decode(file);
}
