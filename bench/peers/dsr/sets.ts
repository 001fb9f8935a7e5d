// One set of vectors, all engines: build, search at equal recall, one more vector, memory.
import { Dsr } from "mfn/dsr";
import { clock } from "../../clock.js";
import type { Bench } from "../../harness.js";
import { median } from "../../statistics.js";
import { measureCurve, type Point, timeAt, told } from "../../suites/dsr/curve.js";
import { asked, build, RECALLS, SHOWN, swept } from "../../suites/dsr/ours.js";
import type { VectorSet } from "../../vectors.js";
import type { Engine } from "./engine.js";

/** Vectors of one timed slice of adding, and slices of each side. */
const ADDED = 20;
const SLICES = 15;

type Make = (b: Bench, set: VectorSet) => Promise<Engine | undefined>;

const kinds = ["f32", "i8"] as const;
const byHand = (kind: string) => `mfn, ${kind} rows`;
const byRecall = (kind: string) => `mfn, ${kind} rows by recall`;

/** Compares the index with peers on a set. */
export async function compare(b: Bench, set: VectorSet, makers: readonly Make[]): Promise<void> {
  const ours = kinds.map((kind) => ({ kind, ...build(set, { rows: kind }) }));
  const oneByOne = buildOneByOne(set);
  const engines: Engine[] = [];
  for (const make of makers) {
    const engine = await make(b, set);
    if (engine === undefined) continue;
    engines.push(engine);
    for (const { kind, ms } of ours) {
      b.score({
        case: `build, ${set.name}, ${kind} rows`,
        unit: "ms",
        ours: ms,
        peer: engine.name,
        peerValue: engine.buildMs,
        higherIsBetter: false,
        n: set.count,
      });
    }
    b.score({
      case: `build by single adds, ${set.name}, f32 rows`,
      unit: "ms",
      ours: oneByOne,
      peer: engine.name,
      peerValue: engine.buildMs,
      higherIsBetter: false,
      n: set.count,
    });
  }
  const points = measureCurve(set, [
    ...ours.flatMap(({ kind, dsr }) => [...swept(byHand(kind), dsr, set), ...asked(byRecall(kind), dsr, set)]),
    ...engines.flatMap(({ contenders }) => contenders),
  ]);
  for (const line of told(points)) b.log(`${set.name}: ${line}`);
  for (const { name } of engines) {
    for (const kind of kinds) {
      atRecalls(b, set, kind, points, name);
      whatUsersGet(b, set, kind, points, name);
    }
  }
  const [{ dsr }] = ours;
  for (const engine of engines) memory(b, set, dsr, engine);
  for (const engine of engines) adding(b, set, dsr, engine);
  for (const { dsr } of ours) dsr.dispose();
}

/** Processor time in ms of an index that grows vector by vector, and so learns several times on the way. */
function buildOneByOne({ dimensions, metric, count, rows }: VectorSet): number {
  const from = clock.now();
  const dsr = Dsr.createSync({ dimensions, metric });
  for (let i = 0; i < count; i++) dsr.add(i, rows.subarray(i * dimensions, (i + 1) * dimensions));
  const ms = (clock.now() - from) / 1e6;
  if (dsr.size !== count) throw new Error(`an index of ${dsr.size} vectors instead of ${count}`);
  dsr.dispose();
  return ms;
}

const of = (points: readonly Point[], engine: string) => points.filter((point) => point.engine === engine);

/** Both sides at their best settings, at the same recall. */
function atRecalls(b: Bench, set: VectorSet, kind: string, points: readonly Point[], peer: string): void {
  const n = 10 * set.queries.length;
  for (const target of RECALLS) {
    const what = `recall@10 ${target}, ${set.name}, ${kind} rows`;
    const ours = timeAt([...of(points, byHand(kind)), ...of(points, byRecall(kind))], target, n);
    const theirs = timeAt(of(points, peer), target, n);
    // Rows rounded to 8 bits have other nearest neighbours here and there, which no setting mends.
    if (ours === undefined && kind === "i8") b.log(`${what}: no setting of ours finds as much`);
    else if (ours === undefined) b.fail(what, new Error("no setting of ours finds as much"));
    else if (theirs === undefined) b.log(`${what}: ${ours.toFixed(1)} us; no setting of ${peer} finds as much`);
    else b.score({ case: what, unit: "us", ours, peer, peerValue: theirs, higherIsBetter: false, n: set.queries.length });
  }
}

/** A caller who asks for a recall, against the peer at the recall that this caller then gets. */
function whatUsersGet(b: Bench, set: VectorSet, kind: string, points: readonly Point[], peer: string): void {
  for (const { setting, recall, us } of of(points, byRecall(kind))) {
    if (!SHOWN.some((wanted) => setting === `recall ${wanted}`)) continue;
    const what = `asked for ${setting}, got ${recall.toFixed(4)}, ${set.name}, ${kind} rows`;
    const theirs = timeAt(of(points, peer), recall, 10 * set.queries.length);
    if (theirs === undefined) b.log(`${what}: ${us.toFixed(1)} us; no setting of ${peer} finds as much`);
    else b.score({ case: what, unit: "us", ours: us, peer, peerValue: theirs, higherIsBetter: false, n: set.queries.length });
  }
}

/** One vector after the other into full indexes, both sides in turn: a changed query is a new vector like those that are there. */
function adding(b: Bench, set: VectorSet, dsr: Dsr, engine: Engine): void {
  const { queries, count } = set;
  const what = `add one vector, ${set.name}, f32 rows`;
  const fresh = Array.from({ length: ADDED * SLICES }, (_, i) => {
    const query = queries[i % queries.length].slice();
    const from = Math.floor(i / queries.length) + 1;
    return query.map((x, at) => (at % 7 === from ? x * 0.5 : x));
  });
  const slice = (add: (id: number, vector: Float32Array) => void, s: number) => {
    const from = clock.now();
    for (let i = s * ADDED; i < (s + 1) * ADDED; i++) add(count + i, fresh[i]);
    return (clock.now() - from) / 1e3 / ADDED;
  };
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let s = 0; s < SLICES; s++) {
    ours.push(slice((id, vector) => void dsr.add(id, vector), s));
    theirs.push(slice(engine.add, s));
  }
  const found = (nearest: (vector: Float32Array) => number) => fresh.filter((vector, i) => nearest(vector) === count + i).length;
  const mine = found((vector) => dsr.search(vector, { k: 1 }).ids[0]);
  const other = found(engine.nearest);
  b.log(`${what}: of ${fresh.length} added, ${mine} are found as their own nearest, ${other} by ${engine.name}`);
  if (mine < 0.9 * fresh.length || other < 0.9 * fresh.length) b.fail(what, new Error("what was added is not found"));
  else {
    const values = { ours: median(ours), peerValue: median(theirs) };
    b.score({ case: what, unit: "us", ...values, peer: engine.name, higherIsBetter: false, n: fresh.length });
  }
  for (let i = 0; i < fresh.length; i++) dsr.remove(count + i);
}

/** Beside our state in memory, the peer's file, which holds as much: rows and graph. */
function memory(b: Bench, { name, count, dimensions }: VectorSet, dsr: Dsr, { name: peer, fileBytes }: Engine): void {
  if (fileBytes === undefined) return;
  const beyond = (bytes: number) => bytes / count - 4 * dimensions;
  b.score({
    case: `beyond the rows, ${name}, f32 rows`,
    unit: "bytes/vector",
    ours: beyond(dsr.stats().stateBytes),
    peer: `${peer}, file`,
    peerValue: beyond(fileBytes),
    higherIsBetter: false,
    n: count,
  });
}
