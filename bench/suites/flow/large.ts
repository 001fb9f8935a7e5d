// A hundred thousand things: single questions through all four layers, by stream and by vector, with their tail.
import { Mfn, type RecallQuery } from "mfn";
import { Dsr } from "mfn/dsr";
import type { Bench } from "../../harness.js";
import { summarise } from "../../statistics.js";
import { DIMENSIONS } from "../../wikispeedia.js";
import { world } from "./world.js";

const THINGS = 100_000;
const STREAMS = 2000;
const QUESTIONS = 20_000;
/** The goals in microseconds. */
const GOAL = { p50: 200, p99: 1000 };

export async function large(b: Bench): Promise<void> {
  const things = b.quick ? 2000 : THINGS;
  const streams = b.quick ? 50 : STREAMS;
  const mfn = Mfn.createSync({ dimensions: DIMENSIONS, capacity: things, similarity: Dsr });
  const operations = world(things, streams);
  for (const operation of operations) mfn.apply(operation);
  const vectors = operations.flatMap((operation) =>
    operation.op === "remember" && operation.vector !== undefined ? [operation.vector] : [],
  );
  const ask = (name: string, queryOf: (i: number) => RecallQuery) => {
    const questions = b.quick ? 200 : QUESTIONS;
    const times: number[] = [];
    let complete = 0;
    for (let i = -questions / 10; i < questions; i++) {
      const query = queryOf(Math.abs(i));
      const began = performance.now();
      const { results, layers } = mfn.recall(query, { strategy: "parallel" });
      if (i < 0) continue;
      times.push((performance.now() - began) * 1e3);
      // A question by a vector has no history that IFR could name.
      if (results.length === 10 && Object.values(layers).every(({ status }) => status === "done" || status === "empty")) complete++;
    }
    if (complete < questions)
      b.fail(`recall by ${name}`, new Error(`${questions - complete} of ${questions} answers are not of all four layers`));
    const { median, p99 } = summarise(times, 1);
    const row = (unit: string, ours: number, goal: number) =>
      b.score({
        case: `recall by ${name}, all four layers, ${things} things`,
        unit,
        ours,
        peer: "goal",
        peerValue: goal,
        higherIsBetter: false,
        n: questions,
      });
    row("us, median", median, GOAL.p50);
    row("us, p99", p99, GOAL.p99);
  };
  ask("stream", (i) => ({ stream: `stream ${(i * 7919) % streams}` }));
  ask("vector", (i) => ({ vector: vectors[(i * 7919) % things] }));
  mfn.dispose();
}

export default large;
