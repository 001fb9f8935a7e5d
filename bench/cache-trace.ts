// Traces of blocks for the prefetcher: ids are numbers, requests cover some of them, and the order matters. Nothing here needs Node.
import { Prefetcher, type PrefetcherOptions, type PrefetcherStats } from "mfn/cpe";
import { beladyMisses } from "../test/oracle/belady.js";
import { Lru } from "../test/oracle/lru.js";
import { Sieve } from "../test/oracle/sieve.js";
import { readTrace } from "./cache.js";
import { Random } from "./data.js";

export interface BlockTrace {
  /** One a request. */
  ids: Float64Array;
  /** Ids that each request covers. */
  spans: Uint32Array;
  /** Distinct ids. */
  objects: number;
}

/** Reads a trace of libCacheSim: block numbers are those of sectors of 512 bytes, sizes in bytes. */
export function readBlocks(csv: string): BlockTrace {
  const { keys, sizes, objects } = readTrace(csv);
  return { ids: Float64Array.from(keys, Number), spans: sizes.map((bytes) => Math.max(1, bytes / 512)), objects };
}

/** The same requests in random order: what is left is how often each id comes. */
export function shuffled({ ids, spans, objects }: BlockTrace, seed = 1): BlockTrace {
  const random = new Random(seed);
  const order = Array.from(ids.keys());
  for (let i = order.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return { ids: ids.map((_, i) => ids[order[i]!]!), spans: spans.map((_, i) => spans[order[i]!]!), objects };
}

type Request = [id: number, span: number];

/** Chances of the parts of a made trace; what they lack to 1 goes to requests for records that are asked for once. */
export interface Mix {
  /** Files read from end to end, some at a time. */
  files: number;
  /** Columns of tables: one id in every so many. */
  columns: number;
  /** Records, by Zipf's law. */
  records: number;
  /** Lists that are read again and again in an order of their own. */
  loops: number;
}

/**
 * A made trace: processes that read files, columns, records and lists, a few requests each in turn. Parameters of the prefetcher were chosen on such
 * traces, and on no others.
 */
export function madeTrace(requests: number, mix: Mix, seed = 1): BlockTrace {
  const random = new Random(seed);
  const ids = new Float64Array(requests);
  const spans = new Uint32Array(requests);
  const geometric = (mean: number) => 1 + Math.floor(-Math.log(1 - random.unit()) * mean);
  const run = (sizes: readonly number[], strided: boolean) => {
    const span = sizes[random.below(sizes.length)]!;
    return {
      at: 1e6 + 8 * random.below(1e7),
      span,
      step: strided ? span * (2 + random.below(30)) : span,
      left: geometric(strided ? 60 : 150),
    };
  };
  const [fileSizes, columnSizes] = [
    [8, 32, 64, 128, 256],
    [1, 8],
  ];
  const files = Array.from({ length: 6 }, () => run(fileSizes, false));
  const columns = Array.from({ length: 3 }, () => run(columnSizes, true));
  const lists = Array.from({ length: 4 }, () => {
    const at = 2e8 + random.below(1e7);
    return { list: Array.from({ length: 50 + random.below(400) }, () => at + 8 * random.below(20_000)), at: 0 };
  });
  const sums = new Float64Array(20_000);
  for (let i = 0; i < sums.length; i++) sums[i] = (i === 0 ? 0 : sums[i - 1]!) + 1 / (i + 1);
  const zipf = () => {
    const at = random.unit() * sums[sums.length - 1]!;
    let [low, high] = [0, sums.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sums[middle]! < at) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const follow = (runs: ReturnType<typeof run>[], sizes: readonly number[], strided: boolean) => {
    const i = random.below(runs.length);
    return (): Request => {
      if (runs[i]!.left-- <= 0) runs[i] = run(sizes, strided);
      const { at, span, step } = runs[i]!;
      runs[i]!.at += step;
      return [at, span];
    };
  };
  const draw = (): (() => Request) => {
    const u = random.unit();
    const [columnsFrom, recordsFrom] = [mix.files, mix.files + mix.columns];
    const loopsFrom = recordsFrom + mix.records;
    if (u < columnsFrom) return follow(files, fileSizes, false);
    if (u < recordsFrom) return follow(columns, columnSizes, true);
    if (u < loopsFrom) return () => [1.5e8 + 8 * ((zipf() * 7919) % 20_000), 8];
    if (u < loopsFrom + mix.loops) {
      const loop = lists[random.below(lists.length)]!;
      return () => [loop.list[loop.at++ % loop.list.length]!, 8];
    }
    return () => [3e8 + 16 * random.below(1e6), 16];
  };
  for (let i = 0; i < requests; ) {
    const next = draw();
    for (let left = geometric(4); left > 0 && i < requests; left--, i++) [ids[i], spans[i]] = next();
  }
  return { ids, spans, objects: new Set(ids).size };
}

/** What a policy did with a trace. */
export interface Replay {
  /** Shares of the requests that were not in the cache. */
  misses: number;
  /** Fetches a request, ahead and not. */
  traffic: number;
  /** Of what was fetched ahead, the share that was asked for while it was in the cache. */
  precision: number;
}

/** LRU on a Map that a prefetcher can fill. */
export class LruMap {
  readonly #map = new Map<number, number>();

  constructor(readonly most: number) {}

  has(id: number): boolean {
    return this.#map.has(id);
  }

  get(id: number): number | undefined {
    const value = this.#map.get(id);
    if (value !== undefined) {
      this.#map.delete(id);
      this.#map.set(id, value);
    }
    return value;
  }

  set(id: number, value: number): void {
    this.#map.delete(id);
    if (this.#map.size >= this.most) this.#map.delete(this.#map.keys().next().value!);
    this.#map.set(id, value);
  }
}

/** Misses of the optimum without prefetching. */
export function minMisses({ ids }: BlockTrace, entries: number): number {
  return beladyMisses(Array.from(ids, String), entries) / ids.length;
}

/** Misses of the oracles. */
export function plainMisses({ ids }: BlockTrace, entries: number): { lru: number; sieve: number } {
  const lru = new Lru(entries);
  const sieve = new Sieve<number>(entries);
  const misses = { lru: 0, sieve: 0 };
  for (const id of ids) {
    const key = String(id);
    if (!lru.get(key)) {
      misses.lru++;
      lru.set(key);
    }
    if (sieve.get(key) === undefined) {
      misses.sieve++;
      sieve.set(key, id);
    }
  }
  return { lru: misses.lru / ids.length, sieve: misses.sieve / ids.length };
}

/** Blind policies: fetch one more id with each request, if it is not there. */
export type Blind = "next block" | "next extent" | "last successor";

/** Replays a trace through LRU with a blind policy. */
export function replayBlind({ ids, spans }: BlockTrace, entries: number, blind: Blind): Replay {
  const cache = new LruMap(entries);
  const successors = new Map<number, number>();
  const unused = new Set<number>();
  let [misses, ahead, useful] = [0, 0, 0];
  for (const [i, id] of ids.entries()) {
    if (cache.get(id) === undefined) {
      misses++;
      cache.set(id, 1);
    } else if (unused.has(id)) useful++;
    unused.delete(id);
    const more = blind === "next block" ? id + 1 : blind === "next extent" ? id + spans[i]! : successors.get(id);
    if (i > 0) successors.set(ids[i - 1]!, id);
    if (more === undefined || cache.has(more)) continue;
    cache.set(more, 1);
    unused.add(more);
    ahead++;
  }
  const n = ids.length;
  return { misses: misses / n, traffic: (misses + ahead) / n, precision: ahead === 0 ? 1 : useful / ahead };
}

/** Replays a trace through a cache with our prefetcher. */
export function replay(
  { ids, spans }: BlockTrace,
  cache: { has(id: number): boolean; get(id: number): number | undefined; set(id: number, value: number): unknown },
  options: Omit<PrefetcherOptions<number, number>, "fetch">,
  withSpans = true,
): Replay & { stats: PrefetcherStats } {
  let fetches = 0;
  const fetch = () => {
    fetches++;
    return 1;
  };
  const p = new Prefetcher(cache, { ...options, fetch });
  for (const [i, id] of ids.entries()) p.get(id, withSpans ? { span: spans[i] } : undefined);
  const stats = p.stats();
  p.dispose();
  const n = ids.length;
  if (fetches !== Math.round(stats.traffic * n)) throw new Error(`${fetches} fetches, ${stats.traffic} a request reported`);
  return { misses: stats.misses / n, traffic: fetches / n, precision: stats.issued === 0 ? 1 : stats.useful / stats.issued, stats };
}
