import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { exactWalk } from "../../bench/multihop/exact.js";
import { type Passage, parseMultihop } from "../../bench/multihop/load.js";
import { complete, percent, recalls } from "../../bench/multihop/recall.js";
import { Retriever, SETTING, top } from "../../bench/multihop/retrieve.js";
import { haveData, readData } from "../helpers/data.js";

describe("the first passages", () => {
  it("are those of a stable sort", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(0, 0.5, 1, -2, 7)), fc.integer({ min: 1, max: 12 }), (scores, k) => {
        const sorted = scores.map((_, i) => i).sort((a, b) => scores[b] - scores[a] || a - b);
        expect(top(scores, k)).toEqual(sorted.slice(0, k));
      }),
    );
  });
});

describe("a question of two steps", () => {
  const passages: Passage[] = [
    {
      title: "Rosa Lund",
      text: "Rosa Lund wrote The Glass Harbour in Norway.",
      triples: [["Rosa Lund", "wrote", "The Glass Harbour"]],
      entities: [],
    },
    { title: "Rosa Lund, life", text: "Rosa Lund was born in Skagen.", triples: [["Rosa Lund", "born in", "Skagen"]], entities: [] },
    { title: "Author", text: "An author is born to write books in a town.", triples: [["author", "writes", "books"]], entities: ["town"] },
    { title: "Skagen", text: "Skagen is known for light.", triples: [["Skagen", "known for", "light"]], entities: [] },
    { title: "Light", text: "What it is that shines.", triples: [["light", "is", "what shines"]], entities: [] },
  ];
  const question = "Where was the author of The Glass Harbour born?";
  const retriever = new Retriever(passages);
  afterAll(() => retriever.mesh.dispose());

  it("begins at what it names", () => {
    const seeds = retriever.seeds(question);
    expect(seeds.ids.map((id) => retriever.graph.names[id])).toEqual(["the glass harbour"]);
    expect(retriever.seeds(question, { ...SETTING, named: false }).ids).toHaveLength(2);
    expect(retriever.seeds("what shines, author?").ids.map((id) => retriever.graph.names[id])).toEqual(["what shines", "author"]);
    expect(retriever.seeds("And how?")).toEqual({ ids: [], weights: [] });
  });

  it("is answered by a passage that shares no name with it", () => {
    expect(top(retriever.membership(question), 1)).toEqual([0]);
    expect(top(retriever.walk(question), 2)).toEqual([0, 1]);
    expect(top(retriever.both(question), 2)).toEqual([0, 1]);
    expect(top(retriever.bm25(question), 2)).not.toContain(1);
    expect(retriever.entityWalk(question)[1]).toBeGreaterThan(0);
  });

  it("without anything known in it is answered by its words", () => {
    expect(top(retriever.both("Born to write?"), 2)).toEqual(top(retriever.bm25("Born to write?"), 2));
    expect([...retriever.walk("And how?")]).toEqual([0, 0, 0, 0, 0]);
  });

  it("walks as PageRank is defined", () => {
    const { ids, weights } = retriever.seeds(question, { ...SETTING, named: false });
    const entities = retriever.graph.names.length;
    const exact = exactWalk(retriever.graph.edges, entities + passages.length, ids, weights, SETTING.restart).subarray(entities);
    retriever.walk(question, { ...SETTING, named: false }).forEach((score, i) => {
      expect(score).toBeLessThanOrEqual(exact[i] + 1e-6);
      expect(score).toBeGreaterThan(exact[i] - 1e-3);
    });
  });
});

describe.skipIf(!haveData("multihop"))("on MuSiQue", () => {
  const read = (name: string) => readData(`multihop/${name}.json.gz`).toString();

  it("BM25 reaches what is known of it, and a walk beside it more", () => {
    const task = parseMultihop(read("musique_train"), read("openie_musique_train_results_ner_gpt-3.5-turbo-1106_1890"));
    const retriever = new Retriever(task.passages);
    const words = recalls(task.questions, (question) => top(retriever.bm25(question), 10));
    const known = [words.at2, words.at5, words.at10, complete(words.at5)].map((shares) => percent(shares).mean.toFixed(1));
    expect(known).toEqual(["41.1", "50.7", "59.4", "16.0"]);
    const both = recalls(task.questions, (question) => top(retriever.both(question), 10));
    expect(percent(both.at5).mean).toBeGreaterThanOrEqual(60);
    expect(percent(complete(both.at5)).mean).toBeGreaterThanOrEqual(32);
    retriever.mesh.dispose();
  });
});
