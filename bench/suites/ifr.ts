// IFR against Map and Set of the JavaScript engine, which are what one uses without it.
//
// A string keeps its hash once a Map has asked for it, so a benchmark that looks the same string objects up again and again
// measures a Map that no longer hashes. Keys of a real stream are new objects; here they are cut anew from a long text, in
// the timed work of both sides. The last rows look the same objects up again: there the Map wins.
import { Ifr } from "mfn/ifr";
import { byteKeys, permutation, stringKeys } from "../data.js";
import type { Bench } from "../harness.js";

/** Characters of a key of `stringKeys`. */
const LENGTH = 20;
/** Queries in one call; each call takes the next ones. */
const QUERIES = 4096;

export default async function ifr(b: Bench): Promise<void> {
  for (const n of b.quick ? [5000] : [10_000, 1_000_000]) {
    await building(b, n);
    await strings(b, n);
    await bytes(b, n);
  }
}

const count = (n: number) => (n >= 1e6 ? `${n / 1e6}M` : `${n / 1e3}k`);

/** Calls `work` with the start of the next window of `QUERIES` queries, round and round. */
function windows<T>(total: number, work: (from: number) => T): () => T {
  let from = -QUERIES;
  return () => {
    from = from + 2 * QUERIES > total ? 0 : from + QUERIES;
    return work(from);
  };
}

async function building(b: Bench, n: number): Promise<void> {
  const keys = stringKeys(n, 1);
  const text = keys.join("");
  const cut = () => Array.from({ length: n }, (_, i) => text.slice(i * LENGTH, (i + 1) * LENGTH));
  const ours = () => {
    const ifr = Ifr.createSync({ seed: 7 });
    ifr.internMany(cut());
    const { size } = ifr;
    ifr.dispose();
    return size;
  };
  const theirs = () => {
    const map = new Map<string, number>();
    for (const key of cut()) map.set(key, map.size);
    return map.size;
  };
  await b.compare({ case: `enter ${count(n)} strings`, n, peer: "Map.set", check: () => ours() === n && theirs() === n, ours, theirs });
}

async function strings(b: Bench, n: number): Promise<void> {
  const keys = stringKeys(n, 1);
  const ifr = Ifr.createSync({ seed: 7 });
  ifr.internMany(keys);
  const map = new Map(keys.map((key, i) => [key, i]));
  const set = new Set(keys);
  // Every second query is a stranger.
  const total = Math.max(QUERIES, 2 ** Math.floor(Math.log2(Math.min(n, 2 ** 18))));
  const order = permutation(n, 2);
  const strangers = stringKeys(total, 3);
  const mixed = Array.from({ length: total }, (_, i) => (i % 2 === 0 ? keys[order[i % n]!]! : strangers[i]!));
  const text = mixed.join("");
  const strangerText = strangers.join("");
  const cut = (from: string, i: number) => from.slice(i * LENGTH, (i + 1) * LENGTH);
  const batch = new Array<string>(QUERIES).fill("");
  const cuts = (from: number) => {
    for (let i = 0; i < QUERIES; i++) batch[i] = cut(text, from + i);
    return batch;
  };
  const out = new Int32Array(QUERIES);
  const expected = mixed.map((key) => map.get(key) ?? -1);
  const right = () => {
    const single = mixed.every((key, i) => ifr.idOf(key) === expected[i]);
    return single && ifr.idsOf(mixed).every((id, i) => id === expected[i]) && expected.some((id) => id < 0);
  };
  const mapGets = windows(total, (from) => {
    let sum = 0;
    for (let i = 0; i < QUERIES; i++) sum += map.get(cut(text, from + i)) ?? -1;
    return sum;
  });

  await b.compare({
    case: `find in ${count(n)}, new strings, batch`,
    n: QUERIES,
    peer: "Map.get",
    check: right,
    ours: windows(total, (from) => ifr.idsOf(cuts(from), out)[0]),
    theirs: mapGets,
  });
  await b.compare({
    case: `find in ${count(n)}, new strings, single`,
    n: QUERIES,
    peer: "Map.get",
    check: right,
    ours: windows(total, (from) => {
      let sum = 0;
      for (let i = 0; i < QUERIES; i++) sum += ifr.idOf(cut(text, from + i));
      return sum;
    }),
    theirs: mapGets,
  });
  await b.compare({
    case: `refuse strangers of ${count(n)}, new strings, filter`,
    n: QUERIES,
    peer: "Set.has",
    check: () => keys.every((key) => ifr.mayHave(key)) && strangers.filter((key) => ifr.mayHave(key)).length < total * 0.02,
    ours: windows(total, (from) => {
      let sum = 0;
      for (let i = 0; i < QUERIES; i++) if (ifr.mayHave(cut(strangerText, from + i))) sum++;
      return sum;
    }),
    theirs: windows(total, (from) => {
      let sum = 0;
      for (let i = 0; i < QUERIES; i++) if (set.has(cut(strangerText, from + i))) sum++;
      return sum;
    }),
  });
  const again = mixed.slice(0, QUERIES);
  const mapAgain = () => {
    let sum = 0;
    for (const key of again) sum += map.get(key) ?? -1;
    return sum;
  };
  await b.compare({
    case: `find in ${count(n)}, same string objects, batch`,
    n: QUERIES,
    peer: "Map.get",
    check: right,
    ours: () => ifr.idsOf(again, out)[0],
    theirs: mapAgain,
  });
  await b.compare({
    case: `find in ${count(n)}, same string objects, single`,
    n: QUERIES,
    peer: "Map.get",
    check: right,
    ours: () => {
      let sum = 0;
      for (const key of again) sum += ifr.idOf(key);
      return sum;
    },
    theirs: mapAgain,
  });
  await b.compare({
    case: `key of an id, ${count(n)}`,
    n: QUERIES,
    peer: "array",
    check: () => keys.every((key, id) => ifr.keyOf(id) === key),
    ours: windows(n, (from) => {
      let sum = 0;
      for (let i = 0; i < QUERIES; i++) sum += ifr.keyOf(order[from + i]!)!.length;
      return sum;
    }),
    theirs: windows(n, (from) => {
      let sum = 0;
      for (let i = 0; i < QUERIES; i++) sum += keys[order[from + i]!]!.length;
      return sum;
    }),
  });
  const { stateBytes, freeBytes } = ifr.stats();
  b.score({
    case: `memory of ${count(n)} strings of ${LENGTH}`,
    unit: "bytes/key",
    ours: (stateBytes - freeBytes) / n,
    higherIsBetter: false,
    n,
  });
  ifr.dispose();
}

async function bytes(b: Bench, n: number): Promise<void> {
  const width = 16;
  const column = byteKeys(n, width, 4);
  const keys = Array.from({ length: n }, (_, i) => column.subarray(i * width, (i + 1) * width));
  const ifr = Ifr.createSync({ seed: 7 });
  ifr.internMany(keys);
  // A Map cannot look bytes up; a string of one character a byte is the shortest way to have it do so.
  const latin = (at: Uint8Array) => String.fromCharCode.apply(null, at as unknown as number[]);
  const map = new Map(keys.map((key, i) => [latin(key), i]));
  const total = Math.min(n, 2 ** 17);
  const order = permutation(n, 5).subarray(0, total);
  const foreign = byteKeys(total, width, 6);
  const queries = Array.from(order, (id, i) => (i % 2 === 0 ? keys[id]! : foreign.subarray(i * width, (i + 1) * width)));
  const out = new Int32Array(QUERIES);
  await b.compare({
    case: `find in ${count(n)}, 16 bytes, batch`,
    n: QUERIES,
    peer: "Map.get of a string",
    check: () => ifr.idsOf(queries).every((id, i) => id === (map.get(latin(queries[i]!)) ?? -1) && (i % 2 === 1 || id === order[i])),
    ours: windows(total, (from) => ifr.idsOf(queries.slice(from, from + QUERIES), out)[0]),
    theirs: windows(total, (from) => {
      let sum = 0;
      for (let i = 0; i < QUERIES; i++) sum += map.get(latin(queries[from + i]!)) ?? -1;
      return sum;
    }),
  });
  ifr.dispose();
}
