// The similarity index as most callers use it, who say what recall they want: its time against a loop over all vectors, the recall
// that they get, how long they wait, and what the index costs to build and to keep.
import type { Bench } from "../../harness.js";
import { clusters, fashionMnist, recall, textVectors, type VectorSet } from "../../vectors.js";
import { waits } from "./curve.js";
import { LoopSearch } from "./exact.js";
import { build } from "./ours.js";

const ASKED = [0.95, 0.99, 0.999];
/** How far a recall may be below what was asked for before its time says nothing. */
const TOLERANCE = 0.02;

export default index;

export async function index(b: Bench): Promise<void> {
  if (b.quick) return one(b, clusters(6000, 64, "l2", 100));
  const sets = [() => fashionMnist(10_000), () => fashionMnist(), () => textVectors()];
  for (const load of sets) {
    const set = load();
    if (set === undefined) b.log("Fashion-MNIST and text vectors are skipped where they are not here (MFN_DATA)");
    else await one(b, set);
  }
}

async function one(b: Bench, set: VectorSet): Promise<void> {
  const { name, dimensions, metric, count, queries } = set;
  const loop = new LoopSearch(set.rows, dimensions, metric);
  for (const [kind, bytes] of [
    ["f32", 4],
    ["i8", 1],
  ] as const) {
    const { dsr, ms } = build(set, { rows: kind });
    const what = `${name}, ${kind} rows`;
    b.score({ case: `build, ${what}`, unit: "ms", ours: ms, higherIsBetter: false, n: count });
    b.score({
      case: `beyond the rows, ${what}`,
      unit: "bytes/vector",
      ours: dsr.stats().stateBytes / count - bytes * dimensions,
      peer: "2 x (d / 8 + 16)",
      peerValue: 2 * (dimensions / 8 + 16),
      higherIsBetter: false,
      n: count,
    });
    for (const wanted of ASKED) {
      const options = { k: 10, recall: wanted };
      const got = recall(
        set,
        queries.map((query) => dsr.search(query, options).ids),
      );
      const to = `recall ${wanted}, ${what}`;
      b.score({ case: to, unit: "recall@10", ours: got, peer: "asked for", peerValue: wanted, n: queries.length });
      let turn = 0;
      const next = () => queries[turn++ % queries.length];
      await b.compare({
        case: `search, ${to}`,
        n: 1,
        unit: "us",
        peer: "loop over a Float32Array",
        check: () => got >= wanted - TOLERANCE && set.truth[0][0] === loop.search(queries[0], 10).ids[0],
        ours: () => dsr.search(next(), options),
        theirs: () => loop.search(next(), 10),
      });
      const { p50, p99 } = waits(queries.length, (q) => dsr.search(queries[q], options));
      b.score({ case: `median wait, ${to}`, unit: "us", ours: p50, higherIsBetter: false, n: queries.length });
      b.score({ case: `99 of 100 wait at most, ${to}`, unit: "us", ours: p99, higherIsBetter: false, n: queries.length });
    }
    dsr.dispose();
  }
}
