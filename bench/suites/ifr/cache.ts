// The cache: how often it misses, beside LRU and the offline optimum, and its speed beside a Map used as LRU, which is what one writes
// without it: get takes the key out and puts it in anew, set takes out the first key of the Map.
import { IfrCache } from "mfn/ifr";
import { missRatios, readTrace, shares, type Trace, traceFile, zipfTrace } from "../../cache.js";
import { permutation, stringKeys } from "../../data.js";
import { dataFile } from "../../files.js";
import type { Bench } from "../../harness.js";

/** Characters of a key of `stringKeys`. */
const LENGTH = 20;
/** Queries in one call; each call takes the next ones. */
const QUERIES = 4096;

export default cache;

export async function cache(b: Bench): Promise<void> {
  misses(b, "Zipf", zipfTrace(b.quick ? 5000 : 200_000, b.quick ? 1000 : 50_000));
  const file = b.quick ? undefined : dataFile(traceFile);
  if (file === undefined) b.log("CloudPhysics trace skipped: a smoke run, or the file is not here (MFN_DATA)");
  else misses(b, "CloudPhysics", readTrace(new TextDecoder().decode(file)));
  for (const n of b.quick ? [2000] : [2000, 10_000, 1_000_000]) await speed(b, n);
}

function misses(b: Bench, name: string, trace: Trace): void {
  const n = trace.keys.length;
  for (const share of shares) {
    for (const bySize of [false, true]) {
      const ratios = bySize
        ? missRatios(trace, Infinity, Math.round(share * trace.bytes))
        : missRatios(trace, Math.max(1, Math.round(share * trace.objects)));
      const common = { unit: "miss ratio", ours: ratios.ours, higherIsBetter: false, n };
      const where = `${name}, ${share * 100} % of the ${bySize ? "bytes" : "objects"}`;
      b.score({ ...common, case: where, peer: "SIEVE in plain JS", peerValue: ratios.sieve });
      b.score({ ...common, case: where, peer: "LRU", peerValue: ratios.lru });
      b.score({ ...common, case: where, peer: bySize ? "furthest first (offline)" : "MIN (offline optimum)", peerValue: ratios.offline });
    }
  }
}

/** LRU on a Map. What makes room is slow in it: the engine walks over the places of all that was taken out at the front. */
class MapLru {
  readonly #map = new Map<string, number>();

  constructor(readonly max: number) {}

  get(key: string): number | undefined {
    const value = this.#map.get(key);
    if (value === undefined) return undefined;
    this.#map.delete(key);
    this.#map.set(key, value);
    return value;
  }

  set(key: string, value: number): void {
    this.#map.delete(key);
    if (this.#map.size >= this.max) this.#map.delete(this.#map.keys().next().value!);
    this.#map.set(key, value);
  }
}

/** What the speed rows need of a cache. */
export interface SpeedPeer {
  name: string;
  make: (max: number) => { get(key: string): number | undefined; set(key: string, value: number): unknown };
}

/**
 * Times a full cache of `n` strings against a peer. Queries are new string objects, cut from a long text in the timed work of
 * both sides, as from a socket: an engine that has hashed a string before has the hash in it. The last rows ask with the same objects again.
 */
export async function speed(b: Bench, n: number, peer: SpeedPeer = { name: "Map as LRU", make: (max) => new MapLru(max) }): Promise<void> {
  const size = n >= 1e6 ? `${n / 1e6}M` : `${n / 1e3}k`;
  const keys = stringKeys(n, 1);
  const ours = IfrCache.createSync<number>({ maxEntries: n, capacity: n, seed: 7 });
  const theirs = peer.make(n);
  for (let i = 0; i < n; i++) {
    ours.set(keys[i]!, i);
    theirs.set(keys[i]!, i);
  }
  const total = Math.max(QUERIES, Math.min(2 ** 17, 2 ** Math.floor(Math.log2(n))));
  const order = permutation(n, 2);
  const known = Array.from({ length: total }, (_, i) => keys[order[i % n]!]!);
  const strangers = stringKeys(total, 3);
  const cuts = (list: string[]) => {
    const text = list.join("");
    return (i: number) => text.slice(i * LENGTH, (i + 1) * LENGTH);
  };
  const windows = (work: (from: number) => unknown) => {
    let from = -QUERIES;
    return () => {
      from = from + 2 * QUERIES > total ? 0 : from + QUERIES;
      return work(from);
    };
  };
  const gets = (get: (key: string) => number | undefined, cut: (i: number) => string) =>
    windows((from) => {
      let sum = 0;
      for (let i = 0; i < QUERIES; i++) sum += get(cut(from + i)) ?? -1;
      return sum;
    });
  const own = (key: string) => ours.get(key);
  const other = (key: string) => theirs.get(key);
  const batches = (cut: (i: number) => string) => {
    const batch = new Array<string>(QUERIES).fill("");
    return windows((from) => {
      for (let i = 0; i < QUERIES; i++) batch[i] = cut(from + i);
      return ours.getMany(batch)[0];
    });
  };
  const right = () =>
    known.every((key, i) => ours.get(key) === order[i % n] && theirs.get(key) === order[i % n]) &&
    strangers.every((key) => ours.get(key) === undefined && theirs.get(key) === undefined) &&
    ours.getMany(known).every((value, i) => value === order[i % n]);
  for (const [what, list] of [
    ["hits", known],
    ["misses", strangers],
  ] as const) {
    const cut = cuts(list);
    const common = { n: QUERIES, peer: peer.name, check: right, theirs: gets(other, cut) };
    await b.compare({ ...common, case: `get in ${size}, new strings, ${what}, single`, ours: gets(own, cut) });
    await b.compare({ ...common, case: `get in ${size}, new strings, ${what}, batch`, ours: batches(cut) });
  }
  const again = (i: number) => known[i]!;
  const common = { n: QUERIES, peer: peer.name, check: right, theirs: gets(other, again) };
  await b.compare({ ...common, case: `get in ${size}, same objects, hits, single`, ours: gets(own, again) });
  await b.compare({ ...common, case: `get in ${size}, same objects, hits, batch`, ours: batches(again) });

  // Each key set is one that the cache has not seen, or has evicted long ago.
  const stream = cuts(stringKeys(4 * Math.max(n, 2 ** 17), 5));
  const sets = (set: (key: string, value: number) => unknown) => {
    let at = 0;
    return () => {
      for (let i = 0; i < QUERIES; i++) set(stream(at + i), i);
      at = at + 2 * QUERIES > 4 * n ? 0 : at + QUERIES;
      return at;
    };
  };
  await b.compare({
    case: `set in ${size}, new keys, one evicted for each`,
    n: QUERIES,
    peer: peer.name,
    check: right,
    ours: sets((key, value) => ours.set(key, value)),
    theirs: sets((key, value) => theirs.set(key, value)),
  });
  if (ours.size !== n || ours.stats().evictions === 0) throw new Error(`a full cache of ${n} has ${ours.size} entries`);
  const { stateBytes } = ours.stats();
  // Beside the state, 8 bytes of slots for each 16 of a record, which such a key has two of.
  b.score({ case: `memory of ${size} strings of ${LENGTH}`, unit: "bytes/entry", ours: stateBytes / n + 16, higherIsBetter: false, n });
  ours.dispose();
}
