// Filters against Set, which is what one asks for membership without them, and their size and error against theory.
import { BinaryFuse, type FilterKeys, RollingBloom, SplitBlockBloom, TagFilter } from "mfn/ifr";
import { byteKeys, permutation, stringKeys } from "../../data.js";
import type { Bench } from "../../harness.js";

/** Bytes of a key, and characters of a key of `stringKeys`. */
const WIDTH = 16;
const LENGTH = 20;
/** Queries that go into the module at once. */
const QUERIES = 3968;
/** Keys of the rows of size and error. */
const MANY = 10_000_000;

/** The rows of the filters, for a suite that has others too. */
export async function filters(b: Bench): Promise<void> {
  for (const n of b.quick ? [5000] : [10_000, 1_000_000]) {
    await bytes(b, n);
    await strings(b, n);
    await builds(b, n);
  }
  errors(b, b.quick ? 20_000 : MANY);
}

export default filters;

const count = (n: number) => (n >= 1e6 ? `${n / 1e6}M` : `${n / 1e3}k`);

/**
 * Queries of a call, whole windows: as many as give each side the caches that it makes for itself, not those that the other side has
 * left. A Set keeps a string's hash in the string, so asked for the same objects again it does no hashing; the strings of a stream
 * are new. Here they are made for every sample before the clock runs, each in one piece, and asked for once.
 */
function queriesFor(b: Bench, n: number): number {
  return QUERIES * (b.quick ? 2 : n > 100_000 ? 66 : 8);
}

/** Fills `into` with the strings of `length` characters that `bytes` holds, each a new one. */
function cutFresh(bytes: Buffer, length: number, into: string[]): void {
  for (let i = 0, at = 0; at < bytes.length; i++, at += length) into[i] = bytes.toString("latin1", at, at + length);
}

/** Half of the queries are keys, half are not. A Set is asked with strings of one character a byte. */
async function bytes(b: Bench, n: number): Promise<void> {
  const column = byteKeys(n, WIDTH, 4);
  const total = queriesFor(b, n);
  const foreign = byteKeys(total, WIDTH, 6);
  const order = permutation(n, 5);
  const queries = Buffer.alloc(total * WIDTH);
  for (let i = 0; i < total; i++) {
    const at = i % 2 === 0 ? order[i % n]! : i;
    queries.set((i % 2 === 0 ? column : foreign).subarray(at * WIDTH, (at + 1) * WIDTH), i * WIDTH);
  }
  const known: string[] = [];
  cutFresh(Buffer.from(column.buffer), WIDTH, known);
  const set = new Set(known);
  const strings: string[] = [];
  const fresh = () => cutFresh(queries, WIDTH, strings);
  fresh();
  const theirs = () => {
    let sum = 0;
    for (let i = 0; i < total; i++) sum += Number(set.has(strings[i]!));
    return sum;
  };
  const keys: FilterKeys = { width: WIDTH, bytes: column };
  const expected = strings.map((text) => set.has(text));
  const all: [name: string, filter: SplitBlockBloom | TagFilter | BinaryFuse | RollingBloom, most: number][] = [
    ["split-block Bloom", SplitBlockBloom.createSync({ capacity: n }), 0.005],
    ["split-block Bloom by XXH64", SplitBlockBloom.createSync({ capacity: n, hash: "xxh64" }), 0.005],
    ["tag filter", TagFilter.createSync({ capacity: n }), 0.001],
    ["rolling Bloom of 2", RollingBloom.createSync({ capacity: n, generations: 2 }), 0.005],
    ["binary fuse of 8 bits", BinaryFuse.createSync(keys), 0.006],
    ["binary fuse of 16 bits", BinaryFuse.createSync(keys, { bits: 16 }), 0.001],
  ];
  for (const [name, filter, most] of all) {
    if (!(filter instanceof BinaryFuse)) filter.addMany(keys);
    const answers = new Uint8Array(Math.ceil(total / 8));
    const check = () => {
      filter.hasMany({ width: WIDTH, bytes: queries }, answers);
      const has = (i: number) => ((answers[i >> 3]! >> (i & 7)) & 1) === 1;
      const wrong = expected.filter((yes, i) => !yes && has(i)).length;
      return expected.every((yes, i) => !yes || has(i)) && wrong <= total * most + 2;
    };
    const view = filter.columns(WIDTH);
    await b.compare({
      case: `member of ${count(n)}, 16 bytes, ${name}, columns`,
      n: total,
      peer: "Set.has of fresh strings",
      check,
      prepare: { theirs: fresh },
      ours: () => {
        let sum = 0;
        for (let from = 0; from < total; from += QUERIES) {
          view.keys.set(queries.subarray(from * WIDTH, (from + QUERIES) * WIDTH));
          sum += filter.hasColumns(WIDTH, QUERIES);
        }
        return sum;
      },
      theirs,
    });
    filter.dispose();
  }
}

/** Calls `work` with the start of the next window of `QUERIES` queries, round and round. */
function windows<T>(total: number, work: (from: number) => T): () => T {
  let from = -QUERIES;
  return () => {
    from = from + 2 * QUERIES > total ? 0 : from + QUERIES;
    return work(from);
  };
}

/**
 * In the rows of cut strings the cutting is timed, on both sides. The last row asks for the same objects again, where the Set is at
 * its best.
 */
async function strings(b: Bench, n: number): Promise<void> {
  const keys = stringKeys(n, 1);
  const set = new Set(keys);
  const bloom = SplitBlockBloom.createSync({ capacity: n });
  bloom.addMany(keys);
  const total = queriesFor(b, n);
  const order = permutation(n, 2);
  const strangers = stringKeys(total, 3);
  const text = Array.from({ length: total }, (_, i) => (i % 2 === 0 ? keys[order[i % n]!]! : strangers[i]!)).join("");
  const bytes = Buffer.from(text, "latin1");
  const column = { bytes: new Uint8Array(bytes), offsets: Uint32Array.from({ length: total + 1 }, (_, i) => i * LENGTH) };
  const bits = new Uint8Array(total / 8);
  const check = () => {
    const known = keys.every((key) => bloom.has(key)) && bloom.hasMany(keys) === n;
    // Every second one is a key.
    const half = bloom.hasMany(column, bits) >= total / 2 && bits.every((byte) => (byte & 0x55) === 0x55);
    return known && half && strangers.filter((key) => bloom.has(key)).length <= total * 0.005 + 2;
  };
  const batch: string[] = [];
  let asked = total;
  const fresh = () => cutFresh(bytes.subarray(0, asked * LENGTH), LENGTH, batch);
  const theirs = () => {
    let sum = 0;
    for (let i = 0; i < asked; i++) sum += Number(set.has(batch[i]!));
    return sum;
  };
  const forms: [form: string, ours: () => unknown, prepare?: () => void, some?: number][] = [
    [
      "single",
      () => {
        let sum = 0;
        for (let i = 0; i < asked; i++) sum += Number(bloom.has(batch[i]!));
        return sum;
      },
      fresh,
    ],
    ["column", () => bloom.hasMany(column, bits)],
    // What a batch joins is garbage, and the collector, when it comes, copies all fresh strings there are: not too many here.
    ["batch", () => bloom.hasMany(batch, bits), fresh, Math.min(total, 8 * QUERIES)],
  ];
  for (const [form, ours, prepare, some = total] of forms) {
    asked = some;
    batch.length = some;
    const title = `member of ${count(n)}, fresh strings, ${form}`;
    await b.compare({
      case: title,
      n: asked,
      peer: "Set.has of fresh strings",
      check,
      prepare: { ours: prepare, theirs: fresh },
      ours,
      theirs,
    });
  }

  // Each side has a loop of its own: one that both share would call neither without a detour.
  const row = (form: string, peer: string, take: (i: number) => string) =>
    b.compare({
      case: `member of ${count(n)}, ${form}`,
      n: QUERIES,
      peer,
      check,
      ours: windows(total, (from) => {
        let sum = 0;
        for (let i = from; i < from + QUERIES; i++) sum += Number(bloom.has(take(i)));
        return sum;
      }),
      theirs: windows(total, (from) => {
        let sum = 0;
        for (let i = from; i < from + QUERIES; i++) sum += Number(set.has(take(i)));
        return sum;
      }),
    });
  await row("strings cut, single", "Set.has of cut strings", (i) => text.slice(i * LENGTH, (i + 1) * LENGTH));
  const again = stringKeys(Math.min(n, QUERIES), 1);
  await row("same string objects, single", "Set.has of the same objects", (i) => again[i % again.length]!);
  bloom.dispose();
}

async function builds(b: Bench, n: number): Promise<void> {
  const keys: FilterKeys = { width: WIDTH, bytes: byteKeys(n, WIDTH, 4) };
  const made: [name: string, make: () => { hasMany(keys: FilterKeys): number; dispose(): void }][] = [
    ["split-block Bloom", () => filled(SplitBlockBloom.createSync({ capacity: n }), keys)],
    ["tag filter", () => filled(TagFilter.createSync({ capacity: n }), keys)],
    ["binary fuse of 8 bits", () => BinaryFuse.createSync(keys)],
  ];
  for (const [name, make] of made) {
    await b.measure({
      case: `build of ${count(n)}, 16 bytes, ${name}`,
      n,
      check: () => make().hasMany(keys) === n,
      ours: () => {
        const filter = make();
        filter.dispose();
        return filter;
      },
    });
  }
}

function filled<F extends { addMany(keys: FilterKeys): void }>(filter: F, keys: FilterKeys): F {
  filter.addMany(keys);
  return filter;
}

/** Bits a key, and the share of absent keys that is let pass beside what theory says of it, for keys in order. */
function errors(b: Bench, n: number): void {
  const numbers = (from: number): FilterKeys => {
    const halves = new Uint32Array(2 * n);
    for (let i = 0; i < n; i++) halves[2 * i] = from + i;
    return { width: 8, bytes: new Uint8Array(halves.buffer) };
  };
  const present = numbers(0);
  const absent = numbers(n);
  const made: [name: string, make: () => SplitBlockBloom | TagFilter | BinaryFuse][] = [
    ["split-block Bloom", () => filled(SplitBlockBloom.createSync({ capacity: n }), present)],
    ["tag filter", () => filled(TagFilter.createSync({ capacity: n }), present)],
    ["binary fuse of 8 bits", () => BinaryFuse.createSync(present)],
    ["binary fuse of 16 bits", () => BinaryFuse.createSync(present, { bits: 16 })],
  ];
  for (const [name, make] of made) {
    const filter = make();
    const stats = filter.stats();
    b.score({ case: `size for ${count(n)}, ${name}`, unit: "bits/key", ours: stats.bits / n, higherIsBetter: false, n });
    b.score({ case: `denied of ${count(n)} keys, ${name}`, unit: "keys", ours: n - filter.hasMany(present), higherIsBetter: false, n });
    const share = filter.hasMany(absent) / n;
    const theory = { peer: "theory", peerValue: stats.falsePositiveRate };
    b.score({ case: `passed of ${count(n)} strangers, ${name}`, unit: "share", ours: share, ...theory, higherIsBetter: false, n });
    filter.dispose();
  }
}
