// The sequence model beside counts of pairs on Maps. They do not do the same: the model mixes contexts of several lengths into
// probabilities. What both do is to name five candidates and to learn; the check is that both learn what there is to learn.
import { Cpe } from "mfn/cpe";
import { sequence } from "../../../../bench/data.js";
import { MapMarkov } from "../../../../bench/suites/cpe/speed-markov.js";
import type { Work } from "../sample.js";

const EVENTS = 1000;
const STREAMS = 64;

/** Both models after the same events, and work on the next ones, round and round. */
function models(step: (model: Cpe | MapMarkov, stream: number, id: number) => unknown): Work {
  const ids = sequence(40_960, 200);
  const stretch = ids.length / STREAMS;
  // Each stream has its own stretch of the sequence, so that its event follows its last one as it does there.
  const event = (i: number) => ids[(i % STREAMS) * stretch + Math.floor(i / STREAMS)];
  const cpe = Cpe.createSync();
  const map = new MapMarkov();
  let [right, naive] = [0, 0];
  for (let i = 0; i < ids.length; i++) {
    const [stream, id] = [i % STREAMS, event(i)];
    // The last tenth is guessed before it is learned.
    if (i >= ids.length * 0.9) {
      right += Number(cpe.predict(stream, 5).ids.includes(id));
      naive += Number(map.predict(stream, 5).includes(id));
    }
    cpe.observe(stream, id);
    map.observe(stream, id);
  }
  const turn = (model: Cpe | MapMarkov) => {
    let at = 0;
    return () => {
      for (let i = 0; i < EVENTS; i++, at = (at + 1) % ids.length) step(model, at % STREAMS, event(at));
      return at;
    };
  };
  const least = ids.length * 0.1 * 0.4;
  return {
    n: EVENTS,
    check: () => right > least && naive > least && right >= naive * 0.95,
    ours: turn(cpe),
    theirs: turn(map),
    dispose: () => cpe.dispose(),
  };
}

export const turn = (): Work =>
  models((model, stream, id) => {
    model.predict(stream, 5);
    model.observe(stream, id);
  });

export const learn = (): Work => models((model, stream, id) => model.observe(stream, id));
