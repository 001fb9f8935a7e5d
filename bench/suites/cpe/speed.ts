// What an event costs: learned, predicted, both in turn, beside a Markov model with backoff on Maps, which wins rows where the mixture's arithmetic is what is
// paid for. Both models have seen all events once before; learning goes on through them, round and round.
import { Cpe } from "mfn/cpe";
import { sequence } from "../../data.js";
import type { Bench } from "../../harness.js";
import { book } from "../../sequences/online.js";
import { bmsSet } from "../../sequences/sets.js";
import { MapMarkov } from "./speed-markov.js";

/** Events of a stretch that a timed call goes through. */
const EVENTS = 2000;
const STREAMS = 64;
const peer = "Markov on Maps, order 2";

/** The rows of time. */
export async function speed(b: Bench): Promise<void> {
  await times(b, "200 symbols", Array.from(sequence(b.quick ? 10_000 : 200_000, 200)));
  if (b.quick) return;
  await times(b, "16,384 symbols", Array.from(sequence(400_000, 16_384)));
  const sets = [bmsSet(), book()];
  for (const set of sets) {
    if (set === undefined) b.log("a public set skipped: it is not here (MFN_DATA)");
    else
      await times(
        b,
        set.name === "BMS" ? "BMS web clicks" : "LEVIATHAN words",
        set.sequences.flatMap((q) => Array.from(q)),
      );
  }
}

/** Stretches of an array, each with its start. */
function* stretches(length: number): Generator<number, never> {
  for (;;) for (let from = 0; from + EVENTS <= length; from += EVENTS) yield from;
}

async function times(b: Bench, name: string, events: number[]): Promise<void> {
  const { streams, ids } = interleaved(events);
  const cpe = Cpe.createSync();
  const batches = Cpe.createSync();
  const map = new MapMarkov();
  cpe.observeMany(streams, ids);
  batches.observeMany(streams, ids);
  for (const [i, id] of ids.entries()) map.observe(streams[i], id);

  const check = () => {
    const ours = known(events, (before, last) => cpe.predictAfter([before, last], 1).ids[0]);
    const theirs = known(events, (before, last) => map.predictAfter(before, last, 1)[0]);
    return ours > 0.05 && theirs > 0.05 && cpe.size === new Set(ids).size && batches.size === cpe.size;
  };
  const each = (work: (from: number) => unknown) => {
    const turn = stretches(ids.length);
    return () => work(turn.next().value);
  };
  const compare = (what: string, ours: (from: number) => unknown, theirs: (from: number) => unknown) =>
    b.compare({ case: `${what}, ${name}`, n: EVENTS, peer, check, ours: each(ours), theirs: each(theirs) });

  const learn = (model: Cpe | MapMarkov) => (from: number) => {
    for (let i = from; i < from + EVENTS; i++) model.observe(streams[i], ids[i]);
  };
  const bits = new Float32Array(EVENTS);
  const learnMany = (from: number) => batches.observeMany(streams.slice(from, from + EVENTS), ids.slice(from, from + EVENTS), bits);
  const both = (model: Cpe | MapMarkov) => (from: number) => {
    for (let i = from; i < from + EVENTS; i++) {
      model.predict(streams[i], 5);
      model.observe(streams[i], ids[i]);
    }
  };
  // A history of the stream's own each time: the next event of the same source.
  const ask = (predict: (before: number, last: number) => { length: number }) => (from: number) => {
    let answers = 0;
    for (let i = Math.max(2, from); i < from + EVENTS; i++) answers += predict(events[i - 2], events[i - 1]).length;
    return answers;
  };
  await compare("observe", learn(cpe), learn(map));
  await compare("observeMany", learnMany, learn(map));
  await compare("predict(5), then observe", both(cpe), both(map));
  await compare(
    "five predictions after two events",
    ask((before, last) => cpe.predictAfter([before, last], 5).ids),
    ask((before, last) => map.predictAfter(before, last, 5)),
  );
  // The full context of five, which is what a stream has.
  await b.measure({
    case: `five predictions after five events, ${name}`,
    n: EVENTS,
    check,
    ours: each((from) => {
      let answers = 0;
      for (let i = Math.max(5, from); i < from + EVENTS; i++) answers += cpe.predictAfter(events.slice(i - 5, i), 5).ids.length;
      return answers;
    }),
  });
  const some = ids.slice(0, 100);
  const out = new Float32Array(100);
  await b.measure({
    case: `probabilities of 100 ids, ${name}`,
    n: 100,
    check: () => cpe.probabilities(1, some, out).every((p) => p > 0 && p < 1),
    ours: each((from) => cpe.probabilities(from % STREAMS, some, out)),
  });
  cpe.dispose();
  batches.dispose();
}

/** Events of streams in turn. Each stream has its own stretch of the source, so that its event follows its last one as it does there. */
function interleaved(events: number[]): { streams: number[]; ids: number[] } {
  const stretch = Math.floor(events.length / STREAMS);
  const streams = Array.from({ length: stretch * STREAMS }, (_, i) => i % STREAMS);
  return { streams, ids: streams.map((stream, i) => events[stream * stretch + Math.floor(i / STREAMS)]) };
}

/** Share of events that a model guesses from the two before them, in a stretch of the source that it has learned. */
function known(events: number[], guess: (before: number, last: number) => number): number {
  const part = events.slice(0, EVENTS);
  return part.filter((id, i) => i > 1 && guess(part[i - 2], part[i - 1]) === id).length / part.length;
}

export default speed;
