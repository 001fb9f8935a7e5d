import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Bm25 } from "../../bench/multihop/bm25.js";
import { exactWalk } from "../../bench/multihop/exact.js";
import { alike, entityGraph, MEMBERSHIP, RELATION, SYNONYM } from "../../bench/multihop/graph.js";
import { parseMultihop } from "../../bench/multihop/load.js";
import { complete, crossValidate, percent, recallAt, recalls } from "../../bench/multihop/recall.js";
import { mentions } from "../../bench/multihop/seeds.js";
import { normalise, words } from "../../bench/multihop/tokens.js";

const passage = (title: string, text: string, entities: unknown[] = [], triples: unknown[] = []) => ({
  title,
  text,
  extracted_entities: entities,
  extracted_triples: triples,
});
const paragraph = (title: string, paragraph_text: string, is_supporting: boolean) => ({ title, paragraph_text, is_supporting });

describe("the files", () => {
  const docs = [
    passage(
      "A",
      "one",
      ["a", 3],
      [
        ["a", "is", "b"],
        ["a", "is"],
        ["a", 1, "b"],
      ],
    ),
    passage("A", "two"),
    passage("B", "one"),
  ];
  const file = JSON.stringify({ docs, avg_ent_chars: 0 }).replace('"avg_ent_chars":0', '"avg_ent_chars": NaN');

  it("are read with what a model got wrong left out, and passages told apart by title and text", () => {
    const questions = [
      { question: "q", paragraphs: [paragraph("A", "two", true), paragraph("B", "one", true), paragraph("C", "x", false)] },
    ];
    const task = parseMultihop(JSON.stringify(questions), file);
    expect(task.questions).toEqual([{ text: "q", gold: [1, 2] }]);
    expect(task.passages[0]).toEqual({ title: "A", text: "one", entities: ["a"], triples: [["a", "is", "b"]] });
  });

  it("are refused if a question rests on what is not there", () => {
    const questions = [{ question: "q", paragraphs: [paragraph("B", "two", true)] }];
    expect(() => parseMultihop(JSON.stringify(questions), file)).toThrow('no passage "B"');
  });
});

describe("words", () => {
  it("are lower case, of letters and digits, without those that say nothing", () => {
    expect(normalise("  The U.S. -- 1,000!")).toBe("the u s 1 000");
    expect(words("Who was the Pope in 1500?")).toEqual(["pope", "1500"]);
    expect(words("the of")).toEqual([]);
  });
});

const texts = fc.array(fc.array(fc.constantFrom(..."abcdefgh"), { maxLength: 8 }), { minLength: 1, maxLength: 20 });

describe("BM25", () => {
  it("is the formula", () => {
    fc.assert(
      fc.property(texts, fc.array(fc.constantFrom(..."abcdxyz")), (documents, query) => {
        const mean = documents.reduce((sum, text) => sum + text.length, 0) / documents.length;
        const scores = new Bm25(documents).score(query, new Float64Array(documents.length).fill(7));
        documents.forEach((text, d) => {
          let expected = 0;
          for (const word of new Set(query)) {
            const n = documents.filter((other) => other.includes(word)).length;
            const f = text.filter((other) => other === word).length;
            const idf = Math.log(1 + (documents.length - n + 0.5) / (n + 0.5));
            if (f > 0) expected += (idf * f * 2.2) / (f + 1.2 * (0.25 + (0.75 * text.length) / mean));
          }
          expect(scores[d]).toBeCloseTo(expected, 10);
        });
      }),
    );
  });

  it("knows how rare a word is, also one that it never saw", () => {
    const bm25 = new Bm25([["a", "b"], ["a"], ["a"]]);
    expect(bm25.idf("a")).toBeLessThan(bm25.idf("b"));
    expect(bm25.idf("b")).toBeLessThan(bm25.idf("c"));
  });
});

describe("the graph", () => {
  it("finds the pairs that comparing all finds", () => {
    fc.assert(
      fc.property(texts, fc.constantFrom(0.3, 0.5, 0.6, 0.8, 1), (lists, least) => {
        const expected: number[][] = [];
        lists.forEach((b, j) => {
          lists.slice(0, j).forEach((a, i) => {
            const both = new Set([...a, ...b]).size;
            const shared = new Set(a.filter((word) => b.includes(word))).size;
            if (both > 0 && shared / both >= least) expected.push([i, j, shared / both]);
          });
        });
        expect(alike(lists, least)).toEqual(expected);
      }),
    );
  });

  it("has a node for each name however it is written, and each pair related once", () => {
    const graph = entityGraph([
      {
        title: "",
        text: "",
        entities: ["New York", "!"],
        triples: [
          ["new york!", "in", "USA"],
          ["USA", "has", "New York"],
        ],
      },
      {
        title: "",
        text: "",
        entities: ["York, New"],
        triples: [
          ["USA", "is", "usa"],
          ["USA", "is", "?"],
        ],
      },
    ]);
    expect(graph.names).toEqual(["new york", "usa", "york new"]);
    expect(graph.membership).toEqual([
      [0, 1],
      [1, 2],
    ]);
    expect([...graph.passageCounts]).toEqual([1, 2, 1]);
    const { from, to, types, weights } = graph.edges;
    expect(from.map((node, i) => [node, to[i], types[i], weights[i]])).toEqual([
      [0, 1, RELATION, 1],
      [0, 3, MEMBERSHIP, 1],
      [1, 3, MEMBERSHIP, 1],
      [1, 4, MEMBERSHIP, 1],
      [2, 4, MEMBERSHIP, 1],
      [0, 2, SYNONYM, 1],
    ]);
  });
});

describe("mentions", () => {
  const entities = new Map(["new york", "new york city", "york", "city", "park", "usa", "the", "1984"].map((name, i) => [name, i]));

  it("are whole names, the longest first, no word twice", () => {
    expect(mentions("Is there a park in New York City?", entities, false)).toEqual([1, 4]);
    expect(mentions("The city, the park, the city", entities, false)).toEqual([3, 4]);
    expect(mentions("", entities, false)).toEqual([]);
  });

  it("that are named have a capital or a digit that is not the sentence's", () => {
    expect(mentions("City park in York since 1984?", entities, true)).toEqual([2, 7]);
    expect(mentions("New York is where?", entities, true)).toEqual([0]);
    expect(mentions("where is new york?", entities, true)).toEqual([]);
  });
});

describe("recall", () => {
  it("is the share of the gold passages among the first", () => {
    expect(recallAt([4, 2, 9], [2, 9], 2)).toBe(0.5);
    const all = recalls([{ text: "q", gold: [0, 7] }], () => [0, 1, 2, 3, 4, 5, 6, 7]);
    expect(all).toEqual({ at2: [0.5], at5: [0.5], at10: [1] });
    expect(complete([1, 0.5, 0])).toEqual([1, 0, 0]);
  });

  it("comes with its standard error", () => {
    expect(percent([1, 1, 1])).toEqual({ mean: 100, error: 0 });
    const { mean, error } = percent([0, 1, 0, 1]);
    expect(mean).toBe(50);
    expect(error).toBeCloseTo(100 * Math.sqrt(1 / 3 / 4), 10);
  });

  it("of a choice is measured on what the choice did not see", () => {
    // One setting is right about the even questions, one about the odd ones; a third is always right.
    const even = Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? 1 : 0));
    const odd = even.map((x) => 1 - x);
    expect(crossValidate([even, odd, even.map(() => 1)]).complete).toEqual(even.map(() => 1));
    // Without it neither is known to be better, and the choice is the worse the more it goes by the others.
    expect(percent(crossValidate([even, odd]).at5).mean).toBeLessThan(60);
    // Settings that are each right about a single question only seem good: left out, that question is wrong.
    const lucky = even.map((_, i) => even.map((_, q) => (q === i ? 1 : 0)));
    expect(percent(crossValidate(lucky, 20).at5).mean).toBe(0);
  });
});

describe("exact PageRank", () => {
  it("is what a small graph has on paper", () => {
    // Two nodes and an edge: p0 = r + (1 - r) p1, p1 = (1 - r) p0.
    const pair = { from: [0], to: [1], types: [0], weights: [3] };
    const scores = exactWalk(pair, 2, [0], [5], 0.2);
    expect(scores[0]).toBeCloseTo(0.2 / (1 - 0.64), 8);
    expect(scores[1]).toBeCloseTo((0.8 * 0.2) / (1 - 0.64), 8);
    // A node with edges of 1 and 3, and a stop at the far ends.
    const path = exactWalk({ from: [0, 1], to: [1, 2], types: [0, 0], weights: [1, 3] }, 4, [1], [1], 0.5);
    expect(path[2] / path[0]).toBeCloseTo(3, 8);
    expect(path.reduce((sum, x) => sum + x, 0)).toBeCloseTo(1, 8);
  });
});
