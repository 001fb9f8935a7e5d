// Ten and thirty million keys: where a Map slows down, and where it ends.
import { FixedIfr, Ifr } from "mfn/ifr";
import { clock } from "../../clock.js";
import type { Bench } from "../../harness.js";
import { byteData, count, latin, QUERIES, rounds, WIDTH } from "./keys.js";

/** The rows of many keys. */
export async function large(b: Bench): Promise<void> {
  const n = b.quick ? 20_000 : 10_000_000;
  stringPauses(b, n);
  pauses(b, n);
  await withMap(b, n);
  await beyondMap(b, b.quick ? 50_000 : 30_000_000);
}

/**
 * Nanoseconds that a call takes: by the wall or by the processor, whichever is less, as the one counts what else the machine does and
 * the other what the engine's own threads do at the same time.
 */
function pauseOf(call: () => unknown): number {
  const wall = performance.now();
  const processor = clock.now();
  call();
  return Math.min(clock.now() - processor, (performance.now() - wall) * 1e6);
}

/** The longest of all calls that fill a registry of strings from empty, whose size nobody told it. */
function stringPauses(b: Bench, n: number): void {
  const registry = Ifr.createSync({ seed: 7 });
  const size = 128;
  const width = 20;
  const bytes = new Uint8Array(size * width).fill(97);
  const view = new DataView(bytes.buffer);
  const offsets = Uint32Array.from({ length: size + 1 }, (_, i) => i * width);
  const ids = new Int32Array(size);
  let longest = 0;
  for (let from = 0; from < n; from += size) {
    for (let i = 0; i < size; i++) {
      view.setUint32(i * width, Math.imul(from + i, 0x85ebca6b));
      view.setUint32(i * width + 4, from + i);
    }
    longest = Math.max(
      longest,
      pauseOf(() => registry.internMany({ bytes, offsets }, ids)),
    );
  }
  if (registry.size < n) b.fail("growth", new Error(`${registry.size} keys of ${n}`));
  else
    b.score({
      case: `longest call while ${count(n)} keys of any length are entered`,
      unit: "ms",
      ours: longest / 1e6,
      higherIsBetter: false,
      n,
    });
  registry.dispose();
}

/** The same of keys of one width. */
function pauses(b: Bench, n: number): void {
  const registry = FixedIfr.createSync({ width: WIDTH, seed: 7 });
  const size = 128;
  let longest = 0;
  for (let from = 0; from < n; from += size) {
    fillRandomly(registry, from, size);
    longest = Math.max(
      longest,
      pauseOf(() => registry.insertMany(size)),
    );
  }
  if (registry.size < n) {
    b.fail("growth", new Error(`${registry.size} keys of ${n}`));
    return;
  }
  const { indexBytes, loadFactor } = registry.stats();
  b.score({ case: `longest call while ${count(n)} of 16 bytes are entered`, unit: "ms", ours: longest / 1e6, higherIsBetter: false, n });
  b.score({ case: `index of ${count(n)}, grown by itself`, unit: "bytes/key", ours: indexBytes / n, higherIsBetter: false, n });
  b.score({ case: `load of that index`, unit: "share", ours: loadFactor, n });
  registry.dispose();
}

async function withMap(b: Bench, n: number): Promise<void> {
  const { keys, queries, expected, windows } = byteData(n);
  const registry = FixedIfr.createSync({ width: WIDTH, capacity: n, seed: 7 });
  registry.insertMany(keys);
  const map = new Map<string, number>();
  for (let from = 0; from < n; from += 1000) {
    const to = Math.min(n, from + 1000);
    for (const [i, key] of latin(keys, WIDTH, from, to, []).entries()) map.set(key, from + i);
  }
  const next = rounds(windows);
  const batch: string[] = [];
  const out = new Int32Array(expected.length);
  const { columns } = registry;
  await b.compare({
    case: `id of 16 bytes, ${count(n)}, batches of 2048`,
    n: QUERIES,
    peer: "Map.get of fresh strings",
    check: () => registry.lookupMany(queries, out) >= 0 && out.every((id, i) => id === expected[i]) && map.size === n,
    prepare: {
      theirs: () => {
        const from = next();
        latin(queries, WIDTH, from, from + QUERIES, batch);
      },
    },
    ours: () => {
      const from = next();
      let hits = 0;
      for (let at = from; at < from + QUERIES; at += 2048) {
        columns.keys.set(queries.subarray(at * WIDTH, (at + 2048) * WIDTH));
        hits += registry.lookupMany(2048);
      }
      return hits;
    },
    theirs: () => {
      let sum = 0;
      for (let i = 0; i < QUERIES; i++) sum += map.get(batch[i]!) ?? -1;
      return sum;
    },
  });
  registry.dispose();
}

/** More keys than a Map takes. */
async function beyondMap(b: Bench, n: number): Promise<void> {
  const registry = FixedIfr.createSync({ width: WIDTH, capacity: n, seed: 7 });
  const { capacity } = registry.columns;
  const began = clock.now();
  for (let from = 0; from < n; from += capacity) {
    const part = Math.min(capacity, n - from);
    fillRandomly(registry, from, part);
    registry.insertMany(part);
  }
  const took = clock.now() - began;
  if (registry.size !== n) {
    b.fail("many keys", new Error(`${registry.size} keys of ${n}`));
    return;
  }
  b.score({
    case: `enter ${count(n)} of 16 bytes, made for them, keys made on the way`,
    unit: "ns",
    ours: took / n,
    higherIsBetter: false,
    n,
  });
  b.score({ case: `memory of ${count(n)}`, unit: "MB", ours: registry.stats().memoryBytes / 1e6, higherIsBetter: false, n });
  const size = 2048;
  // Every second one a stranger; so many that their lines do not stay in any cache.
  const pieces = Array.from({ length: b.quick ? 16 : 512 }, (_, i) => {
    fillScattered(registry, i * size, size, n);
    return registry.columns.keys.slice(0, size * WIDTH);
  });
  const ours = () => {
    let hits = 0;
    for (const piece of pieces) {
      registry.columns.keys.set(piece);
      hits += registry.lookupMany(size);
    }
    return hits;
  };
  await b.measure({
    case: `id of 16 bytes, ${count(n)}, batches of ${size}`,
    n: pieces.length * size,
    check: () => ours() === (pieces.length * size) / 2,
    ours,
  });
  registry.dispose();
  const ints = new Map<number, number>();
  let most = 0;
  try {
    for (; most < n; most++) ints.set(most, most);
    b.log(`a Map took ${most} integers`);
  } catch (error) {
    b.log(`a Map of integers ends at ${most.toLocaleString("en")}: ${error instanceof Error ? error.message : error}`);
  }
}

/** Writes key number `from` + i: distinct and evenly spread (a multiplication by an odd number, and its high half mixed in). */
function fillRandomly(registry: FixedIfr, from: number, size: number): void {
  const { keys } = registry.columns;
  const words = new Uint32Array(keys.buffer, keys.byteOffset, size * 4);
  for (let i = 0; i < size; i++) key(words, i, from + i);
}

/** Keys in an order without order; every second is none that was entered. */
function fillScattered(registry: FixedIfr, from: number, size: number, n: number): void {
  const { keys } = registry.columns;
  const words = new Uint32Array(keys.buffer, keys.byteOffset, size * 4);
  for (let i = 0; i < size; i++) {
    const at = (Math.imul(from + i, 0x9e3779b1) >>> 0) % n;
    key(words, i, i % 2 === 0 ? at : n + at);
  }
}

function key(words: Uint32Array, i: number, number: number): void {
  const mixed = Math.imul(number, 0x85ebca6b);
  words[4 * i] = mixed;
  words[4 * i + 1] = number;
  words[4 * i + 2] = mixed ^ (mixed >>> 15);
  words[4 * i + 3] = 0x6d666e21;
}

export default large;
