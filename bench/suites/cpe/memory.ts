// What less memory costs in accuracy, on sets large enough to fill it: the table of contexts at 64 MiB, at quarters of that, and as large as the whole
// state may be within 4 MiB. Everything else is the default.
import { Cpe } from "mfn/cpe";
import { sequence } from "../../data.js";
import type { Bench } from "../../harness.js";
import { book, manyBytes, manyWords, type OnlineSet } from "../../sequences/online.js";
import { type Estimate, jackknife, shown } from "../../sequences/prequential.js";

const MIB = 2 ** 20;
/** The whole state in the last row. */
const TOTAL = 4 * MIB;
/** Events of a block; blocks go to groups in turn, for the standard errors. */
const BLOCK = 1000;
const GROUPS = 20;
/** The smallest table that is tried, and by how much one is smaller than the one before. */
const LEAST = MIB / 4;
const STEP = MIB / 16;

/** The rows of top-1 lost. */
export async function memory(b: Bench): Promise<void> {
  const sets = b.quick ? [{ name: "made, 2000 symbols", sequences: [sequence(20_000, 2000)] }] : [book(), manyWords(), manyBytes()];
  for (const set of sets) {
    if (set === undefined) b.log("a public set skipped: it is not here (MFN_DATA)");
    else losses(b, set);
  }
}

/** What one size of the table got: hits in the groups of events, and the bytes of the state beside the table in the end. */
interface Run {
  hits: Float64Array;
  besides: number;
}

function losses(b: Bench, set: OnlineSet): void {
  const { name } = set;
  const events = new Float64Array(GROUPS);
  const [large, middle, small] = [64, 16, 4].map((mib) => score(set, mib * MIB, events));
  const n = sum(events);
  b.score({ case: `top-1, contexts of 64 MiB, ${name}`, unit: "hit@1", ours: sum(large.hits) / n, n });
  const row = (what: string, less: Run, more: Run) => {
    const lost = difference(more.hits, less.hits, events);
    b.log(`${name}, ${what}: ${shown(lost, 2, 100)} points of top-1 lost (standard error)`);
    b.score({ case: `top-1 lost, ${what}, ${name}`, unit: "points", ours: 100 * lost.value, n });
  };
  row("contexts of 16 for 64 MiB", middle, large);
  row("contexts of 4 for 16 MiB", small, middle);
  let bytes = 4 * MIB;
  while (bytes > LEAST && stateOf(bytes) + small.besides > TOTAL) bytes -= STEP;
  if (stateOf(bytes) + small.besides > TOTAL) {
    b.log(`${name}: its ids alone take ${label(small.besides)} of the state, so that it cannot be had in 4 MiB`);
    return;
  }
  const least = bytes === 4 * MIB ? small : score(set, bytes, events);
  b.log(`${name}, 4 MiB in all: contexts of ${label(bytes)}, ${label(stateOf(bytes) + least.besides)} with all the rest`);
  row("4 MiB in all for contexts of 16", least, middle);
  row("4 MiB in all for contexts of 64", least, large);
}

/** Bytes of the state of a model that has seen nothing. */
function stateOf(contextBytes: number): number {
  const cpe = Cpe.createSync({ contextBytes });
  const { stateBytes } = cpe.stats();
  cpe.dispose();
  return stateBytes;
}

/** Predicts, then observes, every event. The same events fall into the same groups at every size. */
function score({ sequences }: OnlineSet, contextBytes: number, events: Float64Array): Run {
  const cpe = Cpe.createSync({ contextBytes });
  const hits = new Float64Array(GROUPS);
  events.fill(0);
  let n = 0;
  for (const sequence of sequences) {
    cpe.endSession(0);
    for (let i = 0; i < sequence.length; i++, n++) {
      const group = Math.floor(n / BLOCK) % GROUPS;
      if (cpe.predict(0, 1).ids[0] === sequence[i]) hits[group]++;
      cpe.observe(0, sequence[i]);
      events[group]++;
    }
  }
  const besides = cpe.stats().stateBytes - stateOf(contextBytes);
  cpe.dispose();
  return { hits, besides };
}

function difference(more: Float64Array, less: Float64Array, events: Float64Array): Estimate {
  const groups = Array.from(events, (n, i) => Float64Array.of(n, more[i] - less[i]));
  return jackknife(groups, ([n, lost]) => lost / n);
}

function label(bytes: number): string {
  return `${Number((bytes / MIB).toFixed(2))} MiB`;
}

function sum(x: Float64Array): number {
  return x.reduce((a, b) => a + b, 0);
}

export default memory;
