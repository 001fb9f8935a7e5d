// What the adaptive strategy leaves out, and what that costs: hits and time of the same questions, asked in turn of one engine while it learns.
import { Mfn, type Operation, type Strategy } from "mfn";
import { readAccessLog } from "mfn/node";
import { logLine, shopLog } from "mfn/samples";
import type { Bench } from "../../harness.js";
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

interface Sum {
  hits: number;
  time: number;
}

function compare(b: Bench, name: string, before: readonly Operation[], operations: readonly Operation[]): void {
  const mfn = Mfn.createSync({ dimensions: DIMENSIONS });
  for (const operation of before) mfn.apply(operation);
  const sums: Record<"parallel" | "adaptive", Sum> = { parallel: { hits: 0, time: 0 }, adaptive: { hits: 0, time: 0 } };
  const ask = (strategy: Strategy & keyof typeof sums, stream: string, key: string) => {
    const began = performance.now();
    const { results } = mfn.recall({ stream }, { strategy });
    sums[strategy].time += performance.now() - began;
    if (results.some((result) => result.key === key)) sums[strategy].hits++;
  };
  const streams = new Set<string>();
  const from = operations.length * (1 - HOLDOUT);
  let n = 0;
  for (const [i, operation] of operations.entries()) {
    if (operation.op === "observe") {
      if (i >= from && streams.has(operation.stream)) {
        // Whoever is second finds the memory warm: each is so every other time.
        const order = n++ % 2 === 0 ? (["parallel", "adaptive"] as const) : (["adaptive", "parallel"] as const);
        for (const strategy of order) ask(strategy, operation.stream, operation.key);
      }
      streams.add(operation.stream);
    }
    mfn.apply(operation);
  }
  mfn.dispose();
  const { parallel, adaptive } = sums;
  const micros = ({ time }: Sum) => (time * 1e3) / n;
  const peer = "parallel";
  b.score({ case: `${name}: adaptive`, unit: "hit@10", ours: adaptive.hits / n, peer, peerValue: parallel.hits / n, n });
  b.score({
    case: `${name}: adaptive`,
    unit: "us, mean",
    ours: micros(adaptive),
    peer,
    peerValue: micros(parallel),
    higherIsBetter: false,
    n,
  });
}

export default strategies;
