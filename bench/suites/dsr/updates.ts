// What changes a store, against a Map of arrays.
import { Dsr } from "mfn/dsr";
import { clusteredVectors } from "../../data.js";
import type { Bench } from "../../harness.js";

export default updates;

export async function updates(b: Bench): Promise<void> {
  const n = b.quick ? 500 : 5000;
  const d = 384;
  const rows = clusteredVectors(n, d, 16, 2);
  const ids = Array.from({ length: n }, (_, i) => i);
  const vectors = ids.map((i) => rows.slice(i * d, (i + 1) * d));
  // The store alone: what an index of it costs on top is in search.ts.
  const options = { dimensions: d, metric: "l2" as const, autoLearn: false };
  const dsr = Dsr.createSync(options);
  const map = new Map<number, Float32Array>();
  const same = () => ids.every((i) => dsr.vector(i)!.every((x, j) => x === map.get(i)![j]));
  await b.compare({
    case: `replace one vector, d = ${d}`,
    n,
    peer: "Map of copied Float32Arrays",
    check: () => {
      for (const i of ids) {
        dsr.add(i, vectors[i]);
        map.set(i, vectors[i].slice());
      }
      return same();
    },
    ours: () => {
      for (let i = 0; i < n; i++) dsr.add(i, vectors[i]);
      return dsr.size;
    },
    theirs: () => {
      for (let i = 0; i < n; i++) map.set(i, vectors[i].slice());
      return map.size;
    },
  });
  await b.compare({
    case: `replace ${n} vectors at once, d = ${d}`,
    n,
    peer: "Map of copied Float32Arrays",
    check: same,
    ours: () => {
      dsr.addMany(ids, rows);
      return dsr.size;
    },
    theirs: () => {
      for (let i = 0; i < n; i++) map.set(i, rows.slice(i * d, (i + 1) * d));
      return map.size;
    },
  });
  await b.compare({
    case: "has",
    n,
    peer: "Map",
    check: () => ids.every((i) => dsr.has(i) && map.has(i)) && !dsr.has(n) && !map.has(n),
    ours: () => {
      let found = 0;
      for (let i = 0; i < n; i++) if (dsr.has(i)) found++;
      return found;
    },
    theirs: () => {
      let found = 0;
      for (let i = 0; i < n; i++) if (map.has(i)) found++;
      return found;
    },
  });
  dsr.dispose();
}
