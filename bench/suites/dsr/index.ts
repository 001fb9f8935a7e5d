// The similarity index as most callers use it, who say what recall they want: the recall that they get, its time, also against a loop over
// all vectors, how long they wait, and what the index costs to build, to change and to keep.
import type { Dsr } from "mfn/dsr";
import type { Bench } from "../../harness.js";
import { clusters, fashionMnist, recall, textVectors, type VectorSet } from "../../vectors.js";
import { measureCurve, waits } from "./curve.js";
import { LoopSearch } from "./exact.js";
import { asked, build, SHOWN } from "./ours.js";

/** How far a recall may be below what was asked for before its time says nothing. */
const TOLERANCE = 0.05;
/** What the rows against a loop ask for. */
const USUAL = 0.99;

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

/** All rows of one set. */
export async function one(b: Bench, set: VectorSet): Promise<void> {
  for (const [kind, bytes] of [
    ["f32", 4],
    ["i8", 1],
  ] as const) {
    const what = `${set.name}, ${kind} rows`;
    const { dsr, ms } = build(set, { rows: kind });
    b.score({ case: `build, ${what}`, unit: "ms", ours: ms, higherIsBetter: false, n: set.count });
    b.score({
      case: `beyond the rows, ${what}`,
      unit: "bytes/vector",
      ours: dsr.stats().stateBytes / set.count - bytes * set.dimensions,
      peer: "2 x (d / 8 + 16)",
      peerValue: 2 * (set.dimensions / 8 + 16),
      higherIsBetter: false,
      n: set.count,
    });
    const got = recalls(b, set, what, dsr);
    filtered(b, set, what, dsr);
    await againstLoop(b, set, what, dsr, got);
    await replacing(b, set, what, dsr);
    dsr.dispose();
  }
}

/** For each recall that is asked for: what one gets, how long it takes, how long one waits. Returns the recall at `USUAL`. */
function recalls(b: Bench, set: VectorSet, what: string, dsr: Dsr): number {
  const n = set.queries.length;
  const points = measureCurve(set, asked("", dsr, set, SHOWN));
  points.forEach(({ recall, us }, i) => {
    const to = `asked for recall ${SHOWN[i]}, ${what}`;
    const less = { unit: "us", higherIsBetter: false, n };
    b.score({ case: `got, ${to}`, unit: "recall@10", ours: recall, peer: "asked for", peerValue: SHOWN[i], n });
    b.score({ ...less, case: `search, ${to}`, ours: us });
    const options = { k: 10, recall: SHOWN[i] };
    const { p50, p99 } = waits(n, (q) => dsr.search(set.queries[q], options));
    b.score({ ...less, case: `median wait, ${to}`, ours: p50 });
    b.score({ ...less, case: `99 % wait at most, ${to}`, ours: p99 });
  });
  return points[SHOWN.indexOf(USUAL)].recall;
}

/** With all that one can ask for: a high recall, only even ids, and one of these left out. */
function filtered(b: Bench, set: VectorSet, what: string, dsr: Dsr): void {
  const even = new Uint32Array((set.count + 31) >>> 5).fill(0x5555_5555);
  const ask = (q: number) => dsr.search(set.queries[q], { k: 10, recall: 0.999, filter: even, exclude: 0 }).ids;
  const n = set.queries.length;
  const answers = Array.from({ length: n }, (_, q) => ask(q));
  const to = `asked for recall 0.999, even ids without 0, ${what}`;
  if (!answers.every((ids) => ids.length === 10 && ids.every((id) => id % 2 === 0 && id !== 0))) b.fail(to, new Error("an id that is out"));
  const got = recall(set, answers, (id) => id % 2 === 0 && id !== 0);
  b.score({ case: `got, ${to}`, unit: "recall@10", ours: got, peer: "asked for", peerValue: 0.999, n });
  const { p50, p99 } = waits(n, ask);
  b.score({ case: `median wait, ${to}`, unit: "us", ours: p50, higherIsBetter: false, n });
  b.score({ case: `99 % wait at most, ${to}`, unit: "us", ours: p99, higherIsBetter: false, n });
}

async function againstLoop(b: Bench, set: VectorSet, what: string, dsr: Dsr, got: number): Promise<void> {
  const { queries, rows, dimensions, metric, truth } = set;
  const loop = new LoopSearch(rows, dimensions, metric);
  const options = { k: 10, recall: USUAL };
  let turn = 0;
  const next = () => queries[turn++ % queries.length];
  await b.compare({
    case: `search, recall ${USUAL}, ${what}`,
    n: 1,
    unit: "us",
    peer: "loop over a Float32Array",
    check: () => got >= USUAL - TOLERANCE && truth[0][0] === loop.search(queries[0], 10).ids[0],
    ours: () => dsr.search(next(), options),
    theirs: () => loop.search(next(), 10),
  });
}

/** One vector by itself, over and over: the index stays as it is, and the work is that of a change. */
async function replacing(b: Bench, { rows, dimensions, count }: VectorSet, what: string, dsr: Dsr): Promise<void> {
  const each = 100;
  let id = 0;
  await b.measure({
    case: `replace one vector, ${what}`,
    n: each,
    unit: "us",
    check: () => dsr.size === count && dsr.has(count - 1),
    ours: () => {
      if (id + each > count) id = 0;
      for (const end = id + each; id < end; id++) dsr.add(id, rows.subarray(id * dimensions, (id + 1) * dimensions));
      return dsr.size;
    },
  });
}
