// Strings of 20 characters against Map and Set.
//
// A string keeps its hash once a Map has asked for it, so a benchmark that looks the same string objects up again and again measures
// a Map that no longer hashes. Keys of a real stream are new objects: here both sides get fresh ones for every sample, made before
// the clock runs. The last rows look the same objects up again: there the Map wins.
import { Ifr, type PackedKeys, packKeys } from "mfn/ifr";
import { permutation, stringKeys } from "../../data.js";
import type { Bench } from "../../harness.js";
import { count, QUERIES, rounds } from "./keys.js";

/** Characters of a key of `stringKeys`. */
const LENGTH = 20;

/** The rows of strings. */
export async function strings(b: Bench): Promise<void> {
  for (const n of b.quick ? [5000] : [10_000, 1_000_000]) await withKeys(b, n);
}

/** Cuts strings of LENGTH out of bytes: each is new, in one piece, and nobody has asked for its hash. */
function cutFresh(bytes: Uint8Array, from: number, to: number, into: string[]): void {
  for (let i = from; i < to; i++) {
    into[i - from] = String.fromCharCode.apply(null, bytes.subarray(i * LENGTH, (i + 1) * LENGTH) as unknown as number[]);
  }
}

async function withKeys(b: Bench, n: number): Promise<void> {
  const keys = stringKeys(n, 1);
  await building(b, keys);
  const ifr = Ifr.createSync({ seed: 7, capacity: n });
  ifr.internMany(keys);
  const map = new Map(keys.map((key, i) => [key, i]));
  // Every second query is a stranger.
  const windows = n >= 1e6 ? 16 : 4;
  const order = permutation(n, 2);
  const strangers = stringKeys(windows * QUERIES, 3);
  const mixed = strangers.map((stranger, i) => (i % 2 === 0 ? keys[order[(i >> 1) % n]!]! : stranger));
  const { bytes } = packKeys(mixed);
  const packed: PackedKeys[] = Array.from({ length: windows }, (_, w) => packKeys(mixed.slice(w * QUERIES, (w + 1) * QUERIES)));
  const expected = mixed.map((key) => map.get(key) ?? -1);
  const out = new Int32Array(QUERIES);
  const right = () => {
    const single = mixed.every((key, i) => ifr.idOf(key) === expected[i]);
    const columns = packed.every((column, w) => ifr.idsOf(column).every((id, i) => id === expected[w * QUERIES + i]));
    return single && columns && ifr.idsOf(mixed).every((id, i) => id === expected[i]);
  };
  const batch: string[] = [];
  const next = rounds(windows);
  const fresh = () => {
    const from = next();
    cutFresh(bytes, from, from + QUERIES, batch);
  };
  const theirs = () => {
    let sum = 0;
    for (let i = 0; i < QUERIES; i++) sum += map.get(batch[i]!) ?? -1;
    return sum;
  };
  const peer = "Map.get of fresh strings";
  const title = `id of strings, ${count(n)}`;
  const prepare = { ours: fresh, theirs: fresh };
  await b.compare({
    case: `${title}, fresh, batch`,
    n: QUERIES,
    peer,
    check: right,
    prepare,
    ours: () => ifr.idsOf(batch, out)[0],
    theirs,
  });
  await b.compare({
    case: `${title}, columns`,
    n: QUERIES,
    peer,
    check: right,
    prepare: { theirs: fresh },
    ours: () => ifr.idsOf(packed[next() / QUERIES]!, out)[0],
    theirs,
  });
  await b.compare({
    case: `${title}, fresh, single`,
    n: QUERIES,
    peer,
    check: right,
    prepare,
    ours: () => {
      let sum = 0;
      for (let i = 0; i < QUERIES; i++) sum += ifr.idOf(batch[i]!);
      return sum;
    },
    theirs,
  });
  const again = mixed.slice(0, QUERIES);
  const theirsAgain = () => {
    let sum = 0;
    for (let i = 0; i < QUERIES; i++) sum += map.get(again[i]!) ?? -1;
    return sum;
  };
  const peerAgain = "Map.get of the same objects";
  await b.compare({
    case: `${title}, same objects, batch`,
    n: QUERIES,
    peer: peerAgain,
    check: right,
    ours: () => ifr.idsOf(again, out)[0],
    theirs: theirsAgain,
  });
  await b.compare({
    case: `${title}, same objects, single`,
    n: QUERIES,
    peer: peerAgain,
    check: right,
    ours: () => {
      let sum = 0;
      for (let i = 0; i < QUERIES; i++) sum += ifr.idOf(again[i]!);
      return sum;
    },
    theirs: theirsAgain,
  });
  await b.compare({
    case: `string of an id, ${count(n)}`,
    n: 4096,
    peer: "array",
    check: () => keys.every((key, id) => ifr.keyOf(id) === key),
    ours: () => {
      const from = next() % n;
      let sum = 0;
      for (let i = 0; i < 4096; i++) sum += ifr.keyOf(order[(from + i) % n]!)!.length;
      return sum;
    },
    theirs: () => {
      const from = next() % n;
      let sum = 0;
      for (let i = 0; i < 4096; i++) sum += keys[order[(from + i) % n]!]!.length;
      return sum;
    },
  });
  const { stateBytes, freeBytes } = ifr.stats();
  b.score({ case: `memory of ${count(n)} strings`, unit: "bytes/key", ours: (stateBytes - freeBytes) / n, higherIsBetter: false, n });
  ifr.dispose();
}

async function building(b: Bench, keys: string[]): Promise<void> {
  const n = keys.length;
  const { bytes } = packKeys(keys);
  const batch: string[] = [];
  const fresh = () => cutFresh(bytes, 0, n, batch);
  const build = () => {
    const ifr = Ifr.createSync({ seed: 7, capacity: n });
    ifr.internMany(batch);
    const { size } = ifr;
    ifr.dispose();
    return size;
  };
  const theirs = () => {
    const map = new Map<string, number>();
    for (const key of batch) map.set(key, map.size);
    return map.size;
  };
  fresh();
  const check = () => build() === n && theirs() === n;
  const prepare = { ours: fresh, theirs: fresh };
  await b.compare({ case: `enter ${count(n)} strings`, n, peer: "Map.set of fresh strings", check, prepare, ours: build, theirs });
}

export default strings;
