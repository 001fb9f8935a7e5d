// What ends of sessions teach. Whether an event was one of the last is known only when its session has ended, and by then the event model has
// learned the session. So each stream keeps what its last three events would teach if they were ends, and learns it if they are.
//
//   record  +0 f32[3][3][5]   gradients by event, newest at `next` - 1 (mod 3), and by t - 1
//           +180 u32 next     |  +184 u32 events kept, at most 3

import { TAIL_BYTES, tailAt } from "./layout";
import { wouldTeach } from "./mix";
import { TAIL } from "./store";
import { climb, DEEPEST, FEATURES } from "./weights";

const NEXT: usize = 180;
const KEPT: usize = 184;

/** Notes what symbol `s`, the next event of a stream, would teach. Between `mix` and `unmix`, whose probabilities are gone then. */
export function noteTail(r: u32, s: u32): void {
  const tail = tailAt(r);
  const next = load<u32>(tail, NEXT);
  for (let within: u32 = 1; within <= TAIL; within++) wouldTeach(s, within, gradientAt(tail, next, within));
  store<u32>(tail, next == TAIL - 1 ? 0 : next + 1, NEXT);
  store<u32>(tail, min<u32>(load<u32>(tail, KEPT) + 1, TAIL), KEPT);
}

/** The session of a stream has ended: its last t events teach, oldest first, what is among the last t. */
export function learnTail(r: u32): void {
  const tail = tailAt(r);
  const next = load<u32>(tail, NEXT);
  const events = load<u32>(tail, KEPT);
  for (let within: u32 = 1; within <= TAIL; within++) {
    for (let back = min<u32>(within, events); back > 0; back--)
      climb(DEEPEST + within, gradientAt(tail, (next + TAIL - back) % TAIL, within));
  }
  dropTail(r);
}

/** Nothing is known of a stream's last events. */
export function dropTail(r: u32): void {
  memory.fill(tailAt(r), 0, TAIL_BYTES);
}

function gradientAt(tail: usize, event: u32, within: u32): usize {
  return tail + ((<usize>((event * TAIL + within - 1) * FEATURES)) << 2);
}
