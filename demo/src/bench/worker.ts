// Measures the catalogue's rows, one after the other. To cancel, the page ends this worker.
import { resolution } from "../../../bench/clock.js";
import * as alm from "./cases/alm.js";
import * as cpe from "./cases/cpe.js";
import * as dsr from "./cases/dsr.js";
import * as ifr from "./cases/ifr.js";
import * as mfn from "./cases/mfn.js";
import { catalogue, type Entry, type Result } from "./catalogue.js";
import { sample, sampleLength, type Work } from "./sample.js";

/** From the worker, in this order: the clock, then each row as it begins and as it ends, then the end. */
export type BenchMessage =
  /** The smallest step that the clock is seen to take, and what a sample lasts by it, in nanoseconds. */
  { type: "clock"; step: number; length: number } | { type: "started"; id: string } | { type: "row"; result: Result } | { type: "done" };

const works: Record<string, () => Work> = {
  "ifr-cut": ifr.cut,
  "ifr-column": ifr.column,
  "ifr-same": ifr.same,
  "ifr-enter": ifr.enter,
  "ifr-fixed": ifr.fixed,
  "ifr-bloom": ifr.bloom,
  "dsr-exact": dsr.exact,
  "dsr-index": dsr.index,
  "dsr-distances": dsr.distances,
  "alm-route": alm.route,
  "alm-bfs": alm.bfs,
  "alm-map": alm.bfsMap,
  "alm-hops": alm.hops,
  "alm-link": alm.link,
  "cpe-turn": cpe.turn,
  "cpe-learn": cpe.learn,
  "mfn-get": mfn.get,
  "mfn-recall": mfn.recall,
};

const nanoseconds = { ns: 1, us: 1e3, ms: 1e6 };
const post = (message: BenchMessage) => postMessage(message);

function measure({ id, unit }: Entry, step: number): Result {
  try {
    const work = works[id]();
    try {
      const { ours, theirs } = sample(work, step);
      // Three digits, as in a link: with more, a ratio there could be another one than here.
      const time = (value: number) => Number((value / nanoseconds[unit]).toPrecision(3));
      return { id, ours: time(ours), theirs: theirs === undefined ? undefined : time(theirs) };
    } finally {
      work.dispose();
    }
  } catch (error) {
    return { id, ours: undefined, theirs: undefined, failed: error instanceof Error ? error.message : String(error) };
  }
}

const step = resolution(undefined, 20);
post({ type: "clock", step, length: sampleLength(step) });
for (const entry of catalogue) {
  post({ type: "started", id: entry.id });
  post({ type: "row", result: measure(entry, step) });
}
post({ type: "done" });
