// Exact search against the exact search of usearch.
import type { Bench } from "../../harness.js";
import { clusters, fashionMnist, fill } from "../../vectors.js";
import { label, peer } from "../load.js";
import type { Usearch } from "./usearch.js";

export default exact;

export async function exact(b: Bench): Promise<void> {
  const usearch = await peer<Usearch>(b, "usearch");
  if (usearch === undefined) return;
  const set = (b.quick ? undefined : fashionMnist(10_000)) ?? clusters(b.quick ? 500 : 10_000, b.quick ? 32 : 784, "l2");
  const { rows, dimensions, queries, truth } = set;
  const dsr = fill(set, { autoLearn: false });
  const metric = "l2sq";
  // It reads a query from the beginning of its buffer: each is an array of its own here.
  const theirs = (q: number) => usearch.exactSearch(rows, queries[q], dimensions, 10, metric, 1).keys;
  let turn = 0;
  const next = () => turn++ % queries.length;
  const some = [0, 1, 2, 3, 4];
  await b.compare({
    case: `exact search, ${set.name}`,
    n: 1,
    unit: "us",
    peer: `${label("usearch")} exact`,
    check: () => some.every((q) => Number(theirs(q)[0]) === truth[q][0] && dsr.search(queries[q]).ids[0] === truth[q][0]),
    ours: () => dsr.search(queries[next()]).ids,
    theirs: () => theirs(next()),
  });
  dsr.dispose();
}
