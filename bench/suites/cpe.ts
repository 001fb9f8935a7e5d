// The event model of CPE against a Markov model with backoff on Maps, which is what one writes without it: the followers of the last
// two events, else of the last, else the most frequent. The Map model only counts: it has no probabilities, no bound on its memory, and it wins
// the rows on time where the mixture's arithmetic is what is paid for.
import { Cpe } from "mfn/cpe";
import { bmsSessions } from "../bms.js";
import { sequence } from "../data.js";
import type { Bench } from "../harness.js";

/** Events learned or asked for in one call of a timed row. */
const EVENTS = 2000;
const STREAMS = 64;

export default async function cpe(b: Bench): Promise<void> {
  for (const symbols of b.quick ? [200] : [200, 16_384]) {
    const name = `${symbols} symbols`;
    const events = Array.from(sequence(b.quick ? 10_000 : 200_000, symbols));
    await times(b, name, events);
    scores(b, name, [events]);
  }
  const clicks = b.quick ? undefined : bmsSessions(5);
  if (clicks === undefined) {
    b.log("BMS web clicks skipped: a smoke run, or the file is not here (MFN_DATA)");
    return;
  }
  await times(b, "BMS web clicks", clicks.flat());
  scores(b, "BMS web clicks", clicks);
}

/** Markov with backoff from order 2. */
class MapMarkov {
  readonly #pairs = new Map<number, Map<number, number>>();
  readonly #singles = new Map<number, Map<number, number>>();
  readonly #all = new Map<number, number>();
  readonly #last = new Map<number, [number, number]>();

  observe(stream: number, id: number): void {
    const [before, last] = this.#last.get(stream) ?? [-1, -1];
    if (before >= 0) count(this.#pairs, before * 0x10_0000 + last, id);
    if (last >= 0) count(this.#singles, last, id);
    this.#all.set(id, (this.#all.get(id) ?? 0) + 1);
    this.#last.set(stream, [last, id]);
  }

  endSession(stream: number): void {
    this.#last.delete(stream);
  }

  predict(stream: number, k: number): number[] {
    const [before, last] = this.#last.get(stream) ?? [-1, -1];
    return this.predictAfter(before, last, k);
  }

  predictAfter(before: number, last: number, k: number): number[] {
    const followers = this.#pairs.get(before * 0x10_0000 + last) ?? this.#singles.get(last) ?? this.#all;
    return [...followers]
      .sort((x, y) => y[1] - x[1])
      .slice(0, k)
      .map(([id]) => id);
  }
}

function count(contexts: Map<number, Map<number, number>>, key: number, id: number): void {
  let followers = contexts.get(key);
  if (followers === undefined) {
    followers = new Map();
    contexts.set(key, followers);
  }
  followers.set(id, (followers.get(id) ?? 0) + 1);
}

/** Learning goes on through the events, round and round; both models have seen all of them once before. */
async function times(b: Bench, name: string, events: number[]): Promise<void> {
  const cpe = Cpe.createSync();
  const batches = Cpe.createSync();
  const map = new MapMarkov();
  // Each stream has its own stretch of the events, so that a stream's event follows its last one as it does in the source.
  const stretch = Math.floor(events.length / STREAMS);
  const order = Array.from({ length: stretch * STREAMS }, (_, i) => ({
    stream: i % STREAMS,
    id: events[(i % STREAMS) * stretch + Math.floor(i / STREAMS)],
  }));
  const streams = order.map(({ stream }) => stream);
  const ids = order.map(({ id }) => id);
  for (const { stream, id } of order) {
    cpe.observe(stream, id);
    map.observe(stream, id);
  }
  batches.observeMany(streams, ids);
  let turn = 0;
  const next = () => {
    turn = turn + 2 * EVENTS > order.length ? 0 : turn + EVENTS;
    return turn;
  };
  const peer = "Markov on Maps";
  const check = () => {
    const ours = known(events, (before, last) => cpe.predictAfter([before, last], 1).ids[0]);
    const theirs = known(events, (before, last) => map.predictAfter(before, last, 1)[0]);
    return ours > 0.2 && theirs > 0.2 && cpe.size === new Set(ids).size && batches.size === cpe.size;
  };

  const learn = (model: Cpe | MapMarkov) => () => {
    const from = next();
    for (let i = from; i < from + EVENTS; i++) model.observe(streams[i], ids[i]);
  };
  await b.compare({ case: `observe, ${name}`, n: EVENTS, peer, check, ours: learn(cpe), theirs: learn(map) });
  const bits = new Float32Array(EVENTS);
  const learnMany = () => {
    const from = next();
    return batches.observeMany(streams.slice(from, from + EVENTS), ids.slice(from, from + EVENTS), bits);
  };
  await b.compare({ case: `observeMany, ${name}`, n: EVENTS, peer, check, ours: learnMany, theirs: learn(map) });

  // A new history for each query.
  const ask = (predict: (before: number, last: number) => { length: number }) => () => {
    const from = next();
    let answers = 0;
    for (let i = from + 2; i < from + EVENTS; i++) answers += predict(events[i - 2], events[i - 1]).length;
    return answers;
  };
  await b.compare({
    case: `predictAfter, five guesses, ${name}`,
    n: EVENTS,
    peer,
    check,
    ours: ask((before, last) => cpe.predictAfter([before, last], 5).ids),
    theirs: ask((before, last) => map.predictAfter(before, last, 5)),
  });
  const some = ids.slice(0, 100);
  const out = new Float32Array(100);
  await b.measure({
    case: `probabilities of 100 ids, ${name}`,
    n: 100,
    check: () => cpe.probabilities(1, some, out).every((p) => p > 0 && p < 1),
    ours: () => cpe.probabilities(next() % STREAMS, some, out),
  });
  cpe.dispose();
  batches.dispose();
}

/** Share of events that a model guesses from the two before them, in a stretch of the source that it has learned. */
function known(events: number[], guess: (before: number, last: number) => number): number {
  const part = events.slice(0, EVENTS);
  return part.filter((id, i) => i > 1 && guess(part[i - 2], part[i - 1]) === id).length / part.length;
}

/** Predicts every event, then learns it. */
function scores(b: Bench, name: string, sequences: number[][]): void {
  const cpe = Cpe.createSync();
  const map = new MapMarkov();
  const bins = Array.from({ length: 10 }, () => ({ p: 0, hits: 0 }));
  let bits = 0;
  let n = 0;
  const hits = { first: 0, five: 0, mapFirst: 0, mapFive: 0 };
  for (const events of sequences) {
    cpe.endSession(0);
    map.endSession(0);
    for (const id of events) {
      const { ids, probabilities } = cpe.predict(0, 5);
      const theirs = map.predict(0, 5);
      if (ids.length > 0) {
        const bin = bins[Math.min(9, Math.floor(probabilities[0] * 10))];
        bin.p += probabilities[0];
        if (ids[0] === id) bin.hits++;
      }
      if (ids[0] === id) hits.first++;
      if (ids.includes(id)) hits.five++;
      if (theirs[0] === id) hits.mapFirst++;
      if (theirs.includes(id)) hits.mapFive++;
      bits += cpe.observe(0, id);
      map.observe(0, id);
      n++;
    }
  }
  const peer = "Markov on Maps";
  b.score({ case: `first guess, ${name}`, unit: "hit@1", ours: hits.first / n, peer, peerValue: hits.mapFirst / n, n });
  b.score({ case: `five guesses, ${name}`, unit: "hit@5", ours: hits.five / n, peer, peerValue: hits.mapFive / n, n });
  b.score({ case: `surprise, ${name}`, unit: "bits/event", ours: bits / n, n });
  const error = bins.reduce((sum, { p, hits: h }) => sum + Math.abs(p - h), 0) / n;
  b.score({ case: `calibration error of the first guess, ${name}`, unit: "share", ours: error, n });
  cpe.dispose();
}
