// The next request of a visitor, in the generated log of a shop: see docs/flow-data.md.
import type { Operation } from "mfn";
import { enginePredictor, engines, evaluate, FirstOrderMarkov, LastCoOccurring, mostPopular, readAccessLog } from "mfn/node";
import { logLine, shopLog } from "mfn/samples";
import type { Bench } from "../../harness.js";
import { compareScores } from "./rows.js";

const SEED = 7;
const DIMENSIONS = 128;

export async function accessLog(b: Bench): Promise<void> {
  const events = b.quick ? 1500 : 20_000;
  const lines = Array.from(shopLog({ seed: SEED, events }), (event) => logLine(event));
  const operations: Operation[] = [];
  for await (const operation of readAccessLog(lines, { dimensions: DIMENSIONS }).operations()) operations.push(operation);
  const own = await engines({ dimensions: DIMENSIONS });
  const predictors = own.map(({ method, mfn }) => enginePredictor(method, mfn));
  const baselines = [new FirstOrderMarkov(), new LastCoOccurring(), mostPopular()];
  const [ours, ...others] = await evaluate(operations, [...predictors, ...baselines]);
  compareScores(b, `shop log, seed ${SEED}, ${events} requests: the next`, ours, others);
  for (const { mfn } of own) mfn.dispose();
}

export default accessLog;
