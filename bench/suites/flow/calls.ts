// What the engine's calls cost, beside a plain Map where one would do.
import { Mfn, type Strategy } from "mfn";
import type { Bench } from "../../harness.js";
import { DIMENSIONS } from "../../wikispeedia.js";
import { world } from "./world.js";

export async function calls(b: Bench): Promise<void> {
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
  const ask = (strategy: Strategy) => () => mfn.recall({ stream: `stream ${turn++ % 50}` }, { strategy });
  for (const strategy of ["sequential", "parallel", "adaptive"] as const) {
    await b.measure({
      case: `recall by stream, ${strategy}, ${things} things`,
      n: 1,
      unit: "us",
      check: () => ask(strategy)().results.length > 0,
      ours: ask(strategy),
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
  mfn.dispose();
  learner.dispose();
}

export default calls;
