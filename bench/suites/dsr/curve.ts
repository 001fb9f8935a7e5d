// Recall against processor time: every setting of every engine is asked in turn, and engines are compared at equal recall.
import { clock } from "../../clock.js";
import { percentile } from "../../statistics.js";
import { recall, type VectorSet } from "../../vectors.js";

/** One setting of one engine. */
export interface Contender {
  engine: string;
  setting: string;
  /** Before a run of queries, untimed. */
  begin?: () => void;
  /** Ids of the ten nearest of query i. */
  ask: (query: number) => ArrayLike<number | bigint>;
}

/** What a setting does. */
export interface Point {
  engine: string;
  setting: string;
  recall: number;
  /** Processor time of a query, in microseconds. */
  us: number;
}

const ROUNDS = 3;
const SLICES = 5;

/**
 * Asks every contender all queries, slice of queries by slice, all contenders taking turns in each, three rounds; a slice counts with its
 * best round, as what else the machine does only ever adds.
 */
export function measureCurve(set: VectorSet, contenders: readonly Contender[], rounds = ROUNDS): Point[] {
  const asked = set.queries.length;
  const answers = contenders.map((): ArrayLike<number | bigint>[] => []);
  const best = contenders.map(() => new Float64Array(SLICES).fill(Infinity));
  for (let round = 0; round < rounds; round++) {
    for (let slice = 0; slice < SLICES; slice++) {
      const from = Math.floor((slice * asked) / SLICES);
      const to = Math.floor(((slice + 1) * asked) / SLICES);
      contenders.forEach(({ begin, ask }, c) => {
        begin?.();
        // A few untimed ones bring back into the caches what every query of this engine reads.
        for (let q = from; q < Math.min(to, from + 10); q++) ask(q);
        const start = clock.now();
        for (let q = from; q < to; q++) answers[c][q] = ask(q);
        best[c][slice] = Math.min(best[c][slice], clock.now() - start);
      });
    }
  }
  return contenders.map(({ engine, setting }, c) => ({
    engine,
    setting,
    recall: recall(set, answers[c]),
    us: best[c].reduce((sum, x) => sum + x, 0) / asked / 1e3,
  }));
}

/** Settings that no other beats in both time and recall, by time. */
export function frontier(points: readonly Point[]): Point[] {
  let most = -1;
  return points
    .toSorted((a, b) => a.us - b.us || b.recall - a.recall)
    .filter((point) => {
      if (point.recall <= most) return false;
      most = point.recall;
      return true;
    });
}

/**
 * The time that an engine takes for a recall: between the two settings around it, the logarithm of the time is taken as a line over
 * -log(1 - recall). The time of its cheapest setting where even that finds more; undefined where none finds as much.
 * @param n neighbours that were asked for in all: no recall below 1 can be nearer to it than 1/n
 */
export function timeAt(points: readonly Point[], target: number, n: number): number | undefined {
  const curve = frontier(points);
  const at = curve.findIndex((point) => point.recall >= target);
  if (at <= 0) return curve[at]?.us;
  const misses = (r: number) => -Math.log(Math.max(1 - r, 0.5 / n));
  const low = curve[at - 1];
  const high = curve[at];
  const share = (misses(target) - misses(low.recall)) / (misses(high.recall) - misses(low.recall));
  return low.us * (high.us / low.us) ** share;
}

/** One line a setting, for a log. */
export function told(points: readonly Point[]): string[] {
  return points.map(({ engine, setting, recall, us }) => `${engine}, ${setting}: recall@10 ${recall.toFixed(4)}, ${us.toFixed(1)} us`);
}

/** Median and 99th percentile of single calls by the wall, in microseconds: what a caller waits. */
export function waits(asked: number, ask: (query: number) => unknown): { p50: number; p99: number } {
  for (let q = 0; q < asked; q++) ask(q);
  const took = Array.from({ length: asked }, (_, q) => {
    const from = performance.now();
    ask(q);
    return (performance.now() - from) * 1e3;
  }).toSorted((a, b) => a - b);
  return { p50: percentile(took, 0.5), p99: percentile(took, 0.99) };
}
