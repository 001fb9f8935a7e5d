// Replays of request traces through caches: how often a policy misses. A request asks for a key; if it is not there, it is put in with
// the size of that request. Nothing here needs Node.
import { IfrCache, type IfrCacheOptions } from "mfn/ifr";
import { beladyMisses } from "../test/oracle/belady.js";
import { Lru } from "../test/oracle/lru.js";
import { Sieve } from "../test/oracle/sieve.js";
import { Random } from "./data.js";

/** Where the trace is below the data root: the first half of the CloudPhysics block trace of libCacheSim. */
export const traceFile = "cache/cloudphysics-first-half.csv.gz";

export interface Trace {
  /** One a request. */
  keys: string[];
  /** Bytes, one a request. */
  sizes: Uint32Array;
  /** Distinct keys, and the bytes of all, each as its first request had it. */
  objects: number;
  bytes: number;
}

/** Reads lines of version, time, operation, size and block number, the first of them a heading. */
export function readTrace(csv: string): Trace {
  const rows = csv
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.split(","));
  return traceOf(
    rows.map((row) => row[4]!),
    rows.map((row) => Number(row[3])),
  );
}

/** Requests for `objects` keys whose popularity falls as 1/rank, a fifth of them for keys that come once (scans), sizes from 512 to 64 Ki. */
export function zipfTrace(requests: number, objects: number, seed = 1): Trace {
  const random = new Random(seed);
  const sums = new Float64Array(objects);
  for (let i = 0, sum = 0; i < objects; i++) sums[i] = sum += 1 / (i + 1);
  const keys = Array.from({ length: requests }, (_, i) => {
    if (random.below(5) === 0) return `once ${i}`;
    const at = random.unit() * sums[objects - 1]!;
    let [low, high] = [0, objects - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sums[middle]! < at) low = middle + 1;
      else high = middle;
    }
    return `object ${low}`;
  });
  return traceOf(
    keys,
    keys.map(() => 512 * (1 + random.below(128))),
  );
}

function traceOf(keys: string[], sizes: number[]): Trace {
  const first = new Map<string, number>();
  for (const [i, key] of keys.entries()) if (!first.has(key)) first.set(key, sizes[i]!);
  let bytes = 0;
  for (const size of first.values()) bytes += size;
  return { keys, sizes: Uint32Array.from(sizes), objects: first.size, bytes };
}

/** Shares of the requests that miss, and whether ours and the reference agree on every single request. */
export interface MissRatios {
  ours: number;
  sieve: number;
  lru: number;
  /** By entries the optimum; by size a policy that knows the future, but no bound (belady.ts). */
  offline: number;
  identical: boolean;
}

/** Replays a trace through IfrCache, the reference SIEVE, LRU and the offline policy. */
export function missRatios(
  { keys, sizes }: Trace,
  maxEntries: number,
  maxSize?: number,
  options?: Pick<IfrCacheOptions<number>, "wasm">,
): MissRatios {
  const cache = IfrCache.createSync<number>({ ...options, maxEntries: Number.isFinite(maxEntries) ? maxEntries : undefined, maxSize });
  const sieve = new Sieve<number>(maxEntries, maxSize);
  const lru = new Lru(maxEntries, maxSize);
  const misses = { ours: 0, sieve: 0, lru: 0 };
  let identical = true;
  for (const [i, key] of keys.entries()) {
    const size = maxSize === undefined ? 1 : sizes[i]!;
    const found = cache.get(key);
    if (found === undefined) {
      misses.ours++;
      cache.set(key, i, { size });
    }
    const expected = sieve.get(key);
    if (expected === undefined) {
      misses.sieve++;
      sieve.set(key, i, size);
    }
    identical &&= found === expected;
    if (!lru.get(key)) {
      misses.lru++;
      lru.set(key, size);
    }
  }
  cache.dispose();
  const n = keys.length;
  const offline = beladyMisses(keys, maxEntries, maxSize === undefined ? undefined : sizes, maxSize) / n;
  return { ours: misses.ours / n, sieve: misses.sieve / n, lru: misses.lru / n, offline, identical };
}

/** Sizes of a cache worth looking at: shares of the distinct objects, or of their bytes. */
export const shares = [0.001, 0.01, 0.1];
