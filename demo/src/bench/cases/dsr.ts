// Similarity beside a loop over all vectors.
import { Dsr } from "mfn/dsr";
import { clusteredVectors, permutation } from "../../../../bench/data.js";
import { LoopSearch } from "../../../../bench/suites/dsr/exact.js";
import type { Work } from "../sample.js";

const DIMENSIONS = 128;
const ASKED = 16;
const K = 10;

/** Vectors, an index and a loop over them, and questions drawn around the same centres. */
function vectors(count: number, autoLearn: boolean) {
  const all = clusteredVectors(count + ASKED, DIMENSIONS);
  const rows = all.subarray(0, count * DIMENSIONS);
  const asked = Array.from({ length: ASKED }, (_, i) => all.slice((count + i) * DIMENSIONS, (count + i + 1) * DIMENSIONS));
  const dsr = Dsr.createSync({ dimensions: DIMENSIONS, metric: "cosine", capacity: count, autoLearn });
  dsr.addMany(
    Array.from({ length: count }, (_, id) => id),
    rows,
  );
  return { asked, dsr, loop: new LoopSearch(rows, DIMENSIONS, "cosine") };
}

/** Both search for the same questions in turn; `least` of the loop's ten must be among ours. */
function search(count: number, autoLearn: boolean, least: number): Work {
  const { asked, dsr, loop } = vectors(count, autoLearn);
  let mine = 0;
  let other = 0;
  const shared = (query: Float32Array) => {
    const ids = dsr.search(query, { k: K, recall: 0.98 }).ids;
    return loop.search(query, K).ids.filter((id) => ids.includes(id)).length / K;
  };
  return {
    n: 1,
    check: () => asked.reduce((sum, query) => sum + shared(query), 0) / ASKED >= least,
    ours: () => dsr.search(asked[mine++ % ASKED], { k: K, recall: 0.98 }).ids[0],
    theirs: () => loop.search(asked[other++ % ASKED], K).ids[0],
    dispose: () => dsr.dispose(),
  };
}

/** Equal but where two distances are the same to rounding. */
export const exact = (): Work => search(2000, false, 0.99);
export const index = (): Work => search(10_000, true, 0.95);

export function distances(): Work {
  const count = 2000;
  const { asked, dsr, loop } = vectors(count, false);
  const some = Int32Array.from(permutation(count, 4).subarray(0, 100));
  const [ours, theirs] = [new Float32Array(100), new Float32Array(100)];
  const query = asked[0];
  const norm = Math.sqrt(query.reduce((sum, x) => sum + x * x, 0));
  const unit = query.map((x) => x / norm);
  const listed = () => {
    for (let i = 0; i < some.length; i++) theirs[i] = loop.distance(unit, some[i]);
    return theirs;
  };
  return {
    n: 100,
    check: () => {
      const expected = listed();
      return dsr.distances(query, some, ours).every((x, i) => Math.abs(x - expected[i]) <= 1e-4);
    },
    ours: () => dsr.distances(query, some, ours)[0],
    theirs: () => listed()[0],
    dispose: () => dsr.dispose(),
  };
}
