// Exact search and distances against plain JavaScript on typed arrays.
import { Dsr } from "mfn/dsr";
import { clusteredVectors, Random } from "../../data.js";
import type { Bench } from "../../harness.js";

export default exact;

export async function exact(b: Bench): Promise<void> {
  const shapes: [n: number, d: number, metric: "cosine" | "l2"][] = [
    [1000, 128, "cosine"],
    [b.quick ? 2000 : 10_000, 384, "cosine"],
    [b.quick ? 1000 : 10_000, 784, "l2"],
  ];
  for (const [n, d, metric] of shapes) await searches(b, n, d, metric);
}

/** Rows in one Float32Array, scanned by a loop with four sums; the k nearest by insertion. */
export class LoopSearch {
  readonly #rows: Float32Array;
  readonly #n: number;

  constructor(
    rows: Float32Array,
    readonly d: number,
    readonly metric: "cosine" | "l2",
  ) {
    this.#n = rows.length / d;
    this.#rows = rows.slice();
    if (metric === "cosine") for (let i = 0; i < this.#n; i++) normalise(this.#rows.subarray(i * d, (i + 1) * d));
  }

  distance(query: Float32Array, row: number): number {
    const rows = this.#rows;
    let p = row * this.d;
    let a = 0;
    let b = 0;
    let c = 0;
    let e = 0;
    if (this.metric === "cosine") {
      for (let i = 0; i < query.length; i += 4, p += 4) {
        a += query[i] * rows[p];
        b += query[i + 1] * rows[p + 1];
        c += query[i + 2] * rows[p + 2];
        e += query[i + 3] * rows[p + 3];
      }
      return 1 - (a + b + c + e);
    }
    for (let i = 0; i < query.length; i += 4, p += 4) {
      const w = query[i] - rows[p];
      const x = query[i + 1] - rows[p + 1];
      const y = query[i + 2] - rows[p + 2];
      const z = query[i + 3] - rows[p + 3];
      a += w * w;
      b += x * x;
      c += y * y;
      e += z * z;
    }
    return a + b + c + e;
  }

  search(query: Float32Array, k: number): { ids: number[]; distances: number[] } {
    const q = this.metric === "cosine" ? normalise(query.slice()) : query;
    const ids: number[] = [];
    const distances: number[] = [];
    for (let i = 0; i < this.#n; i++) {
      const distance = this.distance(q, i);
      if (ids.length === k && distance >= distances[k - 1]) continue;
      let at = ids.length < k ? ids.length : k - 1;
      for (; at > 0 && distances[at - 1] > distance; at--) {
        ids[at] = ids[at - 1];
        distances[at] = distances[at - 1];
      }
      ids[at] = i;
      distances[at] = distance;
    }
    return { ids, distances };
  }
}

function normalise(v: Float32Array): Float32Array {
  const norm = Math.sqrt(v.reduce((sum, x) => sum + x * x, 0));
  return v.map((x, i) => {
    v[i] = x / norm;
    return v[i];
  });
}

async function searches(b: Bench, n: number, d: number, metric: "cosine" | "l2"): Promise<void> {
  const rows = clusteredVectors(n + 16, d);
  const queries = Array.from({ length: 16 }, (_, i) => rows.slice((n + i) * d, (n + i + 1) * d));
  const base = rows.subarray(0, n * d);
  const options = { dimensions: d, metric, capacity: n, autoLearn: false };
  const dsr = Dsr.createSync(options);
  dsr.addMany(
    Array.from({ length: n }, (_, i) => i),
    base,
  );
  const loop = new LoopSearch(base, d, metric);
  let turn = 0;
  await b.compare({
    case: `exact search, ${metric}, ${n} x ${d}, k = 10`,
    n: 1,
    unit: "us",
    peer: "loop over a Float32Array",
    check: () => queries.every((q) => agree(dsr.search(q), loop.search(q, 10))),
    ours: () => dsr.search(queries[turn++ & 15]),
    theirs: () => loop.search(queries[turn++ & 15], 10),
  });
  const random = new Random(4);
  const some = Int32Array.from({ length: 100 }, () => random.below(n));
  const out = new Float32Array(100);
  const normal = queries.map((q) => (metric === "cosine" ? normalise(q.slice()) : q));
  const listed = (q: Float32Array) => {
    for (let i = 0; i < some.length; i++) out[i] = loop.distance(q, some[i]);
    return out;
  };
  await b.compare({
    case: `distances to 100 ids, ${metric}, d = ${d}`,
    n: 100,
    peer: "loop over a Float32Array",
    check: () => queries.every((q, i) => dsr.distances(q, some).every((x, j) => close(x, listed(normal[i])[j]))),
    ours: () => dsr.distances(queries[turn++ & 15], some, out),
    theirs: () => listed(normal[turn++ & 15]),
  });
  dsr.dispose();
}

function close(x: number, y: number): boolean {
  return Math.abs(x - y) <= 1e-4 * Math.max(1, Math.abs(y));
}

/** Equal distances, and equal ids but where two distances are equal to rounding. */
function agree(ours: { ids: Int32Array; distances: Float32Array }, theirs: { ids: number[]; distances: number[] }): boolean {
  const shared = theirs.ids.filter((id) => ours.ids.includes(id)).length;
  return (
    ours.ids.length === theirs.ids.length &&
    shared >= 0.9 * theirs.ids.length &&
    theirs.distances.every((x, i) => close(ours.distances[i], x))
  );
}
