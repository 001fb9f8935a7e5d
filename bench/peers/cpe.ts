import { Cpe } from "mfn/cpe";
import { bmsSessions } from "../bms.js";
import { sequence } from "../data.js";
import type { Bench } from "../harness.js";
import { label, peer } from "./load.js";

interface Cpt {
  default: new () => { train(sessions: number[][]): unknown; predict(histories: number[][], last: number, k: number): number[][] };
}
type Alz = new () => { add(symbol: string): void; predict(): Record<string, number> };

/** The window of the IPredict framework's protocol for this set: as many items of a session are seen before the last is asked for. */
const window = 5;

export default async function (b: Bench): Promise<void> {
  const clicks = b.quick ? undefined : bmsSessions(window);
  if (clicks === undefined) b.log("BMS web clicks skipped: a smoke run, or the file is not here (MFN_DATA)");
  const sets: [name: string, sessions: number[][]][] = [["made sessions", madeSessions(b.quick ? 200 : 2000)]];
  if (clicks !== undefined) sets.push(["BMS web clicks", clicks]);
  for (const [name, sessions] of sets) {
    await lastOfSession(b, name, sessions);
    await eachNext(b, name, sessions.flat().slice(0, b.quick ? 300 : 3000));
  }
}

/** Ten events each, from one source. */
function madeSessions(count: number): number[][] {
  const events = sequence(count * 10, 200);
  return Array.from({ length: count }, (_, i) => [...events.subarray(i * 10, (i + 1) * 10)]);
}

/** Learns four sessions in five, then asks for the last item of each other, once. */
async function lastOfSession(b: Bench, name: string, sessions: number[][]): Promise<void> {
  const cpt = await peer<Cpt>(b, "compact-prediction-tree");
  if (cpt === undefined) return;
  const train = sessions.filter((_, i) => i % 5 !== 4);
  const tests = sessions
    .filter((_, i) => i % 5 === 4)
    .map((items) => ({ history: items.slice(-1 - window, -1), next: items.at(-1) as number }));
  const learn = () => {
    const cpe = Cpe.createSync();
    train.forEach((items) => {
      cpe.observeMany(0, items);
      cpe.endSession(0);
    });
    return cpe;
  };
  const plant = () => {
    const tree = new cpt.default();
    tree.train(train);
    return tree;
  };
  const cpe = learn();
  const tree = plant();
  const ours = (history: number[]) => cpe.predictAfter(history, 1).ids[0];
  const theirs = (history: number[]): number | undefined => tree.predict([history], window, 1)[0][0];
  const hits = (ask: (history: number[]) => number | undefined) =>
    tests.filter(({ history, next }) => ask(history) === next).length / tests.length;
  const events = train.reduce((sum, items) => sum + items.length, 0);
  const version = label("compact-prediction-tree");
  const mine = hits(ours);
  // Ours does better than a blind guess and the peer, which is silent where no session held all of the window, has answers.
  const check = () => mine > 0.02 && tests.some(({ history }) => theirs(history) !== undefined);
  await b.compare({
    case: `learn, ${name}, ${events} events`,
    n: events,
    peer: version,
    check,
    ours: () => learn().dispose(),
    theirs: plant,
  });
  const turns = (ask: (history: number[]) => unknown) => {
    let next = 0;
    return () => ask(tests[next++ % tests.length].history);
  };
  await b.compare({ case: `predictAfter, ${name}`, n: 1, unit: "us", peer: version, check, ours: turns(ours), theirs: turns(theirs) });
  b.score({ case: `last of session, ${name}`, unit: "hit@1", ours: mine, peer: version, peerValue: hits(theirs), n: tests.length });
  cpe.dispose();
}

/** Asks for each event before it is learned. */
async function eachNext(b: Bench, name: string, events: number[]): Promise<void> {
  const module = await peer<{ default: Alz }>(b, "alz-predictor");
  if (module === undefined) return;
  const Alz = module.default;
  const ours = (some: readonly number[]) => {
    const cpe = Cpe.createSync();
    let hits = 0;
    for (const event of some) {
      if (cpe.predict(0, 1).ids[0] === event) hits++;
      cpe.observe(0, event);
    }
    cpe.dispose();
    return hits;
  };
  // It takes one character for one symbol; from 256 on, as digits would be put in order before other names.
  const text = events.map((event) => String.fromCharCode(256 + event));
  const theirs = (some: readonly string[]) => {
    const alz = new Alz();
    let hits = 0;
    for (const symbol of some) {
      let best = "";
      let most = 0;
      for (const [name, chance] of Object.entries(alz.predict())) {
        if (chance <= most) continue;
        most = chance;
        best = name;
      }
      if (best === symbol) hits++;
      alz.add(symbol);
    }
    return hits;
  };
  const version = label("alz-predictor");
  const part = Math.min(500, events.length);
  const few = events.slice(0, part);
  const fewText = text.slice(0, part);
  const all = { ours: ours(events), theirs: theirs(text) };
  await b.compare({
    case: `predict and observe, first ${part} events of ${name}`,
    n: part,
    unit: "us",
    peer: version,
    check: () => all.ours > 0.01 * events.length && all.theirs > 0.01 * events.length,
    ours: () => ours(few),
    theirs: () => theirs(fewText),
  });
  const shares = { ours: all.ours / events.length, peerValue: all.theirs / events.length };
  b.score({ case: `each next, ${name}`, unit: "hit@1", peer: version, n: events.length, ...shares });
}
