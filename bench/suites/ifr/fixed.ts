// Keys of 16 bytes against a Map and a Set of strings made of them. The strings are made before the clock runs: who has bytes must
// make them first, which costs the Map another 10 % to 100 % that is not counted here.
import { FixedIfr } from "mfn/ifr";
import type { Bench } from "../../harness.js";
import { type ByteData, byteData, count, latin, QUERIES, rounds, WIDTH } from "./keys.js";

/** The rows of keys of fixed width. */
export async function fixed(b: Bench): Promise<void> {
  for (const n of b.quick ? [5000] : [10_000, 1_000_000]) await withKeys(b, byteData(n));
}

async function withKeys(b: Bench, data: ByteData): Promise<void> {
  const { n, keys, queries, expected, windows } = data;
  const registry = FixedIfr.createSync({ width: WIDTH, capacity: n, seed: 7 });
  registry.insertMany(keys);
  const strings = latin(keys, WIDTH, 0, n, []);
  const map = new Map(strings.map((key, i) => [key, i]));
  const { indexBytes } = registry.stats();
  b.score({ case: `index of ${count(n)}, made for them`, unit: "bytes/key", ours: indexBytes / n, higherIsBetter: false, n });

  const next = rounds(windows);
  const nextOfMap = rounds(windows);
  const batch: string[] = [];
  const prepare = {
    theirs: () => {
      const from = nextOfMap();
      latin(queries, WIDTH, from, from + QUERIES, batch);
    },
  };
  const out = new Int32Array(expected.length);
  const right = () => registry.lookupMany(queries, out) === out.filter((id) => id >= 0).length && out.every((id, i) => id === expected[i]);
  const theirs = () => {
    let sum = 0;
    for (let i = 0; i < QUERIES; i++) sum += map.get(batch[i]!) ?? -1;
    return sum;
  };
  const { columns } = registry;
  for (const size of [16, 256, 2048]) {
    // The keys come in pieces, as they would from somebody else, and are copied to where the kernel reads them: part of our time.
    const pieces = Array.from({ length: expected.length / size }, (_, i) => queries.subarray(i * size * WIDTH, (i + 1) * size * WIDTH));
    const ours = () => {
      const from = next() / size;
      let hits = 0;
      for (let i = from; i < from + QUERIES / size; i++) {
        columns.keys.set(pieces[i]!);
        hits += registry.lookupMany(size);
      }
      return hits;
    };
    await b.compare({
      case: `id of 16 bytes, ${count(n)}, batches of ${size}`,
      n: QUERIES,
      peer: "Map.get of fresh strings",
      check: right,
      prepare,
      ours,
      theirs,
    });
  }
  const one = Array.from({ length: expected.length }, (_, i) => queries.slice(i * WIDTH, (i + 1) * WIDTH));
  await b.compare({
    case: `id of 16 bytes, ${count(n)}, single`,
    n: QUERIES,
    peer: "Map.get of fresh strings",
    check: right,
    prepare,
    ours: () => {
      const from = next();
      let sum = 0;
      for (let i = from; i < from + QUERIES; i++) sum += registry.idOf(one[i]!);
      return sum;
    },
    theirs,
  });
  registry.dispose();

  let fresh: string[] = [];
  const build = (capacity: number) => () => {
    const made = FixedIfr.createSync({ width: WIDTH, capacity, seed: 7 });
    const added = made.insertMany(keys);
    made.dispose();
    return added;
  };
  const theirBuild = () => {
    const made = new Map<string, number>();
    for (let i = 0; i < n; i++) made.set(fresh[i]!, i);
    return made.size;
  };
  const prepareBuild = {
    theirs: () => {
      fresh = latin(keys, WIDTH, 0, n, []);
    },
  };
  const warm = FixedIfr.createSync({ width: WIDTH, capacity: n, seed: 7 });
  const again = () => {
    warm.clear();
    return warm.insertMany(keys);
  };
  // A Map's memory comes from a heap that is there already; a new registry's comes from the system, page by page.
  for (const [label, ours] of [
    ["a cleared registry", again],
    ["a new one made for them", build(n)],
    ["a new one that grows by itself", build(0)],
  ] as const) {
    await b.compare({
      case: `enter ${count(n)} of 16 bytes into ${label}`,
      n,
      peer: "Map.set of fresh strings",
      check: () => ours() === n,
      prepare: prepareBuild,
      ours,
      theirs: theirBuild,
    });
  }
  warm.dispose();
}

export default fixed;
