import type { Operation } from "mfn";
import { DIMENSIONS } from "../../wikispeedia.js";

/** How far a thing's links lead around the ring. */
const STEPS = [1, 2, 3, 7, 11];

/** Things that are about the same subject, and how far a thing lies from its subject's centre, in lengths of the centre. */
const SUBJECT = 50;
const SPREAD = 0.8;

/** Things on a ring with vectors, links to their neighbours, and streams that walk it. Neighbours on the ring are about the same subject. */
export function world(things: number, streams = 50): Operation[] {
  let state = 7;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 0x1_0000_0000;
  };
  const key = (i: number) => `thing ${((i % things) + things) % things}`;
  const operations: Operation[] = [];
  let centre = new Float32Array(DIMENSIONS);
  for (let i = 0; i < things; i++) {
    if (i % SUBJECT === 0) centre = centre.map(() => random() - 0.5);
    const vector = centre.map((x) => x + SPREAD * (random() - 0.5));
    const links = STEPS.map((step) => ({ to: key(i + step) }));
    operations.push({ op: "remember", key: key(i), vector, value: i, links, at: 0 });
  }
  for (let s = 0; s < streams; s++) {
    let at = Math.floor(random() * things);
    for (let step = 0; step < 40; step++) {
      operations.push({ op: "observe", stream: `stream ${s}`, key: key(at), at: step });
      at += STEPS[Math.floor(random() * STEPS.length)];
    }
  }
  return operations;
}
