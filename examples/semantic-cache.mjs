// A semantic cache in front of a slow function: first the exact question, then one that is similar enough, else the function itself.
// The function here is a search of this repository's documentation that tolerates typing errors: it compares each word of the question
// with every word of every passage, letter by letter. In real work it is a language model, a database or somebody's API.
//   npm run build && node examples/semantic-cache.mjs
import { readdirSync, readFileSync } from "node:fs";
import { Mfn } from "mfn";
import { IfrCache } from "mfn/ifr";
import { TokenHasher, tokenize } from "mfn/text";

const docs = new URL("../docs/", import.meta.url);
const pages = readdirSync(docs).filter((page) => page.endsWith(".md"));
pages.sort(); // not every runtime does
const texts = pages.flatMap((page) => readFileSync(new URL(page, docs), "utf8").split(/\n\s*\n/));
const passages = texts.map((text) => ({ text, words: [...new Set(tokenize(text))] }));
const hasher = new TokenHasher({ dimensions: 256 });
for (const { words } of passages) hasher.count(words); // from now on rare words weigh more than "is" and "the"

/** How alike two words are: 1 less the edits (Levenshtein 1966) per letter. */
function alike(a, b) {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
    row = next;
  }
  return 1 - row[b.length] / Math.max(a.length, b.length);
}

/** The slow function: the passage that has the question's words, the rare ones before all. Long passages must have more of them. */
function search(question) {
  const rarity = (word) => Math.log(passages.length / (1 + passages.filter(({ words }) => words.includes(word)).length));
  const wanted = tokenize(question).map((word) => ({ word, weight: Math.max(0, rarity(word)) }));
  const scores = passages.map(({ words }) => {
    const found = wanted.map(({ word, weight }) => weight * Math.max(0, ...words.map((other) => alike(word, other))) ** 4);
    return found.reduce((sum, part) => sum + part, 0) / Math.log(20 + words.length);
  });
  return passages[scores.indexOf(Math.max(...scores))].text;
}

// The cache: bounded, entries live for an hour, and the engine forgets what leaves it.
const mfn = await Mfn.create({ dimensions: hasher.dimensions });
const cache = await IfrCache.create({ maxEntries: 10_000, ttl: 3_600_000, onEvict: (key) => mfn.forget(key) });
const SIMILAR = 0.6; // cosine; higher: fewer hits, and fewer answers to another question

async function ask(question) {
  const exact = cache.get(question);
  if (exact !== undefined) return { answer: exact, how: "exact" };
  const vector = hasher.vector(question);
  const [near] = mfn.similar(vector, { k: 1 });
  const similar = near?.score >= SIMILAR ? cache.get(near.key) : undefined;
  const answer = similar ?? (await search(question));
  cache.set(question, answer);
  // Only what was computed gets a vector: a similar question of a similar question may be about something else.
  if (similar === undefined) mfn.remember(question, { vector });
  return { answer, how: similar === undefined ? "computed" : "similar", from: near };
}

const questions = `What is the most bytes a key may have?|How do I forget a key?|How can I forget a key?|Which Bloom filter does the registry use?
How do I forget a key?|What is the recall of the similarity index?|How are the weights of the fusion learned?|Which models does the forecast use?
What Bloom filter is used by the registry?|How do I forget a series?|What does an alarm of the detector mean?|how are the fusion's weights learned
How do I forget a key?|Which models are used by the forecast?|What is the recall of the similarity index?|The most bytes that a key may have?
How does SIEVE make room in the cache?|What is meant by an alarm of the detector?|In the cache, how does SIEVE make room?|How do I forget a series?`;
const [hits, clock] = [
  { exact: 0, similar: 0, computed: 0, agreed: 0 },
  { cached: 0, direct: 0 },
];
for (const question of questions.split(/[|\n]/)) {
  const began = performance.now();
  const { answer, how, from } = await ask(question);
  const between = performance.now();
  const direct = search(question); // what it would have been without a cache, and how long that takes
  clock.direct += performance.now() - between;
  clock.cached += between - began;
  hits[how]++;
  if (how === "similar" && answer === direct) hits.agreed++;
  console.log(`${how.padEnd(8)} ${question}${how === "similar" ? `  <- ${from.key} (${from.score.toFixed(2)})` : ""}`);
}
console.log(`${hits.exact} exact hits, ${hits.similar} similar hits, ${hits.computed} computed`);
console.log(`${hits.agreed} of the ${hits.similar} similar hits gave the answer that the function gives`);
console.log(`${clock.direct.toFixed(0)} ms without the cache, ${clock.cached.toFixed(0)} ms with it`);
