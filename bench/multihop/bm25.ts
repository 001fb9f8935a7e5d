// BM25 over an inverted index. Source: Robertson and Zaragoza, "The probabilistic relevance framework: BM25 and beyond", Foundations and
// Trends in Information Retrieval 3 (2009); the logarithm's argument is raised by 1, so that no word counts against a document.

/** How soon a word that is repeated stops to count, and how much a long document's words count less. */
export const K1 = 1.2;
const B = 0.75;

/** Scores documents, given as lists of words, for lists of words. */
export class Bm25 {
  /** Where a word's documents begin and end in `#documents` and `#parts`. */
  readonly #terms = new Map<string, number>();
  readonly #offsets: Int32Array;
  readonly #documents: Int32Array;
  /** What the word adds to the document's score. */
  readonly #parts: Float64Array;

  constructor(readonly texts: ReadonlyArray<readonly string[]>) {
    const postings = new Map<string, Array<[document: number, times: number]>>();
    let length = 0;
    texts.forEach((text, document) => {
      length += text.length;
      const times = new Map<string, number>();
      for (const word of text) times.set(word, (times.get(word) ?? 0) + 1);
      for (const [word, n] of times) {
        const list = postings.get(word) ?? [];
        list.push([document, n]);
        postings.set(word, list);
      }
    });
    const mean = length / texts.length;
    this.#offsets = new Int32Array(postings.size + 1);
    const all: Array<[number, number]> = [];
    for (const [word, list] of postings) {
      const idf = Math.log(1 + (texts.length - list.length + 0.5) / (list.length + 0.5));
      this.#terms.set(word, this.#terms.size);
      for (const [document, n] of list) {
        all.push([document, (idf * n * (K1 + 1)) / (n + K1 * (1 - B + (B * texts[document].length) / mean))]);
      }
      this.#offsets[this.#terms.size] = all.length;
    }
    this.#documents = Int32Array.from(all, ([document]) => document);
    this.#parts = Float64Array.from(all, ([, part]) => part);
  }

  /** How much a word tells documents apart, in nats. */
  idf(word: string): number {
    const term = this.#terms.get(word);
    const n = term === undefined ? 0 : this.#offsets[term + 1] - this.#offsets[term];
    return Math.log(1 + (this.texts.length - n + 0.5) / (n + 0.5));
  }

  /** The score of every document, into `scores`, which is set to 0 first. Each word counts once. O(documents + those that have a word). */
  score(query: readonly string[], scores: Float64Array): Float64Array {
    scores.fill(0);
    for (const word of new Set(query)) {
      const term = this.#terms.get(word);
      if (term === undefined) continue;
      for (let i = this.#offsets[term]; i < this.#offsets[term + 1]; i++) scores[this.#documents[i]] += this.#parts[i];
    }
    return scores;
  }
}
