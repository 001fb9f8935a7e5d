// Snapshots: a registry from its file, checksum included, against a Map that is built anew: of keys that are there as strings
// already, of the same bytes, and from JSON. And what it costs to share memory with readers.
import { FixedIfr, FixedIfrReader, Ifr, IfrReader, SharedFixedIfr, SharedIfr } from "mfn/ifr";
import { byteKeys, stringKeys } from "../../data.js";
import type { Bench } from "../../harness.js";
import { byteData, count, latin, QUERIES, rounds, WIDTH } from "./keys.js";

/** The rows of snapshots and of shared memory. */
export async function snapshots(b: Bench): Promise<void> {
  const n = b.quick ? 5000 : 1_000_000;
  await loading(b, n);
  await sharing(b, n);
}

export default snapshots;

async function loading(b: Bench, n: number): Promise<void> {
  const keys = byteKeys(n, WIDTH, 4);
  const registry = FixedIfr.createSync({ width: WIDTH, capacity: n, seed: 7 });
  registry.insertMany(keys);
  const file = registry.snapshot();
  b.score({ case: `snapshot of ${count(n)} keys of 16 bytes`, unit: "bytes/key", ours: file.length / n, higherIsBetter: false, n });
  const strings: string[] = [];
  const prepare = {
    theirs: () => {
      latin(keys, WIDTH, 0, n, strings);
    },
  };
  const theirs = () => {
    const map = new Map<string, number>();
    for (let i = 0; i < n; i++) map.set(strings[i]!, i);
    return map.size;
  };
  const ids = new Int32Array(n);
  const whole = (ifr: FixedIfr) => ifr.lookupMany(keys, ids) === n && ids.every((id, i) => id === i);
  const load = () => {
    const loaded = FixedIfr.loadSync(file);
    const { size } = loaded;
    loaded.dispose();
    return size;
  };
  const common = { n: 1, unit: "ms" } as const;
  const peer = "Map.set of fresh strings";
  const rebuilt = () => {
    prepare.theirs();
    return theirs() === n;
  };
  const check = () => load() === n && whole(FixedIfr.loadSync(file)) && rebuilt();
  await b.compare({ ...common, case: `load ${count(n)} into new memory`, peer, check, prepare, ours: load, theirs });

  let spare = FixedIfr.loadSync(file);
  const reload = () => {
    spare = FixedIfr.loadSync(file, { reuse: spare });
    return spare.size;
  };
  const reloaded = () => reload() === n && whole(spare) && rebuilt();
  await b.compare({ ...common, case: `load ${count(n)} into a spare one's memory`, peer, check: reloaded, prepare, ours: reload, theirs });

  const used = FixedIfr.loadSync(file);
  const restore = () => {
    used.restore(file);
    return used.size;
  };
  const restored = () => restore() === n && whole(used) && rebuilt();
  await b.compare({ ...common, case: `restore ${count(n)}, checked before`, peer, check: restored, prepare, ours: restore, theirs });

  const fromBytes = () => {
    prepare.theirs();
    return theirs();
  };
  const right = () => reload() === n && whole(spare) && fromBytes() === n;
  await b.compare({
    ...common,
    case: `load ${count(n)} into a spare one's memory`,
    peer: "Map built of the keys' bytes",
    check: right,
    ours: reload,
    theirs: fromBytes,
  });

  const text = JSON.stringify(latin(keys, WIDTH, 0, n, []).map((key, i) => [key, i]));
  const parse = () => new Map<string, number>(JSON.parse(text)).size;
  const parsed = () => load() === n && parse() === n;
  await b.compare({
    ...common,
    case: `load ${count(n)} into new memory`,
    peer: "Map of JSON.parse",
    check: parsed,
    ours: load,
    theirs: parse,
  });
}

async function sharing(b: Bench, n: number): Promise<void> {
  const { keys, queries, expected, windows } = byteData(n);
  const options = { width: WIDTH, capacity: n, seed: 7, maxBytes: 40 * n + 1_000_000 } as const;
  const own = FixedIfr.createSync(options);
  const shared = SharedFixedIfr.createSync(options);
  for (const each of [own, shared]) each.insertMany(keys);
  const reader = FixedIfrReader.attach(shared.handle());
  const out = new Int32Array(QUERIES);
  const all = new Int32Array(expected.length);
  const right = (each: Pick<FixedIfr, "lookupMany">) => each.lookupMany(queries, all) > 0 && all.every((id, i) => id === expected[i]);
  const lookups = (each: Pick<FixedIfr, "lookupMany">) => {
    const next = rounds(windows);
    return () => {
      const from = next();
      return each.lookupMany(queries.subarray(from * WIDTH, (from + QUERIES) * WIDTH), out);
    };
  };
  await b.compare({
    case: `id of 16 bytes, ${count(n)}, by a reader of shared memory`,
    n: QUERIES,
    peer: "the same in own memory",
    check: () => right(reader) && right(own),
    ours: lookups(reader),
    theirs: lookups(own),
  });

  const names = stringKeys(10_000, 1);
  const [plain, writer] = [Ifr.createSync({ seed: 7 }), SharedIfr.createSync({ seed: 7, maxBytes: 10_000_000 })];
  for (const each of [plain, writer]) each.internMany(names);
  const single = IfrReader.attach(writer.handle());
  const finds = (each: Pick<Ifr, "idOf">) => () => {
    let sum = 0;
    for (const name of names) sum += each.idOf(name);
    return sum;
  };
  const found = (each: Pick<Ifr, "idOf">) => names.every((name, id) => each.idOf(name) === id);
  await b.compare({
    case: `find in 10k strings, single, by a reader of shared memory`,
    n: names.length,
    peer: "the same in own memory",
    check: () => found(single) && found(plain),
    ours: finds(single),
    theirs: finds(plain),
  });
  const again = (each: Ifr) => () => {
    let sum = 0;
    for (const name of names) sum += each.intern(name);
    return sum;
  };
  await b.compare({
    case: `enter 10k strings that are there, single, in shared memory`,
    n: names.length,
    peer: "the same in own memory",
    check: () => again(writer)() === again(plain)(),
    ours: again(writer),
    theirs: again(plain),
  });
}
