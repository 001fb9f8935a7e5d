// Recall of the passages that a question of several steps rests on: by words, by a walk over what the passages say, and by both.
import type { Bench } from "../../harness.js";
import { exactWalk } from "../../multihop/exact.js";
import { type Question, readMultihop } from "../../multihop/load.js";
import { complete, crossValidate, percent, type Recalls, recallAt, recalls } from "../../multihop/recall.js";
import { Retriever, SETTING, type Setting, top } from "../../multihop/retrieve.js";

export default multihop;

/** What BM25 is known to reach on this data at 2, 5 and 10 passages, and all in five: other figures mean that they are of another task. */
const KNOWN = "41.1 50.7 59.4 16.0";

/** The rows of recall over several steps; nothing without the data. */
export async function multihop(b: Bench): Promise<void> {
  const task = readMultihop();
  if (task === undefined) {
    b.log("multi-hop recall: skipped, the data set is not here (see bench/multihop/load.ts)");
    return;
  }
  const { questions, passages } = task;
  const retriever = new Retriever(passages);
  const { graph, mesh } = retriever;
  b.log(
    `multi-hop recall: ${questions.length} questions, ${passages.length} passages, ${graph.names.length} entities, ${mesh.edgeCount} edges`,
  );

  const score = (name: string, rank: (question: string) => Float64Array): Recalls => {
    const found = recalls(questions, (question) => top(rank(question), 10));
    b.log(
      `${name}: recall @2 ${said(found.at2)} @5 ${said(found.at5)} @10 ${said(found.at10)}, all in five ${said(complete(found.at5))} %`,
    );
    return found;
  };
  const words = score("BM25", (question) => retriever.bm25(question));
  const reached = [words.at2, words.at5, words.at10, complete(words.at5)].map((shares) => percent(shares).mean.toFixed(1)).join(" ");
  if (reached !== KNOWN) b.fail("multi-hop recall", new Error(`BM25 reaches ${reached}, not ${KNOWN}: another task, or another scorer`));

  // Every mention a seed, weighed by its passages only: without what SETTING adds.
  const plain: Setting = { ...SETTING, named: false, idfPower: 0 };
  score("passages that name a seed, every mention a seed", (question) => retriever.membership(question, plain));
  score("walk over entities, every mention a seed, restart 0.5", (question) => retriever.entityWalk(question, { ...plain, restart: 0.5 }));
  score("walk over entities and passages, every mention a seed", (question) => retriever.walk(question, plain));
  score("passages that name a seed", (question) => retriever.membership(question));
  score("walk over entities", (question) => retriever.entityWalk(question));
  score("walk over entities and passages", (question) => retriever.walk(question));
  const ours = score("walk and BM25", (question) => retriever.both(question));
  const gain = percent(ours.at5.map((recall, i) => recall - words.at5[i]));
  b.log(`walk and BM25 over BM25, question by question: ${gain.mean.toFixed(1)} ± ${gain.error.toFixed(1)} points of recall @5`);

  const n = questions.length;
  const row = { unit: "%", peer: "BM25", n };
  const known = percent(words.at5).mean;
  const knownComplete = percent(complete(words.at5)).mean;
  b.score({ ...row, case: "multi-hop recall @5", ours: percent(ours.at5).mean, peerValue: known });
  b.score({ ...row, case: "multi-hop, all passages in five", ours: percent(complete(ours.at5)).mean, peerValue: knownComplete });
  if (!b.quick) {
    const settings = grid();
    const tried = settings.map((setting) => recalls(questions, (question) => top(retriever.both(question, setting), 10)).at5);
    const validated = crossValidate(tried);
    b.log(
      `chosen among ${settings.length} settings by the other questions: @5 ${said(validated.at5)}, all in five ${said(validated.complete)} %`,
    );
    const how = "setting cross-validated";
    b.score({ ...row, case: `multi-hop recall @5, ${how}`, ours: percent(validated.at5).mean, peerValue: known });
    b.score({ ...row, case: `multi-hop, all in five, ${how}`, ours: percent(validated.complete).mean, peerValue: knownComplete });
  }

  const agreed = agreement(retriever, questions.slice(0, 25));
  b.log(`of the five passages of exact PageRank the walk finds ${(100 * agreed).toFixed(1)} %`);
  const answer = () => questions.map(({ text }) => top(retriever.both(text), 5));
  const timed = { n, unit: "ms" as const };
  await b.measure({ case: "multi-hop, question to five passages", ...timed, check: () => agreed >= 0.95, ours: answer });
  const seeds = () => questions.filter(({ text }) => retriever.seeds(text).ids.length > 0).length;
  await b.measure({ case: "multi-hop, its seeds alone", ...timed, check: () => seeds() >= 0.95 * n, ours: seeds });
  mesh.dispose();
}

/** The settings that are chosen among. */
function grid(): Setting[] {
  const settings: Setting[] = [];
  for (const named of [true, false])
    for (const idfPower of [0, 1, 2])
      for (const specificity of [0, 1])
        for (const restart of [0.15, 0.3, 0.5])
          for (const bm25Weight of [0, 0.1, 0.2, 0.3, SETTING.bm25Weight])
            settings.push({ named, idfPower, specificity, restart, bm25Weight });
  return settings;
}

/** The share of the first five passages of exact PageRank that the engine's walk has among its first five, over some questions. */
function agreement(retriever: Retriever, questions: readonly Question[]): number {
  const { graph, passages } = retriever;
  const entities = graph.names.length;
  const shares = questions.map(({ text }) => {
    const { ids, weights } = retriever.seeds(text);
    const exact = exactWalk(graph.edges, entities + passages.length, ids, weights, SETTING.restart).subarray(entities);
    return recallAt(top(retriever.walk(text), 5), top(exact, 5), 5);
  });
  return shares.reduce((sum, share) => sum + share, 0) / shares.length;
}

/** A mean and its standard error. */
function said(shares: readonly number[]): string {
  const { mean, error } = percent(shares);
  return `${mean.toFixed(1)} ± ${error.toFixed(1)}`;
}
