// The similarity index on one set of vectors: how it is built, and its settings as contenders of a curve.
import type { Dsr } from "mfn/dsr";
import { clock } from "../../clock.js";
import type { Bench } from "../../harness.js";
import { fill, type VectorSet } from "../../vectors.js";
import { type Contender, measureCurve, timeAt, told } from "./curve.js";

/** Winner cells scanned and exact distances taken, for each query. */
export type Setting = [probes: number, candidates: number];

/** The recalls that engines are compared at. */
export const RECALLS = [0.95, 0.99, 0.997, 0.999];
/** The recalls that the index knows how to reach. */
export const ASKED = [0.9, 0.95, 0.98, 0.99, 0.995, 0.999];
/** Those of them that have rows. */
export const SHOWN = [0.95, 0.99, 0.999];

const SWEEP: Setting[] = [
  [2, 15],
  [4, 20],
  [6, 20],
  [8, 25],
  [8, 50],
  [12, 30],
  [12, 50],
  [16, 40],
  [16, 80],
  [24, 50],
  [24, 100],
  [32, 60],
  [32, 120],
  [48, 80],
  [48, 150],
  [64, 100],
  [64, 200],
  [96, 150],
  [96, 250],
  [128, 300],
  [192, 400],
];

/** Our index of a set, and the processor time in ms that it took to build. */
export function build(set: VectorSet, options: object = {}): { dsr: Dsr; ms: number } {
  const from = clock.now();
  const dsr = fill(set, options);
  return { dsr, ms: (clock.now() - from) / 1e6 };
}

/** Settings by hand, probes and candidates. */
export function swept(engine: string, dsr: Dsr, { queries }: VectorSet, sweep: readonly Setting[] = SWEEP): Contender[] {
  return sweep.map(([probes, candidates]) => {
    const options = { k: 10, probes, candidates };
    return { engine, setting: `probes ${probes}, candidates ${candidates}`, ask: (q) => dsr.search(queries[q], options).ids };
  });
}

/** What most callers do: they say what recall they want, and the index tunes itself. */
export function asked(engine: string, dsr: Dsr, { queries }: VectorSet, recalls = ASKED): Contender[] {
  return recalls.map((recall) => {
    const options = { k: 10, recall };
    return { engine, setting: `recall ${recall}`, ask: (q) => dsr.search(queries[q], options).ids };
  });
}

/**
 * Our curve alone, fast: what one tunes with. `DSR_OPTIONS` are further options of the index as JSON (`{"rows":"f32"}` leaves the
 * other kind of rows out), `DSR_SWEEP` is a list of [probes, candidates] instead of the usual one.
 */
export function curve(b: Bench, set: VectorSet | undefined): void {
  if (set === undefined) {
    b.log("skipped: the data is not here (MFN_DATA)");
    return;
  }
  const more = JSON.parse(process.env["DSR_OPTIONS"] ?? "{}") as { rows?: string };
  const rows = more.rows === undefined ? ["f32", "i8"] : [more.rows];
  const sweep = JSON.parse(process.env["DSR_SWEEP"] ?? "null") as Setting[] | null;
  const n = 10 * set.queries.length;
  const built = rows.map((kind) => ({ kind, ...build(set, { rows: kind, ...more }) }));
  for (const { kind, dsr, ms } of built) {
    b.score({ case: `build ${set.name}, ${kind} rows`, unit: "ms", ours: ms, higherIsBetter: false, n: set.count });
    b.log(`${kind} rows: ${JSON.stringify(dsr.stats())}`);
  }
  const byHand = (kind: string) => `${kind} rows`;
  const byRecall = (kind: string) => `${kind} rows by recall`;
  const points = measureCurve(
    set,
    built.flatMap(({ kind, dsr }) => [...swept(byHand(kind), dsr, set, sweep ?? undefined), ...asked(byRecall(kind), dsr, set)]),
  );
  for (const line of told(points)) b.log(line);
  for (const { kind, dsr } of built) {
    const own = points.filter(({ engine }) => engine === byHand(kind) || engine === byRecall(kind));
    for (const recall of RECALLS) {
      const us = timeAt(own, recall, n);
      const what = `search ${set.name}, ${kind} rows, recall@10 ${recall}`;
      if (us === undefined) b.log(`${what}: no setting finds as much`);
      else b.score({ case: what, unit: "us", ours: us, higherIsBetter: false, n: set.queries.length });
    }
    dsr.dispose();
  }
}
