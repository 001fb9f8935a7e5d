import { Ifr } from "mfn/ifr";
import { stringKeys } from "../data.js";
import type { Bench } from "../harness.js";
import { label, peer } from "./load.js";

interface Lru {
  LRUCache: new (options: { max: number }) => { set(key: string, value: number): unknown; get(key: string): number | undefined };
}
// The filters and the cache have suites of their own: ifr-filters.ts, ifr-cache.ts.

export default async function (b: Bench): Promise<void> {
  for (const count of b.quick ? [2000] : [10_000, 1_000_000]) await withKeys(b, count);
}

/** Half of the queries are keys, half are not; none is the string object that was put in. */
async function withKeys(b: Bench, count: number): Promise<void> {
  const keys = stringKeys(count);
  const strangers = stringKeys(count, 2);
  const asked = Math.min(count, 100_000);
  const again = stringKeys(count);
  const queries = Array.from({ length: asked }, (_, i) => (i % 2 === 0 ? again : strangers)[Math.floor((i * count) / asked)]);
  const known = new Set(keys);
  const size = `${count.toLocaleString("en")} strings`;
  const ifr = Ifr.createSync({ capacity: count });
  ifr.internMany(keys);
  const ids = new Int32Array(asked);
  // A turn asks for some of the queries, and each turn for others, so that no side works on what the last turn left in the cache.
  const turn = Math.min(asked, 4096);
  const turns = Math.floor(asked / turn);
  const slices = Array.from({ length: turns }, (_, i) => queries.slice(i * turn, (i + 1) * turn));
  const rotate = (ask: (some: readonly string[]) => number) => {
    let next = 0;
    return () => ask(slices[next++ % turns]);
  };
  const many = (test: (key: string) => unknown) => (some: readonly string[]) => {
    let hits = 0;
    for (const key of some) if (test(key)) hits++;
    return hits;
  };
  const singles = many((key) => ifr.idOf(key) >= 0);
  const batch = (some: readonly string[]) => ifr.idsOf(some, ids)[0];
  const exact = () => queries.every((key) => ifr.idOf(key) >= 0 === known.has(key));

  const lru = await peer<Lru>(b, "lru-cache");
  if (lru !== undefined) {
    const make = () => {
      const cache = new lru.LRUCache({ max: count });
      for (let i = 0; i < count; i++) cache.set(keys[i], i);
      return cache;
    };
    const cache = make();
    const check = () => exact() && queries.every((key) => (cache.get(key) !== undefined) === known.has(key));
    const theirs = rotate(many((key) => cache.get(key) !== undefined));
    await b.compare({ case: `idOf, ${size}`, n: turn, peer: label("lru-cache"), check, ours: rotate(singles), theirs });
    await b.compare({ case: `idsOf, batches of ${turn}, ${size}`, n: turn, peer: label("lru-cache"), check, ours: rotate(batch), theirs });
    await b.compare({
      case: `put in, ${size}`,
      n: count,
      peer: label("lru-cache"),
      check: () => {
        const mine = Ifr.createSync();
        const same = mine.internMany(keys).every((id, i) => id === i);
        mine.dispose();
        return same;
      },
      ours: () => {
        const mine = Ifr.createSync();
        mine.internMany(keys);
        mine.dispose();
        return mine;
      },
      theirs: make,
    });
  }

  ifr.dispose();
}
