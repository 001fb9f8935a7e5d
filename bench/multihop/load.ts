// A sample of MuSiQue with the triples that HippoRAG's authors had a model read out of its passages: 100 questions that take two to four
// steps, 1,890 passages. Sources: Trivedi et al., "MuSiQue: Multihop questions via single-hop question composition", TACL 2022 (CC BY 4.0);
// Gutierrez et al., "HippoRAG: Neurobiologically inspired long-term memory for large language models", NeurIPS 2024 (MIT).
import { dataFile } from "../files.js";

/** A subject, a relation and an object, as text. */
export type Triple = readonly [subject: string, relation: string, object: string];

export interface Passage {
  title: string;
  text: string;
  /** What the passage names, and what it says of it, as the model read it. */
  entities: readonly string[];
  triples: readonly Triple[];
}

export interface Question {
  text: string;
  /** Indices of the passages that one must have read to know the answer. */
  gold: readonly number[];
}

export interface MultihopTask {
  passages: readonly Passage[];
  questions: readonly Question[];
}

/** A record of the question file, as far as it is read here: neither the answer nor how the question was put together. */
interface QuestionRecord {
  question: string;
  paragraphs: Array<{ title: string; paragraph_text: string; is_supporting: boolean }>;
}

interface PassageRecord {
  title: string;
  text: string;
  extracted_entities: unknown[];
  extracted_triples: unknown[];
}

/** Reads the data set; undefined if it is not here. */
export function readMultihop(): MultihopTask | undefined {
  const questions = dataFile("multihop/musique_train.json.gz");
  const read = dataFile("multihop/openie_musique_train_results_ner_gpt-3.5-turbo-1106_1890.json.gz");
  if (questions === undefined || read === undefined) return undefined;
  const decoder = new TextDecoder();
  return parseMultihop(decoder.decode(questions), decoder.decode(read));
}

/**
 * The task of the two files' texts.
 * @throws Error if a passage that a question rests on is not among the passages
 */
export function parseMultihop(questionsJson: string, passagesJson: string): MultihopTask {
  // The file ends with averages over nothing, which Python writes as NaN and JSON does not know.
  const json = passagesJson.replace(/"(avg_\w+)": NaN/g, '"$1": null');
  const { docs } = JSON.parse(json) as { docs: PassageRecord[] };
  const passages = docs.map(
    (doc): Passage => ({
      title: doc.title,
      text: doc.text,
      entities: doc.extracted_entities.filter((entity) => typeof entity === "string"),
      triples: doc.extracted_triples.filter(isTriple),
    }),
  );
  const indices = new Map(passages.map(({ title, text }, i) => [`${title}\n${text}`, i]));
  const questions = (JSON.parse(questionsJson) as QuestionRecord[]).map(({ question, paragraphs }): Question => {
    const gold = paragraphs
      .filter((paragraph) => paragraph.is_supporting)
      .map(({ title, paragraph_text }) => {
        const index = indices.get(`${title}\n${paragraph_text}`);
        if (index === undefined) throw new Error(`no passage "${title}", which a question rests on`);
        return index;
      });
    return { text: question, gold: [...new Set(gold)] };
  });
  return { passages, questions };
}

/** The model was asked for triples of texts; some of its lists have two parts, or four. */
function isTriple(value: unknown): value is Triple {
  return Array.isArray(value) && value.length === 3 && value.every((part) => typeof part === "string");
}
