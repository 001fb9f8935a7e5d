import { Cpe } from "mfn/cpe";
import type { Bench } from "../harness.js";
import type { SequenceSet } from "../sequences/sets.js";
import { label, peer } from "./load.js";

type Alz = new () => { add(symbol: string): void; predict(): Record<string, number> };

/** Events that are scored, and that a timed call goes through: the more, the longer the peer takes for each. */
const EVENTS = 3000;

/** Asks for each event before it is learned, from a new model on, the sequences as one: the peer knows of no sessions. */
export async function eachNext(b: Bench, set: SequenceSet): Promise<void> {
  const module = await peer<{ default: Alz }>(b, "alz-predictor");
  if (module === undefined) return;
  const Alz = module.default;
  const { name } = set;
  const numbers = new Map<number, number>();
  const events = set.sequences
    .flat()
    .slice(0, b.quick ? 300 : EVENTS)
    .map((id) => {
      const number = numbers.get(id) ?? numbers.size;
      numbers.set(id, number);
      return number;
    });
  // It takes one character for one symbol; from 256 on, as digits would be put in order before other names.
  const text = events.map((event) => String.fromCharCode(256 + event));
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
  const theirs = (some: readonly string[]) => {
    const alz = new Alz();
    let hits = 0;
    for (const symbol of some) {
      if (likeliest(alz.predict()) === symbol) hits++;
      alz.add(symbol);
    }
    return hits;
  };
  const version = label("alz-predictor");
  const n = events.length;
  const all = { ours: ours(events), theirs: theirs(text) };
  const check = () => all.ours > 0.01 * n && all.theirs > 0.01 * n;
  await b.compare({
    case: `predict and observe, first ${n} events of ${name}`,
    n,
    unit: "us",
    peer: version,
    check,
    ours: () => ours(events),
    theirs: () => theirs(text),
  });
  b.score({ case: `each next, first ${n} of ${name}`, unit: "hit@1", ours: all.ours / n, peer: version, peerValue: all.theirs / n, n });
}

function likeliest(chances: Record<string, number>): string {
  let best = "";
  let most = 0;
  for (const [symbol, chance] of Object.entries(chances)) {
    if (chance <= most) continue;
    most = chance;
    best = symbol;
  }
  return best;
}
