// The filters and XXH64 beside the libraries that do the same.
import { SplitBlockBloom, TagFilter, Xxh64 } from "mfn/ifr";
import { fresh, stringKeys } from "../data.js";
import type { Bench } from "../harness.js";
import { label, peer } from "./load.js";

interface Filter {
  add(key: string): unknown;
}
interface Bloomfilter {
  BloomFilter: { withTargetError(count: number, error: number): Filter & { test(key: string): boolean } };
}
interface BloomFilters {
  BloomFilter: { create(count: number, error: number): Filter & { has(key: string): boolean } };
}
interface Xxhash {
  default: () => Promise<{ h64(key: string): bigint; h64Raw(key: Uint8Array): bigint }>;
}

/** What 12.8 bits a key buy a split-block filter; the peers get the same. */
const ERROR = 0.004;
/** Queries in one call; each call takes the next ones. */
const TURN = 4096;

/** The rows of the filters, for a suite that has others too. */
export async function filters(b: Bench): Promise<void> {
  for (const count of b.quick ? [2000] : [10_000, 1_000_000]) await membership(b, count);
  await hashes(b);
}

export default filters;

/** Half of the queries are keys, half are not; none is the string object that was put in, and each is asked for once a round. */
async function membership(b: Bench, count: number): Promise<void> {
  const keys = stringKeys(count);
  const strangers = stringKeys(count, 2);
  const asked = Math.min(count, 100_000);
  const queries = Array.from({ length: asked }, (_, i) => fresh((i % 2 === 0 ? keys : strangers)[Math.floor((i * count) / asked)]!));
  const turn = Math.min(asked, TURN);
  const turns = Math.floor(asked / turn);
  const slices = Array.from({ length: turns }, (_, i) => queries.slice(i * turn, (i + 1) * turn));
  const columns = slices.map(packed);
  const size = `${count.toLocaleString("en")} strings`;
  const rotate = (ask: (at: number) => number) => {
    let next = 0;
    return () => ask(next++ % turns);
  };
  const bloom = SplitBlockBloom.createSync({ capacity: count });
  bloom.addMany(keys);
  const tags = TagFilter.createSync({ capacity: count });
  tags.addMany(keys);
  const bits = new Uint8Array(Math.ceil(turn / 8));
  // Each side has a loop of its own: one that all share would call none of them without a detour.
  const single = rotate((at) => {
    let hits = 0;
    for (const key of slices[at]!) if (bloom.has(key)) hits++;
    return hits;
  });
  const batch = rotate((at) => bloom.hasMany(slices[at]!, bits));
  const column = rotate((at) => bloom.hasMany(columns[at]!, bits));
  const tagged = rotate((at) => {
    let hits = 0;
    for (const key of slices[at]!) if (tags.has(key)) hits++;
    return hits;
  });
  const falseHits = (test: (key: string) => boolean) => strangers.filter((key) => test(key)).length / count;

  const others: [name: string, test: (key: string) => boolean, theirs: () => unknown][] = [];
  const bloomfilter = await peer<Bloomfilter>(b, "bloomfilter");
  if (bloomfilter !== undefined) {
    const filter = bloomfilter.BloomFilter.withTargetError(count, ERROR);
    for (const key of keys) filter.add(key);
    const theirs = rotate((at) => {
      let hits = 0;
      for (const key of slices[at]!) if (filter.test(key)) hits++;
      return hits;
    });
    others.push(["bloomfilter", (key) => filter.test(key), theirs]);
  }
  // At 6 us a key the million would take half a minute to say the same.
  const bloomFilters = count > 100_000 ? undefined : await peer<BloomFilters>(b, "bloom-filters");
  if (bloomFilters !== undefined) {
    const filter = bloomFilters.BloomFilter.create(count, ERROR);
    for (const key of keys) filter.add(key);
    const theirs = rotate((at) => {
      let hits = 0;
      for (const key of slices[at]!) if (filter.has(key)) hits++;
      return hits;
    });
    others.push(["bloom-filters", (key) => filter.has(key), theirs]);
  }
  for (const [name, test, theirs] of others) {
    const check = () => bloom.hasMany(keys) === count && tags.hasMany(keys) === count && keys.every((key) => test(key));
    const spec = { n: turn, peer: label(name), check, theirs };
    await b.compare({ ...spec, case: `split-block has, ${size}`, ours: single });
    await b.compare({ ...spec, case: `split-block hasMany, batches of ${turn}, ${size}`, ours: batch });
    await b.compare({ ...spec, case: `split-block hasMany, columns of ${turn}, ${size}`, ours: column });
    await b.compare({ ...spec, case: `tag filter has, ${size}`, ours: tagged });
    const share = { unit: "share", peer: label(name), peerValue: falseHits(test), higherIsBetter: false, n: count };
    b.score({ ...share, case: `false hits of split-block, ${size}`, ours: falseHits((key) => bloom.has(key)) });
    b.score({ ...share, case: `false hits of tag filter, ${size}`, ours: falseHits((key) => tags.has(key)) });
  }
  bloom.dispose();
  tags.dispose();
}

async function hashes(b: Bench): Promise<void> {
  const xxhash = await peer<Xxhash>(b, "xxhash-wasm");
  if (xxhash === undefined) return;
  const { h64, h64Raw } = await xxhash.default();
  const ours = Xxh64.createSync();
  const n = b.quick ? 2000 : 20_000;
  const keys = stringKeys(n, 5);
  const column = packed(keys);
  const out = new BigUint64Array(n);
  const check = () => {
    const many = ours.hashMany(keys);
    return (
      keys.every((key, i) => ours.hash(key) === h64(key) && many[i] === h64(key)) && ours.hashMany(column).every((h, i) => h === many[i])
    );
  };
  const theirs = () => {
    let last = 0n;
    for (const key of keys) last = h64(key);
    return last;
  };
  const spec = { n, peer: label("xxhash-wasm"), check, theirs };
  await b.compare({
    ...spec,
    case: "XXH64 of strings of 20, single",
    ours: () => {
      let last = 0n;
      for (const key of keys) last = ours.hash(key);
      return last;
    },
  });
  await b.compare({ ...spec, case: "XXH64 of strings of 20, batch", ours: () => ours.hashMany(keys, out)[0] });
  await b.compare({ ...spec, case: "XXH64 of strings of 20, column", ours: () => ours.hashMany(column, out)[0] });
  const bytes = new Uint8Array(b.quick ? 1e5 : 4e6).map((_, i) => i * 7);
  await b.compare({
    case: "XXH64 of one array, per byte",
    n: bytes.length,
    peer: label("xxhash-wasm"),
    check: () => ours.hash(bytes) === h64Raw(bytes),
    ours: () => ours.hash(bytes),
    theirs: () => h64Raw(bytes),
  });
  ours.dispose();
}

/** The keys, which are ASCII, as one column. */
function packed(keys: readonly string[]): { bytes: Uint8Array; offsets: Uint32Array } {
  const offsets = new Uint32Array(keys.length + 1);
  for (let i = 0; i < keys.length; i++) offsets[i + 1] = offsets[i]! + keys[i]!.length;
  return { bytes: new TextEncoder().encode(keys.join("")), offsets };
}
