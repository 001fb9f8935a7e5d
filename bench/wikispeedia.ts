// Wikispeedia as operations: articles as keys, hashed text as vectors, links as edges, navigation paths as streams.
// Data: SNAP; West and Leskovec, "Human wayfinding in information networks", WWW 2012.
import type { Operation } from "mfn";
import { TokenHasher, tokenize } from "mfn/text";
import { dataFile } from "./files.js";

/** Length of the vectors. */
export const DIMENSIONS = 128;

/** One navigation path: what was clicked, in order; a back click is the page it leads to. */
export interface Path {
  start: number;
  keys: string[];
}

export interface Wikispeedia {
  /** Articles with vectors and links. */
  articles: Operation[];
  /** Clicks by time of their path, one stream a path. */
  clicks: Operation[];
  paths: Path[];
}

/** Reads the data set; undefined if it is not here. @param share of the paths, the first ones by time, to take */
export function readWikispeedia(share = 1): Wikispeedia | undefined {
  if (dataFile("wikispeedia/articles.tsv.gz") === undefined) return undefined;
  const rows = (name: string) =>
    new TextDecoder()
      .decode(dataFile(`wikispeedia/${name}`))
      .trim()
      .split("\n");
  const names = rows("articles.tsv.gz");
  const known = new Set(names);
  const links = new Map<string, Array<{ to: string }>>();
  for (const row of rows("links.tsv.gz")) {
    const [from, to] = row.split("\t");
    if (!known.has(from) || !known.has(to)) continue;
    const list = links.get(from) ?? [];
    list.push({ to });
    links.set(from, list);
  }
  const articles: Operation[] = [];
  const vectors = textVectors(rows("text.tsv.gz"));
  for (const key of names) articles.push({ op: "remember", key, vector: vectors.get(key), links: links.get(key), at: 0 });

  const paths = rows("paths.tsv.gz")
    .map((row) => readPath(row, known))
    .filter(({ keys }) => keys.length > 1)
    .sort((a, b) => a.start - b.start);
  const taken = paths.slice(0, Math.floor(paths.length * share));
  const clicks = taken.flatMap(({ start, keys }, p) =>
    keys.map((key): Operation => ({ op: "observe", stream: `path ${p}`, key, at: start * 1000 })),
  );
  return { articles, clicks, paths: taken };
}

function textVectors(texts: string[]): Map<string, Float32Array> {
  const hasher = new TokenHasher({ dimensions: DIMENSIONS });
  const documents = texts.map((row) => {
    const tab = row.indexOf("\t");
    const tokens = tokenize(row.slice(tab + 1)).filter((token) => token.length > 2);
    hasher.count(tokens);
    return { key: row.slice(0, tab), tokens };
  });
  return new Map(documents.map(({ key, tokens }) => [key, hasher.vector(tokens)]));
}

function readPath(row: string, known: Set<string>): Path {
  const [, start, , clicks] = row.split("\t");
  const stack: string[] = [];
  const keys: string[] = [];
  for (const click of clicks.split(";")) {
    if (click === "<") {
      stack.pop();
      const page = stack.at(-1);
      if (page !== undefined) keys.push(page);
    } else if (known.has(click)) {
      stack.push(click);
      keys.push(click);
    }
  }
  return { start: Number(start), keys };
}
