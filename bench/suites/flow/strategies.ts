// What the adaptive strategy leaves out, and what that costs: hits and time of the same questions, asked in turn of one engine while it learns.
import { Mfn, type Operation, type Strategy } from "mfn";
import { readAccessLog } from "mfn/node";
import { logLine, shopLog } from "mfn/samples";
import type { Bench } from "../../harness.js";
import { median } from "../../statistics.js";
import { DIMENSIONS, readWikispeedia } from "../../wikispeedia.js";

const HOLDOUT = 0.2;
const SEED = 7;

export async function strategies(b: Bench): Promise<void> {
  const events = b.quick ? 1500 : 20_000;
  const lines = Array.from(shopLog({ seed: SEED, events }), (event) => logLine(event));
  const log: Operation[] = [];
  for await (const operation of readAccessLog(lines, { dimensions: DIMENSIONS }).operations()) log.push(operation);
  compare(b, `shop log, seed ${SEED}`, [], log);
  const data = readWikispeedia(b.quick ? 0.05 : 1);
  if (data === undefined) b.log("wikispeedia is not here: set MFN_DATA to the folder that holds it");
  else compare(b, "wikispeedia", data.articles, data.clicks);
}

/** Hits of all questions, and the times in microseconds of those that were timed. */
interface Sum {
  hits: number;
  times: number[];
}

function compare(b: Bench, name: string, before: readonly Operation[], operations: readonly Operation[]): void {
  const mfn = Mfn.createSync({ dimensions: DIMENSIONS });
  for (const operation of before) mfn.apply(operation);
  const sums: Record<"parallel" | "adaptive", Sum> = {
    parallel: { hits: 0, times: [] },
    adaptive: { hits: 0, times: [] },
  };
  const ask = (strategy: Strategy & keyof typeof sums, stream: string, key: string, timed: boolean) => {
    const sum = sums[strategy];
    const began = performance.now();
    const { results } = mfn.recall({ stream }, { strategy });
    if (timed) sum.times.push((performance.now() - began) * 1e3);
    if (results.some((result) => result.key === key)) sum.hits++;
  };
  const streams = new Set<string>();
  const from = operations.length * (1 - HOLDOUT);
  let n = 0;
  for (const [i, operation] of operations.entries()) {
    if (operation.op === "observe") {
      if (i >= from && streams.has(operation.stream)) {
        // Whoever is second finds in the caches what the first has fetched: only the first is timed, each every other time.
        const order = n++ % 2 === 0 ? (["parallel", "adaptive"] as const) : (["adaptive", "parallel"] as const);
        order.forEach((strategy, i) => {
          ask(strategy, operation.stream, operation.key, i === 0);
        });
      }
      streams.add(operation.stream);
    }
    mfn.apply(operation);
  }
  mfn.dispose();
  const { parallel, adaptive } = sums;
  const peer = "parallel";
  b.score({ case: `${name}: adaptive`, unit: "hit@10", ours: adaptive.hits / n, peer, peerValue: parallel.hits / n, n });
  const time = (unit: string, of: (times: readonly number[]) => number) =>
    b.score({
      case: `${name}: adaptive`,
      unit,
      ours: of(adaptive.times),
      peer,
      peerValue: of(parallel.times),
      higherIsBetter: false,
      n: adaptive.times.length,
    });
  time("us, median", median);
  // What the machine did in between falls on few questions.
  time("us, mean of all but the slowest 1 %", (times) => {
    const kept = times.toSorted((a, b) => a - b).slice(0, Math.ceil(times.length * 0.99));
    return kept.reduce((sum, t) => sum + t, 0) / kept.length;
  });
}

export default strategies;
