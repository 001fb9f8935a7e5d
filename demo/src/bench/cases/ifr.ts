// Exact lookup beside Map, and a filter beside a Bloom filter in JavaScript.
import { FixedIfr, Ifr, packKeys, SplitBlockBloom } from "mfn/ifr";
import { byteKeys, permutation, stringKeys } from "../../../../bench/data.js";
import type { Work } from "../sample.js";
import { JsBloom } from "./bloom.js";

const KEYS = 10_000;
const QUERIES = 4096;
/** Characters of a key of `stringKeys`. */
const LENGTH = 20;
const WIDTH = 16;
/** Keys of 16 bytes that the module takes at once. */
const COLUMN = 3072;

/** Keys, and questions of which every second is a stranger. */
function strings() {
  const keys = stringKeys(KEYS, 1);
  const order = permutation(KEYS, 2);
  const asked = stringKeys(QUERIES, 3).map((stranger, i) => (i % 2 === 0 ? keys[order[i]] : stranger));
  const map = new Map(keys.map((key, id) => [key, id]));
  const ifr = Ifr.createSync({ seed: 7, capacity: KEYS });
  ifr.internMany(keys);
  // A fresh string each time it is cut, of which nobody knows the hash: as from a line of a log.
  const text = packed(asked);
  const cut = (i: number) => text.slice(i * LENGTH, (i + 1) * LENGTH);
  const theirs = () => {
    let sum = 0;
    for (let i = 0; i < QUERIES; i++) sum += map.get(cut(i)) ?? -1;
    return sum;
  };
  return { keys, asked, map, ifr, cut, theirs, text };
}

/** One string in one piece. */
function packed(keys: string[]): string {
  return new TextDecoder().decode(packKeys(keys).bytes);
}

export function cut(): Work {
  const { asked, map, ifr, cut, theirs } = strings();
  return {
    n: QUERIES,
    check: () => asked.every((key, i) => cut(i) === key && ifr.idOf(cut(i)) === (map.get(key) ?? -1)),
    ours: () => {
      let sum = 0;
      for (let i = 0; i < QUERIES; i++) sum += ifr.idOf(cut(i));
      return sum;
    },
    theirs,
    dispose: () => ifr.dispose(),
  };
}

export function column(): Work {
  const { asked, map, ifr, theirs } = strings();
  const bytes = packKeys(asked);
  const ids = new Int32Array(QUERIES);
  return {
    n: QUERIES,
    check: () => ifr.idsOf(bytes, ids).every((id, i) => id === (map.get(asked[i]) ?? -1)),
    ours: () => ifr.idsOf(bytes, ids)[0],
    theirs,
    dispose: () => ifr.dispose(),
  };
}

export function same(): Work {
  const { asked, map, ifr } = strings();
  return {
    n: QUERIES,
    check: () => asked.every((key) => ifr.idOf(key) === (map.get(key) ?? -1)),
    ours: () => {
      let sum = 0;
      for (const key of asked) sum += ifr.idOf(key);
      return sum;
    },
    theirs: () => {
      let sum = 0;
      for (const key of asked) sum += map.get(key) ?? -1;
      return sum;
    },
    dispose: () => ifr.dispose(),
  };
}

export function enter(): Work {
  const text = packed(stringKeys(KEYS, 4));
  const fresh = () => Array.from({ length: KEYS }, (_, i) => text.slice(i * LENGTH, (i + 1) * LENGTH));
  const build = () => {
    const ifr = Ifr.createSync({ seed: 7, capacity: KEYS });
    ifr.internMany(fresh());
    return ifr;
  };
  const ours = () => {
    const ifr = build();
    const { size } = ifr;
    ifr.dispose();
    return size;
  };
  const theirs = () => {
    const map = new Map<string, number>();
    for (const key of fresh()) map.set(key, map.size);
    return map.size;
  };
  const check = () => {
    const ifr = build();
    const right = fresh().every((key, id) => ifr.idOf(key) === id);
    ifr.dispose();
    return right && ours() === KEYS && theirs() === KEYS;
  };
  return { n: KEYS, check, ours, theirs, dispose: () => undefined };
}

/** Keys of 16 bytes, and questions of which every second is a stranger. */
function bytes() {
  const keys = byteKeys(KEYS, WIDTH, 4);
  const asked = byteKeys(COLUMN, WIDTH, 6);
  const order = permutation(KEYS, 5);
  for (let i = 0; i < COLUMN; i += 2) asked.set(keys.subarray(order[i] * WIDTH, (order[i] + 1) * WIDTH), i * WIDTH);
  return { keys, asked };
}

/** The bytes of key i as a string of one character a byte. */
function latin(bytes: Uint8Array, i: number): string {
  return String.fromCharCode.apply(null, bytes.subarray(i * WIDTH, (i + 1) * WIDTH) as unknown as number[]);
}

export function fixed(): Work {
  const { keys, asked } = bytes();
  const registry = FixedIfr.createSync({ width: WIDTH, capacity: KEYS, seed: 7 });
  registry.insertMany(keys);
  const map = new Map(Array.from({ length: KEYS }, (_, i) => [latin(keys, i), i]));
  const ours = () => {
    registry.columns.keys.set(asked);
    return registry.lookupMany(COLUMN);
  };
  const theirs = () => {
    let hits = 0;
    for (let i = 0; i < COLUMN; i++) hits += Number(map.get(latin(asked, i)) !== undefined);
    return hits;
  };
  const check = () => {
    const hits = ours();
    const right = registry.columns.ids.subarray(0, COLUMN).every((id, i) => id === (map.get(latin(asked, i)) ?? -1));
    return right && hits === COLUMN / 2 && theirs() === hits;
  };
  return { n: COLUMN, check, ours, theirs, dispose: () => registry.dispose() };
}

export function bloom(): Work {
  const { keys, asked } = bytes();
  const filter = SplitBlockBloom.createSync({ capacity: KEYS });
  filter.addMany({ width: WIDTH, bytes: keys });
  const plain = new JsBloom(filter.stats().bits);
  for (let i = 0; i < KEYS; i++) plain.add(keys, i * WIDTH, WIDTH);
  const view = filter.columns(WIDTH);
  const ours = () => {
    view.keys.set(asked);
    return filter.hasColumns(WIDTH, COLUMN);
  };
  const theirs = () => {
    let hits = 0;
    for (let i = 0; i < COLUMN; i++) hits += Number(plain.has(asked, i * WIDTH, WIDTH));
    return hits;
  };
  // Half are keys, of which none may be denied; of the strangers one in fifty may pass.
  const likely = (hits: number) => hits >= COLUMN / 2 && hits <= COLUMN * 0.51;
  const check = () => {
    for (let i = 0; i < COLUMN; i += 2) if (!plain.has(asked, i * WIDTH, WIDTH)) return false;
    return filter.hasMany({ width: WIDTH, bytes: keys }) === KEYS && likely(ours()) && likely(theirs());
  };
  return { n: COLUMN, check, ours, theirs, dispose: () => filter.dispose() };
}
