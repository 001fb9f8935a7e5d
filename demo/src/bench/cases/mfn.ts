// The engine: a value by its key, and a recall through all four layers.
import { Mfn } from "mfn";
import { Random } from "../../../../bench/data.js";
import type { Work } from "../sample.js";

const THINGS = 2000;
const DIMENSIONS = 32;
const STREAMS = 50;
const STEPS = [1, 2, 3, 7, 11];

/** Things on a ring with vectors and links to their neighbours, and streams that walk it. */
function world(): { mfn: Mfn; keys: string[]; last: string[] } {
  const random = new Random(7);
  const keys = Array.from({ length: THINGS }, (_, i) => `thing ${i}`);
  const mfn = Mfn.createSync({ dimensions: DIMENSIONS, capacity: THINGS });
  for (const [i, key] of keys.entries()) {
    const vector = Float32Array.from({ length: DIMENSIONS }, () => random.normal());
    mfn.remember(key, { vector, value: i, links: STEPS.map((step) => ({ to: keys[(i + step) % THINGS] })), at: 0 });
  }
  const last = Array.from({ length: STREAMS }, (_, stream) => {
    let at = random.below(THINGS);
    for (let step = 0; step < 40; step++) {
      at = (at + STEPS[random.below(STEPS.length)]) % THINGS;
      mfn.observe(`stream ${stream}`, keys[at], { at: step });
    }
    return keys[at];
  });
  return { mfn, keys, last };
}

export function get(): Work {
  const { mfn, keys } = world();
  const map = new Map(keys.map((key, i) => [key, i]));
  return {
    n: THINGS,
    check: () => keys.every((key) => mfn.get(key) === map.get(key)),
    ours: () => {
      let sum = 0;
      for (const key of keys) sum += mfn.get(key) as number;
      return sum;
    },
    theirs: () => {
      let sum = 0;
      for (const key of keys) sum += map.get(key) as number;
      return sum;
    },
    dispose: () => mfn.dispose(),
  };
}

export function recall(): Work {
  const { mfn } = world();
  let turn = 0;
  const ask = (stream: number) => mfn.recall({ stream: `stream ${stream}` });
  return {
    n: 1,
    check: () =>
      Array.from({ length: STREAMS }, (_, stream) => ask(stream).results).every(
        (results) => results.length > 0 && results.every(({ probability }, i) => probability <= (results[i - 1]?.probability ?? 1)),
      ),
    ours: () => ask(turn++ % STREAMS).results.length,
    dispose: () => mfn.dispose(),
  };
}
