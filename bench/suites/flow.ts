// The layers together: what the engine knows of the next click on Wikispeedia beside each layer alone, and what its calls cost.
import { Mfn, type Operation } from "mfn";
import { enginePredictor, evaluate, FirstOrderMarkov, LastCoOccurring, mostPopular } from "mfn/node";
import type { Bench } from "../harness.js";
import { DIMENSIONS, readWikispeedia, type Wikispeedia } from "../wikispeedia.js";

/** Share of the paths in a smoke run. */
const QUICK_SHARE = 0.05;

export default async function flow(b: Bench): Promise<void> {
  await calls(b);
  const data = readWikispeedia(b.quick ? QUICK_SHARE : 1);
  if (data === undefined) {
    b.log("wikispeedia is not here: set MFN_DATA to the folder that holds it");
    return;
  }
  await nextClick(b, data);
}

/** Scores of the engine, of engines that use one layer, and of baselines, on the last 20 % of the paths. */
async function nextClick(b: Bench, { articles, clicks }: Wikispeedia): Promise<void> {
  const sets = [undefined, ["cpe"], ["alm"], ["dsr"], ["ifr"]] as const;
  const engines = sets.map((layers) => Mfn.createSync({ dimensions: DIMENSIONS, capacity: articles.length, layers }));
  for (const mfn of engines) for (const article of articles) mfn.apply(article);
  const predictors = engines.map((mfn, i) => enginePredictor(sets[i] === undefined ? "engine" : `${sets[i]} alone`, mfn));
  const baselines = [new FirstOrderMarkov(), new LastCoOccurring(), mostPopular()];
  const [ours, ...others] = await evaluate(clicks, [...predictors, ...baselines]);
  for (const other of others) {
    const row = (unit: string, value: number, peerValue: number) =>
      b.score({ case: "wikispeedia, next click", unit, ours: value, peer: other.method, peerValue, n: ours.n });
    row("hit@1", ours.hitAt1, other.hitAt1);
    row("hit@5", ours.hitAt5, other.hitAt5);
    row("hit@10", ours.hitAt10, other.hitAt10);
    row("MRR", ours.meanReciprocalRank, other.meanReciprocalRank);
  }
  for (const mfn of engines) mfn.dispose();
}

/** What the engine's calls cost, beside a plain Map where one would do. */
async function calls(b: Bench): Promise<void> {
  const things = b.quick ? 500 : 5000;
  const operations = world(things);
  const mfn = Mfn.createSync({ dimensions: DIMENSIONS, capacity: things });
  for (const operation of operations) mfn.apply(operation);
  const values = new Map<string, unknown>();
  for (const operation of operations) if (operation.op === "remember") values.set(operation.key, operation.value);
  const keys = [...values.keys()];

  await b.compare({
    case: `get a value by key, ${things} things`,
    n: keys.length,
    peer: "Map",
    check: () => keys.every((key) => mfn.get(key) === values.get(key)),
    ours: () => keys.reduce((sum, key) => sum + (mfn.get(key) as number), 0),
    theirs: () => keys.reduce((sum, key) => sum + (values.get(key) as number), 0),
  });
  let turn = 0;
  const ask = (strategy: "sequential" | "parallel" | "adaptive", evidence: boolean) => () =>
    mfn.recall({ stream: `stream ${turn++ % 50}` }, { strategy, evidence });
  for (const strategy of ["sequential", "parallel", "adaptive"] as const) {
    await b.measure({
      case: `recall by stream, ${strategy}, ${things} things`,
      n: 1,
      unit: "us",
      check: () => ask(strategy, true)().results.length > 0,
      ours: ask(strategy, true),
    });
  }
  const observed = operations.filter(({ op }) => op === "observe");
  const learner = Mfn.createSync({ dimensions: DIMENSIONS, capacity: things });
  for (const operation of operations) if (operation.op === "remember") learner.apply(operation);
  await b.measure({
    case: "observe, with what it teaches the fusion",
    n: 200,
    unit: "us",
    check: () => learner.apply(observed[0]) !== undefined,
    ours: () => {
      for (let i = 0; i < 200; i++) learner.apply(observed[turn++ % observed.length]);
    },
  });
}

/** Things on a ring with vectors, links to their neighbours, and streams that walk it. */
function world(things: number): Operation[] {
  let state = 7;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 0x1_0000_0000;
  };
  const key = (i: number) => `thing ${((i % things) + things) % things}`;
  const operations: Operation[] = [];
  for (let i = 0; i < things; i++) {
    const vector = Float32Array.from({ length: DIMENSIONS }, () => random() - 0.5);
    const links = [1, 2, 3, 7, 11].map((step) => ({ to: key(i + step) }));
    operations.push({ op: "remember", key: key(i), vector, value: i, links, at: 0 });
  }
  for (let s = 0; s < 50; s++) {
    let at = Math.floor(random() * things);
    for (let step = 0; step < 40; step++) {
      operations.push({ op: "observe", stream: `stream ${s}`, key: key(at), at: step });
      at += [1, 2, 3, 7, 11][Math.floor(random() * 5)];
    }
  }
  return operations;
}
